package wampgen_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The bar of this repository. Tables are exempt from the file length.
const (
	maxFile, medianFile = 400, 120
	maxFunc, medianFunc = 60, 8
	maxMethods          = 3 // of an interface; transport.Conn has 4
	maxTypes            = 40
	maxGo               = 8
)

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

func median(n []int) int {
	slices.Sort(n)
	return n[len(n)/2]
}

func TestBar_Lengths(t *testing.T) {
	var files, funcs []int
	for _, s := range sources(t) {
		n := s.line(s.file.End())
		files = append(files, n)
		if n > maxFile {
			t.Errorf("%s has %d lines, at most %d", s.path, n, maxFile)
		}
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
				n := max(1, s.line(f.Body.Rbrace)-s.line(f.Body.Lbrace)-1) // as funlen counts: the body's lines
				funcs = append(funcs, n)
				if n > maxFunc {
					t.Errorf("%s: %s has %d lines, at most %d", s.path, f.Name, n, maxFunc)
				}
			}
		}
	}
	t.Logf("%d files, median %d lines; %d functions, median %d lines", len(files), median(files), len(funcs), median(funcs))
	if median(files) > medianFile || median(funcs) > medianFunc {
		t.Errorf("medians: files %d, at most %d; functions %d, at most %d", median(files), medianFile, median(funcs), medianFunc)
	}
}

func TestBar_Interfaces(t *testing.T) {
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			limit := maxMethods
			if spec.Name.Name == "Conn" && strings.HasPrefix(s.path, "runtime/transport/") {
				limit = 4
			}
			if i, ok := spec.Type.(*ast.InterfaceType); ok && i.Methods.NumFields() > limit {
				t.Errorf("%s: %s has %d methods, at most %d", s.path, spec.Name, i.Methods.NumFields(), limit)
			}
			return true
		})
	}
}

// TestBar_Runtime counts exported types, goroutines and panics.
func TestBar_Runtime(t *testing.T) {
	types, gos := 0, 0
	for _, s := range sources(t) {
		ours := filepath.Dir(s.path) == "runtime"
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GenDecl:
				for _, spec := range n.Specs {
					ts, ok := spec.(*ast.TypeSpec)
					if ok && ours && ts.Name.IsExported() && !strings.Contains(n.Doc.Text(), "For generated code") {
						types++
					}
				}
			case *ast.GoStmt:
				if strings.HasPrefix(s.path, "runtime/") && !strings.HasPrefix(s.path, "runtime/wamptest/") {
					gos++
				}
			case *ast.CallExpr:
				if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "panic" {
					t.Errorf("%s:%d: panic", s.path, s.line(n.Pos()))
				}
			}
			return true
		})
	}
	if types > maxTypes {
		t.Errorf("runtime exports %d types, at most %d", types, maxTypes)
	}
	if gos > maxGo {
		t.Errorf("the runtime has %d go statements, at most %d", gos, maxGo)
	}
	t.Logf("%d exported types, %d go statements", types, gos)
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
