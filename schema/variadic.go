package schema

import "slices"

// variadic reads whether a parameter takes all further arguments, or a keyword
// all further keywords. Its type is that of one of them, and becomes a list or
// map.
func (r *reader) variadic(f *Field, s section) {
	if s.node == nil {
		return
	}
	for _, key := range []string{"variadic", "catch_all"} {
		if !s.flag(key) {
			continue
		}
		f.Variadic, f.CatchAll = key == "variadic", key == "catch_all"
		r.many[f] = s.get(key)
		if f.Optional || f.Default != nil {
			d := r.report(s.get("type").token(), RuleVariadic, "%s stands for any number of values, so it must not be optional or defaulted", quote(f.Name))
			d.Hint = "write the type of one of them"
		}
	}
	if f.Type == nil {
		return
	}
	switch elem := *f.Type; {
	case f.Variadic:
		f.Type = &Ref{List: &elem, Place: elem.Place}
	case f.CatchAll:
		f.Type = &Ref{Map: &elem, Place: elem.Place}
	}
}

// onlyOne checks that nothing of a payload takes all further arguments or
// keywords but what can.
func (r *reader) onlyOne(args, kwargs []*Field) {
	for i, f := range args {
		switch {
		case f.CatchAll:
			r.report(r.many[f].token(), RuleVariadic, "only a keyword can be catch_all").Hint = "write  variadic: true  for all further arguments"
		case f.Variadic && i < len(args)-1:
			d := r.report(f.Place.Span, RuleVariadic, "%s takes all further arguments, so nothing can follow it", quote(f.Name))
			r.relate(d, args[i+1].Place.Pos, "this follows")
			d.Hint = "put it last, or make what follows a keyword"
		}
	}
	var first *Field
	for _, f := range kwargs {
		switch {
		case f.Variadic:
			r.report(r.many[f].token(), RuleVariadic, "only a positional parameter can be variadic").Hint = "write  catch_all: true  for all further keywords"
		case f.CatchAll && first != nil:
			d := r.report(f.Place.Span, RuleVariadic, "%s and %s (%s) both take all further keywords", quote(f.Name), quote(first.Name), r.model.Where(first.Place.Pos, f.Place.Pos))
			r.relate(d, first.Place.Pos, "the other one")
		case f.CatchAll:
			first = f
		}
	}
}

// nowhere checks that fields of a struct, which are no arguments, are single
// values.
func (r *reader) nowhere(fields []*Field) {
	for _, f := range fields {
		if f.Variadic || f.CatchAll {
			d := r.report(r.many[f].token(), RuleVariadic, "%s must be a single value here", quote(f.Name))
			d.Hint = "only parameters under args can be variadic, only those under kwargs catch_all"
		}
	}
}

// catchAllLast moves the keyword that takes all further ones behind the others.
// The order of keywords is not on the wire.
func catchAllLast(kwargs []*Field) {
	slices.SortStableFunc(kwargs, func(a, b *Field) int {
		switch {
		case a.CatchAll == b.CatchAll:
			return 0
		case a.CatchAll:
			return 1
		}
		return -1
	})
}
