package peertext_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wampgen/wampgen/runtime/internal/peertext"
)

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"":                             "",
		"plain":                        "plain",
		"Grüße, 世界":                    "Grüße, 世界",
		"a\nb\r\tc\x1b[31m\u2028":      "a b  c [31m ",
		"bad \xff utf8":                "bad   utf8",
		strings.Repeat("x", 300):       strings.Repeat("x", 256),
		strings.Repeat("é", 200):       strings.Repeat("é", 128),
		"x" + strings.Repeat("é", 200): "x" + strings.Repeat("é", 127),
	} {
		if got := peertext.Line(in); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzLine(f *testing.F) {
	f.Add("a\nb")
	f.Fuzz(func(t *testing.T, s string) {
		got := peertext.Line(s)
		if len(got) > peertext.Max || !utf8.ValidString(got) || strings.ContainsAny(got, "\n\r\x00") {
			t.Errorf("Line(%q) = %q", s, got)
		}
	})
}
