package jsonschema

import (
	"encoding/json"
	"math/big"
	"strings"
	"time"

	"github.com/wampgen/wampgen/schema"
)

// bounds are the keywords for the bounds of a value.
var bounds = map[schema.ConstraintKey]string{
	schema.Min: "minimum", schema.Max: "maximum", schema.MultipleOf: "multipleOf",
	schema.ExclusiveMin: "exclusiveMinimum", schema.ExclusiveMax: "exclusiveMaximum",
}

// constrain adds a constraint of a use of base to its schema.
func constrain(s object, base *schema.Ref, c schema.Constraint) object {
	switch {
	case c.Value != nil && base.Scalar == schema.Duration:
		if n := units(c.Value.Duration, base.Encoding); n != "" {
			return s.with(bounds[c.Key], n)
		}
		return s // a bound of a string that spells a duration has no keyword
	case c.Value != nil && base.Scalar == schema.Decimal:
		return s.with(bounds[c.Key], json.Number(c.Text)) // a string has no keyword for it
	case c.Value != nil:
		return s.with(bounds[c.Key], c.Value.OnWire(base))
	case c.Key == schema.Pattern:
		return s.with("pattern", c.Text)
	case c.Key == schema.Unique:
		return s.with("uniqueItems", true)
	}
	if c.Key != schema.Max {
		s = least(s, base, c.Count)
	}
	if c.Key != schema.Min {
		s = most(s, base, c.Count)
	}
	return s
}

// units is a duration in the unit of an encoding, "" if that is a string.
func units(d time.Duration, encoding string) json.Number {
	per := map[string]time.Duration{"": time.Millisecond, "s": time.Second, "us": time.Microsecond, "ns": time.Nanosecond}[encoding]
	if per == 0 {
		return ""
	}
	digits := big.NewRat(int64(d), int64(per)).FloatString(9)
	return json.Number(strings.TrimRight(strings.TrimRight(digits, "0"), "."))
}

// size is the second half of the keyword for a length.
func size(base *schema.Ref) string {
	switch {
	case base.List != nil:
		return "Items"
	case base.Map != nil:
		return "Properties"
	}
	return "Length"
}

// least adds the lower bound of a length.
func least(s object, base *schema.Ref, n int) object {
	if base.Scalar != schema.Bytes {
		return s.with("min"+size(base), n)
	}
	if base.Encoding == "hex" {
		return s.with("minLength", 2*n)
	}
	chars := base64Length(base, n)
	s = s.with("minLength", chars)
	if n%3 == 1 || n == 0 {
		return s
	}
	return s.and(object{{"anyOf", []object{{{"minLength", chars + 1}}, {{"not", object{{"pattern", padding((n + 2) % 3)}}}}}}})
}

// most adds the upper bound of a length.
func most(s object, base *schema.Ref, n int) object {
	if base.Scalar != schema.Bytes {
		return s.with("max"+size(base), n)
	}
	if base.Encoding == "hex" {
		return s.with("maxLength", 2*n)
	}
	chars := base64Length(base, n)
	s = s.with("maxLength", chars)
	if n%3 == 0 {
		return s
	}
	return s.and(object{{"anyOf", []object{{{"maxLength", chars - 1}}, {{"pattern", padding(n % 3)}}}}})
}

// base64Length is the length of n bytes in base64, which come in groups of three.
func base64Length(base *schema.Ref, n int) int {
	chars := (n + 2) / 3 * 4
	if base.Encoding == "" {
		chars++ // U+0000
	}
	return chars
}

// padding matches a last group of at most so many bytes; 2 and 1 have padding.
func padding(atMost int) string {
	if atMost == 1 {
		return "==$"
	}
	return "=$"
}
