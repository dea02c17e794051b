package golang

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/generator/internal/doctext"
	"github.com/wampgen/wampgen/generator/internal/examples"
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
		g.optionFuncs(f, g.names.of[t], "Option", "a publish or a subscription of "+t.URI, t.Options)
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
		doc := "The URIs of the " + what + "."
		if slices.ContainsFunc(uris, func(uri string) bool { return strings.Contains(uri, "{") }) {
			doc += " A name in braces stands for a parameter."
		}
		var consts []jen.Code
		var announced []string
		for i, name := range names {
			consts = append(consts, ident(name).Op("=").Add(text(uris[i])))
			announced = append(announced, "const "+name)
		}
		if len(consts) > 0 {
			f.declare(doc, jen.Const().Defs(consts...), announced...)
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
var callLocals = []string{"c", "ctx", "chunks", "opts", "out", "err"}

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
		for i, m := range g.calls(p) {
			doc := g.procedureDoc(p, m.name, m.does)
			if i == 0 {
				doc = doctext.Paragraphs(doc, examples.Text(examples.Procedure(p)))
			}
			methods = append(methods, docComment(doc)...)
			methods = append(methods, ident(m.name).Params(g.callParams(p)...).Add(m.results))
			names = append(names, "field Caller."+m.name)
		}
	}
	f.declare(fmt.Sprintf("Caller calls the procedures of the API %s. It is safe for concurrent use. "+
		"Every procedure that is added to the schema adds a method, so an implementation for a test should embed it.", g.model.Name),
		jen.Type().Id("Caller").Interface(methods...), names...)
	name := g.names.caller
	f.declare("NewCaller returns a Caller that calls through client.",
		jen.Func().Id("NewCaller").Params(clientParam()).Id("Caller").Add(oneLine(
			jen.Return(jen.Op("&").Add(ident(name)).Values(jen.Id("client"))))), "func NewCaller")
	f.declare("", jen.Type().Add(ident(name)).Struct(jen.Id("client").Op("*").Add(wampID("Client"))),
		"type "+name, "field "+name+".client")
	for _, p := range g.model.Procedures {
		for _, m := range g.calls(p) {
			m.emit(f, p)
		}
	}
}

// call is a method of a caller.
type call struct {
	name, does string
	results    *jen.Statement
	emit       func(*file, *schema.Procedure)
}

// calls are the methods that call a procedure.
func (g *gen) calls(p *schema.Procedure) []call {
	name := g.names.of[p]
	switch {
	case p.Chunk != nil && p.Progress != nil:
		return []call{{name, "calls " + p.URI + " in both directions", g.bidi(p), g.bidiMethod}}
	case p.Chunk != nil:
		return []call{{name, "calls " + p.URI + " and sends it chunks", g.results(p, false), g.chunksMethod}}
	}
	var all []call
	if !p.StreamRequired {
		all = append(all, call{name, "calls " + p.URI, g.results(p, false), g.callMethod})
	}
	if p.Progress != nil {
		all = append(all, call{streamName(name), "calls " + p.URI + " and returns the stream of its progressive results", g.stream(p), g.streamMethod})
	}
	return all
}

func (g *gen) callParams(p *schema.Procedure) []jen.Code {
	params := g.inputParams(p)
	if p.Chunk != nil && p.Progress == nil {
		params = append(params, g.chunksParam(p))
	}
	return append(params, options("CallOption"))
}

// inputParams are the ctx, the parameters of the URI and the input.
func (g *gen) inputParams(p *schema.Procedure) []jen.Code {
	params := []jen.Code{contextParam()}
	if u := g.uri(p); u != nil {
		params = append(params, g.uriParam(u))
	}
	if name := g.inputName(p); name != "" {
		params = append(params, ident(name).Add(g.payloadType(g.names.input(p))))
	}
	return params
}

// called is the descriptor of a procedure, with a URI that has its parameters.
/*
	<orderPlace>
	<deviceGet>.At(<&deviceParams{deviceID}>)
*/
func (g *gen) called(p *schema.Procedure) *jen.Statement {
	descriptor := ident(g.names.procedures[p])
	if u := g.uri(p); u != nil {
		return descriptor.Dot("At").Call(g.uriValue(u))
	}
	return descriptor
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
	call := wampID("Call").Call(jen.Id("ctx"), jen.Id("c").Dot("client"), g.called(p), in, out, spreadOptions())
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

// procedureDoc is the documentation of a method called name, which calls or
// handles a procedure.
func (g *gen) procedureDoc(p *schema.Procedure, name, does string) string {
	first, about := name+" "+does+".", p.Doc
	if said, ok := acting(name, p.Doc); ok {
		first, about = said, "It "+does+"."
	}
	var single, fails string
	if g.names.input(p).shape() == schema.ShapeValue {
		if f := p.In.Args[0]; strings.TrimSpace(f.Doc) != "" {
			single = g.names.params[p] + ": " + f.Doc
		}
	}
	if len(p.Errors) > 0 {
		var list []string
		for _, e := range p.Errors {
			list = append(list, "[*"+g.names.shown(g.names.of[e.Error])+"]")
		}
		fails = "Declared errors: " + strings.Join(list, ", ") + "."
	}
	return doctext.Paragraphs(first, about, g.uriDoc(p), single, fails, lifetime(p.Deprecated, p.Since))
}
