package codec

import (
	"encoding/binary"
	"math"
	"unicode/utf8"
	"unsafe"
)

// The methods of this file read values in their common forms; everything else
// goes to the slow method of the same name, which also says what is wrong.

// Text decodes a string. A JSON string that begins with U+0000 is bytes and so
// an error.
func (d *Decoder) Text() string {
	at := d.off
	if uint(at) >= uint(len(d.data)) {
		return d.slowText()
	}
	c := d.data[at]
	from, n := at+1, 0
	switch d.f {
	case MessagePack:
		switch {
		case c&0xe0 == 0xa0:
			n = int(c & 0x1f)
		case c == 0xd9 && at+1 < len(d.data):
			n, from = int(d.data[at+1]), at+2
		default:
			return d.slowText()
		}
	case CBOR:
		switch {
		case c >= cborText && c < cborText+24:
			n = int(c & 0x1f)
		case c == cborText+24 && at+1 < len(d.data):
			n, from = int(d.data[at+1]), at+2
		default:
			return d.slowText()
		}
	default:
		return d.jsonText()
	}
	end := from + n
	if end > len(d.data) {
		return d.slowText()
	}
	if v, ok := d.keep(from, end); ok {
		d.last, d.kind, d.off = at, KindText, end
		return v
	}
	return d.slowText()
}

// Short strings of a document share pieces of memory, since most of what it
// costs to read them is to allocate them. Most identifiers are short: an IBAN
// has 22 bytes, a ULID 26. A string that outlives the others keeps its piece
// alive.
const (
	pieceSize = 128
	shortText = 32
)

// keep returns a copy of the bytes from one offset to another and reports
// whether they are UTF-8.
func (d *Decoder) keep(from, to int) (string, bool) {
	b := d.data[from:to]
	n := len(b)
	switch {
	case n == 0:
		return "", true
	case n > shortText:
		return string(b), ascii(b) || utf8.Valid(b)
	case n > len(d.piece)-d.used:
		d.newPiece(len(d.data) - from)
	}
	dst := d.piece[d.used:]
	if !move(dst, unsafe.String(&b[0], n)) && !utf8.Valid(b) { //nolint:gosec // read at once
		return "", false
	}
	d.used += n
	return unsafe.String(&dst[0], n), true //nolint:gosec // nothing writes to these bytes again
}

// newPiece makes a piece for the strings in so many bytes.
//
//go:noinline
func (d *Decoder) newPiece(most int) { d.piece, d.used = make([]byte, min(most, pieceSize)), 0 }

// jsonText is Text for JSON.
func (d *Decoder) jsonText() string {
	at := d.off
	if d.data[at] != '"' {
		return d.slowText()
	}
	from := at + 1
	if i := plainASCII(d.data, from); i < len(d.data) && d.data[i] == '"' {
		d.last, d.kind, d.off = at, KindText, i+1
		v, _ := d.keep(from, i)
		return v
	}
	return d.slowText()
}

// Int decodes an integer of 8, 16, 32 or 64 bits. Whole floats are accepted,
// since JavaScript peers send them. A value that does not fit is an error.
func (d *Decoder) Int(bits int) int64 {
	v, end := d.small()
	if end > 0 && v == v<<(64-bits)>>(64-bits) {
		d.last, d.kind, d.off = d.off, KindInt, end
		return v
	}
	return d.slowInt(bits)
}

// Uint decodes a non-negative integer of 8, 16, 32 or 64 bits, otherwise like
// [Decoder.Int].
func (d *Decoder) Uint(bits int) uint64 {
	v, end := d.small()
	if end > 0 && v >= 0 && uint64(v) == uint64(v)<<(64-bits)>>(64-bits) {
		d.last, d.kind, d.off = d.off, KindInt, end
		return uint64(v)
	}
	return d.slowUint(bits)
}

// small returns an integer in one of its common forms and where it ends, 0 if
// it has another form. It does not move.
func (d *Decoder) small() (v int64, end int) {
	at := d.off
	if uint(at) >= uint(len(d.data)) {
		return 0, 0
	}
	b := d.data[at:]
	n := 0
	switch d.f {
	case MessagePack:
		v, n = msgpackSmall(b)
	case CBOR:
		v, n = cborSmall(b)
	case JSON:
		v, n = jsonSmall(b)
	}
	if n == 0 {
		return 0, 0
	}
	return v, at + n
}

// msgpackSmall is small for MessagePack.
func msgpackSmall(b []byte) (v int64, n int) {
	c := b[0]
	switch {
	case c <= 0x7f || c >= 0xe0:
		return int64(int8(c)), 1
	case c < 0xcc || c > 0xd3:
		return 0, 0
	}
	bits := uint(8) << (c & 3)
	v, n = behind(b, bits)
	if c >= 0xd0 {
		return v << (64 - bits) >> (64 - bits), n
	}
	if v < 0 {
		return 0, 0
	}
	return v, n
}

// behind returns the integer of so many bits behind the first byte of b, and
// where it ends. Both are 0 if b is too short.
func behind(b []byte, bits uint) (v int64, n int) {
	n = 1 + int(bits/8)
	if len(b) >= 9 {
		return int64(binary.BigEndian.Uint64(b[1:9]) >> ((64 - bits) & 63)), n
	}
	if len(b) < n {
		return 0, 0
	}
	for _, c := range b[1:n] {
		v = v<<8 | int64(c)
	}
	return v, n
}

// cborSmall is small for CBOR.
func cborSmall(b []byte) (v int64, n int) {
	c := b[0]
	low := c & 0x1f
	switch {
	case c >= cborBytes || low > 27:
		return 0, 0
	case low < 24:
		v, n = int64(low), 1
	default:
		v, n = behind(b, 8<<(low-24))
	}
	if v < 0 {
		return 0, 0
	}
	if c >= cborNegative {
		v = ^v
	}
	return v, n
}

// jsonSmall reads up to 18 digits, without a zero in front, that are not a
// float and not minus zero.
func jsonSmall(b []byte) (v int64, n int) {
	i, neg := 0, b[0] == '-'
	if neg {
		i = 1
	}
	first := i
	for ; i < len(b) && isDigit(b[i]); i++ {
		v = v*10 + int64(b[i]-'0')
	}
	if i == first || i-first > 18 || b[first] == '0' && (i-first > 1 || neg) || i == len(b) {
		return 0, 0
	}
	switch b[i] {
	case ',', '}', ']', ' ', '\n', '\r', '\t':
		if neg {
			v = -v
		}
		return v, i
	}
	return 0, 0
}

// Bool decodes a bool.
func (d *Decoder) Bool() bool {
	at := d.off
	if uint(at) < uint(len(d.data)) {
		c := d.data[at]
		switch {
		case d.f == MessagePack && c&^1 == 0xc2, d.f == CBOR && c&^1 == 0xf4:
			d.last, d.kind, d.off = at, KindBool, at+1
			return c&1 == 1
		case d.f == JSON && c == 't' && len(d.data)-at >= 4 && string(d.data[at:at+4]) == "true":
			d.last, d.kind, d.off = at, KindBool, at+4
			return true
		case d.f == JSON && c == 'f' && len(d.data)-at >= 5 && string(d.data[at:at+5]) == "false":
			d.last, d.kind, d.off = at, KindBool, at+5
			return false
		}
	}
	return d.slowBool()
}

// Float64 decodes a float. Integers are accepted; those beyond 2^53 are
// rounded.
func (d *Decoder) Float64() float64 {
	b := d.data[d.off:]
	if len(b) >= 9 && (b[0] == 0xcb && d.f == MessagePack || b[0] == 0xfb && d.f == CBOR) {
		d.last, d.kind, d.off = d.off, KindFloat, d.off+9
		return math.Float64frombits(binary.BigEndian.Uint64(b[1:]))
	}
	return d.slowFloat64()
}

// Null reports whether the next value is null. It moves past a null.
func (d *Decoder) Null() bool {
	if at := d.off; uint(at) < uint(len(d.data)) {
		c := d.data[at]
		switch {
		case d.f == MessagePack && c != 0xc0,
			d.f == CBOR && c < 0xf6 && c&0xe0 != cborTag,
			d.f == JSON && c != 'n' && c > ' ':
			return false
		}
	}
	return d.slowNull()
}
