package schema

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/schema/diag"
)

const header = "wampgen: 1\napi: {name: shop, uri: com.acme.shop}\n"

// parse reads a schema that has nothing wrong with it.
func parse(t *testing.T, src string) *Model {
	t.Helper()
	m, ds := Parse("some/folder/shop.wamp.yaml", []byte(src))
	if len(ds) > 0 || m == nil {
		t.Fatalf("not accepted:\n%s", text(t, ds, map[string][]byte{ds[0].File: []byte(src)}))
	}
	return m
}

// show writes a parameter with what was decided about it.
func show(f *Field) string {
	s := f.Name + " "
	if f.Optional {
		s += "optional "
	}
	s += showRef(f.Type)
	if f.Default != nil {
		v := *f.Default
		s += fmt.Sprintf(" = {%v %v %v %v %v %v}", v.Bool, v.Int, v.Uint, v.Float, v.Text, v.Duration)
		if v.Enum != nil {
			s += " " + v.Enum.Name
		}
	}
	return s
}

func showRef(r *Ref) string {
	s := string(r.Scalar)
	switch {
	case r.Named != nil:
		s = r.Named.Name
	case r.List != nil:
		s = "list<" + showRef(r.List) + ">"
	case r.Map != nil:
		s = "map<" + showRef(r.Map) + ">"
	}
	if r.Nullable {
		s += "|null"
	}
	return s
}

func showValues(t *Type) string {
	s := fmt.Sprint(t.Open, t.IntEnum)
	for _, v := range t.Values {
		s += fmt.Sprintf(" %s:%q:%d:%d", v.Name, v.Text, v.Int, v.Place.Col)
	}
	return s
}

func showPayload(p *Payload) string {
	var parts []string
	for _, f := range p.Args {
		parts = append(parts, show(f))
	}
	parts = append(parts, "|")
	for _, f := range p.Kwargs {
		parts = append(parts, show(f))
	}
	if p.Spread != nil {
		parts = append(parts, "of "+p.Spread.Named.Name)
	}
	if p.Shape == ShapeValue {
		parts = append(parts, "value")
	}
	return "(" + strings.Join(parts, "; ") + ")"
}

// at is a place on one line.
func at(line, col, end int) Place { return Place{Span: diag.Pos{Line: line, Col: col}.To(end)} }

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

func TestParse_Header(t *testing.T) {
	m := parse(t, "\ufeffx-any: &a [*a, !t {}]\nwampgen: 1\napi:\n  name: my_shop\n  version: 1.4.0-rc.1\n  uri: com.acme.shop\n"+
		"  doc: |\n    Two\n    lines.\n  go: {package: shop, import: example.com/acme/api/shop}\n")
	equal(t, "model", *m, Model{File: "shop.wamp.yaml", Name: "my_shop", NamePlace: at(4, 9, 16), Version: "1.4.0-rc.1", URI: "com.acme.shop", URIPlace: at(6, 8, 21), Doc: "Two\nlines.", DocPlace: at(7, 8, 9), Go: m.Go})
	equal(t, "hints", *m.Go, GoHints{Package: Hint{"shop", at(10, 17, 21)}, Import: Hint{"example.com/acme/api/shop", at(10, 31, 56)}})
	m = parse(t, "---\r\nwampgen: 1\r\napi: {name: my_shop, uri: com}\r\n...\r\n")
	equal(t, "name", m.Name, "my_shop")
}

// A %YAML directive may name any minor version of YAML 1 (YAML 1.2.2, 6.8.1),
// and positions behind it stay true.
func TestParse_Directive(t *testing.T) {
	for _, head := range []string{
		"%YAML 1.2\n---\n", "%YAML 1.1\n---\n", "%YAML 1.2\r\n---\r\n", "\ufeff%YAML 1.2\n---\n", "# first\n\n%YAML   1.2 # last\n# more\n---\n",
		"%YAML 1.10\n---\n", "%YAML 1.3\n--- # here\n",
	} {
		parse(t, head+header)
		_, ds := Parse("x", []byte(head+header+"types: {A: strng}\n"))
		if len(ds) != 1 || ds[0].Line != strings.Count(head, "\n")+3 || ds[0].Rule != RuleUnknownType {
			t.Errorf("%q: %v", head, ds)
		}
	}
	if _, ds := Parse("x", []byte("%YAML 2.0\n---\n"+header)); len(ds) != 1 || ds[0].Rule != RuleYAMLSyntax {
		t.Errorf("YAML 2.0: %v", ds)
	}
	m := parse(t, header[:len(header)-2]+", doc: \"%YAML 1.2\"}\n")
	equal(t, "a text that looks like one", m.Doc, "%YAML 1.2")
}

// A default that hides no value of its type is accepted, and so is every way to
// write a string that YAML would read as something else.
func TestParse_Defaults(t *testing.T) {
	m := parse(t, header+`types:
  Priority: {enum: {low: 0, normal: 5, high: 9}}
  State: {enum: [pending, paid, 'null', 'true', '0x1']}
  S:
    fields:
      a: Priority = low
      b: optional Priority = high
      c: State = paid
      d: {type: string, default: 'null'}
      e: {type: optional string, default: '~'}
      f: {type: State, default: "null"}
      g: int = 2147483647
      h: uint = 4294967295
      i: int64 = 3000000000
      j: float64 = 0.0
      k: optional float32 = 0
      l: string = nullable
      m: {type: string, default: ''}
`)
	var got []string
	for _, f := range m.Types[1].Fields {
		got = append(got, show(f))
	}
	equal(t, "fields", strings.Join(got, "\n"), strings.Join([]string{
		"a Priority = {false 0 0 0  0s} low",
		"b optional Priority = {false 0 0 0  0s} high",
		"c State = {false 0 0 0  0s} paid",
		"d string = {false 0 0 0 null 0s}",
		"e optional string = {false 0 0 0 ~ 0s}",
		"f State = {false 0 0 0  0s} null",
		"g int = {false 2147483647 0 0  0s}",
		"h uint = {false 0 4294967295 0  0s}",
		"i int64 = {false 3000000000 0 0  0s}",
		"j float64 = {false 0 0 0  0s}",
		"k optional float32 = {false 0 0 0  0s}",
		"l string = {false 0 0 0 nullable 0s}",
		"m string = {false 0 0 0  0s}",
	}, "\n"))
}

func TestParse_Types(t *testing.T) {
	m := parse(t, header+`types:
  Sku: string
  OrderId: {type: Sku, doc: Order identity.}
  State: {enum: [pending, in-progress, 'no', NEW], open: true}
  Priority: {enum: {low: -1, normal: 5}}
  Unit: {enum: {kg: '1', piece: St.}}
  Tree: {fields: {children: list<Tree>, by_name: map<Tree|null>, next: optional Tree, self: Tree|null}}
  Tags: list<map<int|null>>
  ApiUser: {go: {name: Account}, fields: {}}
  All:
    doc: Every form.
    fields:
      id: OrderId
      user_ids: optional list<uint8>
      HTTPServer: string|null
      url: {type: optional string|null, doc: Where.}
      limit: int = 50
      rate: float32 = -0.5
      on: optional bool = true
      off: bool = false
      label: {type: string, default: ' "x" '}
      text: 'string = a = b'
      prio: Priority = normal
      at: time = 2026-08-22T10:30:00+02:00
      every: duration = 1h30m
      key: uuid = 018F2C7A-9B3D-7000-8000-000000000001
      big: uint64 = 18446744073709551615
      type: {type: any, go: {name: Kind}}
`)
	var names []string
	byName := map[string]*Type{}
	for _, typ := range m.Types {
		names = append(names, typ.Name)
		byName[typ.Name] = typ
	}
	equal(t, "order", names, "[All ApiUser OrderId Priority Sku State Tags Tree Unit]")
	equal(t, "override", byName["ApiUser"].Go.Name.Text, "Account")
	equal(t, "newtype", showRef(byName["OrderId"].Base)+" "+byName["OrderId"].Doc, "Sku Order identity.")
	equal(t, "container", showRef(byName["Tags"].Base), "list<map<int|null>>")
	equal(t, "open enum", showValues(byName["State"]), `true false pending:"pending":0:18 in-progress:"in-progress":0:27 no:"no":0:40 NEW:"NEW":0:46`)
	equal(t, "int enum", showValues(byName["Priority"]), `false true low:"":-1:21 normal:"":5:30`)
	equal(t, "quoted numbers", showValues(byName["Unit"]), `false false kg:"1":0:17 piece:"St.":0:26`)
	var fields []string
	for _, f := range byName["All"].Fields {
		fields = append(fields, show(f))
	}
	equal(t, "fields", strings.Join(fields, "\n"), strings.Join([]string{
		`id OrderId`,
		`user_ids optional list<uint8>`,
		`HTTPServer string|null`,
		`url optional string|null`,
		`limit int = {false 50 0 0  0s}`,
		`rate float32 = {false 0 0 -0.5  0s}`,
		`on optional bool = {true 0 0 0  0s}`,
		`off bool = {false 0 0 0  0s}`,
		`label string = {false 0 0 0  "x"  0s}`,
		`text string = {false 0 0 0 a = b 0s}`,
		`prio Priority = {false 0 0 0  0s} normal`,
		`at time = {false 0 0 0 2026-08-22T10:30:00+02:00 0s}`,
		`every duration = {false 0 0 0  1h30m0s}`,
		`key uuid = {false 0 0 0 018f2c7a-9b3d-7000-8000-000000000001 0s}`,
		`big uint64 = {false 0 18446744073709551615 0  0s}`,
		`type any`,
	}, "\n"))
}

func TestParse_Procedures(t *testing.T) {
	m := parse(t, header+`defaults: {procedure: {timeout: 10s, errors: [limited]}}
types:
  Order: {fields: {id: string}}
  Filter: {fields: {limit: int = 50}}
errors:
  out_of_stock: {doc: Sold out., args: [message: string], kwargs: {sku: string}}
  limited: {uri: com.acme.error.limited, kwargs: Filter}
  denied: {uri: wamp.error.not_authorized}
  bad_error: {go: {name: Bad}}
procedures:
  order.place: {args: [customer: string, items: list<Order>], kwargs: {coupon: optional string}, returns: Order, errors: [out_of_stock, denied]}
  order.get: {args: [id: string], returns: optional Order|null, idempotent: true, timeout: 0s}
  order.list: {kwargs: Filter, returns: {args: [orders: list<Order>], kwargs: {total: int}}, timeout: 5m}
  order.more: {args: [id: string], kwargs: Filter, returns: {kwargs: Filter}}
  ping: {uri: com.acme.ping, go: {name: SendPing}}
  one.optional: {args: [x: optional int]}
  type: {args: [type: int]}
`)
	var got []string
	for _, p := range m.Procedures {
		var errs []string
		for _, e := range p.Errors {
			errs = append(errs, e.Name)
		}
		got = append(got, fmt.Sprint(p.Name, " ", p.URI, " ", p.Timeout, " ", p.Idempotent, " ", errs,
			"\n  ", showPayload(p.In), "\n  ", showPayload(p.Out)))
	}
	equal(t, "procedures", strings.Join(got, "\n"), strings.Join([]string{
		"one.optional com.acme.shop.one.optional 10s false [limited]",
		"  (x optional int; |)", "  (|)",
		"order.get com.acme.shop.order.get 0s true [limited]",
		"  (id string; |; value)", "  (result optional Order|null; |; value)",
		"order.list com.acme.shop.order.list 5m0s false [limited]",
		"  (|; limit int = {false 50 0 0  0s}; of Filter)",
		"  (orders list<Order>; |; total int)",
		"order.more com.acme.shop.order.more 10s false [limited]",
		"  (id string; |; limit int = {false 50 0 0  0s}; of Filter)",
		"  (|; limit int = {false 50 0 0  0s}; of Filter)",
		"order.place com.acme.shop.order.place 10s false [denied limited out_of_stock]",
		"  (customer string; items list<Order>; |; coupon optional string)",
		"  (result Order; |; value)",
		"ping com.acme.ping 10s false [limited]", "  (|)", "  (|)",
		"type com.acme.shop.type 10s false [limited]", "  (type int; |; value)", "  (|)",
	}, "\n"))
	got = nil
	for _, e := range m.Errors {
		got = append(got, fmt.Sprint(e.Name, " ", e.URI, " ", e.Doc, " ", showPayload(e.Payload)))
	}
	equal(t, "errors", strings.Join(got, "\n"), strings.Join([]string{
		"bad_error com.acme.shop.error.bad_error  (|)",
		"denied wamp.error.not_authorized  (|)",
		"limited com.acme.error.limited  (|; limit int = {false 50 0 0  0s}; of Filter)",
		"out_of_stock com.acme.shop.error.out_of_stock Sold out. (message string; |; sku string)",
	}, "\n"))
}

func TestParse_Topics(t *testing.T) {
	m := parse(t, header+`types:
  Order: {fields: {id: string}}
topics:
  price.changed: {args: [sku: string], history: true, doc: A price.}
  order.changed: {kwargs: Order}
  order.gone: {args: [why: string], kwargs: Order, uri: com.acme.gone}
  tick: {}
`)
	var got []string
	for _, p := range m.Topics {
		got = append(got, fmt.Sprint(p.Name, " ", p.URI, " ", p.History, " ", p.Doc, " ", showPayload(p.Payload)))
	}
	equal(t, "topics", strings.Join(got, "\n"), strings.Join([]string{
		"order.changed com.acme.shop.order.changed false  (|; id string; of Order)",
		"order.gone com.acme.gone false  (why string; |; id string; of Order)",
		"price.changed com.acme.shop.price.changed true A price. (sku string; |)",
		"tick com.acme.shop.tick false  (|)",
	}, "\n"))
}

// G9: reading a huge schema costs a number of allocations for each of its
// declarations, not for each pair of them.
func TestG9_HugeSchema(t *testing.T) {
	perDeclaration := func(n int) float64 {
		src := hugeSchema(n)
		return testing.AllocsPerRun(1, func() {
			m := parse(t, src)
			equal(t, "size", fmt.Sprint(len(m.Types), len(m.Procedures)), fmt.Sprint(n+502, n))
		}) / float64(n)
	}
	small, large := perDeclaration(2_000), perDeclaration(10_000)
	if large > small*1.2 {
		t.Errorf("%.0f allocations a declaration of 10 000, %.0f of 2 000", large, small)
	}
}

// hugeSchema has n types, n procedures, a wide struct and a deep nest.
func hugeSchema(n int) string {
	var b strings.Builder
	b.WriteString(header + "types:\n")
	for i := range n {
		fmt.Fprintf(&b, "  Type%d: {fields: {id: string, next: optional Type%d, list: list<Type%d>, n: int = 5, at: time|null, any: any}}\n", i, i/2, i/3)
	}
	b.WriteString("  Wide:\n    fields:\n")
	for i := range 1000 {
		fmt.Fprintf(&b, "      f%d: string\n", i)
	}
	for i := range 500 {
		fmt.Fprintf(&b, "  Nest%d: {fields: {in: Nest%d}}\n", i, i+1)
	}
	b.WriteString("  Nest500: {fields: {out: list<Nest0>}}\nprocedures:\n")
	for i := range n {
		fmt.Fprintf(&b, "  p%d.get: {args: [id: string, x: Type%d], kwargs: {n: optional int}, returns: Type%d}\n", i, i, i)
	}
	return b.String()
}
