package codec

import (
	"encoding/binary"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
	"unsafe"
)

// The methods of this file code one field each. What is written before the
// value, and the value if it is short, is put into the buffer at once.

// room makes sure that n bytes fit behind the buffer and returns what is there.
func (e *Encoder) room(n int) []byte {
	if cap(e.buf)-len(e.buf) < n {
		e.grow(n)
	}
	return e.buf[len(e.buf):cap(e.buf)]
}

// grow makes room for n bytes and more. It is apart, so that room stays short.
//
//go:noinline
func (e *Encoder) grow(n int) {
	b := make([]byte, len(e.buf), 2*cap(e.buf)+n)
	copy(b, e.buf)
	e.buf = b
}

// put writes what stands before field i and returns the bytes behind it, of
// which there are n and 16 more. JSON's comma is left out where none is due.
func (s *Walk) put(i, n int) []byte {
	e, x := s.e, &s.puts[i]
	k := len(x.text)
	dst := e.room(k + n + 16)
	if e.f == JSON && opened(e.buf[len(e.buf)-1]) {
		return e.putFirst(x)
	}
	x.put(dst)
	e.buf = e.buf[:len(e.buf)+k]
	return dst[k:]
}

// putFirst writes x without the comma that it begins with. It is apart, so that
// put stays short.
//
//go:noinline
func (e *Encoder) putFirst(x *prefix) []byte {
	at := len(e.buf) - 1
	dst, c := e.buf[at:cap(e.buf)], e.buf[at]
	x.put(dst)
	dst[0] = c
	e.buf = e.buf[:at+len(x.text)]
	return dst[len(x.text):]
}

// The strings that most are, of less than briefText bytes, need one byte before
// them in both binary formats: briefHead and their length.
const briefText = 24

var briefHead = [4]byte{MessagePack: 0xa0, CBOR: cborText}

// listHead and the length are what stands before a list of at most 15 elements.
var listHead = [4]byte{MessagePack: 0x90, CBOR: cborList}

// String codes field i.
func (s *Walk) String(i int, p *string) {
	e := s.e
	switch {
	// Most strings are short: for them it calls nothing but move.
	case e != nil && e.f > JSON && len(*p) < briefText:
		x, n := &s.puts[i], len(*p)
		k := len(x.text)
		dst := e.room(k + n + 17)
		x.put(dst)
		e.buf = e.buf[:len(e.buf)+k]
		dst = dst[k : k+n+1]
		dst[0] = briefHead[e.f&3] | byte(n)
		if !move(dst[1:], *p) {
			e.longText(*p)
			return
		}
		e.buf = e.buf[:len(e.buf)+n+1]
	case e != nil && e.f != 0 && len(*p) > math.MaxUint8:
		s.key(i)
		e.longText(*p)
	case e != nil && e.f != 0:
		e.short(s.put(i, len(*p)), *p)
	case e == nil && s.cur == i:
		*p = s.d.Text()
		s.cur = s.d.field(s)
	}
}

// brief appends a string of less than [briefText] bytes in a binary format to
// the buffer, behind which dst is. [Walk.String] has it inline.
func (e *Encoder) brief(dst []byte, v string) {
	dst = dst[:len(v)+1]
	dst[0] = briefHead[e.f&3] | byte(len(v))
	if move(dst[1:], v) {
		e.buf = e.buf[:len(e.buf)+len(dst)]
	} else {
		e.longText(v)
	}
}

// short appends a string of at most 255 bytes to the buffer, behind which dst
// is.
func (e *Encoder) short(dst []byte, v string) {
	if e.f == JSON {
		if moveQuoted(dst, v) {
			e.buf = e.buf[:len(e.buf)+len(v)+2]
		} else {
			e.longText(v)
		}
		return
	}
	most, head, long := 31, byte(0xa0), byte(0xd9)
	if e.f == CBOR {
		most, head, long = 23, cborText, cborText|24
	}
	n := 1
	if len(v) <= most {
		dst[0] = head | byte(len(v))
	} else {
		dst[0], dst[1], n = long, byte(len(v)), 2
	}
	if move(dst[n:], v) || utf8.ValidString(v) {
		e.buf = e.buf[:len(e.buf)+n+len(v)]
		return
	}
	e.fail("string", "invalid UTF-8")
}

// Int64 codes field i.
func (s *Walk) Int64(i int, p *int64) {
	e := s.e
	switch {
	case e != nil && e.f != 0:
		s.putInt(i, *p)
	case e == nil && s.cur == i:
		*p = s.d.Int(64)
		s.cur = s.d.field(s)
	}
}

func (s *Walk) putInt(i int, v int64) {
	e := s.e
	dst := s.put(i, 8)
	switch e.f {
	case MessagePack:
		switch u := uint64(v); {
		case u <= 0x7f:
			dst[0] = byte(u)
			e.buf = e.buf[:len(e.buf)+1]
		case v >= 0:
			e.buf = msgpackUint(e.buf, u)
		default:
			e.buf = msgpackNegative(e.buf, v)
		}
	case CBOR:
		major, u := byte(cborUint), uint64(v)
		if v < 0 {
			major, u = cborNegative, ^u
		}
		if u < 24 {
			dst[0] = major | byte(u)
			e.buf = e.buf[:len(e.buf)+1]
			return
		}
		e.buf = cborHead(e.buf, major, u)
	case JSON:
		e.buf = strconv.AppendInt(e.buf, v, 10)
	}
}

func bit(v bool) byte {
	if v {
		return 1
	}
	return 0
}

// Bool codes field i.
func (s *Walk) Bool(i int, p *bool) {
	e := s.e
	switch {
	case e != nil && e.f != 0:
		dst := s.put(i, 8)
		switch v := *p; {
		case e.f == JSON && v:
			e.buf = append(e.buf, "true"...)
			return
		case e.f == JSON:
			e.buf = append(e.buf, "false"...)
			return
		case e.f == MessagePack:
			dst[0] = 0xc2 + bit(v)
		default:
			dst[0] = 0xf4 + bit(v)
		}
		e.buf = e.buf[:len(e.buf)+1]
	case e == nil && s.cur == i:
		*p = s.d.Bool()
		s.cur = s.d.field(s)
	}
}

// Float64 codes field i.
func (s *Walk) Float64(i int, p *float64) {
	e := s.e
	switch {
	case e != nil && e.f != 0:
		dst := s.put(i, 8)
		head := byte(0xfb)
		switch e.f {
		case JSON:
			e.jsonFloat(*p, 64)
			return
		case MessagePack:
			head = 0xcb
		}
		dst[0] = head
		binary.BigEndian.PutUint64(dst[1:], math.Float64bits(*p))
		e.buf = e.buf[:len(e.buf)+9]
	case e == nil && s.cur == i:
		*p = s.d.Float64()
		s.cur = s.d.field(s)
	}
}

// Time codes field i.
func (s *Walk) Time(i int, p *time.Time) {
	if s.e != nil {
		s.key(i)
		s.e.Time(*p)
	} else if s.cur == i {
		*p = s.d.Time()
		s.cur = s.d.field(s)
	}
}

// TimeOr codes field i, which has the default or. A field that is null decodes
// to the default; the zero time is encoded as the default.
func (s *Walk) TimeOr(i int, p *time.Time, or time.Time) {
	if s.e == nil && s.cur == i {
		*p = or
	}
	if put, _ := s.Begin(i, Present); !put {
		return
	}
	if s.e != nil && p.IsZero() {
		p = &or
	}
	Time(p, s.c)
	s.End()
}

// AnyField codes field i. nothing says whether a nil *p is absent or null.
func (s *Walk) AnyField(i int, p *any, nothing Presence) {
	if *p != nil {
		nothing = Present
	}
	if put, null := s.Begin(i, nothing); put {
		Any(p, s.c)
		s.End()
	} else if null {
		*p = nil
	}
}

// Value codes field i, whose type codes itself.
func (s *Walk) Value(i int, v Value) {
	if s.e != nil {
		s.key(i)
		v.CodeWAMP(s.c)
	} else if s.cur == i {
		v.CodeWAMP(s.c)
		s.cur = s.d.field(s)
	}
}

// Field codes field i with code.
func Field[T any](s *Walk, i int, p *T, code func(*T, *Coder)) {
	if s.e != nil {
		s.key(i)
		code(p, s.c)
	} else if s.cur == i {
		code(p, s.c)
		s.cur = s.d.field(s)
	}
}

// Or codes field i, which has the default or. A field that is null decodes to
// the default; Go's zero value is encoded as the default.
func Or[T comparable](s *Walk, i int, p, or *T, code func(*T, *Coder)) {
	if s.e == nil && s.cur == i {
		*p = *or
	}
	if put, _ := s.Begin(i, Present); !put {
		return
	}
	var zero T
	if s.e != nil && *p == zero {
		p = or
	}
	code(p, s.c)
	s.End()
}

// Optional codes field i, which may be absent; *p is then nil.
func Optional[T any](s *Walk, i int, p **T, code func(*T, *Coder)) {
	switch s.pointer(i, *p != nil, Absent, int(unsafe.Sizeof(**p))) {
	case pointerNil:
		*p = nil
	case pointerNew:
		*p = new(T)
		fallthrough
	case pointerCode:
		code(*p, s.c)
		s.End()
	}
}

// Nullable codes field i, which may be null; *p is then nil.
func Nullable[T any](s *Walk, i int, p **T, code func(*T, *Coder)) {
	switch s.pointer(i, *p != nil, IsNull, int(unsafe.Sizeof(**p))) {
	case pointerNil:
		*p = nil
	case pointerNew:
		*p = new(T)
		fallthrough
	case pointerCode:
		code(*p, s.c)
		s.End()
	}
}

// What becomes of a pointer.
const (
	pointerStays = iota
	pointerNil
	pointerNew
	pointerCode
)

// pointer begins field i, a pointer to so many bytes.
func (s *Walk) pointer(i int, there bool, nothing Presence, size int) int {
	if there {
		nothing = Present
	}
	put, null := s.Begin(i, nothing)
	switch {
	case null:
		return pointerNil
	case put && s.e == nil:
		s.d.charge(size)
		return pointerNew
	case put:
		return pointerCode
	}
	return pointerStays
}

// OptionalOr codes field i, which has the default or. A field that is absent or
// null decodes to a pointer to the default; nil is encoded as the default.
func OptionalOr[T any](s *Walk, i int, p **T, or *T, code func(*T, *Coder)) {
	put, null := s.Begin(i, Present)
	switch {
	case null:
		*p = new(*or)
	case put && s.e == nil:
		s.d.charge(int(unsafe.Sizeof(**p)))
		*p = new(T)
		code(*p, s.c)
		s.End()
	case put && *p == nil:
		code(or, s.c)
	case put:
		code(*p, s.c)
	}
}
