package codec

import (
	"bytes"
	"math"
	"time"
)

// Decoder is a cursor over the bytes of one document at a time. The zero
// Decoder is ready for Start. It lives on its user's stack; what it returns
// are copies unless said otherwise. Methods return zero values after the first
// error: ask Err at the end. Not safe for concurrent use.
type Decoder struct {
	data    []byte
	off     int
	last    int // where the value read last begins
	depth   int // lists and maps that are open
	f       Format
	kind    Kind // of the value read last
	partial bool // the data may end anywhere, and errors get no path
	root    string
	err     error
	scratch []byte // for text that is not one piece in data
}

// Start goes to the beginning of the next document, r, which errors call root
// ("args", "kwargs" or nothing). An earlier error stays. If r is absent, List
// and Map give an empty Seq and every other read fails with "missing".
func (d *Decoder) Start(r Raw, root string) {
	d.data, d.f, d.root = r.Data, r.Format, root
	d.off, d.last, d.depth, d.kind = 0, 0, 0, KindInvalid
}

// Err returns the first error, an [*Error], or nil.
func (d *Decoder) Err() error { return d.err }

// fail records the first error, for the value at offset at. It returns false.
func (d *Decoder) fail(at int, want, found string) bool {
	if d.err != nil {
		return false
	}
	e := &Error{Want: want, Found: found, Offset: at}
	if !d.partial {
		e.Path = locate(d.f, d.data, at, d.root)
	}
	d.err = e
	return false
}

// wrong records that the value just read is not what was wanted.
func (d *Decoder) wrong(want string) { d.fail(d.last, want, d.kind.String()) }

// value reads the head of the next value for a method that wants one.
func (d *Decoder) value(t *token, want string) bool {
	if d.err != nil {
		return false
	}
	if len(d.data) == 0 {
		return d.fail(0, want, missing)
	}
	return d.token(t)
}

// Kind tells what the next value is and does not move. It is KindInvalid if
// there is none.
func (d *Decoder) Kind() Kind {
	if d.err != nil {
		return KindInvalid
	}
	peek := Decoder{data: d.data, off: d.off, f: d.f, partial: true}
	var t token
	if !peek.token(&t) {
		return KindInvalid
	}
	return t.kind
}

// Null tells whether the next value is null, and moves over it if it is.
func (d *Decoder) Null() bool {
	if d.err != nil {
		return false
	}
	if d.f == JSON {
		d.space()
	}
	if d.off >= len(d.data) {
		return false
	}
	// Only these bytes, and a CBOR tag, can begin a null.
	switch c := d.data[d.off]; {
	case d.f == JSON && c == 'n':
	case d.f == MessagePack && c == 0xc0:
	case d.f == CBOR && (c == 0xf6 || c == 0xf7):
	case d.f == CBOR && c&0xe0 == cborTag && d.Kind() == KindNull:
	default:
		return false
	}
	var t token
	return d.token(&t)
}

// Bool reads a bool.
func (d *Decoder) Bool() bool {
	var t token
	if !d.value(&t, "bool") {
		return false
	}
	if t.kind != KindBool {
		d.wrong("bool")
		return false
	}
	return t.bits == 1
}

// Int reads an integer of 8, 16, 32 or 64 bits. Whole floats are accepted, since
// JavaScript peers send them, and keep all their digits; what does not fit is an error.
func (d *Decoder) Int(bits int) int64 {
	var t token
	if !d.value(&t, intName(bits)) {
		return 0
	}
	if !d.integer(&t, intName(bits)) {
		return 0
	}
	v := int64(t.bits)
	if t.neg {
		v = ^v
	}
	if t.bits > math.MaxInt64 || v != v<<(64-bits)>>(64-bits) {
		d.outOfRange(intName(bits))
		return 0
	}
	return v
}

// Uint reads a non-negative integer of 8, 16, 32 or 64 bits, otherwise as Int.
func (d *Decoder) Uint(bits int) uint64 {
	var t token
	if !d.value(&t, uintName(bits)) {
		return 0
	}
	if !d.integer(&t, uintName(bits)) {
		return 0
	}
	if v := t.bits; t.neg || v != v<<(64-bits)>>(64-bits) {
		d.outOfRange(uintName(bits))
		return 0
	}
	return t.bits
}

func intName(bits int) string {
	switch bits {
	case 8:
		return "int8"
	case 16:
		return "int16"
	case 32:
		return "int32"
	}
	return "int"
}

func uintName(bits int) string {
	switch bits {
	case 8:
		return "uint8"
	case 16:
		return "uint16"
	case 32:
		return "uint32"
	}
	return "uint"
}

func (d *Decoder) outOfRange(want string) {
	d.fail(d.last, want, d.kind.String()+" out of range")
}

// Float64 reads a float; integers are accepted, beyond 2^53 rounded.
func (d *Decoder) Float64() float64 {
	var t token
	if !d.value(&t, "float64") {
		return 0
	}
	return d.number(&t, "float64")
}

// number is the value of an int or float token.
func (d *Decoder) number(t *token, want string) float64 {
	switch t.kind {
	case KindInt:
		switch {
		case t.neg && t.bits <= math.MaxInt64:
			return float64(^int64(t.bits))
		case t.neg:
			return -1 - float64(t.bits)
		}
		return float64(t.bits)
	case KindFloat:
		f, ok := d.float(t, 64)
		if !ok {
			d.outOfRange(want)
			return 0
		}
		return f
	}
	d.wrong(want)
	return 0
}

// Float32 reads a float and rounds it to 32 bits; finite values beyond its
// range are an error.
func (d *Decoder) Float32() float32 {
	const want = "float32"
	var t token
	if !d.value(&t, want) {
		return 0
	}
	if t.kind == KindFloat && (d.f == JSON || t.exact) {
		// Not by way of float64, which would round twice.
		f, ok := d.float(&t, 32)
		if !ok {
			d.outOfRange(want)
		}
		return float32(f)
	}
	f := d.number(&t, want)
	if math.IsInf(float64(float32(f)), 0) && !math.IsInf(f, 0) {
		d.outOfRange(want)
		return 0
	}
	return float32(f)
}

// Text reads a string. In JSON one that begins with U+0000 is binary and so
// not a string.
func (d *Decoder) Text() string {
	var t token
	if !d.value(&t, "string") {
		return ""
	}
	if t.kind != KindText {
		d.wrong("string")
		return ""
	}
	b, ok := d.text(&t)
	if !ok {
		d.fail(d.last, "string", foundUnicode)
		return ""
	}
	return string(b)
}

// Binary reads bytes. Empty bytes are not nil.
func (d *Decoder) Binary() []byte {
	var t token
	if !d.value(&t, "bytes") {
		return nil
	}
	if t.kind != KindBinary {
		d.wrong("bytes")
		return nil
	}
	return d.binary(&t)
}

// binary returns a copy of the contents of a bytes token.
func (d *Decoder) binary(t *token) []byte {
	b, ok := d.data[t.from:t.to], true
	switch {
	case d.f == JSON:
		b, ok = d.jsonBinary(t)
	case t.split:
		b, ok = joinChunks([]byte{}, b, false)
	default:
		b = bytes.Clone(b)
	}
	if !ok {
		d.fail(d.last, "bytes", "invalid base64")
		return nil
	}
	return b
}

// Duration reads an integer of milliseconds, see [Encoder.Duration].
func (d *Decoder) Duration() time.Duration {
	ms := d.Int(64)
	if ms > math.MaxInt64/1_000_000 || ms < math.MinInt64/1_000_000 {
		d.outOfRange("duration in milliseconds")
		return 0
	}
	return time.Duration(ms) * time.Millisecond
}

// Raw reads the next value as a part of the document's bytes, whatever it is;
// its form and depth are checked, see the package comment for text.
func (d *Decoder) Raw() Raw {
	if d.f == JSON && d.err == nil {
		d.space()
	}
	from := d.off
	d.Skip()
	if d.err != nil {
		return Raw{}
	}
	return Raw{d.f, d.data[from:d.off:d.off]}
}

// Part reads the next value as [Decoder.Raw] does. It reports false, and no
// error, if the value is well-formed but nests too deeply; the Decoder moves over
// it all the same.
func (d *Decoder) Part() (r Raw, shallow bool) {
	depth, at, failed := d.depth, d.off, d.err != nil
	r = d.Raw()
	if e, _ := d.err.(*Error); failed || e == nil || e.Want != wantShallow {
		return r, true
	}
	d.err, d.off, d.depth = nil, at, depth
	d.skipDeep()
	return Raw{}, d.err != nil
}

// End fails if bytes follow the document.
func (d *Decoder) End() {
	if d.f == JSON {
		d.space()
	}
	if d.err == nil && d.off < len(d.data) {
		d.last = d.off
		d.malformed("bytes after the document")
	}
}
