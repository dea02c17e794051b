package codec

import (
	"math"
	"unicode/utf8"
)

// CBOR's major types, shifted to where the initial byte holds them.
const (
	cborUint     = 0 << 5
	cborNegative = 1 << 5
	cborBytes    = 2 << 5
	cborText     = 3 << 5
	cborList     = 4 << 5
	cborMap      = 5 << 5
	cborTag      = 6 << 5
	cborSimple   = 7 << 5
	cborBreak    = 0xff
)

// cborHead appends a major type with its argument in the shortest form.
func cborHead(b []byte, major byte, v uint64) []byte {
	switch {
	case v < 24:
		return append(b, major|byte(v))
	case v <= math.MaxUint8:
		return append(b, major|24, byte(v))
	case v <= math.MaxUint16:
		return appendUint16(append(b, major|25), uint16(v))
	case v <= math.MaxUint32:
		return appendUint32(append(b, major|26), uint32(v))
	}
	return appendUint64(append(b, major|27), v)
}

func (d *Decoder) cborToken(t *token) bool {
	if !d.cborPlain(t) {
		return false
	}
	switch {
	case t.kind == KindBinary && (t.tag == tagPositive || t.tag == tagNegative):
		d.cborBignum(t)
	case t.kind == KindList && (t.tag == tagDecimal || t.tag == tagBigfloat):
		d.cborFraction(t)
	}
	return true
}

// cborPlain reads the head of the next value and the tags before it.
func (d *Decoder) cborPlain(t *token) bool {
	for tags := 0; ; tags++ {
		c := d.data[d.off]
		d.off++
		n, ok := d.cborArgument(t, c)
		if !ok {
			return false
		}
		if c&0xe0 != cborTag {
			return d.cborValue(t, c, n)
		}
		t.tag = n + 1 // there is no tag of 64 ones
		if tags == MaxDepth {
			return d.malformed("too many tags")
		}
		if d.off >= len(d.data) {
			return d.malformed(foundEnd)
		}
	}
}

// cborArgument reads the argument of the initial byte c; t.open reports that it
// has an indefinite length instead.
func (d *Decoder) cborArgument(t *token, c byte) (uint64, bool) {
	switch low := c & 0x1f; {
	case low < 24:
		return uint64(low), true
	case low <= 27:
		return d.be(1 << (low - 24))
	case low == 31 && c >= cborBytes && c < cborTag:
		t.open = true
		return 0, true
	}
	return 0, d.malformed(foundByte)
}

// cborValue makes t the value with initial byte c and argument n.
func (d *Decoder) cborValue(t *token, c byte, n uint64) bool {
	switch c & 0xe0 {
	case cborUint:
		t.kind, t.bits = KindInt, n
	case cborNegative:
		t.kind, t.bits, t.neg = KindInt, n, true
	case cborBytes, cborText:
		kind := KindBinary
		if c&0xe0 == cborText {
			kind = KindText
		}
		if t.open {
			return d.cborChunks(t, kind, c&0xe0)
		}
		return d.span(t, kind, n)
	case cborList:
		return d.count(t, KindList, n)
	case cborMap:
		return d.count(t, KindMap, n)
	default:
		return d.cborSimple(t, c&0x1f, n)
	}
	return true
}

func (d *Decoder) cborSimple(t *token, low byte, n uint64) bool {
	switch {
	case low == 25:
		t.float(half(uint16(n)))
		t.width = 16
	case low == 26:
		t.float(float64(math.Float32frombits(uint32(n))))
		t.width = 32
	case low == 27:
		t.kind, t.bits = KindFloat, n
	case n == 20, n == 21:
		t.kind, t.bits = KindBool, n-20
	case n == 22, n == 23: // null, undefined
		t.kind = KindNull
	default:
		t.kind, t.from, t.to = KindExt, d.off, d.off
	}
	// A simple value below 32 must not take two bytes (RFC 8949, 3.3).
	if low == 24 && n < 32 {
		return d.malformed(foundByte)
	}
	return true
}

// cborChunks moves over the chunks of a text or byte string without length.
func (d *Decoder) cborChunks(t *token, kind Kind, major byte) bool {
	t.kind, t.open, t.split, t.from = kind, false, true, d.off
	for d.off < len(d.data) {
		c := d.data[d.off]
		d.off++
		if c == cborBreak {
			t.to = d.off - 1
			return true
		}
		var chunk token
		n, ok := d.cborArgument(&chunk, c)
		if !ok {
			return false
		}
		if chunk.open || c&0xe0 != major {
			return d.malformed(foundByte)
		}
		if !d.span(&chunk, kind, n) {
			return false
		}
	}
	return d.malformed(foundEnd)
}

// joinChunks appends the contents of well-formed chunks; each chunk of a text
// must be UTF-8 on its own (RFC 8949, 3.2.3).
func joinChunks(dst, src []byte, text bool) ([]byte, bool) {
	d := Decoder{f: CBOR, data: src}
	for d.off < len(src) {
		var t token
		if !d.cborToken(&t) || text && !utf8.Valid(src[t.from:t.to]) {
			return dst, false
		}
		dst = append(dst, src[t.from:t.to]...)
	}
	return dst, true
}

// half is the value of a float of 16 bits.
func half(h uint16) float64 {
	exp, frac := int(h>>10&0x1f), float64(h&0x3ff)
	var v float64
	switch exp {
	case 0:
		v = math.Ldexp(frac, -24)
	case 31:
		v = math.Inf(1)
		if frac != 0 {
			v = math.NaN()
		}
	default:
		v = math.Ldexp(frac+1024, exp-25)
	}
	if h>>15 != 0 {
		v = -v
	}
	return v
}
