package main

import (
	"bytes"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/schema/diag"
)

// fix replaces what findings suggest to replace, one after the other, unless it
// is doubtful. It keeps a replacement only if its finding is gone and nothing
// is found in its place. It returns the text, and the findings that it took for
// an order.
func fix(src []byte, check func([]byte) diag.List) (fixed []byte, changes diag.List) {
	var refused diag.List
	for found := check(src); ; {
		i := slices.IndexFunc(found, func(d diag.Diagnostic) bool {
			return d.Suggestion != nil && !d.Suggestion.Doubtful && !at(refused, d)
		})
		if i < 0 {
			return src, changes
		}
		d := found[i]
		next, ok := substitute(src, d)
		if ok {
			if after := check(next); !at(after, d) {
				src, found, changes = next, after, append(changes, d)
				continue
			}
		}
		refused = append(refused, d)
	}
}

// at reports whether there is a finding at the place of another one.
func at(list diag.List, d diag.Diagnostic) bool {
	return slices.ContainsFunc(list, func(x diag.Diagnostic) bool { return x.Line == d.Line && x.Col == d.Col })
}

// substitute does what a finding suggests, if the text is as the finding says.
// A string in quotes is not: who knows what its escapes were for.
func substitute(src []byte, d diag.Diagnostic) (next []byte, ok bool) {
	mark := len(src) - len(bytes.TrimPrefix(src, []byte("\ufeff")))
	cursor := diag.Cursor{Source: diag.NewSource(d.File, src)}
	from, pos := cursor.Seek(diag.Pos{Line: d.Line, Col: d.Col})
	if pos.Col != d.Col || !strings.HasPrefix(cursor.Text[from:], d.Suggestion.Replace) {
		return nil, false
	}
	from += mark
	to := from + len(d.Suggestion.Replace)
	return slices.Concat(src[:from], []byte(d.Suggestion.With), src[to:]), true
}
