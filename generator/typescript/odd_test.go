package typescript_test

import (
	"strings"

	"github.com/wampgen/wampgen/schema"
)

// keywords are words that mean something to TypeScript, somewhere.
var keywords = strings.Fields(`break case catch class const continue debugger default delete do else enum export extends false
	finally for function if import in instanceof new null return super switch this throw true try typeof var void while with
	implements interface let package private protected public static yield any unknown never object string number boolean
	bigint symbol undefined abstract accessor as asserts assert async await constructor declare from get global infer
	intrinsic is keyof module namespace of out override readonly require satisfies set type unique using`)

func scalar(s schema.Scalar) *schema.Ref { return &schema.Ref{Scalar: s} }
func named(t *schema.Type) *schema.Ref   { return &schema.Ref{Named: t} }
func listOf(r *schema.Ref) *schema.Ref   { return &schema.Ref{List: r} }
func mapOf(r *schema.Ref) *schema.Ref    { return &schema.Ref{Map: r} }
func orNull(r *schema.Ref) *schema.Ref   { c := *r; c.Nullable = true; return &c }

func field(name string, r *schema.Ref) *schema.Field { return &schema.Field{Name: name, Type: r} }

func optional(name string, r *schema.Ref) *schema.Field {
	return &schema.Field{Name: name, Type: r, Optional: true}
}

func newtype(name string, base *schema.Ref) *schema.Type {
	return &schema.Type{Name: name, Kind: schema.Newtype, Base: base}
}

func payload(args ...*schema.Field) *schema.Payload { return &schema.Payload{Args: args} }

// odd is a model of names and texts that are out to break TypeScript. Not all of
// it can come from a schema, since Go could not have it either.
func odd() *schema.Model {
	array := &schema.Type{Name: "Uint8Array", Kind: schema.Struct}
	array.Fields = []*schema.Field{
		field("bytes", scalar(schema.Bytes)), field("with space", orNull(named(array))), field("\u202e\"", scalar(schema.Int)),
		field("__proto__", scalar(schema.Int)), field("constructor", scalar(schema.String)), optional("1", scalar(schema.Int)),
		optional("new", scalar(schema.Int)), optional("get", scalar(schema.Int)), optional("readonly", scalar(schema.Int)),
		{Name: "message", Type: scalar(schema.String), Doc: "*/ }", Default: &schema.Value{Text: "*/ `"}},
	}
	texts := &schema.Type{Name: "Array", Kind: schema.Enum, Values: []schema.EnumValue{
		{Name: "*/", Text: "*/"}, {Name: `a"b`, Text: `a"b`}, {Name: "line", Text: "\u2028\n"}, {Name: "@deprecated */", Text: `\`}}}
	numbers := &schema.Type{Name: "Number", Kind: schema.Enum, IntEnum: true, Open: true, Values: []schema.EnumValue{
		{Name: "small", Int: -9007199254740993}, {Name: "*/", Int: 0}, {Name: "great", Int: 9007199254740993}}}
	ping, get := newtype("PingProcedure", scalar(schema.String)), newtype("GetProcedureURI", scalar(schema.Int))
	ping.Doc = "@ts-ignore"
	list, dict := newtype("Procedures", listOf(named(array))), newtype("Errors", mapOf(scalar(schema.Any)))
	procedure := func(name string, in, out *schema.Payload) *schema.Procedure {
		return &schema.Procedure{Name: name, URI: "com.example." + name, In: in, Out: out}
	}
	result := func(r *schema.Ref) *schema.Payload {
		return &schema.Payload{Shape: schema.ShapeValue, Args: []*schema.Field{field("result", r)}}
	}
	words := &schema.Payload{}
	for _, word := range keywords {
		words.Args = append(words.Args, optional(word, scalar(schema.Int)))
		words.Kwargs = append(words.Kwargs, optional(word, scalar(schema.Int)))
	}
	return &schema.Model{
		File: "odd.wamp.yaml", Name: "odd", URI: "com.example",
		Doc: "*/ export const evil = 1; /* @deprecated",
		Types: []*schema.Type{array, texts, numbers, ping, get, list, dict,
			newtype("Error", listOf(orNull(scalar(schema.Int64)))), newtype("Promise", listOf(named(numbers))),
			newtype("Object", mapOf(listOf(scalar(schema.Uint64)))), newtype("Unknown", listOf(orNull(scalar(schema.Any))))},
		Procedures: []*schema.Procedure{
			procedure("ping", payload(field("1st", scalar(schema.Int)), field("a-b", scalar(schema.Int)),
				optional("in", scalar(schema.Int)), optional("new", scalar(schema.String))), result(named(ping))),
			procedure("get", payload(field("this", named(texts)), optional("readonly", named(numbers))), result(named(get))),
			procedure("a.b", payload(optional("infer", scalar(schema.Any))), payload()),
			procedure("a_b", payload(), result(named(dict))),
			procedure("1st", payload(), result(named(list))),
			procedure("𝐀", payload(), payload()),
			procedure("words", words, words),
			procedure("-", payload(field("*/", scalar(schema.Int))), payload()),
		},
	}
}
