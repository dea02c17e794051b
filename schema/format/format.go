// Package format writes schema files in their canonical form, as gofmt does for
// Go. Indentation, spaces, blank lines and line breaks follow rules. It keeps
// the order, the choice between block and flow style, and comments.
package format

import (
	"bytes"
	"errors"
	"strings"

	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/internal/syntax"
	"gopkg.in/yaml.v3"
)

// The rules about files that cannot be formatted.
const (
	// RuleSyntax means that the file is not YAML, or uses YAML that schemas must
	// not.
	RuleSyntax diag.Rule = "format-syntax"
	// RuleComment means that the canonical form has no place for a comment.
	RuleComment diag.Rule = "format-comment"
)

// Source returns the canonical form of a file. If it cannot be formatted,
// Source returns findings and no text, see [RuleSyntax] and [RuleComment]. It
// does not check the content: a file with a misspelled key is formatted too.
// file is the path for findings. It is safe for concurrent use.
func Source(file string, src []byte) ([]byte, diag.List) {
	p := &printer{src: diag.NewSource(file, src)}
	doc, line, err := parse(p.src)
	if err != nil {
		return nil, p.refuse(p.src.Whole(line), RuleSyntax, "the file is not YAML that a schema can be: "+err.Error())
	}
	p.head, p.comments = doc.Head, doc.Comments()
	for n := 1; n <= p.head; n++ {
		p.out.WriteString(strings.TrimRight(p.src.Line(n), " \t") + "\n")
	}
	if doc.Root == nil {
		return p.onlyComments()
	}
	p.document(doc.Root)
	if p.found == nil {
		p.check(doc)
	}
	if p.found != nil {
		return nil, p.found
	}
	return p.out.Bytes(), nil
}

// refuse is the one finding of a file that is not formatted.
func (p *printer) refuse(at diag.Span, rule diag.Rule, message string) diag.List {
	if p.found == nil {
		p.found = diag.List{{
			File: p.src.File, Line: at.Line, Col: at.Col, EndCol: at.End, Severity: diag.Error, Rule: rule, Message: message,
		}}
	}
	return p.found
}

// parse reads a file that has one document. The line is that of the error.
func parse(src *diag.Source) (doc *syntax.Document, line int, err error) {
	doc, problem := syntax.Parse(src)
	switch {
	case problem != nil:
		return nil, problem.Line, problem
	case doc.Second > 0:
		return nil, doc.Second, errors.New("a schema is one document")
	case doc.Root == nil:
		return doc, 0, nil
	}
	at := diag.Cursor{Source: src}
	if n, why := unsupported(&at, doc.Root, 0); n != nil {
		return nil, n.Line, errors.New(why)
	}
	return doc, 0, nil
}

// maxDepth is how deep a file may be nested; a schema may be less.
const maxDepth = 100

// unsupported returns a node that a schema cannot have, and why.
func unsupported(at *diag.Cursor, n *yaml.Node, depth int) (*yaml.Node, string) {
	switch {
	case depth > maxDepth:
		return n, "it is nested too deep"
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return n, "anchors and aliases are not allowed in a schema"
	case tagged(at, n):
		return n, "tags are not allowed in a schema"
	}
	for i, inner := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && inner.Kind != yaml.ScalarNode {
			return inner, "a key must be a string"
		}
		if bad, why := unsupported(at, inner, depth+1); bad != nil {
			return bad, why
		}
	}
	return nil, ""
}

// tagged reports whether a node has a tag. The tag "!" leaves no trace in the
// node, but it does in the text.
func tagged(at *diag.Cursor, n *yaml.Node) bool {
	off, _ := at.Seek(diag.Pos{Line: n.Line, Col: n.Column})
	return n.Style&yaml.TaggedStyle != 0 || strings.HasPrefix(at.Text[off:], "!")
}

// onlyComments formats a file that says nothing.
func (p *printer) onlyComments() ([]byte, diag.List) {
	p.leading(p.src.Lines()+1, 0, 0)
	p.align()
	return p.out.Bytes(), nil
}

// check compares the result with the document it was made from: it must say the
// same and hold the same comments in the same order.
func (p *printer) check(before *syntax.Document) {
	after, _, err := parse(diag.NewSource(p.src.File, p.out.Bytes()))
	if err != nil || !same(before.Root, after.Root) {
		p.refuse(p.src.Whole(1), RuleSyntax, "this file cannot be formatted without changing what it says")
		return
	}
	kept := after.Comments()
	for i, c := range p.comments {
		if i >= len(kept) || kept[i].Text != c.Text {
			p.refuse(p.src.Whole(c.Line), RuleComment, "there is no place for this comment in the canonical form")
			return
		}
	}
}

// same reports whether two trees say the same, comments and places apart.
func same(a, b *yaml.Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Kind != b.Kind || a.Value != b.Value || a.Tag != b.Tag || len(a.Content) != len(b.Content) {
		return false
	}
	for i := range a.Content {
		if !same(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}

// Same reports whether two files have the same content apart from comments and
// layout. Files that are not YAML are the same only if their bytes are.
func Same(a, b []byte) bool {
	x, _, errX := parse(diag.NewSource("", a))
	y, _, errY := parse(diag.NewSource("", b))
	if errX != nil || errY != nil {
		return bytes.Equal(a, b)
	}
	return same(x.Root, y.Root)
}
