package schema

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Scalar is a built-in type.
type Scalar string

// The built-in types, spelled as in the schema.
const (
	Bool     Scalar = "bool"
	Int      Scalar = "int"
	Int8     Scalar = "int8"
	Int16    Scalar = "int16"
	Int32    Scalar = "int32"
	Int64    Scalar = "int64"
	Uint     Scalar = "uint"
	Uint8    Scalar = "uint8"
	Uint16   Scalar = "uint16"
	Uint32   Scalar = "uint32"
	Uint64   Scalar = "uint64"
	Float32  Scalar = "float32"
	Float64  Scalar = "float64"
	String   Scalar = "string"
	Bytes    Scalar = "bytes"
	Time     Scalar = "time"
	Date     Scalar = "date"
	Duration Scalar = "duration"
	UUID     Scalar = "uuid"
	Decimal  Scalar = "decimal"
	URI      Scalar = "uri"
	ID       Scalar = "id"
	Any      Scalar = "any"
)

// scalar is what the language knows of a built-in type.
type scalar struct {
	// parse reads a literal. The problem continues a sentence that begins with the
	// text.
	parse func(s Scalar, text string) (v *Value, problem string)
	// wire is a literal as it is on the wire in JSON.
	wire func(v *Value) any
	// bounded is what its constraints are about. comparable reports whether two
	// values are the same if Go says so.
	bounded    bounded
	comparable bool
}

// scalars is the one table of built-in types.
var scalars = map[Scalar]scalar{
	Bool:     {boolLiteral, func(v *Value) any { return v.Bool }, unbounded, true},
	Int:      {intLiteral, wireInt, boundedNumber, true},
	Int8:     {intLiteral, wireInt, boundedNumber, true},
	Int16:    {intLiteral, wireInt, boundedNumber, true},
	Int32:    {intLiteral, wireInt, boundedNumber, true},
	Int64:    {intLiteral, wireInt, boundedNumber, true},
	Uint:     {intLiteral, wireUint, boundedNumber, true},
	Uint8:    {intLiteral, wireUint, boundedNumber, true},
	Uint16:   {intLiteral, wireUint, boundedNumber, true},
	Uint32:   {intLiteral, wireUint, boundedNumber, true},
	Uint64:   {intLiteral, wireUint, boundedNumber, true},
	Float32:  {floatLiteral, func(v *Value) any { return float32(v.Float) }, boundedNumber, true},
	Float64:  {floatLiteral, func(v *Value) any { return v.Float }, boundedNumber, true},
	String:   {anyText, wireText, boundedText, true},
	Bytes:    {noLiteral, wireText, boundedBytes, false},
	Time:     {instant(time.RFC3339Nano, "a time such as 2026-08-22T15:04:05Z"), wireText, unbounded, false},
	Date:     {instant(time.DateOnly, "a date such as 2026-08-22"), wireText, unbounded, true},
	Duration: {durationLiteral, func(v *Value) any { return v.Duration.Milliseconds() }, boundedNumber, true},
	UUID:     {uuidLiteral, wireText, unbounded, true},
	Decimal:  {textForm(decimalForm, "a decimal number such as 12.50"), wireText, boundedNumber, false},
	URI:      {uriLiteral, wireText, unbounded, true},
	ID:       {noLiteral, wireUint, unbounded, true},
	Any:      {noLiteral, wireText, unbounded, false},
}

// typeWords are all words that a type expression can begin with.
var typeWords = func() []string {
	words := []string{"list", "map"}
	for s := range scalars {
		words = append(words, string(s))
	}
	slices.Sort(words)
	return words
}()

func wireInt(v *Value) any  { return v.Int }
func wireUint(v *Value) any { return v.Uint }
func wireText(v *Value) any { return v.Text }

// literal reads a value of the type.
func (s Scalar) literal(text string) (*Value, string) { return scalars[s].parse(s, text) }

// The spellings of literals.
var (
	intForm      = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)
	floatForm    = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)
	decimalForm  = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)
	uuidForm     = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	durationForm = regexp.MustCompile(`^([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))+$`)
)

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

// textForm reads a text that has a form.
func textForm(form *regexp.Regexp, like string) func(Scalar, string) (*Value, string) {
	return func(_ Scalar, text string) (*Value, string) {
		if !form.MatchString(text) {
			return nil, "is not " + like
		}
		return &Value{Text: text}, ""
	}
}

// instant reads a text that is a time in a layout.
func instant(layout, like string) func(Scalar, string) (*Value, string) {
	return func(_ Scalar, text string) (*Value, string) {
		if _, err := time.Parse(layout, text); err != nil {
			return nil, "is not " + like
		}
		return &Value{Text: text}, ""
	}
}

func anyText(_ Scalar, text string) (*Value, string) { return &Value{Text: text}, "" }

func uriLiteral(_ Scalar, text string) (*Value, string) {
	if problem := badURI(text); problem != "" {
		return nil, problem
	}
	return &Value{Text: text}, ""
}

func uuidLiteral(s Scalar, text string) (*Value, string) {
	return textForm(uuidForm, "a UUID such as 018f2c7a-9b3d-7000-8000-000000000001")(s, strings.ToLower(text))
}

func boolLiteral(_ Scalar, text string) (*Value, string) {
	if text == "true" || text == "false" {
		return &Value{Bool: text == "true"}, ""
	}
	return nil, "is not true or false"
}

func durationLiteral(_ Scalar, text string) (*Value, string) {
	d, problem := duration(text)
	return &Value{Duration: d}, problem
}

// noLiteral is for types that have no defaults.
func noLiteral(s Scalar, _ string) (*Value, string) {
	return nil, "cannot be a default: " + string(s) + " has none"
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
