package syntax

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// NotText returns the first byte of a file, behind its byte order mark, that UTF-8
// text cannot have or YAML cannot hold, and why: UTF-16, NUL and other control
// characters, and the line separators that YAML 1.1 and editors count differently.
// why is "" if there is none.
func NotText(src []byte) (at int, why string) {
	if bytes.HasPrefix(src, []byte{0xFE, 0xFF}) || bytes.HasPrefix(src, []byte{0xFF, 0xFE}) {
		return 0, "the file is UTF-16; it must be UTF-8"
	}
	for at < len(src) {
		if c := src[at]; c >= ' ' && c < 0x7F || c == '\n' {
			at++
			continue
		}
		r, size := utf8.DecodeRune(src[at:])
		if why = refusedRune(r, size); why != "" {
			return at, why
		}
		at += size
	}
	return 0, ""
}

// refusedRune says why a rune cannot stand in a file; "" if it can.
func refusedRune(r rune, size int) string {
	switch {
	case r == utf8.RuneError && size == 1:
		return "not valid UTF-8; the file must be UTF-8"
	case r == 0:
		return "a NUL byte; the file must be UTF-8 text"
	case r == '\t' || r == '\n' || r == '\r':
		return ""
	case r == 0x85 || r == 0x2028 || r == 0x2029:
		return fmt.Sprintf("the line separator U+%04X must be written as an escape (\"\\u%04X\")", r, r)
	case unicode.IsControl(r) || r == 0xFEFF || r == 0xFFFE || r == 0xFFFF:
		return fmt.Sprintf("the character U+%04X is not allowed; write it as an escape (\"\\u%04X\")", r, r)
	}
	return ""
}
