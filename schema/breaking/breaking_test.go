package breaking

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
)

var update = flag.Bool("update", false, "write changes.txt anew")

const corpus = "../../testdata/golden/versions"

// parse reads a schema that must be valid.
func parse(t *testing.T, src string) *schema.Model {
	t.Helper()
	m, found := schema.Parse("test.wamp.yaml", []byte(src))
	if m == nil {
		t.Fatalf("%s\n%v", src, found)
	}
	return m
}

func load(t *testing.T, version string) *schema.Model {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(corpus, version, "in.wamp.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(src))
}

// TestCorpus compares what is found between the versions of the corpus with
// changes.txt, and sees that every rule is there, under its name. What the
// generated code of the two versions makes of each other is tested beside them.
func TestCorpus(t *testing.T) {
	seen := map[diag.Rule]bool{}
	var b strings.Builder
	old := load(t, "old")
	moved := slices.DeleteFunc(Compare(old, load(t, "elsewhere")), func(c Change) bool { return c.Rule != "api-uri-changed" })
	for _, c := range slices.Concat(Compare(old, load(t, "new")), moved) {
		seen[c.Rule] = true
		fmt.Fprintf(&b, "%s %s: %s: %s\n", c.Level, c.Rule, c.Subject, c.Text)
	}
	for _, r := range Rules() {
		if !seen[r.Name] {
			t.Errorf("no change of the rule %s", r.Name)
		}
	}
	file := filepath.Join(corpus, "changes.txt")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
}

// A change of what stands beside a type is named, not only that there is one.
func TestCompare_NamesConstraintAndEncoding(t *testing.T) {
	const schema = "wampgen: 1\napi: {name: a, uri: com.example.a}\nprocedures:\n  p: {args: [x: {type: %s}], returns: int}\n"
	for _, c := range []struct{ old, new, want string }{
		{"int", "int, min: 3", "the type of parameter \"x\" was int and is int (min 3)"},
		{"string, max: 9", "string, max: 5, pattern: '^a'", `was string (max 9) and is string (max 5, pattern "^a")`},
		{"time", "time, encoding: unix", "was time and is time (encoding unix)"},
		{"string, pattern: \"a\\nb\"", "string, pattern: c", `was string (pattern "a\nb") and is`},
	} {
		found := Compare(parse(t, fmt.Sprintf(schema, c.old)), parse(t, fmt.Sprintf(schema, c.new)))
		if len(found) != 1 || !strings.Contains(found[0].Text, c.want) {
			t.Errorf("from %s to %s: got %v, want %s", c.old, c.new, found, c.want)
		}
	}
}

// An event that is not kept any more is missed by who subscribes later; one that is
// kept now is no loss.
func TestCompare_Retain(t *testing.T) {
	const src = "wampgen: 1\napi: {name: a, uri: com.example.a}\ntopics:\n  t: {args: [x: int]%s}\n"
	kept, not := parse(t, fmt.Sprintf(src, ", retain: true")), parse(t, fmt.Sprintf(src, ""))
	if found := Compare(kept, not); len(found) != 1 || found[0].Rule != "retain-removed" {
		t.Errorf("got %v", found)
	}
	if found := Compare(not, kept); len(found) != 0 {
		t.Errorf("got %v", found)
	}
}

// Who may use something, and whether its users say who they are, is found for
// topics as for procedures.
func TestCompare_WhoUsesIt(t *testing.T) {
	const src = "wampgen: 1\napi: {name: a, uri: com.example.a}\nprocedures:\n  p: {args: [x: int]%s}\ntopics:\n  t: {args: [x: int]%s}\n"
	for _, c := range []struct{ old, new, procedure, topic string }{
		{"", ", roles: [a]", `only "a" may call it now`, `only "a" may publish or subscribe to it now`},
		{"", ", roles: [a, b]", `only "a" and "b" may call it now`, `only "a" and "b" may publish or subscribe to it now`},
		{"", ", roles: [a, b, c]", `only "a", "b", and "c" may call it now`, `only "a", "b", and "c" may publish or subscribe to it now`},
		{", roles: [a, b]", ", roles: [b, c]", `"a" may not call it any more`, `"a" may not publish or subscribe to it any more`},
		{", roles: [a]", "", "", ""},
		{", roles: [a]", ", roles: [a, b]", "", ""},
		{", disclose_me: true", "", "its callers do not say who they are", "its publishers do not say who they are"},
		{"", ", disclose_me: true", "", ""},
	} {
		found := Compare(parse(t, fmt.Sprintf(src, c.old, c.old)), parse(t, fmt.Sprintf(src, c.new, c.new)))
		for i, want := range []string{c.procedure, c.topic} {
			if want == "" && len(found) > 0 || want != "" && (len(found) != 2 || !strings.HasPrefix(found[i].Text, want)) {
				t.Errorf("from %q to %q: got %v, want %q", c.old, c.new, found, want)
			}
		}
	}
}

// A call with chunks is sent once, idempotent or not.
func TestCompare_IdempotentWithChunks(t *testing.T) {
	const src = "wampgen: 1\napi: {name: a, uri: com.example.a}\ndefaults: {procedure: {idempotent: %t}}\nprocedures:\n  p: {stream: {in: string}}\n"
	for _, was := range []bool{true, false} {
		found := Compare(parse(t, fmt.Sprintf(src, was)), parse(t, fmt.Sprintf(src, !was)))
		if len(found) > 0 {
			t.Errorf("from %t to %t: got %v", was, !was, found)
		}
	}
}
