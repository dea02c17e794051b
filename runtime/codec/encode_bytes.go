package codec

import (
	"math"
	"strconv"
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

func appendUint16(b []byte, v uint16) []byte { return append(b, byte(v>>8), byte(v)) }

func appendUint32(b []byte, v uint32) []byte {
	return append(b, byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
}

func appendUint64(b []byte, v uint64) []byte {
	return appendUint32(appendUint32(b, uint32(v>>32)), uint32(v))
}

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

func msgpackUint(b []byte, v uint64) []byte {
	switch {
	case v <= 0x7f:
		return append(b, byte(v))
	case v <= math.MaxUint8:
		return append(b, 0xcc, byte(v))
	case v <= math.MaxUint16:
		return appendUint16(append(b, 0xcd), uint16(v))
	case v <= math.MaxUint32:
		return appendUint32(append(b, 0xce), uint32(v))
	}
	return appendUint64(append(b, 0xcf), v)
}

func msgpackNegative(b []byte, v int64) []byte {
	switch {
	case v >= -32:
		return append(b, byte(v))
	case v >= math.MinInt8:
		return append(b, 0xd0, byte(v))
	case v >= math.MinInt16:
		return appendUint16(append(b, 0xd1), uint16(v))
	case v >= math.MinInt32:
		return appendUint32(append(b, 0xd2), uint32(v))
	}
	return appendUint64(append(b, 0xd3), uint64(v))
}

// msgpackLength appends a length behind one of the codes c8, c16 and c32,
// where c8 is 0 if the family has no code for lengths of one byte.
func msgpackLength(b []byte, n int, c8, c16, c32 byte) []byte {
	switch {
	case n <= math.MaxUint8 && c8 != 0:
		return append(b, c8, byte(n))
	case n <= math.MaxUint16:
		return appendUint16(append(b, c16), uint16(n))
	}
	return appendUint32(append(b, c32), uint32(n))
}

func msgpackText(b []byte, n int) []byte {
	if n <= 31 {
		return append(b, 0xa0|byte(n))
	}
	return msgpackLength(b, n, 0xd9, 0xda, 0xdb)
}

func msgpackBinary(b []byte, n int) []byte { return msgpackLength(b, n, 0xc4, 0xc5, 0xc6) }

func msgpackList(b []byte, n int) []byte {
	if n <= 15 {
		return append(b, 0x90|byte(n))
	}
	return msgpackLength(b, n, 0, 0xdc, 0xdd)
}

func msgpackMap(b []byte, n int) []byte {
	if n <= 15 {
		return append(b, 0x80|byte(n))
	}
	return msgpackLength(b, n, 0, 0xde, 0xdf)
}

// jsonFloat appends the shortest text that reads back as v. It always has a
// fraction or an exponent, so that a peer that tells them apart sees a float.
func (e *Encoder) jsonFloat(v float64, bits int) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		e.fail("a finite float in JSON", "NaN or infinity")
		return
	}
	size := math.Abs(v)
	if size != 0 && (size < 1e-6 || size >= 1e21) {
		e.buf = strconv.AppendFloat(e.buf, v, 'e', -1, bits)
		return
	}
	from := len(e.buf)
	e.buf = strconv.AppendFloat(e.buf, v, 'f', -1, bits)
	for _, c := range e.buf[from:] {
		if c == '.' {
			return
		}
	}
	e.buf = append(e.buf, ".0"...)
}

// appendJSONString appends s, which is UTF-8, with its quotes. Only what JSON
// demands is escaped.
func appendJSONString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for {
		i := plain(s, 0)
		b = append(b, s[:i]...)
		if i == len(s) {
			return append(b, '"')
		}
		c := s[i]
		s = s[i+1:]
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
}
