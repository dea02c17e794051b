package generator

import (
	"github.com/dave/jennifer/jen"
)

// handshake emits the constant that ties the file to the runtime's version.
/*
	// This constant ... <why>
	const _ = wamp.GeneratedCodeV1
*/
func (g *gen) handshake(f *file) {
	f.declare("This constant makes the compiler compare wampgen with the runtime. If it is undefined, "+
		"this file was made by another version of wampgen than the one in go.mod: run go get "+
		"github.com/wampgen/wampgen@latest and generate again with go tool wampgen.",
		jen.Const().Id("_").Op("=").Add(wampID("GeneratedCodeV1")), "const _")
}

// descriptors emits what the runtime knows about each error, procedure and
// topic.
/*
	// <outOfStockError> describes com.acme.shop.error.out_of_stock.
	var <outOfStockError> = wamp.ErrorType{
		URI:    "<com.acme.shop.error.out_of_stock>",
		Decode: <decodeOutOfStockError>,
	}

	// <orderPlace> describes com.acme.shop.order.place.
	var <orderPlace> = &wamp.Procedure[<OrderPlaceArgs>, <Order>]{
		URI:        "<com.acme.shop.order.place>",
		Timeout:    <10 * time.Second>,
		Idempotent: true,
		EncodeIn:   <encodeOrderPlaceIn>,
		DecodeIn:   <decodeOrderPlaceIn>,
		EncodeOut:  <encodeOrderPlaceOut>,
		DecodeOut:  <decodeOrderPlaceOut>,
		Errors:     []wamp.ErrorType{<outOfStockError>},
	}

	// <priceChanged> describes com.acme.shop.price.changed.
	var <priceChanged> = &wamp.Topic[<PriceChanged>]{
		URI:     "<com.acme.shop.price.changed>",
		History: true,
		Encode:  <encodePriceChanged>,
		Decode:  <decodePriceChanged>,
	}
*/
func (g *gen) descriptors(f *file) {
	for _, e := range g.model.Errors {
		g.describe(f, g.names.errors[e], e.URI, wampID("ErrorType"),
			entry("Decode", ident(g.names.decoders[e.Payload])))
	}
	for _, p := range g.model.Procedures {
		var entries []jen.Code
		if p.Timeout > 0 {
			entries = append(entries, entry("Timeout", durationLiteral(p.Timeout)))
		}
		if p.Idempotent {
			entries = append(entries, entry("Idempotent", jen.True()))
		}
		entries = append(entries,
			entry("EncodeIn", ident(g.names.encoders[p.In])),
			entry("DecodeIn", ident(g.names.decoders[p.In])),
			entry("EncodeOut", ident(g.names.encoders[p.Out])),
			entry("DecodeOut", ident(g.names.decoders[p.Out])))
		if len(p.Errors) > 0 {
			var list []jen.Code
			for _, e := range p.Errors {
				list = append(list, ident(g.names.errors[e]))
			}
			entries = append(entries, entry("Errors", jen.Index().Add(wampID("ErrorType")).Values(list...)))
		}
		of := jen.Op("&").Add(wampID("Procedure").Types(payloadType(input(p)), payloadType(output(p))))
		g.describe(f, g.names.procedures[p], p.URI, of, entries...)
	}
	for _, t := range g.model.Topics {
		var entries []jen.Code
		if t.History {
			entries = append(entries, entry("History", jen.True()))
		}
		entries = append(entries,
			entry("Encode", ident(g.names.encoders[t.Payload])),
			entry("Decode", ident(g.names.decoders[t.Payload])))
		of := jen.Op("&").Add(wampID("Topic").Types(payloadType(event(t))))
		g.describe(f, g.names.topics[t], t.URI, of, entries...)
	}
}

func (g *gen) describe(f *file, name, uri string, of *jen.Statement, entries ...jen.Code) {
	entries = append([]jen.Code{entry("URI", text(uri))}, entries...)
	f.declare(name+" describes "+uri+".",
		jen.Var().Add(ident(name)).Op("=").Add(of).Add(lines("{", "}", entries...)), "var "+name)
}
