package golang

import (
	"go/token"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// uriParams are the parameters of a URI in Go: of one procedure, or of all of
// a group.
type uriParams struct {
	fields []*schema.Field
	// typ is the struct that holds them, of is what they are the parameters of.
	typ, of string
	// bare reports whether there is one alone, which users see as its own type.
	bare bool
	// param is the parameter of functions.
	param string
}

// unit is what the names begin with that a procedure shares with its group.
func (n *names) unit(p *schema.Procedure) string {
	if p.Group != "" {
		return groupName(p.Group)
	}
	return n.of[p]
}

func groupName(group string) string { return pascal(words(group)) }

// The names that are made from that of a group.
func calleeName(group string) string   { return group + "Callee" }
func paramsName(stem string) string    { return stem + "Params" }
func matchName(topic string) string    { return topic + "Match" }
func registerName(group string) string { return "Register" + group }

// registerAllName is the name of what registers a group for every instance: the
// plural of the group.
func registerAllName(group string) string {
	stem, y := strings.CutSuffix(group, "y")
	switch {
	case y && stem != "" && !strings.ContainsAny(stem[len(stem)-1:], "aeiou"):
		return "Register" + stem + "ies"
	case strings.HasSuffix(group, "s"), strings.HasSuffix(group, "x"), strings.HasSuffix(group, "ch"), strings.HasSuffix(group, "sh"):
		return "Register" + group + "es"
	}
	return "Register" + group + "s"
}

// uri returns the parameters of a procedure's URI, nil if it has none.
func (g *gen) uri(p *schema.Procedure) *uriParams { return g.names.uris[g.names.unit(p)] }

// uriLocals are the names that functions with a parameter for a URI have for
// themselves.
var uriLocals = []string{"client", "impl", "in", "f", "x"}

// uriNames decides how functions call the parameters of URIs.
func (n *names) uriNames(m *schema.Model) {
	for _, p := range m.Procedures {
		stem := n.unit(p)
		if len(p.Params) == 0 || n.uris[stem] != nil {
			continue
		}
		u := &uriParams{fields: p.Params, typ: paramsName(stem), of: "procedure " + p.URI, bare: len(p.Params) == 1, param: "params"}
		if p.Group != "" {
			u.of = "procedures of the group " + p.Group
		}
		if u.bare {
			u.param = n.paramName(n.of[p.Params[0]])
		}
		for n.uriParamTaken(m, stem, u.param) {
			u.param += "_"
		}
		n.taken[u.param], n.uris[stem] = true, u
	}
}

// uriParamTaken reports whether a function of those with the parameters of a URI
// has another use for a name.
func (n *names) uriParamTaken(m *schema.Model, stem, name string) bool {
	return slices.Contains(uriLocals, name) ||
		slices.ContainsFunc(m.Procedures, func(p *schema.Procedure) bool { return n.unit(p) == stem && n.params[p] == name })
}

// uriTypes names what holds the one parameter of a URI, which users do not see.
func (n *names) uriTypes(m *schema.Model) {
	for _, p := range m.Procedures {
		if u := n.uris[n.unit(p)]; u != nil && u.bare && token.IsExported(u.typ) {
			u.typ = n.pick(localName(u.typ))
		}
	}
}

// uriParam is a parameter of a function for the parameters of a URI.
func (g *gen) uriParam(u *uriParams) jen.Code { return ident(u.param).Add(g.uriType(u)) }

// uriType is the type of that.
func (g *gen) uriType(u *uriParams) *jen.Statement {
	if u.bare {
		return g.goType(u.fields[0].Type)
	}
	return ident(u.typ)
}

// uriValue is a wamp.URIParams of that.
/*
	&<sensorParams>{<sensorID>}       one parameter
	&params                           several
*/
func (g *gen) uriValue(u *uriParams) *jen.Statement {
	if u.bare {
		return jen.Op("&").Add(ident(u.typ)).Values(ident(u.param))
	}
	return jen.Op("&").Add(ident(u.param))
}

// uriArgument is what a handler gets of the parameters that were read.
func (g *gen) uriArgument(u *uriParams) *jen.Statement {
	if u.bare {
		return sel(jen.Id("at"), g.names.of[u.fields[0]])
	}
	return jen.Id("at")
}

// uriDoc documents the one parameter of a URI; those of several are documented
// in their struct.
func (g *gen) uriDoc(p *schema.Procedure) string {
	u := g.uri(p)
	if u == nil || !u.bare || strings.TrimSpace(u.fields[0].Doc) == "" {
		return ""
	}
	return u.param + ": " + u.fields[0].Doc
}

// uriStructs emits what holds the parameters of URIs, as far as users see it.
func (g *gen) uriStructs(f *file) {
	for _, u := range g.uriParams() {
		if !u.bare {
			g.structType(f, u.typ, u.typ+" are the parameters in the URI of the "+u.of+".", nil, u.fields)
		}
	}
	for _, t := range g.model.Topics {
		if len(t.Params) > 0 {
			g.matchStruct(f, t)
		}
	}
}

// uriParams are the parameters of URIs of procedures, each once.
func (g *gen) uriParams() []*uriParams {
	var list []*uriParams
	for _, p := range g.model.Procedures {
		if u := g.uri(p); u != nil && !slices.Contains(list, u) {
			list = append(list, u)
		}
	}
	return list
}

// matchStruct emits which topics a subscription gets.
/*
	// <OrderUpdated>Match says which topics <com.acme.order.{order_id}.updated> a
	// subscription gets: those with the values that are set.
	type <OrderUpdated>Match struct {
		<OrderID> *<OrderID>
	}
*/
func (g *gen) matchStruct(f *file, t *schema.Topic) {
	name := matchName(g.names.of[t])
	names := []string{"type " + name}
	var body []jen.Code
	for _, field := range t.Params {
		body = append(body, docComment(g.fieldDoc(field))...)
		body = append(body, ident(g.names.of[field]).Op("*").Add(g.goType(field.Type)))
		names = append(names, "field "+name+"."+g.names.of[field])
	}
	f.declare(name+" says which topics "+t.URI+" a subscription gets: those that have the values of all fields that are not nil. "+
		"With a nil field it is a pattern, which the router must support.",
		jen.Type().Add(ident(name)).Struct(body...), names...)
}

// uriCodecs emits what codes the parameters of URIs.
func (g *gen) uriCodecs(f *file) {
	for _, u := range g.uriParams() {
		if u.bare {
			field := u.fields[0]
			f.declare("", jen.Type().Add(ident(u.typ)).Struct(ident(g.names.of[field]).Add(g.goType(field.Type))),
				"type "+u.typ, "field "+u.typ+"."+g.names.of[field])
		}
		g.codeURI(f, u.typ, u.fields, false)
	}
	for _, t := range g.model.Topics {
		if len(t.Params) > 0 {
			g.codeURI(f, g.names.of[t], t.Params, false)
			g.codeURI(f, matchName(g.names.of[t]), t.Params, true)
		}
	}
}

// codeURI emits the method that codes the parameters of a URI.
/*
	// CodeURI writes the parameters of the URI or reads them. For the runtime.
	func (v *<OrderUpdated>) CodeURI(u *wamp.URICoder) {
		wamp.URIText(u, &v.<OrderID>)
	}
*/
func (g *gen) codeURI(f *file, name string, fields []*schema.Field, pointers bool) {
	var body []jen.Code
	for _, field := range fields {
		at := sel(jen.Id("v"), g.names.of[field])
		if !pointers {
			at = jen.Op("&").Add(at)
		}
		body = append(body, uriCode(field.Type).Call(jen.Id("u"), at))
	}
	f.declare("CodeURI writes the parameters of the URI or reads them. For the runtime.",
		jen.Func().Params(jen.Id("v").Op("*").Add(ident(name))).Id("CodeURI").Params(jen.Id("u").Op("*").Add(wampID("URICoder"))).
			Block(body...), "func "+name+".CodeURI")
}

// uriCode is what codes a parameter of a type.
func uriCode(r *schema.Ref) *jen.Statement {
	base, _ := underlying(r)
	of := base.Scalar
	if t := base.Named; t != nil && t.IntEnum {
		of = schema.Int64
	} else if t != nil {
		of = schema.String
	}
	return wampID(scalars[of].uri)
}
