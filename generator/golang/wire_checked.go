package golang

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// checkedWire is a use of a type that has constraints of its own. Each has a
// named type in the generated code, whose method checks and codes it.
type checkedWire struct {
	wire
	g *gen
	r *schema.Ref
}

// name is the type that codes it, such as lineItemQuantity.
func (w checkedWire) name() *jen.Statement { return ident(w.g.names.checked[spellChecked(w.r)]) }

func (w checkedWire) value(p *jen.Statement) *jen.Statement { return pointerTo(w.name()).Call(p) }

func (w checkedWire) field(i int, p *jen.Statement) *jen.Statement {
	return walk("Value", i, w.value(p))
}

func (w checkedWire) code() *jen.Statement {
	return coder(w.goType(), w.value(jen.Id("p")).Dot("CodeWAMP").Call(jen.Id("c")))
}

// spellChecked writes the use of a type with its constraints: two are checked by
// the same code if they are spelled the same.
func spellChecked(r *schema.Ref) string {
	parts := []string{spell(r) + " " + r.Encoding}
	for _, c := range r.Constraints {
		parts = append(parts, c.String())
	}
	return strings.Join(parts, "\n")
}

// checkedUse is the use of a type with constraints, and what its name is made
// from.
type checkedUse struct {
	r    *schema.Ref
	stem string
}

// findChecked collects them, each once, in the order of first use. Newtypes check
// themselves.
func (g *gen) findChecked() []checkedUse {
	var out []checkedUse
	seen := map[string]bool{}
	add := func(owner string, fields []*schema.Field) {
		for _, f := range fields {
			r := single(f)
			if key := spellChecked(r); len(r.Constraints) > 0 && !seen[key] {
				seen[key] = true
				out = append(out, checkedUse{r, owner + g.names.of[f]})
			}
		}
	}
	aliases := func(r *schema.Ref) {
		for ; r != nil; r = elem(r) {
			for t := r.Named; t != nil && t.Base != nil; t = t.Base.Named {
				if key := spellChecked(t.Base); isAlias(t) && len(t.Base.Constraints) > 0 && !seen[key] {
					seen[key] = true
					out = append(out, checkedUse{t.Base, g.names.joined(g.names.of[t])})
				}
			}
		}
	}
	for _, t := range g.model.Types {
		add(g.names.of[t], t.Fields)
		if len(t.Examples) > 0 {
			aliases(&schema.Ref{Named: t})
		}
		for _, r := range t.Uses() {
			aliases(r)
		}
	}
	for _, p := range g.names.payloads(g.model) {
		add(p.stem, p.params())
		for _, f := range p.params() {
			aliases(f.Type)
		}
	}
	return out
}

// codeChecked emits the types of findChecked.
/*
	type <lineItemQuantity> <int>
*/
func (g *gen) codeChecked(f *file) {
	for _, use := range g.checked {
		name := g.names.checked[spellChecked(use.r)]
		f.declare("", jen.Type().Add(ident(name)).Add(g.plain(use.r).goType()), "type "+name)
		g.codeChecks(f, name, use.r)
	}
}

// codeChecks emits the constraints of r and the method of a type that holds a
// value against them.
/*
	var <lineItemQuantityChecks> = []codec.Check[<int>]{<codec.Min[int](1)>}

	// CodeWAMP encodes or decodes v. For the runtime.
	func (v *<lineItemQuantity>) CodeWAMP(c *codec.Coder) {
		codec.Checked(c, (*<int>)(v), <codec.Int>, <lineItemQuantityChecks>)
	}
*/
func (g *gen) codeChecks(f *file, name string, r *schema.Ref) {
	base, _ := underlying(r)
	of := g.plain(base).goType()
	checks := g.names.checks[name]
	f.declare("", jen.Var().Add(ident(checks)).Op("=").Index().Add(codecID("Check").Types(of.Clone())).Values(g.checks(base, r.Constraints)...), "var "+checks)
	code := g.plain(base).code()
	if inner := g.checksItself(r); inner != nil {
		code = coder(of, pointerTo(inner).Call(jen.Id("p")).Dot("CodeWAMP").Call(jen.Id("c")))
	}
	f.declare("CodeWAMP encodes or decodes v. For the runtime.", codeWAMP(name).Block(
		codecID("Checked").Call(jen.Id("c"), pointerTo(of).Call(jen.Id("v")), code, ident(checks))), "func "+name+".CodeWAMP")
}

// checksItself is the nearest newtype of r that has constraints, nil if there is
// none.
func (g *gen) checksItself(r *schema.Ref) *jen.Statement {
	for r.Named != nil && r.Named.Kind == schema.Newtype {
		switch base := r.Named.Base; {
		case len(base.Constraints) == 0:
		case isAlias(r.Named):
			return checkedWire{g.plain(base), g, base}.name()
		default:
			return ident(g.names.of[r.Named])
		}
		r = r.Named.Base
	}
	return nil
}

// checks are the constraints of a base type as values of codec.Check. The bounds
// of a length are one of them.
func (g *gen) checks(base *schema.Ref, constraints []schema.Constraint) []jen.Code {
	var out []jen.Code
	least, most, bounded := 0, -1, false
	for _, c := range constraints {
		switch c.Key {
		case schema.Pattern:
			out = append(out, codecID("Pattern").Call(text(c.Text)))
			continue
		case schema.Unique:
			out = append(out, codecID("Unique").Types(g.elementType(base.List)).Call())
			continue
		}
		if c.Value != nil && base.Scalar == schema.Decimal {
			out = append(out, g.decimalCheck(base, c))
			continue
		}
		if c.Value != nil {
			of := g.plain(base).goType()
			out = append(out, codecID(numberChecks[c.Key]).Types(of).Call(bound(base.Scalar, c.Value)))
			continue
		}
		bounded = true
		if c.Key != schema.Max {
			least = c.Count
		}
		if c.Key != schema.Min {
			most = c.Count
		}
	}
	if !bounded {
		return out
	}
	limit := number(most)
	if most < 0 {
		limit = codecID("NoMax")
	}
	return append([]jen.Code{g.lengthCheck(base).Call(number(least), limit)}, out...)
}

// numberRules are the names of the rules that bound a number.
var numberRules = map[schema.ConstraintKey]string{
	schema.Min: "Min", schema.Max: "Max", schema.ExclusiveMin: "ExclusiveMin", schema.ExclusiveMax: "ExclusiveMax", schema.MultipleOf: "MultipleOf",
}

// numberChecks are the functions that bound a number.
var numberChecks = map[schema.ConstraintKey]string{
	schema.Min: "Min", schema.Max: "Max", schema.ExclusiveMin: "Above", schema.ExclusiveMax: "Below", schema.MultipleOf: "MultipleOf",
}

// decimalCheck bounds a decimal.
/*
	codec.DecimalBound[<wamp.Decimal>](codec.RuleMin, "0.50")
*/
func (g *gen) decimalCheck(base *schema.Ref, c schema.Constraint) *jen.Statement {
	check, w := "DecimalBound", g.plain(base)
	if isCustom(w) {
		check = "DecimalTextBound"
	}
	return codecID(check).Types(w.goType()).Call(codecID("Rule"+numberRules[c.Key]), text(c.Text))
}

// lengthCheck is the function that bounds a length.
func (g *gen) lengthCheck(base *schema.Ref) *jen.Statement {
	switch {
	case base.List != nil:
		return codecID("Items").Types(g.elementType(base.List))
	case base.Map != nil:
		return codecID("Keys").Types(g.keyType(base), g.elementType(base.Map))
	case base.Scalar == schema.Bytes:
		return codecID("Octets")
	}
	return codecID("Chars")
}

// bound is the bound of a number or duration.
func bound(s schema.Scalar, v *schema.Value) *jen.Statement {
	if s == schema.Duration && v.Duration == 0 {
		return number(0)
	}
	return scalars[s].literal.write(v, goType{})
}

// constraintDoc says what values of r must meet; "" if there is nothing.
func constraintDoc(r *schema.Ref) string {
	if len(r.Constraints) == 0 {
		return ""
	}
	parts := make([]string, len(r.Constraints))
	for i, c := range r.Constraints {
		parts[i] = c.String()
	}
	return "Constraints: " + strings.Join(parts, ", ") + "."
}
