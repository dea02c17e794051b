package generator

import (
	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// value is an expression that holds a value, perhaps by pointer.
type value struct {
	expr    *jen.Statement
	pointer bool
}

// get is the value itself, call what a method is called on.
func (v value) get() *jen.Statement {
	if v.pointer {
		return jen.Op("*").Add(v.expr.Clone())
	}
	return v.expr.Clone()
}

func (v value) call(method string, args ...jen.Code) *jen.Statement {
	return sel(v.expr, method).Call(args...)
}

// encodeElement encodes an element of a list or map, which may be null.
func (g *gen) encodeElement(x *jen.Statement, r *schema.Ref) []jen.Code {
	if !r.Nullable || isAny(r) {
		return []jen.Code{g.encodeValue(value{expr: x}, r)}
	}
	return []jen.Code{jen.If(x.Clone().Op("!=").Nil()).Block(
		g.encodeValue(value{x, !nilable(r)}, r),
	).Else().Block(enc("Null"))}
}

// encodeField encodes a field or parameter in its Go form x; for one that can
// be absent only where it is there.
/*
	e.Text(v.Sku)                            plain
	e.Int(int64(cmp.Or(v.Limit, 50)))        with a default
	e.Text(*v.Note)                          optional, in its Go form a pointer
	if v.ShippedAt != nil {                  T|null, optional T = default
		e.Time(*v.ShippedAt)
	} else {
		e.Null()
	}
	if x, ok := v.Reason.Get(); ok {         optional T|null
		e.Text(x)
	} else {
		e.Null()
	}
*/
func (g *gen) encodeField(x *jen.Statement, f *schema.Field) []jen.Code {
	present := value{x, isPointer(f)}
	switch {
	case isOpt(f):
		return []jen.Code{jen.If(jen.List(jen.Id("x"), jen.Id("ok")).Op(":=").Add(sel(x, "Get")).Call(), jen.Id("ok")).Block(
			g.encodeValue(value{expr: jen.Id("x")}, f.Type)).Else().Block(enc("Null"))}
	case f.Optional && f.Default != nil:
		return []jen.Code{jen.If(x.Clone().Op("!=").Nil()).Block(
			g.encodeValue(present, f.Type)).Else().Block(g.encodeDefault(f))}
	case f.Type.Nullable && !isAny(f.Type):
		return []jen.Code{jen.If(x.Clone().Op("!=").Nil()).Block(
			g.encodeValue(present, f.Type)).Else().Block(enc("Null"))}
	case f.Default != nil && !f.Optional && !isZero(f):
		return []jen.Code{g.encodeOrDefault(x, f)}
	}
	return []jen.Code{g.encodeValue(present, f.Type)}
}

// encodeOrDefault encodes x, or the default where x is Go's zero value.
func (g *gen) encodeOrDefault(x *jen.Statement, f *schema.Field) jen.Code {
	if base, named := underlying(f.Type); base.Scalar == schema.Time {
		zero := x.Clone()
		if named {
			zero = std("time", "Time").Call(zero)
		}
		return jen.If(zero.Dot("IsZero").Call()).Block(g.encodeDefault(f)).Else().Block(
			g.encodeValue(value{expr: x}, f.Type))
	}
	return g.encodeValue(value{expr: substitute(x, f)}, f.Type)
}

// substitute is cmp.Or(x, default).
func substitute(x *jen.Statement, f *schema.Field) *jen.Statement {
	return std("cmp", "Or").Call(x.Clone(), literal(f))
}

func (g *gen) encodeDefault(f *schema.Field) *jen.Statement {
	return g.encodeValue(value{expr: typed(f)}, f.Type)
}

// encodeValue encodes a value that is there.
func (g *gen) encodeValue(v value, r *schema.Ref) *jen.Statement {
	base, named := underlying(r)
	switch {
	case r.List != nil || r.Map != nil:
		return ident("encode"+g.names.containers[spell(r)]).Call(jen.Id("e"), v.get())
	case base.List != nil || base.Map != nil:
		return v.call("MarshalWAMP", jen.Id("e"))
	case base.Named == nil:
		return encodeScalar(v, base.Scalar, named)
	case base.Named.Kind == schema.Struct, !base.Named.Open:
		return v.call("MarshalWAMP", jen.Id("e"))
	case base.Named.IntEnum:
		return enc("Int", jen.Int64().Call(v.get()))
	}
	return enc("Text", jen.String().Call(v.get()))
}

// encodeScalar encodes a built-in type; named tells that v is of a newtype.
func encodeScalar(v value, s schema.Scalar, named bool) *jen.Statement {
	as := func(of *jen.Statement, always bool) *jen.Statement {
		if named || always {
			return of.Call(v.get())
		}
		return v.get()
	}
	switch s {
	case schema.Bool:
		return enc("Bool", as(jen.Bool(), false))
	case schema.Float32:
		return enc("Float32", as(jen.Float32(), false))
	case schema.Float64:
		return enc("Float64", as(jen.Float64(), false))
	case schema.String:
		return enc("Text", as(jen.String(), false))
	case schema.Bytes:
		return enc("Binary", v.get())
	case schema.Time:
		return enc("Time", as(std("time", "Time"), false))
	case schema.Duration:
		return enc("Duration", as(std("time", "Duration"), false))
	case schema.Any:
		return enc("Any", v.get())
	case schema.Int64:
		return enc("Int", as(jen.Int64(), false))
	case schema.Uint64:
		return enc("Uint", as(jen.Uint64(), false))
	}
	switch {
	case isSigned(s):
		return enc("Int", as(jen.Int64(), true))
	case isUnsigned(s):
		return enc("Uint", as(jen.Uint64(), true))
	case named:
		return as(goType(&schema.Ref{Scalar: s}), true).Dot("MarshalWAMP").Call(jen.Id("e"))
	}
	return v.call("MarshalWAMP", jen.Id("e")) // date, uuid, decimal, uri, id
}

// isAny tells that r is any, whose nil is null by itself.
func isAny(r *schema.Ref) bool {
	base, _ := underlying(r)
	return base.Scalar == schema.Any
}

// isThere is the condition under which a field that can be absent is sent.
func isThere(x *jen.Statement, f *schema.Field) *jen.Statement {
	if isOpt(f) {
		return jen.Op("!").Add(sel(x, "IsAbsent")).Call()
	}
	return x.Clone().Op("!=").Nil()
}
