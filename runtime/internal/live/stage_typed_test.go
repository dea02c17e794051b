package live

import (
	"bytes"
	"math"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
)

// recProcedure is a typed procedure with a string in and out.
func recProcedure(idempotent bool) *wamp.Procedure[string, string] {
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

// countTopic is a topic whose events are one number each.
var countTopic = &wamp.Topic[int64]{
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

// faultOrder is a type with codecs as wampgen writes them.
type faultOrder struct {
	Sku      string
	Quantity int32
}

func (v *faultOrder) MarshalWAMP(e *codec.Encoder) {
	e.Map(2)
	e.Key("sku")
	e.Text(v.Sku)
	e.Key("quantity")
	e.Int(int64(v.Quantity))
	e.EndMap()
}

func (v *faultOrder) UnmarshalWAMP(d *codec.Decoder) {
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

func faultEncodeOrder(e *codec.Encoder, v faultOrder) int {
	e.List(1)
	v.MarshalWAMP(e)
	e.EndList()
	return 1
}

// faultDecodeOrder reads args: [order]; strict refuses more.
func faultDecodeOrder(p codec.Payload, strict bool) (v faultOrder, err error) {
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

var faultPlace = &wamp.Procedure[faultOrder, faultOrder]{
	URI: "com.example.order.place", EncodeIn: faultEncodeOrder, EncodeOut: faultEncodeOrder,
	DecodeIn:  func(p codec.Payload) (faultOrder, error) { return faultDecodeOrder(p, true) },
	DecodeOut: func(p codec.Payload) (faultOrder, error) { return faultDecodeOrder(p, false) },
	Errors:    []wamp.ErrorType{{URI: "com.example.error.sold_out", Decode: faultDecodeSoldOut}},
}

var faultPlaced = &wamp.Topic[faultOrder]{
	URI: "com.example.order.placed", Encode: faultEncodeOrder,
	Decode: func(p codec.Payload) (faultOrder, error) { return faultDecodeOrder(p, false) },
}

// faultSoldOut is a declared error: kwargs {sku}.
type faultSoldOut struct{ Sku string }

func (e *faultSoldOut) Error() string { return "sold out" }

func (e *faultSoldOut) ErrorURI() string { return "com.example.error.sold_out" }

func (e *faultSoldOut) EncodePayload(enc *codec.Encoder) int {
	enc.List(0)
	enc.EndList()
	enc.Map(1)
	enc.Key("sku")
	enc.Text(e.Sku)
	enc.EndMap()
	return 2
}

func faultDecodeSoldOut(p codec.Payload) (wamp.TypedError, error) {
	var d codec.Decoder
	e := &faultSoldOut{}
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

// faultOutcome begins a typed call and returns what it will return.
func faultOutcome(s *faultStage, c *wamp.Client, in faultOrder) <-chan error {
	done := make(chan error, 1)
	go func() {
		out, err := wamp.Call(s.t.Context(), c, faultPlace, in)
		if err == nil && out != in {
			s.t.Errorf("want %v, got %v", in, out)
		}
		done <- err
	}()
	return done
}

// faultValues survive every format exactly.
var faultValues = []any{
	int64(math.MinInt64), int64(math.MaxInt64), uint64(math.MaxUint64), int64(1)<<53 + 1, -(int64(1)<<53 + 1),
	uint64(1) << 63, int64(0), 1.5, math.MaxFloat64, math.SmallestNonzeroFloat64, 0.1,
	"", "a\x00b", "\u2028\u2029", "\U0001F600", "\"\\/\b\f\n\r\t\x7f", "e\u0301", "<&>", "0", "null",
	[]byte{}, []byte{0, 0xff, 0xfe}, bytes.Repeat([]byte{7}, 1000), true, nil,
	[]any{}, map[string]any{}, map[string]any{"": "empty key", "\u00e9\x01": int64(1)}, []any{nil, []any{nil}},
}
