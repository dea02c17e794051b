package codec

import (
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonFloat appends the shortest text that reads back as v. It always has a
// fraction or an exponent, so that a peer that distinguishes them sees a float.
func (e *Encoder) jsonFloat(v float64, bits int) {
	if bits == 64 && e.fourDecimals(v) {
		return
	}
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
	if slices.Contains(e.buf[from:], '.') {
		return
	}
	e.buf = append(e.buf, ".0"...)
}

// fourDecimals appends v if at most four decimals identify it, as they do most
// prices and measurements, and reports whether they do. The digits are the
// shortest then: no two texts of up to 15 digits are the same float.
func (e *Encoder) fourDecimals(v float64) bool {
	const scale = 10_000
	size := math.Abs(v)
	n := uint64(0)
	if size < 1e15/scale {
		n = uint64(size*scale + 0.5)
	}
	if n == 0 || float64(n)/scale != size { // zero has a sign
		return false
	}
	if v < 0 {
		e.buf = append(e.buf, '-')
	}
	e.buf = strconv.AppendUint(e.buf, n/scale, 10)
	digits := [5]byte{'.'}
	n %= scale
	for i := 4; i > 0; i-- {
		digits[i] = '0' + byte(n%10)
		n /= 10
	}
	end := 5
	for end > 2 && digits[end-1] == '0' {
		end--
	}
	e.buf = append(e.buf, digits[:end]...)
	return true
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

// space moves over white space.
func (d *Decoder) space() {
	for d.off < len(d.data) {
		switch d.data[d.off] {
		case ' ', '\n', '\r', '\t':
			d.off++
		default:
			return
		}
	}
}

func (d *Decoder) jsonToken(t *token) bool {
	switch c := d.data[d.off]; c {
	case '"':
		return d.jsonString(t)
	case '[':
		t.kind, t.open = KindList, true
	case '{':
		t.kind, t.open = KindMap, true
	case 'n':
		return d.jsonWord(t, KindNull, "null")
	case 't':
		t.bits = 1
		return d.jsonWord(t, KindBool, "true")
	case 'f':
		return d.jsonWord(t, KindBool, "false")
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return d.jsonNumber(t)
	default:
		return d.malformed(foundByte)
	}
	d.off++
	return true
}

func (d *Decoder) jsonWord(t *token, kind Kind, word string) bool {
	if len(d.data)-d.off < len(word) {
		return d.malformed(foundEnd)
	}
	if string(d.data[d.off:d.off+len(word)]) != word {
		return d.malformed(foundByte)
	}
	t.kind = kind
	d.off += len(word)
	return true
}

// jsonNUL marks a string as binary (R091).
const jsonNUL = `\u0000`

// jsonString reads a string; one that begins with \u0000 is binary.
func (d *Decoder) jsonString(t *token) bool {
	t.kind = KindText
	t.from = d.off + 1
	for i := plain(d.data, t.from); i < len(d.data); i = plain(d.data, i) {
		switch d.data[i] {
		case '"':
			t.to = i
			d.off = i + 1
			if t.split && i-t.from >= len(jsonNUL) && string(d.data[t.from:t.from+len(jsonNUL)]) == jsonNUL {
				t.kind = KindBinary
				t.from += len(jsonNUL)
			}
			return true
		case '\\':
			t.split = true
			n := escapeLen(d.data[i:])
			if n == 0 {
				return d.malformed("an invalid escape")
			}
			i += n
		default:
			return d.malformed("a control character in a string")
		}
	}
	return d.malformed(foundEnd)
}

// escapeLen returns how long the escape is that b begins with, 0 if it is none.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hex4(b[2:]); ok {
			return 6
		}
	}
	return 0
}

// hex4 reads the four digits of a \u escape.
func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// jsonNumber reads a number. One without fraction and exponent that fits 64
// bits is an int, minus zero apart; any other is a float, parsed when asked
// for.
func (d *Decoder) jsonNumber(t *token) bool {
	b, i := d.data, d.off
	if b[i] == '-' {
		t.neg = true
		i++
	}
	first := i
	v, exact := uint64(0), true
	for ; i < len(b) && isDigit(b[i]); i++ {
		c := uint64(b[i] - '0')
		if v > (1<<64-1)/10 || v == (1<<64-1)/10 && c > (1<<64-1)%10 {
			exact = false
		}
		v = v*10 + c
	}
	if i == first || i-first > 1 && b[first] == '0' {
		return d.jsonBadNumber(i)
	}
	if i < len(b) && b[i] == '.' {
		exact = false
		if i, first = jsonDigits(b, i+1); i == first {
			return d.jsonBadNumber(i)
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		exact = false
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if i, first = jsonDigits(b, i); i == first {
			return d.jsonBadNumber(i)
		}
	}
	t.from, t.to, d.off = d.off, i, i
	t.kind, t.bits = KindInt, v
	if t.neg {
		exact = exact && v != 0 && v <= 1<<63
		t.bits = v - 1
	}
	if !exact {
		t.kind = KindFloat
	}
	return true
}

func (d *Decoder) jsonBadNumber(at int) bool {
	if at >= len(d.data) {
		return d.malformed(foundEnd)
	}
	return d.malformed("an invalid number")
}

// jsonDigits returns where the digits that begin at i end, and i.
func jsonDigits(b []byte, i int) (end, start int) {
	start = i
	for i < len(b) && isDigit(b[i]) {
		i++
	}
	return i, start
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// unescape appends the meaning of the inside of a JSON string, whose escapes
// are known to be well-formed. A surrogate without its pair means no character.
func unescape(dst, src []byte) ([]byte, bool) {
	for i := 0; ; {
		from := i
		i = plain(src, i)
		dst = append(dst, src[from:i]...)
		if i == len(src) {
			return dst, true
		}
		if src[i+1] != 'u' {
			dst = append(dst, shortEscape(src[i+1]))
			i += 2
			continue
		}
		r, _ := hex4(src[i+2:])
		i += 6
		if utf16.IsSurrogate(r) {
			if len(src)-i < 6 || src[i] != '\\' || src[i+1] != 'u' {
				return dst, false
			}
			low, _ := hex4(src[i+2:])
			if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
				return dst, false
			}
			i += 6
		}
		dst = utf8.AppendRune(dst, r)
	}
}

func shortEscape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// jsonBinary returns the bytes that the base64 of a binary token means.
func (d *Decoder) jsonBinary(t *token) ([]byte, bool) {
	src := d.data[t.from:t.to]
	for _, c := range src {
		if c == '\\' { // some writers escape the slash
			var ok bool
			if d.scratch, ok = unescape(d.scratch[:0], src); !ok {
				return nil, false
			}
			src = d.scratch
			break
		}
	}
	out := make([]byte, base64.StdEncoding.DecodedLen(len(src)))
	n, err := base64.StdEncoding.Decode(out, src)
	return out[:n], err == nil
}
