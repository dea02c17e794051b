package codec

// Error is a value that could not be encoded or decoded. It names kinds and
// never holds content, except for map keys in Path.
type Error struct {
	// Path leads to the value, such as `args[1].items[3].quantity`; empty at
	// the root of a document without a name.
	Path string
	// Want is what was expected; empty if Found is the whole text.
	Want string
	// Found is what was there: the name of a [Kind], "missing", or a text.
	Found string
	// Offset is the position in the document, in bytes.
	Offset int
}

// missing is the Found of a value that is not there.
const missing = "missing"

// Error returns "path: want X, got Y".
func (e *Error) Error() string {
	text := e.Found
	switch {
	case e.Want == "":
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
