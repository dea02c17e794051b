package jsonschema

import (
	"slices"

	"github.com/wampgen/wampgen/schema"
)

// receiver is how a message is read: exact reports whether surplus arguments and
// parameters that are given twice are refused, positional whether positional
// parameters are not taken by name, and wrapped whether arguments that are one list
// are what is in it.
type receiver struct{ exact, positional, wrapped bool }

// input is what a callee accepts.
func (g *gen) input(p *schema.Payload, strict bool) object {
	if p.Shape == schema.ShapeSpread {
		return g.spread(p, receiver{exact: true})
	}
	return g.record(p, receiver{exact: true, positional: strict})
}

// result is what a caller accepts. A result that is one value has no name.
func (g *gen) result(p *schema.Payload) object {
	if p.Shape == schema.ShapeSpread {
		return g.spread(p, receiver{})
	}
	return g.record(p, receiver{positional: p.Shape == schema.ShapeValue})
}

// spread is a message whose keywords are the fields of one struct.
func (g *gen) spread(p *schema.Payload, to receiver) object {
	return message(g.args(nil, to), g.ref(p.Spread), nil, slices.ContainsFunc(p.Kwargs, required))
}

// message puts the schemas of arguments and keywords together.
func message(args, kwargs object, rules []object, needsKwargs bool) object {
	s := object{{"type", "object"}, {"properties", object{{"args", args}, {"kwargs", kwargs}}}}
	if needsKwargs {
		s = s.with("required", []string{"kwargs"})
	}
	if len(rules) > 0 {
		s = s.with("allOf", rules)
	}
	return s
}

// record is a message of parameters that have names.
func (g *gen) record(p *schema.Payload, to receiver) object {
	to.wrapped = p.Wrapped
	var named object
	var rules []object
	for i, f := range p.Args {
		switch {
		case f.Variadic:
		case !to.positional:
			rules = append(rules, g.byName(i, f, to))
			named = named.with(f.Name, object{})
		case required(f):
			rules = []object{to.given(i)} // the last one includes the others
		}
	}
	write := func() object { return g.kwargs(p.Kwargs, named) }
	kwargs := write
	if p.Spread != nil {
		kwargs = func() object { return g.in(g.definition(p.Spread), write) }
	}
	return message(g.args(p.Args, to), kwargs(), rules, slices.ContainsFunc(p.Kwargs, required))
}

// kwargs is the schema of keywords. named are positional parameters, which are
// no further keywords.
func (g *gen) kwargs(fields []*schema.Field, named object) object {
	var names []string
	var more object
	for _, f := range fields {
		if f.CatchAll {
			more = g.ref(f.Type.Map)
			continue
		}
		named = named.with(f.Name, g.field(f))
		if required(f) {
			names = append(names, f.Name)
		}
	}
	s := object{{"type", "object"}}
	if len(named) > 0 {
		s = s.with("properties", named)
	}
	if len(names) > 0 {
		s = s.with("required", names)
	}
	if len(more) > 0 {
		s = s.with("additionalProperties", more)
	}
	return s
}

// given holds for a message whose positional parameter i comes by position.
func (to receiver) given(i int) object {
	args := object{{"minItems", i + 1}}
	if to.wrapped {
		bare := args.with("prefixItems", []object{{{"not", list}}})
		args = object{{"anyOf", []object{bare, wrap(list.with("minItems", i+1))}}}
	}
	return object{{"properties", object{{"args", args}}}, {"required", []string{"args"}}}
}

var list = object{{"type", "array"}}

// wrap is the schema of a list that holds one list.
func wrap(inner object) object {
	return list.with("prefixItems", []object{inner}).with("minItems", 1).with("maxItems", 1)
}

// args is the schema of arguments.
func (g *gen) args(fields []*schema.Field, to receiver) object {
	s := object{{"type", "array"}}
	var items []object
	var more any
	if to.exact {
		more = false
	}
	for _, f := range fields {
		if f.Variadic {
			more = g.ref(f.Type.List)
			continue
		}
		items = append(items, g.field(f))
	}
	if len(items) > 0 {
		s = s.with("prefixItems", items)
	}
	if more != nil {
		s = s.with("items", more)
	}
	if to.wrapped {
		return object{{"anyOf", []object{s, wrap(s)}}}
	}
	return s
}

// byName is the rule for positional parameter i: it may come as a keyword if it
// does not come by position.
func (g *gen) byName(i int, f *schema.Field, to receiver) object {
	named := object{{"properties", object{{f.Name, g.field(f)}}}}
	other := object{}
	if required(f) {
		named = named.with("required", []string{f.Name})
		other = object{{"required", []string{"kwargs"}}}
	}
	rule := object{{"if", to.given(i)}}
	if to.exact {
		twice := object{{"not", object{{"required", []string{f.Name}}}}}
		rule = rule.with("then", object{{"properties", object{{"kwargs", twice}}}})
	}
	return rule.with("else", object{{"properties", object{{"kwargs", named}}}}.append(other))
}
