package jsonschema

import (
	"encoding/json"
	"math"

	"github.com/wampgen/wampgen/schema"
)

// scalar is the schema of a built-in type in one of its encodings; any is every
// value.
func (g *gen) scalar(s schema.Scalar, encoding string) object {
	if s == schema.Any {
		return object{}
	}
	name := string(s)
	if encoding != "" {
		name += "_" + encoding
	}
	g.used[name] = scalars[name]
	return within(name)
}

// The patterns are those that ECMA-262 and RE2 read alike.
const (
	base64Body = `(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$`
	clock      = `(?:[01][0-9]|2[0-3]):[0-5][0-9]`
	day        = `[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-9]))`
	// component has none of what unicode.IsSpace holds for.
	component = `[^\x00\t-\r .#\x85\xa0` + "\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"
	number    = `[0-9]+(?:[.,][0-9]*)?`
)

// The first and the last second of the years 0 to 9999.
const (
	firstSecond = -62167219200
	lastSecond  = 253402300799
)

// scalars are the built-in types by name and encoding.
var scalars = map[string]object{
	"bool":    {{"type", "boolean"}},
	"int":     whole(math.MinInt64, math.MaxInt64),
	"int8":    whole(math.MinInt8, math.MaxInt8),
	"int16":   whole(math.MinInt16, math.MaxInt16),
	"int32":   whole(math.MinInt32, math.MaxInt32),
	"int64":   whole(math.MinInt64, math.MaxInt64),
	"uint":    whole(0, math.MaxUint64),
	"uint8":   whole(0, math.MaxUint8),
	"uint16":  whole(0, math.MaxUint16),
	"uint32":  whole(0, math.MaxUint32),
	"uint64":  whole(0, math.MaxUint64),
	"id":      whole(1, 1<<53),
	"float32": {{"type", "number"}, {"exclusiveMinimum", json.Number("-3.4028235677973366e38")}, {"exclusiveMaximum", json.Number("3.4028235677973366e38")}},
	"float64": {{"type", "number"}},
	"string":  text("A string. One that begins with U+0000 would be bytes.", `^(?:[^\x00]|$)`),

	"bytes":        text("Bytes: U+0000 and then base64.", `^\x00`+base64Body),
	"bytes_base64": text("Bytes in base64.", `^`+base64Body),
	"bytes_hex":    text("Bytes in hexadecimal digits.", `^(?:[0-9A-Fa-f]{2})*$`),

	"time":         text("A time as in RFC 3339.", `^`+day+`T`+clock+`:[0-5][0-9](?:\.[0-9]+)?(?:Z|[+-]`+clock+`)$`).with("format", "date-time"),
	"time_native":  text("A time as in RFC 3339.", `^`+day+`T`+clock+`:[0-5][0-9](?:\.[0-9]+)?(?:Z|[+-]`+clock+`)$`).with("format", "date-time"),
	"time_unix":    since("seconds", 1),
	"time_unix_ms": since("milliseconds", 1e3),
	"time_unix_us": since("microseconds", 1e6),
	"time_unix_ns": count("A time in nanoseconds since 1970.", "number", 1),
	"date":         text("A date.", `^`+day+`$`).with("format", "date"),

	"duration":         count("A duration in milliseconds.", "integer", 1e6),
	"duration_s":       count("A duration in seconds.", "number", 1e9),
	"duration_us":      count("A duration in microseconds.", "number", 1e3),
	"duration_ns":      count("A duration in nanoseconds.", "number", 1),
	"duration_go":      text("A duration such as 1h30m.", `^[+-]?(?:0|(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)$`),
	"duration_iso8601": isoDuration,

	"uuid":       text("A UUID.", `^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`).with("format", "uuid"),
	"uuid_bytes": text("The 16 bytes of a UUID: U+0000 and then base64.", `^\x00[A-Za-z0-9+/]{22}==$`),
	"uri":        text("A WAMP URI.", "^"+component+`(?:\.`+component+`)*$`),
	"decimal": {
		{"description", "A decimal number; a string keeps all its digits."},
		{"type", []string{"string", "number"}}, {"pattern", `^[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$`},
	},
}

// isoDuration has at least one number behind P and behind T.
var isoDuration = text("A duration such as PT1H30M.",
	`^-?P(?:`+number+`W)?(?:`+number+`D)?(?:T(?:`+number+`H)?(?:`+number+`M)?(?:`+number+`S)?)?$`).and(object{{"pattern", `[WDHMS]$`}})

// whole is a whole number within bounds.
func whole(least int64, most uint64) object {
	return object{{"type", "integer"}, {"minimum", least}, {"maximum", most}}
}

// text is a string of a form.
func text(what, pattern string) object {
	return object{{"description", what}, {"type", "string"}, {"pattern", pattern}}
}

// since is a time as a number of units, of which a second has so many.
func since(unit string, second int64) object {
	return object{
		{"description", "A time in " + unit + " since 1970."}, {"type", "number"},
		{"minimum", firstSecond * second}, {"exclusiveMaximum", (lastSecond + 1) * second},
	}
}

// count is a number of units of so many nanoseconds, which 64 bits hold.
func count(what, kind string, unit int64) object {
	return object{{"description", what}, {"type", kind}, {"minimum", math.MinInt64 / unit}, {"maximum", math.MaxInt64 / unit}}
}
