package syntax

import (
	"strings"
	"unicode/utf8"

	"github.com/wampgen/wampgen/schema/diag"
	"gopkg.in/yaml.v3"
)

// Comment is a comment of a file.
type Comment struct {
	// Line and Col are the position of its #, counted from 1, columns in code
	// points.
	Line, Col int
	// Text is the comment from its #, without trailing space.
	Text string
	// Own reports whether nothing else is on its line, Apart whether a blank line
	// is before it.
	Own, Apart bool
}

// Comments returns the comments behind the head of the document, in order. A #
// in a string is not a comment.
func (d *Document) Comments() (all []Comment) {
	blocks := blockScalars(d.Root)
	s := scanner{}
	for n := d.Head + 1; n <= d.Lines(); n++ {
		line := d.Line(n)
		if at := s.comment(line); at >= 0 {
			all = append(all, Comment{
				Line: n, Col: 1 + utf8.RuneCountInString(line[:at]), Text: strings.TrimRight(line[at:], " \t"),
				Own: strings.TrimSpace(line[:at]) == "", Apart: n > d.Head+1 && strings.TrimSpace(d.Line(n-1)) == "",
			})
		}
		if blocks[n] {
			n = BlockEnd(d.Source, n)
		}
	}
	return all
}

// blockScalars returns the lines of the headers of all block scalars.
func blockScalars(root *yaml.Node) map[int]bool {
	all := map[int]bool{}
	var walk func(*yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
			all[n.Line] = true
		}
		for _, inner := range n.Content {
			walk(inner)
		}
	}
	if root != nil {
		walk(root)
	}
	return all
}

// BlockEnd returns the last line of the block scalar whose header is on a line.
func BlockEnd(src *diag.Source, header int) int {
	parent := BlockIndent(src, header)
	last := header
	for n := header + 1; n <= src.Lines(); n++ {
		line := src.Line(n)
		if strings.TrimSpace(line) == "" {
			continue
		}
		if LeadingSpaces(line) <= parent {
			break
		}
		last = n
	}
	return last
}

// BlockIndent returns the indentation that the content of a block scalar must
// exceed: that of the key or item that the header belongs to.
func BlockIndent(src *diag.Source, header int) int {
	line := src.Line(header)
	indent := LeadingSpaces(line)
	for rest := line[indent:]; strings.HasPrefix(rest, "- "); rest = line[indent:] {
		inner := 2 + LeadingSpaces(rest[2:])
		if !strings.Contains(rest[inner:], ": ") {
			break // the item itself is the scalar
		}
		indent += inner
	}
	return indent
}

// LeadingSpaces counts the spaces that a line begins with.
func LeadingSpaces(s string) int { return len(s) - len(strings.TrimLeft(s, " ")) }

// scanner finds the # of a comment in line after line. It knows whether a line
// begins inside quotes.
type scanner struct {
	quote byte // ' or " while inside quotes
}

// comment returns the byte at which the comment of a line begins, -1 if there
// is none.
func (s *scanner) comment(line string) int {
	start := true // a token may begin here
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case s.quote == '"' && c == '\\':
			i++
		case s.quote != 0:
			if c == s.quote {
				if c == '\'' && i+1 < len(line) && line[i+1] == '\'' {
					i++
					continue
				}
				s.quote = 0
			}
		case c == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t'):
			return i
		case start && (c == '"' || c == '\''):
			s.quote = c
		case c == ' ' || c == '\t':
			continue
		}
		start = s.quote == 0 && tokenBegins(line, i)
	}
	return -1
}

// tokenBegins reports whether a token may begin behind byte i of a line: behind
// an opening bracket, a comma, or an indicator that a space follows.
func tokenBegins(line string, i int) bool {
	switch line[i] {
	case '[', '{', ',':
		return true
	case ':', '-', '?':
		return i+1 == len(line) || line[i+1] == ' ' || line[i+1] == '\t' || line[i] == ':' && (line[i+1] == '"' || line[i+1] == '\'')
	}
	return false
}
