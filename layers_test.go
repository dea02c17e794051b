package wampgen_test

import (
	"bytes"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestRuntime_FilesReferDownward: docs/architecture.md lists the files of package
// wamp from top to bottom. None refers to one that stands before it, so that no
// two files need each other, and a newcomer may stop reading anywhere.
func TestRuntime_FilesReferDownward(t *testing.T) {
	listed := layers(t)
	set := token.NewFileSet()
	info := &types.Info{Uses: make(map[*ast.Ident]types.Object)}
	pkg, files := wampPackage(t, set, info)
	file := func(p token.Pos) string { return filepath.Base(set.Position(p).Filename) }
	missing := slices.Clone(listed)
	for _, f := range files {
		name := file(f.Pos())
		if !slices.Contains(listed, name) && name != "doc.go" {
			t.Errorf("runtime/%s is not in the list of docs/architecture.md", name)
		}
		missing = slices.DeleteFunc(missing, func(l string) bool { return l == name })
	}
	for _, name := range missing {
		t.Errorf("docs/architecture.md lists runtime/%s, which does not exist", name)
	}
	type reference struct{ from, to, name string }
	seen := make(map[reference]bool)
	for id, o := range info.Uses {
		if o.Pkg() != pkg {
			continue
		}
		r := reference{file(id.Pos()), file(o.Pos()), o.Name()}
		if !seen[r] && slices.Index(listed, r.from) > slices.Index(listed, r.to) {
			t.Errorf("runtime/%s refers to %s of %s, which docs/architecture.md lists above it", r.from, r.name, r.to)
		}
		seen[r] = true
	}
}

// TestArchitecture_NamesFunctionsThatExist: each function that docs/architecture.md
// lists for a call, an event, an invocation and a recovery exists: `grace.hold` in
// package wamp, `core.Parse` and `session.Session.Call` in those below it.
func TestArchitecture_NamesFunctionsThatExist(t *testing.T) {
	wamp, _ := wampPackage(t, token.NewFileSet(), new(types.Info))
	packages := map[string]*types.Package{"wamp": wamp}
	for _, p := range wamp.Imports() {
		packages[p.Name()] = p
	}
	exists := func(in *types.Package, name, member string) bool {
		o := in.Scope().Lookup(name)
		if o == nil || member == "" {
			return o != nil
		}
		found, _, _ := types.LookupFieldOrMethod(o.Type(), true, in, member)
		return found != nil
	}
	_, lists, _ := strings.Cut(read(t, "docs/architecture.md"), "### A call")
	lists, _, _ = strings.Cut(lists, "## Bounds")
	names := regexp.MustCompile("`(\\w+)\\.(\\w+)(?:\\.(\\w+))?`").FindAllStringSubmatch(lists, -1)
	for _, m := range names {
		in, known := packages[m[1]]
		if m[1] == "shop" || known && exists(in, m[2], m[3]) || !known && m[3] == "" && exists(wamp, m[1], m[2]) {
			continue
		}
		t.Errorf("docs/architecture.md names %s, which does not exist", m[0])
	}
	if len(names) < 50 {
		t.Errorf("docs/architecture.md names %d functions, want 50 or more", len(names))
	}
}

// TestClient_MethodsStandTogether: the methods of Client are in few files.
func TestClient_MethodsStandTogether(t *testing.T) {
	const most = 9
	var in []string
	set := token.NewFileSet()
	for _, f := range parsePackage(t, set, "runtime") {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv == nil {
				continue
			}
			if types.ExprString(fn.Recv.List[0].Type) == "*Client" {
				in = append(in, set.Position(fn.Pos()).Filename)
			}
		}
	}
	slices.Sort(in)
	if in = slices.Compact(in); len(in) == 0 || len(in) > most {
		t.Errorf("methods of Client stand in %d files, want 1 to %d: %v", len(in), most, in)
	}
}

// layers returns the files of package wamp in the order in which
// docs/architecture.md lists them.
func layers(t *testing.T) []string {
	t.Helper()
	_, list, found := strings.Cut(read(t, "docs/architecture.md"), "Inside package wamp")
	if found {
		_, list, found = strings.Cut(list, "```text\n")
	}
	list, _, end := strings.Cut(list, "```")
	if !found || !end {
		t.Fatal("docs/architecture.md has no list of the files of package wamp")
	}
	return regexp.MustCompile(`[a-z_]+\.go\b`).FindAllString(list, -1)
}

// wampPackage returns package wamp and its production files.
func wampPackage(t *testing.T, set *token.FileSet, info *types.Info) (*types.Package, []*ast.File) {
	t.Helper()
	files := parsePackage(t, set, "runtime")
	conf := types.Config{Importer: exported(t, set, "./runtime")}
	pkg, err := conf.Check(module+"runtime", set, files, info)
	if err != nil {
		t.Fatal(err)
	}
	return pkg, files
}

// parsePackage returns the production files of a package.
func parsePackage(t *testing.T, set *token.FileSet, dir string) (files []*ast.File) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// exported returns what imports the dependencies of a package from the build
// cache.
func exported(t *testing.T, set *token.FileSet, path string) types.Importer {
	t.Helper()
	out, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", path).Output()
	if err != nil {
		t.Fatalf("go list -export: %v", err)
	}
	data := make(map[string]string)
	for line := range bytes.Lines(out) {
		name, file, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		data[name] = file
	}
	return importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(data[path]) })
}
