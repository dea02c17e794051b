package schema

import (
	"reflect"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/schema/diag"
)

const placed = `wampgen: 1
api:
  name: shop
  uri: com.acme.shop
  doc: Orders.
defaults: {procedure: {errors: [limited]}}
types:
  Sku: {type: string, doc: A unit.}
  State: {enum: [new, "done"]}
  Level: {enum: {low: 1, high: -2}}
  Item: {fields: {sku: Sku, all: 'map<list<Sku>|null>', size: optional list< Sku|null >, level: Level = low}}
  Filter: {fields: {limit: {type: int, default: "50", doc: At most.}}}
errors:
  limited: {uri: com.acme.limited}
  gone: {args: [why: string]}
procedures:
  item.get: {args: [sku: Sku], returns: optional Item|null, errors: [gone], go: {name: Get}}
  item.list: {kwargs: Filter, returns: {kwargs: {items: list<Item>}}}
topics:
  tick: {doc: Each second.}
`

// TestPlaces: every part of a Model knows where it stands, and whether the
// schema writes it.
func TestPlaces(t *testing.T) {
	m := parse(t, placed)
	lines := diag.NewSource("", []byte(placed))
	at := func(p Place) string {
		if p.Line == 0 {
			return "nowhere"
		}
		text := string([]rune(lines.Line(p.Line))[p.Col-1 : p.End-1])
		if p.Derived {
			return "by " + text
		}
		return text
	}
	item, list := m.Procedures[0], m.Procedures[1]
	fields := m.Types[1].Fields
	for what, got := range map[string][2]string{
		"name of the API":        {at(m.NamePlace), "shop"},
		"URI of the API":         {at(m.URIPlace), "com.acme.shop"},
		"doc of the API":         {at(m.DocPlace), "Orders."},
		"type":                   {at(m.Types[3].Place), "Sku"},
		"doc of a type":          {at(m.Types[3].DocPlace), "A unit."},
		"no doc":                 {at(m.Types[1].DocPlace), "nowhere"},
		"base":                   {at(m.Types[3].Base.Place), "string"},
		"value":                  {at(m.Types[4].Values[1].Place), `by "done"`},
		"value on the wire":      {at(m.Types[4].Values[1].ValuePlace), `"done"`},
		"named value":            {at(m.Types[2].Values[1].Place), "high"},
		"named value's number":   {at(m.Types[2].Values[1].ValuePlace), "-2"},
		"field":                  {at(fields[0].Place), "sku"},
		"type of a field":        {at(fields[0].Type.Place), "Sku"},
		"quoted type":            {at(fields[1].Type.Place), "'map<list<Sku>|null>'"},
		"list":                   {at(fields[2].Type.Place), "list< Sku|null >"},
		"element":                {at(fields[2].Type.List.Place), "Sku"},
		"default":                {at(fields[3].Default.Place), "low"},
		"long default":           {at(m.Types[0].Fields[0].Default.Place), `"50"`},
		"doc of a field":         {at(m.Types[0].Fields[0].DocPlace), "At most."},
		"derived URI":            {at(m.Errors[0].URIPlace), "by gone"},
		"written URI":            {at(m.Errors[1].URIPlace), "com.acme.limited"},
		"payload of an error":    {at(m.Errors[0].Payload.Place), "args"},
		"no payload of an error": {at(m.Errors[1].Payload.Place), "by limited"},
		"error":                  {at(item.Errors[0].Place), "gone"},
		"error by default":       {at(item.Errors[1].Place), "by limited"},
		"input":                  {at(item.In.Place), "args"},
		"result":                 {at(item.Out.Place), "returns"},
		"name of a result":       {at(item.Out.Args[0].Place), "by optional Item|null"},
		"type of a result":       {at(item.Out.Args[0].Type.Place), "Item"},
		"spread":                 {at(list.In.Spread.Place), "Filter"},
		"long result":            {at(list.Out.Place), "kwargs"},
		"no event":               {at(m.Topics[0].Payload.Place), "by tick"},
		"doc of a topic":         {at(m.Topics[0].DocPlace), "Each second."},
		"hint":                   {at(item.Go.Name.Place), "Get"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %s, want %s", what, got[0], got[1])
		}
	}
	if got := fields[3].Default.Literal + " " + m.Types[0].Fields[0].Default.Literal; got != "low 50" {
		t.Errorf("literals: %s", got)
	}
}

// TestPlaces_All: nothing that a schema can write is without a place.
func TestPlaces_All(t *testing.T) {
	m := parse(t, placed)
	seen := map[any]bool{}
	var visit func(v reflect.Value, path string)
	visit = func(v reflect.Value, path string) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() && !seen[v.Interface()] {
				seen[v.Interface()] = true
				visit(v.Elem(), path)
			}
		case reflect.Slice:
			for i := range v.Len() {
				visit(v.Index(i), path+"[]")
			}
		case reflect.Struct:
			for i := range v.NumField() {
				name := v.Type().Field(i).Name
				text := v.FieldByName(strings.TrimSuffix(name, "Place"))
				if place, ok := reflect.TypeAssert[Place](v.Field(i)); ok && place.Line == 0 && (name == "Place" || text.String() != "") && v.Type() != reflect.TypeFor[Hint]() {
					t.Errorf("%s.%s is nowhere", path, name)
				} else if !ok {
					visit(v.Field(i), path+"."+name)
				}
			}
		}
	}
	visit(reflect.ValueOf(m), "Model")
}
