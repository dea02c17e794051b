package schema

import (
	"strconv"
	"strings"
)

// closest returns the candidate that a misspelled word probably meant: equal
// but for case, or at most two slips away and at most one for every two
// letters. "" if there is none.
func closest(word string, candidates []string) string {
	best, least := "", 3
	for _, c := range candidates {
		d := 0
		if !strings.EqualFold(word, c) {
			d = max(1, slips(word, c, least))
		}
		if d < least && d*2 <= len(word) {
			best, least = c, d
		}
	}
	return best
}

// slips counts the letters to insert, delete, replace or swap with a neighbour
// that turn a into b, and stops counting at limit.
func slips(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least >= limit {
			return limit
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit)
}

// maxEffort bounds the comparisons made for one file.
const maxEffort = 2_000_000

// suggest adds the candidate that word probably meant to a finding, or the
// hint where none is close.
func (c *collector) suggest(d *Diagnostic, word string, otherwise string, candidates ...[]string) {
	d.Hint = otherwise
	for _, list := range candidates {
		if c.effort += len(list); c.effort > maxEffort {
			return
		}
		if with := closest(word, list); with != "" {
			d.replace(word, with)
			return
		}
	}
}

// replace suggests one text for another.
func (d *Diagnostic) replace(word, with string) {
	d.Suggestion = &Suggestion{Replace: word, With: with}
	d.Hint = "did you mean " + strconv.Quote(with) + "?"
}

// quote shows a text of the schema in a message: escaped, and not longer than
// a line can bear.
func quote(s string) string {
	const most = 60
	if r := []rune(s[:min(len(s), 4*most+4)]); len(r) > most {
		return strconv.Quote(string(r[:most-1]) + "…")
	}
	return strconv.Quote(s)
}
