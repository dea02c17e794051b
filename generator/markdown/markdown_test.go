package markdown

import (
	"strings"
	"testing"

	"github.com/wampgen/wampgen/schema"
)

// TestGenerate_IsText: nothing of a schema becomes HTML, a link or a table of
// its own.
func TestGenerate_IsText(t *testing.T) {
	m, found := schema.Parse("test.wamp.yaml", []byte(`wampgen: 1
api: {name: test, uri: com.example.test, doc: "<b> [x](//example.com) *y* # z `+"`<code>` and `"+`"}
types:
  T: {fields: {a_b: {type: string, doc: "one | two\n\nthree"}}}
procedures:
  'q"r&': {}
  p: {args: [x: T], returns: int, deprecated: Use q., examples: [{doc: "<i>", args: [{a_b: "`+"```"+` */ <b>"}]}]}
`))
	if m == nil {
		t.Fatal(found)
	}
	doc := string(Generate(m))
	for _, good := range []string{
		"&lt;b&gt; \\[x\\](//example.com) \\*y\\* \\# z `<code>` and \\`",
		"| `a_b` | string | required | one \\| two three |",
		"**Deprecated:** Use q.",
		`<a id="procedure-q&#34;r&amp;"></a>`,
		"| `x` | [T](#type-T) | required |  |",
		"| Name | Type | Use | Meaning |\n|---|---|---|---|\n| value | int | required |  |",
		"**Example**: &lt;i&gt;\n\n````jsonc\n{\"args\": [{\"a_b\": \"``` */ <b>\"}]}\n````\n",
	} {
		if !strings.Contains(doc, good) {
			t.Errorf("no %s in\n%s", good, doc)
		}
	}
}
