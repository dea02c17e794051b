package golang

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/generator/internal/doctext"
	"github.com/wampgen/wampgen/generator/internal/examples"
	"github.com/wampgen/wampgen/schema"
)

// types emits the named types and the structs that hold payloads.
func (g *gen) types(f *file) {
	f.packageDoc(g.packageDoc())
	g.handshake(f)
	for _, t := range g.model.Types {
		g.kind(t).declare(f)
	}
	for _, p := range g.names.payloads(g.model) {
		if p.shape() != schema.ShapeRecord || p.kind == kindError {
			continue
		}
		g.structType(f, p.goName(), p.doc(), p.uri, p.params())
		if p.kind == kindEvent {
			g.jsonMethods(f, p.goName())
		}
		if g.anyStrict(p.params()) {
			g.validateMethod(f, p.goName(), true)
		}
	}
	g.uriStructs(f)
	for _, e := range g.model.Errors {
		g.structType(f, g.names.of[e], doctext.Paragraphs(g.names.of[e]+" is the error "+e.URI+".", e.Doc, examples.Text(examples.Error(e)), lifetime(e.Deprecated, e.Since)), nil, g.names.failure(e).params())
		g.errorType(f, e)
		if g.anyStrict(g.names.failure(e).params()) {
			g.validateMethod(f, g.names.of[e], true)
		}
	}
}

// typeDoc documents a type.
func typeDoc(t *schema.Type, name, is string, more ...string) string {
	return doctext.Paragraphs(introduced(name, is, t.Doc), doctext.Paragraphs(more...), examples.Text(examples.Type(t)), lifetime(t.Deprecated, t.Since))
}

// lifetime says since when something is there and what to use instead, in the
// words that Go's tools know.
func lifetime(deprecated, since string) string {
	if since != "" {
		since = "Since version " + since + "."
	}
	if deprecated != "" {
		deprecated = "Deprecated: " + strings.Join(strings.Fields(deprecated), " ")
	}
	return doctext.Paragraphs(since, deprecated)
}

// introduced is a documentation that begins with the identifier, as Go's do.
func introduced(name, is, doc string) string {
	doc = doctext.Normalize(doc)
	if strings.HasPrefix(strings.TrimSpace(doc), name+" ") {
		return doc
	}
	if said, ok := being(name, doc); ok {
		return said
	}
	return doctext.Paragraphs(name+" "+is, doc)
}

// jsonMethods emits the methods by which encoding/json reads and writes a type
// as the wire does.
/*
	// MarshalJSON returns v as it is on the wire.
	func (v <LineItem>) MarshalJSON() ([]byte, error) { return codec.MarshalJSON(&v) }

	// UnmarshalJSON reads what MarshalJSON returns.
	func (v *<LineItem>) UnmarshalJSON(b []byte) error { return codec.UnmarshalJSON(b, v) }
*/
func (g *gen) jsonMethods(f *file, name string) {
	bytes := jen.Index().Byte()
	f.declare("MarshalJSON returns v as it is on the wire.",
		jen.Func().Params(jen.Id("v").Add(ident(name))).Id("MarshalJSON").Params().Params(bytes, jen.Error()).
			Add(oneLine(jen.Return(codecID("MarshalJSON").Call(jen.Op("&").Id("v"))))), "func "+name+".MarshalJSON")
	f.declare("UnmarshalJSON reads what MarshalJSON returns.",
		jen.Func().Params(jen.Id("v").Op("*").Add(ident(name))).Id("UnmarshalJSON").Params(jen.Id("b").Add(bytes)).Error().
			Add(oneLine(jen.Return(codecID("UnmarshalJSON").Call(jen.Id("b"), jen.Id("v"))))), "func "+name+".UnmarshalJSON")
}

// validate emits Validate for a type that holds a closed enum.
func (g *gen) validate(f *file, t *schema.Type, name string, pointer bool) {
	if g.strict[t] && !isInterface(g.plain(&schema.Ref{Named: t})) {
		g.validateMethod(f, name, pointer)
	}
}

// validateMethod emits Validate.
/*
	// Validate returns an error at the first value that the schema does not allow.
	func (v *<Order>) Validate() error { return codec.Validate(v) }
*/
func (g *gen) validateMethod(f *file, name string, pointer bool) {
	recv, v := jen.Id("v").Add(ident(name)), jen.Op("&").Id("v")
	if pointer {
		recv, v = jen.Id("v").Op("*").Add(ident(name)), jen.Id("v")
	}
	f.declare("Validate returns an error at the first value that the schema does not allow.",
		jen.Func().Params(recv).Id("Validate").Params().Error().Add(oneLine(jen.Return(codecID("Validate").Call(v)))),
		"func "+name+".Validate")
}

// packageDoc introduces the package.
func (g *gen) packageDoc() string {
	first := fmt.Sprintf("Package %s is the WAMP API %s", g.pkg, g.model.Name)
	if g.model.Version != "" {
		first += ", version " + g.model.Version
	}
	return doctext.Paragraphs(first+".", g.model.Doc)
}

// structType emits a struct, for a type or for a payload. It has the parameters
// of a URI before the fields.
/*
	// <doc>
	type <LineItem> struct {
		<OrderID> <OrderID> `json:"-"`
		<Sku> <Sku>
		// <doc of the field>
		<GiftNote> <*string>
	}
*/
func (g *gen) structType(f *file, name, doc string, uri, fields []*schema.Field, extra ...jen.Code) {
	names := []string{"type " + name}
	var body []jen.Code
	add := func(field *schema.Field, tag *jen.Statement) {
		body = append(body, docComment(g.fieldDoc(field))...)
		body = append(body, ident(g.names.of[field]).Add(g.fieldType(field)).Add(tag))
		names = append(names, "field "+name+"."+g.names.of[field])
	}
	for _, field := range uri {
		add(field, notInJSON())
	}
	for _, field := range fields {
		add(field, tags(field))
	}
	if extra != nil {
		body, names = append(body, extra...), append(names, "field "+name+"."+extraName)
	}
	f.declare(doc, jen.Type().Add(ident(name)).Struct(body...), names...)
}

// manyDoc says of a field that it takes more than one parameter.
func manyDoc(f *schema.Field) string {
	switch {
	case f.Variadic:
		return "All further arguments."
	case f.CatchAll:
		return "All further keywords."
	}
	return ""
}

// fieldDoc is a field's documentation with what its zero value means.
func (g *gen) fieldDoc(f *schema.Field) string {
	var zero string
	switch {
	case f.Default == nil:
	case f.Optional:
		zero = "Nil means " + g.defaultText(f) + "."
	case elem(f.Type.Underlying()) != nil:
		zero = "Nil means " + g.defaultText(f) + "."
	case !isZero(f):
		zero = "Zero means " + g.defaultText(f) + "."
	}
	return doctext.Paragraphs(f.Doc, manyDoc(f), constraintDoc(f.Type), zero, lifetime(f.Deprecated, f.Since))
}
