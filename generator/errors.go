package generator

import (
	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// errors emits the declared errors.
/*
	// <doc>
	type <OutOfStockError> struct {
		<Message> <string>
	}

	// Error returns the error's URI<, and its message>.
	func (v *<OutOfStockError>) Error() string {
		return "<com.acme.shop.error.out_of_stock>"< + ": " + v.Message>
	}

	// ErrorURI returns <com.acme.shop.error.out_of_stock>.
	func (v *<OutOfStockError>) ErrorURI() string {
		return "<com.acme.shop.error.out_of_stock>"
	}
*/
func (g *gen) errors(f *file) {
	for _, e := range g.model.Errors {
		p := failure(e)
		doc := paragraphs(e.GoName+" is the error "+e.URI+".", e.Doc)
		g.structType(f, e.GoName, doc, p.params())

		method := func(name string, body *jen.Statement) *jen.Statement {
			return jen.Func().Params(jen.Id("v").Op("*").Add(ident(e.GoName))).Add(ident(name)).Params().String().Block(jen.Return(body))
		}
		says, doc := text(e.URI), "Error returns the error's URI."
		if message := messageOf(p); message != nil {
			says = text(e.URI + ": ").Op("+").Add(sel(jen.Id("v"), message.GoName))
			doc = "Error returns the error's URI and its message."
		}
		f.declare(doc, method("Error", says), "func "+e.GoName+".Error")
		f.declare("ErrorURI returns "+e.URI+".", method("ErrorURI", text(e.URI)), "func "+e.GoName+".ErrorURI")
	}
}

// messageOf is the field that an error's text ends with: a plain string called
// message.
func messageOf(p payload) *schema.Field {
	for _, f := range p.params() {
		if f.Name == "message" && f.Type.Scalar == schema.String && !f.Optional && !f.Type.Nullable {
			return f
		}
	}
	return nil
}
