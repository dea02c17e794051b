package golang

import (
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/generator/internal/doctext"
	"github.com/wampgen/wampgen/schema"
)

// The packages that generated code may import.
const (
	runtimePath = "github.com/wampgen/wampgen/runtime"
	codecPath   = "github.com/wampgen/wampgen/runtime/codec"
)

// imports is every import that generated code may have, with its name.
var imports = map[string]string{
	"cmp":       "cmp",
	"context":   "context",
	"encoding":  "encoding",
	"iter":      "iter",
	"time":      "time",
	runtimePath: "wamp",
	codecPath:   "codec",
}

// isImported reports whether generated code always may import a package of that
// name.
func isImported(name string) bool {
	for _, imported := range imports {
		if imported == name {
			return true
		}
	}
	return false
}

// file is one generated file in the making. It is built in chunks, each of
// which is rendered as soon as it is full, beside the work on the next one.
type file struct {
	name, pkg string
	packages  map[string]string // that may be imported: their names by path
	chunks    []*chunk
	rendering sync.WaitGroup
	// printers has room for the chunks of all files that are rendered at a time. Who
	// builds the next one waits for it: a chunk that waits holds much memory.
	printers chan struct{}
}

// chunk is a part of a file.
type chunk struct {
	jen       *jen.File // nil once it is being rendered
	announced []string  // declarations that must be found after rendering
	printed   printed
	err       error
}

// chunkSize is how many declarations are rendered together.
const chunkSize = 250

func newFile(name, pkg, source string, packages map[string]string, printers chan struct{}) *file {
	f := &file{name: name, pkg: pkg, packages: packages, printers: printers}
	f.begin().jen.HeaderComment(doctext.Header(source))
	return f
}

// begin adds an empty chunk.
func (f *file) begin() *chunk {
	c := &chunk{jen: jen.NewFile(safeName(f.pkg))}
	c.jen.NoFormat = true
	for path, name := range f.packages {
		if importedAs(path) {
			c.jen.ImportAlias(path, name)
		} else {
			c.jen.ImportName(path, name)
		}
	}
	f.chunks = append(f.chunks, c)
	return c
}

// finish has the last chunk rendered.
func (f *file) finish() {
	c := f.chunks[len(f.chunks)-1]
	code := c.jen
	c.jen = nil
	f.printers <- struct{}{}
	f.rendering.Go(func() { // joined by emit
		defer func() { <-f.printers }()
		c.printed, c.err = c.print(code, f.pkg, f.packages)
	})
}

// packageDoc sets the comment above the package clause.
func (f *file) packageDoc(text string) {
	for _, line := range docLines(text) {
		f.chunks[0].jen.PackageComment(commentLine(line))
	}
}

// declare adds a top-level declaration below its documentation. The names are
// what the check after rendering must find: "type T", "func F", "func T.M",
// "field T.F", "const C", "var V".
func (f *file) declare(doc string, code jen.Code, names ...string) {
	c := f.chunks[len(f.chunks)-1]
	if len(c.announced) >= chunkSize {
		f.finish()
		c = f.begin()
	}
	for _, line := range docComment(doc) {
		c.jen.Add(line)
	}
	c.jen.Add(code)
	c.jen.Line()
	c.announced = append(c.announced, names...)
}

// docComment is a text as comment lines, wrapped and harmless.
func docComment(text string) []jen.Code {
	if text == "" {
		return nil
	}
	lines := docLines(text)
	out := make([]jen.Code, len(lines))
	for i, line := range lines {
		out[i] = jen.Comment(commentLine(line))
	}
	return out
}

// commentLine makes one line a comment that is no directive: the character
// after the slashes is always a space, or the tab of preformatted lines.
func commentLine(line string) string {
	if line == "" || line[0] == '\t' {
		return "//" + line
	}
	return "// " + line
}

// safeName returns name, or what no Go parser accepts if it is no identifier:
// the check after rendering then fails instead of odd code being made.
func safeName(name string) string {
	if !token.IsIdentifier(name) {
		return "?"
	}
	return name
}

// importedAs reports whether a package is imported under a name that it need not
// have: the runtime, and the packages of other APIs.
func importedAs(path string) bool { return path == runtimePath || imports[path] == "" }

// ident is a Go identifier that the table of names decided; that of another
// package has its import path before it.
func ident(name string) *jen.Statement {
	path, id := cutImport(name)
	if path != "" {
		return jen.Qual(path, safeName(id))
	}
	return jen.Id(safeName(id))
}

// sel is x.name; x stays as it is.
func sel(x *jen.Statement, name string) *jen.Statement { return x.Clone().Dot(safeName(name)) }

// wampID and codecID are names of the runtime.
func wampID(name string) *jen.Statement  { return jen.Qual(runtimePath, safeName(name)) }
func codecID(name string) *jen.Statement { return jen.Qual(codecPath, safeName(name)) }

// std is a name of a package of the standard library.
func std(pkg, name string) *jen.Statement {
	if imports[pkg] != pkg {
		pkg = "?"
	}
	return jen.Qual(pkg, safeName(name))
}

// external is a name of a package that the schema asks for, or of one of the
// standard library.
func external(path, name string) *jen.Statement { return jen.Qual(path, safeName(name)) }

// text, number, float and truth are literals.
func text(s string) *jen.Statement   { return jen.Lit(s) }
func number(n int) *jen.Statement    { return jen.Lit(n) }
func float(v float64) *jen.Statement { return jen.Lit(v) }
func truth(v bool) *jen.Statement    { return jen.Lit(v) }
func digits(s string) *jen.Statement { return jen.Op(onlyDigits(s)) }

// rawText is a literal of a text between backquotes, if it can be read there.
func rawText(s string) *jen.Statement {
	if strconv.CanBackquote(s) && !strings.ContainsFunc(s, func(c rune) bool { return !strconv.IsPrint(c) }) {
		return jen.Op("`" + s + "`")
	}
	return jen.Lit(s)
}

// onlyDigits passes what strconv makes of an integer, and nothing else.
func onlyDigits(s string) string {
	if s == "" || strings.Trim(s, "-0123456789") != "" {
		return "?"
	}
	return s
}

// lines is a bracketed list with one item a line.
func lines(open, end string, items ...jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: open, Close: end, Separator: ",", Multi: true}, items...)
}

// entry is "key: value" in a composite literal.
func entry(key string, value jen.Code) jen.Code { return ident(key).Op(":").Add(value) }

// plainKey is a name that stands in a struct tag as it is.
var plainKey = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)

// tags are the tags of a field: its name on the wire, if that needs no quoting,
// and those that the schema asks for.
func tags(f *schema.Field) *jen.Statement {
	all := map[string]string{}
	if plainKey.MatchString(f.Name) && f.Name != "-" {
		all["json"] = f.Name
	}
	if f.Go != nil {
		for key, h := range f.Go.Tags {
			all[key] = h.Text
		}
	}
	if len(all) == 0 {
		return jen.Empty()
	}
	return jen.Tag(all)
}

// notInJSON is the tag of a field that is not part of a payload.
func notInJSON() *jen.Statement { return jen.Tag(map[string]string{"json": "-"}) }

// apart is a function that the compiler does not put into its callers, where it
// would be compiled once more each time.
func apart(function *jen.Statement) *jen.Statement {
	return jen.Comment(noInline).Line().Add(function)
}

// The directives that generated code has: the compiler reads the first, and
// go-check-sumtype the other.
const (
	noInline = "//go:noinline"
	sumType  = "//sumtype:decl"
)

// sealed is a union, which go-check-sumtype reads.
func sealed(union *jen.Statement) *jen.Statement {
	return jen.Comment(sumType).Line().Add(union)
}

// oneLine is a function's body in one line.
func oneLine(body *jen.Statement) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{ ", Close: " }"}, body)
}
