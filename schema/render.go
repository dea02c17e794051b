package schema

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Format is a way to print Diagnostics.
type Format string

// The formats.
const (
	// FormatText is one line a finding, as compilers print it, with the source
	// line, a caret and a hint below it, and a count at the end.
	FormatText Format = "text"
	// FormatJSON is one JSON object a line.
	FormatJSON Format = "json"
	// FormatGitHub is the workflow commands that GitHub shows beside the code.
	FormatGitHub Format = "github"
)

// Render prints findings in the order they have; nothing where there are none.
// Sources are the texts by Diagnostic.File, for the lines that FormatText
// shows; a file that is not in it gets none. An unknown format is an error.
func Render(w io.Writer, format Format, ds Diagnostics, sources map[string][]byte) error {
	if len(ds) == 0 {
		return nil
	}
	b := bufio.NewWriter(w)
	switch format {
	case FormatText:
		renderText(b, ds, sources)
	case FormatJSON:
		if err := renderJSON(b, ds); err != nil {
			return err
		}
	case FormatGitHub:
		renderGitHub(b, ds)
	default:
		return fmt.Errorf("unknown format %q: want %s, %s or %s", format, FormatText, FormatJSON, FormatGitHub)
	}
	return b.Flush()
}

// renderText prints findings for people.
func renderText(w io.Writer, ds Diagnostics, sources map[string][]byte) {
	files := map[string]*cursor{}
	for i := range ds {
		d := &ds[i]
		fmt.Fprintf(w, "%s:%d:%d: %s: %s [%s]\n", d.File, d.Line, d.Col, d.Severity, d.Message, d.Rule)
		c, known := files[d.File]
		if !known {
			if src, ok := sources[d.File]; ok {
				c = &cursor{source: newSource(d.File, src)}
			}
			files[d.File] = c
		}
		if c != nil && d.Line <= len(c.lines) {
			snippet(w, c, d)
		} else if d.Hint != "" {
			fmt.Fprintf(w, "      | %s\n", d.Hint)
		}
	}
	fmt.Fprintln(w, summary(ds))
}

// snippet prints the line of a finding with a caret below it.
func snippet(w io.Writer, c *cursor, d *Diagnostic) {
	if d.previous && d.Line > 1 {
		before, _, _ := window(c, Pos{d.Line - 1, 1}, 1)
		fmt.Fprintf(w, "%5d | %s\n", d.Line-1, before)
	}
	text, left, width := window(c, Pos{d.Line, d.Col}, d.EndCol)
	fmt.Fprintf(w, "%5d | %s\n", d.Line, text)
	hint := ""
	if d.Hint != "" {
		hint = " " + d.Hint
	}
	fmt.Fprintf(w, "      | %s%s%s\n", left, strings.Repeat("^", max(width, 1)), hint)
}

// The code points of a line that are shown at most, and of those how many
// before the position.
const (
	maxShown  = 160
	maxBefore = 100
)

// window returns the part of a line that is shown, the blanks that reach to
// the position in it, and how many of the code points from there to end are shown.
func window(c *cursor, at Pos, end int) (text, left string, width int) {
	from := max(at.Col-maxBefore, 1)
	start, _ := c.seek(Pos{at.Line, from})
	var shown, blanks strings.Builder
	if from > 1 {
		shown.WriteString("…")
		blanks.WriteByte(' ')
	}
	col := from
	for _, r := range c.text[start:] {
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
func summary(ds Diagnostics) string {
	files := map[string]bool{}
	errors, warnings := 0, 0
	for _, d := range ds {
		files[d.File] = true
		if d.Severity == SeverityError {
			errors++
		} else {
			warnings++
		}
	}
	var counts []string
	if errors > 0 {
		counts = append(counts, plenty(errors, "error"))
	}
	if warnings > 0 {
		counts = append(counts, plenty(warnings, "warning"))
	}
	return strings.Join(counts, " and ") + " in " + plenty(len(files), "file")
}

// plenty writes a number with its noun.
func plenty(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
