package generator

import (
	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// underlying looks through newtypes: the scalar, struct, enum, list or map
// that decides the encoding of r. named tells that a newtype stands before it.
func underlying(r *schema.Ref) (base *schema.Ref, named bool) {
	for r.Named != nil && r.Named.Kind == schema.Newtype {
		r, named = r.Named.Base, true
	}
	return r, named
}

// nilable tells that the Go type of r has a nil, which then stands for absent
// or null: lists, maps, bytes and any.
func nilable(r *schema.Ref) bool {
	base, _ := underlying(r)
	return base.List != nil || base.Map != nil || base.Scalar == schema.Bytes || base.Scalar == schema.Any
}

// isPointer tells that a value of r is held by pointer where it may be absent
// or null.
func isPointer(f *schema.Field) bool {
	return (f.Optional != f.Type.Nullable) && !nilable(f.Type)
}

// isOpt tells that a field is a wamp.Opt.
func isOpt(f *schema.Field) bool { return f.Optional && f.Type.Nullable }

// canBeAbsent tells that the encoder may leave the field out.
func canBeAbsent(f *schema.Field) bool { return f.Optional && f.Default == nil }

// required tells that the decoder misses the field if it is absent.
func required(f *schema.Field) bool { return !f.Optional && f.Default == nil }

// goType is the Go type of r, leaving its own null aside.
func goType(r *schema.Ref) *jen.Statement {
	switch {
	case r.List != nil:
		return jen.Index().Add(elementType(r.List))
	case r.Map != nil:
		return jen.Map(jen.String()).Add(elementType(r.Map))
	case r.Named != nil:
		return ident(r.Named.GoName)
	}
	switch r.Scalar {
	case schema.Bytes:
		return jen.Index().Byte()
	case schema.Time:
		return std("time", "Time")
	case schema.Duration:
		return std("time", "Duration")
	case schema.Date:
		return wampID("Date")
	case schema.UUID:
		return wampID("UUID")
	case schema.Decimal:
		return wampID("Decimal")
	case schema.URI:
		return wampID("URI")
	case schema.ID:
		return wampID("ID")
	}
	return ident(string(r.Scalar)) // the others are called as in Go
}

// elementType is the Go type of a list's or map's element.
func elementType(r *schema.Ref) *jen.Statement {
	if r.Nullable && !nilable(r) {
		return jen.Op("*").Add(goType(r))
	}
	return goType(r)
}

// fieldType is the Go type of a field or parameter.
func fieldType(f *schema.Field) *jen.Statement {
	switch {
	case isOpt(f):
		return wampID("Opt").Types(goType(f.Type))
	case isPointer(f):
		return jen.Op("*").Add(goType(f.Type))
	}
	return goType(f.Type)
}

// payloadType is the Go type of a whole payload.
func payloadType(p payload) *jen.Statement {
	switch p.shape() {
	case shapeNone:
		return wampID("None")
	case shapeSingle:
		return fieldType(p.Args[0])
	}
	return ident(p.goName())
}

// kindName is how errors call what a field must hold.
func kindName(r *schema.Ref) string {
	base, _ := underlying(r)
	switch {
	case base.List != nil:
		return "list"
	case base.Map != nil:
		return "map"
	case base.Named == nil && base.Scalar == schema.Any:
		return "a value"
	case base.Named == nil:
		return string(base.Scalar)
	case base.Named.Kind == schema.Struct:
		return "map"
	case base.Named.IntEnum:
		return "int"
	}
	return "string"
}
