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

// tooLarge refuses a file by its size, before anything reads it.
func tooLarge(file string, src []byte) diag.List {
	if len(src) <= maxBytes {
		return nil
	}
	return refusal(file, diag.Pos{Line: 1, Col: 1}, RuleYAMLLimit, fmt.Sprintf("the file has %d bytes; a schema may have %d", len(src), maxBytes))
}

// refusal is the one finding of a file that is not read any further.
func refusal(file string, at diag.Pos, rule diag.Rule, message string) diag.List {
	return diag.List{{File: file, Line: at.Line, Col: at.Col, EndCol: at.Col, Severity: diag.Error, Rule: rule, Message: message}}
}

// notText refuses what is not UTF-8 text that YAML can hold: UTF-16, NUL and
// other control characters, and the line separators that YAML 1.1 and editors
// count differently.
func notText(file string, src []byte) diag.List {
	if bytes.HasPrefix(src, []byte{0xFE, 0xFF}) || bytes.HasPrefix(src, []byte{0xFF, 0xFE}) {
		return refusal(file, diag.Pos{Line: 1, Col: 1}, RuleYAMLEncoding, "the file is UTF-16; a schema is UTF-8")
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
			return refusal(file, s.Pos(i), RuleYAMLEncoding, what)
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
func (s *source) tooDense() diag.List {
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
			return refusal(s.File, s.Pos(i), RuleYAMLLimit, fmt.Sprintf("more than %d nodes; a schema may not have so many", maxNodes))
		}
	}
	return nil
}
