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

// Rules returns the names of all rules of this package, sorted. Their findings are
// errors.
func Rules() []diag.Rule { return []diag.Rule{RuleComment, RuleSyntax} }

// Explain returns the description of a rule of this package: a summary in one line,
// followed by what to do. It returns "" if there is no such rule.
func Explain(rule diag.Rule) string {
	switch rule {
	case RuleSyntax:
		return "a file that cannot be read is not formatted\nThe message says what is wrong with the YAML; wampgen check says where if it knows better."
	case RuleComment:
		return "a comment would get lost\nMove it to a line of its own, above what it is about."
	}
	return ""
}

// Source returns the canonical form of a file, which is its own canonical form. If
// it cannot be formatted, Source returns findings and no text, see [RuleSyntax] and
// [RuleComment]. It does not check the content: a file with a misspelled key is
// formatted too. file is the path for findings. It is safe for concurrent use.
func Source(file string, src []byte) ([]byte, diag.List) {
	before := diag.NewSource(file, src)
	doc, line, err := parse(before)
	if err != nil {
		return nil, refuse(before.Whole(line), RuleSyntax, "the file is not YAML that a schema can be: "+err.Error())
	}
	for range maxPasses {
		p := &printer{Document: doc, comments: doc.Comments()}
		text := p.print()
		switch {
		case p.found != nil:
			return nil, p.found
		case text == doc.Text:
			return []byte(text), nil
		}
		if doc = p.check(text); p.found != nil {
			return nil, p.found
		}
	}
	return nil, refuse(before.Whole(1), RuleSyntax, "this file has no canonical form")
}

// maxPasses is how often a file is formatted until that changes nothing: twice, as
// a rule.
const maxPasses = 4

// refuse returns the one finding of a file that is not formatted.
func refuse(at diag.Span, rule diag.Rule, message string) diag.List {
	return diag.List{at.Finding(diag.Error, rule, message)}
}

// print returns the document as it is printed.
func (p *printer) print() string {
	for n := 1; n <= p.Head; n++ {
		p.out.WriteString(strings.TrimRight(p.Line(n), " \t") + "\n")
	}
	if p.Root == nil {
		p.leading(p.Lines()+1, 0, 0)
		p.align()
	} else {
		p.document(p.Root)
	}
	return p.out.String()
}

// refuse notes why the file is not formatted.
func (p *printer) refuse(line int, rule diag.Rule, message string) {
	if p.found == nil {
		p.found = refuse(p.Whole(line), rule, message)
	}
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
		if depth == 0 && foreign(n, i-i%2) {
			continue
		}
		if n.Kind == yaml.MappingNode && i%2 == 0 && inner.Kind != yaml.ScalarNode {
			return inner, "a key must be a string"
		}
		if bad, why := unsupported(at, inner, depth+1); bad != nil {
			return bad, why
		}
	}
	return nil, ""
}

// foreign reports whether an entry of the document belongs to other tools, which
// may use all of YAML: its key begins with x-. It stays as it is written, for which
// it needs lines of its own.
func foreign(root *yaml.Node, key int) bool {
	name := root.Content[key]
	return root.Kind == yaml.MappingNode && !isFlow(root) && name.Kind == yaml.ScalarNode && strings.HasPrefix(name.Value, "x-")
}

// tagged reports whether a node has a tag. The tag "!" leaves no trace in the
// node, but it does in the text.
func tagged(at *diag.Cursor, n *yaml.Node) bool {
	off, _ := at.Seek(diag.Pos{Line: n.Line, Col: n.Column})
	return n.Style&yaml.TaggedStyle != 0 || strings.HasPrefix(at.Text[off:], "!")
}

// check compares a result with the document it was made from, and returns it: it
// must say the same and hold the same comments in the same order.
func (p *printer) check(text string) *syntax.Document {
	after, _, err := parse(diag.NewSource(p.File, []byte(text)))
	if err != nil || !same(p.Root, after.Root) {
		p.refuse(1, RuleSyntax, "this file cannot be formatted without changing what it says")
		return nil
	}
	kept := after.Comments()
	for i, c := range p.comments {
		if i >= len(kept) || kept[i].Text != c.Text {
			p.refuse(c.Line, RuleComment, "there is no place for this comment in the canonical form")
			return nil
		}
	}
	return after
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
