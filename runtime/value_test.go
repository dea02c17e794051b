package wamp_test

import (
	"encoding/hex"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
)

// document is JSON as it stands, and any other format in hexadecimal digits.
func document(t *testing.T, f codec.Format, literal string) codec.Raw {
	t.Helper()
	if f == codec.JSON {
		return codec.Raw{Format: f, Data: []byte(literal)}
	}
	b, err := hex.DecodeString(strings.ReplaceAll(literal, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return codec.Raw{Format: f, Data: b}
}

// read decodes one value.
func read(r codec.Raw, v codec.Value) error {
	var d codec.Decoder
	d.Start(r, "")
	v.CodeWAMP(d.Coder())
	d.End()
	return d.Err()
}

// A number that is valid has a value, with one sign before the exponent at most.
func TestDecimal_Valid(t *testing.T) {
	for text, want := range map[string]bool{"-1.5": true, "+1e+5": true, "1E-5": true, "1e-+5": false, "1e+-5": false, "--1": false, "1e": false, "1.": false, "": false} {
		_, ok := wamp.Decimal(text).Rat()
		if valid := wamp.Decimal(text).Valid(); valid != want || ok != want {
			t.Errorf("%q: valid %v, has a value %v, want %v", text, valid, ok, want)
		}
	}
}

// TestDecimalKeepsDigits takes the numbers of peers without a string for them.
func TestDecimalKeepsDigits(t *testing.T) {
	for _, c := range []struct {
		f             codec.Format
		literal, want string
	}{
		{codec.JSON, "12345678901234567.89", "12345678901234567.89"}, {codec.JSON, "0.1234567890123456789", "0.1234567890123456789"},
		{codec.JSON, "123456789012345678901234567890", "123456789012345678901234567890"}, {codec.JSON, "19.90", "19.90"},
		{codec.JSON, `"19.90"`, "19.90"}, {codec.JSON, "1e5", "1e5"}, {codec.JSON, "-0", "-0"}, {codec.JSON, "18446744073709551617", "18446744073709551617"},
		{codec.MessagePack, "ca 3dcccccd", "0.1"}, {codec.MessagePack, "cb 4033e66666666666", "19.9"}, {codec.MessagePack, "cf ffffffffffffffff", "18446744073709551615"},
		{codec.CBOR, "fa 3dcccccd", "0.1"}, {codec.CBOR, "f9 2e66", "0.1"}, {codec.CBOR, "c4 82 21 19 04e2", "12.50"},
		{codec.CBOR, "c2 49 010000000000000000", "18446744073709551616"}, {codec.CBOR, "c3 49 010000000000000000", "-18446744073709551617"},
	} {
		var v wamp.Decimal
		if err := read(document(t, c.f, c.literal), &v); err != nil || string(v) != c.want {
			t.Errorf("%v %s became %q, %v, want %q", c.f, c.literal, v, err, c.want)
		}
	}
	for _, literal := range []string{"f97e00", "f97c00", "41 05", "82 21 19 04e2"} {
		var v wamp.Decimal
		if err := read(document(t, codec.CBOR, literal), &v); err == nil {
			t.Errorf("%s became %q", literal, v)
		}
	}
}

// TestTaggedValues reads the CBOR tags by which Python's cbor2 and others say
// what a value is.
func TestTaggedValues(t *testing.T) {
	day := &wamp.Date{Year: 2026, Month: 8, Day: 22}
	id, _ := wamp.ParseUUID("018f2c7a-9b3d-7c44-8f3e-0123456789ab")
	uri := wamp.URI("com.example")
	for literal, want := range map[string]codec.Value{
		"d825 50 018f2c7a9b3d7c448f3e0123456789ab":           &id,
		"d825 5f 48 018f2c7a9b3d7c44 48 8f3e0123456789ab ff": &id,
		"d8 64 19 50cf":                                   day,
		"d9 03ec 6a 323032362d30382d3232":                 day,
		"d8 64 29":                                        &wamp.Date{Year: 1969, Month: 12, Day: 22},
		"d8 20 6b 636f6d2e6578616d706c65":                 &uri,
		"d9d9f7 d825 50 018f2c7a9b3d7c448f3e0123456789ab": &id,
	} {
		got := reflect.New(reflect.TypeOf(want).Elem()).Interface().(codec.Value)
		if err := read(document(t, codec.CBOR, literal), got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, %v, want %v", literal, got, err, want)
		}
	}
	for literal, v := range map[string]codec.Value{
		"d825 4f 018f2c7a9b3d7c448f3e0123456789": new(wamp.UUID), "50 018f2c7a9b3d7c448f3e0123456789ab": new(wamp.UUID), "d825 01": new(wamp.UUID),
		"19 50bf": new(wamp.Date), "d8 64 1b 7fffffffffffffff": new(wamp.Date), "d8 64 61 31": new(wamp.Date), "c2 41 05": new(wamp.UUID),
	} {
		if err := read(document(t, codec.CBOR, literal), v); err == nil {
			t.Errorf("%s became %v", literal, v)
		}
	}
}

// TestOptInDynamicData encodes an Opt as what it holds, and refuses one that
// holds nothing.
func TestOptInDynamicData(t *testing.T) {
	for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
		var e codec.Encoder
		e.Reset(f, nil)
		some := wamp.Some("x")
		e.Any([]any{wamp.Some(5), wamp.Null[int](), &some, struct {
			O wamp.Opt[int] `json:"o,omitzero"`
		}{}, []wamp.Opt[bool]{wamp.Some(true)}, map[string]wamp.Opt[int]{"a": wamp.Null[int]()}})
		want := []any{int64(5), nil, "x", map[string]any{}, []any{true}, map[string]any{"a": nil}}
		if got, err := (codec.Raw{Format: f, Data: e.Bytes()}).Any(); e.Err() != nil || err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%v: got %#v, %v, %v", f, got, e.Err(), err)
		}
		for _, v := range []any{wamp.Opt[int]{}, &wamp.Opt[int]{}, []wamp.Opt[int]{{}}, struct{ O wamp.Opt[int] }{}} {
			e.Reset(f, nil)
			if e.Any(v); e.Err() == nil {
				t.Errorf("%v: %T became %q", f, v, e.Bytes())
			}
		}
	}
}

// TestOptAsJSON writes and reads an Opt by encoding/json.
func TestOptAsJSON(t *testing.T) {
	type record struct {
		A wamp.Opt[int]    `json:"a,omitzero"`
		B wamp.Opt[string] `json:"b,omitzero"`
		C wamp.Opt[[]int]  `json:"c,omitzero"`
	}
	in := record{A: wamp.Some(0), B: wamp.Null[string]()}
	b, err := json.Marshal(in)
	if err != nil || string(b) != `{"a":0,"b":null}` {
		t.Errorf("%s, %v", b, err)
	}
	var out record
	if err := json.Unmarshal(b, &out); err != nil || !reflect.DeepEqual(in, out) {
		t.Errorf("%+v, %v", out, err)
	}
	if got := in.A.String() + in.B.String() + in.C.String(); got != "0nullabsent" {
		t.Error(got)
	}
}

// TestPayloadInsideAnother refuses a payload as a value: it is two values, or
// none.
func TestPayloadInsideAnother(t *testing.T) {
	whole := wamp.Payload{Args: []any{1}, Kwargs: map[string]any{"a": 2}}
	for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
		for _, v := range []any{
			whole, &whole, wamp.Payload{}, []wamp.Payload{whole}, map[string]*wamp.Payload{"k": &whole}, struct{ P wamp.Payload }{}, new(soldOut),
		} {
			var e codec.Encoder
			e.Reset(f, nil)
			if e.Payload(&wamp.Payload{Args: []any{v}}, nil); e.Err() == nil {
				t.Errorf("%v: %T as an argument became %q", f, v, e.Bytes())
			}
			e.Reset(f, nil)
			if e.Payload(&wamp.Payload{Kwargs: map[string]any{"k": v}}, nil); e.Err() == nil {
				t.Errorf("%v: %T as a keyword became %q", f, v, e.Bytes())
			}
		}
	}
}

// soldOut is a declared error as wampgen writes it: its CodeWAMP codes a payload.
type soldOut struct{ sku string }

var soldOutFields = codec.Table{Args: 1, Fields: []string{"sku:string"}}

func (*soldOut) Error() string    { return "wamp: com.example.error.sold_out" }
func (*soldOut) ErrorURI() string { return "com.example.error.sold_out" }

func (v *soldOut) CodeWAMP(c *codec.Coder) {
	var s codec.Walk
	for c.Payload(&s, &soldOutFields) {
		s.String(0, &v.sku)
	}
}
