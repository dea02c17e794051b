package typescript

import (
	"strings"

	"github.com/wampgen/wampgen/generator/internal/doctext"
	"github.com/wampgen/wampgen/schema"
)

// scalar is a built-in type in TypeScript, and what its readers have to know.
type scalar struct{ name, note string }

var scalars = map[schema.Scalar]scalar{
	schema.Bool:     {"boolean", ""},
	schema.Int:      {"number", ""},
	schema.Int8:     {"number", ""},
	schema.Int16:    {"number", ""},
	schema.Int32:    {"number", ""},
	schema.Int64:    {"number | bigint", wide},
	schema.Uint:     {"number", ""},
	schema.Uint8:    {"number", ""},
	schema.Uint16:   {"number", ""},
	schema.Uint32:   {"number", ""},
	schema.Uint64:   {"number | bigint", wide},
	schema.Float32:  {"number", ""},
	schema.Float64:  {"number", ""},
	schema.String:   {"string", ""},
	schema.Bytes:    {"Uint8Array", "Bytes. JSON carries them as a string: U+0000 and then base64."},
	schema.Time:     {"string", "A time as in RFC 3339: 2026-08-22T15:04:05Z."},
	schema.Date:     {"string", "A date: 2026-08-22."},
	schema.Duration: {"number", "A duration in milliseconds."},
	schema.UUID:     {"string", "A UUID in its canonical form."},
	schema.Decimal:  {"string", "A decimal number with all its digits: 12.50."},
	schema.URI:      {"string", "A WAMP URI."},
	schema.ID:       {"number", "A WAMP id, from 1 to 2^53."},
	schema.Any:      {"unknown", ""},
}

const wide = "An integer of 64 bits. A number loses digits above 2^53, a bigint none."

// ref is the use of a type.
func (g *gen) ref(r *schema.Ref) string {
	var text string
	switch {
	case r.Named != nil:
		text = g.names.of[r.Named]
	case r.List != nil:
		text = g.element(r.List) + "[]"
	case r.Map != nil && r.Keys != nil && keyEnum(r.Keys.Named):
		text = "{ [key in " + g.names.of[r.Keys.Named] + "]?: " + g.ref(r.Map) + " }"
	case r.Map != nil:
		text = "{ [key: string]: " + g.ref(r.Map) + " }"
	default:
		text = scalarOf(r).name
	}
	if nullable(r) {
		text += " | null"
	}
	return text
}

// orNull is the use of a type where null stands for no value.
func (g *gen) orNull(r *schema.Ref) string {
	or := *r
	or.Nullable = true
	return g.ref(&or)
}

// element is the use of a type as the element of an array.
func (g *gen) element(r *schema.Ref) string {
	if nullable(r) || strings.Contains(scalarOf(r).name, "|") {
		return "(" + g.ref(r) + ")"
	}
	return g.ref(r)
}

// nullable reports whether null has to be added to a type: not where it is
// among the unknown.
func nullable(r *schema.Ref) bool { return r.Nullable && r.Scalar != schema.Any }

// note is what readers have to know about the scalar that a type is made of, and
// the constraints of a value.
func note(r *schema.Ref) string {
	text := make([]string, len(r.Constraints))
	for i, c := range r.Constraints {
		text[i] = c.String()
	}
	if len(text) == 0 {
		return scalarNote(r)
	}
	return strings.TrimSpace(scalarNote(r) + " Constraints: " + strings.Join(text, ", ") + ".")
}

func scalarNote(r *schema.Ref) string {
	for r.List != nil || r.Map != nil {
		if r.List != nil {
			r = r.List
		} else {
			r = r.Map
		}
	}
	return scalarOf(r).note
}

// declare writes a named type.
func (g *gen) declare(t *schema.Type) {
	name := g.names.of[t]
	doc, tags := doctext.Paragraphs(t.Doc, sinceText(t.Since)), deprecatedTag(t.Deprecated)
	switch t.Kind {
	case schema.Struct:
		g.doc(doc, tags...)
		g.open("export interface " + name + " {")
		g.properties(t.Fields)
		if t.Unknown == schema.Keep {
			g.line("[key: string]: unknown;")
		}
		g.close("}")
	case schema.Enum:
		g.doc(doc, tags...)
		g.enum(name, t)
	case schema.Tuple:
		g.tuple(name, t, doc, tags)
	case schema.Union:
		g.doc(doc, tags...)
		g.union(name, t)
	default:
		g.doc(doctext.Paragraphs(doc, note(t.Base)), tags...)
		g.line("export type " + name + " = " + g.ref(t.Base) + ";")
		g.line("")
	}
}

// enum writes the union of an enum's values. An open one takes others too; the
// intersection keeps editors offering the known ones.
func (g *gen) enum(name string, t *schema.Type) {
	var union []string
	for _, v := range t.Values {
		text := literal(v.OnWire(t))
		about := v.Doc
		if t.IntEnum || v.Name != v.Text {
			about = strings.TrimSuffix(v.Name+": "+v.Doc, ": ")
		}
		if v.Since != "" {
			about = strings.TrimSpace(about + " " + sinceText(v.Since))
		}
		if v.Deprecated != "" {
			about = strings.TrimSpace(about + " Deprecated: " + v.Deprecated)
		}
		if about != "" {
			text = "/** " + tame(strings.Join(strings.Fields(about), " ")) + " */ " + text
		}
		union = append(union, text)
	}
	if t.Open && t.IntEnum {
		union = append(union, "(number & {})")
	} else if t.Open {
		union = append(union, "(string & {})")
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

// properties writes fields as the properties of an object type.
func (g *gen) properties(fields []*schema.Field) {
	for _, f := range fields {
		g.doc(doctext.Paragraphs(f.Doc, note(f.Type), sinceText(f.Since)), append(defaultTag(f), deprecatedTag(f.Deprecated)...)...)
		mark := ""
		if absent(f) {
			mark = "?"
		}
		if f.CatchAll {
			g.line("[key: string]: unknown;") // a type of its own would have to fit the others
			continue
		}
		g.line(key(f.Name) + mark + ": " + g.ref(f.Type) + ";")
	}
}

// absent reports whether a field need not be sent.
func absent(f *schema.Field) bool { return f.Optional || f.Default != nil }

// defaultTag is the TSDoc tag for what an absent field means.
func defaultTag(f *schema.Field) []string {
	if f.Default == nil {
		return nil
	}
	return []string{"@defaultValue `" + tame(literal(f.Default.OnWire(f.Type))) + "`"}
}
