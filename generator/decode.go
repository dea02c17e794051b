package generator

import (
	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// decodeField decodes into the field or parameter x what was found for it.
/*
	v.Sku = Sku(d.Text())                    plain
	v.Limit = 50                             with a default, optional or T|null:
	if !d.Null() {                           set again in case the key comes twice
		v.Limit = int(d.Int(strconv.IntSize))
	}
	v.Note = nil
	if !d.Null() {
		v.Note = new(d.Text())
	}
	if d.Null() {                            optional T|null
		v.Reason = wamp.Null[string]()
	} else {
		v.Reason = wamp.Some(d.Text())
	}
*/
func (g *gen) decodeField(x *jen.Statement, f *schema.Field) []jen.Code {
	switch {
	case isOpt(f):
		null := x.Clone().Op("=").Add(wampID("Null").Types(goType(f.Type))).Call()
		return []jen.Code{jen.If(dec("Null")).Block(null).Else().Block(g.decodeOpt(x, f.Type)...)}
	case isAny(f.Type):
		return g.decodeValue(x, f.Type)
	case f.Optional || f.Type.Nullable || f.Default != nil:
		read := g.decodeNilable
		if !f.Optional && !f.Type.Nullable {
			read = g.decodeValue
		}
		return []jen.Code{x.Clone().Op("=").Add(absent(f)), jen.If(jen.Op("!").Add(dec("Null"))).Block(read(x, f.Type)...)}
	}
	return g.decodeValue(x, f.Type)
}

// absent is what a field that may be absent is when it is.
func absent(f *schema.Field) *jen.Statement {
	switch {
	case f.Default == nil:
		return jen.Nil()
	case f.Optional:
		return jen.New(typed(f))
	}
	return literal(f)
}

// decodeOpt sets a wamp.Opt.
func (g *gen) decodeOpt(x *jen.Statement, r *schema.Ref) []jen.Code {
	if expr := g.decodeExpr(r); expr != nil {
		return []jen.Code{x.Clone().Op("=").Add(wampID("Some")).Call(expr)}
	}
	body := append([]jen.Code{jen.Var().Id("x").Add(goType(r))}, g.decodeValue(jen.Id("x"), r)...)
	return append(body, x.Clone().Op("=").Add(wampID("Some")).Call(jen.Id("x")))
}

// decodeNilable decodes a value that is there into x, which holds it by
// pointer unless its type has a nil.
func (g *gen) decodeNilable(x *jen.Statement, r *schema.Ref) []jen.Code {
	if nilable(r) {
		return g.decodeValue(x, r)
	}
	if expr := g.decodeExpr(r); expr != nil {
		return []jen.Code{x.Clone().Op("=").New(expr)}
	}
	return append([]jen.Code{x.Clone().Op("=").New(goType(r))}, g.unmarshal(value{x, true}, r))
}

// decodeValue decodes a value that is there into x.
func (g *gen) decodeValue(x *jen.Statement, r *schema.Ref) []jen.Code {
	if expr := g.decodeExpr(r); expr != nil {
		return []jen.Code{x.Clone().Op("=").Add(expr)}
	}
	return []jen.Code{g.unmarshal(value{expr: x}, r)}
}

// unmarshal is x.UnmarshalWAMP(d), by way of the runtime's type for a newtype
// of one.
func (g *gen) unmarshal(v value, r *schema.Ref) *jen.Statement {
	base, named := underlying(r)
	if !named || base.Named != nil || base.List != nil || base.Map != nil {
		return v.call("UnmarshalWAMP", jen.Id("d"))
	}
	address := v.expr.Clone()
	if !v.pointer {
		address = jen.Op("&").Add(address)
	}
	return jen.Parens(jen.Op("*").Add(goType(base))).Call(address).Dot("UnmarshalWAMP").Call(jen.Id("d"))
}

// decodeExpr is an expression of r's type that decodes it, or nil if r decodes
// itself by a method.
func (g *gen) decodeExpr(r *schema.Ref) *jen.Statement {
	base, named := underlying(r)
	switch {
	case r.List != nil || r.Map != nil:
		return ident("decode" + g.names.containers[spell(r)]).Call(jen.Id("d"))
	case base.List != nil || base.Map != nil:
		return nil
	case base.Named == nil:
		expr, exact := decodeScalar(base.Scalar)
		if expr == nil || exact && !named {
			return expr
		}
		return goType(r).Call(expr)
	case base.Named.Kind == schema.Struct:
		return nil
	case base.Named.IntEnum:
		return goType(r).Call(dec("Int", number(64)))
	}
	return goType(r).Call(dec("Text"))
}

// decodeScalar is the decoder's call for a built-in type; exact tells that it
// returns that very type. It is nil for those that decode themselves.
func decodeScalar(s schema.Scalar) (expr *jen.Statement, exact bool) {
	switch s {
	case schema.Bool:
		return dec("Bool"), true
	case schema.Float32:
		return dec("Float32"), true
	case schema.Float64:
		return dec("Float64"), true
	case schema.String:
		return dec("Text"), true
	case schema.Bytes:
		return dec("Binary"), true
	case schema.Time:
		return dec("Time"), true
	case schema.Duration:
		return dec("Duration"), true
	case schema.Any:
		return dec("Any"), true
	case schema.Int, schema.Int64:
		return dec("Int", bits(s)), s == schema.Int64
	case schema.Uint, schema.Uint64:
		return dec("Uint", bits(s)), s == schema.Uint64
	case schema.Int8, schema.Int16, schema.Int32:
		return dec("Int", bits(s)), false
	case schema.Uint8, schema.Uint16, schema.Uint32:
		return dec("Uint", bits(s)), false
	}
	return nil, false
}

// bits is the size of an integer type; that of int and uint is the platform's.
func bits(s schema.Scalar) jen.Code {
	switch s {
	case schema.Int8, schema.Uint8:
		return number(8)
	case schema.Int16, schema.Uint16:
		return number(16)
	case schema.Int32, schema.Uint32:
		return number(32)
	case schema.Int, schema.Uint:
		return std("strconv", "IntSize")
	}
	return number(64)
}
