package format

import (
	"strings"
	"unicode/utf8"

	"github.com/wampgen/wampgen/schema/diag"
	"gopkg.in/yaml.v3"
)

// flow prints a flow collection and what follows it, and ends the line. It
// takes several lines if the author began it so, if a comment is in it, or if
// it took several and is too wide for one.
func (p *printer) flow(n *yaml.Node, indent int, follow string) {
	first, last := n.Line, p.flowEnd(n)
	text := p.flowText(n)
	broken := p.commentIn(first, last) ||
		len(n.Content) > 0 && n.Content[0].Line > first ||
		last > first && utf8.RuneCountInString(p.cur.String()+text) > maxWidth
	if !broken || len(n.Content) == 0 {
		p.cur.WriteString(text + follow)
		p.endLine(last)
		return
	}
	open, shut := "{", "}"
	if n.Kind == yaml.SequenceNode {
		open, shut = "[", "]"
	}
	p.cur.WriteString(open)
	p.endLine(first)
	p.elements(n, indent+step)
	p.leading(last, indent+step, len(p.lines))
	p.cur.WriteString(strings.Repeat(" ", indent) + shut + follow)
	p.endLine(last)
}

// elements prints the elements of a flow collection, each on a line of its own.
func (p *printer) elements(n *yaml.Node, indent int) {
	begun := len(p.lines)
	each := 1
	if n.Kind == yaml.MappingNode {
		each = 2
	}
	for i := 0; i < len(n.Content); i += each {
		item := n.Content[i]
		p.entry(item.Line, indent, begun)
		if each == 2 {
			p.cur.WriteString(p.scalar(item))
			if item = n.Content[i+1]; isAbsent(item) {
				p.cur.WriteString(",")
				p.endLine(n.Content[i].Line)
				continue
			}
			p.cur.WriteString(": ")
		}
		if item.Kind == yaml.ScalarNode {
			text, last := p.scalarEnd(item)
			p.cur.WriteString(text + ",")
			p.endLine(last)
			continue
		}
		if p.pair(item) {
			p.cur.WriteString(p.flowText(item) + ",")
			p.endLine(p.flowEnd(item))
			continue
		}
		p.flow(item, indent, ",")
	}
}

// commentIn reports whether a comment stands between two lines, the last one
// left out: what is behind the end of a collection is not in it.
func (p *printer) commentIn(first, last int) bool {
	for _, c := range p.comments[p.next:] {
		if c.Line >= first && c.Line < last {
			return true
		}
	}
	return false
}

// pair reports whether n is a mapping without braces in a flow sequence, as in
// [name: string].
func (p *printer) pair(n *yaml.Node) bool {
	return n.Kind == yaml.MappingNode && len(n.Content) == 2 && !strings.HasPrefix(p.at(n), "{")
}

// at returns the text of the file from a node on.
func (p *printer) at(n *yaml.Node) string {
	c := diag.Cursor{Source: p.Source}
	off, _ := c.Seek(diag.Pos{Line: n.Line, Col: n.Column})
	return p.Text[off:]
}

// flowText returns a flow collection on one line.
func (p *printer) flowText(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		return p.scalar(n)
	}
	var parts []string
	if n.Kind == yaml.SequenceNode {
		for _, item := range n.Content {
			parts = append(parts, p.flowText(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		part := p.scalar(n.Content[i])
		if v := n.Content[i+1]; !isAbsent(v) {
			part += ": " + p.flowText(v)
		}
		parts = append(parts, part)
	}
	if p.pair(n) {
		return parts[0]
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// flowEnd returns the line of the bracket that ends a flow collection.
func (p *printer) flowEnd(n *yaml.Node) int {
	if n.Kind == yaml.ScalarNode {
		_, last := p.scalarEnd(n)
		return last
	}
	last := n.Line
	for _, inner := range n.Content {
		last = max(last, p.flowEnd(inner))
	}
	if p.pair(n) {
		return last
	}
	shut := map[bool]string{true: "]", false: "}"}[n.Kind == yaml.SequenceNode]
	for at := last; at <= p.Lines(); at++ {
		line := p.Line(at)
		if at > last && strings.HasPrefix(strings.TrimLeft(line, " ,\t"), shut) {
			return at
		}
		if rest := strings.TrimLeft(line, " ,\t"); at > last && rest != "" && rest[0] != '#' {
			break
		}
	}
	return last
}
