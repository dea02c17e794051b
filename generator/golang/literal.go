package golang

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// isZero reports whether a field's default is what Go's zero value is anyway.
func isZero(f *schema.Field) bool {
	base, _ := underlying(f.Type)
	v := f.Default
	switch {
	case base.Named != nil && v.Enum != nil:
		return v.Enum.Text == "" && v.Enum.Int == 0
	case base.Scalar == schema.UUID:
		return strings.Trim(v.Text, "0-") == ""
	case base.Scalar == schema.Time, base.Scalar == schema.Date:
		return false
	}
	return !v.Bool && v.Int == 0 && v.Uint == 0 && v.Float == 0 && v.Text == "" && v.Duration == 0
}

// literal is a field's default as an expression that Go takes for the field's
// type: an untyped constant where one does.
func (g *gen) literal(f *schema.Field) *jen.Statement {
	base, named := underlying(f.Type)
	v := f.Default
	if base.Named != nil {
		if !named {
			return ident(g.names.of[v.Enum])
		}
		return g.goType(f.Type).Call(ident(g.names.of[v.Enum]))
	}
	switch base.Scalar {
	case schema.Bool:
		return truth(v.Bool)
	case schema.Float32, schema.Float64:
		return float(v.Float)
	case schema.Time:
		return g.convert(f.Type, timeLiteral(v.Text))
	case schema.Date:
		return dateLiteral(g.goType(f.Type), v.Text)
	case schema.Duration:
		return g.convert(f.Type, durationLiteral(v.Duration))
	case schema.UUID:
		return uuidLiteral(g.goType(f.Type), v.Text)
	}
	switch {
	case isSigned(base.Scalar):
		return digits(strconv.FormatInt(v.Int, 10))
	case isUnsigned(base.Scalar), base.Scalar == schema.ID:
		return digits(strconv.FormatUint(v.Uint, 10))
	}
	return text(v.Text)
}

// typed is the default as an expression of exactly the field's type.
func (g *gen) typed(f *schema.Field) *jen.Statement {
	base, named := underlying(f.Type)
	switch base.Scalar {
	case schema.Time, schema.Date, schema.Duration, schema.UUID:
		return g.literal(f)
	case schema.Bool, schema.Int, schema.Float64, schema.String:
		if !named {
			return g.literal(f)
		}
	}
	if base.Named != nil {
		return g.literal(f)
	}
	return g.goType(f.Type).Call(g.literal(f))
}

// convert makes x a value of r if r is a newtype.
func (g *gen) convert(r *schema.Ref, x *jen.Statement) *jen.Statement {
	if r.Named != nil {
		return g.goType(r).Call(x)
	}
	return x
}

// timeLiteral is time.Date(2026, 8, 22, 10, 30, 0, 0, time.UTC).
func timeLiteral(s string) *jen.Statement {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return ident("?")
	}
	t = t.UTC()
	return std("time", "Date").Call(
		number(t.Year()), number(int(t.Month())), number(t.Day()),
		number(t.Hour()), number(t.Minute()), number(t.Second()), number(t.Nanosecond()), std("time", "UTC"))
}

// dateLiteral is wamp.Date{Year: 2026, Month: 8, Day: 22}.
func dateLiteral(of *jen.Statement, s string) *jen.Statement {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return ident("?")
	}
	return of.Values(entry("Year", number(t.Year())), entry("Month", number(int(t.Month()))), entry("Day", number(t.Day())))
}

// durationLiteral is 10 * time.Second, in the largest unit that is exact.
func durationLiteral(d time.Duration) *jen.Statement {
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

// uuidLiteral is wamp.UUID{1, 143, 44, ...}.
func uuidLiteral(of *jen.Statement, s string) *jen.Statement {
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
