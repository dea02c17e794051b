// Package diag represents the findings of all wampgen commands, with position,
// rule and hint, and renders them in several formats.
package diag

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
)

// Pos is a place in a file: the line and the column, counted from 1, columns in
// code points. The zero value is not a place.
type Pos struct {
	// File is the path of the file, as in [Source]. In a Model it is relative to the
	// schema file, which is "" itself.
	File      string
	Line, Col int
}

// Span is a place on one line: from a Pos to the column End, exclusive.
type Span struct {
	Pos
	End int
}

// To returns the place from p to the column end, exclusive.
func (p Pos) To(end int) Span { return Span{p, end} }

// Finding returns a finding about what is at s.
func (s Span) Finding(severity Severity, rule Rule, message string) Diagnostic {
	return Diagnostic{File: s.File, Line: s.Line, Col: s.Col, EndCol: s.End, Severity: severity, Rule: rule, Message: message}
}

// Beside returns the path of a file that another one names by its relative path,
// and root itself if that is "".
func Beside(root, file string) string {
	if file == "" {
		return root
	}
	return filepath.Join(filepath.Dir(root), filepath.FromSlash(file))
}

// Severity says how serious a [Diagnostic] is.
type Severity string

// The severities.
const (
	// Error means that the command cannot do its work because of the finding.
	Error Severity = "error"
	// Warning means that the command can do its work, but something is probably
	// wrong.
	Warning Severity = "warning"
)

// Rule is the stable name of a kind of finding, shown in brackets behind its
// message.
type Rule string

// Diagnostic is one finding about a file.
type Diagnostic struct {
	// File is the path that was passed to the command.
	File string
	// Line and Col are the position, as in [Pos]. EndCol is the column behind the
	// last one, on the same line.
	Line, Col, EndCol int
	Severity          Severity
	Rule              Rule
	// Message says what is wrong, in one line.
	Message string
	// Hint says what to do; "" if there is none.
	Hint string
	// Suggestion is the replacement that was probably meant; nil if there is none.
	Suggestion *Suggestion
	// Related are other places that belong to the finding.
	Related []Related
	// Before reports whether the previous line is shown too, because the position
	// may be imprecise.
	Before bool
}

// Suggestion is a replacement of the text between Col and EndCol.
type Suggestion struct {
	// Replace is the present text, With the text that was probably meant.
	Replace string `json:"replace"`
	With    string `json:"with"`
	// Doubtful reports whether something else may have been meant as well, so that
	// a person must decide.
	Doubtful bool `json:"doubtful,omitempty"`
}

// Related is another place that belongs to a finding.
type Related struct {
	// File is a path as in [Diagnostic]; Line and Col count from 1.
	File string `json:"file"`
	Line int    `json:"line"`
	Col  int    `json:"column"`
	// Message says what is there.
	Message string `json:"message"`
}

// Error returns the finding as one line: "file:line:col: message".
func (d *Diagnostic) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", d.File, d.Line, d.Col, d.Message)
}

// Replace suggests one text for another.
func (d *Diagnostic) Replace(word, with string) {
	d.Suggestion = &Suggestion{Replace: word, With: with}
	d.Hint = fmt.Sprintf("did you mean %q?", with)
}

// Relate adds a place that belongs to the finding.
func (d *Diagnostic) Relate(at Pos, message string) {
	d.Related = append(d.Related, Related{File: at.File, Line: at.Line, Col: at.Col, Message: message})
}

// List is a list of findings.
type List []Diagnostic

// HasErrors reports whether one of the findings is an error.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Sort orders the findings by file, position, rule and message.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
}

// Quote returns a text of a file as a message shows it: in quotes, with what
// cannot be seen escaped, and not longer than a line can bear.
func Quote(s string) string {
	const most = 60
	if r := []rune(s[:min(len(s), 4*most+4)]); len(r) > most {
		return strconv.Quote(string(r[:most-1]) + "…")
	}
	return strconv.Quote(s)
}
