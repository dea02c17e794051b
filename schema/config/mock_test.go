package config

import (
	"strings"
	"testing"
)

// Files of rules that are no YAML, or hostile, are findings.
func TestParseMock_Hostile(t *testing.T) {
	for src, want := range map[string]string{
		"":                        "the file is empty",
		"a: [":                    "not YAML",
		"- 1\n":                   "must be a mapping",
		"version: 2\n":            "not a version",
		"procedures: {}\n":        `no key "version"`,
		"a: &x 1\nb: *x\n":        "anchors and aliases are not allowed",
		"version: 1\nlatency: 2h": "not a duration of at most an hour",
		"version: 1\nprocedures: [" + strings.Repeat("[", 70) + strings.Repeat("]", 70) + "]\n": "at most 64 levels",
		"version: 1\nprocedures: {p: [{when: {a: 1, a: 2}}]}\n":                                 `duplicate key "a"`,
		"version: 1\nprocedures: {p: [{error: ''}]}\n":                                          "must be a string that is not empty",
	} {
		m, found := ParseMock("mock.yaml", []byte(src))
		if m != nil || len(found) == 0 || !strings.Contains(found[0].Message+found[len(found)-1].Message, want) {
			t.Errorf("%q: %v, want %s", src, found, want)
		}
	}
}

// FuzzParseMock: no file of rules panics, and findings are inside the file.
func FuzzParseMock(f *testing.F) {
	f.Add([]byte("version: 1\nprocedures:\n  p:\n    - {when: {a: [1, {b: ~}]}, returns: 'x', latency: 1ms..2ms, weight: 3}\n"))
	f.Add([]byte("version: 1\ntopics: {t: [{every: 1s, params: {x: 1}, args: [\"a\"]}]}\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		m, found := ParseMock("mock.yaml", src)
		if (m == nil) != (len(found) > 0) {
			t.Fatalf("%q: %v beside %v", src, m, found)
		}
		lines := strings.Count(string(src), "\n") + strings.Count(string(src), "\r") + 1
		for _, d := range found {
			if d.Line < 1 || d.Line > lines+1 {
				t.Fatalf("%q: %v is not in the file", src, d)
			}
		}
	})
}
