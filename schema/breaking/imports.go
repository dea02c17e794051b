package breaking

import (
	"path"
	"slices"

	"github.com/wampgen/wampgen/schema"
)

// home is where a type is declared.
type home struct {
	// id is the same in both versions: the name of the type, behind the URI of the
	// API if that is another one.
	id string
	// label is the type as the schema calls it, such as common.Money.
	label string
	// file is the file of the API, relative to the schema, "" if it is the schema.
	file string
}

// settle finds the homes of all types of a version, and lists the types that are
// of other APIs.
func (c *comparison) settle(m *schema.Model) (imported []*schema.Type) {
	for _, t := range m.Types {
		c.homes[t] = home{t.Name, t.Name, ""}
	}
	seen := map[*schema.Model]bool{}
	var follow func(m *schema.Model, alias, file string)
	follow = func(m *schema.Model, alias, file string) {
		for _, i := range m.Imports {
			if seen[i.Model] {
				continue
			}
			seen[i.Model] = true
			alias, file := alias+i.Alias+".", path.Join(path.Dir(file), i.Path)
			for _, t := range i.Model.Types {
				c.homes[t] = home{i.Model.URI + " " + t.Name, alias + t.Name, file}
				imported = append(imported, t)
			}
			follow(i.Model, alias, file)
		}
	}
	follow(m, "", "")
	return imported
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
func declares(all []schema.ErrorRef, e schema.ErrorRef) bool {
	return slices.ContainsFunc(all, func(x schema.ErrorRef) bool {
		return x.URI == e.URI || errorID(&x) == errorID(&e)
	})
}

// errorID is the same in both versions, as the id of a [home].
func errorID(e *schema.ErrorRef) string {
	if e.Import == nil {
		return e.Name
	}
	return e.Import.Model.URI + " " + e.Name
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
