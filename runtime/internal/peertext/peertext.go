// Package peertext makes texts of a peer fit for an error or a log.
package peertext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Max is the longest line that [Line] returns, in bytes.
const Max = 256

// Line returns s as one harmless line: what is not printable becomes a space,
// and at most [Max] bytes remain. A line break would forge a line of a log.
func Line(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			r = ' '
		}
		if b.Len()+utf8.RuneLen(r) > Max {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}
