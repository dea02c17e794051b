package golang

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
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

// claim reports a field that is named like that of the keys that are kept.
func (w structWire) claim(n *namer) {
	if w.t.Unknown != schema.Keep {
		return
	}
	for _, f := range w.t.Fields {
		if n.of[f] == extraName {
			d := n.report(f.Place, RuleNameClash, "%s becomes Go name %s, which holds the other keys of struct %s", diag.Quote(f.Name), extraName, diag.Quote(w.t.Name))
			d.Hint = longField
		}
	}
}

func (w structWire) reserve(n *names) { n.table(w.t, n.of[w.t]) }

func (w structWire) declare(f *file) {
	g, name := w.g, w.g.names.of[w.t]
	g.structType(f, name, typeDoc(w.t, name, "is the schema's type "+w.t.Name+"."), nil, w.t.Fields, w.extra()...)
	g.jsonMethods(f, name)
	g.validate(f, w.t, name, true)
}

func (w structWire) codec(f *file) {
	w.g.codeFields(f, "Struct", w.g.names.of[w.t], w.g.names.tables[w.t], w.t.Fields, -1, unknownModes[w.t.Unknown])
}

// extraName is the field with the keys that a struct does not have.
const extraName = "Extra"

// extra is this field, nil if such keys are not kept.
func (w structWire) extra() []jen.Code {
	if w.t.Unknown != schema.Keep {
		return nil
	}
	field := ident(extraName).Map(jen.String()).Any().Add(notInJSON())
	return append(docComment("Extra are the keys on the wire that the type does not have; nil if there are none."), field)
}

// unknownModes are the names of what a struct makes of such keys, in package codec.
var unknownModes = map[schema.Unknown]string{schema.Keep: "Keep", schema.Reject: "Reject"}
