package schema_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/schema"
)

// TestG11_EveryMessage: every text that a finding of the language, of an example, of Go
// or of a rule can have, a message, a hint or a part of one, occurs in what testdata/errors
// and testdata/lint expect.
func TestG11_EveryMessage(t *testing.T) {
	every(t, schema.ErrorCases, append(messages(t, ".", false), messages(t, "../generator/golang", true)...), 200)
	values := slices.DeleteFunc(messages(t, "value", false), func(m message) bool {
		return filepath.Base(m.at.Filename) == "cases.go" || // what conform sends
			slices.Contains(never, m.format)
	})
	every(t, schema.ErrorCases, values, 30)
	every(t, "../testdata/lint", messages(t, "lint", true), 20)
}

// never are texts that no example of a schema can get: they are about what a person
// writes for a command, the URIs of messages, and what only MessagePack and CBOR can
// hold.
var never = []string{
	"an object with the parameters, or {args: [...], kwargs: {...}}", "nothing, since there are no parameters",
	"an object with the parameters of the URI", "a finite number", "another number of bytes",
	"the URI does not have the form ", "the form that it has in a URI",
}

// every sees that texts, so many at least, are in what the cases of a folder
// expect.
func every(t *testing.T, cases string, texts []message, least int) {
	t.Helper()
	if len(texts) < least {
		t.Fatalf("only %d texts found", len(texts))
	}
	corpus := findings(t, cases)
	for _, text := range texts {
		if !text.pattern.MatchString(corpus) {
			t.Errorf("%s: no case of %s has the text %q", text.at, cases, text.format)
		}
	}
}

// findings returns all that the cases of a folder expect.
func findings(t *testing.T, cases string) string {
	t.Helper()
	files, err := filepath.Glob(cases + "/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	var b strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	return b.String()
}

// message is a text of the source that findings are made of.
type message struct {
	at      token.Position
	format  string
	pattern *regexp.Regexp
}

// messages returns the texts of a package that findings are made of: those that
// it reports or, in a package that does little else, all that have several words.
func messages(t *testing.T, dir string, reportedOnly bool) (all []message) {
	t.Helper()
	set := token.NewFileSet()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || filepath.Base(name) == "explain.go" {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		walk(file, reportedOnly, func(lit *ast.BasicLit) {
			text, err := strconv.Unquote(lit.Value)
			if err == nil && severalWords.MatchString(text) {
				all = append(all, message{set.Position(lit.Pos()), text, patternOf(text)})
			}
		})
	}
	return all
}

var severalWords = regexp.MustCompile(`[a-z,:] | [a-z]`)

// walk calls f with the texts below a node that findings may have.
func walk(n ast.Node, reportedOnly bool, f func(*ast.BasicLit)) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.BasicLit:
			if x.Kind == token.STRING && !reportedOnly {
				f(x)
			}
		case *ast.CallExpr:
			switch name := called(x); {
			case (name == "report" || name == "comment") && reportedOnly:
				walk(x, false, f)
				return false
			case slices.Contains(elsewhere, name):
				return false
			}
		case *ast.AssignStmt:
			if sel, ok := x.Lhs[len(x.Lhs)-1].(*ast.SelectorExpr); ok && sel.Sel.Name == "Hint" && reportedOnly {
				walk(x, false, f)
				return false
			}
		case *ast.KeyValueExpr:
			if id, ok := x.Key.(*ast.Ident); ok && id.Name == "problem" {
				return false // what the parser of YAML says
			}
		case *ast.Field:
			return false // a tag
		}
		return true
	})
}

// elsewhere are functions whose texts are not those of findings.
var elsewhere = []string{"MustCompile", "Errorf", "Contains", "ContainsAny", "ContainsRune", "CutPrefix", "HasPrefix", "HasSuffix", "TrimPrefix", "TrimSuffix"}

// called is the name of a function or method that is called.
func called(x *ast.CallExpr) string {
	switch f := x.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// verb is a verb of package fmt.
var verb = regexp.MustCompile(`%[0-9]*[a-zX]`)

// patternOf is what a format becomes.
func patternOf(format string) *regexp.Regexp {
	parts := verb.Split(format, -1)
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile(strings.Join(parts, ".*"))
}
