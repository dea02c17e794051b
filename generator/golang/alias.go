package golang

import (
	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// isAlias reports whether a type is another name for one in Go: the schema says
// so, or it is a Go type of another package.
func isAlias(t *schema.Type) bool { return t.Alias || t.Base != nil && t.Base.Go != nil }

// aliasWire is another name for a type in Go, and nothing else: it is coded as
// that type.
type aliasWire struct{ newtypeWire }

// is is what it is another name for.
func (w aliasWire) is() wire {
	is := w.g.wire(w.t.Base)
	if c, custom := is.(customWire); custom {
		c.name = w.goType()
		return c
	}
	return is
}

func (w aliasWire) want() string                                 { return w.is().want() }
func (w aliasWire) empty() emptiness                             { return w.is().empty() }
func (w aliasWire) code() *jen.Statement                         { return w.is().code() }
func (w aliasWire) field(i int, p *jen.Statement) *jen.Statement { return w.is().field(i, p) }
func (w aliasWire) value(p *jen.Statement) *jen.Statement        { return w.is().value(p) }

func (w aliasWire) reserve(*names) {}
func (w aliasWire) codec(*file)    {}

// declare emits the other name.
/*
	// <doc>
	type <Text> = <string>
*/
func (w aliasWire) declare(f *file) {
	name := w.g.names.of[w.t]
	doc := typeDoc(w.t, name, "is the schema's type "+w.t.Name+".", constraintDoc(w.t.Base))
	f.declare(doc, jen.Type().Add(ident(name)).Op("=").Add(w.g.goType(w.t.Base)), "type "+name)
}
