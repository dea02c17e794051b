package golang

import (
	"maps"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

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
	alone, groups := g.grouped()
	if len(alone) > 0 {
		about := "the procedures of the API " + g.model.Name
		if len(groups) > 0 {
			about += " that belong to no group"
		}
		g.calleeInterface(f, "Callee", "Callee implements "+about+".", alone)
		g.register(f, "Register", "Register registers every procedure of impl with opts", "Callee", nil, alone)
	}
	for _, group := range groups {
		g.group(f, group)
	}
	for _, p := range g.model.Procedures {
		if !ofRouter(p.URI) {
			g.handle(f, p)
		}
		g.optionFuncs(f, g.names.of[p], "CallOption", "a call of "+p.URI, p.Options)
	}
}

// calleeInterface emits the interface of those who implement some procedures.
func (g *gen) calleeInterface(f *file, name, doc string, procedures []*schema.Procedure) {
	names := []string{"type " + name}
	var methods []jen.Code
	for _, p := range procedures {
		methods = append(methods, docComment(g.procedureDoc(p, g.names.of[p], "handles "+p.URI))...)
		methods = append(methods, ident(g.names.of[p]).Params(g.handlerParams(p)...).Add(g.results(p, false)))
		names = append(names, "field "+name+"."+g.names.of[p])
	}
	f.declare(doc+" Its methods are called concurrently. "+
		"To serve only some of the procedures, give their handlers, such as that of ["+handleName(g.names.of[procedures[0]])+"], to [wamp.Register].", jen.Type().Add(ident(name)).Interface(methods...), names...)
}

// register emits the function that registers some procedures; those of one
// instance if there is u.
func (g *gen) register(f *file, name, does, callee string, u *uriParams, procedures []*schema.Procedure) {
	params := []jen.Code{contextParam(), clientParam()}
	if u != nil {
		params = append(params, g.uriParam(u))
	}
	handlers := []jen.Code{jen.Id("ctx"), jen.Id("client")}
	for _, p := range procedures {
		handler := ident(handleName(g.names.of[p])).Call(sel(jen.Id("impl"), g.names.of[p]), spreadOptions())
		if u != nil {
			handler.Dot("At").Call(g.uriValue(u))
		}
		handlers = append(handlers, handler)
	}
	f.declare(does+": all of them or, on an error, none. "+
		"They stay registered, also after a lost connection, until [wamp.Registrations.Unregister].",
		jen.Func().Add(ident(name)).Params(append(params, jen.Id("impl").Add(ident(callee)), options("RegisterOption"))...).
			Params(jen.Op("*").Add(wampID("Registrations")), jen.Error()).Block(
			jen.Return(wampID("Register").Add(lines("(", ")", handlers...)))), "func "+name)
}

// ofRouter reports whether a URI is the protocol's own. Nobody but the router
// registers it or publishes to it.
func ofRouter(uri string) bool { return strings.HasPrefix(uri, "wamp.") }

// grouped returns the procedures of callees that belong to no group, and those of
// each group, sorted by its name.
func (g *gen) grouped() (alone []*schema.Procedure, groups [][]*schema.Procedure) {
	byName := map[string][]*schema.Procedure{}
	for _, p := range g.model.Procedures {
		switch {
		case ofRouter(p.URI):
		case p.Group == "":
			alone = append(alone, p)
		default:
			byName[p.Group] = append(byName[p.Group], p)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		groups = append(groups, byName[name])
	}
	return alone, groups
}

// group emits the interface of those who implement a group, and what registers
// it.
/*
	// <Sensor>Callee implements the procedures of the group <sensor>. ...
	type <Sensor>Callee interface { ... }

	func Register<Sensor>(ctx context.Context, client *wamp.Client, <sensorID uint32>, impl <Sensor>Callee, opts ...wamp.RegisterOption) (*wamp.Registrations, error) {
		return wamp.Register(ctx, client,
			<HandleSensorCalibrate(impl.SensorCalibrate, opts...).At(&sensorParams{sensorID})>,
		)
	}

	func Register<Sensors>(ctx context.Context, client *wamp.Client, impl <Sensor>Callee, opts ...wamp.RegisterOption) (*wamp.Registrations, error)
*/
func (g *gen) group(f *file, procedures []*schema.Procedure) {
	name := groupName(procedures[0].Group)
	callee, u := calleeName(name), g.uri(procedures[0])
	doc := callee + " implements the procedures of the group " + procedures[0].Group + "."
	if u == nil {
		g.calleeInterface(f, callee, doc, procedures)
		g.register(f, registerName(name), registerName(name)+" registers every procedure of impl with opts", callee, nil, procedures)
		return
	}
	g.calleeInterface(f, callee, doc+" "+registerName(name)+" registers them for one instance, "+registerAllName(name)+" for all.", procedures)
	g.register(f, registerName(name), registerName(name)+" registers every procedure of impl for one instance, with opts", callee, u, procedures)
	g.register(f, registerAllName(name), registerAllName(name)+" registers every procedure of impl for all instances, with opts, "+
		"as patterns that the router must support", callee, nil, procedures)
}

func (g *gen) handlerParams(p *schema.Procedure) []jen.Code {
	params := g.inputParams(p)
	if p.Chunk != nil {
		params = append(params, g.chunksParam(p))
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
			var at <sensorParams>                       with parameters in the URI
			var in <OrderPlaceArgs>
			if err := x<.At(&at)>.In(<&in>); err != nil {
				return err
			}
			out, err := f(ctx, <at.SensorID>, in)
			return x.Out(<&out>, err)
		})
	}
*/
func (g *gen) handle(f *file, p *schema.Procedure) {
	in, out := g.names.input(p), g.names.output(p)
	types := []jen.Code{std("context", "Context")}
	args := []jen.Code{jen.Id("ctx")}
	var body []jen.Code
	exchange, read := jen.Id("x"), jen.Nil()
	if u := g.uri(p); u != nil {
		types = append(types, g.uriType(u))
		args = append(args, g.uriArgument(u))
		body = append(body, jen.Var().Id("at").Add(ident(u.typ)))
		exchange.Dot("At").Call(jen.Op("&").Id("at"))
	}
	if in.shape() != schema.ShapeNone {
		types = append(types, g.payloadType(in))
		args = append(args, jen.Id("in"))
		body = append(body, jen.Var().Id("in").Add(g.payloadType(in)))
		read = g.payloadValue(in, "in")
	}
	if p.Chunk != nil {
		types = append(types, g.chunksType(p))
		args = append(args, wampID("NewChunks").Call(jen.Id("x"), g.valueFunc(g.names.chunk(p))))
	}
	if p.Progress != nil {
		types = append(types, g.sender(p))
		args = append(args, wampID("NewSender").Call(jen.Id("x"), g.valueFunc(g.names.progress(p))))
	}
	body = append(body, jen.If(jen.Id("err").Op(":=").Add(exchange).Dot("In").Call(read), jen.Id("err").Op("!=").Nil()).
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
