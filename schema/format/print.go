package format

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/internal/syntax"
	"gopkg.in/yaml.v3"
)

// printer writes one file.
type printer struct {
	*syntax.Document
	out   bytes.Buffer
	found diag.List

	comments []syntax.Comment
	next     int // the first comment that is not printed yet

	lines []outLine
	cur   strings.Builder // the line that is being printed
}

// outLine is one line of the result. Comments of neighbouring lines are
// aligned.
type outLine struct{ text, comment string }

// step is the indentation of each level, maxWidth the widest line into which a
// flow collection of several lines is joined.
const (
	step     = 2
	maxWidth = 100
)

// document prints the tree and what stands behind it.
func (p *printer) document(root *yaml.Node) {
	end := p.Lines() + 1
	switch {
	case root.Kind == yaml.MappingNode && !isFlow(root):
		p.mapping(root, 0, end, 0)
	case root.Kind == yaml.SequenceNode && !isFlow(root):
		p.sequence(root, 0, end, 0)
	case isAbsent(root):
	default:
		p.entry(root.Line, 0, 0)
		p.inline(root, 0)
	}
	p.leading(end, 0, 0)
	p.align()
}

func isFlow(n *yaml.Node) bool { return n.Style&yaml.FlowStyle != 0 || len(n.Content) == 0 }

// isAbsent reports whether nothing is written where a value could be.
func isAbsent(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style == 0 }

// blank reports whether a line of the file is blank.
func (p *printer) blank(line int) bool {
	return line > p.Head && line <= p.Lines() && strings.TrimSpace(p.Line(line)) == ""
}

// space prints a blank line, unless one is there or nothing is before it.
func (p *printer) space() {
	if n := len(p.lines); n > 0 && p.lines[n-1] != (outLine{}) {
		p.lines = append(p.lines, outLine{})
	}
}

// leading prints the comments of their own that stand before a line and not
// left of a column. begun is how many lines there were when the collection that
// they are in began: it does not begin with a blank line.
func (p *printer) leading(before, indent, begun int) { p.leadingFrom(before, 0, indent, begun) }

func (p *printer) leadingFrom(before, col, indent, begun int) {
	for p.next < len(p.comments) {
		c := p.comments[p.next]
		if c.Line >= before || !c.Own || c.Col < col {
			return
		}
		if c.Apart && len(p.lines) > begun {
			p.space()
		}
		p.lines = append(p.lines, outLine{text: strings.Repeat(" ", indent) + c.Text})
		p.next++
	}
}

// endLine ends the current line, whose text ends on a line of the file, with
// the comment behind it.
func (p *printer) endLine(last int) {
	l := outLine{text: p.cur.String()}
	p.cur.Reset()
	for p.next < len(p.comments) && p.comments[p.next].Line <= last {
		c := p.comments[p.next]
		if c.Own || l.comment != "" {
			p.refuse(c.Line, RuleComment, "there is no place for this comment in the canonical form")
			return
		}
		l.comment = c.Text
		p.next++
	}
	p.lines = append(p.lines, l)
}

// entry begins a key or item on a line of its own.
func (p *printer) entry(line, indent, begun int) {
	p.leading(line, indent, begun)
	if p.blank(line-1) && len(p.lines) > begun {
		p.space()
	}
	p.cur.WriteString(strings.Repeat(" ", indent))
}

// mapping prints a block mapping. It ends before the line end; comments behind
// it belong to it if they do not stand left of the column of its keys, nor at
// that of its parent. The first entry goes on the current line if there is one.
func (p *printer) mapping(n *yaml.Node, indent, end, parent int) {
	begun := len(p.lines)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		next := end
		if i+2 < len(n.Content) {
			next = n.Content[i+2].Line
		}
		if p.cur.Len() == 0 {
			p.entry(key.Line, indent, begun)
		}
		if parent == 0 && foreign(n, i) {
			p.verbatim(key.Line, next)
			continue
		}
		p.cur.WriteString(p.scalar(key) + ":")
		p.value(value, key.Line, indent, next, key.Column)
	}
	p.leadingFrom(end, max(n.Column, parent+1), indent, begun)
}

// verbatim prints the lines from one to before another, with their comments, as
// they are.
func (p *printer) verbatim(from, next int) {
	for n := from; n < next; n++ {
		text := p.Line(n)
		if p.blank(n) {
			text = ""
		}
		p.lines = append(p.lines, outLine{text: text})
	}
	for p.next < len(p.comments) && p.comments[p.next].Line < next {
		p.next++
	}
}

// sequence prints a block sequence, as mapping does.
func (p *printer) sequence(n *yaml.Node, indent, end, parent int) {
	begun := len(p.lines)
	for i, item := range n.Content {
		next := end
		if i+1 < len(n.Content) {
			next = p.dash(n.Content[i+1], n.Column)
		}
		at := p.dash(item, n.Column)
		if p.cur.Len() == 0 {
			p.entry(at, indent, begun)
		}
		p.cur.WriteString("-")
		switch {
		case isFlow(item) || item.Kind == yaml.ScalarNode:
			p.value(item, at, indent, next, n.Column)
		case p.pendingOwn(item.Line) || item.Line != at:
			p.refuse(at, RuleComment, "an item must begin on the line of its dash")
			return
		case item.Kind == yaml.MappingNode:
			p.cur.WriteString(" ")
			p.mapping(item, indent+step, next, n.Column)
		default:
			p.cur.WriteString(" ")
			p.sequence(item, indent+step, next, n.Column)
		}
	}
	p.leadingFrom(end, max(n.Column, parent+1), indent, begun)
}

// dash returns the line of the dash of an item, which may stand above it.
func (p *printer) dash(item *yaml.Node, col int) int {
	for n := item.Line; n > p.Head; n-- {
		if line := p.Line(n); len(line) >= col && line[col-1] == '-' && strings.Trim(line[:col-1], " -") == "" {
			return n
		}
	}
	return item.Line
}

// pendingOwn reports whether a comment of its own waits before a line.
func (p *printer) pendingOwn(before int) bool {
	return p.next < len(p.comments) && p.comments[p.next].Own && p.comments[p.next].Line < before
}

// value prints the value of a key or a simple item behind what the current line
// holds; at is the line of the key or dash.
func (p *printer) value(n *yaml.Node, at, indent, next, col int) {
	switch {
	case isAbsent(n):
		p.endLine(at)
	case n.Kind == yaml.ScalarNode || isFlow(n):
		p.cur.WriteString(" ")
		p.inline(n, indent)
	case n.Kind == yaml.MappingNode:
		p.endLine(at)
		p.mapping(n, indent+step, next, col)
	default:
		p.endLine(at)
		p.sequence(n, indent+step, next, col)
	}
}

// inline prints a scalar or a flow collection and ends its line.
func (p *printer) inline(n *yaml.Node, indent int) {
	switch {
	case n.Kind == yaml.ScalarNode && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		p.block(n, indent)
	case n.Kind == yaml.ScalarNode:
		text, last := p.scalarEnd(n)
		p.cur.WriteString(text)
		p.endLine(last)
	default:
		p.flow(n, indent, "")
	}
}

// align writes the lines. Comments of neighbouring lines begin in one column.
func (p *printer) align() {
	for len(p.lines) > 0 && p.lines[len(p.lines)-1] == (outLine{}) {
		p.lines = p.lines[:len(p.lines)-1]
	}
	for i := 0; i < len(p.lines); {
		run, width := i, 0
		for run < len(p.lines) && p.lines[run].comment != "" {
			width = max(width, utf8.RuneCountInString(p.lines[run].text))
			run++
		}
		for ; i < run; i++ {
			l := p.lines[i]
			pad := strings.Repeat(" ", width-utf8.RuneCountInString(l.text)+2)
			p.out.WriteString(l.text + pad + l.comment + "\n")
		}
		if i < len(p.lines) {
			p.out.WriteString(p.lines[i].text + "\n")
			i++
		}
	}
}
