package output

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Finding is a difference between a folder and what it should hold.
type Finding struct {
	// Path is the path of the file, which begins with the folder.
	Path string
	// Kind is [Stale], [Missing] or [Orphan].
	Kind string
	// Line is the first line that differs, counted from 1; 0 unless Kind is
	// [Stale].
	Line int
	// Text explains the kind.
	Text string
}

// The kinds of findings.
const (
	// Stale means that the file differs from what the schema generates.
	Stale = "stale"
	// Missing means that the file does not exist.
	Missing = "missing"
	// Orphan means that the schema no longer generates the file, or no longer
	// exists.
	Orphan = "orphan"
)

// String returns the finding as one line: "api/shop_types.wamp.go: stale
// (...)".
func (f Finding) String() string {
	if f.Text == "" {
		return f.Path + ": " + f.Kind
	}
	return fmt.Sprintf("%s: %s (%s)", f.Path, f.Kind, f.Text)
}

// Check returns what differs between the folder and the plan, sorted by path.
// It changes nothing.
func (p *Plan) Check() []Finding {
	var out []Finding
	for _, t := range p.targets {
		switch {
		case t.old == nil:
			out = append(out, Finding{Path: p.path(t.name), Kind: Missing})
		case t.changed():
			line, has, makes := difference(unix(t.old), unix(t.data))
			out = append(out, Finding{Path: p.path(t.name), Kind: Stale, Line: line,
				Text: fmt.Sprintf("line %d is %s, the schema makes %s", line, has, makes)})
		}
	}
	for _, name := range p.orphans {
		out = append(out, Finding{Path: p.path(name), Kind: Orphan, Text: "its schema makes no such file"})
	}
	out = append(out, p.Orphans()...)
	slices.SortFunc(out, func(a, b Finding) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// Orphans returns the files whose schema no longer exists. [Plan.Write] keeps
// them unless Clean is set: a generated package may have been copied without
// its schema.
func (p *Plan) Orphans() []Finding {
	var out []Finding
	for _, l := range p.lost {
		out = append(out, Finding{Path: p.path(l.name), Kind: Orphan, Text: "its schema " + locate(p.dir, l.source) + " is gone"})
	}
	return out
}

// difference finds the first line that two texts do not share.
func difference(a, b []byte) (line int, has, makes string) {
	left, right := bytes.SplitAfter(a, []byte("\n")), bytes.SplitAfter(b, []byte("\n"))
	for line < len(left) && line < len(right) && bytes.Equal(left[line], right[line]) {
		line++
	}
	from := 0
	if line < len(left) && line < len(right) {
		from = max(0, shared(runes(left[line]), runes(right[line]))-excerptLead)
	}
	return line + 1, excerpt(left, line, from), excerpt(right, line, from)
}

// An excerpt of a line has at most excerptLength code points, and begins at most
// excerptLead of them before the first that differs.
const excerptLength, excerptLead = 60, 40

// runes returns the code points of a line without the white space around it.
func runes(line []byte) []rune { return []rune(strings.TrimSpace(string(line))) }

// shared returns how many code points two lines begin with alike.
func shared(a, b []rune) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// excerpt quotes a line from a code point on, or says that the text has ended.
func excerpt(lines [][]byte, i, from int) string {
	if i >= len(lines) || len(lines[i]) == 0 {
		return "the end"
	}
	all := runes(lines[i])
	to := min(len(all), from+excerptLength)
	text := string(all[from:to])
	if from > 0 {
		text = "…" + text
	}
	if to < len(all) {
		text += "…"
	}
	if i == len(lines)-1 {
		return fmt.Sprintf("%q without a line end", text)
	}
	return fmt.Sprintf("%q", text)
}
