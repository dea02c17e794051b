package value_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
	"github.com/wampgen/wampgen/schema/value"
)

const shop = `
wampgen: 1
api: {name: shop, uri: com.example.shop}
types:
  Sku: {type: string, min: 3, max: 12}
  State: {enum: [pending, paid]}
  Priority: {enum: {low: 1, high: 9}}
  Mood: {enum: [good, bad], open: true}
  Point: {tuple: [lat: float64, lon: float64, name: optional string]}
  Line:
    fields:
      sku: Sku
      quantity: {type: int, min: 1, max: 999}
      note: optional string
      price: decimal = 0.50
  Card: {fields: {last4: {type: string, len: 4}}}
  Transfer: {fields: {iban: string}}
  Payment: {union: {card: Card, transfer: Transfer}, tag: kind}
  Change: {union: {moved: Point, count: int}, tag: {key: type, content: data}}
  Key: {union: {name: string, serial: uint64}}
  Open: {fields: {a: int}, unknown: keep}
  Node: {fields: {next: optional Node, name: string}}
  Sample:
    fields:
      at: {type: time, encoding: unix_ms}
      wait: duration
      iso: {type: duration, encoding: iso8601}
      blob: bytes
      hex: {type: bytes, encoding: hex, len: 2}
      id: {type: uuid, encoding: bytes}
      more: any
errors:
  sold_out: {args: [message: string], kwargs: {left: int}}
procedures:
  place:
    args: [customer: string, lines: {type: list<Line>, min: 1}]
    kwargs: {priority: Priority = low, coupon: optional string}
    returns: State
  get: {args: [sku: Sku], returns: Line}
  find: {kwargs: Line, returns: {args: [lines: list<Line>], kwargs: {total: int}}}
  sum: {args: [first: int, rest: {type: int, variadic: true}], kwargs: {opts: {type: any, catch_all: true}}, returns: int}
  many: {args: [all: list<int>]}
  rest: {args: [a: optional int, rest: {type: int, variadic: true}]}
  pay.tip: {args: [tip: {type: decimal, min: 0.10, exclusive_max: 1000, multiple_of: 0.05}]}
  some: {args: [a: int, b: optional int, c: int = 5]}
  exact: {args: [a: int], strict: true}
  ping: {}
  pay: {args: [payment: Payment, change: optional Change, key: optional Key, at: optional Point, mood: optional Mood]}
  sample: {args: [sample: Sample], kwargs: {open: optional Open, node: optional Node}}
  device.{id}.read: {params: {id: uint8}, returns: float64}
topics:
  log.{path...}: {args: [text: string]}
`

func model(t testing.TB, src string) *schema.Model {
	t.Helper()
	m, found := schema.Parse("shop.wamp.yaml", []byte(src))
	if found.HasErrors() {
		t.Fatal(found)
	}
	return m
}

func procedure(t testing.TB, m *schema.Model, name string) *schema.Procedure {
	t.Helper()
	for _, p := range m.Procedures {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("there is no procedure %s", name)
	return nil
}

// names are those of the procedures.
func names(m *schema.Model) (all []string) {
	for _, p := range m.Procedures {
		all = append(all, p.Name)
	}
	return all
}

func parse(t testing.TB, src string) *data.Value {
	t.Helper()
	if src == "" {
		return nil
	}
	v, err := data.Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// What a person writes becomes the payload that it means.
func TestMessage_Read(t *testing.T) {
	m := model(t, shop)
	for _, c := range []struct{ procedure, typed, want string }{
		{"get", `"AB-1"`, `{"args":["AB-1"]}`},
		{"get", `{"sku": "AB-1"}`, `{"args":["AB-1"]}`},
		{"get", `["AB-1"]`, `{"args":["AB-1"]}`},
		{"get", `{"args": ["AB-1"]}`, `{"args":["AB-1"]}`},
		{"get", `{"kwargs": {"sku": "AB-1"}}`, `{"args":["AB-1"]}`},
		{"get", ``, "sku: want string, missing"},
		{"get", `"A"`, "sku: want at least 3 characters, got fewer"},
		{"get", `["AB-1", 2]`, "args: want at most 1 positional argument, got more"},
		{"get", `{"sku": "AB-1", "size": 2}`, "sku: want string, got map"},
		{"get", `{"args": ["AB-1"], "kwargs": {"sku": "AB-2"}}`, "sku: want one value, got one by position and one by name"},
		{"place", `{"customer": "Ann", "lines": [{"sku": "AB-1", "quantity": 2}]}`,
			`{"args":["Ann",[{"price":"0.50","quantity":2,"sku":"AB-1"}]],"kwargs":{"priority":1}}`},
		{"place", `{"args": ["Ann"], "kwargs": {"lines": [{"sku": "AB-1", "quantity": 1, "price": 12.50, "note": null}], "priority": "high", "coupon": "X"}}`,
			`{"args":["Ann",[{"price":"12.50","quantity":1,"sku":"AB-1"}]],"kwargs":{"coupon":"X","priority":9}}`},
		{"place", `["Ann", [{"sku": "AB-1", "quantity": 0, "nots": 1}], 3]`,
			"lines[0].quantity: want at least 1, got less\nlines[0].nots: unknown key; did you mean \"note\"?\nargs: want at most 2 positional arguments, got more"},
		{"place", `{"customer": 5, "lines": [], "prioritty": 2, "priority": 2}`,
			"customer: want string, got int\nlines: want at least 1 item, got fewer\npriority: want one of 1, 9, got another int\nprioritty: unknown parameter; did you mean \"priority\"?"},
		{"place", `5`, "want an object with the parameters, or {args: [...], kwargs: {...}}, got int"},
		{"find", `{"sku": "AB-1", "quantity": 5.0}`, `{"kwargs":{"price":"0.50","quantity":5,"sku":"AB-1"}}`},
		{"sum", `[1, 2, 3]`, `{"args":[1,2,3]}`},
		{"sum", `{"first": 1, "rest": [2, 3], "unit": "m"}`, `{"args":[1,2,3],"kwargs":{"unit":"m"}}`},
		{"sum", `[1, 2.5]`, "rest[0]: want int, got a number that is not whole"},
		{"many", `[1, 2]`, `{"args":[[1,2]]}`},
		{"many", `{"args": [[1]]}`, `{"args":[[1]]}`},
		{"pay.tip", `[12.50]`, `{"args":["12.50"]}`},
		{"pay.tip", `["1e-1"]`, `{"args":["1e-1"]}`},
		{"pay.tip", `["0.09999999999999999999"]`, "tip: want at least 0.10, got less"},
		{"pay.tip", `[1e-999999999999999999999]`, "tip: want at least 0.10, got less"},
		{"pay.tip", `["1e999999999999999999999"]`, "tip: want less than 1000, got no less"},
		{"pay.tip", `["12.51"]`, "tip: want a multiple of 0.05, got another number"},
		{"pay.tip", `["x"]`, "tip: want decimal such as 12.50"},
		{"some", `{"a": 1}`, `{"args":[1,null,5]}`},
		{"some", `[1, 2]`, `{"args":[1,2,5]}`},
		{"exact", `{"a": 1}`, `{"args":[1]}`},
		{"exact", `{"kwargs": {"a": 1}}`, "a: want int, missing\na: unknown parameter; did you mean \"a\"?"},
		{"ping", ``, `{}`},
		{"ping", `{}`, `{}`},
		{"ping", `null`, `{}`},
		{"ping", `5`, "want nothing, since there are no parameters, got int"},
		{"pay", `{"payment": {"last4": "4242", "kind": "card"}}`, `{"args":[{"kind":"card","last4":"4242"}]}`},
		{"pay", `[{"kind": "check"}, {"type": "moved", "data": [1, 2]}]`, "payment.kind: want one of card, transfer"},
		{"pay", `[{"kind": "card", "last4": "42"}, {"type": "count", "datta": 1}, true, [1], "ok"]`,
			"payment.last4: want 4 characters, got fewer\nchange.data: want a value, missing\nkey: want string or number, got bool\nat[1]: want float64, missing"},
		{"pay", `[{"kind": "transfer", "iban": "DE"}, {"type": "moved", "data": [1, 2, "x"]}, 7, [1, 2], "meh"]`,
			`{"args":[{"iban":"DE","kind":"transfer"},{"data":[1.0,2.0,"x"],"type":"moved"},7,[1.0,2.0],"meh"]}`},
		{"sample", `{"sample": {"at": "1970-01-01T00:00:01Z", "wait": "1m30s", "iso": "90m", "blob": "AQI=", "hex": "01ff",
			"id": "018f2c7a-9b3d-7000-8000-000000000001", "more": {"n": [1, 2.5, "\u0000AQI="]}}, "open": {"a": 1, "b": [true]}, "node": {"name": "x", "next": {"name": "y"}}}`,
			`{"args":[{"at":1000,"blob":"\u0000AQI=","hex":"01ff","id":"\u0000AY8seps9cACAAAAAAAAAAQ==","iso":"PT5400S","more":{"n":[1,2.5,"\u0000AQI="]},"wait":90000}],"kwargs":{"node":{"name":"x","next":{"name":"y"}},"open":{"a":1,"b":[true]}}}`},
		{"sample", `{"sample": {"at": "soon", "wait": "long", "iso": "x", "blob": "?", "hex": "01", "id": "x", "more": 123456789012345678901}}`,
			"sample.at: want time such as 2026-08-22T15:04:05Z, got another string\nsample.wait: want duration such as 1h30m, got another string\n" +
				"sample.iso: want duration such as PT1H30M, got another string\nsample.blob: want base64, got another string\nsample.hex: want 2 bytes, got fewer\n" +
				"sample.id: want 16 bytes, got string\nsample.more: want a number that 64 bits hold, got one with more digits"},
	} {
		p, problems := value.Arguments(procedure(t, m, c.procedure)).Read(parse(t, c.typed))
		got := problems.Error()
		if got == "" {
			got = string(value.JSON(p))
		}
		if strings.Replace(got, ", got another string", "", 1) != c.want && got != c.want {
			t.Errorf("%s %s\n got %s\nwant %s", c.procedure, c.typed, got, c.want)
		}
	}
}

// Scalars without quotes are read by their types, also lists and objects.
func TestRead_Plain(t *testing.T) {
	m := model(t, shop)
	of := map[string]*schema.Ref{}
	for _, name := range []string{"Sku", "State", "Line", "Key", "Priority", "Payment"} {
		for _, x := range m.Types {
			if x.Name == name {
				of[name] = value.Of(x)
			}
		}
	}
	of["any"], of["int"], of["nullable"] = &schema.Ref{Scalar: schema.Any}, &schema.Ref{Scalar: schema.Int8}, &schema.Ref{Scalar: schema.String, Nullable: true}
	for _, c := range []struct {
		of, text string
		want     any
	}{
		{"Sku", "007", "007"}, {"Sku", "true", "true"}, {"State", "paid", "paid"}, {"Priority", "high", int64(9)}, {"Priority", "1", int64(1)},
		{"Key", "5", uint64(5)}, {"Key", "five", "five"}, {"Key", "null", "null"}, {"int", "-128", int64(-128)}, {"nullable", "null", nil}, {"nullable", "x", "x"},
		{"any", "5", int64(5)}, {"any", "[1, {}]", []any{int64(1), map[string]any{}}}, {"any", "[", "["}, {"any", "null", nil},
		{"Payment", `{"kind": "transfer", "iban": "D"}`, map[string]any{"kind": "transfer", "iban": "D"}},
	} {
		got, problems := value.Read(of[c.of], &data.Value{Kind: data.Plain, Text: c.text})
		if x, ok := c.want.(uint64); ok {
			c.want = int64(x)
		}
		if len(problems) > 0 || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s %q is %#v %v, want %#v", c.of, c.text, got, problems, c.want)
		}
	}
	for _, c := range []struct{ of, text, want string }{
		{"int", "128", "want int8, got a number out of its range"}, {"int", "x", "want int8, got string"}, {"Line", "[", "want map, got string"},
	} {
		if _, problems := value.Read(of[c.of], &data.Value{Kind: data.Plain, Text: c.text}); problems.Error() != c.want {
			t.Errorf("%s %q: %v, want %s", c.of, c.text, problems, c.want)
		}
	}
}

// A peer may send a time whose offset lacks its colon. People write the colon, which
// everybody can read.
func TestCheck_OffsetWithoutColon(t *testing.T) {
	at := &schema.Ref{Scalar: schema.Time}
	const text = "2026-08-22T15:04:05+0545"
	if problems := value.Check(at, text); len(problems) > 0 {
		t.Errorf("sent: %v", problems)
	}
	if problems := value.Check(at, "yesterday+0545"); len(problems) != 1 {
		t.Errorf("no time: %v", problems)
	}
	if _, problems := value.Read(at, parse(t, `"`+text+`"`)); len(problems) != 1 {
		t.Errorf("written: %v", problems)
	}
}

// What is written at the borders of a type becomes what decoders read.
func TestRead_Borders(t *testing.T) {
	for _, c := range []struct {
		of         schema.Scalar
		encoding   string
		text, want string
	}{
		{schema.Duration, "iso8601", `"-90m"`, `"-PT5400S"`},
		{schema.Duration, "iso8601", `"2562047h47m16.854775807s"`, `"PT9223372036.854775807S"`},
		{schema.Duration, "iso8601", `"-2562047h47m16.854775808s"`, "want duration such as PT1H30M, got another string"},
		{schema.Duration, "iso8601", `"PT0.5H"`, `"PT0.5H"`},
		{schema.Duration, "iso8601", `"PT9223372036,854775808S"`, "want duration such as PT1H30M, got another string"},
		{schema.Duration, "", `"P0.5W"`, `302400000`},
		{schema.Duration, "s", `9223372036.8547758069`, "want duration, got a number out of its range"},
		{schema.Time, "unix", `"0000-01-01T00:00:00+01:00"`, "want time, got a number out of its range"},
		{schema.Time, "unix", `"9999-12-31T23:59:59-00:01"`, "want time, got a number out of its range"},
		{schema.Time, "unix", `"9999-12-31T23:59:59Z"`, `253402300799`},
		{schema.Time, "unix", `253402300799.99999999999`, "want time, got a number out of its range"},
		{schema.Time, "unix", `0.0000000000000000000000000000001`, `1e-31`},
		{schema.Time, "unix_ns", `"2300-01-01T00:00:00Z"`, "want time, got a number out of its range"},
		{schema.Bytes, "base64", `"\u0000AQI="`, "want base64, got another string"},
		{schema.Bytes, "", `"\u0000AQI="`, `"\u0000AQI="`},
		{schema.Int, "", `1e-400`, "want int, got a number that is not whole"},
		{schema.Int, "", `20e-1`, `2`},
	} {
		r := &schema.Ref{Scalar: c.of, Encoding: c.encoding}
		v, problems := value.Read(r, parse(t, c.text))
		got := problems.Error()
		if got == "" {
			got = string(data.Of(v).AppendJSON(nil)) + value.Check(r, v).Error()
		}
		if got != c.want {
			t.Errorf("%s %s %s: %s, want %s", c.of, c.encoding, c.text, got, c.want)
		}
	}
}

// A received payload is shown in the order of the schema, or as it came if
// something does not fit.
func TestMessage_Render(t *testing.T) {
	m := model(t, shop)
	line := map[string]any{"sku": "AB-1", "quantity": 2.0, "price": 0.5, "zzz": true}
	find, get, ping, rest := procedure(t, m, "find"), procedure(t, m, "get"), procedure(t, m, "ping"), procedure(t, m, "rest")
	for _, c := range []struct {
		of        value.Message
		p         value.Payload
		want, bad string
	}{
		{value.Result(get), value.Payload{Args: []any{line}}, `{"sku":"AB-1","quantity":2,"price":"0.5","zzz":true}`, ""},
		{value.Result(get), value.Payload{Args: []any{line, nil}, Kwargs: map[string]any{"x": int64(1)}},
			`{"args":[{"sku":"AB-1","quantity":2,"price":"0.5","zzz":true},null],"kwargs":{"x":1}}`, ""},
		{value.Result(find), value.Payload{Args: []any{[]any{line}}, Kwargs: map[string]any{"total": uint64(1), "also": []byte{1}}},
			`{"args":[[{"sku":"AB-1","quantity":2,"price":"0.5","zzz":true}]],"kwargs":{"total":1,"also":"\u0000AQ=="}}`, ""},
		{value.Result(find), value.Payload{Args: []any{[]any{map[string]any{"sku": "A"}, nil}}},
			`{"args":[[{"sku":"A"},null]]}`, "lines[0].sku: want at least 3 characters, got fewer\nlines[0].quantity: want int, missing\nlines[1]: want map, got null\ntotal: want int, missing"},
		{value.Arguments(rest), value.Payload{}, `{}`, ""},
		{value.Arguments(rest), value.Payload{Args: []any{nil, 2}}, `{"args":[null,2]}`, ""},
		{value.Result(ping), value.Payload{Args: []any{nil}}, `{"args":[null]}`, ""},
		{value.Arguments(get), value.Payload{Args: []any{"AB-1", "x"}}, `{"args":["AB-1","x"]}`, "args: want at most 1 positional argument, got more"},
		{value.Failure(m.Errors[0]), value.Payload{Args: []any{"none"}, Kwargs: map[string]any{"left": int64(0)}}, `{"args":["none"],"kwargs":{"left":0}}`, ""},
		{value.Event(m.Topics[0]), value.Payload{Kwargs: map[string]any{"text": "by name"}}, `{"args":["by name"]}`, ""},
	} {
		got, problems := c.of.Render(c.p)
		if string(got) != c.want || problems.Error() != c.bad {
			t.Errorf("%v:\n got %s %v\nwant %s %s", c.p, got, problems, c.want, c.bad)
		}
	}
}

// Parameters that are absent are not among the named ones.
func TestMessage_Named(t *testing.T) {
	rest := value.Arguments(procedure(t, model(t, shop), "rest"))
	for _, c := range []struct {
		args []any
		want string
	}{{nil, `{}`}, {[]any{1}, `{"a":1}`}, {[]any{1, 2, 3}, `{"a":1,"rest":[2,3]}`}} {
		named, problems := rest.Named(value.Payload{Args: c.args})
		if got := named.AppendJSON(nil); string(got) != c.want || problems != nil {
			t.Errorf("%v: got %s %v, want %s", c.args, got, problems, c.want)
		}
	}
}

// The URI of a template has its parameters, and a pattern without them.
func TestAddress(t *testing.T) {
	m := model(t, shop)
	device, log := procedure(t, m, "device.{id}.read"), m.Topics[0]
	for _, c := range []struct {
		uri         string
		params      []*schema.Field
		typed, want string
	}{
		{device.URI, device.Params, `7`, "com.example.shop.device.7.read"},
		{device.URI, device.Params, `{"id": 255}`, "com.example.shop.device.255.read"},
		{device.URI, device.Params, `{"id": 256}`, "id: want uint8, got a number out of its range"},
		{device.URI, device.Params, `{"ID": 7}`, "ID: unknown parameter of the URI; did you mean \"id\"?\nid: want uint8, missing"},
		{device.URI, device.Params, ``, "id: want uint8, missing"},
		{log.URI, log.Params, `"a.b"`, "com.example.shop.log.a.b"},
		{log.URI, log.Params, `"a..b"`, "path: want a component of a URI, without white space, dots and #, got another text"},
		{"com.example.x", nil, ``, "com.example.x"},
		{"com.example.x", nil, `5`, "want an object with the parameters of the URI, got int"},
	} {
		got, problems := value.Address(c.uri, c.params, parse(t, c.typed))
		if got == "" {
			got = problems.Error()
		}
		if got != c.want {
			t.Errorf("%s %s: %s, want %s", c.uri, c.typed, got, c.want)
		}
	}
	for template, want := range map[string]string{
		device.URI: "com.example.shop.device..read wildcard", log.URI: "com.example.shop.log. prefix", "com.example.x": "com.example.x ", "a.{x}": "a. wildcard",
	} {
		if uri, match := value.Pattern(template); uri+" "+match != want {
			t.Errorf("%s: %s %s, want %s", template, uri, match, want)
		}
	}
	for _, c := range []struct {
		template, uri string
		want          map[string]string
	}{
		{"a.{x}.b.{y}", "a.1.b.2", map[string]string{"x": "1", "y": "2"}}, {"a.{x...}", "a.1.b", map[string]string{"x": "1.b"}},
		{"a.{x...}", "a.", nil}, {"a.{x...}", "b.1", nil}, {"a.{x}", "a.1.b", nil}, {"a.{x}.b", "a.1.c", nil},
	} {
		if got, ok := value.Parameters(c.template, c.uri); ok != (c.want != nil) || ok && !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s %s: %v %v", c.template, c.uri, got, ok)
		}
	}
}

// What Read accepts, a peer accepts as well, and what Render shows of it is read
// as the same payload.
func FuzzRead(f *testing.F) {
	for _, typed := range []string{
		`{"customer": "Ann", "lines": [{"sku": "AB-1", "quantity": 2}]}`, `[{"kind": "card", "last4": "4242"}, {"type": "count", "data": 1}]`,
		`{"sample": {"at": 1.5, "wait": "1m", "iso": "PT1H", "blob": "", "hex": "01ff", "id": "\u0000AY8sepucZwCAAAAAAAAAAQ==", "more": 1e400}}`, `[1, 2]`, `"AB-1"`,
	} {
		for i := range 11 {
			f.Add(i, typed)
		}
	}
	m := model(f, shop)
	for _, c := range []struct{ at, wait, iso string }{
		{`0`, `"1s"`, `"-1.5h"`}, {`0`, `"1s"`, `"-90m"`}, {`0`, `-1e3`, `"2562047h47m16.854775807s"`}, {`0`, `9223372036854`, `"-PT2562047H47M16.854775807S"`},
		{`"0000-01-01T00:00:00+01:00"`, `0`, `"0s"`}, {`"9999-12-31T23:59:59-00:01"`, `0`, `"PT0.5H"`}, {`253402300799999.99999999999`, `0`, `"1ns"`},
		{`0.0000000000000000000000000000001`, `0`, `"P1W"`},
	} {
		f.Add(slices.Index(names(m), "sample"), fmt.Sprintf(`{"sample": {"at": %s, "wait": %s, "iso": %s, "blob": "", "hex": "01ff", "id": "018f2c7a-9b3d-7000-8000-000000000001", "more": 1e-400}}`, c.at, c.wait, c.iso))
	}
	f.Fuzz(func(t *testing.T, i int, typed string) {
		of := value.Arguments(m.Procedures[uint(i)%uint(len(m.Procedures))])
		v, err := data.Parse([]byte(typed))
		if err != nil {
			return
		}
		p, problems := of.Read(v)
		if len(problems) > 0 {
			if len(p.Args)+len(p.Kwargs) > 0 {
				t.Fatalf("%s: %v beside %v", typed, p, problems)
			}
			return
		}
		shown, found := of.Render(p)
		if len(found) > 0 {
			t.Fatalf("%s becomes %s: %v", typed, value.JSON(p), found)
		}
		again, problems := of.Read(parse(t, string(shown)))
		if got, want := string(value.JSON(again)), string(value.JSON(p)); len(problems) > 0 || got != want {
			t.Fatalf("%s becomes %s and then %s %v", typed, want, got, problems)
		}
	})
}
