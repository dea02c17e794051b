package value_test

import (
	"testing"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/value"
)

// The parameters that a concrete URI has fit if they are spelled as in a URI.
func TestCheckURI(t *testing.T) {
	m, found := schema.Parse("a.wamp.yaml", []byte(`wampgen: 1
api: {name: a, uri: com.example}
types: {State: {enum: {low: 1, high: 2}}, Level: {enum: [up, down]}}
topics:
  n.{x}.{y}: {params: {x: uint8, y: Level}}
  e.{x}: {params: {x: State}}
  t.{x...}: {}
  u.{x}: {params: {x: uuid}}
  plain: {}
`))
	if m == nil {
		t.Fatal(found)
	}
	for uri, want := range map[string]string{
		"n.7.up": "", "n.255.down": "", "e.1": "", "t.a.b": "", "plain": "", "u.018f2c7a-9b3d-7000-8000-000000000001": "",
		"n.x.up":   "x: want uint8, got string",
		"n.256.up": "x: want uint8, got a number out of its range",
		"n.07.up":  "x: want uint8, got string",
		"n.7.left": "y: want one of up, down, got another string",
		"e.low":    "x: want the form that it has in a URI, got another one",
		"e.3":      "x: want one of 1, 2, got another int",
		"n.7":      "the URI does not have the form com.example.n.{x}.{y}",
	} {
		for _, topic := range m.Topics {
			if topic.Name[0] != uri[0] {
				continue
			}
			found := value.CheckURI(topic.URI, topic.Params, "com.example."+uri)
			if got := found.Error(); got != want || len(found) > 0 && found[0].Rule != "uri" {
				t.Errorf("%s: %q %v, want %q", uri, got, found, want)
			}
		}
	}
}
