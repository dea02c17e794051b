package value

import (
	"regexp"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
	"github.com/wampgen/wampgen/schema/diag"
)

// walker holds a value against its type and puts it into the form that it has on
// the wire. It never changes the value that it is given.
type walker struct {
	// written reports whether a person wrote the value: then scalars may have the
	// forms that people write, what is unknown is a mistake, and what is absent
	// gets its default. Otherwise a peer sent it.
	written  bool
	problems Problems
	// patterns are those that were compiled.
	patterns map[string]*regexp.Regexp
}

// fail notes a problem and returns nil.
func (w *walker) fail(at *path, v *data.Value, rule, want, found string) *data.Value {
	if len(w.problems) < most {
		p := Problem{Path: at.String(), Rule: rule, Want: want, Found: found}
		if v != nil {
			p.Place = v.Place
		}
		w.problems = append(w.problems, p)
	}
	return nil
}

// wrong notes that a value is of another kind.
func (w *walker) wrong(at *path, v *data.Value, want string) *data.Value {
	return w.fail(at, v, ruleType, want, v.Describe())
}

// baseOf looks through newtypes. A type that has an error, so that it is not
// known, is any.
func baseOf(r *schema.Ref) *schema.Ref {
	if r != nil {
		r = r.Underlying()
	}
	if r == nil || r.List == nil && r.Map == nil && r.Scalar == "" && (r.Named == nil || r.Named.Kind == 0 || r.Named.Kind == schema.Newtype) {
		return &schema.Ref{Scalar: schema.Any, Nullable: true}
	}
	return r
}

// isNull reports whether a value is null.
func isNull(v *data.Value) bool { return v.Resolved().Kind == data.Null }

// ref is a value of a type as it is on the wire, nil once something is wrong.
func (w *walker) ref(r *schema.Ref, v *data.Value, at *path) *data.Value {
	base := baseOf(r)
	if isNull(v) && (r != nil && r.Nullable || base.Scalar == schema.Any) {
		return &data.Value{Kind: data.Null, Place: v.Place}
	}
	var out *data.Value
	switch {
	case base.List != nil:
		out = w.list(base, v, at)
	case base.Map != nil:
		out = w.dict(base, v, at)
	case base.Named != nil:
		out = w.named(base.Named, v, at)
	case base.Scalar == schema.Any:
		out = w.any(v, at)
	default:
		out = w.scalar(base, v, at)
	}
	if out == nil {
		return nil
	}
	out.Place = v.Place
	if !w.constraints(r, out, at) {
		return nil
	}
	return out
}

func (w *walker) list(base *schema.Ref, v *data.Value, at *path) *data.Value {
	if v = w.embedded(v); v.Kind != data.List {
		return w.wrong(at, v, "list")
	}
	out := &data.Value{Kind: data.List, List: make([]*data.Value, 0, len(v.List))}
	for i, item := range v.List {
		if x := w.ref(base.List, item, at.at(i)); x != nil {
			out.List = append(out.List, x)
		}
	}
	return whole(out, len(out.List) == len(v.List))
}

func (w *walker) dict(base *schema.Ref, v *data.Value, at *path) *data.Value {
	if v = w.embedded(v); v.Kind != data.Map {
		return w.wrong(at, v, "map")
	}
	out := &data.Value{Kind: data.Map, Map: make([]data.Entry, 0, len(v.Map))}
	for _, e := range v.Map {
		key := e.Key
		if base.Keys != nil {
			k := w.ref(base.Keys, &data.Value{Kind: data.Text, Text: key, Place: e.Place}, at.entry(key))
			if k == nil {
				continue
			}
			key = k.Text
		}
		if x := w.ref(base.Map, e.Value, at.entry(e.Key)); x != nil {
			out.Map = append(out.Map, data.Entry{Key: key, Place: e.Place, Value: x})
		}
	}
	return whole(out, len(out.Map) == len(v.Map))
}

// whole is a list or map of which every part is right, and otherwise nil.
func whole(v *data.Value, ok bool) *data.Value {
	if ok {
		return v
	}
	return nil
}

// embedded is a list or map; on a command line it is a text of JSON.
func (w *walker) embedded(v *data.Value) *data.Value {
	text := strings.TrimSpace(v.Text)
	if !w.written || v.Kind != data.Plain || text == "" || text[0] != '[' && text[0] != '{' {
		return v
	}
	if inner, err := data.Parse([]byte(text)); err == nil {
		return inner
	}
	return v
}

// any is a value of any type.
func (w *walker) any(v *data.Value, at *path) *data.Value {
	v = w.embedded(v).Resolved()
	switch v.Kind {
	case data.Number:
		if _, ok := v.Any().(interface{ Float64() (float64, error) }); ok {
			return w.fail(at, v, ruleRange, "a number that 64 bits hold", "one with more digits")
		}
	case data.Text:
		if b, ok := binaryText(v.Text); ok {
			return &data.Value{Kind: data.Bytes, Text: b, Place: v.Place}
		}
	case data.List:
		out := &data.Value{Kind: data.List, List: make([]*data.Value, 0, len(v.List))}
		for i, item := range v.List {
			if x := w.any(item, at.at(i)); x != nil {
				out.List = append(out.List, x)
			}
		}
		return whole(out, len(out.List) == len(v.List))
	case data.Map:
		out := &data.Value{Kind: data.Map, Map: make([]data.Entry, 0, len(v.Map))}
		for _, e := range v.Map {
			if x := w.any(e.Value, at.entry(e.Key)); x != nil {
				out.Map = append(out.Map, data.Entry{Key: e.Key, Place: e.Place, Value: x})
			}
		}
		return whole(out, len(out.Map) == len(v.Map))
	}
	return &data.Value{Kind: v.Kind, Text: v.Text}
}

// named is a value of a named type that is no newtype.
func (w *walker) named(t *schema.Type, v *data.Value, at *path) *data.Value {
	switch t.Kind {
	case schema.Enum:
		return w.enum(t, v, at)
	case schema.Tuple:
		return w.tuple(t, v, at)
	case schema.Union:
		return w.union(t, v, at)
	}
	if v = w.embedded(v); v.Kind != data.Map {
		return w.wrong(at, v, "map")
	}
	out := &data.Value{Kind: data.Map}
	return whole(out, w.fields(t, v, nil, out, at))
}

// fields adds the fields of a struct to out; label is the key of a tag that
// stands beside them, nil if there is none. It reports whether all are right.
func (w *walker) fields(t *schema.Type, v *data.Value, label *string, out *data.Value, at *path) bool {
	before, known := len(w.problems), map[string]bool{}
	for _, f := range t.Fields {
		known[f.Name] = true
		if x := w.field(f, v.Get(f.Name), v, at.field(f.Name)); x != nil {
			out.Map = append(out.Map, data.Entry{Key: f.Name, Value: x})
		}
	}
	for _, e := range v.Map {
		switch {
		case known[e.Key] || label != nil && e.Key == *label:
		case t.Unknown == schema.Reject || w.written && t.Unknown != schema.Keep:
			w.unknown(e, "key", names(t.Fields), at)
		default:
			if x := w.any(e.Value, at.field(e.Key)); x != nil {
				out.Map = append(out.Map, data.Entry{Key: e.Key, Place: e.Place, Value: x})
			}
		}
	}
	return len(w.problems) == before
}

// names are the keys of fields.
func names(fields []*schema.Field) []string {
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = f.Name
	}
	return all
}

// unknown notes that a key is none of those that there are.
func (w *walker) unknown(e data.Entry, what string, known []string, at *path) {
	found := "unknown " + what
	if with := diag.Closest(e.Key, known); with != "" {
		found += "; did you mean " + diag.Quote(with) + "?"
	}
	w.fail(at.field(e.Key), &data.Value{Place: e.Place}, ruleUnknown, "", found)
}

// field is the value of a field, nil if it is absent or something is wrong. v is
// nil if it is absent, and in is what it is absent from.
func (w *walker) field(f *schema.Field, v, in *data.Value, at *path) *data.Value {
	nullable := f.Type == nil || f.Type.Nullable || baseOf(f.Type).Scalar == schema.Any && !f.Optional
	absent := v == nil || isNull(v) && !nullable && (f.Optional || f.Default != nil) || !w.written && isNoID(f, v)
	switch {
	case !absent:
		return w.ref(f.Type, v, at)
	case f.Default != nil && w.written:
		return data.Of(f.Default.OnWire(f.Type))
	case f.Optional || f.Default != nil:
		return nil
	}
	return w.fail(at, in, ruleRequired, word(f.Type), missing)
}

// isNoID reports whether v is 0 where an id may be absent: routers say so that
// there is none.
func isNoID(f *schema.Field, v *data.Value) bool {
	v = v.Resolved()
	return f.Optional && f.Type != nil && f.Type.Scalar == schema.ID && !f.Type.Nullable && v.Kind == data.Number && wholeNumber(v.Text) == "0"
}

func (w *walker) enum(t *schema.Type, v *data.Value, at *path) *data.Value {
	v = v.Resolved()
	if t.IntEnum && v.Kind == data.Number {
		n := w.integer(schema.Int64, v, at)
		if n == nil {
			return nil
		}
		v = &data.Value{Kind: n.Kind, Text: n.Text, Place: v.Place}
	}
	for i := range t.Values {
		x := &t.Values[i]
		wire := data.Of(x.OnWire(t))
		if wire.Kind == v.Kind && wire.Text == v.Text || w.written && x.Name == v.Text {
			return wire
		}
	}
	kind, what := data.Text, "string"
	if t.IntEnum {
		kind, what = data.Number, "int"
	}
	switch {
	case v.Kind != kind:
		return w.wrong(at, v, what)
	case t.Open:
		return &data.Value{Kind: kind, Text: v.Text}
	}
	return w.fail(at, v, ruleEnum, oneOf(t), "another "+what)
}

// oneOf lists the values of an enum as they are on the wire.
func oneOf(t *schema.Type) string {
	const most = 12
	var all []string
	for i := range t.Values {
		if i == most {
			all = append(all, "…")
			break
		}
		all = append(all, data.Of(t.Values[i].OnWire(t)).Text)
	}
	return "one of " + strings.Join(all, ", ")
}

func (w *walker) tuple(t *schema.Type, v *data.Value, at *path) *data.Value {
	if v = w.embedded(v); v.Kind != data.List {
		return w.wrong(at, v, "list")
	}
	out := &data.Value{Kind: data.List}
	before := len(w.problems)
	var last int
	for i, f := range t.Fields {
		var item *data.Value
		if i < len(v.List) {
			item = v.List[i]
		}
		x := w.field(f, item, v, at.at(i))
		if x == nil {
			x = &data.Value{Kind: data.Null} // absent before others
		} else {
			last = i + 1
		}
		out.List = append(out.List, x)
	}
	out.List = out.List[:last]
	if w.written && len(v.List) > len(t.Fields) {
		w.fail(at.at(len(t.Fields)), v.List[len(t.Fields)], ruleSurplus, "at most "+count(len(t.Fields), "element"), "more")
	} else if len(v.List) > len(t.Fields) {
		for i, item := range v.List[len(t.Fields):] {
			out.List = append(out.List, w.any(item, at.at(len(t.Fields)+i)))
		}
	}
	return whole(out, len(w.problems) == before)
}

// word is what messages call a type.
func word(r *schema.Ref) string {
	base := baseOf(r)
	switch {
	case base.List != nil:
		return "list"
	case base.Map != nil:
		return "map"
	case base.Named == nil && base.Scalar == schema.Any:
		return "a value"
	case base.Named == nil:
		return string(base.Scalar)
	}
	switch base.Named.Kind {
	case schema.Tuple:
		return "list"
	case schema.Union:
		return variants(base.Named)
	case schema.Enum:
		if base.Named.IntEnum {
			return "int"
		}
		return "string"
	}
	return "map"
}

// variant returns the variant that holds is true for, nil if there is none.
func variant(t *schema.Type, holds func(*schema.Variant) bool) *schema.Variant {
	if i := slices.IndexFunc(t.Variants, holds); i >= 0 {
		return t.Variants[i]
	}
	return nil
}
