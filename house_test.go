// Package wampgen_test keeps the shape of the house: which room may import
// which, and the bar that its code is held to.
package wampgen_test

import (
	"encoding/json"
	"go/ast"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/wampgen/wampgen/"

// rooms says what of this module and of others each room may import. Rooms
// below testdata and examples are free within the runtime's side.
var rooms = map[string][]string{
	"cmd/wampgen": {
		"schema", "schema/diag", "schema/format", "schema/lint", "schema/config", "github.com/rogpeppe/go-internal/diff", "generator", "generator/golang", "generator/typescript", "generator/output", "runtime"},
	"schema":                     {"schema/diag", "gopkg.in/yaml.v3"},
	"schema/diag":                {},
	"schema/format":              {"schema/diag", "gopkg.in/yaml.v3"},
	"schema/lint":                {"schema", "schema/diag", "schema/format"},
	"schema/config":              {"schema", "schema/diag", "schema/lint", "gopkg.in/yaml.v3"},
	"generator":                  {},
	"generator/golang":           {"generator", "generator/internal/doctext", "schema", "schema/diag", "github.com/dave/jennifer/jen"},
	"generator/typescript":       {"generator", "generator/internal/doctext", "schema"},
	"generator/internal/doctext": {},
	"generator/output":           {},
	"runtime": {
		"runtime/internal/session", "runtime/internal/core", "runtime/internal/dispatch", "runtime/internal/peertext",
		"runtime/codec", "runtime/transport", "runtime/auth"},
	"runtime/internal/session": {
		"runtime/internal/core", "runtime/internal/peertext", "runtime/codec", "runtime/transport", "runtime/auth"},
	"runtime/internal/core":     {"runtime/codec"},
	"runtime/internal/peertext": {},
	"runtime/internal/dispatch": {},
	"runtime/internal/realm":    {"runtime/codec", "runtime/internal/core"},
	"runtime/codec":             {},
	"runtime/transport":         {"runtime/codec", "runtime/internal/peertext", "github.com/gorilla/websocket"},
	"runtime/auth":              {"golang.org/x/crypto/", "github.com/xdg-go/stringprep"},
	"runtime/wamptest":          {"runtime", "runtime/", "github.com/gorilla/websocket"},
	"runtime/wamptest/router": {
		"runtime/wamptest/internal/sockets", "github.com/gammazero/nexus/v3/", "golang.org/x/crypto/", "github.com/xdg-go/stringprep"},
	"runtime/wamptest/internal/sockets": {},
	"runtime/internal/bench":            {"runtime", "runtime/codec"},
	"runtime/internal/live/stage":       {"runtime", "runtime/codec", "runtime/wamptest"},
}

// pkg is what go list tells of a package.
type pkg struct {
	ImportPath   string
	Dir          string
	GoFiles      []string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func list(t *testing.T, args ...string) []pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Dir,GoFiles,Imports,TestImports,XTestImports"}, args...)...)
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

// standard tells a package of the standard library.
func standard(path string) bool { return !strings.Contains(strings.SplitN(path, "/", 2)[0], ".") }

func TestArrows(t *testing.T) {
	for _, p := range list(t, "./...") {
		room := strings.TrimPrefix(p.ImportPath, module)
		allowed, known := rooms[room]
		if !known {
			continue
		}
		for _, imp := range p.Imports {
			if standard(imp) {
				continue
			}
			rel := strings.TrimPrefix(imp, module)
			if !slices.ContainsFunc(allowed, func(a string) bool {
				return rel == a || strings.HasSuffix(a, "/") && strings.HasPrefix(rel, a)
			}) {
				t.Errorf("%s imports %s, which is not below it", room, rel)
			}
		}
	}
}

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
