package codec

import (
	"encoding/binary"
	"math"
	"unicode/utf8"
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
	if b := d.data[from:end]; ascii(b) || utf8.Valid(b) {
		d.last, d.kind, d.off = at, KindText, end
		return string(b)
	}
	return d.slowText()
}

// jsonText is Text for JSON.
func (d *Decoder) jsonText() string {
	at := d.off
	if d.data[at] != '"' {
		return d.slowText()
	}
	from := at + 1
	if i := plainASCII(d.data, from); i < len(d.data) && d.data[i] == '"' {
		d.last, d.kind, d.off = at, KindText, i+1
		return string(d.data[from:i])
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

func msgpackSmall(b []byte) (v int64, n int) {
	switch c := b[0]; {
	case c <= 0x7f || c >= 0xe0:
		return int64(int8(c)), 1
	case c == 0xcc && len(b) >= 2:
		return int64(b[1]), 2
	case c == 0xcd && len(b) >= 3:
		return int64(binary.BigEndian.Uint16(b[1:])), 3
	case c == 0xce && len(b) >= 5:
		return int64(binary.BigEndian.Uint32(b[1:])), 5
	case (c == 0xcf || c == 0xd3) && len(b) >= 9:
		v = int64(binary.BigEndian.Uint64(b[1:]))
		if v < 0 && c == 0xcf {
			return 0, 0
		}
		return v, 9
	case c == 0xd0 && len(b) >= 2:
		return int64(int8(b[1])), 2
	case c == 0xd1 && len(b) >= 3:
		return int64(int16(binary.BigEndian.Uint16(b[1:]))), 3
	case c == 0xd2 && len(b) >= 5:
		return int64(int32(binary.BigEndian.Uint32(b[1:]))), 5
	}
	return 0, 0
}

func cborSmall(b []byte) (v int64, n int) {
	c := b[0]
	if c >= cborBytes {
		return 0, 0
	}
	switch low := c & 0x1f; {
	case low < 24:
		v, n = int64(low), 1
	case low == 24 && len(b) >= 2:
		v, n = int64(b[1]), 2
	case low == 25 && len(b) >= 3:
		v, n = int64(binary.BigEndian.Uint16(b[1:])), 3
	case low == 26 && len(b) >= 5:
		v, n = int64(binary.BigEndian.Uint32(b[1:])), 5
	case low == 27 && len(b) >= 9:
		v, n = int64(binary.BigEndian.Uint64(b[1:])), 9
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
