package codec

// Value is a value that encodes and decodes itself: CodeWAMP does what its
// [Coder] does, for exactly one value. Generated types are Values, by pointer,
// and so are UUID and the like of package wamp.
type Value interface{ CodeWAMP(c *Coder) }

// Coder is an [Encoder] or a [Decoder]. One CodeWAMP a type serves both
// directions, since what it says about the type is the same for both. The zero
// value is not usable: [Encoder.Coder] and [Decoder.Coder] return one.
type Coder struct {
	e *Encoder
	d *Decoder
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

// Encodes comes before the coding of a closed enum: it fails if c encodes a value
// that is not one of the enum's, which are want.
func (c *Coder) Encodes(ok bool, want string) {
	if !ok && c.e != nil {
		c.e.reject(RuleEnum, want, "another value")
	}
}

// Decoded comes behind the coding of a closed enum: it fails if c has decoded a
// value that is not one of the enum's, unless the value is kept, see [Lenient].
func (c *Coder) Decoded(ok bool, want string) {
	if d := c.d; !ok && d != nil && d.strict >= Closed && d.err == nil {
		d.reject(d.last, RuleEnum, want, "another "+d.kind.String())
	}
}

// Of returns the Value of what p points to, which code codes.
func Of[T any](p *T, code func(*T, *Coder)) Value { return &bound[T]{p, code} }

type bound[T any] struct {
	p    *T
	code func(*T, *Coder)
}

func (b *bound[T]) CodeWAMP(c *Coder) { b.code(b.p, c) }

// OfNull is Of for a value that may be null: then *p is nil.
func OfNull[T any](p **T, code func(*T, *Coder)) Value { return &nullable[T]{p, code} }

type nullable[T any] struct {
	p    **T
	code func(*T, *Coder)
}

func (n *nullable[T]) CodeWAMP(c *Coder) { Null(n.p, c, n.code) }

// Validate returns the error with which v cannot be encoded, or nil.
func Validate(v Value) error {
	var e Encoder
	e.Reset(MessagePack, nil)
	e.object = true
	v.CodeWAMP(e.Coder())
	return e.Err()
}

// MarshalJSON returns v in its JSON form on the wire: a duration is a number of
// milliseconds there, and bytes are "\u0000" and base64. A payload becomes an
// object with its parameters by name.
func MarshalJSON(v Value) ([]byte, error) {
	var e Encoder
	e.Reset(JSON, nil)
	e.object = true
	v.CodeWAMP(e.Coder())
	return e.Bytes(), e.Err()
}

// UnmarshalJSON reads what MarshalJSON returns.
func UnmarshalJSON(b []byte, v Value) error {
	var d Decoder
	d.Start(Raw{JSON, b}, "")
	d.object = true
	v.CodeWAMP(d.Coder())
	d.End()
	return d.Err()
}
