package schema

import "github.com/wampgen/wampgen/schema/diag"

// The rules. Those that begin with "yaml-" speak of the file as YAML, the others
// of what it says.
const (
	// RuleYAMLLimit: the file is larger, deeper or has more nodes than allowed.
	RuleYAMLLimit diag.Rule = "yaml-limit"
	// RuleYAMLEncoding: the file is not UTF-8 text.
	RuleYAMLEncoding diag.Rule = "yaml-encoding"
	// RuleYAMLSyntax: the file is not YAML.
	RuleYAMLSyntax diag.Rule = "yaml-syntax"
	// RuleYAMLAlias: anchors, aliases and merge keys are refused.
	RuleYAMLAlias diag.Rule = "yaml-alias"
	// RuleYAMLTag: tags are refused.
	RuleYAMLTag diag.Rule = "yaml-tag"
	// RuleYAMLKey: a key of a mapping is not a string.
	RuleYAMLKey diag.Rule = "yaml-key"
	// RuleYAMLDocument: a file holds one document.
	RuleYAMLDocument diag.Rule = "yaml-document"

	// RuleWrongKind: a value must be a mapping, a list or a string and is another.
	RuleWrongKind diag.Rule = "wrong-kind"
	// RuleUnknownKey: the language has no such key there.
	RuleUnknownKey diag.Rule = "unknown-key"
	// RuleDuplicateKey: a key, or a name in a list of names, is a duplicate.
	RuleDuplicateKey diag.Rule = "duplicate-key"
	// RuleMissingKey: a required key is absent.
	RuleMissingKey diag.Rule = "missing-key"
	// RuleNotBuilt: the language has it, this wampgen does not generate it yet.
	RuleNotBuilt diag.Rule = "not-built"
	// RuleBadValue: a value is not one that its key can have.
	RuleBadValue diag.Rule = "bad-value"
	// RuleNameStyle: a name is not spelled as names of its kind are.
	RuleNameStyle diag.Rule = "name-style"

	// RuleTypeSyntax: a type expression cannot be read.
	RuleTypeSyntax diag.Rule = "type-syntax"
	// RuleUnknownType: no type has that name.
	RuleUnknownType diag.Rule = "unknown-type"
	// RuleTypeCycle: a struct contains itself by value.
	RuleTypeCycle diag.Rule = "type-cycle"
	// RuleDefaultType: a default does not fit its type.
	RuleDefaultType diag.Rule = "default-type"
	// RuleEnumValue: the values of an enum contradict each other or their kind.
	RuleEnumValue diag.Rule = "enum-value"

	// RuleUnknownError: no error has that name.
	RuleUnknownError diag.Rule = "unknown-error"
	// RulePositionalOrder: a positional parameter could not be told from its neighbours.
	RulePositionalOrder diag.Rule = "optional-positional-order"
	// RuleKwargShadow: one name is in args and in kwargs.
	RuleKwargShadow diag.Rule = "kwarg-shadow"
	// RuleURI: a URI breaks the rules of WAMP.
	RuleURI diag.Rule = "uri-syntax"
	// RuleURIReserved: a URI begins with wamp, which belongs to the protocol.
	RuleURIReserved diag.Rule = "uri-reserved"
	// RuleURIClash: two declarations have one URI.
	RuleURIClash diag.Rule = "uri-clash"

	// RuleGoName: a name gives no Go identifier.
	RuleGoName diag.Rule = "go-name"
	// RuleGoNameClash: two names give one Go identifier.
	RuleGoNameClash diag.Rule = "go-name-clash"

	// RuleTooMany: there are more findings than are worth showing.
	RuleTooMany diag.Rule = "too-many"
)
