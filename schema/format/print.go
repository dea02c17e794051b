package format

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wampgen/wampgen/schema/diag"
	"gopkg.in/yaml.v3"
)

// printer writes one file.
type printer struct {
	src     *diag.Source
	skipped int // lines of the preamble; nodes count from behind it
	out     bytes.Buffer
	found   diag.List

	comments []comment
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
	end := p.src.Lines() + 1
	switch {
	case root.Kind == yaml.MappingNode && !isFlow(root):
		p.mapping(root, 0, end, 0)
	case root.Kind == yaml.SequenceNode && !isFlow(root):
		p.sequence(root, 0, end, 0)
	default:
		p.entry(p.line(root), 0, 0)
		p.inline(root, 0)
	}
	p.leading(end, 0, 0)
	p.align()
}

func isFlow(n *yaml.Node) bool { return n.Style&yaml.FlowStyle != 0 || len(n.Content) == 0 }

// line returns the line of a node in the file.
func (p *printer) line(n *yaml.Node) int { return n.Line + p.skipped }

// blank reports whether a line of the file is blank.
func (p *printer) blank(line int) bool {
	return line > p.skipped && line <= p.src.Lines() && strings.TrimSpace(p.src.Line(line)) == ""
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
		if c.line >= before || !c.own || c.col < col {
			return
		}
		if c.quiet && len(p.lines) > begun {
			p.space()
		}
		p.lines = append(p.lines, outLine{text: strings.Repeat(" ", indent) + c.text})
		p.next++
	}
}

// endLine ends the current line, whose text ends on a line of the file, with
// the comment behind it.
func (p *printer) endLine(last int) {
	l := outLine{text: p.cur.String()}
	p.cur.Reset()
	for p.next < len(p.comments) && p.comments[p.next].line <= last {
		c := p.comments[p.next]
		if c.own || l.comment != "" {
			p.refuse(p.src.Whole(c.line), RuleComment, "there is no place for this comment in the canonical form")
			return
		}
		l.comment = c.text
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
			next = p.line(n.Content[i+2])
		}
		if p.cur.Len() == 0 {
			p.entry(p.line(key), indent, begun)
		}
		p.cur.WriteString(p.scalar(key) + ":")
		p.value(value, p.line(key), indent, next, key.Column)
	}
	p.leadingFrom(end, max(n.Column, parent+1), indent, begun)
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
		case p.pendingOwn(p.line(item)) || p.line(item) != at:
			p.refuse(p.src.Whole(at), RuleComment, "an item must begin on the line of its dash")
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
	for n := p.line(item); n > p.skipped; n-- {
		if line := p.src.Line(n); len(line) >= col && line[col-1] == '-' && strings.Trim(line[:col-1], " -") == "" {
			return n
		}
	}
	return p.line(item)
}

// pendingOwn reports whether a comment of its own waits before a line.
func (p *printer) pendingOwn(before int) bool {
	return p.next < len(p.comments) && p.comments[p.next].own && p.comments[p.next].line < before
}

// value prints the value of a key or a simple item behind what the current line
// holds; at is the line of the key or dash.
func (p *printer) value(n *yaml.Node, at, indent, next, col int) {
	switch {
	case n.Kind == yaml.ScalarNode && n.Value == "" && n.Style == 0:
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

// block prints a block scalar.
func (p *printer) block(n *yaml.Node, indent int) {
	header := p.src.Line(p.line(n))
	c := diag.Cursor{Source: p.src}
	off, _ := c.Seek(diag.Pos{Line: p.line(n), Col: n.Column})
	lineStart, _ := c.Seek(diag.Pos{Line: p.line(n), Col: 1})
	mark := strings.FieldsFunc(header[off-lineStart:], func(r rune) bool { return r == ' ' || r == '\t' })[0]
	last := blockEnd(p.src, p.line(n))
	own, explicit := p.contentIndent(n, mark, last)
	if explicit {
		mark = strings.Map(func(r rune) rune {
			if r >= '1' && r <= '9' {
				return '0' + step
			}
			return r
		}, mark)
	}
	p.cur.WriteString(mark)
	p.endLine(p.line(n))
	for at := p.line(n) + 1; at <= last || strings.Contains(mark, "+") && p.blank(at) && at < p.src.Lines(); at++ {
		line := p.src.Line(at)
		text := ""
		if len(line) > own {
			text = strings.Repeat(" ", indent+step) + line[own:]
		}
		if strings.TrimSpace(line) == "" && len(line) <= own {
			text = ""
		}
		p.lines = append(p.lines, outLine{text: text})
	}
}

// contentIndent returns how many spaces the lines of a block scalar begin with,
// and whether its header says so.
func (p *printer) contentIndent(n *yaml.Node, mark string, last int) (own int, explicit bool) {
	if i := strings.IndexAny(mark, "123456789"); i >= 0 {
		return indentOf(p.src, p.line(n)) + int(mark[i]-'0'), true
	}
	for at := p.line(n) + 1; at <= last; at++ {
		if line := p.src.Line(at); strings.TrimSpace(line) != "" {
			return leadingSpaces(line), false
		}
	}
	return 0, false
}

// flow prints a flow collection and what follows it, and ends the line. It
// takes several lines if the author began it so, if a comment is in it, or if
// it took several and is too wide for one.
func (p *printer) flow(n *yaml.Node, indent int, follow string) {
	first, last := p.line(n), p.flowEnd(n)
	text := p.flowText(n)
	broken := p.commentIn(first, last) ||
		len(n.Content) > 0 && p.line(n.Content[0]) > first ||
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
		p.entry(p.line(item), indent, begun)
		if each == 2 {
			p.cur.WriteString(p.scalar(item))
			if item = n.Content[i+1]; item.Value == "" && item.Kind == yaml.ScalarNode && item.Style == 0 {
				p.cur.WriteString(",")
				p.endLine(p.line(n.Content[i]))
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
		if c.line >= first && c.line < last {
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
	c := diag.Cursor{Source: p.src}
	off, _ := c.Seek(diag.Pos{Line: p.line(n), Col: n.Column})
	return p.src.Text[off:]
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
		if v := n.Content[i+1]; v.Kind != yaml.ScalarNode || v.Value != "" || v.Style != 0 {
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
	last := p.line(n)
	for _, inner := range n.Content {
		last = max(last, p.flowEnd(inner))
	}
	if p.pair(n) {
		return last
	}
	shut := map[bool]string{true: "]", false: "}"}[n.Kind == yaml.SequenceNode]
	for at := last; at <= p.src.Lines(); at++ {
		line := p.src.Line(at)
		if at > last && strings.HasPrefix(strings.TrimLeft(line, " ,\t"), shut) {
			return at
		}
		if rest := strings.TrimLeft(line, " ,\t"); at > last && rest != "" && rest[0] != '#' {
			break
		}
	}
	return last
}

// scalar returns a scalar that is not a block on one line.
func (p *printer) scalar(n *yaml.Node) string {
	text, _ := p.scalarEnd(n)
	return text
}

// scalarEnd returns a scalar on one line, and the last line that it takes in
// the file. Quotes stay as they are written, unless they span lines.
func (p *printer) scalarEnd(n *yaml.Node) (text string, last int) {
	first := p.line(n)
	switch {
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		raw := quoted(p.at(n))
		if lines := strings.Count(raw, "\n"); lines > 0 {
			return strconv.Quote(n.Value), first + lines
		}
		return raw, first
	case n.Value == "":
		return "", first
	case strings.HasPrefix(p.at(n), n.Value):
		return n.Value, first
	}
	// A plain scalar of several lines: its words are there in order.
	rest, last := p.at(n), first
	for _, word := range strings.Fields(n.Value) {
		i := strings.Index(rest, word)
		if i < 0 {
			break
		}
		last += strings.Count(rest[:i], "\n")
		rest = rest[i+len(word):]
	}
	if strings.Contains(n.Value, "\n") {
		return strconv.Quote(n.Value), last
	}
	return n.Value, last
}

// quoted returns the quoted scalar that a text begins with.
func quoted(s string) string {
	for i := 1; i < len(s); i++ {
		switch {
		case s[0] == '"' && s[i] == '\\':
			i++
		case s[i] == s[0] && s[0] == '\'' && i+1 < len(s) && s[i+1] == '\'':
			i++
		case s[i] == s[0]:
			return s[:i+1]
		}
	}
	return s
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
