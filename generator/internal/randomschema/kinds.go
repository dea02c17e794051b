package randomschema

import "fmt"

// constrained are types with constraints that the random values of the foreign
// check meet.
var constrained = []construct{
	says("min and max of an int", "{type: int8, min: -128, max: 127}"), says("max of a string", "{type: string, max: 12}"),
	says("pattern", "{type: string, pattern: '(?s)^.*$'}"), says("max of bytes", "{type: bytes|null, max: 3}"),
	says("max of a list", "{type: list<T0>, max: 3}"), says("unique", "{type: list<uuid>, unique: true}"),
	says("max of a map", "{type: map<int>, max: 3}"), says("multiple_of", "{type: uint16, multiple_of: 1}"),
	says("exclusive bounds", "{type: float64, exclusive_min: -1e300, exclusive_max: 1e300}"),
	{name: "name on the wire", write: func(a *Author) string { return fmt.Sprintf("{type: int, name: '@%d'}", a.IntN(1e9)) }},
	says("encoding of bytes", "{type: bytes, encoding: hex}"),
	says("encoding of a time", "{type: time, encoding: unix_ns}"), says("encoding of a duration", "{type: duration, encoding: iso8601}"),
	says("encoding of a uuid", "{type: uuid, encoding: bytes}"), says("keys of a map in a field", "{type: map<int>, keys: Key}"), says("bounds of a duration", "{type: duration, max: 1000h}"),
	says("bounds of a decimal", "{type: decimal, exclusive_min: -1000000000000, max: 1000000000000.50, multiple_of: 0.01}"),
}

// kinds are definitions of types beside structs, enums and new types.
var kinds []construct

func init() {
	kinds = []construct{
		says("alias", "type: string, alias: true"),
		{name: "alias of a list", write: func(a *Author) string { return "type: list<" + a.of(scalars) + ">, alias: true" }},
		{name: "keys of a map", write: func(a *Author) string { return "type: map<" + a.use() + ">, keys: Key" }},
		says("keys of an enum", "type: map<int>, keys: Color"),
		{name: "tuple", weight: 2, write: func(a *Author) string { return "tuple: [" + a.params() + "]" }},
		says("union by tag", "union: {alpha: Alpha, beta: Beta}, tag: kind"),
		says("open union by tag", "union: {alpha: Alpha, beta: Beta}, tag: kind, open: true"),
		{name: "union by a tag beside the content", write: func(a *Author) string {
			return "union: {alpha: Alpha, list: list<" + a.of(scalars) + ">, count: int}, tag: {key: kind, content: value}"
		}},
		says("union by kind", "union: {text: string, number: float64, flag: bool, list: list<string>, map: map<int>}"),
		{name: "struct that keeps unknown keys", write: func(a *Author) string { return "fields: {" + a.fields("f") + "}, unknown: keep" }},
		{name: "struct that rejects unknown keys", write: func(a *Author) string { return "fields: {" + a.fields("f") + "}, unknown: reject" }},
		says("new type with an encoding", "type: bytes, encoding: base64"),
		says("examples of a new type", "type: duration, encoding: s, examples: [1m30s, 7]"),
		says("examples of an enum", "enum: {low: 1, high: 9}, examples: [low, 9]"),
		says("enum value with doc", "enum: {a: {value: 1, doc: One.}, b: 2}"), says("deprecated enum value", "enum: {a: {value: 1, deprecated: gone, since: 1.0.0}, b: 2}"),
	}
}
