package wampgen_test

import (
	"go/ast"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
)

// docs/operating.md has every line that the client logs and every key, every
// state and every counter.
func TestOperating(t *testing.T) {
	page := read(t, "docs/operating.md")
	has := func(what, text string) {
		t.Helper()
		if !strings.Contains(page, "`"+text+"`") {
			t.Errorf("docs/operating.md has no %s `%s`", what, text)
		}
	}
	lines := 0
	for _, s := range sources(t) {
		if filepath.ToSlash(filepath.Dir(s.path)) != "runtime" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			message, keys := logged(n)
			for _, m := range message {
				lines++
				has("line", m)
			}
			for _, k := range keys {
				has("key", k)
			}
			return true
		})
	}
	if lines < 30 {
		t.Errorf("found %d lines only", lines)
	}
	for s := wamp.Connecting; s <= wamp.Closed; s++ {
		has("state", s.String())
	}
	for _, s := range sources(t) {
		for _, name := range fields(s.file, "Stats") {
			has("counter", name)
		}
	}
}

// logged returns the messages and keys of a log line that n makes: a call of a
// logger or of logCrash, a variable called message, or a list of attributes.
func logged(n ast.Node) (messages, keys []string) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if x, ok := n.Lhs[0].(*ast.Ident); ok && x.Name == "message" {
			messages = literals(n.Rhs...)
		}
	case *ast.CompositeLit:
		if array, ok := n.Type.(*ast.ArrayType); ok {
			if x, ok := array.Elt.(*ast.Ident); ok && x.Name == "any" {
				keys = everySecond(n.Elts)
			}
		}
	case *ast.CallExpr:
		name := ""
		switch f := n.Fun.(type) {
		case *ast.SelectorExpr:
			name = f.Sel.Name
		case *ast.Ident:
			name = f.Name
		}
		switch name {
		case "Info", "Warn", "Error":
			if len(n.Args) == 0 {
				break
			}
			for _, m := range literals(n.Args[0]) {
				if strings.HasPrefix(m, "wamp: ") {
					messages = append(messages, m)
				}
			}
			keys = everySecond(n.Args[1:])
		case "append":
			if x, ok := n.Args[0].(*ast.Ident); ok && x.Name == "attrs" {
				keys = everySecond(n.Args[1:])
			}
		case "logCrash":
			for _, what := range literals(n.Args[0]) {
				messages = append(messages, what+" panicked", what+" ended its goroutine")
			}
		}
	}
	return messages, keys
}

// literals returns the string literals among expressions.
func literals(xs ...ast.Expr) (found []string) {
	for _, x := range xs {
		if lit, ok := x.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil {
				found = append(found, s)
			}
		}
	}
	return found
}

// everySecond returns the keys of a list of keys and values.
func everySecond(xs []ast.Expr) (keys []string) {
	for i := 0; i < len(xs); i += 2 {
		keys = append(keys, literals(xs[i])...)
	}
	return keys
}

// fields returns the names of the fields of a struct.
func fields(f *ast.File, name string) (names []string) {
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != name {
			return true
		}
		if s, ok := spec.Type.(*ast.StructType); ok && f.Name.Name == "wamp" {
			for _, field := range s.Fields.List {
				for _, id := range field.Names {
					names = append(names, id.Name)
				}
			}
		}
		return false
	})
	return names
}
