package value

import (
	"slices"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
)

// split finds the arguments and the keywords in what a person wrote.
func (w *walker) split(m Message, v *data.Value) (args []*data.Value, kwargs *data.Value) {
	none := &data.Value{Kind: data.Map}
	if v == nil {
		return nil, none
	}
	none.Place = v.Place
	p := m.payload
	v = w.embedded(v)
	switch one := single(p); {
	case v.Kind == data.Map && m.isPayload(v):
		return w.explicit(v)
	case one != nil && !(v.Kind == data.Map && (m.exact || !m.positional) && byName(one, v)) && !(v.Kind == data.List && !takesList(one)):
		return []*data.Value{v}, none
	case v.Kind == data.Map:
		return w.namedParams(m, v)
	case v.Kind == data.List:
		return v.List, none
	case isNull(v) && p.Empty():
		return nil, none
	}
	want := "an object with the parameters, or {args: [...], kwargs: {...}}"
	if p.Empty() {
		want = "nothing, since there are no parameters"
	}
	w.fail(nil, v, ruleType, want, v.Describe())
	return nil, none
}

// single is the parameter of a message that is one value; nil of the others.
func single(p *schema.Payload) *schema.Field {
	if len(p.Args) == 1 && len(p.Kwargs) == 0 && !p.Args[0].Variadic {
		return p.Args[0]
	}
	return nil
}

// byName reports whether an object has the one parameter by its name and nothing
// else.
func byName(f *schema.Field, v *data.Value) bool {
	return len(v.Map) == 1 && v.Map[0].Key == f.Name
}

// takesList reports whether a list can be the value of a parameter.
func takesList(f *schema.Field) bool {
	base := baseOf(f.Type)
	switch {
	case base.List != nil || base.Scalar == schema.Any:
		return true
	case base.Named == nil:
		return false
	}
	t := base.Named
	return t.Kind == schema.Tuple || t.Kind == schema.Union && t.Tag == "" &&
		(t.Open || variant(t, func(v *schema.Variant) bool { return v.Type.Kind() == "list" }) != nil)
}

// isPayload reports whether an object has the keys args and kwargs, and not
// because parameters have these names.
func (m Message) isPayload(v *data.Value) bool {
	for _, e := range v.Map {
		if e.Key != "args" && e.Key != "kwargs" {
			return false
		}
	}
	isParameter := func(f *schema.Field) bool { return f.Name == "args" || f.Name == "kwargs" }
	return len(v.Map) > 0 && !slices.ContainsFunc(m.payload.Args, isParameter) && !slices.ContainsFunc(m.payload.Kwargs, isParameter)
}

// explicit reads the keys args and kwargs.
func (w *walker) explicit(v *data.Value) (args []*data.Value, kwargs *data.Value) {
	kwargs = &data.Value{Kind: data.Map, Place: v.Place}
	if x := v.Get("args"); x != nil && !isNull(x) {
		if x = w.embedded(x); x.Kind != data.List {
			w.wrong((*path)(nil).field("args"), x, "list")
		}
		args = x.List
	}
	if x := v.Get("kwargs"); x != nil && !isNull(x) {
		if x = w.embedded(x); x.Kind != data.Map {
			w.wrong((*path)(nil).field("kwargs"), x, "map")
		}
		kwargs = x
	}
	return args, kwargs
}

// namedParams reads an object of parameters by name: positional ones go by position,
// also where they are not taken by name.
func (w *walker) namedParams(m Message, v *data.Value) (args []*data.Value, kwargs *data.Value) {
	kwargs = &data.Value{Kind: data.Map, Place: v.Place}
	named := map[string]*data.Value{}
	for _, e := range v.Map {
		isArg := slices.ContainsFunc(m.payload.Args, func(f *schema.Field) bool { return f.Name == e.Key })
		if isArg {
			named[e.Key] = e.Value
		} else {
			kwargs.Map = append(kwargs.Map, e)
		}
	}
	last := 0
	for i, f := range m.payload.Args {
		x := named[f.Name]
		if f.Variadic && x != nil {
			if x = w.embedded(x); x.Kind != data.List {
				w.wrong((*path)(nil).field(f.Name), x, "list")
			}
			return append(args[:i:i], x.List...), kwargs
		}
		args = append(args, x)
		if x != nil {
			last = i + 1
		}
	}
	return args[:last], kwargs
}

// payload holds arguments and keywords against the parameters of a message.
// Arguments that are nil are absent.
func (w *walker) payload(m Message, args []*data.Value, kwargs *data.Value) ([]*data.Value, *data.Value) {
	outArgs, taken := w.args(m, args, kwargs)
	out := &data.Value{Kind: data.Map, Place: kwargs.Place}
	if w.written || !m.positional || m.exact {
		w.kwargs(m, kwargs, taken, out)
	} else {
		out = kwargs // a result of one value: nobody looks at keywords
	}
	return outArgs, out
}

// args are the positional parameters, and those of them that came by name.
func (w *walker) args(m Message, args []*data.Value, kwargs *data.Value) (out []*data.Value, taken map[string]bool) {
	taken = map[string]bool{}
	last := 0
	params := m.payload.Args
	for i, f := range params {
		if f.Variadic && len(args) > i {
			for k := i; k < len(args); k++ {
				if x := w.ref(baseOf(f.Type).List, args[k], (*path)(nil).field(f.Name).at(k-i)); x != nil {
					out = append(out, x)
				}
			}
			return out, taken
		}
		if f.Variadic {
			break // there are none
		}
		x := w.arg(m, i, f, args, kwargs, taken)
		if x == nil {
			x = &data.Value{Kind: data.Null} // absent before others
		} else {
			last = i + 1
		}
		out = append(out, x)
	}
	if out = out[:last]; len(args) <= len(params) {
		return out, taken
	}
	if m.exact || w.written {
		w.fail((*path)(nil).field("args"), args[len(params)], ruleSurplus, "at most "+count(len(params), "positional argument"), "more")
		return out, taken
	}
	for i := len(params); i < len(args); i++ {
		if x := w.any(args[i], (*path)(nil).field("args").at(i)); x != nil {
			out = append(out, x)
		}
	}
	return out, taken
}

// arg is positional parameter i, which may come by name. It is nil if it is
// absent.
func (w *walker) arg(m Message, i int, f *schema.Field, args []*data.Value, kwargs *data.Value, taken map[string]bool) *data.Value {
	at := (*path)(nil).field(f.Name)
	var x *data.Value
	if i < len(args) {
		x = args[i]
	}
	if named := kwargs.Get(f.Name); named != nil && !m.positional {
		taken[f.Name] = true
		switch {
		case x == nil && i >= len(args):
			x = named
		case m.exact || w.written:
			return w.fail(at, named, ruleSurplus, "one value", "one by position and one by name")
		}
	}
	return w.field(f, x, kwargs, at)
}

// kwargs adds the keywords to out, but for those that are positional.
func (w *walker) kwargs(m Message, kwargs *data.Value, taken map[string]bool, out *data.Value) {
	known := map[string]bool{}
	var more *schema.Field
	for _, f := range m.payload.Kwargs {
		if f.CatchAll {
			more = f
			continue
		}
		known[f.Name] = true
		if x := w.field(f, kwargs.Get(f.Name), kwargs, (*path)(nil).field(f.Name)); x != nil {
			out.Map = append(out.Map, data.Entry{Key: f.Name, Value: x})
		}
	}
	for _, e := range kwargs.Map {
		if known[e.Key] || taken[e.Key] {
			continue
		}
		at := (*path)(nil).field(e.Key)
		var x *data.Value
		switch {
		case more != nil:
			x = w.ref(baseOf(more.Type).Map, e.Value, at)
		case m.refuses(w.written):
			w.unknown(e, "parameter", append(names(m.payload.Args), names(m.payload.Kwargs)...), nil)
		default:
			x = w.any(e.Value, at)
		}
		if x != nil {
			out.Map = append(out.Map, data.Entry{Key: e.Key, Place: e.Place, Value: x})
		}
	}
}

// refuses reports whether a keyword that the message does not have is a problem.
func (m Message) refuses(written bool) bool {
	unknown := schema.Ignore
	if m.payload.Spread != nil && m.payload.Shape == schema.ShapeSpread {
		unknown = m.payload.Spread.Underlying().Named.Unknown
	}
	return unknown == schema.Reject || written && unknown != schema.Keep
}
