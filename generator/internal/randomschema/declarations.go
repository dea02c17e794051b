package randomschema

import (
	"fmt"
	"strings"
)

var (
	apiKeys = []construct{says("version", "version: 1.2.3"), doc("an API"), says("go package", "go: {package: random}"), says("external", "external: true"),
		says("go types of an API", "go: {types: {id: {type: wamp.ID, import: github.com/wampgen/wampgen/runtime}}}")}
	defaults = []construct{says("default timeout", "procedure: {timeout: 5s}"), says("default errors", "procedure: {errors: [e0]}"),
		says("default policies", "procedure: {invoke: last, strict: true, lenient: true}, topic: {acknowledge: true, exclude_me: false, lenient: true}")}
	typeKeys = []construct{doc("a type"), says("deprecated type", "deprecated: gone"), says("since of a type", "since: 1.0.0")}

	errorKeys = []construct{doc("an error"), says("uri of an error", "uri: org.other.eNUMBER"), says("go name of an error", "go: {name: OwnENUMBER}")}

	procedureNames = []construct{says("name", "p"), says("name of two parts", "group.p"), says("name of three parts", "group.sub.p")}

	topicKeys = []construct{
		doc("a topic"), says("uri of a topic", "uri: org.other.tNUMBER"), says("go name of a topic", "go: {name: OwnTNUMBER}"), says("history", "history: true"),
		says("parameter of a topic", "uri: 'org.other.{x}.tNUMBER', params: {x: uuid}"), says("open end of a topic", "uri: 'org.other.tNUMBER.{x...}'"),
		says("publication", "acknowledge: true, exclude_me: true, disclose_me: true"), says("options of a topic", "options: {x: optional any}"), says("retention", "retain: true, get_retained: true"),
		says("prefix of a topic", "uri: org.other.fNUMBER, match: prefix"), says("deprecated topic", "deprecated: gone, since: 1.0.0"),
	}
)

// fill fills the tables of declarations.
func fill() {
	definitions = []construct{
		{name: "struct", weight: 4, write: func(a *Author) string { return "fields: {" + a.fields("f") + "}" }},
		says("enum of names", "enum: [x, y, z]"), says("enum of integers", "enum: {a: 1, b: -2, c: 3000000000}"),
		says("enum of strings", `enum: {a: ":-)", b: "", c: "a \"b\""}`),
		says("open enum of names", "enum: [x, y, z], open: true"), says("open enum of integers", "enum: {a: 0, b: 2}, open: true"),
		{name: "new type of a scalar", weight: 2, write: func(a *Author) string { return "type: " + a.of(scalars) }},
		says("new type with constraints", "type: string, max: 12, pattern: '(?s)^.*$'"), says("new type of an int with constraints", "type: int32, min: -2147483648"),
		{name: "new type of a type", write: func(a *Author) string { return "type: " + a.use() }},
		{name: "go name of a type", write: func(a *Author) string {
			return fmt.Sprintf("fields: {%s}, go: {name: OwnT%d}", a.fields("f"), a.IntN(1e9))
		}},
	}
	payloads = []construct{
		says("no payload", ""),
		{name: "args", weight: 3, write: func(a *Author) string { return "args: [" + a.params() + "]" }},
		{name: "kwargs", write: func(a *Author) string { return "kwargs: {" + a.fields("k") + "}" }},
		{name: "args and kwargs", weight: 2, write: func(a *Author) string { return "args: [" + a.params() + "], kwargs: {" + a.fields("k") + "}" }},
		says("kwargs of a struct", "kwargs: T0"),
		{name: "variadic", write: func(a *Author) string {
			return fmt.Sprintf("args: [%s, rest: {type: %s, variadic: true}], kwargs: {%s}", a.params(), a.use(), a.fields("k"))
		}},
		{name: "catch_all", write: func(a *Author) string {
			return fmt.Sprintf("args: [%s], kwargs: {%s, more: {type: %s, catch_all: true}}", a.params(), a.fields("k"), a.pick("any", a.use()+"|null"))
		}},
		{name: "args, and kwargs of a struct", write: func(a *Author) string { return "args: [" + a.params() + "], kwargs: T0" }},
	}
	results = []construct{
		{name: "result", weight: 3, write: (*Author).use},
		{name: "nullable result", write: func(a *Author) string { return a.use() + "|null" }},
		{name: "optional result", write: func(a *Author) string { return "optional " + a.use() }},
		{name: "result with args and kwargs", write: func(a *Author) string { return "{" + strings.TrimPrefix(a.of(payloads[1:]), ", ") + "}" }},
	}
	procedureKeys = []construct{
		doc("a procedure"),
		{name: "returns", weight: 6, write: func(a *Author) string { return "returns: " + a.of(results) }},
		{name: "stream", write: func(a *Author) string { return "stream: {out: " + a.of(results) + "}" }},
		{name: "stream without the unary call", write: func(a *Author) string { return "stream: {out: " + a.of(results) + ", required: true}" }},
		{name: "chunks", write: func(a *Author) string { return "stream: {in: " + a.of(results) + "}" }},
		{name: "chunks in the last message", write: func(a *Author) string { return "stream: {in: " + a.of(results) + ", last: item}" }},
		{name: "both directions", write: func(a *Author) string { return "stream: {in: " + a.of(results) + ", out: " + a.of(results) + "}" }},
		says("one error", "errors: [e0]"), says("errors", "errors: [e1, e2]"), says("timeout", "timeout: 30s"), says("idempotent", "idempotent: true"),
		says("uri of a procedure", "uri: org.other.pNUMBER"), says("go name of a procedure", "go: {name: OwnPNUMBER}"),
		says("parameter of a procedure", "uri: 'org.other.{x}.pNUMBER', params: {x: int8}"),
		says("parameters of a procedure", "uri: 'org.other.{x}.{y}.pNUMBER', params: {x: bool, y: Color}"),
		says("open end of a procedure", "uri: 'org.other.pNUMBER.{x...}'"),
		says("group", "uri: 'org.other.{x}.pNUMBER', params: {x: Level}, group: them"), says("group of fixed URIs", "uri: org.other.gNUMBER, group: fixed"),
		says("registration", "invoke: roundrobin, concurrency: 2, disclose_caller: true, forward_timeout: true"),
		says("call", "disclose_me: true, cancel: skip"), says("prefix of a procedure", "uri: org.other.fNUMBER, match: prefix"), says("strict", "strict: true"), says("options of a procedure", "options: {_level: optional Level, more: optional list<T1>}"), says("struct of parameters", "go: {params: struct}"),
		says("kept for later", "grace: 5s, priority: high, roles: [admin], metadata: {kwarg: _meta}"),
		says("deprecated procedure", "deprecated: gone, since: 1.0.0"),
	}
}
