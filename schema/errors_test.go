package schema_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/generator/golang"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/value"
)

var update = flag.Bool("update", false, "write testdata/errors/*.txt anew")

// errorCase is a file of testdata/errors, or one that would be too large there.
type errorCase struct {
	name string
	src  []byte
	read func(path string) ([]byte, error)
	last int // how many findings are compared, if not all
}

// errorCases returns all cases.
func errorCases(t *testing.T) []errorCase {
	t.Helper()
	files, err := filepath.Glob(schema.ErrorCases + "/*.wamp.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	beside := func(path string) ([]byte, error) { return os.ReadFile(filepath.Join(schema.ErrorCases, path)) }
	cases := made()
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, errorCase{strings.TrimSuffix(filepath.Base(file), ".wamp.yaml"), src, beside, 0})
	}
	return cases
}

// made are the cases that need many lines, or a program that reads no files.
func made() []errorCase {
	const head = "wampgen: 1\napi: {name: large, uri: com.example.large}\n"
	large := strings.Repeat("# "+strings.Repeat("x", 1021)+"\n", 4<<10)
	return []errorCase{
		{"made-many-findings", []byte(head + "types:\n" + strings.Repeat("  x: y\n", 1100)), nil, 3},
		{"made-many-bytes", []byte(head + large + large), nil, 0},
		{"made-many-bytes-together", []byte(head + large + "include: [more.wamp.yaml]\n"), func(string) ([]byte, error) { return []byte(large), nil }, 0},
		{"made-many-nodes", []byte(head + "x-a: [" + strings.Repeat("[],", 600_000) + "]\n"), nil, 0},
		{"made-no-files", []byte(head + "imports: {a: a.wamp.yaml}\ninclude: [b.wamp.yaml]\n"), nil, 0},
	}
}

// TestG11_ErrorCases compares what is said about each file of testdata/errors,
// by the language and by Go, with the text beside it, byte for byte, and sees
// that every rule is there.
func TestG11_ErrorCases(t *testing.T) {
	seen := map[diag.Rule]bool{}
	for _, c := range errorCases(t) {
		t.Run(c.name, func(t *testing.T) {
			base, src := c.name+".wamp.yaml", c.src
			sources := map[string][]byte{base: src}
			read := func(path string) ([]byte, error) {
				other, err := c.read(path)
				if err == nil {
					sources[path] = other
				}
				return other, err
			}
			if c.read == nil {
				read = nil
			}
			m, ds := schema.Load(base, src, read, golang.Check, value.CheckExamples)
			if m != nil || !ds.HasErrors() {
				t.Fatal("a case without an error")
			}
			for _, d := range ds {
				seen[d.Rule] = true
				schema.CheckInside(t, sources, d)
			}
			if c.last > 0 {
				ds = ds[len(ds)-c.last:]
			}
			compareFile(t, filepath.Join(schema.ErrorCases, c.name+".txt"), schema.Text(t, ds, sources)+related(ds))
		})
	}
	for _, rule := range append(ruleNames(t), golang.Rules()...) {
		if !seen[rule] {
			t.Errorf("no case breaks the rule %s", rule)
		}
		if schema.Explain(rule)+golang.Explain(rule) == "" {
			t.Errorf("nothing explains the rule %s", rule)
		}
	}
}

// related are the other places of findings, which text does not show.
func related(ds diag.List) string {
	var b strings.Builder
	for _, d := range ds {
		for _, r := range d.Related {
			fmt.Fprintf(&b, "%s:%d:%d: %s:%d:%d: %s\n", d.File, d.Line, d.Col, r.File, r.Line, r.Col, r.Message)
		}
	}
	return b.String()
}

// compareFile compares output with a file, or writes it with -update.
func compareFile(t *testing.T, file, got string) {
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
		t.Errorf("%s is not what is said now; -update writes it\n--- got\n%s--- want\n%s", file, got, want)
	}
}

// ruleNames reads the rules from their source, so that none is forgotten.
func ruleNames(t *testing.T) []diag.Rule {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "rules.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var rules []diag.Rule
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			name, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			rules = append(rules, diag.Rule(name))
		}
		return true
	})
	if len(rules) < 20 {
		t.Fatalf("only %d rules found", len(rules))
	}
	return rules
}
