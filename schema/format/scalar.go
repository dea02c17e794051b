package format

import (
	"strconv"
	"strings"

	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/internal/syntax"
	"gopkg.in/yaml.v3"
)

// scalar returns a scalar that is not a block on one line.
func (p *printer) scalar(n *yaml.Node) string {
	text, _ := p.scalarEnd(n)
	return text
}

// scalarEnd returns a scalar on one line, and the last line that it takes in
// the file. Quotes stay as they are written, unless they span lines.
func (p *printer) scalarEnd(n *yaml.Node) (text string, last int) {
	first := n.Line
	switch {
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		raw := quoted(p.at(n))
		if lines := diag.NewSource("", []byte(raw)).Lines() - 1; lines > 0 {
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
	for word := range strings.FieldsSeq(n.Value) {
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

// block prints a block scalar.
func (p *printer) block(n *yaml.Node, indent int) {
	header := p.Line(n.Line)
	c := diag.Cursor{Source: p.Source}
	off, _ := c.Seek(diag.Pos{Line: n.Line, Col: n.Column})
	lineStart, _ := c.Seek(diag.Pos{Line: n.Line, Col: 1})
	mark := strings.FieldsFunc(header[off-lineStart:], func(r rune) bool { return r == ' ' || r == '\t' })[0]
	last := syntax.BlockEnd(p.Source, n.Line)
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
	p.endLine(n.Line)
	for at := n.Line + 1; at <= last || strings.Contains(mark, "+") && p.blank(at) && at < p.Lines(); at++ {
		line := p.Line(at)
		text := ""
		if len(line) > own {
			text = strings.Repeat(" ", indent+step) + line[own:]
		}
		if strings.TrimSpace(line) == "" && (len(line) <= own || own == 0) {
			text = ""
		}
		p.lines = append(p.lines, outLine{text: text})
	}
}

// contentIndent returns how many spaces the lines of a block scalar begin with, 0
// if all of them are blank, and whether its header says so.
func (p *printer) contentIndent(n *yaml.Node, mark string, last int) (own int, explicit bool) {
	if i := strings.IndexAny(mark, "123456789"); i >= 0 {
		return syntax.BlockIndent(p.Source, n.Line) + int(mark[i]-'0'), true
	}
	for at := n.Line + 1; at <= last; at++ {
		if line := p.Line(at); strings.TrimSpace(line) != "" {
			return syntax.LeadingSpaces(line), false
		}
	}
	return 0, false
}
