// Package wampgen_test keeps what no linter knows of: which packages a binary
// or a go.sum may hold, and what documents promise. What a package may import is
// in .golangci.yml, under depguard.
package wampgen_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/wampgen/wampgen/"

// pkg is what go list prints of a package.
type pkg struct {
	ImportPath   string
	Dir          string
	GoFiles      []string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Module       *struct{ Path string }
}

func list(t *testing.T, args ...string) []pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Dir,GoFiles,Imports,TestImports,XTestImports,Module"}, args...)...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %v: %v", args, err)
	}
	var pkgs []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); err == io.EOF {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

// source is one production file: no test, not generated.
type source struct {
	path string
	file *ast.File
	set  *token.FileSet
}

func (s source) line(p token.Pos) int { return s.set.Position(p).Line }

// sources returns every production file.
func sources(t *testing.T) []source {
	t.Helper()
	all, err := parseOnce()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// parseOnce parses them for all tests.
var parseOnce = sync.OnceValues(func() (all []source, err error) {
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
			return nil, err
		}
	}
	return all, nil
})

// TestSession_OwnsTheCore: of the client, only a session holds the protocol's
// state, so that nothing else can touch it or the lock in front of it.
func TestSession_OwnsTheCore(t *testing.T) {
	for _, s := range sources(t) {
		switch filepath.ToSlash(filepath.Dir(s.path)) {
		case "runtime", "runtime/internal/dispatch":
		default:
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "core" && (sel.Sel.Name == "Session" || sel.Sel.Name == "NewSession") {
				t.Errorf("%s:%d: core.%s outside of runtime/internal/session", s.path, s.line(n.Pos()), sel.Sel.Name)
			}
			return true
		})
	}
}

// TestTwoHalves: a user's binary holds neither YAML nor jennifer, what the tool
// is made of but the command itself nothing of the runtime, and neither the router.
func TestTwoHalves(t *testing.T) {
	for root, never := range map[string][]string{
		"./runtime":       {"yaml", "jennifer", "nexus", module + "schema", module + "generator"},
		"./generator/...": {"gorilla", "nexus", module + "runtime"},
		"./schema/...":    {"gorilla", "nexus", module + "runtime", module + "generator"},
		"./cmd/wampgen":   {"nexus"},
	} {
		for _, p := range list(t, "-deps", root) {
			for _, n := range never {
				if strings.Contains(p.ImportPath, n) {
					t.Errorf("%s depends on %s", root, p.ImportPath)
				}
			}
		}
	}
}

// TestCoreIsPure: the protocol core knows no goroutine, clock, socket, lock or
// log, and neither does the in-memory router but for the types of times and of a
// seeded generator.
func TestCoreIsPure(t *testing.T) {
	for _, p := range list(t, "./runtime/internal/core", "./runtime/internal/realm") {
		for _, imp := range p.Imports {
			switch imp {
			case "time", "math/rand/v2":
				if strings.HasSuffix(p.ImportPath, "/realm") {
					continue
				}
				t.Errorf("%s imports %s", p.ImportPath, imp)
			case "net", "sync", "sync/atomic", "context", "log", "log/slog", "math/rand", "os":
				t.Errorf("%s imports %s", p.ImportPath, imp)
			}
		}
	}
}

// TestNexusStaysOut: go mod tidy of a user follows the tests of what it
// imports, so neither those nor what they import may pull in the router.
func TestNexusStaysOut(t *testing.T) {
	for _, p := range list(t, "./runtime/...") {
		room := strings.TrimPrefix(p.ImportPath, module)
		if room == "runtime/wamptest/router" || strings.HasPrefix(room, "runtime/internal/") && room != "runtime/internal/core" && room != "runtime/internal/realm" {
			continue // nobody imports these
		}
		for _, imp := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if strings.Contains(imp, "nexus") || strings.HasSuffix(imp, "runtime/wamptest/router") {
				t.Errorf("%s or a test of it imports %s", room, imp)
			}
		}
	}
}
