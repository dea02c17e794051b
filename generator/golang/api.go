package golang

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/generator/internal/doctext"
	"github.com/wampgen/wampgen/schema"
)

// api emits the interface of the API: its URIs, what calls and what serves its
// procedures, and what publishes and subscribes to its topics.
func (g *gen) api(f *file) {
	g.uris(f)
	if len(g.model.Procedures) > 0 {
		g.caller(f)
		g.callee(f)
	}
	for _, t := range g.model.Topics {
		g.topic(f, t)
	}
}

// contextParam and clientParam are what generated functions begin with.
func contextParam() *jen.Statement { return jen.Id("ctx").Add(std("context", "Context")) }
func clientParam() *jen.Statement  { return jen.Id("client").Op("*").Add(wampID("Client")) }

// options is a variadic last parameter, such as opts ...wamp.CallOption.
func options(kind string) *jen.Statement { return jen.Id("opts").Op("...").Add(wampID(kind)) }

func spreadOptions() *jen.Statement { return jen.Id("opts").Op("...") }

// uris emits the URIs of the procedures, topics and errors.
/*
	// The URIs of the procedures.
	const (
		<OrderPlace>Procedure = "<com.acme.shop.order.place>"
	)
*/
func (g *gen) uris(f *file) {
	block := func(what string, names, uris []string) {
		var consts []jen.Code
		var announced []string
		for i, name := range names {
			consts = append(consts, ident(name).Op("=").Add(text(uris[i])))
			announced = append(announced, "const "+name)
		}
		if len(consts) > 0 {
			f.declare("The URIs of the "+what+".", jen.Const().Defs(consts...), announced...)
		}
	}
	var names, uris []string
	for _, p := range g.model.Procedures {
		names, uris = append(names, procedureURI(g.names.of[p])), append(uris, p.URI)
	}
	block("procedures", names, uris)
	names, uris = nil, nil
	for _, t := range g.model.Topics {
		names, uris = append(names, topicURI(g.names.of[t])), append(uris, t.URI)
	}
	block("topics", names, uris)
	names, uris = nil, nil
	for _, e := range g.model.Errors {
		names, uris = append(names, errorURI(g.names.of[e])), append(uris, e.URI)
	}
	block("errors", names, uris)
}

// The names that are made from those of the schema.
func procedureURI(name string) string  { return name + "Procedure" }
func topicURI(name string) string      { return name + "Topic" }
func errorURI(name string) string      { return name + "URI" }
func streamName(name string) string    { return name + "Stream" }
func handleName(name string) string    { return "Handle" + name }
func publishName(name string) string   { return "Publish" + name }
func subscribeName(name string) string { return "Subscribe" + name }
func eventsName(name string) string    { return name + "Events" }

// callLocals are the names that a method which calls a procedure has for
// itself, so that no parameter can have them.
var callLocals = []string{"c", "ctx", "opts", "out", "err"}

// caller emits the interface that calls the procedures, and what implements it.
/*
	// Caller calls the procedures of the API <shop>. ...
	type Caller interface {
		// <doc>
		<OrderPlace>(ctx context.Context, <in OrderPlaceArgs>, opts ...wamp.CallOption) (<Order>, error)
	}

	// NewCaller returns a Caller that calls through client.
	func NewCaller(client *wamp.Client) Caller { return &<caller>{client} }

	type <caller> struct{ client *wamp.Client }
*/
func (g *gen) caller(f *file) {
	names := []string{"type Caller"}
	var methods []jen.Code
	for _, p := range g.model.Procedures {
		methods = append(methods, docComment(g.procedureDoc(p, g.names.of[p]+" calls "+p.URI+"."))...)
		methods = append(methods, ident(g.names.of[p]).Params(g.callParams(p)...).Add(g.results(p, false)))
		names = append(names, "field Caller."+g.names.of[p])
		if p.Progress != nil {
			name := streamName(g.names.of[p])
			methods = append(methods, docComment(g.procedureDoc(p, name+" calls "+p.URI+" and returns the stream of its progressive results."))...)
			methods = append(methods, ident(name).Params(g.callParams(p)...).Add(g.stream(p)))
			names = append(names, "field Caller."+name)
		}
	}
	f.declare(fmt.Sprintf("Caller calls the procedures of the API %s. It is safe for concurrent use. "+
		"It gets a method for each procedure that the schema gets: embed it where you implement it for a test.", g.model.Name),
		jen.Type().Id("Caller").Interface(methods...), names...)
	name := g.names.caller
	f.declare("NewCaller returns a Caller that calls through client.",
		jen.Func().Id("NewCaller").Params(clientParam()).Id("Caller").Add(oneLine(
			jen.Return(jen.Op("&").Add(ident(name)).Values(jen.Id("client"))))), "func NewCaller")
	f.declare("", jen.Type().Add(ident(name)).Struct(jen.Id("client").Op("*").Add(wampID("Client"))),
		"type "+name, "field "+name+".client")
	for _, p := range g.model.Procedures {
		g.callMethod(f, p)
		if p.Progress != nil {
			g.streamMethod(f, p)
		}
	}
}

func (g *gen) callParams(p *schema.Procedure) []jen.Code {
	params := []jen.Code{contextParam()}
	if name := g.inputName(p); name != "" {
		params = append(params, ident(name).Add(g.payloadType(g.names.input(p))))
	}
	return append(params, options("CallOption"))
}

// callMethod emits the method that calls a procedure.
/*
	func (c *<caller>) <OrderPlace>(ctx context.Context, <in OrderPlaceArgs>, opts ...wamp.CallOption) (out <Order>, err error) {
		err = wamp.Call(ctx, c.client, <orderPlace>, <&in>, <&out>, opts...)
		return out, err
	}

	func (c *<caller>) <Ping>(ctx context.Context, opts ...wamp.CallOption) error {       without a result
		return wamp.Call(ctx, c.client, <ping>, nil, nil, opts...)
	}
*/
func (g *gen) callMethod(f *file, p *schema.Procedure) {
	in, out := jen.Nil(), jen.Nil()
	if name := g.inputName(p); name != "" {
		in = g.payloadValue(g.names.input(p), name)
	}
	void := g.names.output(p).shape() == schema.ShapeNone
	if !void {
		out = g.payloadValue(g.names.output(p), "out")
	}
	call := wampID("Call").Call(jen.Id("ctx"), jen.Id("c").Dot("client"), ident(g.names.procedures[p]), in, out, spreadOptions())
	body := []jen.Code{jen.Id("err").Op("=").Add(call), jen.Return(jen.Id("out"), jen.Id("err"))}
	if void {
		body = []jen.Code{jen.Return(call)}
	}
	name := g.names.caller
	f.declare("", jen.Func().Params(jen.Id("c").Op("*").Add(ident(name))).Add(ident(g.names.of[p])).Params(g.callParams(p)...).
		Add(g.results(p, !void)).Block(body...), "func "+name+"."+g.names.of[p])
}

// payloadValue is the codec.Value of a payload that a variable holds.
func (g *gen) payloadValue(p payload, variable string) *jen.Statement {
	return g.payloadAt(p, jen.Op("&").Add(ident(variable)))
}

// payloadAt is the codec.Value of a payload that at points to.
func (g *gen) payloadAt(p payload, at *jen.Statement) *jen.Statement {
	switch {
	case p.maybe():
		return codecID("Of").Call(at, ident(g.names.maybes[p.Payload]))
	case p.shape() == schema.ShapeValue:
		return g.elementValue(p.Args[0].Type, at)
	}
	return at
}

// inputName is the parameter that holds a procedure's input, "" without one.
func (g *gen) inputName(p *schema.Procedure) string {
	switch g.names.input(p).shape() {
	case schema.ShapeNone:
		return ""
	case schema.ShapeValue:
		return g.names.params[p]
	}
	return "in"
}

// results is (<Order>, error), or error without a result.
func (g *gen) results(p *schema.Procedure, named bool) *jen.Statement {
	switch {
	case g.names.output(p).shape() == schema.ShapeNone:
		return jen.Error()
	case named:
		return jen.Params(jen.Id("out").Add(g.payloadType(g.names.output(p))), jen.Err().Error())
	}
	return jen.Params(g.payloadType(g.names.output(p)), jen.Error())
}

// procedureDoc is the documentation of a procedure behind a first sentence.
func (g *gen) procedureDoc(p *schema.Procedure, first string) string {
	var single, fails string
	if g.names.input(p).shape() == schema.ShapeValue {
		if f := p.In.Args[0]; strings.TrimSpace(f.Doc) != "" {
			single = g.names.params[p] + ": " + f.Doc
		}
	}
	if len(p.Errors) > 0 {
		var list []string
		for _, e := range p.Errors {
			list = append(list, "[*"+g.names.of[e.Error]+"]")
		}
		fails = "Declared errors: " + strings.Join(list, ", ") + "."
	}
	return doctext.Paragraphs(first, p.Doc, single, fails)
}

// callee emits the interface of a callee and what registers it.
/*
	// Callee implements the procedures of the API <shop>.
	type Callee interface {
		// <doc>
		<OrderPlace>(ctx context.Context, <in OrderPlaceArgs>) (<Order>, error)
	}

	// Register ...
	func Register(ctx context.Context, client *wamp.Client, impl Callee, opts ...wamp.RegisterOption) (*wamp.Registrations, error) {
		return wamp.Register(ctx, client,
			<HandleOrderPlace(impl.OrderPlace, opts...),>
		)
	}
*/
func (g *gen) callee(f *file) {
	names := []string{"type Callee"}
	var methods []jen.Code
	handlers := []jen.Code{jen.Id("ctx"), jen.Id("client")}
	for _, p := range g.model.Procedures {
		methods = append(methods, docComment(g.procedureDoc(p, g.names.of[p]+" handles "+p.URI+"."))...)
		methods = append(methods, ident(g.names.of[p]).Params(g.handlerParams(p)...).Add(g.results(p, false)))
		handlers = append(handlers, ident(handleName(g.names.of[p])).Call(sel(jen.Id("impl"), g.names.of[p]), spreadOptions()))
		names = append(names, "field Callee."+g.names.of[p])
	}
	f.declare(fmt.Sprintf("Callee implements the procedures of the API %s. Its methods are called concurrently.", g.model.Name),
		jen.Type().Id("Callee").Interface(methods...), names...)
	f.declare("Register registers every procedure of impl with opts: all of them or, on an error, none. "+
		"They stay registered, also after a lost connection, until the result is closed.",
		jen.Func().Id("Register").Params(contextParam(), clientParam(), jen.Id("impl").Id("Callee"), options("RegisterOption")).
			Params(jen.Op("*").Add(wampID("Registrations")), jen.Error()).Block(
			jen.Return(wampID("Register").Add(lines("(", ")", handlers...)))), "func Register")
	for _, p := range g.model.Procedures {
		g.handle(f, p)
	}
}

func (g *gen) handlerParams(p *schema.Procedure) []jen.Code {
	params := []jen.Code{contextParam()}
	if name := g.inputName(p); name != "" {
		params = append(params, ident(name).Add(g.payloadType(g.names.input(p))))
	}
	if p.Progress != nil {
		params = append(params, jen.Id("out").Add(g.sender(p)))
	}
	return params
}

// handle emits the function that makes a handler of a procedure.
/*
	// Handle<OrderPlace> returns the handler of <com.acme.shop.order.place> for
	// [wamp.Register].
	//
	//go:noinline
	func Handle<OrderPlace>(f func(context.Context, <OrderPlaceArgs>) (<Order>, error), opts ...wamp.RegisterOption) wamp.Handler {
		return wamp.Handle(<orderPlace>, opts, func(ctx context.Context, x *wamp.Exchange) error {
			var in <OrderPlaceArgs>
			if err := x.In(<&in>); err != nil {
				return err
			}
			out, err := f(ctx, in)
			return x.Out(<&out>, err)
		})
	}
*/
func (g *gen) handle(f *file, p *schema.Procedure) {
	in, out := g.names.input(p), g.names.output(p)
	types := []jen.Code{std("context", "Context")}
	args := []jen.Code{jen.Id("ctx")}
	var body []jen.Code
	read := jen.Nil()
	if in.shape() != schema.ShapeNone {
		types = append(types, g.payloadType(in))
		args = append(args, jen.Id("in"))
		body = append(body, jen.Var().Id("in").Add(g.payloadType(in)))
		read = g.payloadValue(in, "in")
	}
	if p.Progress != nil {
		types = append(types, g.sender(p))
		args = append(args, wampID("NewSender").Call(jen.Id("x"), g.valueFunc(g.names.progress(p))))
	}
	body = append(body, jen.If(jen.Id("err").Op(":=").Id("x").Dot("In").Call(read), jen.Id("err").Op("!=").Nil()).
		Block(jen.Return(jen.Id("err"))))
	run := jen.Id("f").Call(args...)
	if out.shape() == schema.ShapeNone {
		body = append(body, jen.Return(jen.Id("x").Dot("Out").Call(jen.Nil(), run)))
	} else {
		body = append(body, jen.List(jen.Id("out"), jen.Id("err")).Op(":=").Add(run),
			jen.Return(jen.Id("x").Dot("Out").Call(g.payloadValue(out, "out"), jen.Id("err"))))
	}
	name := handleName(g.names.of[p])
	serve := jen.Func().Params(contextParam(), jen.Id("x").Op("*").Add(wampID("Exchange"))).Error().Block(body...)
	f.declare(name+" returns the handler of "+p.URI+" for [wamp.Register].",
		apart(jen.Func().Add(ident(name)).Params(jen.Id("f").Func().Params(types...).Add(g.results(p, false)), options("RegisterOption")).
			Add(wampID("Handler")).Block(
			jen.Return(wampID("Handle").Call(ident(g.names.procedures[p]), jen.Id("opts"), serve)))),
		"func "+name)
}

// topic emits the functions of a topic.
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
	first := []jen.Code{contextParam(), clientParam()}
	name := publishName(g.names.of[t])
	f.declare(doctext.Paragraphs(name+" publishes "+t.URI+".", t.Doc),
		jen.Func().Add(ident(name)).Params(append(first, jen.Id("ev").Add(kind), options("PublishOption"))...).
			Error().Block(jen.Return(wampID("Publish").Call(
			jen.Id("ctx"), jen.Id("client"), topic, jen.Op("&").Id("ev"), spreadOptions()))),
		"func "+name)
	name = subscribeName(g.names.of[t])
	handler := jen.Id("handler").Func().Params(std("context", "Context"), kind.Clone()).Error()
	f.declare(doctext.Paragraphs(name+" calls handler for every event of "+t.URI+", one after the other.", t.Doc),
		jen.Func().Add(ident(name)).Params(append(first, handler, options("SubscribeOption"))...).
			Params(jen.Op("*").Add(wampID("Subscription")), jen.Error()).Block(
			jen.Return(wampID("Subscribe").Call(
				jen.Id("ctx"), jen.Id("client"), topic.Clone(), jen.Id("handler"), spreadOptions()))),
		"func "+name)
	name = eventsName(g.names.of[t])
	f.declare(doctext.Paragraphs(name+" returns the events of "+t.URI+" as a sequence. It subscribes when it is ranged over "+
		"and ends with the loop, with ctx or with an error.", t.Doc),
		jen.Func().Add(ident(name)).Params(append(first, options("SubscribeOption"))...).
			Add(std("iter", "Seq2")).Types(wampID("Event").Types(kind.Clone()), jen.Error()).Block(
			jen.Return(wampID("Events").Types(kind.Clone()).Call(jen.Id("ctx"), jen.Id("client"), topic.Clone(), spreadOptions()))),
		"func "+name)
}
