package golang

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// handshake emits the constant that ties the files to the runtime's version.
/*
	// This constant ... <why>
	const _ = wamp.GeneratedCodeV2
*/
func (g *gen) handshake(f *file) {
	f.declare("This constant makes the compiler compare wampgen with the runtime. If it is undefined, "+
		"this package was made by another version of wampgen than the one in go.mod: run go get "+
		"github.com/wampgen/wampgen@latest and generate again with go tool wampgen.",
		jen.Const().Id("_").Op("=").Add(wampID("GeneratedCodeV2")), "const _")
}

// descriptors emits what the runtime knows about each error, procedure and
// topic.
/*
	var <outOfStockError> = wamp.DeclaredError{URI: <OutOfStockErrorURI>, New: func() wamp.TypedError { return new(<OutOfStockError>) }}

	var <orderGet> = &wamp.Procedure{
		URI:        <OrderGetProcedure>,
		Timeout:    <10 * time.Second>,
		Idempotent: true,
		In:         &codec.Table{<Args: 1, Fields: []string{"id:uuid"}>},
		Out:        &codec.Table{<Args: 1, Result: true, Fields: []string{"result:map"}>},
		Stream:     true,                                          with progressive results
		Progress:   &codec.Table{<Args: 1, Result: true, Fields: []string{"result:int"}>},
		Chunks:     true,                                          with chunks
		Chunk:      &codec.Table{<Args: 1, Fields: []string{"chunk:bytes"}>},
		FirstChunk: true,                                          without an input
		LastChunk:  true,                                          with last: item
		Errors:     []wamp.DeclaredError{<orderNotFoundError>},
	}

	var <priceChanged> = &wamp.Topic{URI: <PriceChangedTopic>, History: true}
*/
func (g *gen) descriptors(f *file) {
	for _, e := range append(slices.Clip(g.model.Errors), importedErrors(g.model)...) {
		f.declare("", jen.Var().Add(ident(g.names.errors[e])).Op("=").Add(wampID("DeclaredError").Values(
			entry("URI", ident(errorURI(g.names.of[e]))),
			entry("New", jen.Func().Params().Add(wampID("TypedError")).Add(oneLine(
				jen.Return(jen.New(ident(g.names.of[e]))))))),
		), "var "+g.names.errors[e])
	}
	for _, p := range g.model.Procedures {
		g.describeProcedure(f, p)
	}
	for _, t := range g.model.Topics {
		entries := []jen.Code{entry("URI", ident(topicURI(g.names.of[t])))}
		if len(t.Params) > 0 {
			entries = append(entries, entry("Template", jen.True()))
		}
		entries = append(entries, access(t.Roles, t.Metadata)...)
		if t.History {
			entries = append(entries, entry("History", jen.True()))
		}
		entries = append(entries, topicOptions(t)...)
		value := wampID("Topic").Values(entries...)
		if len(t.Params) == 0 && len(entries) > 2 || len(entries) > 3 {
			value = wampID("Topic").Add(lines("{", "}", entries...))
		}
		f.declare("", jen.Var().Add(ident(g.names.topics[t])).Op("=").Op("&").Add(value), "var "+g.names.topics[t])
	}
}

func (g *gen) describeProcedure(f *file, p *schema.Procedure) {
	entries := []jen.Code{entry("URI", ident(procedureURI(g.names.of[p])))}
	if len(p.Params) > 0 {
		entries = append(entries, entry("Template", jen.True()))
	}
	if p.Timeout > 0 {
		entries = append(entries, entry("Timeout", durationValue(p.Timeout)))
	}
	entries = append(entries, access(p.Roles, p.Metadata)...)
	if p.Idempotent {
		entries = append(entries, entry("Idempotent", jen.True()))
	}
	if p.Grace != nil {
		entries = append(entries, entry("Grace", graceLiteral(*p.Grace)))
	}
	entries = append(entries, procedureOptions(p)...)
	type side struct {
		name string
		payload
	}
	sides := []side{{"In", g.names.input(p)}, {"Out", g.names.output(p)}}
	if p.Progress != nil {
		entries = append(entries, entry("Stream", jen.True()))
		sides = append(sides, side{"Progress", g.names.progress(p)})
	}
	if p.Chunk != nil {
		entries = append(entries, entry("Chunks", jen.True()))
		sides = append(sides, side{"Chunk", g.names.chunk(p)})
		if p.In.Empty() {
			entries = append(entries, entry("FirstChunk", jen.True()))
		}
		if p.LastChunk {
			entries = append(entries, entry("LastChunk", jen.True()))
		}
	}
	for _, side := range sides {
		switch {
		case side.maybe():
		case side.shape() == schema.ShapeValue:
			flags := side.flags
			if side.kind != kindIn && side.kind != kindChunk {
				flags = append(slices.Clip(flags), "Result")
			}
			entries = append(entries, entry(side.name, jen.Op("&").Add(g.table(side.Args[:1], 1, flags...))))
		case side.shape() == schema.ShapeSpread:
			entries = append(entries, entry(side.name, codecID("Spread")))
		}
	}
	if len(p.Errors) > 0 {
		var list []jen.Code
		for _, e := range p.Errors {
			list = append(list, ident(g.names.errors[e.Error]))
		}
		entries = append(entries, entry("Errors", jen.Index().Add(wampID("DeclaredError")).Values(list...)))
	}
	name := g.names.procedures[p]
	value := wampID("Procedure").Add(lines("{", "}", entries...))
	if len(entries) == 1 {
		value = wampID("Procedure").Values(entries...)
	}
	f.declare("", jen.Var().Add(ident(name)).Op("=").Op("&").Add(value), "var "+name)
}

// errorType emits the methods of a declared error.
/*
	// Error returns the error's URI. What a peer put into the fields is not part
	// of it.
	func (v *<OutOfStockError>) Error() string { return "wamp: " + <OutOfStockErrorURI> }

	// ErrorURI returns <com.acme.shop.error.out_of_stock>.
	func (v *<OutOfStockError>) ErrorURI() string { return <OutOfStockErrorURI> }

	// DecodePayload reads v from the payload of an ERROR message.
	func (v *<OutOfStockError>) DecodePayload(p codec.Payload) error { return wamp.DecodeError(p, v) }
*/
func (g *gen) errorType(f *file, e *schema.Error) {
	method := func(doc, name string, params *jen.Statement, result, body *jen.Statement) {
		f.declare(doc, jen.Func().Params(jen.Id("v").Op("*").Add(ident(g.names.of[e]))).Add(ident(name)).Params(params).Add(result).
			Add(oneLine(jen.Return(body))), "func "+g.names.of[e]+"."+name)
	}
	method("Error returns the error's URI. What a peer put into the fields is not part of it.",
		"Error", jen.Empty(), jen.String(), text("wamp: ").Op("+").Add(ident(errorURI(g.names.of[e]))))
	method("ErrorURI returns "+e.URI+".", "ErrorURI", jen.Empty(), jen.String(), ident(errorURI(g.names.of[e])))
	method("DecodePayload reads v from the payload of an ERROR message.",
		"DecodePayload", jen.Id("p").Op("*").Add(wampID("Payload")), jen.Error(), wampID("DecodeError").Call(jen.Id("p"), jen.Id("v")))
}
