package jsonschema

import "github.com/wampgen/wampgen/schema"

// union is the schema of a union.
func (g *gen) union(t *schema.Type) object {
	var all []object
	for _, v := range t.Variants {
		switch {
		case t.Content != "":
			all = append(all, beside(t, object{{"const", v.Name}}, g.ref(v.Type)))
		case t.Tag != "":
			all = append(all, g.tagged(t, v))
		default:
			all = append(all, g.ofKind(v))
		}
	}
	if t.Open {
		all = append(all, g.others(t)...)
	}
	return object{{"anyOf", all}}
}

// beside is a variant whose name and value are under keys of their own.
func beside(t *schema.Type, name, value object) object {
	return object{
		{"type", "object"}, {"properties", object{{t.Tag, name}, {t.Content, value}}}, {"required", []string{t.Tag, t.Content}},
	}
}

// tagged is a variant whose name stands beside its fields. A struct that refuses
// other keys would refuse the tag, so its fields are repeated.
func (g *gen) tagged(t *schema.Type, v *schema.Variant) object {
	tag := member{t.Tag, object{{"const", v.Name}}}
	if v.Type.Underlying().Named.Unknown == schema.Reject {
		return g.repeated(v.Type, &tag)
	}
	return g.ref(v.Type).append(object{{"properties", object{tag}}, {"required", []string{t.Tag}}})
}

// repeated is the schema of a struct with a tag in place of its name.
func (g *gen) repeated(r *schema.Ref, tag *member) object {
	return g.in(g.definition(r), func() object {
		if r.Named.Kind == schema.Newtype {
			return g.repeated(r.Named.Base, tag)
		}
		return g.fields(r.Named, tag)
	})
}

// ofKind is a variant that its kind of value decides. A decimal is the string
// here, not the number that it may be elsewhere.
func (g *gen) ofKind(v *schema.Variant) object {
	s := g.ref(v.Type)
	if v.Type.Underlying().Scalar == schema.Decimal {
		s = s.with("type", "string")
	}
	return s
}

// kinds are the kinds of values, in the order in which an open union lists
// those that it does not know.
var kinds = []struct{ kind, name string }{
	{"number", "number"}, {"bool", "boolean"}, {"list", "array"}, {"map", "object"},
}

// others are the variants that an open union does not know.
func (g *gen) others(t *schema.Type) []object {
	names, seen := []string{}, map[string]bool{}
	for _, v := range t.Variants {
		names = append(names, v.Name)
		seen[v.Type.Kind()] = true
	}
	name := g.scalar(schema.String, "").with("not", object{{"enum", names}})
	switch {
	case t.Content != "":
		return []object{beside(t, name, object{})}
	case t.Tag != "":
		return []object{{{"type", "object"}, {"properties", object{{t.Tag, name}}}, {"required", []string{t.Tag}}}}
	}
	var all []object
	for _, k := range kinds {
		if !seen[k.kind] {
			all = append(all, object{{"type", k.name}})
		}
	}
	for _, s := range []schema.Scalar{schema.String, schema.Bytes} {
		if !seen[string(s)] {
			all = append(all, g.scalar(s, ""))
		}
	}
	return all
}
