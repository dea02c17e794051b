package golang

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"maps"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/breaking"
)

// RuleGoChanged is the rule of the changes that [Breaking] returns.
const RuleGoChanged = "go-changed"

// BreakingRule returns that rule, with what it finds and how to do without.
func BreakingRule() breaking.Rule {
	return breaking.Rule{
		Name: RuleGoChanged, Level: breaking.Go, Summary: "an exported Go identifier is gone or has another type",
		Cure: "keep a name with  go: {name: ...}, or announce the change before users update",
	}
}

// Breaking returns the changes from one version of an API to the next with
// which Go code that uses the generated package does not compile any more: one
// change for each declaration of the schema. A method that Callee or Caller
// gains is none, since whoever implements them follows the schema.
//
// It returns an error if no code can be generated from one of them.
func Breaking(old, new *schema.Model) ([]breaking.Change, error) {
	was, err := surface(old)
	if err != nil {
		return nil, fmt.Errorf("the old version: %w", err)
	}
	is, err := surface(new)
	if err != nil {
		return nil, err
	}
	d := &difference{old: old, new: new, was: parts(old), is: parts(new), texts: map[breaking.Change][]string{}}
	if before, _ := Package(old); before != is["package"] {
		d.add("", fmt.Sprintf("the package was %s and is %s", before, is["package"]))
	}
	d.importPaths()
	for _, id := range slices.Sorted(maps.Keys(was)) {
		now, ok := is[id]
		switch {
		case !ok && !gone(is, id):
			d.add(id, id+" is gone")
		case ok && now != was[id] && strings.HasPrefix(now, "func("):
			d.add(id, id+" has another signature")
		case ok && now != was[id] && id != "package":
			d.add(id, fmt.Sprintf("%s was %s and is %s", id, was[id], now))
		}
	}
	return d.changes(), nil
}

// difference collects what changed, by declarations of the schema.
type difference struct {
	old, new *schema.Model
	was, is  []part
	texts    map[breaking.Change][]string // the changes, without their texts
}

// add adds what happened to an identifier, or to the package.
func (d *difference) add(id, text string) {
	c := breaking.Change{Rule: RuleGoChanged, Level: breaking.Go, Subject: "the API", Old: d.old.NamePlace, New: d.new.NamePlace,
		Cure: BreakingRule().Cure}
	was, is := owner(d.was, id), owner(d.is, id)
	if was.subject != "" {
		c.Subject, c.Old = was.subject, was.place
	}
	if is.subject != "" && len(is.goName) >= len(was.goName) { // else what it belonged to is gone
		c.Subject, c.New = is.subject, is.place
	}
	d.texts[c] = append(d.texts[c], text)
}

// changes returns what was collected.
func (d *difference) changes() []breaking.Change {
	var all []breaking.Change
	for c, texts := range d.texts {
		c.Text = few(texts)
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b breaking.Change) int { return strings.Compare(a.Subject, b.Subject) })
	breaking.Sort(all)
	return all
}

// gone reports whether what an identifier belongs to is gone as a whole.
func gone(is map[string]string, id string) bool {
	of, _, member := strings.Cut(id, ".")
	_, there := is[of]
	return member && !there
}

// few joins the first texts.
func few(texts []string) string {
	const most = 3
	if more := len(texts) - most; more > 0 {
		return fmt.Sprintf("in Go, %s, and %d more", strings.Join(texts[:most], ", "), more)
	}
	return "in Go, " + strings.Join(texts, ", ")
}

// part is a declaration of the schema and the Go name that begins the names of
// what is generated for it.
type part struct {
	goName, subject string
	place           schema.Place
}

// parts returns the declarations of a schema.
func parts(m *schema.Model) (all []part) {
	n := name(m).names
	for _, x := range m.Types {
		all = append(all, part{n.of[x], fmt.Sprintf("type %q", x.Name), x.Place})
	}
	for _, x := range m.Errors {
		all = append(all, part{n.of[x], fmt.Sprintf("error %q", x.Name), x.Place})
	}
	for _, x := range m.Procedures {
		all = append(all, part{n.of[x], fmt.Sprintf("procedure %q", x.Name), x.Place})
	}
	for _, x := range m.Topics {
		all = append(all, part{n.of[x], fmt.Sprintf("topic %q", x.Name), x.Place})
	}
	return all
}

// owner returns the declaration that an identifier was generated for: the one
// with the longest name in it.
func owner(all []part, id string) (found part) {
	of, member, _ := strings.Cut(id, ".")
	for _, prefix := range []string{"Handle", "Publish", "Subscribe"} {
		of = strings.TrimPrefix(of, prefix)
	}
	if of == "Caller" || of == "Callee" {
		of = member
	}
	for _, p := range all {
		if strings.HasPrefix(of, p.goName) && len(p.goName) > len(found.goName) {
			found = p
		}
	}
	return found
}

// importPaths adds the packages that are elsewhere now: that of the API and those of
// the APIs that it imports.
func (d *difference) importPaths() {
	compare := func(what string, old, new *schema.Model) {
		if was, is := importPath(old), importPath(new); was != is && was != "" && is != "" {
			d.add("", fmt.Sprintf("the import path%s was %s and is %s", what, was, is))
		}
	}
	compare("", d.old, d.new)
	for _, i := range d.new.Imports {
		for _, before := range d.old.Imports {
			if before.Alias == i.Alias {
				compare(" of "+i.Alias, before.Model, i.Model)
			}
		}
	}
}

// surface returns the exported identifiers of the package that is generated
// from a schema, with their types. Fields and methods stand behind the name of
// their type and a dot.
func surface(m *schema.Model) (map[string]string, error) {
	files, err := Generate(m, Options{})
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	out["package"], _ = Package(m)
	for _, f := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), f.Name, f.Data, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range tree.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				surfaceOfFunc(out, d)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					surfaceOfSpec(out, spec)
				}
			}
		}
	}
	maps.DeleteFunc(out, func(id, _ string) bool {
		for name := range strings.SplitSeq(id, ".") {
			if !ast.IsExported(name) && id != "package" {
				return true
			}
		}
		return false
	})
	return out, nil
}

// surfaceOfFunc adds a function or a method.
func surfaceOfFunc(out map[string]string, d *ast.FuncDecl) {
	id := d.Name.Name
	if d.Recv != nil {
		id = strings.TrimPrefix(source(d.Recv.List[0].Type), "*") + "." + id
	}
	out[id] = signature(d.Type)
}

// surfaceOfSpec adds a type with its fields or methods, or constants and
// variables.
func surfaceOfSpec(out map[string]string, spec ast.Spec) {
	switch s := spec.(type) {
	case *ast.ValueSpec:
		for _, name := range s.Names {
			out[name.Name] = "a value" // what it is belongs to the schema
		}
	case *ast.TypeSpec:
		switch t := s.Type.(type) {
		case *ast.StructType:
			out[s.Name.Name] = "a struct"
			members(out, s.Name.Name, t.Fields)
		case *ast.InterfaceType:
			out[s.Name.Name] = "an interface"
			members(out, s.Name.Name, t.Methods)
		default:
			out[s.Name.Name] = source(t)
		}
	}
}

// members adds fields of a struct or methods of an interface.
func members(out map[string]string, of string, list *ast.FieldList) {
	for _, x := range list.List {
		for _, name := range x.Names {
			if f, ok := x.Type.(*ast.FuncType); ok {
				out[of+"."+name.Name] = signature(f)
			} else {
				out[of+"."+name.Name] = source(x.Type)
			}
		}
	}
}

// signature returns the type of a function without the names of parameters.
func signature(f *ast.FuncType) string {
	bare := func(list *ast.FieldList) *ast.FieldList {
		if list == nil {
			return nil
		}
		out := &ast.FieldList{}
		for _, x := range list.List {
			for range max(len(x.Names), 1) {
				out.List = append(out.List, &ast.Field{Type: x.Type})
			}
		}
		return out
	}
	return source(&ast.FuncType{Params: bare(f.Params), Results: bare(f.Results)})
}

// source returns an expression in gofmt's form.
func source(x ast.Node) string {
	var b bytes.Buffer
	if err := printer.Fprint(&b, token.NewFileSet(), x); err != nil {
		return err.Error()
	}
	return b.String()
}
