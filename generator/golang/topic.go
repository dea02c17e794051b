package golang

import (
	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/generator/internal/doctext"
	"github.com/wampgen/wampgen/generator/internal/examples"
	"github.com/wampgen/wampgen/schema"
)

// topic emits the functions of a topic. One with parameters in its URI is
// <orderUpdated>.At(&ev) where it is published to, and where it is subscribed
// to <orderUpdated>.Matching(&match), with the parameter match. What routers
// publish has no publisher.
/*
	// <doc>
	func Publish<PriceChanged>(ctx context.Context, client *wamp.Client, ev <PriceChanged>, opts ...wamp.PublishOption) error {
		return wamp.Publish(ctx, client, <priceChanged>, &ev, opts...)
	}

	// <doc>
	func Subscribe<PriceChanged>(ctx context.Context, client *wamp.Client, handler func(context.Context, <PriceChanged>) error, opts ...wamp.SubscribeOption) (*wamp.Subscription, error) {
		return wamp.Subscribe(ctx, client, <priceChanged>, handler, opts...)
	}

	// <PriceChanged>Events ...
	func <PriceChanged>Events(ctx context.Context, client *wamp.Client, opts ...wamp.SubscribeOption) iter.Seq2[wamp.Event[<PriceChanged>], error] {
		return wamp.Events[<PriceChanged>](ctx, client, <priceChanged>, opts...)
	}
*/
func (g *gen) topic(f *file, t *schema.Topic) {
	topic, kind := ident(g.names.topics[t]), g.payloadType(g.names.event(t))
	published := ident(g.names.topics[t])
	first := []jen.Code{contextParam(), clientParam()}
	those := first[:2:2]
	if len(t.Params) > 0 {
		published.Dot("At").Call(jen.Op("&").Id("ev"))
		topic.Dot("Matching").Call(jen.Op("&").Id("match"))
		those = append(those, jen.Id("match").Add(ident(matchName(g.names.of[t]))))
	}
	age := lifetime(t.Deprecated, t.Since)
	if !ofRouter(t.URI) {
		name := publishName(g.names.of[t])
		f.declare(doctext.Paragraphs(name+" publishes "+t.URI+".", t.Doc, examples.Text(examples.Topic(t)), age),
			jen.Func().Add(ident(name)).Params(append(first, jen.Id("ev").Add(kind), options("PublishOption"))...).
				Error().Block(jen.Return(wampID("Publish").Call(
				jen.Id("ctx"), jen.Id("client"), published, jen.Op("&").Id("ev"), spreadOptions()))),
			"func "+name)
	}
	name := subscribeName(g.names.of[t])
	handler := jen.Id("handler").Func().Params(std("context", "Context"), kind.Clone()).Error()
	f.declare(doctext.Paragraphs(name+" calls handler for every event of "+t.URI+", one after the other.", t.Doc, age),
		jen.Func().Add(ident(name)).Params(append(those, handler, options("SubscribeOption"))...).
			Params(jen.Op("*").Add(wampID("Subscription")), jen.Error()).Block(
			jen.Return(wampID("Subscribe").Call(
				jen.Id("ctx"), jen.Id("client"), topic.Clone(), jen.Id("handler"), spreadOptions()))),
		"func "+name)
	name = eventsName(g.names.of[t])
	f.declare(doctext.Paragraphs(name+" returns the events of "+t.URI+" as a sequence. It subscribes when it is ranged over "+
		"and ends with the loop, with ctx or with an error.", t.Doc, age),
		jen.Func().Add(ident(name)).Params(append(those, options("SubscribeOption"))...).
			Add(std("iter", "Seq2")).Types(wampID("Event").Types(kind.Clone()), jen.Error()).Block(
			jen.Return(wampID("Events").Types(kind.Clone()).Call(jen.Id("ctx"), jen.Id("client"), topic.Clone(), spreadOptions()))),
		"func "+name)
}
