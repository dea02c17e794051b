package golang

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// newtypeWire is a named type with the encoding of another. It codes itself,
// but for one of any: Go's interfaces have no methods of their own.
type newtypeWire struct {
	g *gen
	t *schema.Type
}

func (w newtypeWire) goType() *jen.Statement { return ident(w.g.names.of[w.t]) }
func (w newtypeWire) want() string           { return w.base().want() }
func (w newtypeWire) empty() emptiness       { return w.base().empty() }

func (w newtypeWire) base() wire {
	base, _ := underlying(w.t.Base)
	return w.g.plain(base)
}

// as is p as a pointer to the base.
func (w newtypeWire) as(p *jen.Statement) *jen.Statement {
	return pointerTo(w.base().goType()).Call(p)
}

func (w newtypeWire) code() *jen.Statement {
	if isInterface(w) {
		return coder(w.goType(), w.base().code().Call(w.as(jen.Id("p")), jen.Id("c")))
	}
	return codeMethod(w.goType())
}

func (w newtypeWire) field(i int, p *jen.Statement) *jen.Statement {
	_, plain := w.base().(scalarWire)
	if plain && w.g.checksItself(&schema.Ref{Named: w.t}) == nil {
		return w.base().field(i, w.as(p))
	}
	if isInterface(w) {
		return walkBy(codecID("Field"), i, p, w.code())
	}
	return walk("Value", i, p)
}

func (w newtypeWire) value(p *jen.Statement) *jen.Statement {
	if isInterface(w) {
		return codecID("Of").Call(p, w.code())
	}
	return p
}

func (w newtypeWire) constrained() bool { return len(w.t.Base.Constraints) > 0 }
func (w newtypeWire) claim(*namer)      {}
func (w newtypeWire) declare(f *file)   { w.g.newtype(f, w.t) }
func (w newtypeWire) codec(f *file)     { w.g.codeNewtype(f, w.t) }

// reserve names the variable with its constraints.
func (w newtypeWire) reserve(n *names) {
	if w.constrained() {
		n.checks[n.of[w.t]] = n.pick(localName(n.of[w.t]) + "Checks")
	}
}

// underlying looks through newtypes: the scalar, struct, enum, list or map that
// decides the encoding of r. named reports whether a newtype stands before it.
// It returns nil where a schema with findings has no base for a newtype, or one
// that is the newtype itself.
func underlying(r *schema.Ref) (base *schema.Ref, named bool) {
	var seen []*schema.Type
	for r != nil && r.Named != nil && r.Named.Kind == schema.Newtype {
		if slices.Contains(seen, r.Named) {
			return nil, true
		}
		seen = append(seen, r.Named)
		r, named = r.Named.Base, true
	}
	return r, named
}

// newtype emits a named type with the encoding of another.
/*
	// <doc>
	type <Sku> <string>
*/
func (g *gen) newtype(f *file, t *schema.Type) {
	doc := typeDoc(t, g.names.of[t], "is the schema's type "+t.Name+".", constraintDoc(t.Base))
	f.declare(doc, jen.Type().Add(ident(g.names.of[t])).Add(g.goType(t.Base)), "type "+g.names.of[t])
	base, _ := underlying(t.Base)
	if base.Named != nil && base.Named.Kind == schema.Enum {
		f.declare("Valid reports whether v is one of the values of "+g.names.of[base.Named]+".",
			jen.Func().Params(jen.Id("v").Add(ident(g.names.of[t]))).Id("Valid").Params().Bool().Block(
				jen.Return(ident(g.names.of[base.Named]).Call(jen.Id("v")).Dot("Valid").Call())),
			"func "+g.names.of[t]+".Valid")
	}
	if base.Scalar != "" {
		g.stringer(f, t, base)
	}
	g.validate(f, t, g.names.of[t], base.Named != nil && base.Named.Kind == schema.Struct)
}

// stringer emits String for a newtype whose base has one, which Go does not
// hand down.
/*
	// String returns v as its base type does.
	func (v <OrderID>) String() string {
		return <wamp.UUID>(v).String()
	}
*/
func (g *gen) stringer(f *file, t *schema.Type, base *schema.Ref) {
	if scalars[base.Scalar].stringer {
		f.declare("String returns v as its base type does.",
			jen.Func().Params(jen.Id("v").Add(ident(g.names.of[t]))).Id("String").Params().String().Block(
				jen.Return(g.goType(base).Call(jen.Id("v")).Dot("String").Call())),
			"func "+g.names.of[t]+".String")
	}
}

// codeNewtype emits what codes a newtype: that of what it stands for.
/*
	// CodeWAMP encodes or decodes v. For the runtime.
	func (v *<Sku>) CodeWAMP(c *codec.Coder) { <codec.String((*string)(v), c)> }
*/
func (g *gen) codeNewtype(f *file, t *schema.Type) {
	base, _ := underlying(t.Base)
	w := g.plain(base)
	v := jen.Id("v")
	if len(t.Base.Constraints) > 0 {
		g.codeChecks(f, g.names.of[t], t.Base)
		return
	}
	if inner := g.checksItself(t.Base); inner != nil {
		g.codeMethod(f, g.names.of[t], pointerTo(inner).Call(v).Dot("CodeWAMP").Call(jen.Id("c")))
		return
	}
	switch {
	case isInterface(w): // an interface has no methods of its own
	case base.List != nil || base.Map != nil:
		g.codeMethod(f, g.names.of[t], g.containerBody(base, v))
	case isCustom(w):
		g.codeMethod(f, g.names.of[t], w.code().Call(pointerTo(w.goType()).Call(v), jen.Id("c")))
	case isEncoded(w):
		g.codeMethod(f, g.names.of[t], w.(encodedWire).call(pointerTo(w.goType()).Call(v)))
	case base.Named == nil && isPlain(w):
		g.codeMethod(f, g.names.of[t], w.code().Call(pointerTo(w.goType()).Call(v), jen.Id("c")))
	default:
		g.codeMethod(f, g.names.of[t], pointerTo(w.goType()).Call(v).Dot("CodeWAMP").Call(jen.Id("c")))
	}
}
