package golang

import (
	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// encodedWire is a built-in type in another form than its own: a function of
// package codec codes it.
type encodedWire struct {
	wire        // the built-in type
	name string // of the function
	is   string // for errors
	// as is what the function takes a pointer to, nil for the type itself.
	as *jen.Statement
}

// call codes what p leads to.
func (w encodedWire) call(p *jen.Statement) *jen.Statement {
	if w.as != nil {
		p = pointerTo(w.as.Clone()).Call(p)
	}
	return codecID(w.name).Call(p, jen.Id("c"))
}

func (w encodedWire) want() string { return w.is }

func (w encodedWire) code() *jen.Statement {
	if w.as != nil {
		return coder(w.goType(), w.call(jen.Id("p")))
	}
	return codecID(w.name)
}

func (w encodedWire) field(i int, p *jen.Statement) *jen.Statement {
	return walkBy(codecID("Field"), i, p, w.code())
}

func (w encodedWire) value(p *jen.Statement) *jen.Statement { return codecID("Of").Call(p, w.code()) }

// encodings are the functions for the forms of built-in types, with what errors
// want.
var encodings = map[schema.Scalar]map[string][2]string{
	schema.Bytes: {"base64": {"Base64", "base64"}, "hex": {"Hex", "hexadecimal digits"}},
	schema.Time: {
		"unix": {"UnixSeconds", "seconds since 1970"}, "unix_ms": {"UnixMillis", "milliseconds since 1970"},
		"unix_us": {"UnixMicros", "microseconds since 1970"}, "unix_ns": {"UnixNanos", "nanoseconds since 1970"}, "native": {"NativeTime", "time"},
	},
	schema.Duration: {
		"s": {"Seconds", "duration in seconds"}, "us": {"Micros", "duration in microseconds"}, "ns": {"Nanos", "duration in nanoseconds"},
		"iso8601": {"ISODuration", "duration such as PT1H30M"}, "go": {"GoDuration", "duration such as 1h30m"},
	},
	schema.UUID: {"bytes": {"Bytes16", "16 bytes"}},
}

// scalar returns how a built-in type is coded.
func (g *gen) scalar(r *schema.Ref) wire {
	own := scalars[r.Scalar].wire
	form, ok := encodings[r.Scalar][r.Encoding]
	if !ok {
		return own
	}
	w := encodedWire{wire: own, name: form[0], is: form[1]}
	if r.Scalar == schema.UUID {
		w.as = jen.Index(number(16)).Byte()
	}
	return w
}

// isEncoded reports whether a built-in type has another form than its own.
func isEncoded(w wire) bool { _, encoded := w.(encodedWire); return encoded }
