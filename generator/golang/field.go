package golang

import (
	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// isPointer reports whether a field is a pointer because it may be absent or
// null.
func (g *gen) isPointer(f *schema.Field) bool {
	return (f.Optional != f.Type.Nullable) && g.wire(f.Type).empty() == never
}

// isOpt reports whether a field is a wamp.Opt.
func isOpt(f *schema.Field) bool { return f.Optional && f.Type.Nullable }

// required reports whether the decoder misses the field if it is absent.
func required(f *schema.Field) bool { return !f.Optional && f.Default == nil && !f.Variadic }

// single is the type of a field that is coded as one value: of one of them if
// there are more.
func single(f *schema.Field) *schema.Ref {
	switch {
	case f.Variadic:
		return f.Type.List
	case f.CatchAll:
		return f.Type.Map
	}
	return f.Type
}

// fieldType is the Go type of a field or parameter.
func (g *gen) fieldType(f *schema.Field) *jen.Statement {
	switch {
	case isOpt(f):
		return wampID("Opt").Types(g.goType(f.Type))
	case g.isPointer(f):
		return jen.Op("*").Add(g.goType(f.Type))
	}
	return g.goType(f.Type)
}

// codeField codes field i at the address p.
/*
	s.String(<0>, &v.<Sku>)                                         required
	codec.Or(&s, <1>, &v.<Limit>, &<defaults>.Limit, <codec.Int>)                with a default
	codec.Optional(&s, <2>, &v.<Note>, <codec.String>)              optional T
	codec.Nullable(&s, <3>, &v.<ShippedAt>, <codec.Time>)           T|null
	codec.OptionalOr(&s, <4>, &v.<Top>, <defaults>.Top, <codec.Int>)           optional T = default
	codec.ListField(&s, <5>, &v.<Tags>, codec.Absent, <...>)        optional list
	wamp.OptField(&s, <6>, &v.<Reason>, <codec.String>)             optional T|null
	codec.Variadic(&s, <7>, &v.<Rest>, <codec.Int>)                 variadic
	codec.CatchAll(&s, &v.<More>, <codec.Any>)                      catch_all
*/
func (g *gen) codeField(i int, p *jen.Statement, f *schema.Field, defaults string) *jen.Statement {
	w := g.wire(f.Type)
	switch {
	case f.Variadic:
		return walkBy(codecID("Variadic"), i, p, g.elementCode(f.Type.List))
	case f.CatchAll:
		return codecID("CatchAll").Call(jen.Op("&").Id("s"), p, g.elementCode(f.Type.Map))
	case isOpt(f):
		return walkBy(wampID("OptField"), i, p, w.code())
	case f.Optional && f.Default != nil:
		return walkBy(codecID("OptionalOr"), i, p, sel(ident(defaults), g.names.of[f]), w.code())
	case f.Default != nil:
		return g.codeDefault(i, p, f, defaults)
	case f.Optional || f.Type.Nullable:
		return g.codeEmpty(i, p, f)
	}
	return w.field(i, p)
}

// codeDefault codes a field for which zero means its default.
func (g *gen) codeDefault(i int, p *jen.Statement, f *schema.Field, defaults string) *jen.Statement {
	if base, _ := underlying(f.Type); base.Scalar == schema.Time && !isEncoded(g.plain(base)) {
		return walk("TimeOr", i, g.bare(f.Type, p), timeValue(f.Default.Text))
	}
	or := jen.Op("&").Add(sel(ident(defaults), g.names.of[f]))
	switch g.wire(f.Type).empty() {
	case emptyList:
		return walkBy(codecID("ListOr"), i, g.bare(f.Type, p), g.bare(f.Type, or), g.bareCode(f.Type))
	case emptyMap:
		return walkBy(codecID("MapOr"), i, g.bare(f.Type, p), g.bare(f.Type, or), g.bareCode(f.Type))
	}
	return walkBy(codecID("Or"), i, p, or, g.wire(f.Type).code())
}

// codeEmpty codes a field whose nil is absent or null.
func (g *gen) codeEmpty(i int, p *jen.Statement, f *schema.Field) *jen.Statement {
	w := g.wire(f.Type)
	nothing := codecID("IsNull")
	if f.Optional {
		nothing = codecID("Absent")
	}
	switch w.empty() {
	case emptyList:
		return walkBy(codecID("ListField"), i, g.bare(f.Type, p), nothing, g.bareCode(f.Type))
	case emptyMap:
		return walkBy(codecID("MapField"), i, g.bare(f.Type, p), nothing, g.bareCode(f.Type))
	case emptyUnion:
		return walkBy(codecID("NilField"), i, p, nothing, w.code())
	case emptyAny:
		return walk("AnyField", i, g.bare(f.Type, p), nothing)
	}
	switch {
	case f.Optional && f.Type.Scalar == schema.ID && f.Type.Go == nil:
		return walkBy(wampID("OptionalID"), i, p)
	case f.Optional:
		return walkBy(codecID("Optional"), i, p, w.code())
	}
	return walkBy(codecID("Nullable"), i, p, w.code())
}
