package golang

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/dave/jennifer/jen"
)

// printed is a chunk in gofmt's form, without its imports.
type printed struct {
	head    string // what stands above the imports
	body    string
	imports []string // paths
}

// bytes returns the whole file once its chunks are rendered.
func (f *file) bytes() ([]byte, error) {
	parts := make([]printed, len(f.chunks))
	for i, c := range f.chunks {
		if c.err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, c.err)
		}
		parts[i] = c.printed
	}
	return join(parts, f.packages), nil
}

// print renders a chunk, makes sure that it holds what was announced and
// nothing else, and returns it in gofmt's form.
func (c *chunk) print(code *jen.File, pkg string, packages map[string]string) (printed, error) {
	raw, out := buffers.Get().(*bytes.Buffer), buffers.Get().(*bytes.Buffer)
	defer func() {
		raw.Reset()
		out.Reset()
		buffers.Put(raw)
		buffers.Put(out)
	}()
	if err := code.Render(raw); err != nil {
		return printed{}, err
	}
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, "", raw.Bytes(), parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return printed{}, err
	}
	paths, err := c.verify(tree, pkg, packages)
	if err != nil {
		return printed{}, err
	}
	tree.Decls = slices.DeleteFunc(tree.Decls, isImport)
	tree.Imports = nil
	if err := format.Node(out, fset, tree); err != nil {
		return printed{}, err
	}
	if err := onlyPlainComments(out.Bytes()); err != nil {
		return printed{}, err
	}
	clause := "package " + pkg + "\n"
	// gofmt puts an empty line between a comment and a directive.
	source := out.String()
	for _, own := range []string{noInline, sumType} {
		source = strings.ReplaceAll(source, "\n"+own+"\n", "\n//\n"+own+"\n")
	}
	head, body, found := strings.Cut("\n"+source, "\n"+clause)
	if !found {
		return printed{}, errors.New("no package clause")
	}
	return printed{strings.TrimPrefix(head+"\n", "\n") + clause, body, paths}, nil
}

// buffers are those of chunks that are printed.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func isImport(d ast.Decl) bool {
	g, ok := d.(*ast.GenDecl)
	return ok && g.Tok == token.IMPORT
}

// join puts the printed chunks of a file together.
func join(parts []printed, packages map[string]string) []byte {
	var out bytes.Buffer
	out.WriteString(parts[0].head)
	var own, others []string
	for _, p := range parts {
		for _, path := range p.imports {
			switch {
			case slices.Contains(own, path) || slices.Contains(others, path):
			case strings.Contains(path, "."):
				others = append(others, path)
			default:
				own = append(own, path)
			}
		}
	}
	importBlock(&out, own, others, packages)
	for _, p := range parts {
		out.WriteString(p.body)
	}
	return out.Bytes()
}

// importBlock writes the imports, the standard library's first as people do.
func importBlock(out *bytes.Buffer, own, others []string, packages map[string]string) {
	line := func(path string) {
		if importedAs(path) {
			out.WriteString(packages[path] + " ")
		}
		out.WriteString(strconv.Quote(path) + "\n")
	}
	slices.Sort(own)
	slices.Sort(others)
	if len(own)+len(others) == 0 {
		return // an API of errors alone
	}
	if len(own)+len(others) == 1 {
		out.WriteString("\nimport ")
		line(append(own, others...)[0])
		return
	}
	out.WriteString("\nimport (\n")
	for _, path := range own {
		out.WriteByte('\t')
		line(path)
	}
	if len(own) > 0 && len(others) > 0 {
		out.WriteByte('\n')
	}
	for _, path := range others {
		out.WriteByte('\t')
		line(path)
	}
	out.WriteString(")\n")
}

// verify compares the parsed chunk with the package name, the imports and the
// declarations that the emitters announced. It returns the imports.
func (c *chunk) verify(tree *ast.File, pkg string, packages map[string]string) ([]string, error) {
	if tree.Name.Name != pkg {
		return nil, fmt.Errorf("package %q instead of %q", tree.Name.Name, pkg)
	}
	var paths []string
	for _, spec := range tree.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil || packages[path] == "" || (spec.Name != nil && spec.Name.Name != packages[path]) {
			return nil, fmt.Errorf("unexpected import %s", spec.Path.Value)
		}
		paths = append(paths, path)
	}
	want := slices.Sorted(slices.Values(c.announced))
	got := slices.Sorted(slices.Values(declarations(tree)))
	for i := range max(len(want), len(got)) {
		switch {
		case i >= len(got) || (i < len(want) && want[i] < got[i]):
			return nil, fmt.Errorf("declaration %q is missing", want[i])
		case i >= len(want) || want[i] > got[i]:
			return nil, fmt.Errorf("unexpected declaration %q", got[i])
		}
	}
	return paths, nil
}

// declarations lists what a file declares, in the form of [file.declare].
func declarations(tree *ast.File) []string {
	var out []string
	for _, d := range tree.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			out = append(out, "func "+receiver(d)+d.Name.Name)
		case *ast.GenDecl: // an import has neither kind of spec
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					out = append(out, "type "+spec.Name.Name)
					out = append(out, fields(spec)...)
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						out = append(out, d.Tok.String()+" "+name.Name)
					}
				}
			}
		}
	}
	return out
}

// receiver is "T." for a method of T or *T.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) != 1 {
		return ""
	}
	t := d.Recv.List[0].Type
	if p, ok := t.(*ast.StarExpr); ok {
		t = p.X
	}
	name, _ := t.(*ast.Ident)
	if name == nil {
		return "?."
	}
	return name.Name + "."
}

// fields lists the fields of a struct and the methods of an interface.
func fields(spec *ast.TypeSpec) []string {
	var list *ast.FieldList
	switch t := spec.Type.(type) {
	case *ast.StructType:
		list = t.Fields
	case *ast.InterfaceType:
		list = t.Methods
	default:
		return nil
	}
	var out []string
	for _, field := range list.List {
		for _, name := range field.Names {
			out = append(out, "field "+spec.Name.Name+"."+name.Name)
		}
	}
	return out
}

// errDirective reports whether a comment is more than text.
var errDirective = errors.New("a comment that the Go tools would act on")

// onlyPlainComments makes sure that no line is a directive but our own: after
// the slashes of every comment line comes a space, a tab (code in a comment) or
// nothing. Generated literals never span lines, so a line that begins with a
// slash is a comment.
func onlyPlainComments(src []byte) error {
	for line := range bytes.Lines(src) {
		rest := strings.TrimLeft(string(line), " \t")
		if strings.HasPrefix(rest, "/*") {
			return errDirective
		}
		if rest == noInline+"\n" || rest == sumType+"\n" {
			continue
		}
		rest, found := strings.CutPrefix(rest, "//")
		if found && rest != "\n" && rest[0] != ' ' && rest[0] != '\t' {
			return errDirective
		}
	}
	return nil
}

// twice returns a name that two declarations of the package share: a function,
// type, constant or variable, or a field and a method of one type.
func twice(files []*file) (string, bool) {
	seen := map[string]bool{}
	for _, f := range files {
		for _, c := range f.chunks {
			for _, a := range c.announced {
				_, name, _ := strings.Cut(a, " ")
				if name != "_" && seen[name] {
					return name, true
				}
				seen[name] = true
			}
		}
	}
	return "", false
}
