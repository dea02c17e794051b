package wampgen_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// shown are the rooms whose exported functions stand in an example; true where
// the methods do as well. What wamptest exports mostly needs a testing.TB.
var shown = map[string]bool{
	"runtime": true, "runtime/codec": false, "runtime/transport": false, "runtime/auth": false, "runtime/meta": false,
	"schema": false, "schema/diag": false, "schema/format": false, "schema/lint": false, "schema/config": false, "generator/golang": false,
	"generator/typescript": false,
}

// notShown are the exceptions, and why.
var notShown = map[string]string{
	"runtime.CodeWAMP":      "generated code calls it",
	"runtime.DecodeError":   "generated code calls it",
	"runtime.OptField":      "generated code calls it",
	"runtime.OptionalID":    "generated code calls it",
	"runtime.At":            "generated code calls it",
	"runtime.Matching":      "generated code calls it",
	"runtime.ExampleURI":    "generated code calls it",
	"runtime.URIBool":       "generated code calls it",
	"runtime.URIInt":        "generated code calls it",
	"runtime.URIText":       "generated code calls it",
	"runtime.URIUint":       "generated code calls it",
	"runtime.URIUUID":       "generated code calls it",
	"runtime.MarshalJSON":   "encoding/json calls it",
	"runtime.UnmarshalJSON": "encoding/json calls it",
	"runtime.IsZero":        "encoding/json calls it",
	"runtime.Format":        "package fmt calls it",
}

// TestExamples_EveryEntryPoint: what a user calls is shown by an example, and
// every example has a checked output.
func TestExamples_EveryEntryPoint(t *testing.T) {
	used := map[string]bool{}
	for _, room := range slices.Sorted(maps.Keys(shown)) {
		names := examples(t, room)
		for _, s := range sources(t) {
			if filepath.ToSlash(filepath.Dir(s.path)) != room {
				continue
			}
			for _, d := range s.file.Decls {
				f, ok := d.(*ast.FuncDecl)
				if !ok || !f.Name.IsExported() || f.Recv != nil && !(shown[room] && exportedReceiver(f)) || names[f.Name.Name] {
					continue
				}
				if key := room + "." + f.Name.Name; notShown[key] != "" {
					used[key] = true
				} else {
					t.Errorf("%s:%d: %s is in no example", s.path, s.line(f.Pos()), f.Name)
				}
			}
		}
	}
	for key := range notShown {
		if !used[key] {
			t.Errorf("%s needs no exception", key)
		}
	}
}

// examples returns the names that the example files of a room mention: as
// x.Name, or as the subject of an example whose code is generated.
func examples(t *testing.T, room string) map[string]bool {
	t.Helper()
	names, set, files := map[string]bool{}, token.NewFileSet(), []*ast.File(nil)
	paths, err := filepath.Glob(filepath.Join(room, "example*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		f, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
		if name := filepath.Base(path); name != "example_test.go" && !strings.HasPrefix(name, "example_") {
			continue // the router behind the examples
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if x, ok := n.(*ast.SelectorExpr); ok {
				names[x.Sel.Name] = true
			}
			return true
		})
	}
	found := doc.Examples(files...)
	if len(found) == 0 {
		t.Errorf("%s has no examples", room)
	}
	for _, e := range found {
		names[e.Name] = true
		if e.Output == "" {
			t.Errorf("%s: Example%s has no output to check", room, e.Name)
		}
		if e.Doc == "" {
			t.Errorf("%s: Example%s does not say what it shows", room, e.Name)
		}
	}
	return names
}

// exportedReceiver reports whether a user can see a method.
func exportedReceiver(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	typ := f.Recv.List[0].Type
	for {
		switch x := typ.(type) {
		case *ast.StarExpr:
			typ = x.X
		case *ast.IndexExpr:
			typ = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}
