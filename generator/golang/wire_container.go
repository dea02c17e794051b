package golang

import (
	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// container is a list or map type without a name in the schema. Each has a
// named type in the generated code, whose method codes it.
type container struct {
	g       *gen
	r, elem *schema.Ref
}

// name is the type that codes it, such as listOfLineItem.
func (w container) name() *jen.Statement { return ident(w.g.names.containers[spell(w.r)]) }

func (w container) value(p *jen.Statement) *jen.Statement { return pointerTo(w.name()).Call(p) }

func (w container) field(i int, p *jen.Statement) *jen.Statement {
	return walk("Value", i, w.value(p))
}

// codeOf codes a value of the type without a name.
func (w container) codeOf(of *jen.Statement) *jen.Statement {
	return coder(of, w.value(jen.Id("p")).Dot("CodeWAMP").Call(jen.Id("c")))
}

// listWire is list<T>.
type listWire struct{ container }

func (w listWire) goType() *jen.Statement { return jen.Index().Add(w.g.elementType(w.elem)) }
func (w listWire) code() *jen.Statement   { return w.codeOf(w.goType()) }
func (w listWire) want() string           { return "list" }
func (w listWire) empty() emptiness       { return emptyList }

// mapWire is map<T>.
type mapWire struct{ container }

func (w mapWire) goType() *jen.Statement {
	return jen.Map(w.g.keyType(w.r)).Add(w.g.elementType(w.elem))
}
func (w mapWire) code() *jen.Statement { return w.codeOf(w.goType()) }
func (w mapWire) want() string         { return "map" }
func (w mapWire) empty() emptiness     { return emptyMap }

// containers emits the types that code lists and maps.
/*
	type <listOfLineItem> <[]LineItem>

	func (l *<listOfLineItem>) CodeWAMP(c *codec.Coder) { codec.List(c, (*<[]LineItem>)(l), <(*LineItem).CodeWAMP>) }
*/
func (g *gen) containerTypes(f *file) {
	for _, r := range g.containers {
		w := g.plain(r)
		name := g.names.containers[spell(r)]
		g.codeKeys(f, r)
		f.declare("", jen.Type().Add(ident(name)).Add(w.goType()), "type "+name)
		f.declare("", jen.Func().Params(jen.Id("l").Op("*").Add(ident(name))).Id("CodeWAMP").Params(coderParam()).
			Add(oneLine(g.containerBody(r, jen.Id("l")))), "func "+name+".CodeWAMP")
	}
}

// containerBody codes what the pointer p leads to as the list or map r.
func (g *gen) containerBody(r *schema.Ref, p *jen.Statement) *jen.Statement {
	function, elem := "List", r.List
	if r.Map != nil {
		function, elem = "Map", r.Map
	}
	if checks := g.names.keys[spell(r)]; checks != "" {
		return codecID("MapBy").Call(jen.Id("c"), pointerTo(g.goType(r)).Call(p), ident(checks), g.elementCode(elem))
	}
	return codecID(function).Call(jen.Id("c"), pointerTo(g.goType(r)).Call(p), g.elementCode(elem))
}

// keyType is the Go type of the keys of a map.
func (g *gen) keyType(r *schema.Ref) *jen.Statement {
	if r.Keys == nil {
		return jen.String()
	}
	return ident(g.names.of[r.Keys.Named])
}

// codeKeys emits the constraints of the keys of a map, if they have any.
/*
	var <skuMapOfIntKeys> = []codec.Check[string]{<codec.Chars(3, 8)>}
*/
func (g *gen) codeKeys(f *file, r *schema.Ref) {
	name := g.names.keys[spell(r)]
	if name == "" {
		return
	}
	var checks []jen.Code
	t := r.Keys.Named
	for ; t.Kind == schema.Newtype; t = t.Base.Named {
		checks = append(checks, g.checks(t.Base.Underlying(), t.Base.Constraints)...)
		if t.Base.Named == nil {
			break
		}
	}
	if t.Kind == schema.Enum && !t.Open {
		valid := jen.Func().Params(jen.Id("s").String()).Bool().Add(oneLine(jen.Return(ident(g.names.of[t]).Call(jen.Id("s")).Dot("Valid").Call())))
		checks = append(checks, codecID("OneOf").Call(text("one of "+valueList(t)), valid))
	}
	f.declare("", jen.Var().Add(ident(name)).Op("=").Index().Add(codecID("Check").Types(jen.String())).Values(checks...), "var "+name)
}
