package codec

import (
	"math"
)

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

func (d *Decoder) msgpackToken(t *token) bool {
	c := d.data[d.off]
	d.off++
	switch {
	case c <= 0x7f:
		t.kind, t.bits = KindInt, uint64(c)
		return true
	case c <= 0x8f:
		return d.count(t, KindMap, uint64(c&0x0f))
	case c <= 0x9f:
		return d.count(t, KindList, uint64(c&0x0f))
	case c <= 0xbf:
		return d.span(t, KindText, uint64(c&0x1f))
	case c >= 0xe0:
		t.integer(int64(int8(c)))
		return true
	}
	if c >= 0xd4 && c <= 0xd8 { // fixext 1, 2, 4, 8, 16
		return d.msgpackExt(t, 1<<(c-0xd4))
	}
	return d.msgpackLong(t, c)
}

// msgpackLong reads what follows one of the codes 0xc0 to 0xdf, fixext apart.
func (d *Decoder) msgpackLong(t *token, c byte) bool {
	switch c {
	case 0xc0:
		t.kind = KindNull
		return true
	case 0xc1:
		return d.malformed(foundByte)
	case 0xc2, 0xc3:
		t.kind, t.bits = KindBool, uint64(c-0xc2)
		return true
	}
	n, ok := d.be(msgpackWidth[c-0xc0])
	if !ok {
		return false
	}
	switch c {
	case 0xc4, 0xc5, 0xc6:
		return d.span(t, KindBinary, n)
	case 0xc7, 0xc8, 0xc9:
		return d.msgpackExt(t, n)
	case 0xca:
		t.float(float64(math.Float32frombits(uint32(n))))
		t.width = 32
	case 0xcb:
		t.kind, t.bits = KindFloat, n
	case 0xcc, 0xcd, 0xce, 0xcf:
		t.kind, t.bits = KindInt, n
	case 0xd0:
		t.integer(int64(int8(n)))
	case 0xd1:
		t.integer(int64(int16(n)))
	case 0xd2:
		t.integer(int64(int32(n)))
	case 0xd3:
		t.integer(int64(n))
	case 0xd9, 0xda, 0xdb:
		return d.span(t, KindText, n)
	case 0xdc, 0xdd:
		return d.count(t, KindList, n)
	case 0xde, 0xdf:
		return d.count(t, KindMap, n)
	}
	return true
}

// msgpackWidth returns how many bytes of value, length or count follow the
// codes from 0xc0 on.
var msgpackWidth = [32]int{
	4: 1, 2, 4, // bin
	7: 1, 2, 4, // ext
	10: 4, 8, // float
	12: 1, 2, 4, 8, // uint
	16: 1, 2, 4, 8, // int
	25: 1, 2, 4, // str
	28: 2, 4, // array
	30: 2, 4, // map
}

// msgpackExt reads the type and the n bytes of an extension.
func (d *Decoder) msgpackExt(t *token, n uint64) bool {
	typ, ok := d.be(1)
	if !ok {
		return false
	}
	t.bits = typ
	return d.span(t, KindExt, n)
}
