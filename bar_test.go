package wampgen_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What no production file or function may exceed, in lines.
const maxFile, maxFunc = 400, 60

// source is one production file: no test, not generated.
type source struct {
	path string
	file *ast.File
	set  *token.FileSet
}

func (s source) line(p token.Pos) int { return s.set.Position(p).Line }

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	for _, root := range []string{"cmd", "schema", "generator", "runtime"} {
		err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") ||
				strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".wamp.go") {
				return err
			}
			set := token.NewFileSet()
			f, err := parser.ParseFile(set, path, nil, parser.ParseComments)
			all = append(all, source{path, f, set})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestBar_Lengths(t *testing.T) {
	for _, s := range sources(t) {
		if n := s.line(s.file.End()); n > maxFile {
			t.Errorf("%s has %d lines, at most %d", s.path, n, maxFile)
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			if n := s.line(f.Body.Rbrace) - s.line(f.Body.Lbrace) - 1; n > maxFunc {
				t.Errorf("%s: %s has %d lines, at most %d", s.path, f.Name, n, maxFunc)
			}
		}
	}
}

// TestBar_Panic: nothing but a test may panic.
func TestBar_Panic(t *testing.T) {
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "panic" {
				t.Errorf("%s:%d: panic", s.path, s.line(n.Pos()))
			}
			return true
		})
	}
}

// TestBar_Documented: every exported identifier has a comment of its own or of
// its group.
func TestBar_Documented(t *testing.T) {
	for _, s := range sources(t) {
		if s.file.Name.Name == "main" {
			continue
		}
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && exportedReceiver(d) && d.Doc == nil {
					t.Errorf("%s:%d: %s has no comment", s.path, s.line(d.Pos()), d.Name)
				}
			case *ast.GenDecl:
				undocumented(t, s, d)
			}
		}
	}
}

// exportedReceiver tells whether a method is one that a user can see.
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

func undocumented(t *testing.T, s source, d *ast.GenDecl) {
	t.Helper()
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() && d.Doc == nil && spec.Doc == nil {
				t.Errorf("%s:%d: %s has no comment", s.path, s.line(spec.Pos()), spec.Name)
			}
		case *ast.ValueSpec:
			if spec.Names[0].IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
				t.Errorf("%s:%d: %s has no comment", s.path, s.line(spec.Pos()), spec.Names[0])
			}
		}
	}
}
