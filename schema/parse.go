package schema

import (
	"path/filepath"
	"slices"

	"github.com/wampgen/wampgen/schema/diag"
)

// A Check is what a back end demands of a schema beyond the language, such as
// names that do not clash. The File of its findings is that of a [Place].
//
// So that all findings come in one run, it also gets the Model of a file that
// has others already. References and URIs may then be missing in it, and so are
// declarations whose names are refused.
type Check func(*Model) diag.List

// Parse parses one schema file. The [Model] is nil if there is an error, also
// one of the checks. The findings are sorted, and nil if there are none. file is
// the path for findings, and its last element becomes [Model.File]; Parse opens
// no file, so that the schema can import none, see [Load]. It accepts at most
// 8 MiB, 64 levels and a million nodes.
func Parse(file string, src []byte, checks ...Check) (*Model, diag.List) {
	return Load(file, src, nil, checks...)
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
	// pending is what is read once all types are known.
	pending []func()
	// refused are the types, procedures, topics and errors whose names are not
	// what they should be.
	refused map[any]bool
	// uris are the URIs in use, by kind of declaration.
	uris map[string]*node
	// many are the keys variadic and catch_all of fields.
	many map[*Field]*node
	// groups are the first procedures of each group.
	groups map[string]*Procedure
	// parts are the files of the schema, itself first; partial reports whether one
	// is missing, so that names may be declared that are not known.
	parts   []section
	partial bool
	// importer reads other files. aliases are the names of imported schemas, nil for
	// one with errors.
	importer *importer
	aliases  map[string]*Import
	// defaults are what procedures and topics have unless they say otherwise.
	defaults struct {
		procedure Procedure
		topic     Topic
	}
}

// newReader returns a reader with an empty Model.
func newReader(c *collector) *reader {
	return &reader{
		collector: c, model: &Model{File: filepath.Base(c.file)},
		types: map[string]*Type{}, errors: map[string]*Error{},
		refused: map[any]bool{}, uris: map[string]*node{}, groups: map[string]*Procedure{}, many: map[*Field]*node{}, aliases: map[string]*Import{},
	}
}

// document reads the whole document, in the order in which one part needs another.
// It reports whether it got to the end.
func (r *reader) document(root *node) bool {
	root.pairs = r.indented(root.pairs, func(key string) bool {
		return !slices.Contains(rootKeys.built, key) && !slices.Contains(rootKeys.later, key)
	})
	s, ok := r.section(root, "a schema", rootKeys)
	if !ok || !r.header(s) {
		return false
	}
	api := s.get("api")
	if api == nil && s.missing("api") {
		r.alone(root)
		return false
	}
	if api != nil {
		r.api(api)
	}
	r.parts = []section{s}
	r.include(s.get("include"))
	r.readImports(s.named("imports"))
	for _, step := range []func(){
		func() { r.readTypes(r.declared("types", typeKeys)) },
		func() { r.readErrors(r.declared("errors", errorKeys)) },
		func() { r.readDefaults(s.get("defaults")) },
		func() { r.readProcedures(r.declared("procedures", procedureKeys)) },
		func() { r.readTopics(r.declared("topics", topicKeys)) },
		r.structCycles, r.sort,
	} {
		if r.full() {
			return false // there is nothing more to be said
		}
		step()
	}
	return true
}

// alone reports a file without an API that no schema includes.
func (r *reader) alone(root *node) {
	d := r.report(root.token(), RuleFragment, "the file has no key \"api\", so it is a fragment, and no schema includes it")
	d.Hint = "add  api: {name: my_shop, uri: com.example.shop},  or add the file to  include  of a schema"
}

// check adds what the checks find.
func (r *reader) check(checks []Check) {
	if len(checks) == 0 {
		return
	}
	m := *r.model
	if len(r.refused) > 0 {
		m.Types = slices.DeleteFunc(slices.Clone(m.Types), func(t *Type) bool { return r.refused[t] })
		m.Errors = slices.DeleteFunc(slices.Clone(m.Errors), func(e *Error) bool { return r.refused[e] })
		m.Procedures = slices.DeleteFunc(slices.Clone(m.Procedures), func(p *Procedure) bool { return r.refused[p] })
		m.Topics = slices.DeleteFunc(slices.Clone(m.Topics), func(t *Topic) bool { return r.refused[t] })
	}
	for _, check := range checks {
		for _, d := range check(&m) {
			r.add(d)
		}
	}
}

// header checks the version of the language. What another version means is
// not known, so nothing else is then said.
func (r *reader) header(s section) bool {
	v := s.need("wampgen")
	if v == nil || v.kind == scalarNode && v.text == "1" {
		return true
	}
	d := r.report(v.token(), RuleBadValue, "wampgen: %s is not a version of the language that this wampgen reads", clean(v.text))
	d.Hint = "write  wampgen: 1"
	return false
}

// api reads the head of the API.
func (r *reader) api(n *node) {
	s, ok := r.section(n, "api", apiKeys)
	if !ok {
		return
	}
	m := r.model
	m.Doc, m.DocPlace = s.doc()
	m.External = s.flag("external")
	m.Version = s.match("version", semver, "a version is three numbers, as in 1.4.0")
	if s.need("name") != nil {
		m.Name, m.NamePlace = s.match("name", snake, "a name is snake_case, as in my_shop"), s.get("name").place()
	}
	if uri := s.need("uri"); uri != nil && s.isString(uri, "uri") {
		if template(uri.text) {
			r.report(uri.token(), RuleURI, "the URI of an API has no parameters")
		} else if r.checkURI(uri, uri.text, false) {
			m.URI, m.URIPlace = uri.text, uri.place()
		}
	}
	m.Go = s.goHints(apiGoKeys)
}

// sort puts every list into the order of the schema's names.
func (r *reader) sort() {
	m := r.model
	slices.SortFunc(m.Types, func(a, b *Type) int { return compare(a.Name, b.Name) })
	slices.SortFunc(m.Errors, func(a, b *Error) int { return compare(a.Name, b.Name) })
	slices.SortFunc(m.Procedures, func(a, b *Procedure) int { return compare(a.Name, b.Name) })
	slices.SortFunc(m.Topics, func(a, b *Topic) int { return compare(a.Name, b.Name) })
}
