package codec

import (
	"math"
	"unicode/utf8"
)

// token is the head of a value, the same for all formats: a whole scalar, or
// the beginning of a list or map.
type token struct {
	kind Kind
	neg  bool // KindInt: the value is -1-bits
	// split reports that the contents are not one piece: JSON escapes, CBOR
	// chunks.
	split bool
	open  bool // list, map: no count is announced
	// exact: a CBOR number beyond 64 bits or with decimal digits; from and to
	// enclose the bytes of a bignum or the two elements of a fraction.
	exact bool
	width uint8  // bits of a float in MessagePack and CBOR, 0 for 64
	tag   uint64 // CBOR: the innermost tag plus one, 0 for none
	bits  uint64 // bool, int, float (not in JSON), the count of a list or map, the type of an extension
	// from and to enclose the contents of text, bytes and extensions, and the
	// digits of a float in JSON.
	from, to int
}

// CBOR's tags that change what a value is, plus one.
const (
	tagTime     = 1 // tag 0, RFC 3339 text
	tagEpoch    = 2 // tag 1, seconds since 1970
	tagPositive = 3 // tag 2, the bytes of an integer
	tagNegative = 4 // tag 3, the bytes of -1 minus an integer
	tagDecimal  = 5 // tag 4, [exponent of 10, mantissa]
	tagBigfloat = 6 // tag 5, [exponent of 2, mantissa]
)

// What errors say about malformed documents.
const (
	wantShallow  = "at most 64 levels of lists and maps"
	wantKey      = "a string as key"
	foundDeep    = "more"
	foundEnd     = "the end of the data"
	foundByte    = "an unexpected byte"
	foundLength  = "a length beyond the end of the data"
	foundUnicode = "invalid Unicode"
)

// token reads the head of the next value and moves behind it, in a list or map
// behind the mark or count that begins it. It reports false after an error.
func (d *Decoder) token(t *token) bool {
	if d.f == JSON {
		d.space()
	}
	d.last = d.off
	if d.off >= len(d.data) {
		return d.malformed(foundEnd)
	}
	*t = token{}
	ok := false
	switch d.f {
	case JSON:
		ok = d.jsonToken(t)
	case MessagePack:
		ok = d.msgpackToken(t)
	case CBOR:
		ok = d.cborToken(t)
	default:
		return d.reject(d.last, RuleWellFormed, "a format", "none")
	}
	d.kind = t.kind
	return ok
}

// malformed records that the bytes are no document of the format.
func (d *Decoder) malformed(found string) bool {
	want := "well-formed " + d.f.String()
	return d.reject(d.last, RuleWellFormed, want, found)
}

// be reads a big-endian integer of n bytes, 1 to 8.
func (d *Decoder) be(n int) (uint64, bool) {
	if len(d.data)-d.off < n {
		return 0, d.malformed(foundEnd)
	}
	var v uint64
	for _, c := range d.data[d.off : d.off+n] {
		v = v<<8 | uint64(c)
	}
	d.off += n
	return v, true
}

// span makes t the n bytes that follow.
func (d *Decoder) span(t *token, kind Kind, n uint64) bool {
	if n > uint64(len(d.data)-d.off) {
		return d.malformed(foundLength)
	}
	t.kind, t.from = kind, d.off
	d.off += int(n)
	t.to = d.off
	return true
}

// count makes t a list of n elements or a map of n pairs. An element has at
// least one byte, a pair two: what cannot be there is refused at once.
func (d *Decoder) count(t *token, kind Kind, n uint64) bool {
	room := uint64(len(d.data) - d.off)
	if kind == KindMap {
		room /= 2
	}
	if n > room && !d.partial {
		return d.malformed(foundLength)
	}
	t.kind, t.bits = kind, min(n, math.MaxInt32)
	return true
}

// text returns the contents of a text token, checked to be Unicode. They are
// valid until the next call.
func (d *Decoder) text(t *token) ([]byte, bool) {
	b := d.data[t.from:t.to]
	if t.split {
		var ok bool
		if d.f == JSON {
			d.scratch, ok = unescape(d.scratch[:0], b)
		} else {
			d.scratch, ok = joinChunks(d.scratch[:0], b, true)
		}
		if !ok {
			return nil, false
		}
		b = d.scratch
	}
	return b, utf8.Valid(b)
}

func (t *token) integer(v int64) {
	t.kind, t.bits = KindInt, uint64(v)
	if v < 0 {
		t.neg, t.bits = true, ^uint64(v)
	}
}

func (t *token) float(v float64) { t.kind, t.bits = KindFloat, math.Float64bits(v) }
