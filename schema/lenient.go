package schema

// lenient lets payloads come in one more list, [[a, b]] for [a, b], where that
// can be known: if a list cannot be the first argument itself.
func (r *reader) lenient(s section, on bool, owner string, payloads ...*Payload) {
	if !on {
		return
	}
	can, whole := false, true
	for _, p := range payloads {
		if p == nil || len(p.Args) == 0 {
			continue
		}
		first := p.Args[0].Type
		if first != nil && p.Args[0].Variadic {
			first = first.List
		}
		whole = whole && first != nil
		p.Wrapped = first != nil && !first.mayBeList()
		can = can || p.Wrapped
	}
	if asked, ok := s.has("lenient"); ok && whole && !can {
		d := r.report(asked.Span, RuleBadValue, "lenient has no effect on %s", owner)
		d.Hint = "it takes [[a, b]] for [a, b], so the first argument must be of a type that is never a list"
	}
}

// mayBeList reports whether a value of the type may be a list on the wire.
func (r *Ref) mayBeList() bool {
	base := r.Underlying()
	t := base.Named
	switch {
	case base.List != nil || base.Scalar == Any:
		return true
	case t == nil || t.Kind != Union || t.Tag != "":
		return t != nil && t.Kind == Tuple
	}
	for _, v := range t.Variants {
		if v.Type == nil || v.Type.mayBeList() {
			return true
		}
	}
	return t.Open
}
