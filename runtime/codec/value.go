package codec

import (
	"fmt"
	"log/slog"
)

// Value is a value that encodes and decodes itself. CodeWAMP encodes or decodes
// exactly one value with c. Pointers to generated types are Values, and so are
// pointers to types of package wamp such as UUID.
type Value interface{ CodeWAMP(c *Coder) }

// Coder is an [Encoder] or a [Decoder], so that one method CodeWAMP of a type
// serves both directions. The zero value is not usable: [Encoder.Coder] and
// [Decoder.Coder] return one.
type Coder struct {
	e *Encoder
	d *Decoder
	// label is the key that the dict that is coded next has beside its fields, and
	// variant its value, see [Union].
	label   *string
	variant string
}

// Coder returns the Coder that encodes with e. There is only one.
func (e *Encoder) Coder() *Coder {
	e.coder.e = e
	return &e.coder
}

// Coder returns the Coder that decodes with d. There is only one.
func (d *Decoder) Coder() *Coder {
	d.coder.d = d
	return &d.coder
}

// Decoding reports whether c decodes.
func (c *Coder) Decoding() bool { return c.e == nil }

// Encoder returns the encoder, or nil if c decodes.
func (c *Coder) Encoder() *Encoder { return c.e }

// Decoder returns the decoder, or nil if c encodes.
func (c *Coder) Decoder() *Decoder { return c.d }

// Encodes is called before coding a closed enum. It fails if c encodes a value
// that is not one of the enum's, which ok reports; want lists them.
func (c *Coder) Encodes(ok bool, want string) {
	if !ok && c.e != nil {
		c.e.reject(RuleEnum, want, "another value")
	}
}

// Decoded is called after coding a closed enum. It fails if c has decoded a
// value that is not one of the enum's, which ok reports, unless c keeps such
// values, see [Lenient].
func (c *Coder) Decoded(ok bool, want string) {
	if d := c.d; !ok && d != nil && d.strict >= Closed && d.err == nil {
		d.reject(d.last, RuleEnum, want, "another "+d.kind.String())
	}
}

// Of returns a [Value] that codes *p with code.
func Of[T any](p *T, code func(*T, *Coder)) Value { return &bound[T]{p, code} }

type bound[T any] struct {
	p    *T
	code func(*T, *Coder)
}

func (b *bound[T]) CodeWAMP(c *Coder) { b.code(b.p, c) }

// OfNull is like [Of] for a value that may be null; *p is then nil.
func OfNull[T any](p **T, code func(*T, *Coder)) Value { return &nullable[T]{p, code} }

type nullable[T any] struct {
	p    **T
	code func(*T, *Coder)
}

func (n *nullable[T]) CodeWAMP(c *Coder) { Null(n.p, c, n.code) }

// Validate returns the error that encoding v would return, or nil.
func Validate(v Value) error {
	var e Encoder
	e.Reset(MessagePack, nil)
	e.object = true
	v.CodeWAMP(e.Coder())
	return e.Err()
}

// MarshalJSON returns v as it is in a JSON message: a duration is a number of
// milliseconds, and bytes are a string of "\u0000" and base64. A payload
// becomes an object of its parameters by name.
func MarshalJSON(v Value) ([]byte, error) {
	var e Encoder
	e.Reset(JSON, nil)
	e.object = true
	v.CodeWAMP(e.Coder())
	return e.Bytes(), e.Err()
}

// UnmarshalJSON decodes what [MarshalJSON] returns.
func UnmarshalJSON(b []byte, v Value) error {
	var d Decoder
	d.Start(Raw{JSON, b}, "")
	d.object = true
	v.CodeWAMP(d.Coder())
	d.End()
	return d.Err()
}

// For generated code. Example decodes an example of the schema, which is as
// [MarshalJSON] returns it. wampgen has checked it, except against Go types of
// other packages: where one of those refuses it, v may be filled in part,
// and the log of the process says so.
func Example(json string, v Value) {
	if err := UnmarshalJSON([]byte(json), v); err != nil {
		slog.Error("wamp: example of the schema does not fit", "type", fmt.Sprintf("%T", v), "reason", err)
	}
}
