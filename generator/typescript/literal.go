package typescript

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/wampgen/wampgen/schema"
)

// plain is a key or a label that needs no quotes.
var plain = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]*$`)

// key is the name of a property.
func key(name string) string {
	if plain.MatchString(name) {
		return name
	}
	return quote(name)
}

// quote is a string literal. What cannot be seen is escaped.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			for _, unit := range utf16.AppendRune(nil, r) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}

// whole is an integer literal: a bigint where a number would lose digits.
func whole(i int64) string {
	const most = 1<<53 - 1
	if i > most || i < -most {
		return strconv.FormatInt(i, 10) + "n"
	}
	return strconv.FormatInt(i, 10)
}

// enumLiteral is a value of an enum on the wire.
func enumLiteral(t *schema.Type, v schema.EnumValue) string {
	if t.IntEnum {
		return whole(v.Int)
	}
	return quote(v.Text)
}

// defaultLiteral is a default of a type on the wire.
func defaultLiteral(r *schema.Ref, v *schema.Value) string {
	for r.Named != nil && r.Named.Kind == schema.Newtype {
		r = r.Named.Base
	}
	if v.Enum != nil {
		return enumLiteral(r.Named, *v.Enum)
	}
	switch r.Scalar {
	case schema.Bool:
		return strconv.FormatBool(v.Bool)
	case schema.Int, schema.Int8, schema.Int16, schema.Int32, schema.Int64:
		return strconv.FormatInt(v.Int, 10)
	case schema.Uint, schema.Uint8, schema.Uint16, schema.Uint32, schema.Uint64:
		return strconv.FormatUint(v.Uint, 10)
	case schema.Float32, schema.Float64:
		return strconv.FormatFloat(v.Float, 'g', -1, 64)
	case schema.Duration:
		return strconv.FormatInt(int64(v.Duration/time.Millisecond), 10)
	}
	return quote(v.Text)
}
