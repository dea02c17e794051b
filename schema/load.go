package schema

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/schema/diag"
)

// Import is an API that another one has types and errors of.
type Import struct {
	// Alias is the name of the API in the schema that imports it, at Place.
	Alias string `json:"alias"`
	Place Place  `json:"place,omitzero"`
	// Path is the path of the file, relative to the schema that imports it, with
	// slashes.
	Path string `json:"path"`
	// Model is the API.
	Model *Model `json:"-"`
}

// qualified is a name of the API in the schema that imports it; the name itself
// if i is nil.
func (i *Import) qualified(name string) string {
	if i == nil {
		return name
	}
	return i.Alias + "." + name
}

// place is a place in the API as the schema that imports it names its file; the place
// itself if i is nil.
func (i *Import) place(p Place) Place {
	if i != nil && p.Line > 0 {
		p.File = diag.Beside(i.Path, p.File)
	}
	return p
}

// declared is a place in what a type comes down to, as the schema that uses it names
// its file.
func (r *Ref) declared(p Place) Place {
	if r.Named != nil && r.Named.Kind == Newtype && r.Named.Base != nil {
		p = r.Named.Base.declared(p)
	}
	return r.Import.place(p)
}

// fields are the fields of a struct of the API with their places; the fields
// themselves if i is nil.
func (i *Import) fields(fields []*Field) []*Field {
	if i == nil {
		return fields
	}
	out := make([]*Field, len(fields))
	for k, f := range fields {
		x := *f
		x.Place, x.DocPlace, x.Type = i.place(f.Place), i.place(f.DocPlace), i.ref(f.Type)
		if f.Default != nil {
			v := *f.Default
			v.Place, x.Default = i.place(v.Place), &v
		}
		out[k] = &x
	}
	return out
}

// ref is the use of a type in the API with its place; nil if r is.
func (i *Import) ref(r *Ref) *Ref {
	if r == nil {
		return nil
	}
	x := *r
	x.Place, x.List, x.Map, x.Keys = i.place(r.Place), i.ref(r.List), i.ref(r.Map), i.ref(r.Keys)
	return &x
}

// Load parses a schema file and those that it imports, which read reads by
// their paths, relative as path is. The [Model] is nil if there is an error in
// any of them; the findings name the files. See [Parse].
func Load(path string, src []byte, read func(path string) ([]byte, error), checks ...Check) (*Model, diag.List) {
	l := &importer{read: read, checks: checks, done: map[string]*Model{}}
	m := l.load(path, src)
	if len(l.found) > 0 {
		l.found.Sort()
		return nil, l.found
	}
	return m, nil
}

// importer loads a schema file and its imports.
type importer struct {
	read   func(path string) ([]byte, error) // nil if nothing can be read
	checks []Check
	// done are the files that were loaded, nil if there is an error in one; open
	// are those that are being loaded, each imported by the one before.
	done  map[string]*Model
	open  []string
	found diag.List
}

// load returns the Model of a file, nil if there is an error in it.
func (l *importer) load(path string, src []byte) *Model {
	l.open = append(l.open, filepath.Clean(path))
	m, found := l.parse(path, src)
	l.open = l.open[:len(l.open)-1]
	l.done[filepath.Clean(path)] = m
	l.found = append(l.found, found...)
	return m
}

// parse parses one file.
func (l *importer) parse(path string, src []byte) (*Model, diag.List) {
	c := &collector{file: path}
	root := c.open("", src)
	if root == nil {
		return nil, c.all
	}
	r := newReader(c)
	r.importer = l
	if r.document(root) {
		r.check(l.checks)
	}
	if len(c.all) > 0 {
		return nil, c.all
	}
	return r.model, nil
}

// readImports loads what the schema imports.
func (r *reader) readImports(pairs []pair) {
	for _, p := range pairs {
		if r.full() {
			return
		}
		r.aliases[p.key.text] = nil
		if !snake.MatchString(p.key.text) {
			r.report(p.key.token(), RuleNameStyle, "%s cannot name an import", quote(p.key.text)).Hint = "an import is snake_case, as in  common: ./common.wamp.yaml"
		}
		if !r.isString(p.value, "the path of an import") {
			continue
		}
		m := r.importFile(p.value)
		if m == nil {
			continue
		}
		i := &Import{Alias: p.key.text, Place: p.key.place(), Path: path.Clean(p.value.text), Model: m}
		r.aliases[i.Alias] = i
		r.model.Imports = append(r.model.Imports, i)
	}
	slices.SortFunc(r.model.Imports, func(a, b *Import) int { return compare(a.Alias, b.Alias) })
}

// importFile returns the Model of an imported file, nil once it is reported.
func (r *reader) importFile(n *node) *Model {
	l := r.importer
	file := filepath.Join(filepath.Dir(r.file), filepath.FromSlash(n.text))
	m, done := l.done[file]
	at := slices.Index(l.open, file)
	switch {
	case done:
		return m
	case at >= 0:
		r.report(n.token(), RuleImportCycle, "%s imports itself: %s", quote(filepath.Base(file)), strings.Join(append(slices.Clone(l.open[at:]), file), " → "))
		return nil
	case filepath.IsAbs(filepath.FromSlash(n.text)):
		r.report(n.token(), RuleImport, "the path of an import must be relative to this file").Hint = "write  ./" + filepath.Base(file)
		return nil
	case l.read == nil:
		r.report(n.token(), RuleImport, "%s cannot be imported where no file is read", quote(n.text))
		return nil
	}
	src, err := l.read(file)
	if err != nil {
		r.report(n.token(), RuleImport, "%s cannot be imported: %s", quote(n.text), cause(err))
		return nil
	}
	if m = l.load(file, src); m == nil {
		r.noFragment(n)
	}
	return m
}

// noFragment puts the finding that an imported file has no API where the file is
// imported.
func (r *reader) noFragment(n *node) {
	found := r.importer.found
	last := len(found) - 1
	if last < 0 || found[last].Rule != RuleFragment {
		return
	}
	r.importer.found = found[:last]
	d := r.report(n.token(), RuleImport, "%s has no api, so it is a fragment, which cannot be imported", quote(n.text))
	d.Hint = "import the schema that includes it"
}

// cause is why a file cannot be read, without its path.
func cause(err error) string {
	var p *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file"
	case errors.As(err, &p):
		return p.Err.Error()
	}
	return err.Error()
}

// imported returns the import that a name such as common.Money begins with, and
// the rest of it. known reports whether the schema has an import of that name;
// its file may have errors, and then there is no import.
func (r *reader) imported(name string) (i *Import, rest string, known bool) {
	alias, rest, dotted := strings.Cut(name, ".")
	if !dotted {
		return nil, "", false
	}
	i, known = r.aliases[alias]
	return i, rest, known
}

// importedType finds a type of an imported API; nil once it is reported.
func (r *reader) importedType(n *node, x *typeExpr) (*Type, *Import) {
	at := n.part(x.from, x.to)
	i, name, known := r.imported(x.name)
	if !known {
		d := r.report(at, RuleUnknownType, "unknown type %s", quote(x.name))
		d.Hint = "nothing is imported under that name; add it to  imports"
		return nil, nil
	}
	if i == nil {
		return nil, nil // its file is reported
	}
	var names []string
	for _, t := range i.Model.Types {
		if t.Name == name {
			return t, i
		}
		names = append(names, i.Alias+"."+t.Name)
	}
	d := r.report(at, RuleUnknownType, "unknown type %s", quote(x.name))
	r.suggest(d, x.name, i.Model.File+" has no type of that name", names)
	return nil, nil
}

// importedError finds an error of an imported API; nil if there is none.
func importedError(i *Import, name string) *Error {
	for _, e := range i.Model.Errors {
		if e.Name == name {
			return e
		}
	}
	return nil
}
