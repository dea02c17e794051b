package schema_test

import (
	"flag"
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

// provenElsewhere are rules that no small file can break, with the test that does.
var provenElsewhere = map[diag.Rule]string{schema.RuleTooMany: "TestTooManyFindings"}

// TestG11_ErrorCases compares what is said about each file of testdata/errors,
// by the language and by Go, with the text beside it, byte for byte, and sees
// that every rule is there.
func TestG11_ErrorCases(t *testing.T) {
	files, err := filepath.Glob(schema.ErrorCases + "/*.wamp.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	seen := map[diag.Rule]bool{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".wamp.yaml")
		t.Run(name, func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			base := filepath.Base(file)
			sources := map[string][]byte{base: src}
			m, ds := schema.Load(base, src, func(path string) ([]byte, error) {
				other, err := os.ReadFile(filepath.Join(schema.ErrorCases, path))
				if err == nil {
					sources[path] = other
				}
				return other, err
			}, golang.Check, value.CheckExamples)
			if m != nil || !ds.HasErrors() {
				t.Fatal("a case without an error")
			}
			for _, d := range ds {
				seen[d.Rule] = true
				schema.CheckInside(t, sources, d)
			}
			compareFile(t, filepath.Join(schema.ErrorCases, name+".txt"), schema.Text(t, ds, sources))
		})
	}
	for _, rule := range append(ruleNames(t), golang.Rules()...) {
		if !seen[rule] && provenElsewhere[rule] == "" {
			t.Errorf("no case breaks the rule %s", rule)
		}
		if schema.Explain(rule)+golang.Explain(rule) == "" {
			t.Errorf("nothing explains the rule %s", rule)
		}
	}
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
