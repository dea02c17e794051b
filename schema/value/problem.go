package value

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wampgen/wampgen/schema/diag"
)

// Problem is something about a value that its type does not allow. Its text does
// not contain the value.
type Problem struct {
	// Path is where the value is, such as items[3].quantity. It begins with the
	// name of a parameter; "" is the whole.
	Path string
	// Rule is the requirement that is not met, in the words of wamp.ValueError:
	// type, range, form, enum, min, max, len, exclusive_min, exclusive_max,
	// multiple_of, pattern, unique, unknown, required, surplus or uri.
	Rule string
	// Want is what was expected and Found what was found instead; Want is "" if
	// Found says it all.
	Want, Found string
	// Place is where the value stands in its document, zero if that is not known.
	Place diag.Span
}

// Error returns "path: want X, got Y".
func (p Problem) Error() string {
	if p.Path == "" {
		return p.Text()
	}
	return p.Path + ": " + p.Text()
}

// Text returns the message without the path.
func (p Problem) Text() string {
	switch {
	case p.Want == "":
		return p.Found
	case p.Found == missing:
		return "want " + p.Want + ", missing"
	case p.Rule == ruleEnum && p.Found == "":
		return "want " + p.Want
	}
	return "want " + p.Want + ", got " + p.Found
}

// Problems are all that is wrong with a value, at most 100.
type Problems []Problem

// Error returns one problem a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].Error()
	}
	return strings.Join(lines, "\n")
}

// The words of the requirements, and of what is missing.
const (
	ruleType     = "type"
	ruleRange    = "range"
	ruleForm     = "form"
	ruleEnum     = "enum"
	ruleUnknown  = "unknown"
	ruleRequired = "required"
	ruleSurplus  = "surplus"
	ruleURI      = "uri"

	missing = "missing"
	most    = 100
)

// path is the way to a value; nil is the whole.
type path struct {
	above *path
	key   string
	index int
	// free reports whether the key is one of a map, which is quoted, and item
	// whether the step is an index.
	free, item bool
}

func (p *path) field(key string) *path { return &path{above: p, key: key} }
func (p *path) entry(key string) *path { return &path{above: p, key: key, free: true} }
func (p *path) at(i int) *path         { return &path{above: p, index: i, item: true} }

// String returns the path as messages show it.
func (p *path) String() string {
	if p == nil {
		return ""
	}
	before := p.above.String()
	switch {
	case p.item:
		return before + "[" + strconv.Itoa(p.index) + "]"
	case p.free || !plain(p.key):
		return before + "[" + diag.Quote(p.key) + "]"
	case before == "":
		return p.key
	}
	return before + "." + p.key
}

// plain reports whether a key needs no quotes in a path.
func plain(key string) bool {
	return key != "" && len(key) <= 40 && strings.Trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}

// count spells a number of things.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
