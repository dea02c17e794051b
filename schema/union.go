package schema

import "slices"

// variants reads the variants of a union and its tag.
func (r *reader) variants(t *Type, n *node, s section) {
	if !r.want(n, mappingNode, "union of "+s.what) {
		return
	}
	if len(n.pairs) == 0 {
		r.report(n.token(), RuleUnion, "a union must have at least one variant")
	}
	for _, p := range n.pairs {
		x, ref := r.typeOf(p.value)
		if ref == nil {
			continue
		}
		if x.optional || x.nullable || x.hasDefault {
			d := r.report(p.value.token(), RuleTypeSyntax, "a variant must not be optional, nullable or defaulted")
			d.Hint = "say so where the union is used"
			continue
		}
		r.wireName(p.key)
		t.Variants = append(t.Variants, &Variant{Name: p.key.text, Place: p.key.place(), Type: ref})
	}
	r.tag(t, s)
}

// tag reads where the name of a variant is: a key beside its fields, or beside a
// key whose value is the variant.
func (r *reader) tag(t *Type, s section) {
	n := s.get("tag")
	switch {
	case n == nil:
	case n.kind != mappingNode:
		if r.isString(n, "tag") {
			r.wireName(n)
			t.Tag = n.text
		}
	default:
		inner, ok := r.section(n, "tag", tagKeys)
		if !ok {
			return
		}
		key, content := inner.need("key"), inner.need("content")
		if key == nil || content == nil || !r.isString(key, "key") || !r.isString(content, "content") {
			return
		}
		r.wireName(key)
		r.wireName(content)
		if t.Tag, t.Content = key.text, content.text; t.Tag == t.Content {
			r.report(content.token(), RuleUnion, "key and content of a tag must be different")
		}
	}
}

// union checks, once all types are known, that the variants of a union can be
// told apart, in Go and on the wire.
func (r *reader) union(t *Type) {
	names, kinds := map[*Type]*Variant{}, map[string]*Variant{}
	for _, v := range t.Variants {
		base := v.Type.Underlying()
		if base.Named != nil && base.Named.Kind == Union {
			r.report(v.Type.Place.Span, RuleUnion, "variant %s is a union itself", quote(v.Name)).Hint = "list its variants here"
			continue
		}
		named := v.Type.Named
		for named != nil && named.Alias && named.Base != nil {
			named = named.Base.Named
		}
		if first := names[named]; named != nil && first != nil {
			d := r.report(v.Place.Span, RuleUnion, "variants %s and %s are both of type %s", quote(first.Name), quote(v.Name), v.Type.Import.qualified(named.Name))
			d.Hint = "give one of them a type of its own:  {type: " + v.Type.spell() + "}"
			continue
		}
		names[named] = v
		switch {
		case t.Tag == "":
			r.distinct(v, kinds)
		case t.Content == "":
			r.beside(t, v, base)
		}
	}
}

// beside checks that a tag can stand beside the fields of a variant.
func (r *reader) beside(t *Type, v *Variant, base *Ref) {
	if base.Named == nil || base.Named.Kind != Struct {
		d := r.report(v.Type.Place.Span, RuleUnion, "variant %s has no fields that a tag can stand beside", quote(v.Name))
		d.Hint = "write  tag: {key: " + clean(t.Tag) + ", content: value}"
		return
	}
	if i := slices.IndexFunc(base.Named.Fields, func(f *Field) bool { return f.Name == t.Tag }); i >= 0 {
		d := r.report(v.Type.Place.Span, RuleUnion, "variant %s has a field %s, which is the tag", quote(v.Name), quote(t.Tag))
		r.relate(d, v.Type.declared(base.Named.Fields[i].Place).Pos, "the field")
		d.Hint = "use another tag, or  tag: {key: " + clean(t.Tag) + ", content: value}"
	}
}

// distinct checks that no other variant has the same kind of value.
func (r *reader) distinct(v *Variant, kinds map[string]*Variant) {
	kind := v.Type.Kind()
	first := kinds[kind]
	switch {
	case kind == "":
		r.report(v.Type.Place.Span, RuleUnion, "variant %s can be of any kind of value", quote(v.Name)).Hint = "give the union a tag"
	case first != nil:
		d := r.report(v.Type.Place.Span, RuleUnion, "variants %s and %s are both a %s on the wire", quote(first.Name), quote(v.Name), kind)
		r.relate(d, first.Place.Pos, "the first one")
		d.Hint = "give the union a tag, as in  tag: kind"
	default:
		kinds[kind] = v
	}
}

// Kind returns what kind of value a type is on the wire: string, number, bool,
// bytes, list or map. It is "" for any and for a union.
func (r *Ref) Kind() string {
	base := r.Underlying()
	switch {
	case base.List != nil:
		return "list"
	case base.Map != nil:
		return "map"
	case base.Named == nil:
		if kind := encodings[base.Scalar][base.Encoding]; kind != "" {
			return kind
		}
		return base.Scalar.kind()
	}
	switch base.Named.Kind {
	case Struct:
		return "map"
	case Tuple:
		return "list"
	case Enum:
		if base.Named.IntEnum {
			return "number"
		}
		return "string"
	}
	return ""
}

// kind is the kind of value that a built-in type is on the wire.
func (s Scalar) kind() string {
	switch s {
	case String, Time, Date, UUID, Decimal, URI:
		return "string"
	case Bool, Bytes:
		return string(s)
	case Any:
		return ""
	}
	return "number"
}
