package golang

import (
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// codec emits the descriptors, and what codes the types and payloads.
func (g *gen) codec(f *file) {
	g.descriptors(f)
	for _, t := range g.model.Types {
		g.kind(t).codec(f)
	}
	for _, p := range g.names.payloads(g.model) {
		if p.shape() == schema.ShapeRecord {
			g.codeFields(f, "Payload", p.goName(), g.names.tables[p.Payload], p.params(), len(p.Args), p.flags...)
		}
		if p.maybe() {
			g.codeMaybe(f, p)
		}
	}
	g.uriCodecs(f)
	g.containerTypes(f)
	g.codeChecked(f)
	g.customTypes(f)
}

// narrow and groupSize are those of package codec: the fields of a struct with
// more than narrow are coded in groups.
const (
	narrow    = 16
	groupSize = 4
)

// codeFields emits the table and the method that codes a Struct or, with so many
// positional parameters or elements, a Payload or a Tuple. The value is reset first, so that a
// key that comes twice leaves nothing behind.
/*
	var <lineItemTable> = codec.Table{Fields: []string{<"sku:string", "note:">}}

	var <lineItemDefaults> = <LineItem>{<Quantity: 1>}

	// CodeWAMP encodes or decodes v. For the runtime.
	func (v *<LineItem>) CodeWAMP(c *codec.Coder) {
		if c.Decoding() {
			*v = <lineItemDefaults>
		}
		var s codec.Walk
		for c.Struct(&s, &<lineItemTable>) {
			<s.String(0, &v.Sku)>
			...
		}
	}
*/
func (g *gen) codeFields(f *file, kind, name, table string, fields []*schema.Field, args int, flags ...string) {
	f.declare("", jen.Var().Add(ident(table)).Op("=").Add(g.table(fields, args, flags...)), "var "+table)
	defaults := g.names.defaults[table]
	reset := g.withDefaults(name, fields)
	if slices.ContainsFunc(fields, hasDefault) {
		f.declare("", jen.Var().Add(ident(defaults)).Op("=").Add(reset.Clone()), "var "+defaults)
		if !slices.ContainsFunc(fields, pointsToDefault) { // what is pointed to must not be shared
			reset = ident(defaults)
		}
	}
	body := g.fieldOps(fields, args, defaults)
	if slices.Contains(flags, "Keep") {
		body = append(body, jen.Id("s").Dot("Extra").Call(jen.Op("&").Add(sel(jen.Id("v"), extraName))))
	}
	f.declare("CodeWAMP encodes or decodes v. For the runtime.",
		codeWAMP(name).Block(
			jen.If(jen.Id("c").Dot("Decoding").Call()).Block(jen.Op("*").Id("v").Op("=").Add(reset)),
			jen.Var().Id("s").Add(codecID("Walk")),
			jen.For(sel(jen.Id("c"), kind).Call(jen.Op("&").Id("s"), jen.Op("&").Add(ident(table)))).Block(body...),
		), "func "+name+".CodeWAMP")
}

// codeMaybe emits what codes a result that may be absent.
/*
	var <orderFindResultTable> = codec.Table{Args: 1, Result: true, Fields: []string{"result:"}}

	func <codeOrderFindResult>(p *<*Order>, c *codec.Coder) {
		var s codec.Walk
		for c.Payload(&s, &<orderFindResultTable>) {
			<codec.Optional(&s, 0, p, (*Order).CodeWAMP)>
		}
	}
*/
func (g *gen) codeMaybe(f *file, p payload) {
	table, name := g.names.tables[p.Payload], g.names.maybes[p.Payload]
	f.declare("", jen.Var().Add(ident(table)).Op("=").Add(g.table(p.Args, 1, append(slices.Clip(p.flags), "Result")...)), "var "+table)
	f.declare("", jen.Func().Add(ident(name)).Params(jen.Id("p").Op("*").Add(g.payloadType(p)), coderParam()).Block(
		jen.Var().Id("s").Add(codecID("Walk")),
		jen.For(jen.Id("c").Dot("Payload").Call(jen.Op("&").Id("s"), jen.Op("&").Add(ident(table)))).Block(
			g.codeField(0, jen.Id("p"), p.Args[0], ""))), "func "+name)
}

func codeWAMP(name string) *jen.Statement {
	return jen.Func().Params(jen.Id("v").Op("*").Add(ident(name))).Id("CodeWAMP").Params(coderParam())
}

// fieldOps codes the fields, in groups if they are many.
/*
	switch s.Group() {
	case <0>:
		<s.String(0, &v.Sku)>
	}
*/
func (g *gen) fieldOps(fields []*schema.Field, args int, defaults string) []jen.Code {
	var groups [][]jen.Code
	var group []jen.Code
	wide := len(inTable(fields)) > narrow
	args = max(args, 0)
	for i, field := range fields {
		at := i
		if i >= args {
			at = i - args
		}
		if wide && at%groupSize == 0 && len(group) > 0 && !field.CatchAll {
			groups, group = append(groups, group), nil
		}
		if i == args && args > 0 {
			group = append(group, jen.Id("s").Dot("Kwargs").Call())
		}
		group = append(group, g.codeField(i, jen.Op("&").Add(sel(jen.Id("v"), g.names.of[field])), field, defaults))
	}
	if !wide {
		return group
	}
	var cases []jen.Code
	for i, ops := range append(groups, group) {
		cases = append(cases, jen.Case(number(i)).Block(ops...))
	}
	return []jen.Code{jen.Switch(jen.Id("s").Dot("Group").Call()).Block(cases...)}
}

// table is the codec.Table of fields, of which so many are positional; flags
// are what else it is.
func (g *gen) table(fields []*schema.Field, args int, flags ...string) *jen.Statement {
	var unknown []jen.Code
	if n := len(inTable(fields)); n < len(fields) {
		fields, unknown = fields[:n], []jen.Code{entry("Unknown", codecID("Keep"))}
	}
	if args > 0 && fields[args-1].Variadic {
		flags = append(slices.Clip(flags), "Variadic")
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name + ":"
		if required(f) {
			names[i] += g.wire(f.Type).want()
		}
	}
	entries := []jen.Code{}
	if args > 0 {
		entries = append(entries, entry("Args", number(args)))
	}
	for _, flag := range flags {
		switch flag {
		case "":
		case "Keep", "Reject":
			entries = append(entries, entry("Unknown", codecID(flag)))
		default:
			entries = append(entries, entry(flag, jen.True()))
		}
	}
	entries = append(entries, unknown...)
	entries = append(entries, entry("Fields", jen.Index().String().Add(stringList(names))))
	return codecID("Table").Values(entries...)
}

// inTable returns the fields that a codec.Table has: all but the keyword that
// takes all further ones, which is the last.
func inTable(fields []*schema.Field) []*schema.Field {
	if n := len(fields); n > 0 && fields[n-1].CatchAll {
		return fields[:n-1]
	}
	return fields
}

// stringList is a list of strings in lines that are not too long.
func stringList(list []string) *jen.Statement {
	const width = 80
	items := make([]jen.Code, len(list))
	used := 0
	for i, s := range list {
		n := len(strconv.Quote(s)) + 2
		if used+n > width && i > 0 {
			items[i], used = jen.Line().Add(text(s)), 0
		} else {
			items[i] = text(s)
		}
		used += n
	}
	return jen.Values(items...)
}

func hasDefault(f *schema.Field) bool { return f.Default != nil }

// pointsToDefault reports whether a field leads to memory of its default.
func pointsToDefault(f *schema.Field) bool {
	return f.Default != nil && (f.Optional || elem(f.Type.Underlying()) != nil)
}

// withDefaults is a composite literal with the defaults of the fields set.
func (g *gen) withDefaults(name string, fields []*schema.Field) *jen.Statement {
	var entries []jen.Code
	for _, f := range fields {
		switch {
		case f.Default == nil, !f.Optional && isZero(f):
		case f.Optional:
			entries = append(entries, entry(g.names.of[f], jen.New(g.typed(f))))
		default:
			entries = append(entries, entry(g.names.of[f], g.literal(f)))
		}
	}
	return ident(name).Values(entries...)
}

// isPlain reports whether package codec codes the type.
func isPlain(w wire) bool { _, plain := w.(scalarWire); return plain }

func (g *gen) codeMethod(f *file, name string, body *jen.Statement) {
	f.declare("CodeWAMP encodes or decodes v. For the runtime.", codeWAMP(name).Add(oneLine(body)), "func "+name+".CodeWAMP")
}
