package generator

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// types emits the named types and the structs that hold payloads.
func (g *gen) types(f *file) {
	f.packageDoc(g.packageDoc())
	for _, t := range g.model.Types {
		switch t.Kind {
		case schema.Struct:
			doc := orElse(t.Doc, t.GoName+" is the schema's type "+t.Name+".")
			g.structType(f, t.GoName, doc, t.Fields)
			if g.strict[t] {
				g.validate(f, t.GoName, t.Fields)
			}
		case schema.Enum:
			g.enum(f, t)
		case schema.Newtype:
			g.newtype(f, t)
		}
	}
	for _, p := range payloads(g.model) {
		if p.shape() != shapeStruct || p.kind == kindError {
			continue
		}
		g.structType(f, p.goName(), p.goName()+" is "+p.title()+".", p.params())
		if g.anyStrict(p.params()) {
			g.validate(f, p.goName(), p.params())
		}
	}
}

// packageDoc introduces the package.
func (g *gen) packageDoc() string {
	first := fmt.Sprintf("Package %s is the WAMP API %s", g.pkg, g.model.Name)
	if g.model.Version != "" {
		first += ", version " + g.model.Version
	}
	return paragraphs(first+".", g.model.Doc)
}

// structType emits a struct, for a type or for a payload.
/*
	// <doc>
	type <LineItem> struct {
		<Sku> <Sku>
		// <doc of the field>
		<GiftNote> <*string>
	}
*/
func (g *gen) structType(f *file, name, doc string, fields []*schema.Field) {
	names := []string{"type " + name}
	var body []jen.Code
	for _, field := range fields {
		body = append(body, docComment(fieldDoc(field))...)
		body = append(body, ident(field.GoName).Add(fieldType(field)))
		names = append(names, "field "+name+"."+field.GoName)
	}
	f.declare(doc, jen.Type().Add(ident(name)).Struct(body...), names...)
}

// fieldDoc is a field's documentation with what its zero value means.
func fieldDoc(f *schema.Field) string {
	if f.Default == nil {
		return f.Doc
	}
	zero := "Zero"
	if f.Optional {
		zero = "Nil"
	} else if isZero(f) {
		return f.Doc
	}
	return paragraphs(f.Doc, zero+" means "+defaultText(f)+".")
}

// defaultText is a default as documentation shows it.
func defaultText(f *schema.Field) string {
	base, _ := underlying(f.Type)
	v := f.Default
	switch {
	case base.Named != nil && v.Enum != nil:
		return v.Enum.GoName
	case base.Scalar == schema.Bool:
		return fmt.Sprint(v.Bool)
	case isSigned(base.Scalar):
		return fmt.Sprint(v.Int)
	case isUnsigned(base.Scalar) || base.Scalar == schema.ID:
		return fmt.Sprint(v.Uint)
	case isFloat(base.Scalar):
		return fmt.Sprint(v.Float)
	case base.Scalar == schema.Duration:
		return v.Duration.String()
	case base.Scalar == schema.String:
		return fmt.Sprintf("%q", v.Text)
	}
	return v.Text
}

// enum emits an enum with its values.
/*
	// <doc>
	type <OrderState> <string>

	// The values of <OrderState>.
	const (
		<OrderStatePaid> <OrderState> = <"paid">
	)

	// <OrderState>Values returns the values in the order of the schema.
	func <OrderState>Values() []<OrderState> {
		return []<OrderState>{<OrderStatePaid>}
	}

	// Valid reports whether v is one of the values of <OrderState>.
	func (v <OrderState>) Valid() bool {
		switch v {
		case <OrderStatePaid>:
			return true
		}
		return false
	}
*/
func (g *gen) enum(f *file, t *schema.Type) {
	name := t.GoName
	kind := jen.String()
	if t.IntEnum {
		kind = jen.Int64()
	}
	doc := orElse(t.Doc, name+" is the schema's enum "+t.Name+".")
	if t.Open {
		doc = paragraphs(doc, "It is open: values that this list does not have are kept.")
	}
	f.declare(doc, jen.Type().Add(ident(name)).Add(kind), "type "+name)

	var consts, values []jen.Code
	var announced []string
	for _, v := range t.Values {
		wire := text(v.Text)
		if t.IntEnum {
			wire = digits(fmt.Sprint(v.Int))
		}
		consts = append(consts, ident(v.GoName).Add(ident(name)).Op("=").Add(wire))
		values = append(values, ident(v.GoName))
		announced = append(announced, "const "+v.GoName)
	}
	if len(values) > 0 {
		f.declare("The values of "+name+".", jen.Const().Defs(consts...), announced...)
	}
	list := jen.Index().Add(ident(name))
	f.declare(name+"Values returns the values in the order of the schema.",
		jen.Func().Add(ident(name+"Values")).Params().Add(list).Block(
			jen.Return(list.Clone().Add(jen.Values(values...)))),
		"func "+name+"Values")

	var body []jen.Code
	if len(values) > 0 {
		body = append(body, jen.Switch(jen.Id("v")).Block(
			jen.Case(distinct(t)...).Block(jen.Return(jen.True()))))
	}
	valid := "Valid reports whether v is one of the values of " + name + "."
	if !t.Open {
		valid += " Results and events may hold another one, of a peer that is newer; see wamp.WithValidateResults."
	}
	f.declare(valid,
		jen.Func().Params(jen.Id("v").Add(ident(name))).Id("Valid").Params().Bool().Block(
			append(body, jen.Return(jen.False()))...),
		"func "+name+".Valid")
	if g.strict[t] {
		g.validateEnum(f, t)
	}
}

// distinct are the constants of an enum without those that repeat a value,
// which a switch would refuse.
func distinct(t *schema.Type) []jen.Code {
	type wire struct {
		text string
		n    int64
	}
	seen := map[wire]bool{}
	var out []jen.Code
	for _, v := range t.Values {
		if w := (wire{v.Text, v.Int}); !seen[w] {
			seen[w] = true
			out = append(out, ident(v.GoName))
		}
	}
	return out
}

// newtype emits a named type with the encoding of another.
/*
	// <doc>
	type <Sku> <string>
*/
func (g *gen) newtype(f *file, t *schema.Type) {
	doc := orElse(t.Doc, t.GoName+" is the schema's type "+t.Name+".")
	f.declare(doc, jen.Type().Add(ident(t.GoName)).Add(goType(t.Base)), "type "+t.GoName)
	base, _ := underlying(t.Base)
	if base.Named != nil && base.Named.Kind == schema.Enum {
		f.declare("Valid reports whether v is one of the values of "+base.Named.GoName+".",
			jen.Func().Params(jen.Id("v").Add(ident(t.GoName))).Id("Valid").Params().Bool().Block(
				jen.Return(ident(base.Named.GoName).Call(jen.Id("v")).Dot("Valid").Call())),
			"func "+t.GoName+".Valid")
	}
	if base.Scalar != "" {
		g.stringer(f, t, base)
	}
	if g.strict[t] {
		g.validateNewtype(f, t)
	}
}

// stringer emits String for a newtype whose base has one, which Go does not
// hand down.
/*
	// String returns v as its base type does.
	func (v <OrderID>) String() string {
		return <wamp.UUID>(v).String()
	}
*/
func (g *gen) stringer(f *file, t *schema.Type, base *schema.Ref) {
	switch base.Scalar {
	case schema.Time, schema.Duration, schema.Date, schema.UUID:
		f.declare("String returns v as its base type does.",
			jen.Func().Params(jen.Id("v").Add(ident(t.GoName))).Id("String").Params().String().Block(
				jen.Return(goType(base).Call(jen.Id("v")).Dot("String").Call())),
			"func "+t.GoName+".String")
	}
}

// orElse is text, or instead if there is none.
func orElse(text, instead string) string {
	if strings.TrimSpace(normalize(text)) == "" {
		return instead
	}
	return text
}
