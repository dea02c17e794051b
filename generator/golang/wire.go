package golang

import (
	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// wire is how a type looks in Go and how it is coded. A new one is one more
// implementation.
type wire interface {
	// goType is the Go type.
	goType() *jen.Statement
	// code is a func(*T, *codec.Coder) that codes a value of the Go type T.
	code() *jen.Statement
	// field codes field i of a [codec.Walk] called s, whose address is p.
	field(i int, p *jen.Statement) *jen.Statement
	// value is a [codec.Value] of the Go value whose address is p.
	value(p *jen.Statement) *jen.Statement
	// want is what errors call a value that is missing.
	want() string
	// empty says what of Go's nil stands for an absent or null value.
	empty() emptiness
}

// emptiness is what the zero value of a Go type can stand for.
type emptiness int

const (
	never      emptiness = iota // absent and null need a pointer
	emptyList                   // a nil slice
	emptyMap                    // a nil map
	emptyAny                    // a nil interface, which is null by itself
	emptyUnion                  // a nil interface
)

// wire returns how r is coded, leaving its own null aside.
func (g *gen) wire(r *schema.Ref) wire {
	if len(r.Constraints) > 0 {
		return checkedWire{g.plain(r), g, r}
	}
	return g.plain(r)
}

// plain is like wire, leaving the constraints of r aside too.
func (g *gen) plain(r *schema.Ref) wire {
	switch {
	case r.List != nil:
		return listWire{container{g, r, r.List}}
	case r.Map != nil:
		return mapWire{container{g, r, r.Map}}
	case r.Named == nil:
		if r.Go != nil {
			return g.custom(r)
		}
		return g.scalar(r)
	}
	return g.kind(r.Named)
}

// kind is a kind of named type. Each has a file of its own: another one is one
// more file, and a line in [gen.kind].
type kind interface {
	wire
	// claim notes the exported names that it needs beside that of the type, and
	// reserve takes the unexported ones.
	claim(*namer)
	reserve(*names)
	// declare emits the type with its methods, codec what codes it.
	declare(*file)
	codec(*file)
	// constrained reports whether some values of the Go type are not allowed, those
	// of its parts apart.
	constrained() bool
}

// kind returns the kind of t.
func (g *gen) kind(t *schema.Type) kind {
	switch t.Kind {
	case schema.Enum:
		return enumWire{g, t}
	case schema.Newtype:
		if isAlias(t) {
			return aliasWire{newtypeWire{g, t}}
		}
		return newtypeWire{g, t}
	case schema.Tuple:
		return tupleWire{structWire{g, t}}
	case schema.Union:
		return unionWire{g, t}
	}
	return structWire{g, t}
}

// goType is the Go type of r, leaving its own null aside.
func (g *gen) goType(r *schema.Ref) *jen.Statement { return g.plain(r).goType() }

// elementType is the Go type of a list's or map's element, or of a result.
func (g *gen) elementType(r *schema.Ref) *jen.Statement {
	w := g.wire(r)
	if r.Nullable && w.empty() == never {
		return jen.Op("*").Add(w.goType())
	}
	return w.goType()
}

// elementCode codes a value of elementType.
/*
	(*LineItem).CodeWAMP                             not null
	func(p **LineItem, c *codec.Coder) { codec.Null(p, c, (*LineItem).CodeWAMP) }
*/
func (g *gen) elementCode(r *schema.Ref) *jen.Statement {
	w := g.wire(r)
	if !r.Nullable || w.empty() == emptyAny {
		return w.code()
	}
	p := jen.Id("p")
	switch w.empty() {
	case emptyList:
		return coder(w.goType(), codecID("NullList").Call(g.bare(r, p), jen.Id("c"), g.bareCode(r)))
	case emptyUnion:
		return coder(w.goType(), codecID("NullNil").Call(p, jen.Id("c"), w.code()))
	case emptyMap:
		return coder(w.goType(), codecID("NullMap").Call(g.bare(r, p), jen.Id("c"), g.bareCode(r)))
	}
	return coder(jen.Op("*").Add(w.goType()), codecID("Null").Call(p, jen.Id("c"), w.code()))
}

// elementValue is a codec.Value of elementType at p.
func (g *gen) elementValue(r *schema.Ref, p *jen.Statement) *jen.Statement {
	switch w := g.wire(r); {
	case !r.Nullable:
		return w.value(p)
	case w.empty() == never:
		return codecID("OfNull").Call(p, w.code())
	}
	return codecID("Of").Call(p, g.elementCode(r))
}

// coder is func(p *T, c *codec.Coder) { body }.
func coder(of *jen.Statement, body *jen.Statement) *jen.Statement {
	return jen.Func().Params(jen.Id("p").Op("*").Add(of), coderParam()).Add(oneLine(body))
}

func coderParam() *jen.Statement { return jen.Id("c").Op("*").Add(codecID("Coder")) }

// bare is p as a pointer to the unnamed type of a newtype's base.
func (g *gen) bare(r *schema.Ref, p *jen.Statement) *jen.Statement {
	base, named := underlying(r)
	if !named {
		return p.Clone()
	}
	return pointerTo(g.goType(base)).Call(p.Clone())
}

// bareCode is the code of that type, with all constraints that r has.
func (g *gen) bareCode(r *schema.Ref) *jen.Statement {
	base, _ := underlying(r)
	w := g.plain(base)
	checked := g.checksItself(r)
	if len(r.Constraints) > 0 {
		checked = checkedWire{g.plain(r), g, r}.name()
	}
	if checked == nil {
		return w.code()
	}
	return coder(w.goType(), pointerTo(checked).Call(jen.Id("p")).Dot("CodeWAMP").Call(jen.Id("c")))
}

// pointerTo is (*T).
func pointerTo(of *jen.Statement) *jen.Statement { return jen.Parens(jen.Op("*").Add(of)) }

// codeMethod is (*T).CodeWAMP.
func codeMethod(of *jen.Statement) *jen.Statement { return pointerTo(of).Dot("CodeWAMP") }

// walk is s.Method(i, p).
func walk(method string, i int, args ...jen.Code) *jen.Statement {
	return sel(jen.Id("s"), method).Call(append([]jen.Code{number(i)}, args...)...)
}

// walkBy is codec.Function(&s, i, args...).
func walkBy(function *jen.Statement, i int, args ...jen.Code) *jen.Statement {
	return function.Call(append([]jen.Code{jen.Op("&").Id("s"), number(i)}, args...)...)
}
