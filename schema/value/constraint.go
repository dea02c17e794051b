package value

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
)

// constraints holds a value that is right otherwise, and as it is on the wire,
// against the constraints of its type. It reports whether it meets them.
func (w *walker) constraints(r *schema.Ref, v *data.Value, at *path) bool {
	if r == nil {
		return true
	}
	if r.Named != nil && r.Named.Kind == schema.Newtype && r.Named.Base != nil && !w.constraints(r.Named.Base, v, at) {
		return false
	}
	base := r.Underlying()
	for i := range r.Constraints {
		if want, found := w.unmet(&r.Constraints[i], base, v); want != "" {
			w.fail(at, v, string(r.Constraints[i].Key), want, found)
			return false
		}
	}
	return true
}

// unmet says what a constraint wants and what a value is instead; both are "" if
// it meets the constraint.
func (w *walker) unmet(c *schema.Constraint, base *schema.Ref, v *data.Value) (want, found string) {
	switch {
	case c.Value != nil:
		return outOfBounds(c, base, v)
	case c.Key == schema.Pattern:
		if w.matches(c.Text, v.Text) {
			return "", ""
		}
		return "a match of " + c.Text, "another string"
	case c.Key == schema.Unique:
		seen := make(map[string]bool, len(v.List))
		for _, item := range v.List {
			key := string(item.AppendJSON(nil))
			if seen[key] {
				return "different items", "a duplicate"
			}
			seen[key] = true
		}
		return "", ""
	}
	n, unit := length(base, v)
	switch {
	case c.Key == schema.Len && n != c.Count:
		want = count(c.Count, unit)
	case c.Key == schema.Min && n < c.Count:
		want = "at least " + count(c.Count, unit)
	case c.Key == schema.Max && n > c.Count:
		want = "at most " + count(c.Count, unit)
	default:
		return "", ""
	}
	if n < c.Count {
		return want, "fewer"
	}
	return want, "more"
}

// matches reports whether a pattern matches a text.
func (w *walker) matches(pattern, text string) bool {
	re := w.patterns[pattern]
	if re == nil {
		var err error
		if re, err = regexp.Compile(pattern); err != nil {
			return true // the schema has compiled it
		}
		if w.patterns == nil {
			w.patterns = map[string]*regexp.Regexp{}
		}
		w.patterns[pattern] = re
	}
	return re.MatchString(text)
}

// length is what bounds of a length are about, and what it counts.
func length(base *schema.Ref, v *data.Value) (n int, unit string) {
	switch {
	case base.List != nil:
		return len(v.List), "item"
	case base.Map != nil:
		return len(v.Map), "key"
	case base.Scalar == schema.Bytes && base.Encoding != "":
		b, _ := decoded(base.Encoding, v.Text)
		return len(b), "byte"
	case base.Scalar == schema.Bytes:
		return len(v.Text), "byte"
	}
	return utf8.RuneCountInString(v.Text), "character"
}

// outOfBounds is unmet for a bound of a number or duration.
func outOfBounds(c *schema.Constraint, base *schema.Ref, v *data.Value) (want, found string) {
	f, err := strconv.ParseFloat(v.Text, 64)
	if isFloat(base) && err == nil && (math.IsNaN(f) || math.IsInf(f, 0)) {
		return "a finite number", v.Text
	}
	n, bound := amount(base, v), boundOf(c, base)
	if base.Scalar == schema.Decimal {
		n = decimal(v.Text, len(c.Text))
	}
	order := n.Cmp(bound)
	switch {
	case c.Key == schema.Min && order < 0:
		return "at least " + c.Text, "less"
	case c.Key == schema.ExclusiveMin && order <= 0:
		return "more than " + c.Text, "no more"
	case c.Key == schema.Max && order > 0:
		return "at most " + c.Text, "more"
	case c.Key == schema.ExclusiveMax && order >= 0:
		return "less than " + c.Text, "no less"
	case c.Key == schema.MultipleOf && !multiple(n, bound, isFloat(base)):
		return "a multiple of " + c.Text, "another number"
	}
	return "", ""
}

func isFloat(base *schema.Ref) bool {
	return base.Scalar == schema.Float32 || base.Scalar == schema.Float64
}

// amount is the value of a number, and of a duration in nanoseconds.
func amount(base *schema.Ref, v *data.Value) *big.Rat {
	if base.Scalar == schema.Duration {
		d, _ := parseDuration(base.Encoding, v)
		return new(big.Rat).SetInt64(int64(d))
	}
	return floatOrInt(v.Text)
}

// floatOrInt is the value of digits that a type has accepted.
func floatOrInt(text string) *big.Rat {
	if n, ok := new(big.Int).SetString(text, 10); ok {
		return new(big.Rat).SetInt(n)
	}
	f, _ := strconv.ParseFloat(text, 64)
	r := new(big.Rat).SetFloat64(f)
	if r == nil {
		return new(big.Rat)
	}
	return r
}

// boundOf is the bound of a constraint as amount has it.
func boundOf(c *schema.Constraint, base *schema.Ref) *big.Rat {
	switch {
	case base.Scalar == schema.Duration:
		return new(big.Rat).SetInt64(int64(c.Value.Duration))
	case base.Scalar == schema.Decimal:
		return decimal(c.Text, 0)
	case isFloat(base):
		return floatOrInt(data.FloatText(c.Value.Float, 64))
	case c.Value.Uint != 0:
		return new(big.Rat).SetInt(new(big.Int).SetUint64(c.Value.Uint))
	}
	return new(big.Rat).SetInt64(c.Value.Int)
}

// decimal is the value of the text of a decimal number, or if that is far beyond
// numbers of so many characters, one that relates to them in the same way: its
// exponent takes no memory.
func decimal(text string, chars int) *big.Rat {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	r, ok := new(big.Rat).SetString(mantissa)
	if !ok {
		return new(big.Rat)
	}
	exp, _ := strconv.Atoi(exponent)
	far := len(mantissa) + 4*chars
	exp = min(max(exp, -far), far)
	scale := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(exp, -exp))), nil))
	if exp < 0 {
		return r.Quo(r, scale)
	}
	return r.Mul(r, scale)
}

// multiple reports whether n is a multiple of unit; floats are allowed the
// rounding of the quotient.
func multiple(n, unit *big.Rat, rounded bool) bool {
	if unit.Sign() == 0 {
		return true
	}
	q := new(big.Rat).Quo(n, unit)
	if q.IsInt() || !rounded {
		return q.IsInt()
	}
	f, _ := q.Float64()
	return math.Abs(f-math.Round(f)) <= 1e-9*max(1, math.Abs(f))
}
