package codec

import (
	"cmp"
	"strconv"
	"strings"
)

// maxExponent is beyond the exponents that are looked at: a number with a larger
// one is more than any bound.
const maxExponent = 1 << 30

// decimal is a number's text taken apart: the digits of whole and then fraction,
// without zeros at either end, times ten to the power of exp. Nothing that is
// done with one takes memory or time for its exponent.
type decimal struct {
	neg             bool
	whole, fraction string
	exp             int
	// beyond reports that the exponent is out of all range, and exp is as far as it
	// goes.
	beyond bool
	// found reports whether there was a digit, be it a zero.
	found bool
}

// parseDecimal takes a number's text apart.
func parseDecimal(s string) (v decimal) {
	s, v.neg = strings.CutPrefix(strings.TrimPrefix(s, "+"), "-")
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		exp, err := strconv.Atoi(s[i+1:])
		v.exp = min(max(exp, -maxExponent), maxExponent)
		v.beyond = err != nil || exp <= -maxExponent || exp >= maxExponent
		s = s[:i]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	v.found = whole != "" || fraction != ""
	v.exp -= len(fraction)
	v.fraction = strings.TrimRight(fraction, "0")
	v.exp += len(fraction) - len(v.fraction)
	if v.whole = strings.TrimLeft(whole, "0"); v.whole == "" {
		v.fraction = strings.TrimLeft(v.fraction, "0")
	}
	if v.fraction == "" {
		digits := len(v.whole)
		v.whole = strings.TrimRight(v.whole, "0")
		v.exp += digits - len(v.whole)
	}
	return v
}

// number reports whether v was taken from the text of a number.
func (v *decimal) number() bool {
	return v.found && strings.Trim(v.whole, "0123456789") == "" && strings.Trim(v.fraction, "0123456789") == ""
}

// size is how many digits v has.
func (v *decimal) size() int { return len(v.whole) + len(v.fraction) }

// digit returns digit i, which is 0 behind the last.
func (v *decimal) digit(i int) byte {
	switch {
	case i < len(v.whole):
		return v.whole[i] - '0'
	case i < v.size():
		return v.fraction[i-len(v.whole)] - '0'
	}
	return 0
}

// sign returns -1, 0 or 1.
func (v *decimal) sign() int {
	switch {
	case v.size() == 0:
		return 0
	case v.neg:
		return -1
	}
	return 1
}

// compare returns -1, 0 or 1 if v is less than, equal to or more than w.
func (v *decimal) compare(w *decimal) int {
	sign := v.sign()
	if sign != w.sign() || sign == 0 {
		return cmp.Compare(sign, w.sign())
	}
	if order := cmp.Compare(v.size()+v.exp, w.size()+w.exp); order != 0 {
		return order * sign
	}
	for i := range max(v.size(), w.size()) {
		if order := cmp.Compare(v.digit(i), w.digit(i)); order != 0 {
			return order * sign
		}
	}
	return 0
}

// multiple reports whether v is a multiple of unit, which has at most 18 digits.
// Neither ends with a zero, so that v has to have no more places than unit. Of
// ten to the power of n, more than 2^60 decides nothing about 18 digits.
func (v *decimal) multiple(unit *decimal) bool {
	if v.size() == 0 || unit.size() == 0 {
		return v.size() == 0
	}
	if v.exp < unit.exp {
		return false
	}
	of, rest := uint64(0), uint64(0)
	for i := range unit.size() {
		of = of*10 + uint64(unit.digit(i))
	}
	for i := range v.size() + min(v.exp-unit.exp, 60) {
		rest = (rest*10 + uint64(v.digit(i))) % of
	}
	return rest == 0
}

// DecimalBound is the constraint of a rule ([RuleMin], [RuleExclusiveMin],
// [RuleMax], [RuleExclusiveMax] or [RuleMultipleOf]) on the text of a decimal
// number. Its value is compared exactly. bound has no exponent, and that of
// RuleMultipleOf at most 18 digits.
func DecimalBound[T ~string](rule Rule, bound string) Check[T] {
	return decimalBound(rule, bound, func(v T) string { return string(v) })
}

// DecimalTextBound is [DecimalBound] for a type of another package: of what its
// MarshalText returns.
func DecimalTextBound[T any, P Texter[T]](rule Rule, bound string) Check[T] {
	return decimalBound(rule, bound, func(v T) string {
		b, err := P(&v).MarshalText()
		if err != nil {
			return "" // which is no number
		}
		return string(b)
	})
}

// decimalBound is a bound of what text returns, which must be a number.
func decimalBound[T any](rule Rule, bound string, text func(T) string) Check[T] {
	at := parseDecimal(bound)
	within := compared(rule, bound, func(v decimal) bool { return v.meets(rule, &at) })
	return Check[T]{func(v T) (Rule, string, string) {
		d := parseDecimal(text(v))
		if !d.number() {
			return RuleForm, "a decimal number", "another string"
		}
		return within.broken(d)
	}}
}

// meets reports whether v meets the constraint of a rule.
func (v *decimal) meets(rule Rule, bound *decimal) bool {
	switch order := v.compare(bound); rule {
	case RuleMin:
		return order >= 0
	case RuleExclusiveMin:
		return order > 0
	case RuleMax:
		return order <= 0
	case RuleExclusiveMax:
		return order < 0
	}
	return v.multiple(bound)
}
