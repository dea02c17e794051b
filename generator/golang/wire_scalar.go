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

// scalars is the one table of built-in types.
var scalars = map[schema.Scalar]wire{
	schema.Bool:     scalarWire{"Bool", jen.Bool, "bool", never},
	schema.Int:      scalarWire{"Int", jen.Int, "int", never},
	schema.Int8:     scalarWire{"Int8", jen.Int8, "int8", never},
	schema.Int16:    scalarWire{"Int16", jen.Int16, "int16", never},
	schema.Int32:    scalarWire{"Int32", jen.Int32, "int32", never},
	schema.Int64:    scalarWire{"Int64", jen.Int64, "int64", never},
	schema.Uint:     scalarWire{"Uint", jen.Uint, "uint", never},
	schema.Uint8:    scalarWire{"Uint8", jen.Uint8, "uint8", never},
	schema.Uint16:   scalarWire{"Uint16", jen.Uint16, "uint16", never},
	schema.Uint32:   scalarWire{"Uint32", jen.Uint32, "uint32", never},
	schema.Uint64:   scalarWire{"Uint64", jen.Uint64, "uint64", never},
	schema.Float32:  scalarWire{"Float32", jen.Float32, "float32", never},
	schema.Float64:  scalarWire{"Float64", jen.Float64, "float64", never},
	schema.String:   scalarWire{"String", jen.String, "string", never},
	schema.Bytes:    scalarWire{"Bytes", func() *jen.Statement { return jen.Index().Byte() }, "bytes", emptyList},
	schema.Time:     scalarWire{"Time", func() *jen.Statement { return std("time", "Time") }, "time", never},
	schema.Duration: scalarWire{"Duration", func() *jen.Statement { return std("time", "Duration") }, "duration in milliseconds", never},
	schema.Any:      scalarWire{"Any", jen.Any, "a value", emptyAny},
	schema.Date:     valueWire{"Date", "date"},
	schema.UUID:     valueWire{"UUID", "uuid"},
	schema.Decimal:  valueWire{"Decimal", "decimal"},
	schema.URI:      valueWire{"URI", "uri"},
	schema.ID:       valueWire{"ID", "id"},
}

func isSigned(s schema.Scalar) bool {
	switch s {
	case schema.Int, schema.Int8, schema.Int16, schema.Int32, schema.Int64:
		return true
	}
	return false
}

func isUnsigned(s schema.Scalar) bool {
	switch s {
	case schema.Uint, schema.Uint8, schema.Uint16, schema.Uint32, schema.Uint64:
		return true
	}
	return false
}

func isFloat(s schema.Scalar) bool { return s == schema.Float32 || s == schema.Float64 }
