package generator

import "github.com/dave/jennifer/jen"

// errors emits the declared errors.
/*
	// <doc>
	type <OutOfStockError> struct {
		<Message> <string>
	}

	// Error returns the error's URI. What a peer put into the fields is not part of it.
	func (v *<OutOfStockError>) Error() string {
		return "wamp: <com.acme.shop.error.out_of_stock>"
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
		f.declare("Error returns the error's URI. What a peer put into the fields is not part of it.",
			method("Error", text("wamp: "+e.URI)), "func "+e.GoName+".Error")
		f.declare("ErrorURI returns "+e.URI+".", method("ErrorURI", text(e.URI)), "func "+e.GoName+".ErrorURI")
	}
}
