package typescript

import (
	"strings"

	"github.com/wampgen/wampgen/generator/internal/doctext"
	"github.com/wampgen/wampgen/schema"
)

// keyEnum reports whether the keys of a map are the values of a closed enum.
func keyEnum(t *schema.Type) bool {
	base := (&schema.Ref{Named: t}).Underlying()
	return base.Named != nil && base.Named.Kind == schema.Enum && !base.Named.Open
}

// tuple writes a tuple.
func (g *gen) tuple(name string, t *schema.Type, doc string, tags []string) {
	params, about := g.elements(t.Fields)
	g.doc(doctext.Paragraphs(doc, strings.Join(about, "\n")), tags...)
	g.line("export type " + name + " = [" + strings.Join(params, ", ") + "];")
	g.line("")
}

// union writes a union. With a tag the compiler can tell its variants apart; in
// an open one the tag may have other values, of which it knows nothing.
func (g *gen) union(name string, t *schema.Type) {
	var union []string
	seen := map[string]bool{}
	for _, v := range t.Variants {
		text, tag := g.ref(v.Type), key(t.Tag)+": "+quote(v.Name)
		seen[v.Type.Kind()] = true
		switch {
		case t.Content != "":
			text = "{ " + tag + "; " + key(t.Content) + ": " + text + " }"
		case t.Tag != "":
			text = "({ " + tag + " } & " + text + ")"
		}
		union = append(union, text)
	}
	switch {
	case !t.Open:
	case t.Content != "":
		union = append(union, "{ "+key(t.Tag)+": string & {}; "+key(t.Content)+": unknown }")
	case t.Tag != "":
		union = append(union, "({ "+key(t.Tag)+": string & {} } & { [key: string]: unknown })")
	default:
		for _, other := range otherKinds {
			if !seen[other.kind] {
				union = append(union, other.text)
			}
		}
	}
	g.open("export type " + name + " =")
	for i, u := range union {
		if i == len(union)-1 {
			u += ";"
		}
		g.line("| " + u)
	}
	g.depth--
	g.line("")
}

// otherKinds are the values of each kind that nothing is known of.
var otherKinds = []struct{ kind, text string }{
	{"string", "string"}, {"number", "number"}, {"bool", "boolean"}, {"bytes", "Uint8Array"}, {"list", "unknown[]"},
	{"map", "{ [key: string]: unknown }"},
}

// encodings are built-in types in another form than their own.
var encodings = map[string]scalar{
	"base64": {"string", "Bytes in base64."}, "hex": {"string", "Bytes in hexadecimal digits."},
	"unix": {"number", "A time in seconds since 1970."}, "unix_ms": {"number", "A time in milliseconds since 1970."},
	"unix_us": {"number", "A time in microseconds since 1970."}, "unix_ns": {"number | bigint", "A time in nanoseconds since 1970."},
	"native": {"string | Date", "A time: a string as in RFC 3339 over JSON, a type of its own in other serializers."},
	"s":      {"number", "A duration in seconds."}, "us": {"number", "A duration in microseconds."},
	"ns": {"number | bigint", "A duration in nanoseconds."}, "iso8601": {"string", "A duration such as PT1H30M."},
	"go": {"string", "A duration such as 1h30m."}, "bytes": {"Uint8Array", "A UUID as its 16 bytes."},
}

// scalarOf is a built-in type in the form that it has on the wire.
func scalarOf(r *schema.Ref) scalar {
	if r.Encoding != "" {
		return encodings[r.Encoding]
	}
	return scalars[r.Scalar]
}
