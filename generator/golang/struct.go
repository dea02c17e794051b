package golang

import (
	"slices"

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

func (w structWire) constrained() bool { return slices.ContainsFunc(w.t.Fields, isConstrained) }
func (w structWire) claim(*namer)      {}
func (w structWire) reserve(n *names)  { n.table(w.t, n.of[w.t]) }

func (w structWire) declare(f *file) {
	g, name := w.g, w.g.names.of[w.t]
	g.structType(f, name, typeDoc(w.t, name, "is the schema's type "+w.t.Name+"."), nil, w.t.Fields)
	g.jsonMethods(f, name)
	g.validate(f, w.t, name, true)
}

func (w structWire) codec(f *file) {
	w.g.codeFields(f, "Struct", w.g.names.of[w.t], w.g.names.tables[w.t], w.t.Fields, -1)
}
