package codec

import (
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// Encoder appends values of one format to a buffer, in their shortest form.
// Call [Encoder.Reset] before anything else. After the first error methods do
// nothing; [Encoder.Err] returns it. Not safe for concurrent use.
type Encoder struct {
	buf    []byte // owned to its capacity: fast paths write beyond its length
	start  int    // where the document begins in buf
	depth  int
	f      Format // none after an error, so that fast paths need not look
	format Format // what Reset was given
	err    error
	values int      // of a payload: how many of Arguments and ArgumentsKw there are
	dicts  uint64   // at which depths a map with free keys is open, for paths
	params []string // names of the positional parameters, for paths
	object bool     // a payload is one map
	coder  Coder
}

// Reset begins a new document of format f at the end of buf, which the Encoder
// then owns. It clears an earlier error.
func (e *Encoder) Reset(f Format, buf []byte) {
	*e = Encoder{f: f, format: f, buf: buf, start: len(buf)}
}

// Format returns the format of the document.
func (e *Encoder) Format() Format { return e.format }

// Bytes returns the buffer passed to [Encoder.Reset] with all that was
// appended. Its contents are not valid after an error.
func (e *Encoder) Bytes() []byte { return e.buf }

// Append appends encoded bytes without checks.
func (e *Encoder) Append(b ...byte) { e.buf = append(e.buf, b...) }

// Err returns the first error, a [*ValueError], or nil.
func (e *Encoder) Err() error {
	if e.err == nil && !e.f.valid() {
		return &ValueError{Rule: RuleEncode, Want: "a format", Found: "an encoder without Reset"}
	}
	return e.err
}

// Fail records the error that the value at the current position cannot be
// encoded. The error is the path of that position and the formatted text, which
// must not contain values. In paths the first two values of a document are
// called args and kwargs.
func (e *Encoder) Fail(format string, a ...any) {
	if e.err == nil {
		e.fail("", fmt.Sprintf(format, a...))
	}
}

func (e *Encoder) fail(want, found string) { e.reject(RuleEncode, want, found) }

// reject records the first error.
func (e *Encoder) reject(rule Rule, want, found string) {
	if e.err != nil {
		return
	}
	doc := e.buf[e.start:]
	at := place{params: e.params, dicts: e.dicts, roots: []string{"args", "kwargs"}}
	if e.object {
		at.roots = []string{""}
	}
	e.err = &ValueError{Path: at.locate(e.f, doc, len(doc)), Rule: rule, Want: want, Found: found, Offset: len(doc)}
	e.f = 0
}

// ready reports whether a value may be appended, and puts the comma of JSON
// before it. A finished value never ends in one of the four bytes that need
// none.
func (e *Encoder) ready() bool {
	if e.err != nil {
		return false
	}
	if e.f == JSON && len(e.buf) > e.start {
		switch e.buf[len(e.buf)-1] {
		case '[', '{', ':', ',':
		default:
			e.buf = append(e.buf, ',')
		}
	}
	return true
}

// Null appends a null.
func (e *Encoder) Null() {
	if !e.ready() {
		return
	}
	switch e.f {
	case JSON:
		e.buf = append(e.buf, "null"...)
	case MessagePack:
		e.buf = append(e.buf, 0xc0)
	case CBOR:
		e.buf = append(e.buf, 0xf6)
	}
}

// Bool appends a bool.
func (e *Encoder) Bool(v bool) {
	if !e.ready() {
		return
	}
	switch {
	case e.f == JSON:
		e.buf = strconv.AppendBool(e.buf, v)
	case e.f == MessagePack && v:
		e.buf = append(e.buf, 0xc3)
	case e.f == MessagePack:
		e.buf = append(e.buf, 0xc2)
	case e.f == CBOR && v:
		e.buf = append(e.buf, 0xf5)
	case e.f == CBOR:
		e.buf = append(e.buf, 0xf4)
	}
}

// Int appends an integer.
func (e *Encoder) Int(v int64) {
	if v >= 0 {
		e.Uint(uint64(v))
		return
	}
	if !e.ready() {
		return
	}
	switch e.f {
	case JSON:
		e.buf = strconv.AppendInt(e.buf, v, 10)
	case MessagePack:
		e.buf = msgpackNegative(e.buf, v)
	case CBOR:
		e.buf = cborHead(e.buf, cborNegative, ^uint64(v))
	}
}

// Uint appends a non-negative integer.
func (e *Encoder) Uint(v uint64) {
	if !e.ready() {
		return
	}
	switch e.f {
	case JSON:
		e.buf = strconv.AppendUint(e.buf, v, 10)
	case MessagePack:
		e.buf = msgpackUint(e.buf, v)
	case CBOR:
		e.buf = cborHead(e.buf, cborUint, v)
	}
}

// Float32 appends a float of 32 bits. NaN and infinity are errors in JSON.
func (e *Encoder) Float32(v float32) {
	if !e.ready() {
		return
	}
	switch e.f {
	case JSON:
		e.jsonFloat(float64(v), 32)
	case MessagePack:
		e.buf = appendUint32(append(e.buf, 0xca), math.Float32bits(v))
	case CBOR:
		e.buf = appendUint32(append(e.buf, 0xfa), math.Float32bits(v))
	}
}

// Float64 appends a float of 64 bits. NaN and infinity are errors in JSON.
func (e *Encoder) Float64(v float64) {
	if !e.ready() {
		return
	}
	switch e.f {
	case JSON:
		e.jsonFloat(v, 64)
	case MessagePack:
		e.buf = appendUint64(append(e.buf, 0xcb), math.Float64bits(v))
	case CBOR:
		e.buf = appendUint64(append(e.buf, 0xfb), math.Float64bits(v))
	}
}

// Text appends a string. It fails if v is not UTF-8, and in JSON if v begins
// with U+0000, since a peer would read it as bytes.
func (e *Encoder) Text(v string) {
	if len(v) > math.MaxUint8 || e.f == 0 {
		e.longText(v)
		return
	}
	e.ready()
	e.short(e.room(len(v)+16), v)
}

// longText is Text for every string.
func (e *Encoder) longText(v string) {
	if e.f == JSON && v != "" && v[0] == 0 {
		e.fail("string", "a string that begins with NUL, which means binary in JSON")
		return
	}
	e.text(v)
}

func (e *Encoder) text(v string) {
	if e.err != nil {
		return
	}
	// Judged before anything is written: what is written so far is the path.
	if !utf8.ValidString(v) {
		e.fail("string", "invalid UTF-8")
		return
	}
	e.ready()
	switch e.f {
	case JSON:
		e.buf = appendJSONString(e.buf, v)
	case MessagePack:
		e.buf = append(msgpackText(e.buf, len(v)), v...)
	case CBOR:
		e.buf = append(cborHead(e.buf, cborText, uint64(len(v))), v...)
	}
}

// ASCII appends a short ASCII text without checks. It must need no escapes in
// JSON.
func (e *Encoder) ASCII(b []byte) {
	if !e.ready() {
		return
	}
	switch e.f {
	case MessagePack:
		e.buf = append(msgpackText(e.buf, len(b)), b...)
	case CBOR:
		e.buf = append(cborHead(e.buf, cborText, uint64(len(b))), b...)
	default:
		e.buf = append(append(append(e.buf, '"'), b...), '"')
	}
}

// Binary appends bytes: in JSON a string of U+0000 and base64 (the advanced
// profile's "Binary support in JSON"). A nil slice is empty, not null.
func (e *Encoder) Binary(v []byte) {
	if !e.ready() {
		return
	}
	switch e.f {
	case JSON:
		e.buf = append(e.buf, `"\u0000`...)
		e.buf = append(base64.StdEncoding.AppendEncode(e.buf, v), '"')
	case MessagePack:
		e.buf = append(msgpackBinary(e.buf, len(v)), v...)
	case CBOR:
		e.buf = append(cborHead(e.buf, cborBytes, uint64(len(v))), v...)
	}
}

// Time appends a time as an RFC 3339 text with nanoseconds, in every format.
// It fails for years outside 0 to 9999.
func (e *Encoder) Time(v time.Time) {
	// RFC 3339 has no seconds in a zone: such an offset would move the instant.
	if _, offset := v.Zone(); offset%60 != 0 || offset <= -24*3600 || offset >= 24*3600 {
		v = v.UTC()
	}
	if y := v.Year(); y < 0 || y > 9999 {
		e.fail("time", "a year outside 0 to 9999")
		return
	}
	var room [len(time.RFC3339Nano) + 8]byte
	s := v.AppendFormat(room[:0], time.RFC3339Nano)
	e.ASCII(s)
}

// Duration appends a duration as an integer of milliseconds, WAMP's own unit,
// rounded toward zero.
func (e *Encoder) Duration(v time.Duration) { e.Int(v.Milliseconds()) }

// List begins a list of exactly n elements, which follow. [Encoder.EndList]
// ends it.
func (e *Encoder) List(n int) {
	if e.f > JSON && uint(n) <= 15 && e.depth < MaxDepth { // the common form at once
		e.depth++
		e.buf = append(e.buf, listHead[e.f&3]|byte(n))
		return
	}
	if !e.open(n) {
		return
	}
	switch e.f {
	case JSON:
		e.buf = append(e.buf, '[')
	case MessagePack:
		e.buf = msgpackList(e.buf, n)
	case CBOR:
		e.buf = cborHead(e.buf, cborList, uint64(n))
	}
}

// Map begins a map of exactly n keys; for each an [Encoder.Key] and a value
// follow. [Encoder.EndMap] ends it.
func (e *Encoder) Map(n int) {
	if !e.open(n) {
		return
	}
	switch e.f {
	case JSON:
		e.buf = append(e.buf, '{')
	case MessagePack:
		e.buf = msgpackMap(e.buf, n)
	case CBOR:
		e.buf = cborHead(e.buf, cborMap, uint64(n))
	}
}

// EndList ends a list.
func (e *Encoder) EndList() { e.close(']') }

// EndMap ends a map.
func (e *Encoder) EndMap() { e.close('}') }

// Key appends a key of a map. It fails if k is not UTF-8.
func (e *Encoder) Key(k string) {
	e.text(k)
	if e.f == JSON && e.err == nil {
		e.buf = append(e.buf, ':')
	}
}

func (e *Encoder) open(n int) bool {
	switch {
	case e.err != nil:
		return false
	case n < 0 || uint64(n) > math.MaxUint32:
		e.fail("list or map", "a count out of range")
		return false
	case e.depth == MaxDepth:
		e.reject(RuleLimit, wantShallow, foundDeep)
		return false
	}
	e.depth++
	return e.ready()
}

func (e *Encoder) close(mark byte) {
	if e.err != nil {
		return
	}
	e.depth--
	if e.f == JSON {
		e.buf = append(e.buf, mark)
	}
}

func appendUint16(b []byte, v uint16) []byte { return append(b, byte(v>>8), byte(v)) }

func appendUint32(b []byte, v uint32) []byte {
	return append(b, byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
}

func appendUint64(b []byte, v uint64) []byte {
	return appendUint32(appendUint32(b, uint32(v>>32)), uint32(v))
}
