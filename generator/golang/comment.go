package golang

import (
	"go/build/constraint"
	"strings"

	"github.com/wampgen/wampgen/generator/internal/doctext"
)

// docWidth is where comment lines are broken, slashes included.
const docWidth = 97

// docLines turns a documentation text of the schema into the lines of a Go
// comment.
func docLines(doc string) []string {
	out := doctext.Lines(doc, docWidth-len("// "))
	for i, line := range out {
		if constraint.IsPlusBuild(commentLine(line)) { // gofmt would act on it
			out[i] = "'" + strings.TrimSpace(line)
		}
	}
	return out
}
