package schema

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/schema/data"
)

const exported = `wampgen: 1
api: {name: shop, version: 1.0.0, uri: com.acme.shop, go: {package: acme}}
defaults: {procedure: {timeout: 10s, errors: [gone]}}
types:
  Sku: {type: string, min: 3, pattern: '^a', go: {name: SKU}}
  Level: {enum: {low: 1, high: -2}}
  State: {enum: [new, done], open: true}
  Node:
    doc: A tree.
    fields:
      me: optional Node
      all: list<map<Node|null>>
      level: Level = high
      state: optional State = done
      wait: duration = 90s
      big: uint64 = 18446744073709551615
      rate: {type: float32 = 0.1, max: 0.5}
      on: optional bool = true
      price: decimal = 12.50
errors:
  gone: {args: [why: string]}
procedures:
  node.get: {args: [sku: Sku], returns: optional Node}
  node.list: {kwargs: Node, stream: {out: int}, returns: {kwargs: {n: int}}, idempotent: true}
topics:
  tick: {history: true}
`

// ir is the JSON of exported, without places.
const ir = `{"ir":1,"file":"shop.wamp.yaml","name":"shop","version":"1.0.0","uri":"com.acme.shop","go":{"package":{"text":"acme"}},
"types":[{"name":"Level","kind":"enum","int_enum":true,"values":[{"name":"low","value":1},{"name":"high","value":-2}]},
{"name":"Node","doc":"A tree.","kind":"struct","fields":[
{"name":"me","type":{"named":"Node"},"optional":true},
{"name":"all","type":{"list":{"map":{"named":"Node","nullable":true}}}},
{"name":"level","type":{"named":"Level"},"default":{"literal":"high","value":-2}},
{"name":"state","type":{"named":"State"},"optional":true,"default":{"literal":"done","value":"done"}},
{"name":"wait","type":{"scalar":"duration"},"default":{"literal":"90s","value":90000}},
{"name":"big","type":{"scalar":"uint64"},"default":{"literal":"18446744073709551615","value":18446744073709551615}},
{"name":"rate","type":{"scalar":"float32","constraints":[{"key":"max","text":"0.5","value":0.5}]},"default":{"literal":"0.1","value":0.1}},
{"name":"on","type":{"scalar":"bool"},"optional":true,"default":{"literal":"true","value":true}},
{"name":"price","type":{"scalar":"decimal"},"default":{"literal":"12.50","value":"12.50"}}]},
{"name":"Sku","go":{"name":{"text":"SKU"}},"kind":"newtype","base":{"scalar":"string","constraints":[{"key":"min","text":"3","count":3},{"key":"pattern","text":"^a"}]}},
{"name":"State","kind":"enum","values":[{"name":"new","value":"new"},{"name":"done","value":"done"}],"open":true}],
"errors":[{"name":"gone","uri":"com.acme.shop.error.gone","payload":{"args":[{"name":"why","type":{"scalar":"string"}}],"shape":"record"}}],
"procedures":[{"name":"node.get","uri":"com.acme.shop.node.get","in":{"args":[{"name":"sku","type":{"named":"Sku"}}],"shape":"value"},
"out":{"args":[{"name":"result","type":{"named":"Node"},"optional":true}],"shape":"value"},"errors":[{"name":"gone"}],"timeout":10000},
{"name":"node.list","uri":"com.acme.shop.node.list","in":{"spread":{"named":"Node"},"shape":"spread"},
"out":{"kwargs":[{"name":"n","type":{"scalar":"int"}}],"shape":"record"},
"progress":{"args":[{"name":"result","type":{"scalar":"int"}}],"shape":"value"},"errors":[{"name":"gone"}],"timeout":10000,"idempotent":true}],
"topics":[{"name":"tick","uri":"com.acme.shop.tick","payload":{"shape":"none"},"history":true}]}`

// TestModel_MarshalJSON: the JSON of a Model says all that it holds, with
// recursive types by name and literals as they are on the wire.
func TestModel_MarshalJSON(t *testing.T) {
	m := parse(t, exported)
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(m)
	if err != nil || !bytes.Equal(data, again) {
		t.Error("the second time it is another one", err)
	}
	if got, want := value(t, data), value(t, []byte(ir)); !reflect.DeepEqual(got, want) {
		plain, err := json.MarshalIndent(got, "", " ")
		t.Errorf("%s %v", plain, err)
	}
	for _, place := range []string{
		`"name":"Node","place":{"line":8,"column":3,"end":7}`, `"place":{"line":3,"column":47,"end":51,"derived":true}`,
	} {
		if !strings.Contains(string(data), place) {
			t.Errorf("no %s in %s", place, data)
		}
	}
}

// value reads JSON without its places.
func value(t *testing.T, data []byte) any {
	t.Helper()
	var v any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return withoutPlaces(v)
}

func withoutPlaces(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			if v[key] = withoutPlaces(inner); strings.HasSuffix(key, "place") {
				delete(v, key)
			}
		}
	case []any:
		for i := range v {
			v[i] = withoutPlaces(v[i])
		}
	}
	return v
}

// TestModel_MarshalJSON_Documented: everything that a Model holds has a key,
// and docs/ir.md has every key.
func TestModel_MarshalJSON_Documented(t *testing.T) {
	page, err := os.ReadFile("../docs/ir.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[reflect.Type]bool{}
	var visit func(reflect.Type)
	visit = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] || typ == reflect.TypeFor[Place]() || typ == reflect.TypeFor[data.Value]() {
			return
		}
		seen[typ] = true
		for f := range typ.Fields() {
			key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case f.Anonymous:
			case key == "":
				t.Errorf("%s.%s has no key in JSON", typ.Name(), f.Name)
			case key != "-" && !strings.Contains(string(page), "`"+key+"`"):
				t.Errorf("docs/ir.md does not have the key %q of %s", key, typ.Name())
			}
			visit(f.Type)
		}
	}
	visit(reflect.TypeFor[Model]())
}

// TestWords: every kind and shape has a word.
func TestWords(t *testing.T) {
	for k := Struct; k <= Union; k++ {
		if k.String() == "" {
			t.Errorf("kind %d has no word", int(k))
		}
	}
	for s := ShapeNone; s <= ShapeRecord; s++ {
		if s.String() == "" {
			t.Errorf("shape %d has no word", int(s))
		}
	}
	if _, err := TypeKind(99).MarshalText(); err == nil {
		t.Error("there is no kind 99")
	}
}
