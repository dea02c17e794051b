package schema

import (
	"strings"
	"unicode/utf8"

	"github.com/wampgen/wampgen/schema/diag"
)

// nodeKind is the shape of a YAML node.
type nodeKind int

const (
	// brokenNode is a node that was refused; what it would have said is unknown.
	brokenNode nodeKind = iota
	scalarNode
	listNode
	mappingNode
)

// String names the shape as messages do.
func (k nodeKind) String() string {
	switch k {
	case listNode:
		return "list"
	case mappingNode:
		return "mapping"
	}
	return "string"
}

// node is a YAML node with its position.
type node struct {
	kind nodeKind
	// text is the value of a scalar; plain reports that it has no quotes, and tag
	// is then what YAML reads it as, such as "!!int".
	text  string
	plain bool
	tag   string
	pos   diag.Pos
	off   int // of pos, in bytes
	src   *source
	items []*node
	pairs []pair
	// lossy reports whether entries of a mapping were refused.
	lossy bool
}

// pair is one entry of a mapping.
type pair struct{ key, value *node }

// empty reports whether nothing is written where a value could be.
func (n *node) empty() bool { return n.kind == scalarNode && n.plain && n.text == "" }

// null reports whether a node is YAML's null: null, ~, or nothing at all.
func (n *node) null() bool {
	return n.kind == scalarNode && n.plain && (n.text == "" || n.tag == "!!null")
}

// describe names what a node is, for "must be X, not Y".
func (n *node) describe() string {
	switch {
	case n.null():
		return "null"
	case n.kind == scalarNode:
		return "the string " + quote(n.text)
	}
	return "a " + n.kind.String()
}

// token is the place of a node as far as it is on its first line.
func (n *node) token() diag.Span {
	if n.kind == scalarNode && n.plain && n.text != "" {
		if strings.HasPrefix(n.src.Text[n.off:], n.text) {
			return n.pos.To(n.pos.Col + utf8.RuneCountInString(n.text))
		}
	}
	return n.pos.To(n.pos.Col + tokenWidth(n.src.Text[n.off:]))
}

// place is the place of a node in the Model.
func (n *node) place() Place { return Place{Span: n.token()} }

// tokenWidth counts the code points of the token that a text begins with. It
// looks no further than the end of the token or line, which matters in a file
// that is one long line.
func tokenWidth(text string) int {
	if text == "" {
		return 0
	}
	end := 1
	switch first := text[0]; first {
	case '[', '{', '-', '?', '|', '>':
	case '"', '\'':
		for end < len(text) && text[end] != first && text[end] != '\n' && text[end] != '\r' {
			if first == '"' && text[end] == '\\' && end+1 < len(text) && text[end+1] != '\n' && text[end+1] != '\r' {
				end++ // an escaped character; an escaped end of the line ends the line
			}
			end++
		}
		if end = min(end, len(text)); end < len(text) && text[end] == first {
			end++
		}
	default:
		for end = 0; end < len(text) && !strings.ContainsRune(" \t\r\n,]}", rune(text[end])); end++ {
		}
		text = strings.TrimSuffix(text[:end], ":")
		end = len(text)
	}
	return utf8.RuneCountInString(text[:end])
}

// part is the place of a piece of a scalar, given as bytes of its text. Only
// where the text stands in the file as it is can the piece be pointed at; a
// quoted or folded text is pointed at as a whole.
func (n *node) part(from, to int) diag.Span {
	if !n.plain || !strings.HasPrefix(n.src.Text[n.off:], n.text) {
		return n.token()
	}
	col := n.pos.Col + utf8.RuneCountInString(n.text[:from])
	return diag.Pos{File: n.pos.File, Line: n.pos.Line, Col: col}.To(col + utf8.RuneCountInString(n.text[from:to]))
}

// clean keeps a name of the file from breaking the line of a message.
func clean(s string) string {
	q := quote(s)
	return q[1 : len(q)-1]
}
