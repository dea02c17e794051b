package generator

import (
	"fmt"

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
*/
func (g *gen) callee(f *file) {
	if len(g.model.Procedures) == 0 {
		return
	}
	names := []string{"type Callee"}
	var methods, handlers []jen.Code
	for _, p := range g.model.Procedures {
		params := []jen.Code{contextParam()}
		if name := inputName(p); name != "" {
			params = append(params, ident(name).Add(payloadType(input(p))))
		}
		methods = append(methods, docComment(procedureDoc(p, p.GoName+" handles "+p.URI+"."))...)
		methods = append(methods, ident(p.GoName).Params(params...).Add(results(p)))
		handlers = append(handlers, ident("Handle"+p.GoName).Call(sel(jen.Id("impl"), p.GoName), spreadOptions()))
		names = append(names, "field Callee."+p.GoName)
	}
	f.declare(fmt.Sprintf("Callee implements the procedures of the API %s. Its methods are called concurrently.", g.model.Name),
		jen.Type().Id("Callee").Interface(methods...), names...)
	g.register(f, handlers)
	for _, p := range g.model.Procedures {
		g.handle(f, p)
	}
}

// register emits the functions that register all or some procedures.
/*
	// Register ...
	func Register(ctx context.Context, client *wamp.Client, impl Callee, opts ...wamp.RegisterOption) (*wamp.Registrations, error) {
		return wamp.Serve(ctx, client,
			<HandleOrderPlace(impl.OrderPlace, opts...),>
		)
	}

	// Serve ...
	func Serve(ctx context.Context, client *wamp.Client, handlers ...wamp.Handler) (*wamp.Registrations, error) {
		return wamp.Serve(ctx, client, handlers...)
	}
*/
func (g *gen) register(f *file, handlers []jen.Code) {
	result := jen.Params(jen.Op("*").Add(wampID("Registrations")), jen.Error())
	f.declare("Register registers every procedure of impl with opts: all of them or, on an error, none. "+
		"They stay registered, also after a lost connection, until the result is closed.",
		jen.Func().Id("Register").Params(contextParam(), clientParam(), jen.Id("impl").Id("Callee"), options("RegisterOption")).
			Add(result.Clone()).Block(jen.Return(wampID("Serve").Add(
			lines("(", ")", append([]jen.Code{jen.Id("ctx"), jen.Id("client")}, handlers...)...)))),
		"func Register")
	f.declare("Serve registers some procedures, each made by a Handle function: all of them or, on an error, none.",
		jen.Func().Id("Serve").Params(contextParam(), clientParam(), jen.Id("handlers").Op("...").Add(wampID("Handler"))).
			Add(result.Clone()).Block(
			jen.Return(wampID("Serve").Call(jen.Id("ctx"), jen.Id("client"), jen.Id("handlers").Op("...")))),
		"func Serve")
}

// handle emits the function that makes a handler of a procedure.
/*
	// Handle<OrderPlace> makes the handler of <com.acme.shop.order.place> for Serve.
	func Handle<OrderPlace>(f func(context.Context, <OrderPlaceArgs>) (<Order>, error), opts ...wamp.RegisterOption) wamp.Handler {
		return wamp.Handle(<orderPlace>, f, opts...)
	}

	return wamp.Handle(<ping>, func(ctx context.Context, <_ wamp.None>) (<wamp.None>, error) {
		return <wamp.None{}, >f(ctx)              without input, without result
	}, opts...)
*/
func (g *gen) handle(f *file, p *schema.Procedure) {
	in, out := input(p).shape() != shapeNone, output(p).shape() != shapeNone
	types := []jen.Code{std("context", "Context")}
	args := []jen.Code{jen.Id("ctx")}
	inParam := jen.Id("_").Add(wampID("None"))
	if in {
		types = append(types, payloadType(input(p)))
		args = append(args, jen.Id("in"))
		inParam = jen.Id("in").Add(payloadType(input(p)))
	}
	handler := jen.Id("f")
	if !in || !out {
		back := []jen.Code{jen.Id("f").Call(args...)}
		if !out {
			back = []jen.Code{wampID("None").Values(), back[0]}
		}
		handler = jen.Func().Params(contextParam(), inParam).Params(payloadType(output(p)), jen.Error()).Block(jen.Return(back...))
	}
	name := "Handle" + p.GoName
	f.declare(name+" makes the handler of "+p.URI+" for Serve.",
		jen.Func().Add(ident(name)).Params(jen.Id("f").Func().Params(types...).Add(results(p)), options("RegisterOption")).
			Add(wampID("Handler")).Block(
			jen.Return(wampID("Handle").Call(ident(g.names.procedures[p]), handler, spreadOptions()))),
		"func "+name)
}
