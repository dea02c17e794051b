package main

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

func TestUnified(t *testing.T) {
	lines := func(words string) []byte { return []byte(strings.ReplaceAll(words, " ", "\n")) }
	for _, test := range []struct{ before, after, want string }{
		{"a b ", "a b ", ""},
		{"a b ", "a c ", "@@ -1,2 +1,2 @@\n a\n-b\n+c\n"},
		{"", "a ", "@@ -0,0 +1 @@\n+a\n"},
		{"a ", "", "@@ -1 +0,0 @@\n-a\n"},
		{"a b", "a b ", "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"},
		{"1 2 3 4 5 6 7 8 9 ", "1 2 3 4 x 5 6 7 8 9 ", "@@ -2,6 +2,7 @@\n 2\n 3\n 4\n+x\n 5\n 6\n 7\n"},
		{"a 1 2 3 4 5 6 7 b ", "x 1 2 3 4 5 6 7 y ", "@@ -1,4 +1,4 @@\n-a\n+x\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+y\n"},
		{"a a b a ", "a b a a ", "@@ -1,4 +1,4 @@\n a\n-a\n b\n a\n+a\n"},
	} {
		got := string(unified("f.orig", lines(test.before), "f", lines(test.after)))
		if want := "diff f.orig f\n--- f.orig\n+++ f\n" + test.want; test.want == "" && got != "" || test.want != "" && got != want {
			t.Errorf("%q and %q:\n%swant:\n%s", test.before, test.after, got, want)
		}
	}
}

// Whatever the lines, the edits make the one text of the other.
func TestEdits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		text := func() (lines []string) {
			for range r.IntN(12) {
				lines = append(lines, strconv.Itoa(r.IntN(9)))
			}
			return lines
		}
		a, b := text(), text()
		var from, to []string
		for _, e := range edits(a, b) {
			if e.kind != '+' {
				from = append(from, e.line)
			}
			if e.kind != '-' {
				to = append(to, e.line)
			}
		}
		if strings.Join(from, " ") != strings.Join(a, " ") || strings.Join(to, " ") != strings.Join(b, " ") {
			t.Fatalf("%q, %q: %q", a, b, edits(a, b))
		}
	}
}
