package codec

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// maxBignum bounds what is made decimal digits of, in bytes: the work grows
// faster than the length. maxShift is the largest exponent of a bigfloat.
const (
	maxBignum = 1024
	maxShift  = 2048
)

// Number decodes a number of any size and precision and returns its digits. The
// digits of JSON numbers and of CBOR's bignums and decimal fractions are kept
// as they are. For other floats it returns the shortest digits that identify
// the float. NaN and infinity are errors.
func (d *Decoder) Number() string {
	const want = "number"
	var t token
	if !d.value(&t, want) {
		return ""
	}
	if t.kind != KindInt && t.kind != KindFloat {
		d.wrong(want)
		return ""
	}
	s, ok := d.digits(&t)
	if !ok {
		d.outOfRange(want)
	}
	return s
}

// Tag returns the innermost CBOR tag of the next value and does not move. ok is
// false if there is none.
func (d *Decoder) Tag() (tag uint64, ok bool) {
	if d.err != nil || d.f != CBOR || d.off >= len(d.data) || d.data[d.off]&0xe0 != cborTag {
		return 0, false
	}
	peek := Decoder{data: d.data, off: d.off, f: d.f, partial: true}
	var t token
	if !peek.token(&t) {
		return 0, false
	}
	return t.tag - 1, true
}

// digits is the text of a number token. It reports false if there is none.
func (d *Decoder) digits(t *token) (string, bool) {
	switch {
	case t.kind == KindInt && t.neg:
		return new(big.Int).Not(new(big.Int).SetUint64(t.bits)).String(), true
	case t.kind == KindInt:
		return strconv.FormatUint(t.bits, 10), true
	case d.f == JSON:
		return string(d.data[t.from:t.to]), true
	case t.exact:
		return d.exact(t)
	}
	v := math.Float64frombits(t.bits)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "", false
	}
	return shortest(v, t.width), true
}

// shortest is the shortest text that reads back as v in a float of that width.
func shortest(v float64, width uint8) string {
	form, size := byte('f'), math.Abs(v)
	if size != 0 && (size < 1e-6 || size >= 1e21) {
		form = 'e'
	}
	switch width {
	case 0:
		return strconv.FormatFloat(v, form, -1, 64)
	case 32:
		return strconv.FormatFloat(v, form, -1, 32)
	}
	for digits := 1; ; digits++ { // five are enough for 16 bits
		s := strconv.FormatFloat(v, 'e', digits-1, 64)
		if near, err := strconv.ParseFloat(s, 64); err == nil && (digits > 5 || math.Abs(near-v) < halfStep(v)) {
			return strconv.FormatFloat(near, form, -1, 64)
		}
	}
}

// halfStep is a distance from v within which no other float of 16 bits is
// nearer.
func halfStep(v float64) float64 {
	frac, exp := math.Frexp(math.Abs(v))
	exp = max(exp-1, -14)
	if frac == 0.5 { // the floats below a power of two are closer
		exp--
	}
	return math.Ldexp(1, exp-11)
}

// float is the value of a float token in a float of so many bits. It reports
// false if the digits are beyond the range.
func (d *Decoder) float(t *token, bits int) (float64, bool) {
	switch {
	case d.f == JSON:
		f, err := strconv.ParseFloat(string(d.data[t.from:t.to]), bits)
		return f, err == nil
	case !t.exact:
		return math.Float64frombits(t.bits), true
	}
	s, ok := d.digits(t)
	f, err := strconv.ParseFloat(s, bits)
	return f, ok && err == nil
}

// integer makes an int token of one that holds a whole number of at most 64
// bits. It reports false after an error.
func (d *Decoder) integer(t *token, want string) bool {
	if t.kind == KindInt {
		return true
	}
	if t.kind != KindFloat {
		d.wrong(want)
		return false
	}
	neg, v, whole, fits := false, uint64(0), true, false
	if d.f == JSON || t.exact {
		if s, ok := d.digits(t); ok {
			neg, v, whole, fits = wholeDigits(s)
		}
	} else {
		f := math.Float64frombits(t.bits)
		neg, whole, fits = f < 0, f == math.Trunc(f), math.Abs(f) < 1<<64
		v = uint64(math.Abs(f))
	}
	switch {
	case !whole:
		d.wrong(want)
		return false
	case !fits:
		d.outOfRange(want)
		return false
	}
	t.kind, t.neg, t.bits = KindInt, neg && v > 0, v
	if t.neg {
		t.bits--
	}
	return true
}

// normal takes a number's text apart: digits without zeros at either end, times
// a power of ten. ok is false if the exponent is out of all range.
func normal(s string) (neg bool, digits string, exp int, ok bool) {
	v := parseDecimal(s)
	digits = v.whole + v.fraction
	return v.neg, digits, v.exp, !v.beyond || digits == ""
}

// wholeDigits is the value of a number's text. It reports whether it is whole,
// and whether it fits 64 bits.
func wholeDigits(s string) (neg bool, v uint64, whole, fits bool) {
	neg, digits, exp, ok := normal(s)
	switch {
	case digits == "":
		return neg, 0, true, true
	case !ok || exp > 20:
		return neg, 0, true, false
	case exp < 0:
		return neg, 0, false, false
	}
	v, err := strconv.ParseUint(digits+strings.Repeat("0", exp), 10, 64)
	return neg, v, true, err == nil
}

// anyDigits appends the number that s is the JSON text of, if 64 bits or the
// digits of a float64 hold it.
func (e *Encoder) anyDigits(s string) {
	d := Decoder{data: []byte(s), f: JSON}
	var t token
	switch {
	case e.err != nil:
	case len(s) == 0 || !d.token(&t) || d.off < len(s) || t.kind != KindInt && t.kind != KindFloat || len(s) != t.to-t.from:
		e.fail("a number", "a text that is none")
	case t.kind == KindInt && t.neg:
		e.Int(^int64(t.bits))
	case t.kind == KindInt:
		e.Uint(t.bits)
	default:
		f, err := strconv.ParseFloat(s, 64)
		_, digits, exp, ok := normal(s)
		_, same, scale, _ := normal(strconv.FormatFloat(f, 'e', -1, 64))
		whole := !strings.ContainsAny(s, ".eE") && digits != ""
		if err != nil || !ok || digits != same || digits != "" && exp != scale || whole {
			e.fail("a number that 64 bits hold", "one with more digits")
			return
		}
		e.Float64(f)
	}
}

// cborBignum makes a number of the bytes token t.
func (d *Decoder) cborBignum(t *token) {
	b := d.data[t.from:t.to]
	if t.split {
		b, _ = joinChunks(nil, b, false)
	}
	for len(b) > 0 && b[0] == 0 {
		b = b[1:]
	}
	if len(b) > 8 {
		t.kind, t.exact = KindFloat, true
		return
	}
	t.kind, t.bits, t.neg = KindInt, 0, t.tag == tagNegative
	for _, c := range b {
		t.bits = t.bits<<8 | uint64(c)
	}
}

// cborFraction makes a number of the list token t if two integers follow.
func (d *Decoder) cborFraction(t *token) {
	if !t.open && t.bits != 2 {
		return
	}
	at := Decoder{data: d.data, off: d.off, f: CBOR, partial: true}
	var exp, mantissa token
	if !at.cborWhole(&exp) || exp.exact || exp.bits > math.MaxInt32 || !at.cborWhole(&mantissa) {
		return
	}
	if t.tag == tagBigfloat && exp.bits > maxShift {
		return
	}
	t.from, t.to = d.off, at.off
	if t.open {
		if at.off >= len(d.data) || d.data[at.off] != cborBreak {
			return
		}
		at.off++
	}
	t.kind, t.exact, t.open, t.bits = KindFloat, true, false, 0
	d.off = at.off
}

// cborWhole reads an integer of any size.
func (d *Decoder) cborWhole(t *token) bool {
	if d.off >= len(d.data) || !d.cborPlain(t) {
		return false
	}
	if t.kind == KindBinary && (t.tag == tagPositive || t.tag == tagNegative) {
		d.cborBignum(t)
	}
	return t.kind == KindInt || t.exact
}

// exact is the text of an exact number. It reports false if that would be too
// long.
func (d *Decoder) exact(t *token) (string, bool) {
	if t.tag == tagPositive || t.tag == tagNegative {
		n, ok := d.bignum(t)
		return n.String(), ok
	}
	at := Decoder{data: d.data[:t.to], off: t.from, f: CBOR, partial: true}
	var et, mt token
	if !at.cborWhole(&et) || !at.cborWhole(&mt) {
		return "", false
	}
	n, ok := at.bignum(&mt)
	exp := int(et.bits)
	if et.neg {
		exp = ^exp
	}
	if t.tag == tagBigfloat && exp >= 0 {
		return n.Lsh(n, uint(exp)).String(), ok
	}
	if t.tag == tagBigfloat { // n/2^k is n*5^k/10^k
		n.Mul(n, new(big.Int).Exp(big.NewInt(5), big.NewInt(int64(-exp)), nil))
	}
	return scaled(n.String(), exp), ok
}

// bignum is the value of an integer token of any size that is not too long.
func (d *Decoder) bignum(t *token) (*big.Int, bool) {
	n := new(big.Int)
	switch {
	case !t.exact:
		n.SetUint64(t.bits)
	case t.to-t.from > maxBignum:
		return n, false
	default:
		b := d.data[t.from:t.to]
		if t.split {
			b, _ = joinChunks(nil, b, false)
		}
		n.SetBytes(b)
	}
	if t.neg || t.exact && t.tag == tagNegative {
		n.Not(n)
	}
	return n, true
}

// scaled is digits times ten to the power of exp, with a point where that is
// short and an exponent where it is not.
func scaled(digits string, exp int) string {
	const longest = 32 // zeros behind the point
	digits, neg := strings.CutPrefix(digits, "-")
	switch point := len(digits) + exp; {
	case exp == 0:
	case exp > 0 || point < -longest:
		digits += "e" + strconv.Itoa(exp)
	case point > 0:
		digits = digits[:point] + "." + digits[point:]
	default:
		digits = "0." + strings.Repeat("0", -point) + digits
	}
	if neg {
		return "-" + digits
	}
	return digits
}
