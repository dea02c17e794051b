package lint

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/internal/syntax"
)

var ignoreComment = Rule{
	Name: "ignore-comment", Level: Warning,
	Summary: "an ignore comment that is wrong or has no effect",
	Explain: `A comment above a line, or at its end, takes back the findings of one rule there:

  # wampgen:ignore int64-json only our own services read this
  serial: uint64

The reason is required: whoever comes later must know whether it still holds. A
comment that takes nothing back is to be removed.`,
}

// mark is how an ignore comment begins.
const mark = "wampgen:ignore"

// ignored is an ignore comment.
type ignored struct {
	at   diag.Span
	rule diag.Rule
	// line is the one whose findings it takes back.
	line int
	used bool
}

// ignore takes back the findings that the schema's comments name, and adds
// those about the comments.
func (c *checker) ignore(levels Levels) diag.List {
	c.rule = &ignoreComment
	c.level = levels.of(c.rule)
	found := c.found
	c.found = nil
	var all []*ignored
	for _, src := range c.sources {
		all = append(all, c.comments(src)...)
	}
	found = slices.DeleteFunc(found, func(d diag.Diagnostic) bool {
		for _, i := range all {
			if i.rule == d.Rule && i.line == d.Line && i.at.File == d.File {
				i.used = true
				return true
			}
		}
		return false
	})
	for _, i := range all {
		if r := find(i.rule); !i.used && levels.of(r) != Off {
			c.comment(i.at, "nothing to ignore: %s has no finding here", i.rule).Hint = "remove the comment"
		}
	}
	if c.level == Off {
		return found
	}
	return append(found, c.found...)
}

// comments returns the ignore comments of a file that are right.
func (c *checker) comments(src *diag.Source) (all []*ignored) {
	doc, err := syntax.Parse(src)
	if err != nil {
		return nil
	}
	for _, x := range doc.Comments() {
		rest, ok := strings.CutPrefix(strings.TrimSpace(strings.TrimLeft(x.Text, "#")), mark)
		if !ok {
			continue
		}
		end := 1 + utf8.RuneCountInString(strings.TrimRight(src.Line(x.Line), " \t"))
		at := diag.Pos{File: src.File, Line: x.Line, Col: x.Col}.To(end)
		words := strings.Fields(rest)
		switch {
		case rest != "" && rest == strings.TrimLeft(rest, " \t"), len(words) == 0:
			c.comment(at, "an ignore comment names a rule").Hint = "write  # " + mark + " rule reason"
		case schema.Explain(diag.Rule(words[0])) != "":
			c.comment(at, "%s is an error of the language, which cannot be ignored", words[0])
		case find(diag.Rule(words[0])) == nil:
			c.comment(at, "there is no rule %q that can be ignored", words[0]).Hint = "wampgen check --list-rules lists them"
		case len(words) == 1:
			c.comment(at, "an ignore comment needs a reason").Hint = "write it behind the rule"
		default:
			i := &ignored{at: at, rule: diag.Rule(words[0]), line: x.Line}
			if x.Own {
				i.line = below(src, x.Line)
			}
			all = append(all, i)
		}
	}
	return all
}

// below returns the next line that says something.
func below(src *diag.Source, line int) int {
	for line++; line <= src.Lines(); line++ {
		if text := strings.TrimSpace(src.Line(line)); text != "" && text[0] != '#' {
			break
		}
	}
	return line
}

// comment reports something about the comment at a place.
func (c *checker) comment(at diag.Span, message string, args ...any) *diag.Diagnostic {
	return c.report(schema.Place{Span: at}, message, args...)
}
