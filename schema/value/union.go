package value

import (
	"strings"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
)

// variants says what a value of a union can be.
func variants(t *schema.Type) string {
	var all []string
	for _, v := range t.Variants {
		if t.Tag != "" {
			all = append(all, v.Name)
		} else {
			all = append(all, v.Type.Kind())
		}
	}
	if t.Tag == "" {
		return strings.Join(all, " or ")
	}
	return "one of " + strings.Join(all, ", ")
}

func (w *walker) union(t *schema.Type, v *data.Value, at *path) *data.Value {
	if t.Tag == "" {
		return w.byKind(t, v, at)
	}
	if v = w.embedded(v); v.Kind != data.Map {
		return w.wrong(at, v, "map")
	}
	tag := v.Get(t.Tag)
	switch {
	case tag == nil:
		return w.fail(at.field(t.Tag), v, ruleRequired, variants(t), missing)
	case tag.Kind != data.Text && tag.Kind != data.Plain:
		return w.wrong(at.field(t.Tag), tag, "string")
	}
	x := variant(t, func(x *schema.Variant) bool { return x.Name == tag.Text })
	switch {
	case x == nil && t.Open:
		return w.any(v, at)
	case x == nil:
		return w.fail(at.field(t.Tag), tag, ruleEnum, variants(t), "another string")
	}
	out := &data.Value{Kind: data.Map, Map: []data.Entry{{Key: t.Tag, Value: &data.Value{Kind: data.Text, Text: x.Name}}}}
	if of := baseOf(x.Type).Named; t.Content == "" && of != nil {
		return whole(out, w.fields(of, v, &t.Tag, out, at))
	}
	return w.content(t, x, v, out, at)
}

// content adds the value of a variant that has a key of its own to out.
func (w *walker) content(t *schema.Type, x *schema.Variant, v, out *data.Value, at *path) *data.Value {
	before := len(w.problems)
	inner := v.Get(t.Content)
	if inner == nil {
		return w.fail(at.field(t.Content), v, ruleRequired, "a value", missing)
	}
	if c := w.ref(x.Type, inner, at.field(t.Content)); c != nil {
		out.Map = append(out.Map, data.Entry{Key: t.Content, Value: c})
	}
	for _, e := range v.Map {
		switch {
		case e.Key == t.Tag || e.Key == t.Content:
		case w.written:
			w.unknown(e, "key", []string{t.Tag, t.Content}, at)
		default:
			out.Map = append(out.Map, data.Entry{Key: e.Key, Value: w.any(e.Value, at.field(e.Key))})
		}
	}
	return whole(out, len(w.problems) == before)
}

// byKind is a value whose kind says which variant it is.
func (w *walker) byKind(t *schema.Type, v *data.Value, at *path) *data.Value {
	kinds := []string{kindOf(v.Resolved())}
	if inner := w.embedded(v); inner != v && variantOf(t, kindOf(inner)) != nil {
		kinds, v = []string{kindOf(inner)}, inner
	} else if v.Kind == data.Plain {
		kinds = append(kinds, "string")
	}
	if b, ok := binaryText(v.Text); w.written && ok && v.Kind == data.Text {
		kinds = []string{"bytes"}
		v = &data.Value{Kind: data.Bytes, Text: b, Place: v.Place}
	}
	for _, kind := range kinds {
		if x := variantOf(t, kind); x != nil {
			return w.ref(x.Type, v, at)
		}
	}
	if t.Open && !isNull(v) {
		return w.any(v, at)
	}
	return w.wrong(at, v, variants(t))
}

// variantOf is the variant whose values are of a kind, nil if there is none.
func variantOf(t *schema.Type, kind string) *schema.Variant {
	return variant(t, func(x *schema.Variant) bool { return x.Type.Kind() == kind })
}

// kindOf is the kind of a value as variants have it.
func kindOf(v *data.Value) string {
	if v.Kind == data.Time {
		return "string"
	}
	return v.Kind.String()
}
