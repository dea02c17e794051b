package schema

import (
	"bytes"
	"fmt"

	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/internal/syntax"
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

// notText refuses what YAML cannot hold.
func notText(file string, src []byte) *diag.Diagnostic {
	body := bytes.TrimPrefix(src, []byte("\ufeff"))
	at, why := syntax.NotText(body)
	if why == "" {
		return nil
	}
	// Cut before it: the rest need not be text.
	return refusal(newSource(file, body[:at]).Pos(at), RuleYAMLEncoding, why)
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
