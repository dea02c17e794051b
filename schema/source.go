package schema

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/wampgen/wampgen/schema/diag"
)

// Bounds of a schema file.
const (
	maxBytes = 8 << 20
	maxDepth = 64
	maxNodes = 1_000_000
)

// source is the text of a schema file.
type source struct{ *diag.Source }

// newSource cuts the text of a schema file into lines.
func newSource(file string, src []byte) *source { return &source{diag.NewSource(file, src)} }

// open returns the tree of a file, whose path is relative to that of the schema:
// nil if there is none, and what could be kept of it if there are findings.
func (c *collector) open(file string, text []byte) *node {
	d := c.tooLarge(file, text)
	if d == nil {
		d = notText(file, text)
	}
	if d != nil {
		c.add(*d)
		return nil
	}
	s := newSource(file, text)
	if d = s.tooDense(); d != nil {
		c.add(*d)
		return nil
	}
	known := len(c.all)
	root := load(c, s)
	if root == nil && len(c.all) == known {
		c.report(s.Whole(1), RuleMissingKey, "the file is empty").Hint = "a schema begins with  wampgen: 1"
	}
	return root
}

// tooLarge refuses a file by its size, before anything reads it.
func (c *collector) tooLarge(file string, text []byte) *diag.Diagnostic {
	c.bytes += len(text)
	if c.bytes <= maxBytes {
		return nil
	}
	message := fmt.Sprintf("the file has %d bytes; a schema may have %d", c.bytes, maxBytes)
	if file != "" {
		message = fmt.Sprintf("with this fragment the schema has %d bytes; it may have %d", c.bytes, maxBytes)
	}
	return refusal(diag.Pos{File: file, Line: 1, Col: 1}, RuleYAMLLimit, message)
}

// refusal is the finding of a file that is not read any further.
func refusal(at diag.Pos, rule diag.Rule, message string) *diag.Diagnostic {
	return new(at.To(at.Col).Finding(diag.Error, rule, message))
}

// notText refuses what is not UTF-8 text that YAML can hold: UTF-16, NUL and
// other control characters, and the line separators that YAML 1.1 and editors
// count differently.
func notText(file string, src []byte) *diag.Diagnostic {
	if bytes.HasPrefix(src, []byte{0xFE, 0xFF}) || bytes.HasPrefix(src, []byte{0xFF, 0xFE}) {
		return refusal(diag.Pos{File: file, Line: 1, Col: 1}, RuleYAMLEncoding, "the file is UTF-16; a schema is UTF-8")
	}
	body := bytes.TrimPrefix(src, []byte("\ufeff"))
	for i := 0; i < len(body); {
		if c := body[i]; c >= ' ' && c < 0x7F || c == '\n' {
			i++
			continue
		}
		r, size := utf8.DecodeRune(body[i:])
		if what := refusedRune(r, size); what != "" {
			// Cut before the rune: the rest need not be text.
			s := newSource(file, body[:i])
			return refusal(s.Pos(i), RuleYAMLEncoding, what)
		}
		i += size
	}
	return nil
}

// refusedRune says why a rune cannot stand in a schema; "" if it can.
func refusedRune(r rune, size int) string {
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
// inside a text: a colon has a key and a value, a comma without one perhaps
// both.
func (s *source) tooDense() *diag.Diagnostic {
	nodes, colon := 0, false
	for i := range len(s.Text) {
		switch s.Text[i] {
		case '[', '{':
			nodes, colon = nodes+1, false
		case ',':
			if !colon {
				nodes += 2
			}
			colon = false
		case '-', ':', '?':
			if i+1 < len(s.Text) && s.Text[i+1] > ' ' {
				continue
			}
			if nodes++; s.Text[i] != '-' {
				nodes, colon = nodes+1, true
			}
		}
		if nodes > maxNodes {
			return refusal(s.Pos(i), RuleYAMLLimit, fmt.Sprintf("more than %d nodes; a schema may not have so many", maxNodes))
		}
	}
	return nil
}
