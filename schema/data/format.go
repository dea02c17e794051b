package data

import "strings"

// Format returns the value as JSON that people like to read: on one line if it is
// not wider than width, and otherwise with a line for each item and entry that
// needs one.
func (v *Value) Format(width int) string {
	var b strings.Builder
	v.format(&b, "", width, 0)
	return b.String()
}

// format writes the value behind used columns of its line; indent is that of the
// lines that follow.
func (v *Value) format(b *strings.Builder, indent string, width, used int) {
	line := v.line()
	if len(line)+used <= width || len(v.List)+len(v.Map) == 0 {
		b.WriteString(line)
		return
	}
	open, end := "[", "]"
	if v.Kind == Map {
		open, end = "{", "}"
	}
	inner := indent + "  "
	b.WriteString(open)
	for i := range len(v.List) + len(v.Map) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n" + inner)
		var item *Value
		before := ""
		if v.Kind == List {
			item = v.List[i]
		} else {
			item, before = v.Map[i].Value, string(appendText(nil, v.Map[i].Key))+": "
		}
		b.WriteString(before)
		item.format(b, inner, width, len(inner)+len(before)+1)
	}
	b.WriteString("\n" + indent + end)
}

// line is the value on one line, with spaces behind commas and colons.
func (v *Value) line() string {
	var parts []string
	switch {
	case v.Kind == List:
		for _, item := range v.List {
			parts = append(parts, item.line())
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case v.Kind == Map:
		for _, e := range v.Map {
			parts = append(parts, string(appendText(nil, e.Key))+": "+e.Value.line())
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return string(v.AppendJSON(nil))
}
