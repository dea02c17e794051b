package golang

import (
	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/value"
)

// The names of what has the examples. Those of calls are others since a procedure
// may be called as a type or a topic.
func examplesName(name string) string     { return name + "Examples" }
func exampleCallName(name string) string  { return name + "ExampleCall" }
func exampleCallsName(name string) string { return name + "ExampleCalls" }

// claimExamples notes the function that has the examples of a declaration.
func (n *namer) claimExamples(owner any, at schema.Place, id, what string, all []*schema.Example) {
	if len(all) > 0 {
		n.claim(owner, at, examplesName(id), "the examples of "+what)
	}
}

// examples emits the examples of the schema as values. Nothing else mentions
// these functions, so they are only in programs that do.
func (g *gen) examples(f *file) {
	for _, t := range g.model.Types {
		g.typeExamples(f, t)
	}
	for _, e := range g.model.Errors {
		g.errorExamples(f, e)
	}
	for _, p := range g.model.Procedures {
		if calls, _ := value.Calls(p); len(calls) > 0 { // the tool has checked them
			g.exampleCall(f, p)
			g.exampleCalls(f, p, calls)
		}
	}
	for _, t := range g.model.Topics {
		g.eventExamples(f, t)
	}
}

// exampleFunc emits a function that returns examples.
/*
	// <doc>
	func <LineExamples>() []<Line> {
		out := make([]<Line>, <2>)
		<body>
		return out
	}
*/
func exampleFunc(f *file, name, doc string, of *jen.Statement, count int, body []jen.Code) {
	all := []jen.Code{jen.Id("out").Op(":=").Make(jen.Index().Add(of), number(count))}
	all = append(append(all, body...), jen.Return(jen.Id("out")))
	f.declare(name+" returns "+doc+".", jen.Func().Add(ident(name)).Params().Index().Add(of).Block(all...), "func "+name)
}

// exampleAt is example i, and the address of that.
func exampleAt(i int) *jen.Statement { return jen.Id("out").Index(number(i)) }

func address(of *jen.Statement) *jen.Statement { return jen.Op("&").Add(of) }

// exampleValue sets what a codec.Value is of.
/*
	codec.Example(<`{"sku": "AB-1"}`>, <&out[0]>)
*/
func exampleValue(json string, v *jen.Statement) *jen.Statement {
	return codecID("Example").Call(rawText(json), v)
}

// typeExamples emits the examples of a type.
func (g *gen) typeExamples(f *file, t *schema.Type) {
	values, _ := value.Values(t)
	if len(values) == 0 {
		return
	}
	r := value.Of(t)
	var body []jen.Code
	for i, v := range values {
		json, _ := value.Render(r, v)
		body = append(body, exampleValue(string(json), g.elementValue(r, address(exampleAt(i)))))
	}
	name := g.names.of[t]
	exampleFunc(f, examplesName(name), "the schema's examples of "+name+", for tests", g.elementType(r), len(values), body)
}

// errorExamples emits the examples of an error.
/*
	out[0] = new(<SoldOutError>)
*/
func (g *gen) errorExamples(f *file, e *schema.Error) {
	all, _ := value.Failures(e)
	if len(all) == 0 {
		return
	}
	name := g.names.of[e]
	var body []jen.Code
	for i, x := range all {
		at := exampleAt(i)
		body = append(body, at.Clone().Op("=").New(ident(name)), g.exampleOf(g.names.failure(e), value.Failure(e), x.Payload, at))
	}
	exampleFunc(f, examplesName(name), "the schema's examples of "+name+", for tests", jen.Op("*").Add(ident(name)), len(all), body)
}

// eventExamples emits the examples of a topic. The parameters in its URI are
// fields of the event, which its payload does not have.
/*
	wamp.ExampleURI(<DeviceStateTopic>, <"com.example.device.d1.state">, &out[0])
*/
func (g *gen) eventExamples(f *file, t *schema.Topic) {
	all, _ := value.Events(t)
	if len(all) == 0 {
		return
	}
	name, event := g.names.of[t], g.names.event(t)
	var body []jen.Code
	for i, x := range all {
		at := address(exampleAt(i))
		body = append(body, g.exampleOf(event, value.Event(t), x.Payload, at))
		if len(t.Params) > 0 {
			body = append(body, exampleURI(topicURI(name), x.URI, at.Clone()))
		}
	}
	exampleFunc(f, examplesName(name), "the schema's examples of events of "+t.URI+", for tests", g.payloadType(event), len(all), body)
}

// exampleCall emits what an example of a call is.
/*
	// <OrderPlace>ExampleCall is an example of a call of <com.example.order.place>.
	type <OrderPlace>ExampleCall struct {
		Doc      string
		Params   <OrderParams>
		In       <OrderPlaceArgs>
		Chunks   []<Chunk>
		Progress []<int>
		Out      *<Order>
	}
*/
func (g *gen) exampleCall(f *file, p *schema.Procedure) {
	name := exampleCallName(g.names.of[p])
	names := []string{"type " + name}
	var fields []jen.Code
	add := func(field, doc string, of *jen.Statement) {
		fields = append(append(fields, docComment(doc)...), ident(field).Add(of))
		names = append(names, "field "+name+"."+field)
	}
	add("Doc", "Doc says what the example shows, \"\" if the schema does not say so.", jen.String())
	if u := g.uri(p); u != nil {
		add("Params", "Params is what the URI has for its parameters.", g.uriType(u))
	}
	if in := g.names.input(p); in.shape() != schema.ShapeNone {
		add("In", "In is what the call begins with.", g.payloadType(in))
	}
	if p.Chunk != nil {
		add("Chunks", "Chunks are the chunks that the caller sends.", jen.Index().Add(g.payloadType(g.names.chunk(p))))
	}
	if p.Progress != nil {
		add("Progress", "Progress are the progressive results.", jen.Index().Add(g.payloadType(g.names.progress(p))))
	}
	if out := g.names.output(p); out.shape() != schema.ShapeNone {
		doc, of := "Out is the result, its zero value if the example has none.", g.payloadType(out)
		if !hasNil(out) {
			doc, of = "Out is the result, nil if the example has none.", jen.Op("*").Add(of)
		}
		add("Out", doc, of)
	}
	f.declare(name+" is an example of a call of "+p.URI+".", jen.Type().Add(ident(name)).Struct(fields...), names...)
}

// exampleCalls emits the examples of a procedure.
/*
	out[0].Doc = <"With a deadline.">
	codec.Example(<`{"lines": []}`>, <&out[0].In>)
	out[0].Progress = make([]<int>, <1>)
	codec.Example(<`50`>, <codec.Of(&out[0].Progress[0], codec.Int)>)
	out[0].Out = new(<Order>)
	codec.Example(<`{"id": 7}`>, <out[0].Out>)
*/
func (g *gen) exampleCalls(f *file, p *schema.Procedure, all []value.Example) {
	name := g.names.of[p]
	var body []jen.Code
	if u := g.uri(p); u != nil && u.bare {
		body = append(body, jen.Var().Id("at").Add(ident(u.typ)))
	}
	for i, x := range all {
		part := func(field string) *jen.Statement { return sel(exampleAt(i), field) }
		if x.Doc != "" {
			body = append(body, part("Doc").Op("=").Add(text(x.Doc)))
		}
		body = append(body, g.exampleParams(p, x.URI, part("Params"))...)
		if in := g.names.input(p); in.shape() != schema.ShapeNone {
			body = append(body, g.exampleOf(in, value.Arguments(p), x.Payload, address(part("In"))))
		}
		body = append(body, g.exampleStream(g.names.chunk(p), value.Chunk(p), x.Chunks, part("Chunks"))...)
		body = append(body, g.exampleStream(g.names.progress(p), value.Progress(p), x.Progress, part("Progress"))...)
		body = append(body, g.exampleResult(p, x.Result, part("Out"))...)
	}
	exampleFunc(f, exampleCallsName(name), "the schema's examples of calls of "+p.URI+", for tests",
		ident(exampleCallName(name)), len(all), body)
}

// exampleParams sets the parameters of a URI.
/*
	wamp.ExampleURI(<DeviceGetProcedure>, <"com.example.device.d1.get">, &at)        one parameter
	out[0].Params = at.<ID>

	wamp.ExampleURI(<DeviceGetProcedure>, <"com.example.device.d1.get">, &out[0].Params)       several
*/
func (g *gen) exampleParams(p *schema.Procedure, uri string, params *jen.Statement) []jen.Code {
	u, template := g.uri(p), procedureURI(g.names.of[p])
	switch {
	case u == nil:
		return nil
	case u.bare:
		return []jen.Code{exampleURI(template, uri, address(jen.Id("at"))), params.Op("=").Add(g.uriArgument(u))}
	}
	return []jen.Code{exampleURI(template, uri, address(params))}
}

func exampleURI(template, uri string, params *jen.Statement) *jen.Statement {
	return wampID("ExampleURI").Call(ident(template), text(uri), params)
}

// exampleStream sets the items of a stream.
func (g *gen) exampleStream(p payload, m value.Message, items []value.Payload, at *jen.Statement) []jen.Code {
	if len(items) == 0 {
		return nil
	}
	body := []jen.Code{at.Clone().Op("=").Make(jen.Index().Add(g.payloadType(p)), number(len(items)))}
	for i, item := range items {
		body = append(body, g.exampleOf(p, m, item, address(at.Clone().Index(number(i)))))
	}
	return body
}

// exampleResult sets a result.
func (g *gen) exampleResult(p *schema.Procedure, x *value.Payload, at *jen.Statement) []jen.Code {
	out := g.names.output(p)
	switch {
	case x == nil || out.shape() == schema.ShapeNone:
		return nil
	case hasNil(out):
		return []jen.Code{g.exampleOf(out, value.Result(p), *x, address(at))}
	}
	return []jen.Code{at.Clone().Op("=").New(g.payloadType(out)), g.exampleOf(out, value.Result(p), *x, at)}
}

// hasNil reports whether a result is nil by itself if it is absent or null.
func hasNil(out payload) bool {
	return out.maybe() || out.shape() == schema.ShapeValue && out.Args[0].Type.Nullable
}

// exampleOf sets the payload that at leads to: a value alone as it is, others from
// their parameters by name.
func (g *gen) exampleOf(p payload, m value.Message, x value.Payload, at *jen.Statement) jen.Code {
	json, _ := m.Named(x)
	if p.shape() == schema.ShapeValue && !p.maybe() {
		json = json.Get(p.Args[0].Name)
	}
	return exampleValue(string(json.AppendJSON(nil)), g.payloadAt(p, at))
}
