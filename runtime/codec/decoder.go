package codec

import (
	"bytes"
	"math"
	"time"
)

// Decoder is a cursor over the bytes of one document at a time. The zero
// Decoder is ready for [Decoder.Start]. What it returns are copies unless the
// method says otherwise. After the first error methods return zero values;
// [Decoder.Err] returns it. Not safe for concurrent use.
type Decoder struct {
	data    []byte // nothing after an error, so that fast paths need not look
	off     int
	last    int // where the value read last begins
	depth   int // lists and maps that are open
	f       Format
	kind    Kind // of the value read last
	partial bool // the data may end anywhere, and errors get no path
	strict  Strictness
	object  bool // a payload is one map
	root    string
	params  []string // names of the positional parameters, for paths
	dicts   uint64   // at which depths a map with free keys is open, for paths
	kwargs  Raw      // of the payload whose arguments are read
	err     error
	other   string // a key that is not one of the fields, whose value is next
	scratch []byte // for text that is not one piece in data
	piece   []byte // memory for short strings
	used    int    // how much of piece is taken
	budget  int    // bytes that may be made before memory is asked
	memory  memory
	coder   Coder
}

// Start begins a new document, r. The path of an error begins with root:
// "args", "kwargs" or "". It does not clear an earlier error. If r is absent,
// [Decoder.List] and [Decoder.Map] return an empty [Seq] and every other method
// fails with "missing".
func (d *Decoder) Start(r Raw, root string) {
	d.begin(r, root)
	d.params, d.dicts = nil, 0
	d.memory.begin(len(r.Data))
}

func (d *Decoder) begin(r Raw, root string) {
	d.data, d.f, d.root = r.Data, r.Format, root
	d.off, d.last, d.depth, d.kind = 0, 0, 0, KindInvalid
	if d.err != nil {
		d.data = nil
	}
}

// Err returns the first error, a [*ValueError], or nil.
func (d *Decoder) Err() error { return d.err }

// reject records the first error, for the value at offset at. It returns false.
func (d *Decoder) reject(at int, rule Rule, want, found string) bool {
	if d.err != nil {
		return false
	}
	e := &ValueError{Rule: rule, Want: want, Found: found, Offset: at}
	if !d.partial {
		p := place{roots: []string{d.root}, params: d.params, dicts: d.dicts}
		e.Path = p.locate(d.f, d.data, at)
	}
	d.stop(e)
	return false
}

// stop ends the reading with an error.
func (d *Decoder) stop(err *ValueError) {
	if d.err == nil {
		d.err = err
		d.data, d.off = nil, 0
	}
}

// wrong records that the value just read is not what was wanted.
func (d *Decoder) wrong(want string) { d.reject(d.last, RuleType, want, d.kind.String()) }

// value reads the head of the next value for a method that wants one.
func (d *Decoder) value(t *token, want string) bool {
	if d.err != nil {
		return false
	}
	if len(d.data) == 0 {
		return d.reject(0, RuleRequired, want, missing)
	}
	return d.token(t)
}

// Kind returns the kind of the next value and does not move. It is
// [KindInvalid] if there is no value.
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

// slowNull is Null for every form of the value.
func (d *Decoder) slowNull() bool {
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

// slowBool is Bool for every form of the value.
func (d *Decoder) slowBool() bool {
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

// slowInt is Int for every form of the value.
func (d *Decoder) slowInt(bits int) int64 {
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

// slowUint is Uint for every form of the value.
func (d *Decoder) slowUint(bits int) uint64 {
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

// int reads an int. Errors call it that where it has 32 bits, too.
func (d *Decoder) int() int {
	v := d.Int(64)
	if int64(int(v)) != v {
		d.outOfRange("int")
		return 0
	}
	return int(v)
}

// uint is int without a sign.
func (d *Decoder) uint() uint {
	v := d.Uint(64)
	if uint64(uint(v)) != v {
		d.outOfRange("uint")
		return 0
	}
	return uint(v)
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
	d.reject(d.last, RuleRange, want, d.kind.String()+" out of range")
}

// slowFloat64 is Float64 for every form of the value.
func (d *Decoder) slowFloat64() float64 {
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

// Float32 decodes a float and rounds it to 32 bits; finite values beyond the
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

// slowText is Text for every form of the value.
func (d *Decoder) slowText() string { return string(d.TextBytes()) }

// TextBytes is like [Decoder.Text] without a copy: the result is valid until
// the next call.
func (d *Decoder) TextBytes() []byte {
	var t token
	if !d.value(&t, "string") {
		return nil
	}
	if t.kind != KindText {
		d.wrong("string")
		return nil
	}
	b, ok := d.text(&t)
	if !ok {
		d.reject(d.last, RuleForm, "string", foundUnicode)
		return nil
	}
	return b
}

// Binary decodes bytes. The result is not nil, even if it is empty.
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
		d.reject(d.last, RuleForm, "bytes", "invalid base64")
		return nil
	}
	return b
}

// Duration decodes an integer of milliseconds, see [Encoder.Duration].
func (d *Decoder) Duration() time.Duration {
	ms := d.Int(64)
	if ms > math.MaxInt64/1_000_000 || ms < math.MinInt64/1_000_000 {
		d.outOfRange("duration in milliseconds")
		return 0
	}
	return time.Duration(ms) * time.Millisecond
}

// Raw returns the bytes of the next value, of any type. It checks that the
// value is well-formed and not too deep, but not its text, see the package
// comment.
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

// Part is like [Decoder.Raw], except that a well-formed value that nests too
// deeply is not an error: the Decoder moves past it and shallow is false.
func (d *Decoder) Part() (r Raw, shallow bool) {
	data, depth, at, failed := d.data, d.depth, d.off, d.err != nil
	r = d.Raw()
	if e, _ := d.err.(*ValueError); failed || e == nil || e.Want != wantShallow {
		return r, true
	}
	d.err, d.data, d.off, d.depth = nil, data, at, depth
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
