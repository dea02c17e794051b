package generator

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// contextParam and clientParam are what generated functions begin with.
func contextParam() *jen.Statement { return jen.Id("ctx").Add(std("context", "Context")) }
func clientParam() *jen.Statement  { return jen.Id("client").Op("*").Add(wampID("Client")) }

// options is a variadic last parameter, such as opts ...wamp.CallOption.
func options(kind string) *jen.Statement { return jen.Id("opts").Op("...").Add(wampID(kind)) }

func spreadOptions() *jen.Statement { return jen.Id("opts").Op("...") }

// caller emits the type that calls the procedures.
/*
	// Caller calls the procedures of the API <shop>.
	type Caller struct {
		client *wamp.Client
	}

	// NewCaller returns a Caller that calls through client.
	func NewCaller(client *wamp.Client) *Caller {
		return &Caller{client: client}
	}
*/
func (g *gen) caller(f *file) {
	if len(g.model.Procedures) == 0 {
		return
	}
	f.declare(fmt.Sprintf("Caller calls the procedures of the API %s. It is safe for concurrent use.", g.model.Name),
		jen.Type().Id("Caller").Struct(jen.Id("client").Op("*").Add(wampID("Client"))), "type Caller", "field Caller.client")
	f.declare("NewCaller returns a Caller that calls through client.",
		jen.Func().Id("NewCaller").Params(clientParam()).Op("*").Id("Caller").Block(
			jen.Return(jen.Op("&").Id("Caller").Values(entry("client", jen.Id("client"))))), "func NewCaller")
	for _, p := range g.model.Procedures {
		g.callMethod(f, p)
	}
}

// callMethod emits the method that calls a procedure.
/*
	// <doc>
	func (c *Caller) <OrderPlace>(ctx context.Context, <in OrderPlaceArgs>, opts ...wamp.CallOption) (<Order>, error) {
		return wamp.Call(ctx, c.client, <orderPlace>, <in>, opts...)
	}

	// <doc>                                      without a result
	func (c *Caller) <Ping>(ctx context.Context, opts ...wamp.CallOption) error {
		_, err := wamp.Call(ctx, c.client, <ping>, <wamp.None{}>, opts...)
		return err
	}
*/
func (g *gen) callMethod(f *file, p *schema.Procedure) {
	params := []jen.Code{contextParam()}
	in := wampID("None").Values()
	if name := inputName(p); name != "" {
		in = ident(name)
		params = append(params, ident(name).Add(payloadType(input(p))))
	}
	params = append(params, options("CallOption"))
	call := wampID("Call").Call(jen.Id("ctx"), jen.Id("c").Dot("client"), ident(g.names.procedures[p]), in, spreadOptions())
	body := []jen.Code{jen.Return(call)}
	if output(p).shape() == shapeNone {
		body = []jen.Code{jen.List(jen.Id("_"), jen.Id("err")).Op(":=").Add(call), jen.Return(jen.Id("err"))}
	}
	f.declare(procedureDoc(p, p.GoName+" calls "+p.URI+"."),
		jen.Func().Params(jen.Id("c").Op("*").Id("Caller")).Add(ident(p.GoName)).Params(params...).Add(results(p)).Block(body...),
		"func Caller."+p.GoName)
}

// inputName is the parameter that holds a procedure's input, "" without one.
func inputName(p *schema.Procedure) string {
	switch input(p).shape() {
	case shapeNone:
		return ""
	case shapeSingle:
		return param(p.In.Args[0])
	}
	return "in"
}

// results is (<Order>, error), or error without a result.
func results(p *schema.Procedure) *jen.Statement {
	if output(p).shape() == shapeNone {
		return jen.Error()
	}
	return jen.Params(payloadType(output(p)), jen.Error())
}

// procedureDoc is the documentation of a procedure behind a first sentence.
func procedureDoc(p *schema.Procedure, first string) string {
	var single, fails string
	if input(p).shape() == shapeSingle {
		if f := p.In.Args[0]; strings.TrimSpace(f.Doc) != "" {
			single = param(f) + ": " + f.Doc
		}
	}
	if len(p.Errors) > 0 {
		var list []string
		for _, e := range p.Errors {
			list = append(list, "[*"+e.GoName+"]")
		}
		fails = "Declared errors: " + strings.Join(list, ", ") + "."
	}
	return paragraphs(first, p.Doc, single, fails)
}
