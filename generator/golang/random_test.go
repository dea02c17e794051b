package golang_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/generator"
	"github.com/wampgen/wampgen/generator/golang"
	"github.com/wampgen/wampgen/generator/internal/randomschema"
	"github.com/wampgen/wampgen/schema"
)

// TestG13_RandomSchemas generates code from random schemas and type-checks it.
// WAMPGEN_RANDOM is how many, default 20; the seed is in the log. TestG13_ValuesSurvive,
// of the module randomschema/foreign, also compiles such code and calls it.
func TestG13_RandomSchemas(t *testing.T) {
	count := 20
	if n, err := strconv.Atoi(os.Getenv("WAMPGEN_RANDOM")); err == nil {
		count = n
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	author := randomschema.New(seed)
	check := checker(t)
	for done := 0; done < count; {
		src, _ := author.Schema()
		m, found := schema.Load("random.wamp.yaml", []byte(src.Text), src.Read)
		if m == nil {
			for _, d := range found { // what an author can hardly avoid by chance
				if d.Rule != schema.RuleTypeCycle {
					t.Fatalf("%s\n%s", d.Error(), src)
				}
			}
			continue
		}
		randomschema.Exemplify(m)
		files, err := golang.Generate(m, golang.Options{})
		if err == nil {
			err = check(files)
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, src)
		}
		done++
	}
}

// TestG3_RenamedCompiles type-checks the code of every such schema, with
// WAMPGEN_FULL, and of each twentieth otherwise. Generated again it is the same: a
// name is always renamed alike.
func TestG3_RenamedCompiles(t *testing.T) {
	check, step := checker(t), 20
	if os.Getenv("WAMPGEN_FULL") != "" {
		step = 1
	}
	done, schemas := 0, golang.TortureSchemas()
	for i := rand.IntN(step); i < len(schemas); i += step {
		m, _ := schema.Parse("names.wamp.yaml", []byte(schemas[i]), golang.Check)
		if m == nil {
			continue
		}
		files, err := golang.Generate(m, golang.Options{})
		if err == nil {
			err = check(files)
		}
		if err != nil {
			t.Errorf("%v\n%s", err, schemas[i])
		}
		if again, err := golang.Generate(m, golang.Options{}); err != nil || !reflect.DeepEqual(again, files) {
			t.Errorf("another time it is other code, %v\n%s", err, schemas[i])
		}
		done++
	}
	if done < len(schemas)/step/3 {
		t.Errorf("only %d of %d became code", done, len(schemas)/step)
	}
}

// checker returns what type-checks generated files, against the compiled
// packages that they import.
func checker(t *testing.T) func([]generator.File) error {
	t.Helper()
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", "../../runtime")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		exports[path] = file
	}
	set := token.NewFileSet()
	packages := importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})
	return func(files []generator.File) error {
		var trees []*ast.File
		for _, f := range files {
			tree, err := parser.ParseFile(set, f.Name, f.Data, 0)
			if err != nil {
				return err
			}
			trees = append(trees, tree)
		}
		config := types.Config{Importer: packages}
		_, err := config.Check("random", set, trees, nil)
		return err
	}
}

// TestG9_Shapes: a struct of 1 000 fields, types nested 500 deep, and types
// that hold themselves make code that compiles.
func TestG9_Shapes(t *testing.T) {
	var b strings.Builder
	b.WriteString("wampgen: 1\napi: {name: big, uri: com.example.big}\ntypes:\n  Wide:\n    fields:\n")
	for i := range 1000 {
		fmt.Fprintf(&b, "      f%d: %s\n", i, []string{"int", "optional string", "list<Deep0>"}[i%3])
	}
	for i := range 500 {
		fmt.Fprintf(&b, "  Deep%d: {fields: {next: Deep%d}}\n", i, i+1)
	}
	b.WriteString("  Deep500: {fields: {me: optional Deep500, us: list<Deep500>, by: map<Deep0>}}\n")
	b.WriteString("procedures:\n  wide: {args: [wide: Wide], returns: Wide}\n")
	m, found := schema.Parse("big.wamp.yaml", []byte(b.String()))
	if m == nil {
		t.Fatal(found[0].Error())
	}
	files, err := golang.Generate(m, golang.Options{})
	if err == nil {
		err = checker(t)(files)
	}
	if err != nil {
		t.Error(err)
	}
}
