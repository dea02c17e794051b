package diag

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Source is the text of a file, split into lines as YAML defines them.
type Source struct {
	// File is the path, Text the text without a byte order mark.
	File, Text string
	lines      []int // byte offset of each line
}

// NewSource splits a text into lines. A byte order mark is not part of the
// text.
func NewSource(file string, src []byte) *Source {
	s := &Source{File: file, Text: strings.TrimPrefix(string(src), "\ufeff"), lines: []int{0}}
	for i := range len(s.Text) {
		if s.Text[i] == '\n' || s.Text[i] == '\r' && !strings.HasPrefix(s.Text[i+1:], "\n") {
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// Lines returns how many lines the text has, at least one.
func (s *Source) Lines() int { return len(s.lines) }

// Line returns line n without its line break, or "" if there is no such line.
func (s *Source) Line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	from, to := s.lines[n-1], len(s.Text)
	if n < len(s.lines) {
		to = s.lines[n]
	}
	return strings.TrimRight(s.Text[from:to], "\r\n")
}

// Pos returns the position of a byte of the text.
func (s *Source) Pos(offset int) Pos {
	line := 1
	for lo, hi := 0, len(s.lines); lo < hi; {
		if mid := (lo + hi) / 2; s.lines[mid] <= offset {
			line, lo = mid+1, mid+1
		} else {
			hi = mid
		}
	}
	return Pos{s.File, line, 1 + utf8.RuneCountInString(s.Text[s.lines[line-1]:offset])}
}

// Whole returns the place of a line without the space around it.
func (s *Source) Whole(line int) Span {
	line = min(max(line, 1), len(s.lines))
	text := s.Line(line)
	trimmed := strings.TrimLeftFunc(text, unicode.IsSpace)
	col := 1 + utf8.RuneCountInString(text) - utf8.RuneCountInString(trimmed)
	return Span{Pos{s.File, line, col}, col + utf8.RuneCountInString(strings.TrimRightFunc(trimmed, unicode.IsSpace))}
}

// Cursor finds bytes by position. It continues from the last position, so that
// looking up positions in order reads the text once.
type Cursor struct {
	*Source
	last Pos
	off  int
}

// Seek returns the offset of the byte at p, and p itself. If p is behind the
// end of its line, it is moved to that end.
func (c *Cursor) Seek(p Pos) (int, Pos) {
	p.Line = min(max(p.Line, 1), len(c.lines))
	if c.last.Line != p.Line || c.last.Col > p.Col {
		c.last, c.off = Pos{c.File, p.Line, 1}, c.lines[p.Line-1]
	}
	for c.last.Col < p.Col && c.off < len(c.Text) && c.Text[c.off] != '\n' && c.Text[c.off] != '\r' {
		_, size := utf8.DecodeRuneInString(c.Text[c.off:])
		c.off += size
		c.last.Col++
	}
	return c.off, c.last
}
