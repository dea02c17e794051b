package golang_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/generator/golang"
	"github.com/wampgen/wampgen/schema"
)

const shop = "../../testdata/golden/shop"

// compile compiles the tests of the golden case shop with some of its files
// replaced, and returns what the compiler says.
func compile(t *testing.T, replace map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	overlay := map[string]string{}
	for name, text := range replace {
		to := filepath.Join(dir, name)
		if err := os.WriteFile(to, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		from, err := filepath.Abs(filepath.Join(shop, name))
		if err != nil {
			t.Fatal(err)
		}
		overlay[from] = to
	}
	list, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, list, 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "test", "-c", "-vet=off", "-gcflags=-e", "-o", os.DevNull, "-overlay", file, ".")
	cmd.Dir = shop
	out, err := cmd.CombinedOutput()
	if err == nil {
		return ""
	}
	return string(out)
}

func source(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(shop, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestG12_VersionSkew: code of another version of wampgen fails at the
// constant, whose comment says what to do.
func TestG12_VersionSkew(t *testing.T) {
	const name = "shop_types.wamp.go"
	text := strings.Replace(source(t, name), "wamp.GeneratedCodeV2", "wamp.GeneratedCodeV3", 1)
	said := compile(t, map[string]string{name: text})
	if !strings.Contains(said, "undefined: wamp.GeneratedCodeV3") || strings.Count(said, "shop") > 6 {
		t.Errorf("the compiler says %s", said)
	}
	above, _, _ := strings.Cut(text, "const _ =")
	lines := strings.Split(strings.TrimSpace(above), "\n")
	if last := lines[len(lines)-1]; !strings.Contains(last, "generate again") {
		t.Errorf("above the constant stands %q", last)
	}
}

// TestMissingMethod: the compiler names the method that a callee lacks.
// (acceptance 2).
func TestMissingMethod(t *testing.T) {
	const name = "shop_test.go"
	text := strings.Replace(source(t, name), "func (service) Ping(", "func (service) Pong(", 1)
	if said := compile(t, map[string]string{name: text}); !strings.Contains(said, "missing method Ping") {
		t.Errorf("the compiler says %s", said)
	}
}

// TestChangedType: after a type of the schema changed, the compiler names
// every use. (acceptance 2).
func TestChangedType(t *testing.T) {
	src, err := os.ReadFile(filepath.Join(shop, "in.wamp.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(src), "quantity: int", "quantity: string", 1)
	m, found := schema.Parse("in.wamp.yaml", []byte(changed))
	if m == nil {
		t.Fatal(found)
	}
	files, err := golang.Generate(m, golang.Options{})
	if err != nil {
		t.Fatal(err)
	}
	replace := map[string]string{}
	for _, f := range files {
		replace[f.Name] = string(f.Data)
	}
	said := compile(t, replace)
	for i, line := range strings.Split(source(t, "shop_test.go"), "\n") {
		if strings.Contains(line, "Quantity") {
			if at := "shop_test.go:" + strconv.Itoa(i+1) + ":"; !strings.Contains(said, at) {
				t.Errorf("%s is not named:\n%s", at, said)
			}
		}
	}
}

// TestG8_LineEnds: a schema with CRLF gives the same code.
func TestG8_LineEnds(t *testing.T) {
	path := filepath.Join(shop, "in.wamp.yaml")
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, found := schema.Parse(path, []byte(strings.ReplaceAll(string(src), "\n", "\r\n")))
	if m == nil {
		t.Fatal(found)
	}
	files, err := golang.Generate(m, golang.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if string(f.Data) != source(t, f.Name) {
			t.Errorf("%s differs", f.Name)
		}
	}
}

// TestBar_GeneratedCode: functions have at most eight lines, nine with parameters
// in a URI, except what codes values, and Register and String, which are tables.
// There is no reflection.
func TestBar_GeneratedCode(t *testing.T) {
	files, err := filepath.Glob("../../testdata/golden/*/*.wamp.go")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, path := range files {
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range tree.Imports {
			if strings.Contains(i.Path.Value, "reflect") || strings.Contains(i.Path.Value, "json") {
				t.Errorf("%s imports %s", path, i.Path.Value)
			}
		}
		for _, d := range tree.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || strings.HasSuffix(path, "_codec.wamp.go") || f.Name.Name == "String" || strings.HasPrefix(f.Name.Name, "Register") {
				continue
			}
			if lines := set.Position(f.Body.End()).Line - set.Position(f.Body.Pos()).Line - 1; lines > 8 && !(lines == 9 && slices.Contains([]string{"templates", "examples"}, filepath.Base(filepath.Dir(path)))) {
				t.Errorf("%s: %s has %d lines", path, f.Name.Name, lines)
			}
		}
	}
}
