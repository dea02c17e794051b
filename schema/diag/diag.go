// Package diag holds what wampgen finds: findings with their place, rule and
// cure, and the forms in which they are shown. Every command that finds
// something uses it.
package diag

import (
	"cmp"
	"fmt"
	"slices"
)

// Pos is a place in a file: the line and the column, counted from 1, columns in
// code points. The zero value is no place.
type Pos struct{ Line, Col int }

// Span is a place on one line: from a Pos to the column End, exclusive.
type Span struct {
	Pos
	End int
}

// To returns the place from p to the column end, exclusive.
func (p Pos) To(end int) Span { return Span{p, end} }

// Severity says how much a [Diagnostic] matters.
type Severity string

// The severities.
const (
	// Error means that the command cannot do its work.
	Error Severity = "error"
	// Warning means that it can, but that something looks wrong.
	Warning Severity = "warning"
)

// Rule is the stable name of a kind of finding, shown in brackets behind its
// message.
type Rule string

// Diagnostic is one finding about a file.
type Diagnostic struct {
	// File is the path as it was given to the command.
	File string
	// Line and Col say where it is, as in [Pos]. EndCol is the column behind the
	// last one, on the same line.
	Line, Col, EndCol int
	Severity          Severity
	Rule              Rule
	// Message says what is wrong, in one line.
	Message string
	// Hint says what to do about it; "" if there is none.
	Hint string
	// Suggestion is the text that was probably meant; nil if there is none.
	Suggestion *Suggestion
	// Related are other places that belong to the finding.
	Related []Related
	// Before asks for the line before to be shown too, where the place is only
	// as good as what a library says of it.
	Before bool
}

// Suggestion is a replacement of the text between Col and EndCol.
type Suggestion struct {
	// Replace is what stands there, With what was probably meant.
	Replace string `json:"replace"`
	With    string `json:"with"`
	// Doubtful reports whether something else may have been meant as well, so that
	// only a person can tell.
	Doubtful bool `json:"doubtful,omitempty"`
}

// Related is another place that a finding speaks of.
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
