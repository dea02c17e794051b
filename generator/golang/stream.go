package golang

import (
	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// sender is what a handler sends its progressive results with.
func (g *gen) sender(p *schema.Procedure) *jen.Statement {
	return wampID("Sender").Types(g.payloadType(g.names.progress(p)))
}

// stream is what a streaming call returns.
func (g *gen) stream(p *schema.Procedure) *jen.Statement {
	return wampID("Stream").Types(g.streamTypes(p)...)
}

// streamTypes are the types of a progressive result and of the result.
func (g *gen) streamTypes(p *schema.Procedure) []jen.Code {
	if g.names.output(p).shape() == schema.ShapeNone {
		return []jen.Code{g.payloadType(g.names.progress(p)), jen.Struct()}
	}
	return []jen.Code{g.payloadType(g.names.progress(p)), g.payloadType(g.names.output(p))}
}

// streamMethod emits the method that begins a stream.
/*
	func (c *<caller>) <CatalogImport>Stream(ctx context.Context, <source string>, opts ...wamp.CallOption) wamp.Stream[<CatalogImportProgress>, <CatalogImportResult>] {
		return wamp.CallStream[<CatalogImportProgress>, <CatalogImportResult>](ctx, c.client, <catalogImport>, <&in>,
			func(v *<CatalogImportProgress>) codec.Value { return v }, func(v *<CatalogImportResult>) codec.Value { return v }, opts...)
	}
*/
func (g *gen) streamMethod(f *file, p *schema.Procedure) {
	in, result := jen.Nil(), jen.Nil()
	if name := g.inputName(p); name != "" {
		in = g.payloadValue(g.names.input(p), name)
	}
	if g.names.output(p).shape() != schema.ShapeNone {
		result = g.valueFunc(g.names.output(p))
	}
	name := streamName(g.names.of[p])
	f.declare("", jen.Func().Params(jen.Id("c").Op("*").Add(ident(g.names.caller))).Add(ident(name)).Params(g.callParams(p)...).
		Add(g.stream(p)).Block(jen.Return(wampID("CallStream").Types(g.streamTypes(p)...).Call(
		jen.Id("ctx"), jen.Id("c").Dot("client"), g.called(p), in, jen.Line().Add(g.valueFunc(g.names.progress(p))), result, spreadOptions(),
	))), "func "+g.names.caller+"."+name)
}

// valueFunc makes the codec.Value of what it gets a pointer to.
/*
	func(v *<int>) codec.Value { return <codec.Of(v, codec.Int)> }
*/
func (g *gen) valueFunc(p payload) *jen.Statement {
	return jen.Func().Params(jen.Id("v").Op("*").Add(g.payloadType(p))).Add(codecID("Value")).Add(oneLine(
		jen.Return(g.payloadAt(p, jen.Id("v")))))
}
