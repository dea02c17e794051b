package stage

import (
	"bytes"
	"context"
	"math"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
)

// Typed is a procedure as generated code has it, with what codes its one input
// and its one result; nil for none.
type Typed[In, Out any] struct {
	*wamp.Procedure
	CodeIn  func(*In, *codec.Coder)
	CodeOut func(*Out, *codec.Coder)
}

// Call is a method of a generated caller.
func (p Typed[In, Out]) Call(ctx context.Context, c *wamp.Client, in In, opts ...wamp.CallOption) (out Out, err error) {
	err = wamp.Call(ctx, c, p.Procedure, bound(&in, p.CodeIn), bound(&out, p.CodeOut), opts...)
	return out, err
}

// Handle is a generated Handle function.
func (p Typed[In, Out]) Handle(f func(context.Context, In) (Out, error), opts ...wamp.RegisterOption) wamp.Handler {
	return wamp.Handle(p.Procedure, opts, func(ctx context.Context, x *wamp.Exchange) error {
		var in In
		if err := x.In(bound(&in, p.CodeIn)); err != nil {
			return err
		}
		out, err := f(ctx, in)
		return x.Out(bound(&out, p.CodeOut), err)
	})
}

func bound[T any](p *T, code func(*T, *codec.Coder)) codec.Value {
	if code == nil {
		return nil
	}
	return codec.Of(p, code)
}

// One is the table of a payload of one positional parameter; want is what it
// must be, or nothing.
func One(name, want string) *codec.Table {
	return &codec.Table{Args: 1, Fields: []string{name + ":" + want}}
}

// Procedure is a typed procedure with a string in and out.
func Procedure(idempotent bool) Typed[string, string] {
	return Typed[string, string]{
		&wamp.Procedure{URI: "com.example.proc", Idempotent: idempotent, In: One("text", ""), Out: One("text", "")},
		codec.String, codec.String,
	}
}

// Counts is a topic whose events are one Number each.
var Counts = &wamp.Topic{URI: "com.example.t", Payload: One("n", "")}

// Number is an event of one number.
type Number = codec.Int64Value

// Order is a type with codecs as wampgen writes them.
type Order struct {
	Sku      string
	Quantity int32
}

var orderTable = codec.Table{Fields: []string{"sku:string", "quantity:int32"}}

// CodeWAMP codes the fields; both are required.
func (v *Order) CodeWAMP(c *codec.Coder) {
	if c.Decoding() {
		*v = Order{}
	}
	var s codec.Walk
	for c.Struct(&s, &orderTable) {
		s.String(0, &v.Sku)
		s.Int32(1, &v.Quantity)
	}
}

// PlaceOrder takes an order and returns it.
var PlaceOrder = Typed[Order, Order]{
	Procedure: &wamp.Procedure{
		URI: "com.example.order.place", In: One("order", "Order"), Out: One("order", "Order"),
		Errors: []wamp.DeclaredError{{URI: "com.example.error.sold_out", New: func() wamp.TypedError { return new(SoldOut) }}},
	},
	CodeIn: (*Order).CodeWAMP, CodeOut: (*Order).CodeWAMP,
}

// OrderPlaced has an order in each event.
var OrderPlaced = &wamp.Topic{URI: "com.example.order.placed", Payload: One("order", "Order")}

// SoldOut is a declared error: kwargs {sku}.
type SoldOut struct{ Sku string }

// Error returns a fixed text.
func (e *SoldOut) Error() string { return "sold out" }

// ErrorURI returns the URI of the error.
func (e *SoldOut) ErrorURI() string { return "com.example.error.sold_out" }

var soldOutTable = codec.Table{Fields: []string{"sku:string"}}

// CodeWAMP codes kwargs {sku}.
func (e *SoldOut) CodeWAMP(c *codec.Coder) {
	var s codec.Walk
	for c.Payload(&s, &soldOutTable) {
		s.String(0, &e.Sku)
	}
}

// Place begins a typed call and returns what it will return.
func Place(s *Stage, c *wamp.Client, in Order) <-chan error {
	done := make(chan error, 1)
	go func() {
		out, err := PlaceOrder.Call(s.T.Context(), c, in)
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

// StringValue is what codes a payload of one string.
func StringValue(p *string) codec.Value { return codec.Of(p, codec.String) }
