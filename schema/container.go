package schema

import (
	"strings"
	"time"

	"github.com/wampgen/wampgen/schema/diag"
)

// Value is a literal of the schema, checked against its type. The field for
// that type is set.
type Value struct {
	// Literal is the text in the schema.
	Literal string  `json:"literal"`
	Place   Place   `json:"place,omitzero"`
	Bool    bool    `json:"-"`
	Int     int64   `json:"-"`
	Uint    uint64  `json:"-"`
	Float   float64 `json:"-"`
	// Text is the value of string-like scalars and of decimal, uuid, date, time,
	// uri.
	Text string `json:"-"`
	// Duration is the value of a duration.
	Duration time.Duration `json:"-"`
	// List are the elements of a list, Map the entries of a map in the order of the
	// schema: none of them is a list or map itself.
	List []*Value   `json:"-"`
	Map  []MapEntry `json:"-"`
	// Enum is the value of an enum field.
	Enum *EnumValue `json:"-"`
}

// containerDefault reads the default of a list or map, whose elements are
// scalars or values of enums. A nil list or map stands for the default in Go, and
// an empty one for itself, so nothing is hidden.
func (r *reader) containerDefault(f *Field, n *node) {
	base := f.Type.Underlying()
	want, elem := listNode, base.List
	if base.Map != nil {
		want, elem = mappingNode, base.Map
	}
	switch {
	case elem == nil:
		r.report(n.token(), RuleDefaultType, "a default of %s must be a string, not %s", f.Type.spell(), n.describe())
		return
	case n.kind != want:
		r.report(n.token(), RuleDefaultType, "a default of %s must be a %s, not %s", f.Type.spell(), want, n.describe())
		return
	case f.Optional || f.Type.Nullable:
		d := r.report(n.token(), RuleDefaultType, "a list or map with a default can be neither optional nor null")
		d.Hint = "leave that out: what is absent is the default, and an empty one is sent as it is"
		return
	case elem.Nullable || elem.List != nil || elem.Map != nil:
		r.report(n.token(), RuleDefaultType, "%s has no default: its elements are more than scalars", f.Type.spell())
		return
	}
	v := &Value{Place: n.place(), List: []*Value{}}
	if base.Map != nil {
		v.List, v.Map = nil, []MapEntry{}
	}
	var texts []string
	for _, item := range n.items {
		if x := r.elementDefault(elem, item); x != nil {
			v.List, texts = append(v.List, x), append(texts, x.Literal)
		}
	}
	for _, p := range n.pairs {
		if x := r.elementDefault(elem, p.value); x != nil {
			v.Map, texts = append(v.Map, MapEntry{p.key.text, x}), append(texts, p.key.text+": "+x.Literal)
		}
	}
	v.Literal = "[" + strings.Join(texts, ", ") + "]"
	if base.Map != nil {
		v.Literal = "{" + strings.Join(texts, ", ") + "}"
	}
	if len(texts) < len(n.items)+len(n.pairs) {
		return // reported
	}
	if c := unmet(f.Type, v); c != nil {
		r.report(n.token(), RuleDefaultType, "the default does not meet %s", clean(c.String()))
		return
	}
	r.defaultKeys(base, v, n.token())
	f.Default = v
}

// elementDefault reads one element of such a default, nil if it is refused.
func (r *reader) elementDefault(elem *Ref, n *node) *Value {
	if n.kind != scalarNode || n.null() {
		r.report(n.token(), RuleDefaultType, "an element of a default must be a string, not %s", n.describe())
		return nil
	}
	v, problem := literal(elem, n.text)
	at := n.token()
	switch {
	case problem != "":
		r.report(at, RuleDefaultType, "%s %s", quote(n.text), problem)
		return nil
	case v == nil:
		return nil
	case unmet(elem, v) != nil:
		r.report(at, RuleDefaultType, "the default %s does not meet %s", quote(n.text), clean(unmet(elem, v).String()))
		return nil
	}
	v.Literal, v.Place = n.text, Place{Span: at}
	return v
}

// defaultKeys holds the keys of a default against their type.
func (r *reader) defaultKeys(base *Ref, v *Value, at diag.Span) {
	if base.Keys == nil {
		return
	}
	for _, e := range v.Map {
		key, problem := literal(base.Keys, e.Key)
		switch {
		case problem != "":
			r.report(at, RuleDefaultType, "the key %s %s", quote(e.Key), problem)
		case key != nil && unmet(base.Keys, key) != nil:
			r.report(at, RuleDefaultType, "the key %s does not meet %s", quote(e.Key), clean(unmet(base.Keys, key).String()))
		}
	}
}
