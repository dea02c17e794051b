package value

import (
	"encoding/base64"
	"encoding/hex"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
)

// The forms of strings that have one.
var (
	decimalForm = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)
	uuidForm    = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
)

// scalar is a value of a built-in type other than any.
func (w *walker) scalar(base *schema.Ref, v *data.Value, at *path) *data.Value {
	switch base.Scalar {
	case schema.Bool:
		if v = v.Resolved(); v.Kind != data.Bool {
			return w.wrong(at, v, "bool")
		}
		return &data.Value{Kind: data.Bool, Text: v.Text}
	case schema.Float32, schema.Float64:
		return w.float(base.Scalar, v, at)
	case schema.Bytes:
		return w.bytes(base, v, at)
	case schema.Time:
		return w.time(base, v, at)
	case schema.Duration:
		return w.duration(base, v, at)
	case schema.Decimal:
		if r := v.Resolved(); r.Kind == data.Number {
			v = &data.Value{Kind: data.Text, Text: v.Text, Place: v.Place}
		}
	case schema.UUID:
		if base.Encoding == "bytes" {
			return w.uuidBytes(v, at)
		}
	case schema.String, schema.Date, schema.URI:
	default:
		return w.integer(base.Scalar, v, at)
	}
	return w.text(base.Scalar, v, at)
}

// text is a string, perhaps one that has a form.
func (w *walker) text(s schema.Scalar, v *data.Value, at *path) *data.Value {
	if v.Kind != data.Text && v.Kind != data.Plain {
		return w.wrong(at, v, string(s))
	}
	text := v.Text
	ok := true
	switch s {
	case schema.Date:
		_, err := time.Parse(time.DateOnly, text)
		ok = err == nil
	case schema.UUID:
		text = strings.ToLower(text)
		ok = uuidForm.MatchString(text)
	case schema.Decimal:
		ok = decimalForm.MatchString(text)
	case schema.URI:
		ok = goodURI(text)
	}
	if !ok {
		return w.fail(at, v, ruleForm, string(s)+" such as "+like[s], "another string")
	}
	return &data.Value{Kind: data.Text, Text: text}
}

// like are values of the types that have a form.
var like = map[schema.Scalar]string{
	schema.Date: "2026-08-22", schema.UUID: "018f2c7a-9b3d-7000-8000-000000000001", schema.Decimal: "12.50", schema.URI: "com.example.shop",
}

// goodURI reports whether a text is a URI by the loose rules.
func goodURI(s string) bool {
	for component := range strings.SplitSeq(s, ".") {
		if !goodComponent(component) {
			return false
		}
	}
	return true
}

// goodComponent reports whether a text can be a component of a URI.
func goodComponent(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r == '#' || r == '.' || unicode.IsSpace(r) || !unicode.IsPrint(r) })
}

// maxID is the largest id of WAMP.
var maxID = big.NewInt(1 << 53)

// bounds are the least and the most value of an integer type.
func bounds(s schema.Scalar) (least, most *big.Int) {
	if s == schema.ID {
		return big.NewInt(1), maxID
	}
	name, unsigned := strings.CutPrefix(string(s), "u")
	bits, err := strconv.Atoi(strings.TrimPrefix(name, "int"))
	if err != nil {
		bits = 64
	}
	one := big.NewInt(1)
	if unsigned {
		return new(big.Int), new(big.Int).Sub(new(big.Int).Lsh(one, uint(bits)), one)
	}
	half := new(big.Int).Lsh(one, uint(bits-1))
	return new(big.Int).Neg(half), new(big.Int).Sub(half, one)
}

// longest is how many characters a number may have whose exact value is looked
// at.
const longest = 100

// wholeNumber returns the digits of a number that is whole, also one such as
// 5.0 or 1e3; "" if it is not, or is far beyond 64 bits.
func wholeNumber(text string) string {
	r, ok := exact(text)
	if !ok || !r.IsInt() {
		return ""
	}
	return r.Num().String()
}

// exact is the value of a number. It reports false for one whose value would take
// memory without bound, and for NaN and infinity.
func exact(text string) (*big.Rat, bool) {
	f, err := strconv.ParseFloat(text, 64)
	size := math.Abs(f)
	if err != nil || len(text) > longest || !(size <= 1e30) || size == 0 && strings.ContainsAny(text, "eE") {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

func (w *walker) integer(s schema.Scalar, v *data.Value, at *path) *data.Value {
	v = v.Resolved()
	if v.Kind != data.Number {
		return w.wrong(at, v, string(s))
	}
	text := wholeNumber(v.Text)
	if text == "" && strings.ContainsAny(v.Text, ".eENI") {
		return w.fail(at, v, ruleType, string(s), "a number that is not whole")
	}
	n, ok := new(big.Int).SetString(text, 10)
	if s == schema.ID && ok && n.IsUint64() && (n.Sign() == 0 || n.Cmp(maxID) > 0) {
		return w.fail(at, v, ruleForm, "id from 1 to 2^53", "another number")
	}
	if least, most := bounds(s); !ok || n.Cmp(least) < 0 || n.Cmp(most) > 0 {
		return w.fail(at, v, ruleRange, string(s), "a number out of its range")
	}
	return &data.Value{Kind: data.Number, Text: text}
}

func (w *walker) float(s schema.Scalar, v *data.Value, at *path) *data.Value {
	v = v.Resolved()
	special := w.written && v.Kind == data.Text && (v.Text == "NaN" || strings.TrimPrefix(v.Text, "-") == "Infinity")
	if v.Kind != data.Number && !special {
		return w.wrong(at, v, string(s))
	}
	bits := 64
	if s == schema.Float32 {
		bits = 32
	}
	f, err := strconv.ParseFloat(v.Text, bits)
	if err != nil {
		return w.fail(at, v, ruleRange, string(s), "a number out of its range")
	}
	return &data.Value{Kind: data.Number, Text: data.FloatText(f, bits)}
}

// binaryText returns the bytes that a JSON string of U+0000 and base64 means.
func binaryText(s string) (string, bool) {
	text, ok := strings.CutPrefix(s, "\x00")
	if !ok {
		return "", false
	}
	b, err := base64.StdEncoding.DecodeString(text)
	return string(b), err == nil
}

func (w *walker) bytes(base *schema.Ref, v *data.Value, at *path) *data.Value {
	isText := v.Kind == data.Text || v.Kind == data.Plain
	want := "base64"
	if base.Encoding == "hex" {
		want = "hexadecimal digits"
	}
	switch {
	case base.Encoding == "" && v.Kind == data.Bytes:
		return &data.Value{Kind: data.Bytes, Text: v.Text}
	case !isText && base.Encoding == "":
		return w.wrong(at, v, "bytes")
	case !isText:
		return w.wrong(at, v, want)
	case base.Encoding == "" && !w.written:
		return w.wrong(at, v, "bytes")
	}
	text := v.Text
	if base.Encoding == "" {
		text = strings.TrimPrefix(text, "\x00")
	}
	b, ok := decoded(base.Encoding, text)
	switch {
	case !ok:
		return w.fail(at, v, ruleForm, want, "another string")
	case base.Encoding == "":
		return &data.Value{Kind: data.Bytes, Text: b}
	}
	return &data.Value{Kind: data.Text, Text: v.Text}
}

// decoded returns the bytes that a text means in an encoding.
func decoded(encoding, text string) (string, bool) {
	if encoding == "hex" {
		b, err := hex.DecodeString(text)
		return string(b), err == nil
	}
	b, err := base64.StdEncoding.DecodeString(text)
	return string(b), err == nil
}

// uuidBytes is a UUID that is 16 bytes on the wire.
func (w *walker) uuidBytes(v *data.Value, at *path) *data.Value {
	if v.Kind == data.Bytes && len(v.Text) == 16 {
		return &data.Value{Kind: data.Bytes, Text: v.Text}
	}
	if text := strings.ToLower(v.Text); w.written && uuidForm.MatchString(text) {
		b, _ := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
		return &data.Value{Kind: data.Bytes, Text: string(b)}
	}
	if b, ok := binaryText(v.Text); w.written && ok && len(b) == 16 {
		return &data.Value{Kind: data.Bytes, Text: b}
	}
	if v.Kind == data.Bytes {
		return w.fail(at, v, ruleForm, "16 bytes", "another number of bytes")
	}
	return w.wrong(at, v, "16 bytes")
}
