package stage

import (
	"bytes"
	"math"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
)

// Procedure is a typed procedure with a string in and out.
func Procedure(idempotent bool) *wamp.Procedure[string, string] {
	encode := func(e *codec.Encoder, s string) int {
		e.List(1)
		e.Text(s)
		e.EndList()
		return 1
	}
	decode := func(p codec.Payload) (string, error) {
		var d codec.Decoder
		d.Start(p.Args, "args")
		l := d.List()
		text := ""
		for d.Next(&l) {
			text = d.Text()
		}
		return text, d.Err()
	}
	return &wamp.Procedure[string, string]{
		URI: "com.example.proc", Idempotent: idempotent,
		EncodeIn: encode, EncodeOut: encode, DecodeIn: decode, DecodeOut: decode,
	}
}

// Counts is a topic whose events are one number each.
var Counts = &wamp.Topic[int64]{
	URI: "com.example.t",
	Encode: func(e *codec.Encoder, n int64) int {
		e.List(1)
		e.Int(n)
		e.EndList()
		return 1
	},
	Decode: func(p codec.Payload) (n int64, err error) {
		var d codec.Decoder
		d.Start(p.Args, "args")
		for l := d.List(); d.Next(&l); {
			n = d.Int(64)
		}
		return n, d.Err()
	},
}

// Order is a type with codecs as wampgen writes them.
type Order struct {
	Sku      string
	Quantity int32
}

// MarshalWAMP writes the fields.
func (v *Order) MarshalWAMP(e *codec.Encoder) {
	e.Map(2)
	e.Key("sku")
	e.Text(v.Sku)
	e.Key("quantity")
	e.Int(int64(v.Quantity))
	e.EndMap()
}

// UnmarshalWAMP reads the fields; both are required.
func (v *Order) UnmarshalWAMP(d *codec.Decoder) {
	var seen uint64
	s := d.Map()
	for d.Next(&s) {
		switch string(d.Key()) {
		case "sku":
			v.Sku = d.Text()
			seen |= 1
		case "quantity":
			v.Quantity = int32(d.Int(32))
			seen |= 2
		default:
			d.Skip()
		}
	}
	if seen&1 == 0 {
		d.Missing(s, "sku", "string")
	}
	if seen&2 == 0 {
		d.Missing(s, "quantity", "int32")
	}
}

// EncodeOrder writes args [order].
func EncodeOrder(e *codec.Encoder, v Order) int {
	e.List(1)
	v.MarshalWAMP(e)
	e.EndList()
	return 1
}

// DecodeOrder reads args: [order]; strict refuses more.
func DecodeOrder(p codec.Payload, strict bool) (v Order, err error) {
	var d codec.Decoder
	d.Start(p.Args, "args")
	s := d.List()
	n := 0
	for ; d.Next(&s); n++ {
		switch {
		case n == 0:
			v.UnmarshalWAMP(&d)
		case strict:
			d.Surplus(1)
			return v, d.Err()
		default:
			d.Skip()
		}
	}
	if n == 0 {
		d.MissingArg(0, "order", "Order")
	}
	return v, d.Err()
}

// PlaceOrder takes an order and returns it.
var PlaceOrder = &wamp.Procedure[Order, Order]{
	URI: "com.example.order.place", EncodeIn: EncodeOrder, EncodeOut: EncodeOrder,
	DecodeIn:  func(p codec.Payload) (Order, error) { return DecodeOrder(p, true) },
	DecodeOut: func(p codec.Payload) (Order, error) { return DecodeOrder(p, false) },
	Errors:    []wamp.ErrorType{{URI: "com.example.error.sold_out", Decode: DecodeSoldOut}},
}

// OrderPlaced has an order in each event.
var OrderPlaced = &wamp.Topic[Order]{
	URI: "com.example.order.placed", Encode: EncodeOrder,
	Decode: func(p codec.Payload) (Order, error) { return DecodeOrder(p, false) },
}

// SoldOut is a declared error: kwargs {sku}.
type SoldOut struct{ Sku string }

// Error returns a fixed text.
func (e *SoldOut) Error() string { return "sold out" }

// ErrorURI returns the URI of the error.
func (e *SoldOut) ErrorURI() string { return "com.example.error.sold_out" }

// EncodePayload writes kwargs {sku}.
func (e *SoldOut) EncodePayload(enc *codec.Encoder) int {
	enc.List(0)
	enc.EndList()
	enc.Map(1)
	enc.Key("sku")
	enc.Text(e.Sku)
	enc.EndMap()
	return 2
}

// DecodeSoldOut reads what EncodePayload writes.
func DecodeSoldOut(p codec.Payload) (wamp.TypedError, error) {
	var d codec.Decoder
	e := &SoldOut{}
	d.Start(p.Kwargs, "kwargs")
	seen := false
	s := d.Map()
	for d.Next(&s) {
		if string(d.Key()) == "sku" {
			e.Sku = d.Text()
			seen = true
		} else {
			d.Skip()
		}
	}
	if !seen {
		d.Missing(s, "sku", "string")
	}
	return e, d.Err()
}

// Place begins a typed call and returns what it will return.
func Place(s *Stage, c *wamp.Client, in Order) <-chan error {
	done := make(chan error, 1)
	go func() {
		out, err := wamp.Call(s.T.Context(), c, PlaceOrder, in)
		if err == nil && out != in {
			s.T.Errorf("want %v, got %v", in, out)
		}
		done <- err
	}()
	return done
}

// Values survive every format exactly.
var Values = []any{
	int64(math.MinInt64), int64(math.MaxInt64), uint64(math.MaxUint64), int64(1)<<53 + 1, -(int64(1)<<53 + 1),
	uint64(1) << 63, int64(0), 1.5, math.MaxFloat64, math.SmallestNonzeroFloat64, 0.1,
	"", "a\x00b", "\u2028\u2029", "\U0001F600", "\"\\/\b\f\n\r\t\x7f", "e\u0301", "<&>", "0", "null",
	[]byte{}, []byte{0, 0xff, 0xfe}, bytes.Repeat([]byte{7}, 1000), true, nil,
	[]any{}, map[string]any{}, map[string]any{"": "empty key", "\u00e9\x01": int64(1)}, []any{nil, []any{nil}},
}
