package schema

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wampgen/wampgen/schema/diag"
)

// For the tests that see package schema from outside, since they need a back
// end too.
var (
	CheckInside = checkInside
	Text        = text
)

const ErrorCases = errorCases

const errorCases = "../testdata/errors"

// text renders findings.
func text(t *testing.T, ds diag.List, sources map[string][]byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := diag.Render(&b, diag.Text, ds, sources); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// checkInside sees that a finding is about something in its file.
func checkInside(t *testing.T, sources map[string][]byte, d diag.Diagnostic) {
	t.Helper()
	inside := func(file string, line, col int) bool {
		src, ok := sources[file]
		if !ok {
			return false
		}
		lines := newSource("", src)
		return line >= 1 && line <= lines.Lines() && col >= 1 && col <= utf8.RuneCountInString(lines.Line(line))+1
	}
	if !inside(d.File, d.Line, d.Col) || !inside(d.File, d.Line, d.EndCol) || d.EndCol < d.Col {
		t.Errorf("%s: columns %d to %d are not in the file", d.Error(), d.Col, d.EndCol)
	}
	for _, r := range d.Related {
		if !inside(r.File, r.Line, r.Col) {
			t.Errorf("%s: the related place %d:%d is not in the file", d.Error(), r.Line, r.Col)
		}
	}
	if strings.ContainsAny(d.Message+d.Hint, "\n\r") {
		t.Errorf("%s: more than one line", d.Error())
	}
}
