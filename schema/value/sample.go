package value

import (
	"strconv"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
)

// Sample returns a value of a type that meets its constraints, the same every
// time: an example of the schema if there is one, and otherwise one that is made
// up. n chooses among several, so that lists do not hold the same item twice. ok
// is false if no value is found, as for some patterns; an example of the type
// then helps.
func Sample(r *schema.Ref, n int) (v any, ok bool) {
	s := sampler{open: map[*schema.Type]bool{}}
	out := s.ref(r, "text", n)
	if out == nil {
		return nil, false
	}
	return out.Any(), true
}

// Sample returns a payload that fits, see [Sample] of a type. It has what may be
// absent, but for what would have no end.
func (m Message) Sample(n int) (p Payload, ok bool) {
	s := sampler{open: map[*schema.Type]bool{}}
	for _, f := range m.payload.Args {
		if f.Variadic {
			continue
		}
		v := s.ref(f.Type, f.Name, n)
		if v == nil && (f.Optional || f.Default != nil) {
			break
		}
		if v == nil {
			return Payload{}, false
		}
		p.Args = append(p.Args, v.Any())
	}
	for _, f := range m.payload.Kwargs {
		v := s.ref(f.Type, f.Name, n)
		switch {
		case f.CatchAll || v == nil && (f.Optional || f.Default != nil):
			continue
		case v == nil:
			return Payload{}, false
		case p.Kwargs == nil:
			p.Kwargs = map[string]any{}
		}
		p.Kwargs[f.Name] = v.Any()
	}
	return p, len(m.Check(p)) == 0
}

// sampler makes values up. open are the types that the value in the making is
// in.
type sampler struct{ open map[*schema.Type]bool }

// ref returns value n of a type, nil if none is found. name is what it belongs
// to.
func (s *sampler) ref(r *schema.Ref, name string, n int) *data.Value {
	if v := s.fromExamples(r, n); v != nil {
		return v
	}
	base := r.Underlying()
	if r.Named != nil && r.Named.Kind != schema.Enum {
		if s.open[r.Named] {
			return null(r)
		}
		s.open[r.Named] = true
		defer delete(s.open, r.Named)
	}
	var tries []*data.Value
	switch {
	case base.List != nil:
		tries = s.list(r, base, name, n)
	case base.Map != nil:
		tries = s.dict(r, base, n)
	case base.Named != nil:
		tries = []*data.Value{s.named(base.Named, n)}
	default:
		tries = scalars(r, base, name, n)
	}
	for _, v := range tries {
		if v == nil {
			continue
		}
		w := walker{written: true} // texts of durations become numbers
		if out := w.ref(r, v, nil); out != nil && len(w.problems) == 0 {
			return out
		}
	}
	return null(r)
}

// null is null where that is a value, and otherwise nil.
func null(r *schema.Ref) *data.Value {
	if r.Nullable {
		return &data.Value{Kind: data.Null}
	}
	return nil
}

// fromExamples returns example n of the type, or of the one that it is a name
// for.
func (s *sampler) fromExamples(r *schema.Ref, n int) *data.Value {
	for t := r.Named; t != nil; {
		var fit []*data.Value
		for _, e := range t.Examples {
			w := walker{written: true}
			if v := w.ref(r, e.Value, nil); v != nil && len(w.problems) == 0 {
				fit = append(fit, v)
			}
		}
		if len(fit) > 0 {
			return fit[n%len(fit)]
		}
		if t.Base == nil {
			return nil
		}
		t = t.Base.Named
	}
	return nil
}

// counts returns the least and the most length that a type allows.
func counts(r *schema.Ref) (least, most int) {
	most = 1 << 20
	for ; r != nil; r = baseRef(r) {
		for _, c := range r.Constraints {
			switch {
			case c.Value != nil:
			case c.Key == schema.Len:
				least, most = max(least, c.Count), min(most, c.Count)
			case c.Key == schema.Min:
				least = max(least, c.Count)
			case c.Key == schema.Max:
				most = min(most, c.Count)
			}
		}
	}
	return least, most
}

// baseRef is what a newtype is of; nil for other types.
func baseRef(r *schema.Ref) *schema.Ref {
	if r.Named != nil && r.Named.Kind == schema.Newtype {
		return r.Named.Base
	}
	return nil
}

// list tries a list of the least length, but with an item if there may be one.
func (s *sampler) list(r, base *schema.Ref, name string, n int) []*data.Value {
	least, most := counts(r)
	v := &data.Value{Kind: data.List}
	for i := range min(max(least, 1), most) {
		item := s.ref(base.List, name, n+i)
		if item == nil {
			break
		}
		v.List = append(v.List, item)
	}
	return []*data.Value{v}
}

// dict tries a map of the least size, but with an entry if there may be one.
func (s *sampler) dict(r, base *schema.Ref, n int) []*data.Value {
	least, most := counts(r)
	v := &data.Value{Kind: data.Map}
	for i := range min(max(least, 1), most) {
		key := &data.Value{Kind: data.Text, Text: numbered("key", n+i)}
		if base.Keys != nil {
			key = s.ref(base.Keys, "key", n+i)
		}
		item := s.ref(base.Map, "value", n+i)
		if key == nil || item == nil {
			break
		}
		v.Map = append(v.Map, data.Entry{Key: key.Text, Value: item})
	}
	return []*data.Value{v}
}

// numbered is a word, with a number from the second on.
func numbered(word string, n int) string {
	if n == 0 {
		return word
	}
	return word + strconv.Itoa(n+1)
}

// named returns a value of a type that is no newtype.
func (s *sampler) named(t *schema.Type, n int) *data.Value {
	switch t.Kind {
	case schema.Enum:
		return data.Of(t.Values[n%len(t.Values)].OnWire(t))
	case schema.Union:
		return s.union(t, n)
	case schema.Tuple:
		v := &data.Value{Kind: data.List}
		for _, f := range t.Fields {
			x := s.ref(f.Type, f.Name, n)
			if x == nil {
				break // the optional ones are the last
			}
			v.List = append(v.List, x)
		}
		return v
	}
	return s.fields(t, n)
}

// fields returns a map of the fields of a struct.
func (s *sampler) fields(t *schema.Type, n int) *data.Value {
	v := &data.Value{Kind: data.Map}
	for _, f := range t.Fields {
		if x := s.ref(f.Type, f.Name, n); x != nil {
			v.Map = append(v.Map, data.Entry{Key: f.Name, Value: x})
		}
	}
	return v
}

// union returns the first variant from n on of which there is a value.
func (s *sampler) union(t *schema.Type, n int) *data.Value {
	for i := range t.Variants {
		x := t.Variants[(n+i)%len(t.Variants)]
		v := s.ref(x.Type, x.Name, n)
		if v == nil {
			continue
		}
		tag := data.Entry{Key: t.Tag, Value: &data.Value{Kind: data.Text, Text: x.Name}}
		switch {
		case t.Tag == "":
			return v
		case t.Content != "":
			return &data.Value{Kind: data.Map, Map: []data.Entry{tag, {Key: t.Content, Value: v}}}
		}
		return &data.Value{Kind: data.Map, Map: append([]data.Entry{tag}, v.Map...)}
	}
	return nil
}
