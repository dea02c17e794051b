package schema

import (
	"strings"

	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/internal/syntax"
	"gopkg.in/yaml.v3"
)

// load reads a file into a tree of nodes. It returns nil where there is no
// tree; with findings in c the tree is what could be kept of it. This file is
// the only one that knows yaml.v3.
func load(c *collector, s *source) *node {
	doc, err := syntax.Parse(s.Source)
	if err != nil {
		reportSyntax(c, s, err)
	}
	if doc == nil || doc.Root == nil {
		return nil
	}
	l := &loader{collector: c, src: s, at: diag.Cursor{Source: s.Source}}
	if !l.fits(doc.Root, 0) {
		return nil
	}
	root := l.node(doc.Root, 0)
	if doc.Second > 0 {
		d := c.report(s.Whole(doc.Second), RuleYAMLDocument, "a second YAML document")
		d.Hint = "a schema is one document; put the other into a file of its own"
	}
	return root
}

// loader copies the tree of yaml.v3 and refuses what a schema has no use for.
type loader struct {
	*collector
	src *source
	at  diag.Cursor
}

// fits reports whether a tree keeps the bounds, and reports where it does not.
// It goes before the copy, so that a bomb costs no more than yaml.v3 did.
func (l *loader) fits(n *yaml.Node, depth int) bool {
	l.nodes++
	if depth > maxDepth || l.nodes > maxNodes {
		_, at := l.at.Seek(diag.Pos{Line: n.Line, Col: n.Column})
		if depth > maxDepth {
			l.report(at.To(at.Col), RuleYAMLLimit, "nested deeper than %d levels", maxDepth)
		} else {
			l.report(at.To(at.Col), RuleYAMLLimit, "more than %d nodes; a schema may not have so many", maxNodes)
		}
		return false
	}
	for _, inner := range n.Content {
		if !l.fits(inner, depth+1) {
			return false
		}
	}
	return true
}

// node copies n and what is below it.
func (l *loader) node(n *yaml.Node, depth int) *node {
	to := &node{text: n.Value, src: l.src}
	to.off, to.pos = l.at.Seek(diag.Pos{Line: n.Line, Col: n.Column})
	switch n.Kind {
	case yaml.ScalarNode:
		to.kind = scalarNode
		to.plain = n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
		to.tag = n.Tag
	case yaml.SequenceNode:
		to.kind = listNode
	case yaml.MappingNode:
		to.kind = mappingNode
	}
	l.refuse(n, to)
	if n.Kind == yaml.MappingNode {
		l.pairs(n, to, depth)
		return to
	}
	for _, item := range n.Content {
		to.items = append(to.items, l.node(item, depth+1))
	}
	return to
}

// pairs copies the keys and values of a mapping.
func (l *loader) pairs(n *yaml.Node, to *node, depth int) {
	seen := make(map[string]diag.Pos, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		// Other tools own what is below x- at the top, so it is not even looked at.
		if depth == 0 && k.Kind == yaml.ScalarNode && strings.HasPrefix(k.Value, "x-") {
			continue
		}
		p := pair{key: l.node(k, depth+1), value: l.node(n.Content[i+1], depth+1)}
		if p.value.empty() {
			p.value.pos, p.value.off = p.key.pos, p.key.off // nothing is there to point at
		}
		if !l.key(k, p.key) {
			to.lossy = true
			continue
		}
		if first, twice := seen[p.key.text]; twice {
			if l.full() {
				continue
			}
			d := l.report(p.key.token(), RuleDuplicateKey, "duplicate key %s (first at line %d)", quote(p.key.text), first.Line)
			l.relate(d, first, "the first one")
			continue
		}
		seen[p.key.text] = p.key.pos
		to.pairs = append(to.pairs, p)
	}
}

// key reports whether a key can be one.
func (l *loader) key(k *yaml.Node, to *node) bool {
	switch {
	case k.Kind == yaml.AliasNode:
		return false // reported as an alias
	case k.Kind != yaml.ScalarNode:
		l.report(to.token(), RuleYAMLKey, "a key must be a string, not a %s", to.kind)
		return false
	case to.plain && to.text == "<<":
		d := l.report(to.token(), RuleYAMLAlias, "merge keys are not allowed in a schema")
		d.Hint = "write the keys out"
		return false
	}
	return true
}

// refuse reports anchors, aliases and tags.
func (l *loader) refuse(n *yaml.Node, to *node) {
	switch {
	case n.Kind == yaml.AliasNode:
		d := l.report(to.token(), RuleYAMLAlias, "alias *%s: aliases are not allowed in a schema", clean(n.Value))
		d.Hint = "write the value out; a string that begins with * needs quotes"
	case n.Anchor != "":
		d := l.report(to.token(), RuleYAMLAlias, "anchor &%s: anchors are not allowed in a schema", clean(n.Anchor))
		d.Hint = "a string that begins with & needs quotes"
	}
	// The tag "!" leaves no trace in the node, but it does in the text.
	if n.Style&yaml.TaggedStyle != 0 || n.Kind != yaml.AliasNode && strings.HasPrefix(l.src.Text[to.off:], "!") {
		d := l.report(to.token(), RuleYAMLTag, "tags are not allowed in a schema")
		d.Hint = "a string that begins with ! needs quotes"
	}
}
