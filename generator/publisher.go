package generator

import "github.com/dave/jennifer/jen"

// publisher emits a function for each topic.
/*
	// <doc>
	func Publish<PriceChanged>(ctx context.Context, client *wamp.Client, ev <PriceChanged>, opts ...wamp.PublishOption) error {
		return wamp.Publish(ctx, client, <priceChanged>, ev, opts...)
	}
*/
func (g *gen) publisher(f *file) {
	for _, t := range g.model.Topics {
		name := "Publish" + t.GoName
		f.declare(paragraphs(name+" publishes "+t.URI+".", t.Doc),
			jen.Func().Add(ident(name)).Params(contextParam(), clientParam(), jen.Id("ev").Add(payloadType(event(t))), options("PublishOption")).
				Error().Block(jen.Return(wampID("Publish").Call(
				jen.Id("ctx"), jen.Id("client"), ident(g.names.topics[t]), jen.Id("ev"), spreadOptions()))),
			"func "+name)
	}
}
