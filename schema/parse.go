package schema

import (
	"path/filepath"
	"slices"
	"time"

	"github.com/wampgen/wampgen/schema/diag"
)

// Parse parses one schema file. The [Model] is nil if there is an error. The
// findings are sorted, and nil if there are none. file is the path for
// findings, and its last element becomes [Model.File]; Parse opens no file. It
// accepts at most 8 MiB, 64 levels and a million nodes.
func Parse(file string, src []byte) (*Model, diag.List) {
	if ds := tooLarge(file, src); ds != nil {
		return nil, ds
	}
	if ds := notText(file, src); ds != nil {
		return nil, ds
	}
	s := newSource(file, src)
	if ds := s.tooDense(); ds != nil {
		return nil, ds
	}
	c := &collector{src: s}
	root := load(c)
	// A file that is not whole would only give findings about what is missing.
	if root == nil && len(c.all) == 0 {
		d := c.report(s.Whole(1), RuleMissingKey, "the file is empty")
		d.Hint = "a schema begins with  wampgen: 1"
	} else if root != nil {
		r := newReader(c)
		r.file(root)
		if len(c.all) == 0 {
			return r.model, nil
		}
	}
	c.all.Sort()
	return nil, c.all
}

// reader turns the tree of a file into a Model.
type reader struct {
	*collector
	model *Model
	// types and errors find what a name means; the lists are for suggestions.
	types      map[string]*Type
	errors     map[string]*Error
	typeNames  []string
	errorNames []string
	// keys are the nodes that name a declaration, and goNames the identifiers
	// that the schema itself asks for.
	keys    map[any]*node
	goNames map[any]string
	// valueKeys are the nodes that name the values of an enum, namedFields the
	// fields whose Go name is decided.
	valueKeys   map[*Type][]*node
	namedFields map[*Field]bool
	// uris are the URIs in use, by kind of declaration.
	uris map[string]*node
	// short are the declarations in the short form, which has no place for keys.
	short map[any]bool
	// aliases are the names of imported schemas; partial reports whether types and
	// errors of included files are not known. Neither is built yet.
	aliases map[string]bool
	partial bool
	// policy is what procedures have unless they say otherwise.
	policy struct {
		timeout time.Duration
		errors  []*Error
	}
}

// newReader returns a reader with an empty Model.
func newReader(c *collector) *reader {
	return &reader{
		collector: c, model: &Model{File: filepath.Base(c.src.File)},
		types: map[string]*Type{}, errors: map[string]*Error{},
		keys: map[any]*node{}, goNames: map[any]string{}, uris: map[string]*node{}, short: map[any]bool{},
		aliases: map[string]bool{}, valueKeys: map[*Type][]*node{}, namedFields: map[*Field]bool{},
	}
}

// file reads the whole document, in the order in which one part needs another.
func (r *reader) file(root *node) {
	root.pairs = r.indented(root.pairs, func(key string) bool {
		return !slices.Contains(rootKeys.built, key) && !slices.Contains(rootKeys.later, key)
	})
	s, ok := r.section(root, "a schema", rootKeys)
	if !ok || !r.header(s) {
		return
	}
	if api := s.need("api"); api != nil {
		r.api(api)
	}
	r.others(root)
	for _, step := range []func(){
		func() { r.readTypes(s.entries("types")) },
		func() { r.readErrors(s.entries("errors")) },
		func() { r.readDefaults(s.get("defaults")) },
		func() { r.readProcedures(s.entries("procedures")) },
		func() { r.readTopics(s.entries("topics")) },
		r.cycles, r.sort, r.names,
	} {
		if r.full() {
			return // there is nothing more to be said
		}
		step()
	}
}

// header checks the version of the language. What another version means is
// not known, so nothing else is then said.
func (r *reader) header(s section) bool {
	v := s.need("wampgen")
	if v == nil || v.kind == scalarNode && v.text == "1" {
		return true
	}
	d := r.report(r.src.token(v), RuleBadValue, "wampgen: %s is not a version of the language that this wampgen reads", clean(v.text))
	d.Hint = "write  wampgen: 1"
	return false
}

// others notes what the schema takes from other files, so that it is not called
// unknown.
func (r *reader) others(root *node) {
	for _, p := range root.pairs {
		switch p.key.text {
		case "include":
			r.partial = true
		case "imports":
			for _, alias := range p.value.pairs {
				r.aliases[alias.key.text] = true
			}
		}
	}
}

// api reads the head of the API.
func (r *reader) api(n *node) {
	s, ok := r.section(n, "api", apiKeys)
	if !ok {
		return
	}
	m := r.model
	m.Doc = s.doc()
	m.Version = s.match("version", semver, "a version is three numbers, as in 1.4.0")
	if s.need("name") != nil {
		m.Name = s.match("name", snake, "a name is snake_case, as in my_shop")
	}
	if uri := s.need("uri"); uri != nil && s.isString(uri, "uri") {
		if template(uri.text) {
			r.report(r.src.token(uri), RuleURI, "the URI of an API has no parameters")
		} else if r.checkURI(uri, uri.text, false) {
			m.URI, m.URIPos = uri.text, uri.pos
		}
	}
	r.packageName(s)
}

// packageName decides the name of the Go package.
func (r *reader) packageName(s section) {
	m, at := r.model, s.get("name")
	m.Package = m.Name
	if n := s.get("go"); n != nil {
		if g, ok := r.section(n, "go", apiGoKeys); ok {
			if g.get("package") != nil {
				at, m.Package = g.get("package"), g.match("package", snake, "a package name has small letters, digits and _")
			}
			g.match("import", importPath, "an import path is like example.com/acme/api/shop")
		}
	}
	if at != nil {
		m.PackagePos = at.pos
	}
	if problem := badPackage(m.Package); m.Package != "" && problem != "" {
		d := r.report(r.src.token(at), RuleGoName, "%s cannot be the name of a Go package: %s", quote(m.Package), problem)
		d.Hint = "add  go: {package: ...}  to api"
	}
}

// sort puts every list into the order of the schema's names.
func (r *reader) sort() {
	m := r.model
	slices.SortFunc(m.Types, func(a, b *Type) int { return compare(a.Name, b.Name) })
	slices.SortFunc(m.Errors, func(a, b *Error) int { return compare(a.Name, b.Name) })
	slices.SortFunc(m.Procedures, func(a, b *Procedure) int { return compare(a.Name, b.Name) })
	slices.SortFunc(m.Topics, func(a, b *Topic) int { return compare(a.Name, b.Name) })
}
