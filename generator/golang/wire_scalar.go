package golang

import (
	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// scalarWire is a built-in type that package codec codes.
type scalarWire struct {
	// name is that of the function, of the method of codec.Walk, and with Value
	// behind it of the type for a whole payload.
	name string
	of   func() *jen.Statement
	is   string // for errors
	zero emptiness
}

func (w scalarWire) goType() *jen.Statement { return w.of() }
func (w scalarWire) code() *jen.Statement   { return codecID(w.name) }
func (w scalarWire) want() string           { return w.is }
func (w scalarWire) empty() emptiness       { return w.zero }

func (w scalarWire) field(i int, p *jen.Statement) *jen.Statement { return walk(w.name, i, p) }

func (w scalarWire) value(p *jen.Statement) *jen.Statement {
	if w.zero == emptyAny { // an interface has no methods of its own
		return codecID("Of").Call(p, w.code())
	}
	return pointerTo(codecID(w.name + "Value")).Call(p)
}

// valueWire is a built-in type that package wamp has a type for.
type valueWire struct{ name, is string }

func (w valueWire) goType() *jen.Statement                       { return wampID(w.name) }
func (w valueWire) code() *jen.Statement                         { return codeMethod(w.goType()) }
func (w valueWire) want() string                                 { return w.is }
func (w valueWire) empty() emptiness                             { return never }
func (w valueWire) field(i int, p *jen.Statement) *jen.Statement { return walk("Value", i, p) }
func (w valueWire) value(p *jen.Statement) *jen.Statement        { return p }

// scalar is a built-in type.
type scalar struct {
	wire
	// literal is how its defaults are written; nil if it has none.
	literal *literal
	// label is what it is called in names that are made from its own.
	label string
	// stringer reports whether it has a method String, which Go does not hand down
	// to a newtype.
	stringer bool
	// uri is what codes it in a URI, "" if it cannot stand there.
	uri string
}

// scalars is the one table of built-in types: all that the emitters know of
// them.
var scalars = map[schema.Scalar]scalar{
	schema.Bool:     {wire: scalarWire{"Bool", jen.Bool, "bool", never}, literal: boolLiteral, label: "Bool", uri: "URIBool"},
	schema.Int:      {wire: scalarWire{"Int", jen.Int, "int", never}, literal: intLiteral, label: "Int", uri: "URIInt"},
	schema.Int8:     {wire: scalarWire{"Int8", jen.Int8, "int8", never}, literal: sizedInt, label: "Int8", uri: "URIInt"},
	schema.Int16:    {wire: scalarWire{"Int16", jen.Int16, "int16", never}, literal: sizedInt, label: "Int16", uri: "URIInt"},
	schema.Int32:    {wire: scalarWire{"Int32", jen.Int32, "int32", never}, literal: sizedInt, label: "Int32", uri: "URIInt"},
	schema.Int64:    {wire: scalarWire{"Int64", jen.Int64, "int64", never}, literal: sizedInt, label: "Int64", uri: "URIInt"},
	schema.Uint:     {wire: scalarWire{"Uint", jen.Uint, "uint", never}, literal: uintLiteral, label: "Uint", uri: "URIUint"},
	schema.Uint8:    {wire: scalarWire{"Uint8", jen.Uint8, "uint8", never}, literal: uintLiteral, label: "Uint8", uri: "URIUint"},
	schema.Uint16:   {wire: scalarWire{"Uint16", jen.Uint16, "uint16", never}, literal: uintLiteral, label: "Uint16", uri: "URIUint"},
	schema.Uint32:   {wire: scalarWire{"Uint32", jen.Uint32, "uint32", never}, literal: uintLiteral, label: "Uint32", uri: "URIUint"},
	schema.Uint64:   {wire: scalarWire{"Uint64", jen.Uint64, "uint64", never}, literal: uintLiteral, label: "Uint64", uri: "URIUint"},
	schema.Float32:  {wire: scalarWire{"Float32", jen.Float32, "float32", never}, literal: float32Literal, label: "Float32"},
	schema.Float64:  {wire: scalarWire{"Float64", jen.Float64, "float64", never}, literal: float64Literal, label: "Float64"},
	schema.String:   {wire: scalarWire{"String", jen.String, "string", never}, literal: stringLiteral, label: "String", uri: "URIText"},
	schema.Bytes:    {wire: scalarWire{"Bytes", func() *jen.Statement { return jen.Index().Byte() }, "bytes", emptyList}, label: "Bytes"},
	schema.Time:     {wire: scalarWire{"Time", func() *jen.Statement { return std("time", "Time") }, "time", never}, literal: timeLiteral, label: "Time", stringer: true},
	schema.Duration: {wire: scalarWire{"Duration", func() *jen.Statement { return std("time", "Duration") }, "duration in milliseconds", never}, literal: durationLiteral, label: "Duration", stringer: true},
	schema.Any:      {wire: scalarWire{"Any", jen.Any, "a value", emptyAny}, label: "Any"},
	schema.Date:     {wire: valueWire{"Date", "date"}, literal: dateLiteral, label: "Date", stringer: true},
	schema.UUID:     {wire: valueWire{"UUID", "uuid"}, literal: uuidLiteral, label: "UUID", stringer: true, uri: "URIUUID"},
	schema.Decimal:  {wire: valueWire{"Decimal", "decimal"}, literal: textLiteral, label: "Decimal"},
	schema.URI:      {wire: valueWire{"URI", "uri"}, literal: textLiteral, label: "URI"},
	schema.ID:       {wire: valueWire{"ID", "id"}, label: "ID"},
}
