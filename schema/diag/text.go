package diag

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// palette is the escape sequences that color a text; the zero value has none.
type palette struct{ red, yellow, bold, off string }

var ansi = palette{red: "\x1b[1;31m", yellow: "\x1b[1;33m", bold: "\x1b[1m", off: "\x1b[0m"}

// of returns the color of a severity.
func (p palette) of(s Severity) string {
	if s == Error {
		return p.red
	}
	return p.yellow
}

// renderText prints findings for people.
func renderText(w io.Writer, l List, sources map[string][]byte, p palette) {
	files := map[string]*Cursor{}
	for i := range l {
		d := &l[i]
		fmt.Fprintf(w, "%s%s:%d:%d:%s %s%s:%s %s [%s]\n", p.bold, d.File, d.Line, d.Col, p.off, p.of(d.Severity), d.Severity, p.off, d.Message, d.Rule)
		c, known := files[d.File]
		if !known {
			if src, ok := sources[d.File]; ok {
				c = &Cursor{Source: NewSource(d.File, src)}
			}
			files[d.File] = c
		}
		if c != nil && d.Line <= len(c.lines) {
			snippet(w, c, d, p)
		} else if d.Hint != "" {
			fmt.Fprintf(w, "      | %s\n", d.Hint)
		}
	}
	if len(l) > 0 {
		fmt.Fprintln(w, summary(l))
	}
}

// snippet prints the line of a finding with a caret below it.
func snippet(w io.Writer, c *Cursor, d *Diagnostic, p palette) {
	if d.Before && d.Line > 1 {
		before, _, _ := window(c, Pos{Line: d.Line - 1, Col: 1}, 1)
		fmt.Fprintf(w, "%5d | %s\n", d.Line-1, before)
	}
	text, left, width := window(c, Pos{Line: d.Line, Col: d.Col}, d.EndCol)
	fmt.Fprintf(w, "%5d | %s\n", d.Line, text)
	hint := ""
	if d.Hint != "" {
		hint = " " + d.Hint
	}
	fmt.Fprintf(w, "      | %s%s%s%s%s\n", left, p.of(d.Severity), strings.Repeat("^", max(width, 1)), p.off, hint)
}

// The code points of a line that are shown at most, and of those how many
// before the position.
const (
	maxShown  = 160
	maxBefore = 100
)

// window returns the part of a line that is shown, the blanks that reach to
// the position in it, and how many of the code points from there to end are
// shown.
func window(c *Cursor, at Pos, end int) (text, left string, width int) {
	from := max(at.Col-maxBefore, 1)
	start, _ := c.Seek(Pos{Line: at.Line, Col: from})
	var shown, blanks strings.Builder
	if from > 1 {
		shown.WriteString("…")
		blanks.WriteByte(' ')
	}
	col := from
	for _, r := range c.Text[start:] {
		if r == '\n' || r == '\r' {
			break
		}
		if col == from+maxShown {
			shown.WriteString("…")
			break
		}
		if unicode.IsControl(r) && r != '\t' {
			r = unicode.ReplacementChar
		}
		shown.WriteRune(r)
		switch {
		case col >= at.Col && col < end:
			width++
		case col < at.Col && r == '\t':
			blanks.WriteByte('\t')
		case col < at.Col:
			blanks.WriteByte(' ')
		}
		col++
	}
	return shown.String(), blanks.String(), width
}

// summary counts the findings and the files they are in.
func summary(l List) string {
	files := map[string]bool{}
	errors, warnings := 0, 0
	for i := range l {
		files[l[i].File] = true
		if l[i].Severity == Error {
			errors++
		} else {
			warnings++
		}
	}
	var counts []string
	if errors > 0 {
		counts = append(counts, count(errors, "error"))
	}
	if warnings > 0 {
		counts = append(counts, count(warnings, "warning"))
	}
	return strings.Join(counts, " and ") + " in " + count(len(files), "file")
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
