package schema

import "github.com/wampgen/wampgen/schema/diag"

// The rules. Those that begin with "yaml-" are about the YAML of the file, the
// others about its content.
const (
	// RuleYAMLLimit means that the file is larger, deeper or has more nodes than
	// allowed.
	RuleYAMLLimit diag.Rule = "yaml-limit"
	// RuleYAMLEncoding means that the file is not UTF-8 text.
	RuleYAMLEncoding diag.Rule = "yaml-encoding"
	// RuleYAMLSyntax means that the file is not YAML.
	RuleYAMLSyntax diag.Rule = "yaml-syntax"
	// RuleYAMLAlias means that the file has an anchor, an alias or a merge key.
	RuleYAMLAlias diag.Rule = "yaml-alias"
	// RuleYAMLTag means that the file has a tag.
	RuleYAMLTag diag.Rule = "yaml-tag"
	// RuleYAMLKey means that a key of a mapping is not a string.
	RuleYAMLKey diag.Rule = "yaml-key"
	// RuleYAMLDocument means that the file does not hold exactly one document.
	RuleYAMLDocument diag.Rule = "yaml-document"

	// RuleWrongKind means that a value is not the mapping, list or string that it
	// must be.
	RuleWrongKind diag.Rule = "wrong-kind"
	// RuleUnknownKey means that the language has no such key in this place.
	RuleUnknownKey diag.Rule = "unknown-key"
	// RuleDuplicateKey means that a key, or a name in a list of names, is a
	// duplicate.
	RuleDuplicateKey diag.Rule = "duplicate-key"
	// RuleMissingKey means that a required key is absent.
	RuleMissingKey diag.Rule = "missing-key"
	// RuleNotBuilt means that the language has the construct, but this wampgen
	// does not generate code for it yet.
	RuleNotBuilt diag.Rule = "not-built"
	// RuleBadValue means that a key cannot have the value.
	RuleBadValue diag.Rule = "bad-value"
	// RuleNameStyle means that a name does not have the spelling of its kind.
	RuleNameStyle diag.Rule = "name-style"

	// RuleTypeSyntax means that a type expression is malformed.
	RuleTypeSyntax diag.Rule = "type-syntax"
	// RuleUnknownType means that no type has the name.
	RuleUnknownType diag.Rule = "unknown-type"
	// RuleTypeCycle means that a struct contains itself by value.
	RuleTypeCycle diag.Rule = "type-cycle"
	// RuleDefaultType means that a default does not fit its type.
	RuleDefaultType diag.Rule = "default-type"
	// RuleConstraint means that a constraint does not apply to its type, or that no
	// value can meet it.
	RuleConstraint diag.Rule = "constraint"
	// RuleUnion means that the variants of a union cannot be told apart, or that
	// one cannot be a variant.
	RuleUnion diag.Rule = "union"
	// RuleExample means that an example does not fit its declaration.
	RuleExample diag.Rule = "example"
	// RulePattern means that a pattern is not a regular expression.
	RulePattern diag.Rule = "pattern-invalid"
	// RuleEnumValue means that the values of an enum contradict each other or
	// their kind.
	RuleEnumValue diag.Rule = "enum-value"

	// RuleFragment means that a file has no API and that no schema includes it.
	RuleFragment diag.Rule = "fragment"
	// RuleInclude means that a file cannot be included.
	RuleInclude diag.Rule = "include"
	// RuleImport means that a file cannot be imported.
	RuleImport diag.Rule = "import"
	// RuleImportCycle means that a file imports itself, perhaps by another one.
	RuleImportCycle diag.Rule = "import-cycle"
	// RuleUnknownError means that no error has the name.
	RuleUnknownError diag.Rule = "unknown-error"
	// RulePositionalOrder means that a positional parameter that may be absent is
	// not the last one.
	RulePositionalOrder diag.Rule = "optional-positional-order"
	// RuleVariadic means that something takes all further arguments or keywords
	// where it cannot.
	RuleVariadic diag.Rule = "variadic"
	// RuleKwargShadow means that a name is both in args and in kwargs.
	RuleKwargShadow diag.Rule = "kwarg-shadow"
	// RuleURI means that a URI is malformed.
	RuleURI diag.Rule = "uri-syntax"
	// RuleURIReserved means that a URI begins with wamp, which is reserved for the
	// protocol.
	RuleURIReserved diag.Rule = "uri-reserved"
	// RuleURITemplate means that a URI has a parameter where it cannot have one.
	RuleURITemplate diag.Rule = "uri-template"
	// RuleUnknownParam means that the URI has no such parameter.
	RuleUnknownParam diag.Rule = "unknown-param"
	// RuleParamType means that a value of the type cannot stand in a URI.
	RuleParamType diag.Rule = "param-type"
	// RuleGroup means that procedures of a group do not have the same parameters.
	RuleGroup diag.Rule = "group"
	// RuleURIClash means that two declarations have the same URI.
	RuleURIClash diag.Rule = "uri-clash"

	// RuleTooMany means that there are too many findings to show.
	RuleTooMany diag.Rule = "too-many"
)
