package examples

import (
	"strings"
	"testing"

	"github.com/wampgen/wampgen/generator/internal/randomschema"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/value"
)

// Every message of random schemas has a sample and cases, and its examples are
// shown.
func TestRandomSchemas(t *testing.T) {
	shown, read := 0, 0
	for seed := range uint64(30) {
		s, _ := randomschema.New(seed).Schema()
		m, found := schema.Load("random.wamp.yaml", []byte(s.Text), s.Read, value.CheckExamples)
		if found.HasErrors() {
			continue // some contain themselves
		}
		read++
		for _, x := range m.Types {
			if v, ok := value.Sample(value.Of(x), 0); ok {
				if problems := value.Check(value.Of(x), v); len(problems) > 0 {
					t.Errorf("seed %d: the sample of %s: %v", seed, x.Name, problems)
				}
			}
			shown += len(Type(x))
		}
		for _, p := range m.Procedures {
			cases := value.Arguments(p).Cases()
			if _, ok := value.Arguments(p).Sample(0); ok && len(cases) == 0 {
				t.Errorf("seed %d: no cases of %s", seed, p.Name)
			}
			shown += len(Procedure(p))
		}
		for _, x := range m.Topics {
			shown += len(Topic(x))
		}
	}
	if shown == 0 || read < 10 {
		t.Errorf("%d examples in %d schemas", shown, read)
	}
}

// A comment has each example once, in indented lines.
func TestText(t *testing.T) {
	m, found := schema.Parse("shop.wamp.yaml", []byte(`
wampgen: 1
api: {name: shop, uri: com.example.shop}
procedures:
  add:
    args: [a: int, b: int]
    returns: int
    examples:
      - {args: [1, 2], returns: 3}
      - {doc: "With a\nnegative one.", args: [-1, 1], returns: 0}
`), value.CheckExamples)
	if found.HasErrors() {
		t.Fatal(found)
	}
	want := "Example:\n\n\tcall: {\"args\": [1, 2]}\n\tresult: 3\n\n" +
		"Example: With a negative one.\n\n\tcall: {\"args\": [-1, 1]}\n\tresult: 0"
	if got := Text(Procedure(m.Procedures[0])); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := Text(nil); strings.TrimSpace(got) != "" {
		t.Errorf("got %q for nothing", got)
	}
}
