package schema

// Rule is the stable name of a kind of finding, shown in brackets behind its
// message.
type Rule string

// The rules. Those that begin with "yaml-" speak of the file as YAML, the others
// of what it says.
const (
	// RuleYAMLLimit: the file is larger, deeper or has more nodes than allowed.
	RuleYAMLLimit Rule = "yaml-limit"
	// RuleYAMLEncoding: the file is not UTF-8 text.
	RuleYAMLEncoding Rule = "yaml-encoding"
	// RuleYAMLSyntax: the file is not YAML.
	RuleYAMLSyntax Rule = "yaml-syntax"
	// RuleYAMLAlias: anchors, aliases and merge keys are refused.
	RuleYAMLAlias Rule = "yaml-alias"
	// RuleYAMLTag: tags are refused.
	RuleYAMLTag Rule = "yaml-tag"
	// RuleYAMLKey: a key of a mapping is not a text.
	RuleYAMLKey Rule = "yaml-key"
	// RuleYAMLDocument: a file holds one document.
	RuleYAMLDocument Rule = "yaml-document"

	// RuleWrongKind: a mapping, a list or a text stands where another is expected.
	RuleWrongKind Rule = "wrong-kind"
	// RuleUnknownKey: the language has no such key there.
	RuleUnknownKey Rule = "unknown-key"
	// RuleDuplicateKey: a key, or a name in a list of names, is there twice.
	RuleDuplicateKey Rule = "duplicate-key"
	// RuleMissingKey: a required key is absent.
	RuleMissingKey Rule = "missing-key"
	// RuleNotBuilt: the language has it, this wampgen does not generate it yet.
	RuleNotBuilt Rule = "not-built"
	// RuleBadValue: a value is not one that its key can have.
	RuleBadValue Rule = "bad-value"
	// RuleNameStyle: a name is not spelled as names of its kind are.
	RuleNameStyle Rule = "name-style"

	// RuleTypeSyntax: a type expression cannot be read.
	RuleTypeSyntax Rule = "type-syntax"
	// RuleUnknownType: no type has that name.
	RuleUnknownType Rule = "unknown-type"
	// RuleTypeCycle: a struct contains itself by value.
	RuleTypeCycle Rule = "type-cycle"
	// RuleDefaultType: a default does not fit its type.
	RuleDefaultType Rule = "default-type"
	// RuleEnumValue: the values of an enum contradict each other or their kind.
	RuleEnumValue Rule = "enum-value"

	// RuleUnknownError: no error has that name.
	RuleUnknownError Rule = "unknown-error"
	// RulePositionalOrder: a positional parameter could not be told from its neighbours.
	RulePositionalOrder Rule = "optional-positional-order"
	// RuleKwargShadow: one name is in args and in kwargs.
	RuleKwargShadow Rule = "kwarg-shadow"
	// RuleURI: a URI breaks the rules of WAMP.
	RuleURI Rule = "uri-syntax"
	// RuleURIReserved: a URI begins with wamp, which belongs to the protocol.
	RuleURIReserved Rule = "uri-reserved"
	// RuleURIClash: two declarations have one URI.
	RuleURIClash Rule = "uri-clash"

	// RuleGoName: a name gives no Go identifier.
	RuleGoName Rule = "go-name"
	// RuleGoNameClash: two names give one Go identifier.
	RuleGoNameClash Rule = "go-name-clash"

	// RuleTooMany: there are more findings than are worth showing.
	RuleTooMany Rule = "too-many"
)
