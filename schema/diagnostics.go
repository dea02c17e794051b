package schema

import (
	"fmt"

	"github.com/wampgen/wampgen/schema/diag"
)

// maxDiagnostics bounds the findings of one file: nobody reads more, and a
// hostile file must not make a gigabyte of output.
const maxDiagnostics = 1000

// collector gathers the findings of one schema.
type collector struct {
	// file is the path of the schema. Findings have paths that are relative to it
	// until they are added.
	file string
	all  diag.List
	// nodes and bytes count what its files have.
	nodes, bytes int
	// spill takes what is over the bound.
	spill diag.Diagnostic
	// effort counts the names that were compared to find the one meant.
	effort int
}

// report adds an error and returns it, so that a hint can be added at once.
func (c *collector) report(at diag.Span, rule diag.Rule, format string, args ...any) *diag.Diagnostic {
	if c.full() {
		c.spill = diag.Diagnostic{}
		return &c.spill
	}
	c.add(at.Finding(diag.Error, rule, fmt.Sprintf(format, args...)))
	if c.full() {
		return &c.spill // the caller's hint belongs to what is not shown
	}
	return &c.all[len(c.all)-1]
}

// add adds a finding; the first that is too many says so instead.
func (c *collector) add(d diag.Diagnostic) {
	switch {
	case c.full():
		return
	case len(c.all) == maxDiagnostics:
		d.Rule, d.Message = RuleTooMany, fmt.Sprintf("more than %d findings; the others are not shown", maxDiagnostics)
		d.Hint, d.Suggestion, d.Related = "", nil, nil
	}
	d.File = diag.Beside(c.file, d.File)
	for i := range d.Related {
		d.Related[i].File = diag.Beside(c.file, d.Related[i].File)
	}
	c.all = append(c.all, d)
}

// full reports whether further findings would not be shown.
func (c *collector) full() bool { return len(c.all) > maxDiagnostics }

// relate adds a second place to a finding.
func (c *collector) relate(d *diag.Diagnostic, at diag.Pos, message string) {
	at.File = diag.Beside(c.file, at.File)
	d.Relate(at, message)
}
