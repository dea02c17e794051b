package breaking

import (
	"fmt"
	"strings"
	"testing"
)

// TestRelations compares types in every flow: what old senders send, and what
// new ones do if they own the API.
func TestRelations(t *testing.T) {
	cases := []struct {
		old, new string
		// The rules for a parameter of a call and for one of an event; "" if the
		// change is safe there.
		call, event string
	}{
		{"int", "int", "", ""},
		{"int", "int64", "", ""},
		{"int32", "int64", "", "type-widened"},
		{"int64", "int32", "type-narrowed", "type-narrowed"},
		{"int", "uint", "type-narrowed", "type-narrowed"},
		{"uint8", "int16", "", "type-widened"},
		{"int", "float64", "", "type-widened"},
		{"float64", "int", "type-narrowed", "type-narrowed"},
		{"id", "int", "", "type-widened"},
		{"int", "string", "type-changed", "type-changed"},
		{"bool", "int", "type-changed", "type-changed"},
		{"string", "bytes", "type-changed", "type-changed"},
		{"string", "uuid", "type-narrowed", "type-narrowed"},
		{"uuid", "string", "", "type-widened"},
		{"date", "time", "type-changed", "type-changed"},
		{"string", "any", "", "type-widened"},
		{"any", "string", "type-narrowed", "type-narrowed"},
		{"any", "any", "", ""},
		{"list<int>", "int", "type-changed", "type-changed"},
		{"list<int32>", "list<int64>", "", "type-widened"},
		{"list<int>", "list<string>", "type-changed", "type-changed"},
		{"list<int>", "list<int|null>", "", "type-widened"},
		{"map<int>", "list<int>", "type-changed", "type-changed"},
		{"map<map<int>>", "map<map<int8>>", "type-narrowed", "type-narrowed"},
		{"int", "int|null", "", "type-widened"},
		{"int|null", "int", "type-narrowed", "type-narrowed"},
		{"optional int|null", "optional int", "", ""},
		{"Sku", "string", "", ""},
		{"string", "Sku", "", ""},
		{"Sku", "int", "type-changed", "type-changed"},
		{"Color", "Sku", "", "type-widened"},
		{"Sku", "Color", "type-narrowed", "type-narrowed"},
		{"Level", "int", "", "type-widened"},
		{"Color", "Level", "type-changed", "type-changed"},
		{"Color", "Few", "type-narrowed", "type-narrowed"},
		{"Few", "Color", "", "type-widened"},
		{"Color", "Open", "", "type-widened"},
		{"Point", "Place", "", "type-widened"},
		{"Place", "Point", "type-narrowed", "type-narrowed"},
		{"Point", "map<int>", "", "type-widened"},
		{"map<int>", "Point", "type-narrowed", "type-narrowed"},
		{"Point", "map<string>", "type-changed", "type-changed"},
		{"Point", "string", "type-changed", "type-changed"},
		{"Tree", "Bush", "", ""},
		{"{type: int, min: 1}", "{type: int, min: 1}", "", ""},
		{"{type: int, min: 1}", "{type: int, min: 2}", "type-narrowed", "type-narrowed"},
		{"{type: int, min: 2}", "{type: int, min: 1}", "", "type-widened"},
		{"{type: int, max: 9}", "int", "", "type-widened"},
		{"{type: decimal, min: 0.10}", "{type: decimal, min: 0.1}", "", ""},
		{"{type: decimal, min: 0.1}", "{type: decimal, min: 0.10000000000000000001}", "type-narrowed", "type-narrowed"},
		{"{type: decimal, max: 0.1}", "{type: decimal, max: 0.10000000000000000001}", "", "type-widened"},
		{"{type: decimal, multiple_of: 0.5}", "{type: decimal, multiple_of: 0.50}", "", ""},
		{"{type: decimal, multiple_of: 0.5}", "{type: decimal, multiple_of: 0.2}", "type-narrowed", "type-narrowed"},
		{"string", "{type: string, pattern: a}", "type-narrowed", "type-narrowed"},
		{"{type: string, pattern: a}", "{type: string, pattern: b}", "type-narrowed", "type-narrowed"},
		{"{type: list<int>, unique: true}", "list<int>", "", "type-widened"},
		{"Short", "string", "", "type-widened"},
		{"Short", "{type: string, max: 3}", "type-narrowed", "type-narrowed"},
		{"time", "{type: time, encoding: unix}", "type-changed", "type-changed"},
		{"{type: bytes, encoding: base64}", "{type: bytes, encoding: hex}", "type-changed", "type-changed"},
		{"{type: bytes, encoding: hex}", "{type: bytes, encoding: hex}", "", ""},
		{"Pair", "{type: Pair}", "", ""},
		{"Pair", "Triple", "", "type-widened"},
		{"Triple", "Pair", "type-narrowed", "type-narrowed"},
		{"Pair", "Point", "type-changed", "type-changed"},
		{"Pay", "Buy", "type-narrowed", "type-narrowed"},
		{"Pay", "Point", "type-changed", "type-changed"},
		{"string", "Either", "", "type-widened"},
		{"Either", "string", "type-narrowed", "type-narrowed"},
		{"int8", "Either", "", "type-widened"},
		{"float64", "Either", "type-narrowed", "type-narrowed"},
		{"bool", "Either", "type-changed", "type-changed"},
		{"optional int", "int = 1", "", ""},
		{"duration = 60s", "duration = 1m", "", ""},
		{"float64 = 0.5", "float64 = 5e-1", "", ""},
		{"{type: list<int>, default: [1, 2]}", "{type: list<int>, default: [2, 1]}", "default-changed", "default-changed"},
		{"{type: map<duration>, default: {a: 60s}}", "{type: map<duration>, default: {a: 1m}}", "", ""},
		{"int = 1", "int", "now-required", "now-required"},
		{"int", "int = 1", "", ""},
		{"int", "optional int", "", "now-optional"},
	}
	for _, c := range cases {
		t.Run(c.old+" to "+c.new, func(t *testing.T) {
			for kind, want := range map[string]string{"procedures": c.call, "topics": c.event} {
				var got []string
				for _, x := range Compare(parse(t, using(kind, c.old)), parse(t, using(kind, c.new))) {
					got = append(got, string(x.Rule))
				}
				if s := strings.Join(got, " "); s != want {
					t.Errorf("%s: got %q, want %q", kind, s, want)
				}
			}
		})
	}
}

// using returns a schema that uses a type.
func using(kind, typ string) string {
	return fmt.Sprintf(`wampgen: 1
api: {name: test, uri: com.example.test}
types:
  Sku: string
  Short: {type: string, max: 8}
  Color: {enum: [red, green]}
  Few: {enum: [red]}
  Level: {enum: {low: 1, high: 2}}
  Open:
    enum: [red, green]
    open: true
  Point: {fields: {x: int, y: int}}
  Place: {fields: {x: int, y: optional int}}
  Pair: {tuple: [x: int, y: int]}
  Triple: {tuple: [x: int, y: optional int]}
  Pay: {union: {point: Point, place: Place}, tag: kind}
  Buy: {union: {point: Point}, tag: kind}
  Either: {union: {text: string, number: int}}
  Tree: {fields: {value: int, kids: list<Tree>}}
  Bush: {fields: {value: int, kids: list<Bush>}}
%s:
  thing: {kwargs: {a: %s}}
`, kind, typ)
}

// TestParameters compares what else there is to parameters and their types.
func TestParameters(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"p.{id}: {params: {id: Id}}", "p.{id}: {params: {id: Id}}", `type-narrowed type "Id"`},
		{"p: {args: [a: int], strict: true}", "p: {args: [b: int], strict: true}", ""},
		{"p: {args: [a: int]}", "p: {args: [b: int], strict: true}", `strict-added procedure "p", renamed procedure "p"`},
		{"p: {returns: int}", "p: {returns: {args: [n: int]}}", ""},
		{"p: {returns: {args: [n: int]}}", "p: {returns: int}", `renamed procedure "p"`},
	} {
		var got []string
		for _, x := range Compare(parse(t, having("string", c.old)), parse(t, having("{type: string, max: 3}", c.new))) {
			got = append(got, string(x.Rule)+" "+x.Subject)
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s to %s: got %q, want %q", c.old, c.new, s, c.want)
		}
	}
}

// having returns a schema that has a type Id and a procedure.
func having(id, procedure string) string {
	return "wampgen: 1\napi: {name: test, uri: com.example.test}\ntypes: {Id: " + id + "}\nprocedures:\n  " + procedure + "\n"
}
