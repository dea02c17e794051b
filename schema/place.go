package schema

import (
	"cmp"
	"fmt"

	"github.com/wampgen/wampgen/schema/diag"
)

// Place is where a part of the Model stands, in its file. The zero value means
// that the schema does not have that part.
type Place struct {
	diag.Span
	// Derived reports whether the schema does not write the part but implies it:
	// a URI by a name, an error of a procedure by the defaults. Span is then what
	// implies it.
	Derived bool
}

// Where says where a place is, as a finding at another one names it: "line 4", and
// the file too if that is not the same one.
func (m *Model) Where(p, from diag.Pos) string {
	if p.File == from.File {
		return fmt.Sprintf("line %d", p.Line)
	}
	return fmt.Sprintf("line %d of %s", p.Line, cmp.Or(p.File, m.File))
}

// derived returns the place of something that is implied by what is at p.
func (p Place) derived() Place { return Place{p.Span, true} }
