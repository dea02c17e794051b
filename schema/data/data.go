package data

import (
	"strings"

	"github.com/wampgen/wampgen/schema/diag"
)

// Kind is the kind of a [Value].
type Kind int

// The kinds of values.
const (
	Null Kind = iota
	Bool
	// Number is a number; Text has its digits.
	Number
	// Text is a string.
	Text
	// Plain is a scalar without quotes, as in YAML or on a command line. It is a
	// string where a string is wanted, and otherwise what it looks like.
	Plain
	// Bytes is binary data.
	Bytes
	// Time is an instant; Text has it as RFC 3339 does.
	Time
	List
	Map
)

// String returns the word that messages have for the kind.
func (k Kind) String() string {
	return [...]string{"null", "bool", "number", "string", "string", "bytes", "time", "list", "map"}[k]
}

// Value is one value. It is immutable once it is made and safe for concurrent
// use.
type Value struct {
	Kind Kind
	// Text is a string, the digits of a number, true or false, an instant, or
	// bytes as they are; "" of the other kinds.
	Text string
	// List are the items of a list, Map the entries of a map in their order.
	List []*Value
	Map  []Entry
	// Place is where the value stands in its document; zero if it has none.
	Place diag.Span
}

// Entry is a key of a map and its value.
type Entry struct {
	Key string
	// Place is where the key stands.
	Place diag.Span
	Value *Value
}

// Get returns the value of a key, nil if v has none of that name or is no map.
func (v *Value) Get(key string) *Value {
	if v == nil {
		return nil
	}
	for i := range v.Map {
		if v.Map[i].Key == key {
			return v.Map[i].Value
		}
	}
	return nil
}

// Resolved returns v, a [Plain] scalar as what it looks like: null, true, false,
// a number, or otherwise a string.
func (v *Value) Resolved() *Value {
	if v.Kind != Plain {
		return v
	}
	kind := Text
	switch {
	case v.Text == "null" || v.Text == "~" || v.Text == "":
		return &Value{Kind: Null, Place: v.Place}
	case v.Text == "true" || v.Text == "false":
		kind = Bool
	case isNumber(v.Text):
		kind = Number
	}
	return &Value{Kind: kind, Text: v.Text, Place: v.Place}
}

// Describe returns the word for what v is, such as "int" or "list".
func (v *Value) Describe() string {
	r := v.Resolved()
	switch {
	case r.Kind == Number && strings.ContainsAny(r.Text, ".eEN"):
		return "float"
	case r.Kind == Number:
		return "int"
	}
	return r.Kind.String()
}

// isNumber reports whether a text is a number in JSON.
func isNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole := digits(s)
	if whole == 0 || whole > 1 && s[0] == '0' {
		return false
	}
	s = s[whole:]
	if rest, point := strings.CutPrefix(s, "."); point {
		if digits(rest) == 0 {
			return false
		}
		s = rest[digits(rest):]
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		s = strings.TrimLeft(s[1:min(2, len(s))], "+-") + s[min(2, len(s)):]
		return digits(s) > 0 && digits(s) == len(s)
	}
	return s == ""
}

// digits is how many ASCII digits s begins with.
func digits(s string) int { return len(s) - len(strings.TrimLeft(s, "0123456789")) }
