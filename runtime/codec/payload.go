package codec

import "time"

// Spread is the [Table] of a payload whose keywords are the fields of one
// struct.
var Spread = &Table{}

// Payload appends the Arguments and the ArgumentsKw of a message and returns
// how many of the two it appended. t says how v becomes a payload: nil if v
// does that itself, [Spread], or the [Table] of one positional parameter. A nil
// v is an empty payload.
func (e *Encoder) Payload(v Value, t *Table) int {
	c := e.Coder()
	e.values = 0
	switch {
	case v == nil:
		return 0
	case t == nil:
		v.CodeWAMP(c)
	case t == Spread:
		e.spread(v)
	default:
		var s Walk
		for c.Payload(&s, t) {
			s.Value(0, v)
		}
	}
	return e.values
}

func (e *Encoder) spread(v Value) {
	base := len(e.buf)
	e.params = []string{}
	e.List(0)
	e.EndList()
	begin := len(e.buf)
	v.CodeWAMP(&e.coder)
	e.values = 2
	if e.err == nil && e.empty(begin) {
		e.values, e.buf = 0, e.buf[:base]
	}
}

// empty reports whether the map that was appended at from has no keys.
func (e *Encoder) empty(from int) bool {
	b := e.buf[from:]
	switch e.f {
	case JSON:
		return string(b) == ",{}"
	case MessagePack:
		return len(b) == 1 && b[0] == 0x80
	}
	return len(b) == 1 && b[0] == cborMap
}

// Strictness says which unknown parts of a payload are errors.
type Strictness uint8

// The degrees of strictness.
const (
	// Lenient keeps the unknown values of closed enums and values that do not meet
	// the constraints of the schema, and ignores surplus arguments: a peer may have
	// a newer schema.
	Lenient Strictness = iota
	// Closed refuses values that the schema does not allow.
	Closed
	// Input also refuses surplus positional arguments and parameters that are
	// given both by position and by name. It is for the input of procedures of
	// this program.
	Input
)

// Payload decodes a payload into v, see [Encoder.Payload].
func (d *Decoder) Payload(p Payload, v Value, t *Table, s Strictness) {
	d.strict = s
	strict := s == Input
	if p.Err != nil && (v != nil || strict) && d.err == nil {
		d.err = p.Err
	}
	d.Start(p.Args, "args")
	d.memory.begin(len(p.Args.Data) + len(p.Kwargs.Data))
	d.kwargs = p.Kwargs
	switch {
	case v == nil || t == Spread:
		d.params = []string{}
		if list := d.List(); strict && d.Next(&list) {
			d.surplus(0)
		}
		if v != nil {
			d.begin(p.Kwargs, "kwargs")
			v.CodeWAMP(d.Coder())
		}
	case t == nil:
		v.CodeWAMP(d.Coder())
	default:
		var w Walk
		for c := d.Coder(); c.Payload(&w, t); {
			w.Value(0, v)
		}
	}
}

// IntValue is a payload of one int.
type IntValue int

// CodeWAMP codes v.
func (v *IntValue) CodeWAMP(c *Coder) { Int((*int)(v), c) }

// Int8Value is a payload of one int8.
type Int8Value int8

// CodeWAMP codes v.
func (v *Int8Value) CodeWAMP(c *Coder) { Int8((*int8)(v), c) }

// Int16Value is a payload of one int16.
type Int16Value int16

// CodeWAMP codes v.
func (v *Int16Value) CodeWAMP(c *Coder) { Int16((*int16)(v), c) }

// Int32Value is a payload of one int32.
type Int32Value int32

// CodeWAMP codes v.
func (v *Int32Value) CodeWAMP(c *Coder) { Int32((*int32)(v), c) }

// Int64Value is a payload of one int64.
type Int64Value int64

// CodeWAMP codes v.
func (v *Int64Value) CodeWAMP(c *Coder) { Int64((*int64)(v), c) }

// UintValue is a payload of one uint.
type UintValue uint

// CodeWAMP codes v.
func (v *UintValue) CodeWAMP(c *Coder) { Uint((*uint)(v), c) }

// Uint8Value is a payload of one uint8.
type Uint8Value uint8

// CodeWAMP codes v.
func (v *Uint8Value) CodeWAMP(c *Coder) { Uint8((*uint8)(v), c) }

// Uint16Value is a payload of one uint16.
type Uint16Value uint16

// CodeWAMP codes v.
func (v *Uint16Value) CodeWAMP(c *Coder) { Uint16((*uint16)(v), c) }

// Uint32Value is a payload of one uint32.
type Uint32Value uint32

// CodeWAMP codes v.
func (v *Uint32Value) CodeWAMP(c *Coder) { Uint32((*uint32)(v), c) }

// Uint64Value is a payload of one uint64.
type Uint64Value uint64

// CodeWAMP codes v.
func (v *Uint64Value) CodeWAMP(c *Coder) { Uint64((*uint64)(v), c) }

// BoolValue is a payload of one bool.
type BoolValue bool

// CodeWAMP codes v.
func (v *BoolValue) CodeWAMP(c *Coder) { Bool((*bool)(v), c) }

// Float32Value is a payload of one float32.
type Float32Value float32

// CodeWAMP codes v.
func (v *Float32Value) CodeWAMP(c *Coder) { Float32((*float32)(v), c) }

// Float64Value is a payload of one float64.
type Float64Value float64

// CodeWAMP codes v.
func (v *Float64Value) CodeWAMP(c *Coder) { Float64((*float64)(v), c) }

// StringValue is a payload of one string.
type StringValue string

// CodeWAMP codes v.
func (v *StringValue) CodeWAMP(c *Coder) { String((*string)(v), c) }

// BytesValue is a payload of one byte string.
type BytesValue []byte

// CodeWAMP codes v.
func (v *BytesValue) CodeWAMP(c *Coder) { Bytes((*[]byte)(v), c) }

// TimeValue is a payload of one time.
type TimeValue time.Time

// CodeWAMP codes v.
func (v *TimeValue) CodeWAMP(c *Coder) { Time((*time.Time)(v), c) }

// DurationValue is a payload of one duration.
type DurationValue time.Duration

// CodeWAMP codes v.
func (v *DurationValue) CodeWAMP(c *Coder) { Duration((*time.Duration)(v), c) }

// Dynamic codes a payload of any shape as dynamic values. Empty parts are left
// out.
func (c *Coder) Dynamic(args *[]any, kwargs *map[string]any) {
	if c.e == nil {
		c.d.dynamic(args, kwargs)
		return
	}
	e := c.e
	if e.inside() || len(*args)+len(*kwargs) == 0 {
		return
	}
	e.values = 1
	e.anyList(*args)
	if len(*kwargs) > 0 {
		e.values = 2
		e.anyMap(*kwargs)
	}
}

// inside reports whether a payload would be a part of another one, which is an
// error: it may be two values, or none.
func (e *Encoder) inside() bool {
	if e.depth == 0 {
		return false
	}
	e.fail("a value", "a whole payload")
	return true
}

func (d *Decoder) dynamic(args *[]any, kwargs *map[string]any) {
	if len(d.data) > 0 {
		*args, _ = d.Any().([]any)
	}
	if !d.kwargs.Absent() {
		d.begin(d.kwargs, "kwargs")
		*kwargs, _ = d.Any().(map[string]any)
	}
}
