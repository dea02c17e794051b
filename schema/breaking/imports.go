package breaking

import (
	"path"
	"slices"

	"github.com/wampgen/wampgen/schema"
)

// home is where a type is declared.
type home struct {
	// id is the same in both versions: the name of the type, behind the id of the API
	// if that is another one.
	id string
	// label is the type as the schema calls it, such as common.Money.
	label string
	// file is the file of the API, relative to the schema, "" if it is the schema.
	file string
}

// api is an API that another one imports, also by way of others.
type api struct {
	*schema.Model
	// prefix is what the schema writes before the names of its types, such as
	// "common.".
	prefix string
	// file is its file, relative to the schema.
	file string
}

// imported returns the APIs that one imports, each once.
func imported(m *schema.Model) (all []api) {
	seen := map[*schema.Model]bool{}
	var follow func(m *schema.Model, prefix, file string)
	follow = func(m *schema.Model, prefix, file string) {
		for _, i := range m.Imports {
			if !seen[i.Model] {
				seen[i.Model] = true
				x := api{i.Model, prefix + i.Alias + ".", path.Join(path.Dir(file), i.Path)}
				all = append(all, x)
				follow(i.Model, x.prefix, x.file)
			}
		}
	}
	follow(m, "", "")
	return all
}

// settle finds the homes of all types of both versions.
func (c *comparison) settle() {
	was, is := imported(c.old), imported(c.new)
	shared := map[string]bool{}
	for _, all := range [][]api{was, is} {
		first := map[string]bool{}
		for _, x := range all {
			shared[x.URI] = shared[x.URI] || first[x.URI]
			first[x.URI] = true
		}
	}
	for _, x := range append(was, is...) {
		id := x.URI + " "
		if shared[x.URI] { // a version has several of it
			id += x.file + " "
		}
		c.apis[x.Model] = id
		for _, t := range x.Types {
			c.homes[t] = home{id + t.Name, x.prefix + t.Name, x.file}
		}
	}
	for _, m := range []*schema.Model{c.old, c.new} {
		for _, t := range m.Types {
			c.homes[t] = home{t.Name, t.Name, ""}
		}
	}
}

// typesOf returns the types of a version, also those of other APIs.
func typesOf(m *schema.Model) (all []*schema.Type) {
	for _, x := range imported(m) {
		all = append(all, x.Types...)
	}
	return append(all, m.Types...)
}

// same reports whether two types are versions of one.
func (c *comparison) same(old, new *schema.Type) bool { return c.homes[old].id == c.homes[new].id }

// errorsOf returns the errors of a schema, and those of other APIs that its
// procedures declare.
func errorsOf(m *schema.Model) (all []*schema.ErrorRef) {
	for _, e := range m.Errors {
		all = append(all, &schema.ErrorRef{Error: e})
	}
	seen := map[*schema.Error]bool{}
	for _, p := range m.Procedures {
		for _, e := range p.Errors {
			if e.Import != nil && !seen[e.Error] {
				seen[e.Error] = true
				all = append(all, &e)
			}
		}
	}
	return all
}

// declares reports whether one of the errors is e: it has its name in the same API,
// or its URI.
func (c *comparison) declares(all []schema.ErrorRef, e schema.ErrorRef) bool {
	return slices.ContainsFunc(all, func(x schema.ErrorRef) bool {
		return x.URI == e.URI || c.errorID(&x) == c.errorID(&e)
	})
}

// errorID is the same in both versions, as the id of a [home].
func (c *comparison) errorID(e *schema.ErrorRef) string {
	if e.Import == nil {
		return e.Name
	}
	return c.apis[e.Import.Model] + e.Name
}

// fileOf is the file that an error is of, relative to the schema, "" if it is the
// schema.
func fileOf(e *schema.ErrorRef) string {
	if e.Import == nil {
		return ""
	}
	return e.Import.Path
}

// calledError is an error as the schema calls it.
func calledError(e schema.ErrorRef) string {
	if e.Import == nil {
		return e.Name
	}
	return e.Import.Alias + "." + e.Name
}
