package schema

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a schema file.
const (
	maxBytes = 8 << 20
	maxDepth = 64
	maxNodes = 1_000_000
)

// span is a place on one line: from a Pos to the column End, exclusive.
type span struct {
	Pos
	End int
}

// source is the text of a schema file, cut into lines as YAML counts them.
type source struct {
	file  string
	text  string
	lines []int // byte offset of each line
}

// newSource cuts a text into lines. A byte order mark is not part of the text.
func newSource(file string, src []byte) *source {
	s := &source{file: file, text: strings.TrimPrefix(string(src), "\ufeff"), lines: []int{0}}
	for i := 0; i < len(s.text); i++ {
		if s.text[i] == '\n' || s.text[i] == '\r' && !strings.HasPrefix(s.text[i+1:], "\n") {
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// line returns a line without its end, "" where there is no such line.
func (s *source) line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	from, to := s.lines[n-1], len(s.text)
	if n < len(s.lines) {
		to = s.lines[n]
	}
	return strings.TrimRight(s.text[from:to], "\r\n")
}

// pos returns the position of a byte of the text.
func (s *source) pos(offset int) Pos {
	line := 1
	for lo, hi := 0, len(s.lines); lo < hi; {
		if mid := (lo + hi) / 2; s.lines[mid] <= offset {
			line, lo = mid+1, mid+1
		} else {
			hi = mid
		}
	}
	return Pos{line, 1 + utf8.RuneCountInString(s.text[s.lines[line-1]:offset])}
}

// whole is the place of a line without the space around it.
func (s *source) whole(line int) span {
	line = min(max(line, 1), len(s.lines))
	text := s.line(line)
	trimmed := strings.TrimLeftFunc(text, unicode.IsSpace)
	col := 1 + utf8.RuneCountInString(text) - utf8.RuneCountInString(trimmed)
	return span{Pos{line, col}, col + utf8.RuneCountInString(strings.TrimRightFunc(trimmed, unicode.IsSpace))}
}

// cursor finds bytes by position. It walks forward from the last place it
// found, so that looking up positions in their order costs one walk in all.
type cursor struct {
	*source
	last Pos
	off  int
}

// seek returns the byte at a position, and the position itself, moved to the
// end of its line where it lies behind it.
func (c *cursor) seek(p Pos) (int, Pos) {
	p.Line = min(max(p.Line, 1), len(c.lines))
	if c.last.Line != p.Line || c.last.Col > p.Col {
		c.last, c.off = Pos{p.Line, 1}, c.lines[p.Line-1]
	}
	for c.last.Col < p.Col && c.off < len(c.text) && c.text[c.off] != '\n' && c.text[c.off] != '\r' {
		_, size := utf8.DecodeRuneInString(c.text[c.off:])
		c.off += size
		c.last.Col++
	}
	return c.off, c.last
}

// tooLarge refuses a file by its size, before anything reads it.
func tooLarge(file string, src []byte) Diagnostics {
	if len(src) <= maxBytes {
		return nil
	}
	return refusal(file, Pos{1, 1}, RuleYAMLLimit, fmt.Sprintf("the file has %d bytes; a schema may have %d", len(src), maxBytes))
}

// refusal is the one finding of a file that is not read any further.
func refusal(file string, at Pos, rule Rule, message string) Diagnostics {
	return Diagnostics{{File: file, Line: at.Line, Col: at.Col, EndCol: at.Col, Severity: SeverityError, Rule: rule, Message: message}}
}

// notText refuses what is not UTF-8 text that YAML can hold: UTF-16, NUL and
// other control characters, and the line separators that YAML 1.1 and editors
// count differently.
func notText(file string, src []byte) Diagnostics {
	if bytes.HasPrefix(src, []byte{0xFE, 0xFF}) || bytes.HasPrefix(src, []byte{0xFF, 0xFE}) {
		return refusal(file, Pos{1, 1}, RuleYAMLEncoding, "the file is UTF-16; a schema is UTF-8")
	}
	body := bytes.TrimPrefix(src, []byte("\ufeff"))
	for i := 0; i < len(body); {
		if c := body[i]; c >= ' ' && c < 0x7F || c == '\n' {
			i++
			continue
		}
		r, size := utf8.DecodeRune(body[i:])
		if what := unfit(r, size); what != "" {
			// Cut before the rune: the rest need not be text.
			s := newSource(file, body[:i])
			return refusal(file, s.pos(i), RuleYAMLEncoding, what)
		}
		i += size
	}
	return nil
}

// unfit says why a rune cannot stand in a schema; "" if it can.
func unfit(r rune, size int) string {
	switch {
	case r == utf8.RuneError && size == 1:
		return "not valid UTF-8; a schema is UTF-8"
	case r == 0:
		return "a NUL byte; a schema is UTF-8 text"
	case r == '\t' || r == '\n' || r == '\r':
		return ""
	case r == 0x85 || r == 0x2028 || r == 0x2029:
		return fmt.Sprintf("the line separator U+%04X must be written as an escape (\"\\u%04X\")", r, r)
	case unicode.IsControl(r) || r == 0xFEFF || r == 0xFFFE || r == 0xFFFF:
		return fmt.Sprintf("the character U+%04X is not allowed; write it as an escape (\"\\u%04X\")", r, r)
	}
	return ""
}

// tooDense refuses a file that would have far too many nodes, before yaml.v3
// builds them all. It counts by the marks between nodes, also where they stand
// inside a text: a colon has a key and a value, a comma without one perhaps both.
func (s *source) tooDense() Diagnostics {
	nodes, colon := 0, false
	for i := 0; i < len(s.text); i++ {
		switch s.text[i] {
		case '[', '{':
			nodes, colon = nodes+1, false
		case ',':
			if !colon {
				nodes += 2
			}
			colon = false
		case '-', ':', '?':
			if i+1 < len(s.text) && s.text[i+1] > ' ' {
				continue
			}
			if nodes++; s.text[i] != '-' {
				nodes, colon = nodes+1, true
			}
		}
		if nodes > maxNodes {
			return refusal(s.file, s.pos(i), RuleYAMLLimit, fmt.Sprintf("more than %d nodes; a schema may not have so many", maxNodes))
		}
	}
	return nil
}
