package jsonschema

import "github.com/wampgen/wampgen/schema"

// named is the schema of a named type.
func (g *gen) named(t *schema.Type) object {
	s := about("", t.Doc, t.Deprecated)
	switch t.Kind {
	case schema.Struct:
		return s.append(g.fields(t, nil))
	case schema.Enum:
		return s.append(g.enum(t))
	case schema.Tuple:
		return s.append(g.tuple(t))
	case schema.Union:
		return s.append(g.union(t))
	}
	return s.append(g.ref(t.Base))
}

// required reports whether a field must be there.
func required(f *schema.Field) bool {
	return !f.Optional && f.Default == nil && !f.Variadic && !f.CatchAll
}

// field is the schema of a field or parameter that is there. Null stands for one
// that may be absent.
func (g *gen) field(f *schema.Field) object {
	s := about("", f.Doc, f.Deprecated)
	of := *f.Type
	of.Nullable = of.Nullable || !required(f)
	if f.Optional && !f.Type.Nullable && of.Scalar == schema.ID {
		s = s.append(object{{"anyOf", []object{g.scalar(schema.ID, ""), {{"enum", []any{0, nil}}}}}})
	} else {
		s = s.append(g.ref(&of))
	}
	if f.Default != nil {
		s = s.with("default", f.Default.OnWire(f.Type))
	}
	return s
}

// fields is the schema of a struct. tag is a key beside its fields, nil if there
// is none.
func (g *gen) fields(t *schema.Type, tag *member) object {
	properties, names := object{}, []string{}
	if tag != nil {
		properties, names = object{*tag}, []string{tag.key}
	}
	for _, f := range t.Fields {
		properties = properties.with(f.Name, g.field(f))
		if required(f) {
			names = append(names, f.Name)
		}
	}
	s := object{{"type", "object"}}
	if len(properties) > 0 {
		s = s.with("properties", properties)
	}
	if len(names) > 0 {
		s = s.with("required", names)
	}
	if t.Unknown == schema.Reject {
		s = s.with("additionalProperties", false)
	}
	return s
}

// enum is the schema of an enum.
func (g *gen) enum(t *schema.Type) object {
	values := make([]any, len(t.Values))
	for i := range t.Values {
		values[i] = t.Values[i].OnWire(t)
	}
	key := "enum"
	if t.Open { // the others are values too
		key = "examples"
	}
	if t.IntEnum {
		return g.scalar(schema.Int64, "").with(key, values)
	}
	return g.scalar(schema.String, "").with(key, values)
}

// tuple is the schema of a tuple. What follows its last element is ignored.
func (g *gen) tuple(t *schema.Type) object {
	items, least := make([]object, len(t.Fields)), 0
	for i, f := range t.Fields {
		items[i] = about(f.Name, "", "").append(g.field(f))
		if required(f) {
			least = i + 1
		}
	}
	return object{{"type", "array"}, {"prefixItems", items}, {"minItems", least}}
}

// ref is the schema of a use of a type.
func (g *gen) ref(r *schema.Ref) object {
	var s object
	switch {
	case r.Named != nil:
		s = within(g.definition(r).name)
	case r.List != nil:
		s = object{{"type", "array"}, {"items", g.ref(r.List)}}
	case r.Map != nil:
		s = object{{"type", "object"}, {"additionalProperties", g.ref(r.Map)}}
		if r.Keys != nil {
			s = s.with("propertyNames", g.ref(r.Keys))
		}
	default:
		s = g.scalar(r.Scalar, r.Encoding)
	}
	base := r.Underlying()
	for _, c := range r.Constraints {
		s = constrain(s, base, c)
	}
	if r.Nullable && base.Scalar != schema.Any {
		return object{{"anyOf", []object{s, {{"type", "null"}}}}}
	}
	return s
}
