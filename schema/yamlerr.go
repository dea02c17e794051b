package schema

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/internal/syntax"
)

// reportSyntax reports an error of yaml.v3. It has a line at best, and that of
// the construct that was being read; the frequent mistakes are looked for from
// there on and named by what they are.
func reportSyntax(c *collector, s *source, err *syntax.Error) {
	line, problem := err.Line, err.Problem
	if strings.HasPrefix(problem, "exceeded max depth") {
		c.report(s.deep(), RuleYAMLLimit, "nested deeper than %d levels", maxDepth)
		return
	}
	if name, ok := strings.CutPrefix(problem, "unknown anchor '"); ok {
		name = strings.TrimSuffix(name, "' referenced")
		d := c.report(s.find("*"+name), RuleYAMLAlias, "alias *%s: aliases are not allowed in a schema", clean(name))
		d.Hint = "a string that begins with * needs quotes"
		return
	}
	for _, m := range mistakes {
		if !strings.Contains(problem, m.problem) {
			continue
		}
		for n := line; n < line+8 && n <= s.Lines(); n++ {
			if at := m.pattern.FindStringSubmatchIndex(s.Line(n)); at != nil {
				d := c.report(s.cut(n, at[2], at[3]), RuleYAMLSyntax, "%s", m.message)
				d.Hint, d.Before = m.hint, true
				return
			}
		}
	}
	if n := misplaced(s.Source, line); n > 0 && strings.HasPrefix(problem, "did not find expected") {
		d := c.report(s.Whole(n), RuleYAMLSyntax, "the indentation of this line fits none of the lines above it")
		d.Hint, d.Before = "align it with what it belongs to", true
		return
	}
	d := c.report(s.Whole(line), RuleYAMLSyntax, "not valid YAML: %s", clean(problem))
	d.Before = true
}

// mistake is a frequent slip in writing YAML.
type mistake struct {
	// problem is what yaml.v3 says, pattern what the line looks like; its
	// group is what to point at.
	problem string
	pattern *regexp.Regexp
	message string
	hint    string
}

var mistakes = []mistake{
	{problem: "cannot start any token", pattern: regexp.MustCompile(`^ *(\t+)`),
		message: "a tab cannot indent YAML", hint: "indent with spaces"},
	{problem: "tab character", pattern: regexp.MustCompile(`^ *(\t+)`),
		message: "a tab cannot indent YAML", hint: "indent with spaces"},
	{problem: "cannot start any token", pattern: regexp.MustCompile("(?:[:,\\[{-] *|^ *)([@`%][^,\\]}]*)"),
		message: "a string cannot begin with this character", hint: "put it in quotes"},
	{problem: "alphabetic or numeric", pattern: regexp.MustCompile(`(?:[:,\[{-] *|^ *)([*&][^,\]}]*)`),
		message: "a string cannot begin with this character", hint: "put it in quotes"},
	{problem: "find expected", pattern: regexp.MustCompile(`^[ -]*(?:[^\s\x{a0}"'#:]+:)?(\x{a0}+)`),
		message: "a no-break space is not a space in YAML", hint: "write an ordinary space"},
	{problem: "',' or", pattern: regexp.MustCompile(`[{,]\s*[\w.]+:\s+[^"'\[\]{},#\s][^"'\[\]{},]*?(:)(?:\s|$)`),
		message: "a second \": \" inside {...}", hint: "put the string in quotes"},
	{problem: "',' or", pattern: regexp.MustCompile(`(?:[:,\[{-] *)(\[\][\w.]+)`),
		message: "a list is not written with brackets", hint: "write  list<T>"},
	{problem: "',' or", pattern: regexp.MustCompile(`(?:[:,\[{-] *)((?:list|map|array|string|bytes|bool|any|u?int\d*|float\d*|[A-Z]\w*)\[[^\]]*\]?[\w.]*)`),
		message: "a list or map is not written with brackets", hint: "write  list<T>  or  map<T>"},
	{problem: "',' or", pattern: regexp.MustCompile(`^[^"'#]*?([\w>]+\?)(?:[\s,:}]|$)`),
		message: "a question mark has a meaning of its own inside {...}", hint: "write  optional T  or  T|null"},
	{problem: "',' or", pattern: regexp.MustCompile(`\{.*?([\w.]+\.\{[^}]*\}?|\{[^}:]*\}\.[\w.]+)`),
		message: "braces inside {...} need quotes", hint: "put the name in quotes, or each entry on a line of its own"},
	{problem: "mapping values", pattern: regexp.MustCompile(`:\s+[^"'#\s].*?(:)(?:\s|$)`),
		message: "a second \": \" on one line", hint: "put the string in quotes"},
	{problem: "unexpected end of stream", pattern: regexp.MustCompile(`^[^"']*(["'].*)$`),
		message: "this quote is not closed", hint: "close it on the same line"},
}

// cut is the place of some bytes of a line.
func (s *source) cut(line, from, to int) diag.Span {
	text := s.Line(line)
	col := 1 + utf8.RuneCountInString(text[:from])
	return diag.Pos{File: s.File, Line: line, Col: col}.To(col + utf8.RuneCountInString(text[from:to]))
}

// find is the place where a text occurs first.
func (s *source) find(text string) diag.Span {
	i := strings.Index(s.Text, text)
	if i < 0 {
		return s.Whole(1)
	}
	p := s.Pos(i)
	return p.To(p.Col + utf8.RuneCountInString(text))
}

// deep is the place where brackets or indentation first nest too deep, as well
// as far as that is known without parsing.
func (s *source) deep() diag.Span {
	depth := 0
	for i := range len(s.Text) {
		switch s.Text[i] {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		}
		if depth > maxDepth {
			p := s.Pos(i)
			return p.To(p.Col + 1)
		}
	}
	return s.Whole(1)
}
