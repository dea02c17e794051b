package golang

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// literal is how the defaults of a built-in type are written.
type literal struct {
	// write is a value as an expression that Go takes for the type: an untyped
	// constant where one does.
	write func(v *schema.Value, of goType) *jen.Statement
	// fits reports whether that has exactly the type by itself.
	fits func(of goType) bool
	// doc is a value as documentation shows it, zero whether it is what Go's zero
	// value is anyway.
	doc  func(v *schema.Value) string
	zero func(v *schema.Value) bool
}

// goType is the Go type of a default. It is named if it is a newtype.
type goType struct {
	expr  *jen.Statement
	named bool
}

func always(goType) bool      { return true }
func notNamed(of goType) bool { return !of.named }
func sometimes(goType) bool   { return false }

func isFalse(v *schema.Value) bool    { return !v.Bool }
func isNoInt(v *schema.Value) bool    { return v.Int == 0 }
func isNoUint(v *schema.Value) bool   { return v.Uint == 0 }
func isNoFloat(v *schema.Value) bool  { return v.Float == 0 }
func isNoText(v *schema.Value) bool   { return v.Text == "" }
func isNoUUID(v *schema.Value) bool   { return strings.Trim(v.Text, "0-") == "" }
func isNoTime(*schema.Value) bool     { return false }
func isNoDelay(v *schema.Value) bool  { return v.Duration == 0 }
func docBool(v *schema.Value) string  { return strconv.FormatBool(v.Bool) }
func docInt(v *schema.Value) string   { return strconv.FormatInt(v.Int, 10) }
func docUint(v *schema.Value) string  { return strconv.FormatUint(v.Uint, 10) }
func docFloat(v *schema.Value) string { return fmt.Sprint(v.Float) }
func docText(v *schema.Value) string  { return v.Text }
func docQuote(v *schema.Value) string { return fmt.Sprintf("%q", v.Text) }
func docDelay(v *schema.Value) string { return v.Duration.String() }

// constant is an untyped constant.
func constant(write func(*schema.Value) *jen.Statement) func(*schema.Value, goType) *jen.Statement {
	return func(v *schema.Value, _ goType) *jen.Statement { return write(v) }
}

// converted is an expression of a type of the standard library, which a newtype
// has to be made from.
func converted(write func(*schema.Value) *jen.Statement) func(*schema.Value, goType) *jen.Statement {
	return func(v *schema.Value, of goType) *jen.Statement {
		if of.named {
			return of.expr.Call(write(v))
		}
		return write(v)
	}
}

func writeInt(v *schema.Value) *jen.Statement   { return digits(docInt(v)) }
func writeUint(v *schema.Value) *jen.Statement  { return digits(docUint(v)) }
func writeFloat(v *schema.Value) *jen.Statement { return float(v.Float) }
func writeText(v *schema.Value) *jen.Statement  { return text(v.Text) }

// The kinds of literals.
var (
	boolLiteral     = &literal{constant(func(v *schema.Value) *jen.Statement { return truth(v.Bool) }), notNamed, docBool, isFalse}
	intLiteral      = &literal{constant(writeInt), notNamed, docInt, isNoInt}
	sizedInt        = &literal{constant(writeInt), sometimes, docInt, isNoInt}
	uintLiteral     = &literal{constant(writeUint), sometimes, docUint, isNoUint}
	float32Literal  = &literal{constant(writeFloat), sometimes, docFloat, isNoFloat}
	float64Literal  = &literal{constant(writeFloat), notNamed, docFloat, isNoFloat}
	stringLiteral   = &literal{constant(writeText), notNamed, docQuote, isNoText}
	textLiteral     = &literal{constant(writeText), sometimes, docText, isNoText}
	timeLiteral     = &literal{converted(func(v *schema.Value) *jen.Statement { return timeValue(v.Text) }), always, docText, isNoTime}
	durationLiteral = &literal{converted(func(v *schema.Value) *jen.Statement { return durationValue(v.Duration) }), always, docDelay, isNoDelay}
	dateLiteral     = &literal{func(v *schema.Value, of goType) *jen.Statement { return dateValue(of.expr, v.Text) }, always, docText, isNoTime}
	uuidLiteral     = &literal{func(v *schema.Value, of goType) *jen.Statement { return uuidValue(of.expr, v.Text) }, always, docText, isNoUUID}
)

// literalOf returns how a default of r is written, nil if r is an enum.
func literalOf(r *schema.Ref) *literal {
	base, _ := underlying(r)
	return scalars[base.Scalar].literal
}

// isZero reports whether a field's default is what Go's zero value is anyway.
func isZero(f *schema.Field) bool {
	if f.Default.List != nil || f.Default.Map != nil {
		return false
	}
	if v := f.Default.Enum; v != nil {
		return v.Text == "" && v.Int == 0
	}
	return literalOf(f.Type).zero(f.Default)
}

// literal is a field's default as an expression that Go takes for the field's
// type.
func (g *gen) literal(f *schema.Field) *jen.Statement { return g.value(f.Type, f.Default) }

// value is a literal of the schema as an expression that Go takes for the type
// r.
func (g *gen) value(r *schema.Ref, v *schema.Value) *jen.Statement {
	base, named := underlying(r)
	switch {
	case elem(base) != nil:
		return g.container(r, v)
	case v.Enum == nil:
		return literalOf(r).write(v, goType{g.goType(r), named})
	}
	constant := ident(g.names.of[v.Enum])
	if r.Named.Kind == schema.Newtype {
		return g.goType(r).Call(constant)
	}
	return constant
}

// container is a list or map of literals.
/*
	<[]string>{<"a">, <"b">}
*/
func (g *gen) container(r *schema.Ref, v *schema.Value) *jen.Statement {
	base, _ := underlying(r)
	var items []jen.Code
	for _, x := range v.List {
		items = append(items, g.value(base.List, x))
	}
	for _, e := range v.Map {
		items = append(items, text(e.Key).Op(":").Add(g.value(base.Map, e.Value)))
	}
	return g.goType(r).Values(items...)
}

// typed is the default as an expression of exactly the field's type.
func (g *gen) typed(f *schema.Field) *jen.Statement {
	_, named := underlying(f.Type)
	of := goType{g.goType(f.Type), named}
	if f.Default.Enum != nil || literalOf(f.Type).fits(of) {
		return g.literal(f)
	}
	return of.expr.Call(g.literal(f))
}

// defaultText is a default as documentation shows it.
func (g *gen) defaultText(f *schema.Field) string {
	switch v := f.Default; {
	case v.Enum != nil:
		return g.names.shown(g.names.of[v.Enum])
	case v.List != nil || v.Map != nil:
		return v.Literal
	}
	return literalOf(f.Type).doc(f.Default)
}

// timeValue is time.Date(2026, 8, 22, 10, 30, 0, 0, time.UTC).
func timeValue(s string) *jen.Statement {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return ident("?")
	}
	t = t.UTC()
	return std("time", "Date").Call(
		number(t.Year()), number(int(t.Month())), number(t.Day()),
		number(t.Hour()), number(t.Minute()), number(t.Second()), number(t.Nanosecond()), std("time", "UTC"))
}

// dateValue is wamp.Date{Year: 2026, Month: 8, Day: 22}.
func dateValue(of *jen.Statement, s string) *jen.Statement {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return ident("?")
	}
	return of.Values(entry("Year", number(t.Year())), entry("Month", number(int(t.Month()))), entry("Day", number(t.Day())))
}

// durationValue is 10 * time.Second, in the largest unit that is exact.
func durationValue(d time.Duration) *jen.Statement {
	units := []struct {
		size time.Duration
		name string
	}{
		{time.Hour, "Hour"}, {time.Minute, "Minute"}, {time.Second, "Second"},
		{time.Millisecond, "Millisecond"}, {time.Microsecond, "Microsecond"},
	}
	for _, u := range units {
		if d%u.size == 0 && d != 0 {
			return number(int(d / u.size)).Op("*").Add(std("time", u.name))
		}
	}
	return number(int(d)).Op("*").Add(std("time", "Nanosecond"))
}

// uuidValue is wamp.UUID{1, 143, 44, ...}.
func uuidValue(of *jen.Statement, s string) *jen.Statement {
	b, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(b) != 16 {
		return ident("?")
	}
	items := make([]jen.Code, len(b))
	for i, c := range b {
		items[i] = number(int(c))
	}
	return of.Values(items...)
}
