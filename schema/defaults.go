package schema

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/wampgen/wampgen/schema/diag"
)

// The spellings of literals.
var (
	intForm      = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)
	floatForm    = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)
	decimalForm  = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)
	uuidForm     = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	durationForm = regexp.MustCompile(`^([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))+$`)
)

// literal reads a value of a type from its text. The problem continues a
// sentence that begins with the text.
func literal(ref *Ref, text string) (v *Value, problem string) {
	if t := ref.Named; t != nil {
		switch {
		case t.Kind == Enum:
			return enumLiteral(t, text)
		case t.Kind == Newtype && t.Base != nil:
			return literal(t.Base, text)
		case t.Kind == Struct:
			return nil, "cannot be a default: a struct has none"
		}
		return nil, "" // the type itself is reported
	}
	if ref.List != nil || ref.Map != nil {
		return nil, "cannot be a default: lists and maps have none"
	}
	return scalarLiteral(ref.Scalar, text)
}

// enumLiteral finds a value of an enum by its name.
func enumLiteral(t *Type, text string) (*Value, string) {
	for i := range t.Values {
		if t.Values[i].Name == text {
			return &Value{Enum: &t.Values[i]}, ""
		}
	}
	names := make([]string, len(t.Values))
	for i, v := range t.Values {
		names[i] = v.Name
	}
	if with := diag.Closest(text, names); with != "" {
		return nil, fmt.Sprintf("is not a value of %s; did you mean %s?", t.Name, quote(with))
	}
	return nil, fmt.Sprintf("is not a value of %s", t.Name)
}

// hiddenByZero names the value of a type that a field with the default v could
// never be sent as, because Go's zero value stands for the default; "" if there
// is none.
func hiddenByZero(ref *Ref, v *Value) string {
	if v.Bool {
		return "false"
	}
	if v.Enum == nil || v.Enum.isZero() {
		return ""
	}
	t := ref.Named
	for t.Kind == Newtype {
		t = t.Base.Named
	}
	for _, other := range t.Values {
		if other.isZero() {
			return other.Name
		}
	}
	return ""
}

// isZero reports whether the wire value is Go's zero value.
func (v *EnumValue) isZero() bool { return v.Text == "" && v.Int == 0 }

// typeName spells a type that can have a default.
func typeName(ref *Ref) string {
	if ref.Named != nil {
		return ref.Named.Name
	}
	return string(ref.Scalar)
}

// scalarLiteral reads a value of a built-in type.
func scalarLiteral(s Scalar, text string) (*Value, string) {
	switch s {
	case Bool:
		if text == "true" || text == "false" {
			return &Value{Bool: text == "true"}, ""
		}
		return nil, "is not true or false"
	case Int, Int8, Int16, Int32, Int64, Uint, Uint8, Uint16, Uint32, Uint64:
		return intLiteral(s, text)
	case Float32, Float64:
		return floatLiteral(s, text)
	case Duration:
		d, problem := duration(text)
		return &Value{Duration: d}, problem
	}
	return textLiteral(s, text)
}

// floatLiteral reads a floating-point number that its type can hold. A negative
// zero is none: in Go, -0.0 is the constant 0, and a field that is zero would
// not show which of the two it is.
func floatLiteral(s Scalar, text string) (*Value, string) {
	if !floatForm.MatchString(text) {
		return nil, "is not a " + string(s)
	}
	bits, _ := strconv.Atoi(strings.TrimPrefix(string(s), "float"))
	f, err := strconv.ParseFloat(text, bits)
	digits, _, _ := strings.Cut(strings.ToLower(text), "e")
	switch {
	case err != nil:
		return nil, "is out of the range of " + string(s)
	case f == 0 && strings.ContainsAny(digits, "123456789"):
		return nil, "is too small for " + string(s)
	case f == 0 && math.Signbit(f):
		return nil, "cannot be a default: write 0, since zero has no sign in a default"
	}
	return &Value{Float: f}, ""
}

// intLiteral reads a whole number in the bounds of its type.
func intLiteral(s Scalar, text string) (*Value, string) {
	if !intForm.MatchString(text) {
		return nil, "is not a whole number"
	}
	var v Value
	var err error
	if name, unsigned := strings.CutPrefix(string(s), "u"); unsigned {
		v.Uint, err = strconv.ParseUint(text, 10, bitsOf(name))
	} else {
		v.Int, err = strconv.ParseInt(text, 10, bitsOf(name))
	}
	if err != nil {
		return nil, "is out of the range of " + string(s)
	}
	if s == Int && v.Int != int64(int32(v.Int)) || s == Uint && v.Uint != uint64(uint32(v.Uint)) {
		return nil, "is out of the range that " + string(s) + " has on 32-bit systems; write " + string(s) + "64"
	}
	return &v, ""
}

// bitsOf returns the size of int, int8 and so on; int has 64.
func bitsOf(name string) int {
	if bits, err := strconv.Atoi(strings.TrimPrefix(name, "int")); err == nil {
		return bits
	}
	return 64
}

// textLiteral reads a value of a type whose values are texts.
func textLiteral(s Scalar, text string) (*Value, string) {
	ok, want := false, ""
	switch s {
	case String:
		ok = true
	case Time:
		_, err := time.Parse(time.RFC3339Nano, text)
		ok, want = err == nil, "is not a time such as 2026-08-22T15:04:05Z"
	case Date:
		_, err := time.Parse(time.DateOnly, text)
		ok, want = err == nil, "is not a date such as 2026-08-22"
	case UUID:
		text = strings.ToLower(text)
		ok, want = uuidForm.MatchString(text), "is not a UUID such as 018f2c7a-9b3d-7000-8000-000000000001"
	case Decimal:
		ok, want = decimalForm.MatchString(text), "is not a decimal number such as 12.50"
	case URI:
		want = badURI(text)
		ok = want == ""
	default:
		want = "cannot be a default: " + string(s) + " has none"
	}
	if !ok {
		return nil, want
	}
	return &Value{Text: text}, ""
}

// duration reads a duration that the wire can carry: whole milliseconds.
func duration(text string) (time.Duration, string) {
	d, err := time.ParseDuration(text)
	switch {
	case !durationForm.MatchString(text):
		return 0, "is not a duration such as 250ms, 10s or 1h30m"
	case err != nil:
		return 0, "is too long for a duration"
	case d%time.Millisecond != 0:
		return 0, "is not a whole number of milliseconds, the unit of the wire"
	}
	return d, ""
}
