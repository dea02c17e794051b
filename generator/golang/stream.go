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

// hasStream reports whether a procedure has a method that begins a stream, beside the
// unary one or in its place.
func hasStream(p *schema.Procedure) bool { return p.Progress != nil && p.Chunk == nil }

// streamMethod is the method that has the progressive results of a procedure.
func (n *names) streamMethod(p *schema.Procedure) string {
	if hasStream(p) {
		return streamName(n.of[p])
	}
	return n.of[p]
}

// chunksType is what a caller sends, and what a handler gets.
func (g *gen) chunksType(p *schema.Procedure) *jen.Statement {
	return std("iter", "Seq2").Types(g.payloadType(g.names.chunk(p)), jen.Error())
}

func (g *gen) chunksParam(p *schema.Procedure) *jen.Statement {
	return jen.Id("chunks").Add(g.chunksType(p))
}

// bidi is what a call in both directions returns.
func (g *gen) bidi(p *schema.Procedure) *jen.Statement {
	return wampID("Bidi").Types(g.bidiTypes(p)...)
}

func (g *gen) bidiTypes(p *schema.Procedure) []jen.Code {
	return append([]jen.Code{g.payloadType(g.names.chunk(p))}, g.streamTypes(p)...)
}

// input is the codec.Value of what a call begins with, nil for none.
func (g *gen) input(p *schema.Procedure) *jen.Statement {
	if name := g.inputName(p); name != "" {
		return g.payloadValue(g.names.input(p), name)
	}
	return jen.Nil()
}

// resultFunc makes the codec.Value of a result, nil for none.
func (g *gen) resultFunc(p *schema.Procedure) *jen.Statement {
	if g.names.output(p).shape() == schema.ShapeNone {
		return jen.Nil()
	}
	return g.valueFunc(g.names.output(p))
}

// method begins a method of the caller.
func (g *gen) method(name string, p *schema.Procedure) *jen.Statement {
	return jen.Func().Params(jen.Id("c").Op("*").Add(ident(g.names.caller))).Add(ident(name)).Params(g.callParams(p)...)
}

// chunksMethod emits the method that sends chunks and waits for the result.
/*
	func (c *<caller>) <MediaUpload>(ctx context.Context, <name string>, chunks iter.Seq2[<[]byte>, error], opts ...wamp.CallOption) (out <MediaUploadResult>, err error) {
		err = wamp.CallChunks(ctx, c.client, <mediaUpload>, <&name>, chunks,
			func(v *<[]byte>) codec.Value { return <(*codec.BytesValue)(v)> }, <&out>, opts...)
		return out, err
	}
*/
func (g *gen) chunksMethod(f *file, p *schema.Procedure) {
	out := jen.Nil()
	void := g.names.output(p).shape() == schema.ShapeNone
	if !void {
		out = g.payloadValue(g.names.output(p), "out")
	}
	call := wampID("CallChunks").Call(jen.Id("ctx"), jen.Id("c").Dot("client"), g.called(p), g.input(p), jen.Id("chunks"),
		jen.Line().Add(g.valueFunc(g.names.chunk(p))), out, spreadOptions())
	body := []jen.Code{jen.Id("err").Op("=").Add(call), jen.Return(jen.Id("out"), jen.Id("err"))}
	if void {
		body = []jen.Code{jen.Return(call)}
	}
	f.declare("", g.method(g.names.of[p], p).Add(g.results(p, !void)).Block(body...), "func "+g.names.caller+"."+g.names.of[p])
}

// bidiMethod emits the method that begins a call in both directions.
/*
	func (c *<caller>) <SupportChat>(ctx context.Context, <ticket string>, opts ...wamp.CallOption) wamp.Bidi[<ChatLine>, <ChatLine>, <struct{}>] {
		return wamp.CallBidi[<ChatLine>, <ChatLine>, <struct{}>](ctx, c.client, <supportChat>, <&ticket>,
			func(v *<ChatLine>) codec.Value { return v }, func(v *<ChatLine>) codec.Value { return v }, <nil>, opts...)
	}
*/
func (g *gen) bidiMethod(f *file, p *schema.Procedure) {
	f.declare("", g.method(g.names.of[p], p).Add(g.bidi(p)).Block(jen.Return(wampID("CallBidi").Types(g.bidiTypes(p)...).Call(
		jen.Id("ctx"), jen.Id("c").Dot("client"), g.called(p), g.input(p),
		jen.Line().Add(g.valueFunc(g.names.chunk(p))), g.valueFunc(g.names.progress(p)), g.resultFunc(p), spreadOptions(),
	))), "func "+g.names.caller+"."+g.names.of[p])
}

// streamMethod emits the method that begins a stream.
/*
	func (c *<caller>) <CatalogImport>Stream(ctx context.Context, <source string>, opts ...wamp.CallOption) wamp.Stream[<CatalogImportProgress>, <CatalogImportResult>] {
		return wamp.CallStream[<CatalogImportProgress>, <CatalogImportResult>](ctx, c.client, <catalogImport>, <&in>,
			func(v *<CatalogImportProgress>) codec.Value { return v }, func(v *<CatalogImportResult>) codec.Value { return v }, opts...)
	}
*/
func (g *gen) streamMethod(f *file, p *schema.Procedure) {
	name := streamName(g.names.of[p])
	f.declare("", g.method(name, p).Add(g.stream(p)).Block(jen.Return(wampID("CallStream").Types(g.streamTypes(p)...).Call(
		jen.Id("ctx"), jen.Id("c").Dot("client"), g.called(p), g.input(p), jen.Line().Add(g.valueFunc(g.names.progress(p))), g.resultFunc(p), spreadOptions(),
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
