package roundtrip

import (
	"encoding/json"
	"maps"
	"slices"
)

// kinds are values of every kind that JSON has, and those of some forms.
var kinds = []any{
	nil, true, json.Number("7"), json.Number("-1"), json.Number("1.5"), json.Number("1e30"), "", "text", "\x00AQI=", []any{}, map[string]any{},
}

// mutation goes over the places of a document. Elements of one list are one
// place, so that a document with many takes no longer.
type mutation struct {
	seen map[string]bool
	try  func(what string)
}

// mutate changes doc in one place at a time, calls try and changes it back. It
// leaves the places out that are seen and adds those that it visits. A place
// begins with root.
func mutate(doc *any, root string, seen map[string]bool, try func(what string)) {
	m := mutation{seen, try}
	m.value(*doc, root, func(x any) { *doc = x })
	m.inside(*doc, root)
}

// inside changes what a list or map holds.
func (m mutation) inside(v any, place string) {
	switch v := v.(type) {
	case map[string]any:
		m.inMap(v, place)
	case []any:
		for i := range v {
			at := place + "[]"
			if i < 4 { // those of a tuple or of arguments differ
				at += string(rune('0' + i))
			}
			m.value(v[i], at, func(x any) { v[i] = x })
			m.inside(v[i], at)
		}
	}
}

// inMap changes the values of a map, takes each key away and adds one.
func (m mutation) inMap(v map[string]any, place string) {
	for _, key := range slices.Sorted(maps.Keys(v)) {
		at, was := place+"."+key, v[key]
		if !m.seen["without "+at] {
			m.seen["without "+at] = true
			delete(v, key)
			m.try("without " + at)
			v[key] = was
		}
		m.value(was, at, func(x any) { v[key] = x })
		m.inside(was, at)
	}
	if at := place + " and another key"; !m.seen[at] {
		m.seen[at] = true
		v["another"] = json.Number("1")
		m.try(at)
		delete(v, "another")
	}
}

// value puts others in the place of one, a shorter and a longer list too.
func (m mutation) value(was any, at string, set func(any)) {
	if m.seen[at] {
		return
	}
	m.seen[at] = true
	others := kinds
	if list, ok := was.([]any); ok {
		others = append(slices.Clip(others), append(slices.Clip(list), json.Number("1")))
		if n := len(list); n > 0 {
			others = append(others, list[:n-1], append(slices.Clip(list), list[n-1]))
		}
	}
	for _, x := range others {
		set(x)
		m.try(at)
	}
	set(was)
}
