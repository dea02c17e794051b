package breaking

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/schema"
)

// files are the files of one version of an API, of which shop.wamp.yaml is the schema.
type files map[string]string

func (f files) load(t *testing.T) *schema.Model {
	t.Helper()
	m, found := schema.Load("shop.wamp.yaml", []byte(f["shop.wamp.yaml"]), func(path string) ([]byte, error) {
		if text, ok := f[path]; ok {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist
	})
	if m == nil {
		t.Fatal(found)
	}
	return m
}

// TestImports: a change of what an API has of another one is a change of this API,
// at its place in the file of the other one.
func TestImports(t *testing.T) {
	const (
		shop = `wampgen: 1
api: {name: shop, uri: com.example.shop}
imports: {common: api/common.wamp.yaml}
types:
  Money: {fields: {amount: decimal}}
  Local: {fields: {amount: decimal, by: string}}
procedures:
  pay: {args: [payment: common.Payment, money: Money], kwargs: {stock: optional Stock, note: optional string}, errors: [common.busy]}
  find: {kwargs: common.Filter}
topics:
  paid: {args: [payment: common.Payment]}
`
		common = `wampgen: 1
api: {name: common, uri: com.example.common}
imports: {base: base.wamp.yaml}
types:
  Card: {fields: {last4: string}}
  Cash: {fields: {amount: decimal}}
  Payment: {union: {card: Card, cash: Cash}, tag: kind}
  Filter: {fields: {limit: int, at: base.Place}}
  Money: {fields: {amount: decimal, currency: string}}
  Unused: {fields: {a: int}}
  Code: {type: string, max: 3}
errors:
  busy: {args: [why: base.Why]}
  idle: {}
`
		base = `wampgen: 1
api: {name: base, uri: com.example.base}
types:
  Place: {tuple: [x: int, y: int]}
  Why: {enum: [load, other]}
`
	)
	version := func(file, old, new string) files {
		f := files{"shop.wamp.yaml": strings.Replace(shop, "Stock", "map<int>", 1), "api/common.wamp.yaml": common, "api/base.wamp.yaml": base}
		if !strings.Contains(f[file], old) {
			t.Fatalf("%s has no %q", file, old)
		}
		f[file] = strings.Replace(f[file], old, new, 1)
		return f
	}
	same := version("shop.wamp.yaml", "wampgen", "wampgen")
	for _, c := range []struct{ file, old, new, want string }{
		{"api/common.wamp.yaml", "cash: Cash}", "check: Cash}", `variant-removed api/common.wamp.yaml:7 type "common.Payment", variant-added api/common.wamp.yaml:7 type "common.Payment"`},
		{"api/common.wamp.yaml", "last4: string", "last4: int", `type-changed api/common.wamp.yaml:5 type "common.Card"`},
		{"api/common.wamp.yaml", "limit: int", "limit: int8", `type-narrowed api/common.wamp.yaml:8 type "common.Filter"`},
		{"api/base.wamp.yaml", "x: int", "x: string", `type-changed api/base.wamp.yaml:4 type "common.base.Place"`},
		{"api/base.wamp.yaml", "load", "loads", `enum-value-removed api/base.wamp.yaml:5 type "common.base.Why", enum-value-added api/base.wamp.yaml:5 type "common.base.Why"`},
		{"api/common.wamp.yaml", "a: int", "a: string", ""},
		{"shop.wamp.yaml", "money: Money", "money: common.Money", `type-narrowed :8 procedure "pay"`},
		{"shop.wamp.yaml", "money: Money", "money: Local", `type-narrowed :8 procedure "pay"`},
		{"shop.wamp.yaml", "optional map<int>", "{type: optional map<int>, keys: common.Code}", `type-narrowed :8 procedure "pay"`},
		{"shop.wamp.yaml", ", errors: [common.busy]", "", `error-removed :8 procedure "pay"`},
		{"shop.wamp.yaml", "imports:", "errors: {busy: {args: [why: string]}}\nimports:", ""},
		{"api/common.wamp.yaml", "args: [why: base.Why]", "args: [why: int]", `type-changed api/common.wamp.yaml:13 error "common.busy"`},
		{"api/common.wamp.yaml", "busy: {", "busy: {uri: com.example.busy, ", `error-uri-changed api/common.wamp.yaml:13 error "common.busy"`},
		{"api/common.wamp.yaml", "idle: {", "idle: {args: [why: string], ", ""},
		{"api/common.wamp.yaml", "uri: com.example.common", "uri: com.example.other", "error-removed :8 procedure \"pay\", error-added :8 procedure \"pay\""},
	} {
		t.Run(c.old+" to "+c.new, func(t *testing.T) {
			var got []string
			for _, x := range Compare(same.load(t), version(c.file, c.old, c.new).load(t)) {
				if x.Level > Safe || x.Rule == "error-added" {
					got = append(got, fmt.Sprintf("%s %s:%d %s", x.Rule, x.New.File, x.New.Line, x.Subject))
				}
			}
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("got  %s\nwant %s", s, c.want)
			}
		})
	}
}

// TestImports_Renamed: how an API calls another one, and where its file is, is no
// matter of its peers; nor is it in which of them a type is declared.
func TestImports_Renamed(t *testing.T) {
	const common = "wampgen: 1\napi: {name: common, uri: com.example.common}\n"
	types := "types:\n  Card: {fields: {last4: string}}\n  Pay: {union: {card: Card}, tag: kind}\nerrors:\n  busy: {uri: com.example.busy}\n"
	shop := func(imports, alias string) string {
		return "wampgen: 1\napi: {name: shop, uri: com.example.shop}\n" + imports +
			"procedures:\n  pay: {args: [pay: " + alias + "Pay], kwargs: {cards: map<" + alias + "Card>}, errors: [" + alias + "busy]}\n"
	}
	old := files{"shop.wamp.yaml": shop("imports: {common: common.wamp.yaml}\n", "common."), "common.wamp.yaml": common + types}
	for _, f := range []files{
		{"shop.wamp.yaml": shop("imports: {others: ../x/y.wamp.yaml}\n", "others."), "../x/y.wamp.yaml": common + types},
		{"shop.wamp.yaml": shop(types, "")},
	} {
		for _, pair := range [][2]files{{old, f}, {f, old}} {
			for _, x := range Compare(pair[0].load(t), pair[1].load(t)) {
				t.Errorf("%s: %s: %s", x.Rule, x.Subject, x.Text)
			}
		}
	}
}

// TestImports_SameURI: two APIs of one URI, such as an old and a new form of what
// several share, are not taken for each other.
func TestImports_SameURI(t *testing.T) {
	const shop = `wampgen: 1
api: {name: shop, uri: com.example.shop}
imports: {a: v1/common.wamp.yaml, b: v2/common.wamp.yaml}
procedures:
  pay: {args: [first: a.Money, second: b.Money], errors: [a.busy]}
  end: {errors: [b.busy]}
`
	const head = "wampgen: 1\napi: {name: common, uri: com.example.common}\n"
	old := files{"shop.wamp.yaml": shop,
		"v1/common.wamp.yaml": head + "types: {Money: {fields: {amount: string}}}\nerrors: {busy: {args: [why: string]}}\n",
		"v2/common.wamp.yaml": head + "types: {Money: {fields: {amount: int}}}\nerrors: {busy: {args: [why: int]}}\n"}
	for _, x := range Compare(old.load(t), old.load(t)) {
		t.Errorf("nothing changed: %s: %s: %s", x.Rule, x.Subject, x.Text)
	}
	alone := files{"shop.wamp.yaml": strings.NewReplacer("a: v1/common.wamp.yaml, ", "", "a.", "b.").Replace(shop),
		"v2/common.wamp.yaml": old["v2/common.wamp.yaml"]}
	var got []string
	for _, x := range Compare(old.load(t), alone.load(t)) {
		got = append(got, string(x.Rule)+" "+x.Subject)
	}
	if want := []string{`type-changed procedure "pay"`}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
