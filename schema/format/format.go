// Package format writes schema files in their canonical form, as gofmt does for
// Go. Indentation, spaces, blank lines and line breaks follow rules. It keeps
// the order, the choice between block and flow style, and comments.
package format

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/wampgen/wampgen/schema/diag"
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
	body := p.preamble()
	doc, line, err := parse(body)
	if err != nil {
		return nil, p.refuse(p.src.Whole(line+p.skipped), RuleSyntax, "the file is not YAML that a schema can be: "+err.Error())
	}
	if doc == nil {
		return p.onlyComments()
	}
	p.comments = comments(p.src, p.skipped, scalarLines(doc, p.skipped))
	p.document(doc)
	if p.found == nil {
		p.check(body)
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

// preamble copies directives up to the line "---" and returns the text behind
// them. Lines of the preamble are counted in p.skipped.
func (p *printer) preamble() string {
	text := p.src.Text
	for n := 1; n <= p.src.Lines(); n++ {
		line := strings.TrimRight(p.src.Line(n), " \t")
		switch {
		case line == "---":
			p.skipped = n
			for i := 1; i <= n; i++ {
				p.out.WriteString(strings.TrimRight(p.src.Line(i), " \t") + "\n")
			}
			return strings.Join(strings.SplitAfter(text, "\n")[min(n, strings.Count(text, "\n")):], "")
		case line != "" && line[0] != '%' && line[0] != '#':
			return text
		}
	}
	return text
}

// parse reads one document. The root is nil if there is none. The line is that
// of the error.
func parse(text string) (root *yaml.Node, line int, err error) {
	defer func() {
		if r := recover(); r != nil { // yaml.v3 panics on some broken input
			root, line, err = nil, 1, errors.New("the parser gave up")
		}
	}()
	dec := yaml.NewDecoder(strings.NewReader(text))
	var doc, second yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, 0, nil
	case err != nil:
		return nil, lineOf(err), errors.New(strings.TrimPrefix(strings.SplitN(err.Error(), "\n", 2)[0], "yaml: "))
	}
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, max(second.Line, 1), errors.New("a schema is one document")
	}
	if len(doc.Content) == 0 {
		return nil, 0, nil
	}
	root = doc.Content[0]
	if n, why := unsupported(root, 0); n != nil {
		return nil, n.Line, errors.New(why)
	}
	return root, 0, nil
}

// lineOf returns the line that an error of yaml.v3 names, 1 if it names none.
func lineOf(err error) int {
	_, rest, ok := strings.Cut(err.Error(), "line ")
	line := 0
	for i := 0; ok && i < len(rest) && rest[i] >= '0' && rest[i] <= '9' && line < 1<<20; i++ {
		line = line*10 + int(rest[i]-'0')
	}
	return max(line, 1)
}

// maxDepth is how deep a file may be nested; a schema may be less.
const maxDepth = 100

// unsupported returns a node that a schema cannot have, and why.
func unsupported(n *yaml.Node, depth int) (*yaml.Node, string) {
	switch {
	case depth > maxDepth:
		return n, "it is nested too deep"
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return n, "anchors and aliases are not allowed in a schema"
	case n.Style&yaml.TaggedStyle != 0:
		return n, "tags are not allowed in a schema"
	}
	for i, inner := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && inner.Kind != yaml.ScalarNode {
			return inner, "a key must be a string"
		}
		if bad, why := unsupported(inner, depth+1); bad != nil {
			return bad, why
		}
	}
	return nil, ""
}

// onlyComments formats a file that says nothing.
func (p *printer) onlyComments() ([]byte, diag.List) {
	p.comments = comments(p.src, p.skipped, nil)
	p.leading(p.src.Lines()+1, 0, 0)
	p.align()
	return p.out.Bytes(), nil
}

// check compares the result with the text it was made from: it must say the
// same and hold the same comments in the same order.
func (p *printer) check(body string) {
	before, _, _ := parse(body)
	printed := p.out.String()
	again := &printer{src: diag.NewSource(p.src.File, []byte(printed))}
	after, _, err := parse(again.preamble())
	if err != nil || !same(before, after) {
		p.refuse(p.src.Whole(1), RuleSyntax, "this file cannot be formatted without changing what it says")
		return
	}
	kept := comments(again.src, again.skipped, scalarLines(after, again.skipped))
	for i, c := range p.comments {
		if i >= len(kept) || kept[i].text != c.text {
			p.refuse(p.src.Whole(c.line), RuleComment, "there is no place for this comment in the canonical form")
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
	x, _, errX := parse((&printer{src: diag.NewSource("", a)}).preamble())
	y, _, errY := parse((&printer{src: diag.NewSource("", b)}).preamble())
	if errX != nil || errY != nil {
		return bytes.Equal(a, b)
	}
	return same(x, y)
}
