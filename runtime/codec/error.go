package codec

// ValueError is the error of a value that could not be encoded or decoded. Its
// text contains no values, except for map keys in Path.
type ValueError struct {
	// Path is the position of the value, such as `items[3].quantity` or
	// `labels["eu"]`. It begins with the name of a parameter; in a payload without
	// a schema it begins with args or kwargs, such as `args[0]`. It is empty at
	// the root of a document.
	Path string
	// Rule is the requirement that the value does not meet.
	Rule Rule
	// Want is what was expected; empty if Found is the whole text.
	Want string
	// Found is what was found: the name of a [Kind], "missing", or a text. It is
	// never the value.
	Found string
	// Offset is the position in the document, in bytes.
	Offset int
}

// Rule is a requirement on a value.
type Rule string

// The rules.
const (
	// RuleType means that the value is of another kind.
	RuleType Rule = "type"
	// RuleRange means that the number is out of the range of its type.
	RuleRange Rule = "range"
	// RuleForm means that the string does not have the form of its type.
	RuleForm Rule = "form"
	// RuleEnum means that the value is not one of the enum's.
	RuleEnum Rule = "enum"
	// RuleMin, RuleMax, RuleLen, RuleExclusiveMin, RuleExclusiveMax,
	// RuleMultipleOf, RulePattern and RuleUnique are the constraints of the
	// schema: a number, or the length of a string, bytes, a list or a map, is out
	// of bounds, a string does not match, or an item of a list is a duplicate.
	RuleMin          Rule = "min"
	RuleMax          Rule = "max"
	RuleLen          Rule = "len"
	RuleExclusiveMin Rule = "exclusive_min"
	RuleExclusiveMax Rule = "exclusive_max"
	RuleMultipleOf   Rule = "multiple_of"
	RulePattern      Rule = "pattern"
	RuleUnique       Rule = "unique"
	// RuleUnknown means that a dict has a key that its type does not have.
	RuleUnknown Rule = "unknown"
	// RuleRequired means that a required value is missing.
	RuleRequired Rule = "required"
	// RuleSurplus means that there are more positional arguments than parameters,
	// or that a parameter is given both by position and by name.
	RuleSurplus Rule = "surplus"
	// RuleLimit means that the value is nested too deep or takes too much memory.
	RuleLimit Rule = "limit"
	// RuleWellFormed means that the bytes are not a document of their format.
	RuleWellFormed Rule = "well_formed"
	// RuleEncode means that the Go value cannot be encoded.
	RuleEncode Rule = "encode"
)

// missing is the Found of a value that is not there.
const missing = "missing"

// Error returns "path: want X, got Y".
func (e *ValueError) Error() string {
	text := e.Found
	switch {
	case e.Want == "":
	case e.Rule == RuleEnum:
		text = "want " + e.Want
	case e.Found == missing:
		text = "want " + e.Want + ", missing"
	default:
		text = "want " + e.Want + ", got " + e.Found
	}
	if e.Path == "" {
		return text
	}
	return e.Path + ": " + text
}
