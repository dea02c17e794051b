package codec

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"sync"
	"unicode/utf8"
)

// Check is one constraint on values of type T. Min, Chars and the other
// functions that return one are for generated code.
type Check[T any] struct {
	// broken returns what is wrong with a value; rule is "" if nothing is. The
	// texts are made only then.
	broken func(T) (rule Rule, want, found string)
}

// Checked codes *p with code and applies checks to it: always if it encodes,
// and as [Strictness] says if it decodes.
func Checked[T any](c *Coder, p *T, code func(*T, *Coder), checks []Check[T]) {
	if e := c.e; e != nil {
		if rule, want, found := failed(checks, *p); rule != "" {
			e.reject(rule, want, found)
			return
		}
		code(p, c)
		return
	}
	d := c.d
	at := d.off
	code(p, c)
	if d.err != nil || d.strict < Closed {
		return
	}
	if rule, want, found := failed(checks, *p); rule != "" {
		d.reject(at, rule, want, found)
	}
}

// failed returns what is wrong with v.
func failed[T any](checks []Check[T], v T) (rule Rule, want, found string) {
	for i := range checks {
		if rule, want, found = checks[i].broken(v); rule != "" {
			return rule, want, found
		}
	}
	return "", "", ""
}

// Number is a type with an order.
type Number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~float32 | ~float64
}

// bounds says what each rule about a number wants, and what is found if it is
// broken.
var bounds = map[Rule]struct{ want, found string }{
	RuleMin:          {"at least", "less"},
	RuleMax:          {"at most", "more"},
	RuleExclusiveMin: {"more than", "no more"},
	RuleExclusiveMax: {"less than", "no less"},
	RuleMultipleOf:   {"a multiple of", "another number"},
}

// compared is a Check that holds is true for; bound is spelled in the text.
func compared[T any](rule Rule, bound any, holds func(T) bool) Check[T] {
	return Check[T]{func(v T) (Rule, string, string) {
		if holds(v) {
			return "", "", ""
		}
		return rule, bounds[rule].want + " " + fmt.Sprint(bound), bounds[rule].found
	}}
}

// Min is the constraint min of a number. NaN never meets it.
func Min[T Number](n T) Check[T] {
	return compared(RuleMin, n, func(v T) bool { return v >= n })
}

// Max is the constraint max of a number.
func Max[T Number](n T) Check[T] {
	return compared(RuleMax, n, func(v T) bool { return v <= n })
}

// Above is the constraint exclusive_min.
func Above[T Number](n T) Check[T] {
	return compared(RuleExclusiveMin, n, func(v T) bool { return v > n })
}

// Below is the constraint exclusive_max.
func Below[T Number](n T) Check[T] {
	return compared(RuleExclusiveMax, n, func(v T) bool { return v < n })
}

// MultipleOf is the constraint multiple_of. For floating-point numbers it
// allows for the rounding of the quotient.
func MultipleOf[T Number](n T) Check[T] {
	return compared(RuleMultipleOf, n, func(v T) bool {
		if T(1)/2 == 0 { // integers
			return v-v/n*n == 0
		}
		q := float64(v) / float64(n)
		return math.Abs(q-math.Round(q)) <= 1e-9*max(1, math.Abs(q))
	})
}

// NoMax is the upper bound of [Chars], [Items], [Keys] and [Octets] where there
// is none.
const NoMax = -1

// length says what is wrong with a length, "" if nothing is.
func length(n, least, most int, unit string) (rule Rule, want, found string) {
	rule, bound, found := RuleMin, least, "fewer"
	switch {
	case n < least:
		want = "at least "
	case most != NoMax && n > most:
		rule, want, bound, found = RuleMax, "at most ", most, "more"
	default:
		return "", "", ""
	}
	if least == most {
		rule, want = RuleLen, ""
	}
	if want += strconv.Itoa(bound) + " " + unit; bound != 1 {
		want += "s"
	}
	return rule, want, found
}

// Chars are the constraints min, max and len of a string, in code points.
func Chars(least, most int) Check[string] {
	return Check[string]{func(v string) (Rule, string, string) {
		return length(utf8.RuneCountInString(v), least, most, "character")
	}}
}

// Octets are the constraints min, max and len of bytes.
func Octets(least, most int) Check[[]byte] {
	return Check[[]byte]{func(v []byte) (Rule, string, string) { return length(len(v), least, most, "byte") }}
}

// Items are the constraints min, max and len of a list.
func Items[T any](least, most int) Check[[]T] {
	return Check[[]T]{func(v []T) (Rule, string, string) { return length(len(v), least, most, "item") }}
}

// Keys are the constraints min, max and len of a map.
func Keys[K ~string, T any](least, most int) Check[map[K]T] {
	return Check[map[K]T]{func(v map[K]T) (Rule, string, string) { return length(len(v), least, most, "key") }}
}

// Pattern is the constraint pattern: expr, in the syntax of package regexp,
// matches somewhere in the string.
func Pattern(expr string) Check[string] {
	compile := sync.OnceValue(func() *regexp.Regexp {
		re, _ := regexp.Compile(expr) // wampgen has compiled it
		return re
	})
	return Check[string]{func(v string) (Rule, string, string) {
		if re := compile(); re != nil && re.MatchString(v) {
			return "", "", ""
		}
		return RulePattern, "a match of " + expr, "another string"
	}}
}

// Unique is the constraint unique: no two items of a list are equal.
func Unique[T comparable]() Check[[]T] {
	return Check[[]T]{func(v []T) (Rule, string, string) {
		seen := make(map[T]struct{}, len(v))
		for _, x := range v {
			if _, twice := seen[x]; twice {
				return RuleUnique, "different items", "a duplicate"
			}
			seen[x] = struct{}{}
		}
		return "", "", ""
	}}
}

// OneOf is the constraint of a closed enum of strings; want lists its values.
func OneOf(want string, valid func(string) bool) Check[string] {
	return Check[string]{func(v string) (Rule, string, string) {
		if valid(v) {
			return "", "", ""
		}
		return RuleEnum, want, "another string"
	}}
}
