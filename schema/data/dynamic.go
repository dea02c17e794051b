package data

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Of returns the tree of a dynamic value, such as a client gets: nil, bool, a
// number, string, []byte, [time.Time], [json.Number], []any and map[string]any.
// Keys are sorted. Anything else becomes its text in fmt.
func Of(v any) *Value {
	switch v := v.(type) {
	case nil:
		return &Value{Kind: Null}
	case *Value:
		return v
	case bool:
		return &Value{Kind: Bool, Text: strconv.FormatBool(v)}
	case string:
		return &Value{Kind: Text, Text: v}
	case []byte:
		return &Value{Kind: Bytes, Text: string(v)}
	case time.Time:
		return &Value{Kind: Time, Text: v.Format(time.RFC3339Nano)}
	case float64:
		return &Value{Kind: Number, Text: FloatText(v, 64)}
	case float32:
		return &Value{Kind: Number, Text: FloatText(float64(v), 32)}
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, json.Number:
		return &Value{Kind: Number, Text: fmt.Sprint(v)}
	case []any:
		list := &Value{Kind: List, List: make([]*Value, len(v))}
		for i, item := range v {
			list.List[i] = Of(item)
		}
		return list
	case map[string]any:
		m := &Value{Kind: Map, Map: make([]Entry, 0, len(v))}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			m.Map = append(m.Map, Entry{Key: key, Value: Of(v[key])})
		}
		return m
	}
	return &Value{Kind: Text, Text: fmt.Sprint(v)}
}

// FloatText returns the shortest digits that read back as a float of so many
// bits, with a point or an exponent: 1.0. NaN and infinities have words.
func FloatText(v float64, bits int) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 0):
		return strings.TrimPrefix(fmt.Sprintf("%vinity", v), "+")
	}
	form, size := byte('f'), math.Abs(v)
	if size != 0 && (size < 1e-6 || size >= 1e21) {
		form = 'e'
	}
	text := strconv.FormatFloat(v, form, -1, bits)
	if form == 'f' && !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// Any returns v as the dynamic value that a client sends: an integer as int64,
// or uint64 if it does not fit, other numbers as float64, bytes as []byte, and
// [json.Number] where 64 bits do not hold an integer.
func (v *Value) Any() any {
	v = v.Resolved()
	switch v.Kind {
	case Null:
		return nil
	case Bool:
		return v.Text == "true"
	case Number:
		return number(v.Text)
	case Bytes:
		return []byte(v.Text)
	case Time:
		if at, err := time.Parse(time.RFC3339Nano, v.Text); err == nil {
			return at
		}
	case List:
		list := make([]any, len(v.List))
		for i, item := range v.List {
			list[i] = item.Any()
		}
		return list
	case Map:
		m := make(map[string]any, len(v.Map))
		for _, e := range v.Map {
			m[e.Key] = e.Value.Any()
		}
		return m
	}
	return v.Text
}

// number is the number of some digits.
func number(text string) any {
	if strings.ContainsAny(text, ".eENI") {
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return f
		}
		return json.Number(text)
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		return n
	}
	return json.Number(text)
}
