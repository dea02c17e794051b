package typescript

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
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

// literal is a value on the wire.
func literal(v any) string {
	switch v := v.(type) {
	case string:
		return quote(v)
	case int64:
		return whole(v)
	case []any:
		list := make([]string, len(v))
		for i, x := range v {
			list[i] = literal(x)
		}
		return "[" + strings.Join(list, ", ") + "]"
	case map[string]any:
		var list []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			list = append(list, key(k)+": "+literal(v[k]))
		}
		return "{ " + strings.Join(list, ", ") + " }"
	}
	return fmt.Sprint(v)
}

// escapeTemplate is a text as a part of a template literal.
func escapeTemplate(text string) string {
	text = quote(text)
	return strings.NewReplacer(`\"`, `"`, "`", "\\`", "$", `\$`).Replace(text[1 : len(text)-1])
}
