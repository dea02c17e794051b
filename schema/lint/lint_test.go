package lint

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
)

var update = flag.Bool("update", false, "write testdata/lint/*.txt anew")

const cases = "../../testdata/lint"

// TestCases compares what is found in each file of testdata/lint with the text
// beside it, byte for byte, and sees that every rule is there. The rule that a
// file is named after is on.
func TestCases(t *testing.T) {
	files, err := filepath.Glob(cases + "/*.wamp.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	seen := map[diag.Rule]bool{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".wamp.yaml")
		t.Run(name, func(t *testing.T) {
			found, src := check(t, file, name)
			for _, d := range found {
				seen[d.Rule] = true
			}
			var b bytes.Buffer
			if err := diag.Render(&b, diag.Text, found, map[string][]byte{filepath.Base(file): src}); err != nil {
				t.Fatal(err)
			}
			compare(t, filepath.Join(cases, name+".txt"), b.String())
		})
	}
	for _, r := range Rules() {
		if !seen[r.Name] {
			t.Errorf("no case breaks the rule %s", r.Name)
		}
	}
}

// check lints a file.
func check(t *testing.T, file, name string) (diag.List, []byte) {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m, found := schema.Parse(filepath.Base(file), src)
	if m == nil {
		t.Fatal(found)
	}
	levels := Levels{}
	if r := find(diag.Rule(name)); r != nil && r.Level == Off {
		if err := levels.Set(r.Name, Warning); err != nil {
			t.Fatal(err)
		}
	}
	return Check(m, filepath.Base(file), map[string][]byte{filepath.Base(file): src}, Options{Levels: levels, Routers: Routers()}), src
}

// compare compares a text with a file, or writes it with -update.
func compare(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what is found now; -update writes it\n--- got\n%s--- want\n%s", file, got, want)
	}
}

// The level of a rule is that of its findings.
func TestLevels(t *testing.T) {
	for _, level := range []Level{Off, Warning, Error} {
		src := []byte("wampgen: 1\napi: {name: a, uri: com.Example}\n")
		m, _ := schema.Parse("a.wamp.yaml", src)
		found := Check(m, "a.wamp.yaml", map[string][]byte{"a.wamp.yaml": src}, Options{Levels: Levels{"uri-style": level}})
		switch {
		case level == Off && len(found) > 0:
			t.Errorf("off: %v", found)
		case level != Off && (len(found) != 1 || string(found[0].Severity) != string(level)):
			t.Errorf("%s: %v", level, found)
		}
	}
	for rule, level := range map[diag.Rule]Level{"uri-style": "loud", "unknown-type": Off, "no-rule": Off} {
		if err := (Levels{}).Set(rule, level); err == nil || strings.Contains(err.Error(), "unknown rule") != (rule == "no-rule") {
			t.Errorf("%s=%s: %v", rule, level, err)
		}
	}
}

// Rules are sorted, say why they exist, and have names of their own.
func TestRules(t *testing.T) {
	all := Rules()
	if !slices.IsSortedFunc(all, func(a, b Rule) int { return strings.Compare(string(a.Name), string(b.Name)) }) {
		t.Error("the rules are not sorted")
	}
	for _, r := range all {
		if r.Summary == "" || r.Explain == "" || schema.Explain(r.Name) != "" {
			t.Errorf("%s: no explanation, or a name that the language has", r.Name)
		}
	}
}

// Whatever a schema says, each finding is inside of it.
func FuzzCheck(f *testing.F) {
	for _, pattern := range []string{cases + "/*.wamp.yaml", "../../testdata/golden/*/in.wamp.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatal(files, err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src)
		}
	}
	all := Levels{}
	for _, r := range Rules() {
		all[r.Name] = Error
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		m, _ := schema.Parse("a.wamp.yaml", src)
		if m == nil {
			return
		}
		lines := diag.NewSource("", src)
		for _, d := range Check(m, "a.wamp.yaml", map[string][]byte{"a.wamp.yaml": src}, Options{Levels: all}) {
			width := utf8.RuneCountInString(lines.Line(d.Line))
			if d.Line < 1 || d.Line > lines.Lines() || d.Col < 1 || d.EndCol < d.Col || d.EndCol > width+1 || strings.ContainsAny(d.Message+d.Hint, "\r\n") {
				t.Errorf("%+v is not inside of line %q", d, lines.Line(d.Line))
			}
		}
	})
}

// TestPatternOverlap: which two procedures can be meant by one URI, and which
// of them a router calls.
func TestPatternOverlap(t *testing.T) {
	cases := []struct{ a, b, calls string }{
		{"x.{id}.y", "x.{id}.z", ""},
		{"x.{id}.y", "x.one.y", "b"},
		{"x.{id}", "x.{id}.y", ""},
		{"x.{id}.y", "x.one.{z}", "b"},
		{"x.{rest...}", "x.{id}.y", "a"},
		{"x.{rest...}", "x.one.{rest...}", "b"},
		{"x.one.{rest...}", "x.two.{rest...}", ""},
		{"x.{rest...}", "y.{rest...}", ""},
		{"x.{rest...}", "xy.one", ""},
		{"x.{rest...}", "x.one.two", "b"},
		{"x.one", "x.two", ""},
	}
	for _, c := range cases {
		procedure := func(uri string) *schema.Procedure {
			p := &schema.Procedure{URI: uri}
			if strings.Contains(uri, "{") {
				p.Params = []*schema.Field{{}}
			}
			return p
		}
		a, b := patternOf(procedure(c.a)), patternOf(procedure(c.b))
		if got := overlap(a, b); got != (c.calls != "") || got != overlap(b, a) {
			t.Errorf("%s and %s: overlap is %v", c.a, c.b, got)
		}
		if c.calls != "" && wins(a, b) != (c.calls == "a") {
			t.Errorf("%s and %s: not %s is called", c.a, c.b, c.calls)
		}
	}
}
