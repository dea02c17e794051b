package generator

import "github.com/dave/jennifer/jen"

// subscriber emits two functions for each topic.
/*
	// <doc>
	func Subscribe<PriceChanged>(ctx context.Context, client *wamp.Client, handler func(context.Context, <PriceChanged>) error, opts ...wamp.SubscribeOption) (*wamp.Subscription, error) {
		return wamp.Subscribe(ctx, client, <priceChanged>, handler, opts...)
	}

	// <PriceChanged>Events ...
	func <PriceChanged>Events(ctx context.Context, client *wamp.Client, opts ...wamp.SubscribeOption) iter.Seq2[<PriceChanged>, error] {
		return wamp.Events(ctx, client, <priceChanged>, opts...)
	}
*/
func (g *gen) subscriber(f *file) {
	for _, t := range g.model.Topics {
		topic, kind := ident(g.names.topics[t]), payloadType(event(t))
		name := "Subscribe" + t.GoName
		handler := jen.Id("handler").Func().Params(std("context", "Context"), kind.Clone()).Error()
		f.declare(paragraphs(name+" has handler called for every event of "+t.URI+", one after the other.", t.Doc),
			jen.Func().Add(ident(name)).Params(contextParam(), clientParam(), handler, options("SubscribeOption")).
				Params(jen.Op("*").Add(wampID("Subscription")), jen.Error()).Block(
				jen.Return(wampID("Subscribe").Call(
					jen.Id("ctx"), jen.Id("client"), topic.Clone(), jen.Id("handler"), spreadOptions()))),
			"func "+name)
		name = t.GoName + "Events"
		f.declare(paragraphs(name+" are the events of "+t.URI+" as a sequence, which subscribes when it is ranged over "+
			"and ends with the loop, with ctx or with an error.", t.Doc),
			jen.Func().Add(ident(name)).Params(contextParam(), clientParam(), options("SubscribeOption")).
				Add(std("iter", "Seq2")).Types(kind.Clone(), jen.Error()).Block(
				jen.Return(wampID("Events").Call(jen.Id("ctx"), jen.Id("client"), topic.Clone(), spreadOptions()))),
			"func "+name)
	}
}
