package randomschema

import (
	"fmt"
	"strings"
)

// tables returns all tables of constructs.
func tables() [][]construct {
	return [][]construct{
		files, apiKeys, defaults, scalars, uses, required, trailing, omissible, fieldNames, definitions, kinds, typeKeys, payloads, results,
		errorKeys, procedureNames, procedureKeys, topicKeys,
	}
}

// fixedTypes are there in every schema, so that others can have their values as
// defaults. T0 is always a struct too.
const fixedTypes = `  Color: {enum: [red, green]}
  Level: {enum: {low: 1, high: 9}}
  Limit: {type: uint16}
  Key: {type: string, max: 40}
  Alpha: {fields: {a: int, b: optional string}}
  Beta: {fields: {c: bool}}
`

// scalars are the built-in types.
var scalars = words("bool int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 float32 float64 string bytes time date duration " +
	"uuid decimal uri id any")

// words are constructs that are always one word.
func words(names string) (all []construct) {
	for name := range strings.FieldsSeq(names) {
		all = append(all, says(name, name))
	}
	return all
}

// The tables that other tables need are filled here: Go has no order for
// variables that need each other.
var uses, required, trailing, omissible, definitions, payloads, results, procedureKeys []construct

func init() {
	inside := func(name, form string) construct {
		return construct{name: name, write: func(a *Author) string { return fmt.Sprintf(form, a.use()) }}
	}
	// uses can stand where any type can.
	uses = []construct{
		{name: "scalar", weight: 3, write: func(a *Author) string { return a.of(scalars) }},
		{name: "named type", weight: 3, write: func(a *Author) string { return fmt.Sprint("T", a.IntN(types)) }},
		inside("list", "list<%s>"), inside("list of nullable", "list<%s|null>"),
		inside("map", "map<%s>"), inside("map of nullable", "map<%s|null>"),
	}
	// required are the types of fields and parameters that must be there.
	required = []construct{
		{name: "required", weight: 4, write: (*Author).use},
		inside("nullable", "%s|null"),
		inside("field as a mapping", "{type: %s, doc: A field.}"),
		inside("tags of a field", "{type: %s, go: {tags: {db: column, yaml: 'key,omitempty'}}}"),
		{name: "go name of a field", write: func(a *Author) string {
			return "{type: " + a.use() + ", go: {name: Own" + fmt.Sprint(a.IntN(1e9)) + "}}"
		}},
	}
	required = append(required, constrained...)
	required = append(required, says("deprecated field", "{type: int, deprecated: use another, since: 1.0.0}"))
	// trailing are those of fields, and of parameters behind all required ones.
	trailing = []construct{inside("optional", "optional %s"), inside("optional as a mapping", "{type: optional %s, doc: A field.}")}
	for _, d := range []string{
		"bool = false", "int = 5", "int8 = -5", "int16 = 300", "int32 = 70000", "int64 = 5000000000", "uint = 5", "uint8 = 200", "uint16 = 60000",
		"uint32 = 4000000000", "uint64 = 18446744073709551615", "float32 = 0.5", "float64 = 1.5", "string = x", "duration = 3s",
		"time = 2026-08-22T10:30:00Z", "date = 2026-08-22", "uuid = 018f2c7a-9b3d-7000-8000-000000000001", "decimal = 1.50", "uri = com.example.a",
		"Color = green", "Level = high", "Limit = 7",
	} {
		name := "default of " + strings.Fields(d)[0]
		trailing = append(trailing, says(name, d), says(name+", optional", "optional "+d))
	}
	trailing = append(trailing, says("default of a list", "{type: list<string>, default: [a, b]}"), says("default of a map", "{type: map<uint8>, default: {a: 1}}"),
		says("default as a mapping", `{type: string, default: 'a "b" \c', doc: A field.}`))
	// omissible are those of fields and keywords alone.
	omissible = []construct{inside("optional and nullable", "optional %s|null")}
	fill()
}

// fieldNames are names of fields in many spellings.
var fieldNames = []construct{
	{name: "plain name", weight: 4, write: func(*Author) string { return "PREFIXNUMBER" }},
	says("name with _", "PREFIX_idNUMBER"), says("name in camel case", "PREFIXUserIdNUMBER"), says("name with -", "PREFIX-dashedNUMBER"),
	says("name with a blank", `"PREFIX with spaceNUMBER"`), says("name with .", `"PREFIX.dottedNUMBER"`), says("name with a quote", `"PREFIX\"quotedNUMBER"`),
	says("name beyond ASCII", "PREFIXéNUMBER"), says("name with @", `"@PREFIXNUMBER"`),
}

// texts for documentation, of which some would be code if they were let.
var texts = []string{
	"A text.", `'It is "quoted", and # no comment.'`, `"Two\n\nparagraphs."`, `"*/ //go:build ignore"`, `"` + strings.Repeat("long ", 60) + `"`,
}

func doc(what string) construct {
	return construct{name: "doc of " + what, write: func(a *Author) string { return "doc: " + a.pick(texts...) }}
}
