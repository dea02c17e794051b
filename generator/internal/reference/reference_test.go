package reference_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/generator/internal/reference"
	"github.com/wampgen/wampgen/schema"
)

// load loads a schema with its imports and fragments.
func load(t *testing.T, file string, read func(string) ([]byte, error)) *schema.Model {
	t.Helper()
	src, err := read(file)
	if err != nil {
		t.Fatal(err)
	}
	m, found := schema.Load(file, src, read)
	if m == nil {
		t.Fatal(found)
	}
	return m
}

// text is a line without its links.
func text(parts []reference.Text) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Text)
	}
	return b.String()
}

// TestNew_LinksLeadSomewhere: everything that a page names by a link is on it, also
// what is of another API.
func TestNew_LinksLeadSomewhere(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/golden/*/in.wamp.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		page := reference.New(load(t, file, os.ReadFile))
		anchors := map[string]bool{"": true}
		var links []reference.Text
		for _, s := range page.Sections {
			for _, e := range s.Entries {
				anchors[e.ID] = true
				links = append(links, e.Errors...)
				for _, f := range e.Facts {
					links = append(links, f.Value...)
				}
				for _, table := range e.Tables {
					for _, r := range table.Rows {
						links = append(links, r.Type...)
					}
				}
			}
		}
		for _, l := range links {
			if !anchors[l.Link] {
				t.Errorf("%s: %s leads to #%s, which is not on the page", file, l.Text, l.Link)
			}
		}
	}
}

// TestNew_Rows: a row says all that a peer must know to send the value.
func TestNew_Rows(t *testing.T) {
	files := map[string]string{
		"api.wamp.yaml": `wampgen: 1
api: {name: api, uri: com.example.api}
imports: {common: common.wamp.yaml}
types:
  Money: {fields: {at: {type: time, encoding: unix_ms}}, unknown: reject}
procedures:
  pay:
    args: [money: common.Money, rest: {type: Money, variadic: true}]
    kwargs: {more: {type: bytes, encoding: hex, max: 3, catch_all: true}}
    options: {_trace: optional string}
    errors: [common.busy]
`,
		"common.wamp.yaml": `wampgen: 1
api: {name: common, uri: com.example.common}
imports: {base: base.wamp.yaml}
types:
  Money: {fields: {cents: base.Cents}}
errors:
  busy: {args: [at: base.At]}
`,
		"base.wamp.yaml": "wampgen: 1\napi: {name: base, uri: com.example.base}\ntypes: {Cents: int, At: time, Unused: int}\n",
	}
	page := reference.New(load(t, "api.wamp.yaml", func(name string) ([]byte, error) { return []byte(files[name]), nil }))
	var b strings.Builder
	for _, s := range page.Sections {
		for _, e := range s.Entries {
			b.WriteString(e.ID)
			for _, f := range e.Facts {
				b.WriteString("; " + f.Name + ": " + text(f.Value))
			}
			for _, table := range e.Tables {
				b.WriteString("; " + strings.TrimSpace(table.Title+" "+table.Note))
				for _, r := range table.Rows {
					b.WriteString("; " + r.Name + ": " + text(r.Type) + ": " + r.Use)
				}
			}
			for _, x := range e.Errors {
				b.WriteString("; " + x.Text + " #" + x.Link)
			}
			b.WriteByte('\n')
		}
	}
	const want = `procedure-pay; Options Entries of CALL.Options.; _trace: string: optional; Parameters By position.; money: common.Money: required; rest: Money: all further arguments; Parameters By name.; more: bytes, encoding hex, max 3: all further keywords; Result There is none.; common.busy #error-common.busy
error-common.busy; Payload By position.; at: common.base.At: required
type-Money; Fields of the dict Other keys are refused.; at: time, encoding unix_ms: required
type-common.Money; Fields of the dict; cents: common.base.Cents: required
type-common.base.At; Encoded as: time
type-common.base.Cents; Encoded as: int
`
	if got := b.String(); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}
