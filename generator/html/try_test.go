package html

import (
	"encoding/json"
	"html"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/schema"
)

func generateTry(t *testing.T, path string) string {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := schema.Parse(path, src)
	if m == nil {
		return "" // it has imports
	}
	page, err := GenerateTry(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// TestGenerateTry_Samples: what the forms of every golden API begin with is JSON,
// and every procedure and topic has a form.
func TestGenerateTry_Samples(t *testing.T) {
	field := regexp.MustCompile(`<textarea name="(args|kwargs)"[^>]*>([^<]*)</textarea>`)
	for _, path := range schemas(t) {
		page := generateTry(t, path)
		if page == "" {
			continue
		}
		for _, m := range field.FindAllStringSubmatch(page, -1) {
			var v any = &[]any{}
			if m[1] == "kwargs" {
				v = &map[string]any{}
			}
			if err := json.Unmarshal([]byte(html.UnescapeString(m[2])), v); err != nil {
				t.Errorf("%s: %s: %v", path, m[2], err)
			}
		}
		articles := strings.Count(page, `<article id="procedure-`) + strings.Count(page, `<article id="topic-`)
		if n := strings.Count(page, `<form class="try"`); n != articles {
			t.Errorf("%s: %d forms for %d procedures and topics", path, n, articles)
		}
	}
}

// TestGenerateTry_Sample: what must be there, and nothing that may be absent.
func TestGenerateTry_Sample(t *testing.T) {
	m, found := schema.Parse("test.wamp.yaml", []byte(`wampgen: 1
api: {name: test, uri: com.example.test}
types:
  Color: {enum: [red, green]}
  Item: {fields: {sku: string, colors: list<Color>, next: optional Item, sizes: map<int>, at: time, raw: bytes, all: any}}
  Pair: {tuple: [a: int, b: string|null]}
  Circle: {fields: {r: float64}}
  Shape: {union: {circle: Circle}, tag: kind}
  Inner: {fields: {shape: Shape}}
  Deep: {fields: {inner: Inner}}
procedures:
  deep: {args: [deep: Deep]}
  encoded:
    args:
      - hex: {type: bytes, encoding: hex}
      - id: {type: uuid, encoding: bytes}
      - at: {type: time, encoding: native}
      - ms: {type: time, encoding: unix_ms}
      - wait: {type: duration, encoding: iso8601}
  p: {args: [item: Item, pair: Pair, n: "int = 3"], kwargs: {shape: Shape, note: optional string}}
  none: {}
topics:
  t: {uri: "com.example.{room}.t", args: [color: Color]}
`))
	if m == nil {
		t.Fatal(found)
	}
	all := forms(m)
	p := all["procedure-p"]
	if want := `[{"sku": "", "colors": ["red"], "sizes": {}, "at": "2026-01-01T00:00:00Z", "raw": "\u0000", "all": null}, [0, null]]`; p.Args != want {
		t.Errorf("want %s, found %s", want, p.Args)
	}
	if want := `{"shape": {"kind": "circle", "r": 0}}`; p.Kwargs != want {
		t.Errorf("want %s, found %s", want, p.Kwargs)
	}
	if deep := all["procedure-deep"].Args; !json.Valid([]byte(deep)) {
		t.Errorf("a union deep below has %s", deep)
	}
	if want, got := `["", "\u0000AAAAAAAAAAAAAAAAAAAAAA==", "2026-01-01T00:00:00Z", 0, "PT0S"]`, all["procedure-encoded"].Args; got != want {
		t.Errorf("want %s, found %s", want, got)
	}
	if none := all["procedure-none"]; none.Args+none.Kwargs+none.URI != "" {
		t.Errorf("a procedure without parameters has %+v", none)
	}
	if topic := all["topic-t"]; topic.URI != "com.example.{room}.t" || !topic.Topic {
		t.Errorf("the topic has %+v", topic)
	}
}

// TestGenerateTry_NeedsNothing: no link, image or script is from elsewhere, and
// the only connections that the page may open are those of WebSocket.
func TestGenerateTry_NeedsNothing(t *testing.T) {
	const path = "../../testdata/golden/shop/in.wamp.yaml"
	page := generateTry(t, path)
	if m := regexp.MustCompile(`<[^>]+ (src|href)="?(https?:)?//[^>]*>`).FindString(page); m != "" {
		t.Errorf("the page asks for %s", m)
	}
	if !strings.Contains(page, "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; connect-src ws: wss:") {
		t.Error("the page has another policy")
	}
	if n := strings.Count(page, "</script>"); n != 3 {
		t.Errorf("%d scripts", n)
	}
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if plain := generate(t, string(src)); strings.Contains(plain, "autobahn") || strings.Contains(plain, "connect-src") || len(plain) > 100_000 {
		t.Errorf("the plain page has %d bytes and the client, or may connect", len(plain))
	}
}
