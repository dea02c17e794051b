package format

import (
	"strings"
	"unicode/utf8"

	"github.com/wampgen/wampgen/schema/diag"
	"gopkg.in/yaml.v3"
)

// comment is a comment of the file, from its # to the end of the line.
type comment struct {
	line, col int
	text      string
	// own reports whether nothing else stands on its line.
	own bool
	// quiet reports whether a blank line stands before it.
	quiet bool
}

// scalarLines returns the lines of all block scalars and of all quoted scalars
// that take several lines, by their first line.
func scalarLines(root *yaml.Node, skipped int) map[int]*yaml.Node {
	all := map[int]*yaml.Node{}
	var walk func(*yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
			all[n.Line+skipped] = n
		}
		for _, inner := range n.Content {
			walk(inner)
		}
	}
	walk(root)
	return all
}

// comments returns the comments of a file behind its preamble, in order. Blocks
// are the block scalars by the line of their header.
func comments(src *diag.Source, skipped int, blocks map[int]*yaml.Node) (all []comment) {
	s := scanner{src: src}
	for n := skipped + 1; n <= src.Lines(); n++ {
		line := src.Line(n)
		if at := s.comment(line); at >= 0 {
			before := strings.TrimSpace(line[:at])
			all = append(all, comment{
				line: n, col: 1 + utf8.RuneCountInString(line[:at]), text: strings.TrimRight(line[at:], " \t"),
				own: before == "", quiet: n > skipped+1 && strings.TrimSpace(src.Line(n-1)) == "",
			})
		}
		if blocks[n] != nil {
			n = blockEnd(src, n)
		}
	}
	return all
}

// blockEnd returns the last line of the block scalar whose header is on a line.
func blockEnd(src *diag.Source, header int) int {
	parent := indentOf(src, header)
	last := header
	for n := header + 1; n <= src.Lines(); n++ {
		line := src.Line(n)
		if strings.TrimSpace(line) == "" {
			continue
		}
		if leadingSpaces(line) <= parent {
			break
		}
		last = n
	}
	return last
}

// indentOf returns the indentation that the content of a block scalar must
// exceed: that of the key or item that the header belongs to.
func indentOf(src *diag.Source, header int) int {
	line := src.Line(header)
	indent := leadingSpaces(line)
	for rest := line[indent:]; strings.HasPrefix(rest, "- "); rest = line[indent:] {
		inner := 2 + leadingSpaces(rest[2:])
		if !strings.Contains(rest[inner:], ": ") {
			break // the item itself is the scalar
		}
		indent += inner
	}
	return indent
}

func leadingSpaces(s string) int { return len(s) - len(strings.TrimLeft(s, " ")) }

// scanner finds the # of a comment in line after line. It knows whether a line
// begins inside quotes.
type scanner struct {
	src   *diag.Source
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

// Comment is a comment of a file.
type Comment struct {
	// Line and Col are the position of its #, counted from 1, columns in code
	// points.
	Line, Col int
	// Text is the comment from its #, without trailing space.
	Text string
	// Own reports whether nothing else is on its line.
	Own bool
}

// Comments returns the comments of a file in order. A # in a string is not a
// comment. It returns nothing for a file that is not YAML.
func Comments(src []byte) (all []Comment) {
	p := &printer{src: diag.NewSource("", src)}
	doc, _, err := parse(p.preamble())
	if err != nil {
		return nil
	}
	blocks := map[int]*yaml.Node{}
	if doc != nil {
		blocks = scalarLines(doc, p.skipped)
	}
	for _, c := range comments(p.src, p.skipped, blocks) {
		all = append(all, Comment{c.line, c.col, c.text, c.own})
	}
	return all
}
