package schema

import (
	"slices"
	"strings"

	"github.com/wampgen/wampgen/schema/diag"
)

// maxEffort bounds the comparisons made for one file.
const maxEffort = 2_000_000

// suggest adds the candidate that word probably meant to a finding, or the
// hint where none is close.
func (c *collector) suggest(d *diag.Diagnostic, word string, otherwise string, candidates ...[]string) {
	d.Hint = otherwise
	for _, list := range candidates {
		if c.effort += len(list); c.effort > maxEffort {
			return
		}
		if with := diag.Closest(word, list); with != "" {
			d.Replace(word, with)
			if d.Suggestion != nil && !strings.EqualFold(word, with) {
				d.Suggestion.Doubtful = c.doubtful(word, with, candidates)
			}
			return
		}
	}
}

// suggestDeclared is suggest for a name that may be right, its declaration still
// missing: only one slip in a long name is a misspelling beyond doubt.
func (c *collector) suggestDeclared(d *diag.Diagnostic, word, otherwise string, candidates ...[]string) {
	c.suggest(d, word, otherwise, candidates...)
	if s := d.Suggestion; s != nil && !strings.EqualFold(word, s.With) {
		s.Doubtful = s.Doubtful || len(word) < longName || !diag.OneEdit(word, s.With)
	}
}

// longName is from how many letters on another name is rarely one edit away.
const longName = 6

// doubtful reports whether another candidate is close to a word too.
func (c *collector) doubtful(word, with string, candidates [][]string) bool {
	for _, list := range candidates {
		if c.effort += len(list); c.effort > maxEffort {
			return true
		}
		others := slices.DeleteFunc(slices.Clone(list), func(name string) bool { return name == with })
		if diag.Closest(word, others) != "" {
			return true
		}
	}
	return false
}

// quote shows a text of the schema in a message.
func quote(s string) string { return diag.Quote(s) }
