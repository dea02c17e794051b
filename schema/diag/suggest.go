package diag

import "strings"

// Closest returns the candidate that a misspelled word probably means: one that
// differs only in case, or by at most two edits and at most one for every two
// letters. It returns "" if there is none.
func Closest(word string, candidates []string) string {
	best, least := "", 3
	for _, c := range candidates {
		d := 0
		if !strings.EqualFold(word, c) {
			d = max(1, edits(word, c, least))
		}
		if d < least && d*2 <= len(word) {
			best, least = c, d
		}
	}
	return best
}

// OneEdit reports whether inserting, deleting or replacing one letter, or swapping
// two neighbours, turns a into b.
func OneEdit(a, b string) bool { return edits(a, b, 2) == 1 }

// edits counts the letters to insert, delete, replace or swap with a neighbour
// that turn a into b, and stops counting at limit.
func edits(a, b string, limit int) int {
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
