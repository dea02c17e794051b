package value_test

import (
	"testing"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
	"github.com/wampgen/wampgen/schema/value"
)

// On a command line a list or map of JSON is one where a union without a tag has
// such a variant, and otherwise a string.
func TestUnion_ByKindOnACommandLine(t *testing.T) {
	m, found := schema.Parse("a.wamp.yaml", []byte(`wampgen: 1
api: {name: a, uri: com.example}
types:
  Any: {union: {text: string, n: int, yes: bool, list: list<int>, map: map<int>}}
  Text: {union: {text: string, n: int}}
procedures:
  any: {args: [x: Any]}
  text: {args: [x: Text]}
`))
	if m == nil {
		t.Fatal(found)
	}
	for _, c := range []struct{ procedure, text, want string }{
		{"any", "[1, 2]", `{"args":[[1,2]]}`}, {"any", `{"a": 1}`, `{"args":[{"a":1}]}`}, {"any", "5", `{"args":[5]}`},
		{"any", "true", `{"args":[true]}`}, {"any", "x", `{"args":["x"]}`}, {"any", "[1", `{"args":["[1"]}`},
		{"text", "[1, 2]", `{"args":["[1, 2]"]}`}, {"text", "true", `{"args":["true"]}`}, {"text", "5", `{"args":[5]}`},
	} {
		for _, p := range m.Procedures {
			if p.Name != c.procedure {
				continue
			}
			got, problems := value.Arguments(p).ReadParts([]*data.Value{{Kind: data.Plain, Text: c.text}}, nil)
			if text := string(value.JSON(got)); len(problems) > 0 || text != c.want {
				t.Errorf("%s %s: %s %v, want %s", c.procedure, c.text, text, problems, c.want)
			}
		}
	}
}
