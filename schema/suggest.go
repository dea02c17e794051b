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
