package schema

import (
	"slices"

	"github.com/wampgen/wampgen/schema/diag"
)

// Rules returns the names of all rules of [Parse], sorted. Their findings are
// errors.
func Rules() []diag.Rule {
	var names []diag.Rule
	for name := range explanations {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Explain returns the description of a rule of [Parse]: a summary in one line,
// followed by why it matters and what to do. It returns "" if there is no such
// rule.
func Explain(rule diag.Rule) string { return explanations[rule] }

// explanations are what people may want to know beyond the message of a
// finding.
var explanations = map[diag.Rule]string{
	RuleYAMLLimit: `the file is larger, deeper or has more nodes than allowed
A schema has at most 8 MiB, 64 levels and a million nodes.`,
	RuleYAMLEncoding: `the file is not UTF-8 text
Save it as UTF-8. Other encodings, and control characters, are refused.`,
	RuleYAMLSyntax: `the file is not YAML
The position is as good as the YAML parser knows it; look at the line before, too.`,
	RuleYAMLAlias: `anchors, aliases and merge keys are not allowed
A schema says everything where it is, so that every finding has one place. A key
at the top that begins with x- may hold anything.`,
	RuleYAMLTag: `tags are not allowed
A string that begins with ! needs quotes.`,
	RuleYAMLKey: `a key of a mapping is not a string
Names are strings: a list or a mapping cannot be one.`,
	RuleYAMLDocument: `a file holds one document
Put what follows the second --- into a file of its own.`,
	RuleWrongKind: `a value must be a mapping, a list or a string and is another
The order of args is the order on the wire, so they are a list of mappings with
one key each:  args: [sku: Sku, quantity: int].  kwargs are a mapping.`,
	RuleUnknownKey: `the language has no such key there
wampgen schema prints all keys as a JSON Schema, which editors understand.`,
	RuleDuplicateKey: `a key, or a name in a list of names, is a duplicate
YAML readers differ in which of two equal keys they take, so both are in doubt.`,
	RuleMissingKey: `a required key is absent
A schema begins with  wampgen: 1  and  api: {name: my_shop, uri: com.example.shop}.`,
	RuleNotBuilt: `the language has it, but this wampgen does not generate it yet
Without code that keeps its promise, a schema must not make it.`,
	RuleBadValue: `a value is not one that its key can have
The message or the hint says which values it can have.`,
	RuleNameStyle: `a name is not spelled as names of its kind are
Types are PascalCase, as in OrderState. A name on the wire may be anything that
can be seen.`,
	RuleTypeSyntax: `a type expression cannot be read
Its form is  [optional ]T[|null][ = default],  where T is a scalar, list<T>,
map<T> or a type of the schema.`,
	RuleUnknownType: `no type has that name
Built-in types are bool, int, int8 to int64, uint, uint8 to uint64, float32,
float64, string, bytes, time, date, duration, uuid, decimal, uri, id and any.`,
	RuleTypeCycle: `a struct contains itself by value
No value could ever end. Put list<T>, map<T>, optional T or T|null in between.`,
	RuleDefaultType: `a default does not fit its type
A default stands for Go's zero value, so bool = true could never be sent as
false; write  optional bool = true  there.`,
	RuleConstraint: `a constraint does not apply to its type, or no value can meet it
Numbers and durations have min, max, exclusive_min, exclusive_max and multiple_of.
Strings, bytes, lists and maps have min, max and len, which are about their length;
strings also have pattern, and lists unique.`,
	RuleUnion: `the variants of a union cannot be told apart
With  tag: kind  every variant is a struct without a field kind, and the tag stands
beside its fields. With  tag: {key: kind, content: data}  variants may be anything.
Without a tag their kinds of value differ: string, number, bool, bytes, list, map.`,
	RuleExample: `an example does not fit its declaration
Examples are values as they are on the wire in JSON: people copy them, and wampgen
mock answers them. Change the example, or the type if the example is right.`,
	RulePattern: `a pattern is not a regular expression
The syntax is that of RE2, which Go's package regexp reads. It has no look-ahead and
no back-references.`,
	RuleEnumValue: `the values of an enum contradict each other or their kind
They are all strings or all whole numbers. What YAML reads as something else,
such as yes or 1.0, needs quotes.`,
	RuleFragment: `a file without an API is in no schema
A file without  api:  is a fragment. The schema that includes it, from the same folder
or one above, has its declarations; by itself it says nothing.`,
	RuleInclude: `a file cannot be included
include: [./orders.wamp.yaml]  splits a schema: a fragment is a file without  api:  in
its folder or below it, and has types, errors, procedures and topics. Everything else
is the schema's. A file with an API of its own is imported.`,
	RuleImport: `a file cannot be imported
imports:  {common: ./common.wamp.yaml}  names a schema, relative to this file, whose
types and errors are then common.Money and common.rate_limited.`,
	RuleImportCycle: `a file imports itself, perhaps by another one
Go packages cannot import each other either. Put what both need into a third file.`,
	RuleUnknownError: `no error has that name
Errors are declared under errors: and listed by name in a procedure.`,
	RulePositionalOrder: `a positional parameter cannot be distinguished from its neighbors
Absent parameters can only be at the end: put required ones before, or make one
of them a keyword.`,
	RuleVariadic: `something takes all further arguments or keywords where it cannot
The last parameter of args can be variadic and one keyword can be catch_all. Their
type is that of one value.`,
	RuleKwargShadow: `one name is in args and in kwargs
A parameter under args is taken by position and by name, so a keyword of the same
name would mean both.`,
	RuleURI: `a URI breaks the rules of WAMP
A URI is components with dots between them. A component is not empty and has no
white space and no #.`,
	RuleURIReserved: `a URI begins with wamp, which belongs to the protocol
Only the errors that WAMP itself defines can be declared there, in order to type
their payload. An API that others define, such as the meta API of routers, has
external: true  and may have such URIs.`,
	RuleURITemplate: `a URI has a parameter where it cannot have one
A parameter is a whole component: device.{id}.state. Only the last one can stand
for several components, {path...}, and then it is the only one.`,
	RuleUnknownParam: `the URI has no such parameter
params gives types to the parameters of the URI, which are strings without it.`,
	RuleParamType: `a value of the type cannot stand in a URI
Strings, enums, integers, uuid and bool can, and named types of them.`,
	RuleGroup: `procedures of one group do not have the same parameters
A callee of the group implements them for one instance, so their URIs are the
same up to the last parameter, and its type is.`,
	RuleURIClash: `two declarations have one URI
A router could not distinguish them.`,
	RuleTooMany: `there are more findings than are worth showing
Fix those that are shown and run the command again.`,
}
