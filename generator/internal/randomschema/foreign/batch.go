package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/wampgen/wampgen/generator"
)

const (
	root = "github.com/wampgen/wampgen"
	here = root + "/generator/internal/randomschema/foreign"
	// module has a path below ours, so that it may import package check.
	module = here + "/random"
)

// newBatch makes a module in dir that depends on what this module depends on.
func newBatch(dir string) (*batch, error) {
	b := &batch{dir: dir, covers: map[string]int{}}
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", root, here).Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	dirs := strings.Fields(string(out))
	mod, err := os.ReadFile(filepath.Join(dirs[1], "go.mod"))
	if err != nil {
		return nil, err
	}
	sum, err := os.ReadFile(filepath.Join(dirs[1], "go.sum"))
	if err != nil {
		return nil, err
	}
	text, _, _ := strings.Cut(string(mod), "\nreplace ")
	text = strings.Replace(text, "module "+here, "module "+module, 1)
	text += fmt.Sprintf("\nrequire %s v0.0.0\nreplace %s => %s\nreplace %s => %s\n", here, root, dirs[0], here, dirs[1])
	if err := b.put("go.mod", []byte(text)); err != nil {
		return nil, err
	}
	return b, b.put("go.sum", sum)
}

// program writes the program that runs package check on all packages.
func (b *batch) program() error {
	var code bytes.Buffer
	fmt.Fprintf(&code, "package main\n\nimport (\n\t%q\n", here+"/check")
	for _, name := range b.packages {
		fmt.Fprintf(&code, "\t_ %q\n", module+"/"+name)
	}
	code.WriteString(")\n\nfunc main() { check.Main() }\n")
	return b.put("main.go", code.Bytes())
}

// registration returns a file for generated code that shows its types to
// package check.
func registration(name string, files []generator.File) ([]byte, error) {
	var types, others bytes.Buffer
	pkg := ""
	for _, f := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), f.Name, f.Data, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		pkg = tree.Name.Name
		for _, d := range tree.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				registerCoded(&types, d, f.Data)
				registerVariant(&others, d)
				registerExamples(&others, d)
			case *ast.GenDecl:
				registerDecl(&others, d, f.Data)
			}
		}
	}
	var code bytes.Buffer
	fmt.Fprintf(&code, "package %s\n\nimport (\n%q\n%q\n%q\nwamp %q\n)\n\nfunc init() {\n", pkg, "time", here+"/check", root+"/runtime/codec", root+"/runtime")
	fmt.Fprintf(&code, "check.Types(%q, map[string]func() codec.Value{\n%s})\n%s}\n\n", name, types.String(), others.String())
	code.WriteString("var (\n_ time.Time\n_ wamp.URI\n)\n")
	return format.Source(code.Bytes())
}

// registerCoded registers the receiver of a method CodeWAMP. The name of a
// payload ends in "()".
func registerCoded(out *bytes.Buffer, d *ast.FuncDecl, src []byte) {
	if d.Name.Name != "CodeWAMP" {
		return
	}
	pointer, ok := d.Recv.List[0].Type.(*ast.StarExpr)
	if !ok {
		return
	}
	name, mark := pointer.X.(*ast.Ident).Name, ""
	if bytes.Contains(src[d.Body.Pos()-1:d.Body.End()-1], []byte("c.Payload(")) {
		mark = "()"
	}
	fmt.Fprintf(out, "%q: func() codec.Value { return new(%s) },\n", name+mark, name)
}

// registerExamples makes the examples once: they panic if they do not fit.
func registerExamples(out *bytes.Buffer, d *ast.FuncDecl) {
	if name := d.Name.Name; d.Recv == nil && (strings.HasSuffix(name, "Examples") || strings.HasSuffix(name, "ExampleCalls")) {
		fmt.Fprintf(out, "_ = %s()\n", name)
	}
}

// registerVariant registers the receiver of a method that only the variants of a
// union have. Unknown variants are no random values.
func registerVariant(out *bytes.Buffer, d *ast.FuncDecl) {
	union, ok := strings.CutPrefix(d.Name.Name, "is")
	if !ok || d.Recv == nil {
		return
	}
	name := d.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name
	if name != "Unknown"+union {
		fmt.Fprintf(out, "check.Variant(func() %s { return new(%s) })\n", union, name)
	}
}

// registerDecl registers the values of enums, and what new types stand for.
func registerDecl(out *bytes.Buffer, d *ast.GenDecl, src []byte) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			if typ, ok := spec.Type.(*ast.Ident); ok && d.Tok == token.CONST && ast.IsExported(typ.Name) {
				fmt.Fprintf(out, "check.Enum(%s)\n", spec.Names[0].Name)
			}
		case *ast.TypeSpec:
			switch spec.Type.(type) {
			case *ast.Ident, *ast.SelectorExpr:
				if !spec.Assign.IsValid() {
					fmt.Fprintf(out, "check.NewType[%s, %s]()\n", spec.Name.Name, src[spec.Type.Pos()-1:spec.Type.End()-1])
				}
			}
		}
	}
}
