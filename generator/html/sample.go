package html

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/wampgen/wampgen/schema"
)

// sampleDepth ends samples of types that have themselves in them.
const sampleDepth = 4

// scalarSamples are values of the built-in types as JSON has them; those that are
// missing are numbers.
var scalarSamples = map[schema.Scalar]string{
	schema.Bool: `false`, schema.String: `""`, schema.Bytes: `"\u0000"`, schema.Any: `null`,
	schema.Time: `"2026-01-01T00:00:00Z"`, schema.Date: `"2026-01-01"`, schema.Decimal: `"0"`,
	schema.UUID: `"00000000-0000-0000-0000-000000000000"`, schema.URI: `"com.example"`,
}

// encodedSamples are those of the encodings that are no numbers.
var encodedSamples = map[string]string{
	"base64": `""`, "hex": `""`, "native": scalarSamples[schema.Time], "iso8601": `"PT0S"`, "go": `"0s"`,
	"bytes": `"\u0000AAAAAAAAAAAAAAAAAAAAAA=="`,
}

// sampleArgs returns positional arguments for the reader to change: those that
// must be there.
func sampleArgs(fields []*schema.Field, depth int) string {
	if len(fields) == 0 {
		return ""
	}
	var values []string
	for _, f := range fields {
		if !absent(f) {
			values = append(values, sample(f.Type, depth))
		}
	}
	return "[" + strings.Join(values, ", ") + "]"
}

// sampleKwargs returns keyword arguments.
func sampleKwargs(fields []*schema.Field) string {
	if len(fields) == 0 {
		return ""
	}
	return sampleDict(fields, sampleDepth)
}

// absent reports whether a value may be left out.
func absent(f *schema.Field) bool {
	return f.Optional || f.Default != nil || f.Variadic || f.CatchAll
}

func sampleDict(fields []*schema.Field, depth int) string {
	var entries []string
	for _, f := range fields {
		if !absent(f) {
			entries = append(entries, quote(f.Name)+": "+sample(f.Type, depth))
		}
	}
	return "{" + strings.Join(entries, ", ") + "}"
}

// sample returns a value of a type, which need not meet its constraints.
func sample(r *schema.Ref, depth int) string {
	r = r.Underlying()
	switch {
	case depth == 0 || r.Nullable:
		return "null"
	case r.List != nil:
		return "[" + sample(r.List, depth-1) + "]"
	case r.Map != nil:
		return "{}"
	case r.Named != nil:
		return sampleNamed(r.Named, depth-1)
	}
	if r.Encoding != "" {
		return cmp.Or(encodedSamples[r.Encoding], "0")
	}
	return cmp.Or(scalarSamples[r.Scalar], "0")
}

func sampleNamed(t *schema.Type, depth int) string {
	switch t.Kind {
	case schema.Struct:
		return sampleDict(t.Fields, depth)
	case schema.Tuple:
		return sampleArgs(t.Fields, depth)
	case schema.Enum:
		v := t.Values[0]
		if t.IntEnum {
			return strconv.FormatInt(v.Int, 10)
		}
		return quote(v.Text)
	case schema.Union:
		return sampleVariant(t, depth)
	}
	return "null"
}

// sampleVariant returns the first variant of a union.
func sampleVariant(t *schema.Type, depth int) string {
	v := t.Variants[0]
	value := sample(v.Type, depth)
	tag := quote(t.Tag) + ": " + quote(v.Name)
	switch {
	case t.Tag == "":
		return value
	case t.Content != "":
		return "{" + tag + ", " + quote(t.Content) + ": " + value + "}"
	case !strings.HasPrefix(value, "{") || value == "{}": // no fields, or too deep
		return "{" + tag + "}"
	}
	return "{" + tag + ", " + strings.TrimPrefix(value, "{")
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""` // a string has no error
	}
	return string(b)
}
