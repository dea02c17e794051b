package golang_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/generator/golang"
	"github.com/wampgen/wampgen/schema"
)

const before = `wampgen: 1
api: {name: shop, uri: com.example.shop, go: {import: example.com/shop}}
types:
  Item: {fields: {sku: string, count: int}}
  Old: {fields: {a: int}}
errors:
  gone: {args: [message: string]}
procedures:
  place: {args: [item: Item], returns: int}
  cancel: {args: [id: int], errors: [gone]}
  old.sell: {args: [id: int]}
topics:
  placed: {args: [item: Item]}
`

// TestBreaking shows which changes of a schema stop Go code from compiling, and
// which do not.
func TestBreaking(t *testing.T) {
	cases := []struct{ name, change, want string }{
		{"nothing", "", ""},
		{"a new procedure", "procedures:=>procedures:\n  more: {}", ""},
		{"a new field", "count: int=>count: int, note: optional string", ""},
		{"a doc", "errors: [gone]=>errors: [gone], doc: Cancels.", ""},
		{"another URI", "returns: int=>returns: int, uri: com.example.shop.put", ""},
		{"a field's type", "count: int}=>count: int32}", `type "Item": in Go, Item.Count was int and is int32`},
		{"a field is gone", "sku: string, =>", `type "Item": in Go, Item.Sku is gone`},
		{"a type is gone", "  Old: {fields: {a: int}}\n=>", `type "Old": in Go, Old is gone`},
		{"a procedure is gone", "  place: {args: [item: Item], returns: int}\n=>",
			`procedure "place": in Go, Callee.Place is gone, Caller.Place is gone, HandlePlace is gone, and 1 more`},
		{"a procedure is gone whose name begins as that of a type", "  old.sell: {args: [id: int]}\n=>",
			`procedure "old.sell": in Go, Callee.OldSell is gone, Caller.OldSell is gone, HandleOldSell is gone, and 1 more`},
		{"another package", "name: shop=>name: store", "the API: in Go, the package was shop and is store"},
		{"another import path", "example.com/shop=>example.com/store", "the API: in Go, the import path was example.com/shop and is example.com/store"},
		{"no import path any more", ", go: {import: example.com/shop}=>", ""},
		{"another name", "returns: int=>returns: int, go: {name: Put}",
			`procedure "place": in Go, Callee.Place is gone, Caller.Place is gone, HandlePlace is gone, and 1 more`},
		{"a result's type", "returns: int=>returns: string",
			`procedure "place": in Go, Callee.Place has another signature, Caller.Place has another signature, HandlePlace has another signature`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			from, to, _ := strings.Cut(c.change, "=>")
			after := strings.Replace(before, from, to, 1)
			changes, err := golang.Breaking(parsed(t, before), parsed(t, after))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, x := range changes {
				got = append(got, fmt.Sprintf("%s: %s", x.Subject, x.Text))
			}
			if text := strings.Join(got, "\n"); !strings.HasPrefix(text, c.want) || c.want == "" && text != "" {
				t.Errorf("got %q, want %q", text, c.want)
			}
		})
	}
}

func parsed(t *testing.T, src string) *schema.Model {
	t.Helper()
	m, found := schema.Parse("shop.wamp.yaml", []byte(src))
	if m == nil {
		t.Fatal(src, found)
	}
	return m
}

// TestBreaking_ImportPathOfAnother: what an API has of another one is of another type
// if that one's package is elsewhere.
func TestBreaking_ImportPathOfAnother(t *testing.T) {
	load := func(path string) *schema.Model {
		const api = "wampgen: 1\napi: {name: shop, uri: com.example.shop}\nimports: {common: common.wamp.yaml}\nprocedures: {p: {returns: common.Money}}\n"
		m, found := schema.Load("shop.wamp.yaml", []byte(api), func(string) ([]byte, error) {
			return []byte("wampgen: 1\napi: {name: common, uri: com.example.common, go: {import: " + path + "}}\ntypes: {Money: int}\n"), nil
		})
		if m == nil {
			t.Fatal(found)
		}
		return m
	}
	changes, err := golang.Breaking(load("example.com/a"), load("example.com/b"))
	if err != nil {
		t.Fatal(err)
	}
	if len(changes) != 1 || changes[0].Text != "in Go, the import path of common was example.com/a and is example.com/b" {
		t.Errorf("got %+v", changes)
	}
}
