package schema

// tuple reads the elements of a tuple: as the arguments of a procedure, a list
// whose order goes over the wire.
func (r *reader) tuple(n *node, name string) []*Field {
	fields := r.inOrder(n, "tuple of type "+name, "an element", "write  tuple: [name: type, name: type]  (a list, since the order goes over the wire)")
	if n.kind == listNode && len(n.items) == 0 {
		r.report(n.token(), RuleBadValue, "a tuple must have at least one element")
	}
	r.positional(fields)
	return fields
}

// mapKeys reads the type of the keys of a map.
func (r *reader) mapKeys(s section, ref *Ref) {
	n := s.get("keys")
	if n == nil {
		return
	}
	if ref.Map == nil {
		r.report(s.entries["keys"].key.token(), RuleBadValue, "keys does not apply to %s", ref.spell()).Hint = "it stands beside  type: map<T>"
		return
	}
	x, keys := r.typeOf(n)
	if keys == nil {
		return
	}
	base := keys.Underlying()
	isText := base.Scalar == String || base.Named != nil && base.Named.Kind == Enum && !base.Named.IntEnum
	if keys.Named == nil || !isText || base.Go != nil || x.optional || x.nullable || x.hasDefault {
		d := r.report(n.token(), RuleBadValue, "%s cannot be the keys of a map", quote(n.text))
		d.Hint = "keys are a type of this schema that is a string or an enum of strings"
		return
	}
	ref.Keys = keys
}
