package schema

import (
	"bytes"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wampgen/wampgen/schema/diag"
)

var update = flag.Bool("update", false, "write testdata/errors/*.txt anew")

const errorCases = "../testdata/errors"

// provenElsewhere are rules that no small file can break, with the test that does.
var provenElsewhere = map[diag.Rule]string{RuleTooMany: "TestTooManyFindings"}

// TestG11_ErrorCases compares what is said about each file of testdata/errors
// with the text beside it, byte for byte, and sees that every rule is there.
func TestG11_ErrorCases(t *testing.T) {
	files, err := filepath.Glob(errorCases + "/*.wamp.yaml")
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
			m, ds := Parse(filepath.Base(file), src)
			if m != nil || !ds.HasErrors() {
				t.Fatal("a case without an error")
			}
			for _, d := range ds {
				seen[d.Rule] = true
				checkInside(t, src, d)
			}
			compareFile(t, filepath.Join(errorCases, name+".txt"), text(t, ds, src))
		})
	}
	for _, rule := range ruleNames(t) {
		if !seen[rule] && provenElsewhere[rule] == "" {
			t.Errorf("no case breaks the rule %s", rule)
		}
		if Explain(rule) == "" {
			t.Errorf("explain.go does not explain the rule %s", rule)
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

// text renders the findings of one file.
func text(t *testing.T, ds diag.List, src []byte) string {
	t.Helper()
	var b bytes.Buffer
	sources := map[string][]byte{}
	if len(ds) > 0 {
		sources[ds[0].File] = src
	}
	if err := diag.Render(&b, diag.Text, ds, sources); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// checkInside sees that a finding is about something in the file.
func checkInside(t *testing.T, src []byte, d diag.Diagnostic) {
	t.Helper()
	inside := func(line, col int) bool {
		lines := newSource("", src)
		return line >= 1 && line <= lines.Lines() && col >= 1 && col <= utf8.RuneCountInString(lines.Line(line))+1
	}
	if !inside(d.Line, d.Col) || !inside(d.Line, d.EndCol) || d.EndCol < d.Col {
		t.Errorf("%s: columns %d to %d are not in the file", d.Error(), d.Col, d.EndCol)
	}
	for _, r := range d.Related {
		if !inside(r.Line, r.Col) {
			t.Errorf("%s: the related place %d:%d is not in the file", d.Error(), r.Line, r.Col)
		}
	}
	if strings.ContainsAny(d.Message+d.Hint, "\n\r") {
		t.Errorf("%s: more than one line", d.Error())
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
