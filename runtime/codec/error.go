package codec

// ValueError is a value that could not be encoded or decoded. Its text never
// holds content, except for map keys in Path.
type ValueError struct {
	// Path leads to the value, such as `items[3].quantity` or `labels["eu"]`: the
	// name of a parameter comes first. In a payload without a schema the first
	// step is args[0] or kwargs. It is empty at the root of a document.
	Path string
	// Rule says what kind of demand the value does not meet.
	Rule Rule
	// Want is what was expected; empty if Found is the whole text.
	Want string
	// Found is what was there: the name of a [Kind], "missing", or a text. It is
	// never the value.
	Found string
	// Offset is the position in the document, in bytes.
	Offset int
}

// Rule is what a value must meet.
type Rule string

// The rules.
const (
	// RuleType: the value has another kind.
	RuleType Rule = "type"
	// RuleRange: the number is out of the range of its type.
	RuleRange Rule = "range"
	// RuleForm: the string is not the text of its type.
	RuleForm Rule = "form"
	// RuleEnum: the value is not one of an enum's.
	RuleEnum Rule = "enum"
	// RuleRequired: a required value is missing.
	RuleRequired Rule = "required"
	// RuleSurplus: there are more positional arguments than parameters, or one
	// parameter is given twice.
	RuleSurplus Rule = "surplus"
	// RuleLimit: the value is nested too deep or takes too much memory.
	RuleLimit Rule = "limit"
	// RuleWellFormed: the bytes are not of their format.
	RuleWellFormed Rule = "well_formed"
	// RuleEncode: a Go value has no form on the wire.
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
