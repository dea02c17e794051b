package schema

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/schema/diag"
)

// TestG1_YAMLBombs: every hostile file is a finding with a position, within
// bounds of memory. What takes too long for its size runs into the time limit
// of go test; a machine that is merely busy does not.
func TestG1_YAMLBombs(t *testing.T) {
	keys := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	laughs := "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
	for c := 'b'; c <= 'i'; c++ {
		laughs += fmt.Sprintf("%c: &%c [%s*%c]\n", c, c, strings.Repeat(fmt.Sprintf("*%c, ", c-1), 8), c-1)
	}
	const mib = 1 << 20
	bombs := []struct {
		name, src string
		rule      diag.Rule
	}{
		{"billion laughs", laughs, RuleYAMLAlias},
		{"self alias", "a: &a [*a]\n", RuleYAMLAlias},
		{"unknown alias", header + "types: *nowhere\n", RuleYAMLAlias},
		{"merge key", header + "types:\n  <<: {A: string}\n", RuleYAMLAlias},
		{"merge bomb", "a: &a {x: 1}\n" + keys(20_000, "k%d: {<<: *a}\n"), RuleYAMLAlias},
		{"200 k anchors", keys(200_000, "k%d: &a v\n"), RuleYAMLAlias},
		{"10 000 deep flow", header + "types: " + strings.Repeat("[", 9990) + strings.Repeat("]", 9990), RuleYAMLLimit},
		{"10 000 deep mappings", header + "types: " + strings.Repeat("{a: ", 9990) + strings.Repeat("}", 9990), RuleYAMLLimit},
		{"10 000 deep dashes", header + "types:\n  " + strings.Repeat("- ", 9000) + "x\n", RuleYAMLLimit},
		{"deeper than yaml.v3", header + "types: " + strings.Repeat("[", 20_000), RuleYAMLLimit},
		{"deeper dashes than yaml.v3", header + "types:\n  " + strings.Repeat("- ", 20_000) + "x\n", RuleYAMLLimit},
		{"deep indentation", header + keys(3_800, "%[1]*[1]d: \n"), RuleYAMLLimit},
		{"2 M brackets", strings.Repeat("[", 2_000_000), RuleYAMLLimit},
		{"2 M pairs of brackets", strings.Repeat("[]", 1_000_000), RuleYAMLSyntax},
		{"4 M commas", "x: [" + strings.Repeat("a,", 4_000_000) + "]", RuleYAMLLimit},
		{"600 k nodes", header + "types: {" + strings.Repeat("a,", 300_000) + "}", RuleDuplicateKey},
		{"1 M pairs in a list", header + "types: [" + strings.Repeat("a: ,", 480_000) + "]", RuleYAMLLimit},
		{"300 k keys without a value", header + strings.Repeat("? a\n", 300_000), RuleDuplicateKey},
		{"16 MB scalar", "x: " + strings.Repeat("x", 16*mib), RuleYAMLLimit},
		{"8 MB key", header + "? " + strings.Repeat("k", 8*mib-200) + "\n: 1\n", RuleUnknownKey},
		{"8 MB type", header + "types: {A: " + strings.Repeat("k", 8*mib-200) + "}", RuleUnknownType},
		{"8 MB of list<", header + "types: {A: '" + strings.Repeat("list<", 8*mib/5-100) + "'}", RuleTypeSyntax},
		{"200 k keys", header + keys(200_000, "key%d: v\n"), RuleTooMany},
		{"200 k unknown types on a line", header + "types: {" + keys(200_000, "T%[1]d: X%[1]d, ") + "}", RuleTooMany},
		{"200 k duplicate keys", header + strings.Repeat("key: v\n", 200_000), RuleDuplicateKey},
		{"200 k documents", header + strings.Repeat("---\n", 200_000), RuleYAMLDocument},
		{"comments", header + strings.Repeat("#x\n\n", 2*mib-100), ""},
		{"blank lines", header + strings.Repeat(" \n", 4*mib-100), ""},
		{"tags", header + "types: {A: !!binary aGk=, B: !<tag:x> y, C: ! z}\n", RuleYAMLTag},
		{"UTF-16 LE", "\xff\xfew\x00a\x00", RuleYAMLEncoding},
		{"UTF-16 BE", "\xfe\xff\x00w\x00a", RuleYAMLEncoding},
		{"UTF-16 without a mark", "w\x00a\x00m\x00", RuleYAMLEncoding},
		{"NUL", header + "types: {A: \x00}\n", RuleYAMLEncoding},
		{"invalid UTF-8", header + "types: {A: \xc3\x28}\n", RuleYAMLEncoding},
		{"escape sequence", header + "types: {A: \x1b[31m}\n", RuleYAMLEncoding},
		{"line separator", header + "types: {A: x\u2028y}\n", RuleYAMLEncoding},
		{"second byte order mark", "\ufeff\ufeffwampgen: 1\n", RuleYAMLEncoding},
		{"nothing", "", RuleMissingKey},
		{"only a mark", "\ufeff", RuleMissingKey},
		{"mark", "\ufeff" + header, ""},
		{"a scalar", "42", RuleWrongKind},
		{"a list", "- wampgen: 1\n", RuleWrongKind},
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // what a bomb allocates is counted, not what it keeps
	for _, bomb := range bombs {
		t.Run(bomb.name, func(t *testing.T) {
			if raceDetector && len(bomb.src) > mib {
				t.Skip("one goroutine reads it: there is no race to find, and it takes minutes")
			}
			defuse(t, []byte(bomb.src), bomb.rule)
		})
	}
}

// defuse reads a hostile file and sees what it costs.
func defuse(t *testing.T, src []byte, rule diag.Rule) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	m, ds := Parse("bomb.wamp.yaml", src)
	var out bytes.Buffer
	if err := diag.Render(&out, diag.Text, ds, map[string][]byte{"bomb.wamp.yaml": src}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 512<<20 {
		t.Errorf("allocated %d MiB", used>>20)
	}
	if n := after.Mallocs - before.Mallocs; n > 10_000_000 {
		t.Errorf("allocated %d times", n)
	}
	if out.Len() > 4<<20 {
		t.Errorf("said %d bytes", out.Len())
	}
	if rule == "" {
		if m == nil {
			t.Errorf("refused:\n%s", out.String())
		}
		return
	}
	found := false
	for _, d := range ds {
		found = found || d.Rule == rule
	}
	if m != nil || !found {
		t.Errorf("no finding of the rule %s, but:\n%.2000s", rule, out.String())
	}
	for _, d := range ds[:min(len(ds), 20)] {
		checkInside(t, map[string][]byte{d.File: src}, d)
	}
}

// TestTooManyFindings: what is over the bound is counted as one finding.
func TestTooManyFindings(t *testing.T) {
	for _, n := range []int{maxDiagnostics, maxDiagnostics + 1, 3 * maxDiagnostics} {
		_, ds := Parse("x", []byte(header+"types: {"+"a: {}"+"}\n"+manyKeys(n-2)))
		want := min(n, maxDiagnostics+1)
		if len(ds) != want {
			t.Errorf("%d mistakes: %d findings, want %d", n, len(ds), want)
		}
		spilled := false
		for _, d := range ds {
			spilled = spilled || d.Rule == RuleTooMany
		}
		if spilled != (n > maxDiagnostics) {
			t.Errorf("%d mistakes: too-many is %v", n, spilled)
		}
	}
}

// manyKeys makes n findings.
func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "unknown_%d: 1\n", i)
	}
	return b.String()
}
