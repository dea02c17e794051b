package golang

import (
	"go/build/constraint"
	"strings"
	"unicode"
	"unicode/utf8"
)

// docWidth is where comment lines are broken, slashes included.
const docWidth = 97

// docLines turns a documentation text of the schema into the lines of a Go
// comment. Lines that are too long are broken at spaces; short ones and
// indented ones (code, lists) stay as they are. What ends a line anywhere
// (CR, U+2028, NEL, ...) ends it here; what no source file should hold (NUL,
// byte order marks, bidirectional controls, invalid UTF-8) is dropped.
func docLines(text string) []string {
	var out []string
	for line := range strings.SplitSeq(normalize(text), "\n") {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		out = append(out, wrap(line, docWidth-len("// "))...)
	}
	for len(out) > 0 && out[0] == "" {
		out = out[1:]
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	for i, line := range out {
		if constraint.IsPlusBuild(commentLine(line)) { // gofmt would act on it
			out[i] = "'" + strings.TrimSpace(line)
		}
	}
	return out
}

// normalize leaves printable characters, spaces, tabs and '\n'.
func normalize(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r == '\r', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
			return '\n'
		case unicode.IsControl(r), r == '\uFEFF', unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, text)
}

// wrap breaks a line that is wider than limit runes at its spaces. A word
// that is wider itself keeps a line of its own.
func wrap(line string, limit int) []string {
	if utf8.RuneCountInString(line) <= limit || strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
		return []string{line}
	}
	var out []string
	var current strings.Builder
	width := 0
	for word := range strings.FieldsSeq(line) {
		n := utf8.RuneCountInString(word)
		if width > 0 && width+1+n > limit {
			out = append(out, current.String())
			current.Reset()
			width = 0
		}
		if width > 0 {
			current.WriteByte(' ')
			width++
		}
		current.WriteString(word)
		width += n
	}
	return append(out, current.String())
}

// paragraphs joins the texts that are not empty with blank lines.
func paragraphs(texts ...string) string {
	var out []string
	for _, t := range texts {
		if t = strings.TrimSpace(normalize(t)); t != "" {
			out = append(out, t)
		}
	}
	return strings.Join(out, "\n\n")
}
