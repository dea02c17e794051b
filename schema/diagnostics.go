package schema

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity tells how much a Diagnostic matters.
type Severity string

// The severities.
const (
	// SeverityError: nothing can be generated.
	SeverityError Severity = "error"
	// SeverityWarning: it can, but something looks wrong.
	SeverityWarning Severity = "warning"
)

// Diagnostic is one finding about a schema file.
type Diagnostic struct {
	// File is the path as it was given to Parse.
	File string
	// Line and Col are where it is, counted from 1, columns in code points.
	// EndCol is the column behind the last one, on the same line.
	Line, Col, EndCol int
	Severity          Severity
	// Rule is the stable name of this kind of finding.
	Rule Rule
	// Message says what is wrong, in one line.
	Message string
	// Hint says what to do about it; "" without one.
	Hint string
	// Suggestion is the text that was probably meant; nil without one.
	Suggestion *Suggestion
	// Related are other places that belong to the finding.
	Related []Related

	// previous asks for the line before to be shown too, where the position is
	// only as good as yaml.v3 tells it.
	previous bool
}

// Suggestion is a replacement of the text between Col and EndCol.
type Suggestion struct {
	// Replace is what stands there, With what was probably meant.
	Replace string `json:"replace"`
	With    string `json:"with"`
}

// Related is a second place that a finding speaks of.
type Related struct {
	// File is the path as it was given to Parse; Line and Col count from 1.
	File string `json:"file"`
	Line int    `json:"line"`
	Col  int    `json:"column"`
	// Message says what is there.
	Message string `json:"message"`
}

// Error is the finding as one line: "file:line:col: message".
func (d *Diagnostic) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", d.File, d.Line, d.Col, d.Message)
}

// Diagnostics are findings. Those that Parse returns are sorted.
type Diagnostics []Diagnostic

// HasErrors tells that at least one of the findings is an error.
func (ds Diagnostics) HasErrors() bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == SeverityError })
}

// Sort orders the findings by file, position, rule and message.
func (ds Diagnostics) Sort() {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
}

// maxDiagnostics bounds the findings of one file: nobody reads more, and a
// hostile file must not make a gigabyte of output.
const maxDiagnostics = 1000

// collector gathers the findings of one file.
type collector struct {
	src *source
	all Diagnostics
	// spill takes what is over the bound.
	spill Diagnostic
	// effort counts the names that were compared to find the one meant.
	effort int
}

// report adds an error and returns it, so that a hint can be added at once.
func (c *collector) report(at span, rule Rule, format string, args ...any) *Diagnostic {
	if c.full() {
		c.spill = Diagnostic{}
		return &c.spill
	}
	if len(c.all) == maxDiagnostics {
		rule, format, args = RuleTooMany, "more than %d findings; the others are not shown", []any{maxDiagnostics}
	}
	c.all = append(c.all, Diagnostic{File: c.src.file, Line: at.Line, Col: at.Col, EndCol: at.End, Severity: SeverityError,
		Rule: rule, Message: fmt.Sprintf(format, args...)})
	if c.full() {
		return &c.spill // the caller's hint belongs to what is not shown
	}
	return &c.all[len(c.all)-1]
}

// full tells that further findings would not be shown.
func (c *collector) full() bool { return len(c.all) > maxDiagnostics }

// relate adds a second place to a finding.
func (c *collector) relate(d *Diagnostic, at Pos, message string) {
	d.Related = append(d.Related, Related{File: c.src.file, Line: at.Line, Col: at.Col, Message: message})
}
