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
	"strconv"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/generator"
	"github.com/wampgen/wampgen/generator/golang"
	"github.com/wampgen/wampgen/schema"
)

// TestG13_RandomSchemas generates code from random schemas and type-checks it.
// WAMPGEN_RANDOM is how many, default 20; the seed is in the log.
func TestG13_RandomSchemas(t *testing.T) {
	count := 20
	if n, err := strconv.Atoi(os.Getenv("WAMPGEN_RANDOM")); err == nil {
		count = n
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := author{rand.New(rand.NewPCG(seed, 0))}
	check := checker(t)
	for done := 0; done < count; {
		src := r.schema()
		m, found := schema.Parse("random.wamp.yaml", []byte(src))
		if m == nil {
			for _, d := range found { // what an author can hardly avoid by chance
				if d.Rule != schema.RuleTypeCycle {
					t.Fatalf("%s\n%s", d.Error(), src)
				}
			}
			continue
		}
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

// author writes random schemas.
type author struct{ *rand.Rand }

func (r author) pick(words ...string) string { return words[r.IntN(len(words))] }

// schema has the types T0 to T9, of which some are structs, and uses them.
func (r author) schema() string {
	var b strings.Builder
	b.WriteString("wampgen: 1\napi: {name: random, uri: com.example.random}\ntypes:\n")
	for i := range 10 {
		fmt.Fprintf(&b, "  T%d: %s\n", i, r.definition(i))
	}
	b.WriteString("errors:\n")
	for i := range 3 {
		fmt.Fprintf(&b, "  e%d: {args: [%s], kwargs: {%s}}\n", i, r.params("a", true), r.fields("k"))
	}
	b.WriteString("procedures:\n")
	for i := range 10 {
		fmt.Fprintf(&b, "  p%d: {args: [%s], kwargs: %s, returns: %s, errors: [%s]}\n", i, r.params("a", true), r.kwargs(),
			r.pick(r.use(9), "{args: ["+r.params("x", true)+"], kwargs: {"+r.fields("y")+"}}", "{kwargs: T0}", "optional "+r.use(9)), r.pick("e0", "e1, e2", ""))
	}
	b.WriteString("topics:\n")
	for i := range 4 {
		fmt.Fprintf(&b, "  topic%d: {args: [%s], kwargs: %s}\n", i, r.params("a", false), r.kwargs())
	}
	return b.String()
}

// definition is a type; T0 is always a struct. It names earlier types only,
// except behind a list or a pointer.
func (r author) definition(i int) string {
	switch n := r.IntN(6); {
	case i == 0 || n < 3:
		return "{fields: {" + r.fields("f") + "}}"
	case n == 3:
		return "{enum: {a: 1, b: 2}, open: " + r.pick("true", "false") + "}"
	case n == 4:
		return "{enum: [x, y, z], open: " + r.pick("true", "false") + "}"
	}
	return "{type: " + r.pick(r.scalar(), "list<"+r.scalar()+">", "map<list<"+r.use(9)+">>", fmt.Sprintf("T%d", i-1)) + "}"
}

func (r author) scalar() string {
	return r.pick("bool", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "float32", "float64",
		"string", "bytes", "time", "date", "duration", "uuid", "decimal", "uri", "id", "any")
}

// use is a type expression.
func (r author) use(types int) string {
	switch r.IntN(6) {
	case 0:
		return "list<" + r.use(types) + r.pick("", "|null") + ">"
	case 1:
		return "map<" + r.use(types) + r.pick("", "|null") + ">"
	case 2, 3:
		return fmt.Sprintf("T%d", r.IntN(types+1))
	}
	return r.scalar()
}

// field is the type of a field.
func (r author) field() string {
	switch r.IntN(8) {
	case 0:
		return "optional " + r.use(9)
	case 1:
		return "optional " + r.use(9) + "|null"
	case 2:
		return r.use(9) + "|null"
	case 3:
		return r.pick("", "optional ") + r.pick("int = 5", "string = x", "uint8 = 200", "float32 = 0.5", "duration = 3s", "time = 2026-08-22T10:30:00Z",
			"date = 2026-08-22", "uuid = 018f2c7a-9b3d-7000-8000-000000000001", "decimal = 1.5", "uri = a.b", "bool = false")
	}
	return r.use(9)
}

func (r author) fields(prefix string) string {
	var out []string
	for i := range 1 + r.IntN(5) {
		out = append(out, fmt.Sprintf("%s%d: %s", prefix, i, r.field()))
	}
	return strings.Join(out, ", ")
}

// params are positional parameters, optional ones last.
func (r author) params(prefix string, some bool) string {
	var out []string
	for i := range r.IntN(3) + 1 {
		out = append(out, fmt.Sprintf("%s%d: %s", prefix, i, r.use(9)))
	}
	if some {
		for i := range r.IntN(3) {
			out = append(out, fmt.Sprintf("%s%d: optional %s", prefix, 5+i, r.use(9)))
		}
	}
	return strings.Join(out, ", ")
}

func (r author) kwargs() string { return r.pick("T0", "{"+r.fields("k")+"}") }
