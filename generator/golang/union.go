package golang

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
)

// unionWire is a union: an interface, which a function codes.
type unionWire struct {
	g *gen
	t *schema.Type
}

func (w unionWire) goType() *jen.Statement { return ident(w.g.names.of[w.t]) }
func (w unionWire) code() *jen.Statement   { return ident(coderName(w.g.names.of[w.t])) }
func (w unionWire) empty() emptiness       { return emptyUnion }

func (w unionWire) want() string {
	if w.t.Tag != "" {
		return "map"
	}
	kinds := make([]string, len(w.t.Variants))
	for i, v := range w.t.Variants {
		kinds[i] = v.Type.Kind()
	}
	return strings.Join(kinds, " or ")
}

func (w unionWire) field(i int, p *jen.Statement) *jen.Statement {
	return walkBy(codecID("Field"), i, p, w.code())
}

func (w unionWire) value(p *jen.Statement) *jen.Statement { return codecID("Of").Call(p, w.code()) }

// constrained reports true: a nil union is no value.
func (w unionWire) constrained() bool { return true }
func (w unionWire) declare(f *file)   { w.g.union(f, w.t) }
func (w unionWire) codec(f *file)     { w.g.codeUnion(f, w.t) }

// claim names what codes it, and the variants that have no name of their own.
func (w unionWire) claim(n *namer) {
	t, id, what := w.t, n.of[w.t], diag.Quote(w.t.Name)
	n.claim(t, t.Place, coderName(id), "what codes "+what)
	if t.Open {
		n.claim(t, t.Place, unknownName(id), "the unknown variants of "+what)
	}
	for _, v := range t.Variants {
		name := pascal(words(v.Name))
		switch {
		case variantOwn(v) != nil:
		case name == "":
			n.report(v.Place, RuleName, "%s gives no Go name", diag.Quote(v.Name)).Hint = "give the variant another name, or a type of its own"
		default:
			n.of[v] = id + name
			n.claim(t, v.Place, id+name, "variant "+diag.Quote(v.Name)+" of "+what)
		}
	}
}

// reserve names the table.
func (w unionWire) reserve(n *names) { n.tables[w.t] = n.pick(localName(n.of[w.t]) + "Union") }

// coderName is the function that codes a value of a union. It is exported, since
// packages that import the API code such values too.
func coderName(union string) string { return union + "CodeWAMP" }

// isInterface reports whether a Go type is an interface, which has no methods
// of its own.
func isInterface(w wire) bool { return w.empty() == emptyAny || w.empty() == emptyUnion }

// variantType is the Go type that a variant is a pointer to: its own, if it has
// a name, or one made for the union.
func (g *gen) variantType(v *schema.Variant) string { return g.names.variantType(v) }

func (n *names) variantType(v *schema.Variant) string {
	if t := variantOwn(v); t != nil {
		return n.of[t]
	}
	return n.of[v]
}

// variantOwn is the type of a variant that has a name and can get methods, nil
// if there is none: those of another package cannot.
func variantOwn(v *schema.Variant) *schema.Type {
	r := v.Type
	for r != nil && r.Named != nil && r.Import == nil && isAlias(r.Named) {
		r = r.Named.Base
	}
	if r == nil || r.Import != nil {
		return nil
	}
	return r.Named
}

// union emits the interface of a union, the methods that its variants have for
// it, and the types of variants without a name.
/*
	// <Payment> is the schema's union <Payment>: <*Card or *Transfer>.
	//
	//sumtype:decl
	type <Payment> interface {
		codec.Value
		<isPayment>() (int, bool)
	}

	func (v *<Card>) <isPayment>() (int, bool) { return <0>, v != nil }
*/
func (g *gen) union(f *file, t *schema.Type) {
	name := g.names.of[t]
	mark := "is" + name
	var list []string
	for _, v := range t.Variants {
		list = append(list, "*"+g.variantType(v))
	}
	if t.Open {
		list = append(list, "*"+unknownName(name))
	}
	doc := typeDoc(t, name, "is the schema's union "+t.Name+": "+strings.Join(list, " or ")+".")
	f.declare(doc, sealed(jen.Type().Add(ident(name)).Interface(
		codecID("Value"), ident(mark).Params().Params(jen.Int(), jen.Bool()))), "type "+name, "field "+name+"."+mark)
	marker := func(of string, i int) {
		f.declare("", jen.Func().Params(jen.Id("v").Op("*").Add(ident(of))).Add(ident(mark)).Params().Params(jen.Int(), jen.Bool()).
			Add(oneLine(jen.Return(number(i), jen.Id("v").Op("!=").Nil()))), "func "+of+"."+mark)
	}
	for i, v := range t.Variants {
		of := g.variantType(v)
		if variantOwn(v) == nil {
			f.declare(of+" is the variant "+v.Name+" of "+name+".", jen.Type().Add(ident(of)).Add(g.goType(v.Type)), "type "+of)
		}
		marker(of, i)
	}
	if t.Open {
		g.unknownVariant(f, t, unknownName(name))
		marker(unknownName(name), len(t.Variants))
	}
}

// unknownName is the type of the variants of an open union that the schema does
// not have.
func unknownName(union string) string { return "Unknown" + union }

// unknownVariant emits the type of unknown variants.
/*
	// <UnknownPayment> is a variant of <Payment> that the schema does not have. <...>
	type <UnknownPayment> struct {
		// <...>
		Tag   string
		Value any
	}

	// UnknownVariant returns Tag and Value. For the runtime.
	func (v *<UnknownPayment>) UnknownVariant() (string, any) { return v.Tag, v.Value }
*/
func (g *gen) unknownVariant(f *file, t *schema.Type, name string) {
	about := "Value is the value as a dynamic one."
	names := []string{"type " + name, "field " + name + ".Value"}
	switch {
	case t.Content != "":
		about = "Tag is what " + t.Tag + " is, Value what " + t.Content + " is."
	case t.Tag != "":
		about = "Tag is what " + t.Tag + " is, Value the whole map."
	}
	body := append(docComment(about), jen.Id("Tag").String(), jen.Id("Value").Any())
	f.declare(name+" is a variant of "+g.names.of[t]+" that the schema does not have. It is kept as it is.",
		jen.Type().Add(ident(name)).Struct(body...), append(names, "field "+name+".Tag")...)
	f.declare("UnknownVariant returns Tag and Value. For the runtime.",
		jen.Func().Params(jen.Id("v").Op("*").Add(ident(name))).Id("UnknownVariant").Params().Params(jen.String(), jen.Any()).
			Add(oneLine(jen.Return(jen.Id("v").Dot("Tag"), jen.Id("v").Dot("Value")))), "func "+name+".UnknownVariant")
	f.declare("CodeWAMP encodes or decodes v. For the runtime.",
		codeWAMP(name).Add(oneLine(codecID("Any").Call(jen.Op("&").Id("v").Dot("Value"), jen.Id("c")))), "func "+name+".CodeWAMP")
}

// codeUnion emits the table of a union and the function that codes it.
/*
	var <paymentUnion> = codec.Union[<Payment>]{
		Tag: <"kind">,
		Variants: []codec.Variant[<Payment>]{
			codec.VariantOf(<"card">, codec.KindMap, func(v *<Card>) <Payment> { return v }),
		},
		Which: <Payment.isPayment>,
	}

	// <PaymentCodeWAMP> encodes or decodes the value at p. For the runtime.
	func <PaymentCodeWAMP>(p *<Payment>, c *codec.Coder) { <paymentUnion>.Code(p, c) }
*/
func (g *gen) codeUnion(f *file, t *schema.Type) {
	name := g.names.of[t]
	var entries, variants []jen.Code
	if t.Tag != "" {
		entries = append(entries, entry("Tag", text(t.Tag)))
	}
	if t.Content != "" {
		entries = append(entries, entry("Content", text(t.Content)))
	}
	for _, v := range t.Variants {
		as := jen.Func().Params(jen.Id("v").Op("*").Add(ident(g.variantType(v)))).Add(ident(name)).Add(oneLine(jen.Return(jen.Id("v"))))
		variants = append(variants, codecID("VariantOf").Call(text(v.Name), codecID(codecKinds[v.Type.Kind()]), as))
		if variantOwn(v) == nil {
			base := g.plain(v.Type)
			f.declare("CodeWAMP encodes or decodes v. For the runtime.", codeWAMP(g.variantType(v)).Block(
				base.value(pointerTo(base.goType()).Call(jen.Id("v"))).Dot("CodeWAMP").Call(jen.Id("c"))), "func "+g.variantType(v)+".CodeWAMP")
		}
	}
	of := codecID("Variant").Types(ident(name))
	entries = append(entries, entry("Variants", jen.Index().Add(of).Add(lines("{", "}", variants...))),
		entry("Which", sel(ident(name), "is"+name)))
	if t.Open {
		made := jen.Op("&").Add(ident(unknownName(name))).Values(jen.Id("s"), jen.Id("v"))
		entries = append(entries, entry("Unknown", jen.Func().Params(jen.Id("s").String(), jen.Id("v").Any()).Add(ident(name)).Add(oneLine(jen.Return(made)))))
	}
	table, coder := g.names.tables[t], coderName(name)
	f.declare("", jen.Var().Add(ident(table)).Op("=").Add(codecID("Union").Types(ident(name))).Add(lines("{", "}", entries...)), "var "+table)
	f.declare(coder+" encodes or decodes the value at p. For the runtime.", jen.Func().Add(ident(coder)).Params(jen.Id("p").Op("*").Add(ident(name)), coderParam()).
		Add(oneLine(ident(table).Dot("Code").Call(jen.Id("p"), jen.Id("c")))), "func "+coder)
}

// codecKinds are the kinds of values in package codec.
var codecKinds = map[string]string{
	"string": "KindText", "number": "KindInt", "bool": "KindBool", "bytes": "KindBinary", "list": "KindList", "map": "KindMap",
}
