package golang

import (
	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// structWire is a type with fields, which codes itself.
type structWire struct {
	g *gen
	t *schema.Type
}

func (w structWire) goType() *jen.Statement                       { return ident(w.g.names.of[w.t]) }
func (w structWire) code() *jen.Statement                         { return codeMethod(w.goType()) }
func (w structWire) want() string                                 { return "map" }
func (w structWire) empty() emptiness                             { return never }
func (w structWire) field(i int, p *jen.Statement) *jen.Statement { return walk("Value", i, p) }
func (w structWire) value(p *jen.Statement) *jen.Statement        { return p }

// enumWire is an enum, which codes itself. The values of an open one are coded
// as what they are.
type enumWire struct {
	g *gen
	t *schema.Type
}

func (w enumWire) goType() *jen.Statement                { return ident(w.g.names.of[w.t]) }
func (w enumWire) code() *jen.Statement                  { return codeMethod(w.goType()) }
func (w enumWire) want() string                          { return w.base().want() }
func (w enumWire) empty() emptiness                      { return never }
func (w enumWire) value(p *jen.Statement) *jen.Statement { return p }

func (w enumWire) field(i int, p *jen.Statement) *jen.Statement {
	if w.t.Open {
		return w.base().field(i, pointerTo(w.base().goType()).Call(p))
	}
	return walk("Value", i, p)
}

// base is the built-in type of the values.
func (w enumWire) base() wire {
	if w.t.IntEnum {
		return scalars[schema.Int64].wire
	}
	return scalars[schema.String].wire
}

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
	if w.empty() == emptyAny {
		return coder(w.goType(), w.base().code().Call(w.as(jen.Id("p")), jen.Id("c")))
	}
	return codeMethod(w.goType())
}

func (w newtypeWire) field(i int, p *jen.Statement) *jen.Statement {
	_, plain := w.base().(scalarWire)
	if plain && w.g.checksItself(&schema.Ref{Named: w.t}) == nil {
		return w.base().field(i, w.as(p))
	}
	return walk("Value", i, p)
}

func (w newtypeWire) value(p *jen.Statement) *jen.Statement {
	if w.empty() == emptyAny {
		return codecID("Of").Call(p, w.code())
	}
	return p
}

// underlying looks through newtypes: the scalar, struct, enum, list or map that
// decides the encoding of r. named reports whether a newtype stands before it.
func underlying(r *schema.Ref) (base *schema.Ref, named bool) {
	for r.Named != nil && r.Named.Kind == schema.Newtype {
		r, named = r.Named.Base, true
	}
	return r, named
}
