package reference

import (
	"maps"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/schema"
)

// names are what a page calls the types and errors of an API and of those that it
// imports: those of another one begin with the name of the import, as in common.Money.
type names struct {
	types  map[*schema.Type]string
	errors map[*schema.Error]string
}

// namesIn returns the names of a page.
func namesIn(m *schema.Model) names {
	n := names{map[*schema.Type]string{}, map[*schema.Error]string{}}
	prefix := map[*schema.Model]string{m: ""}
	for todo := []*schema.Model{m}; len(todo) > 0; todo = todo[1:] {
		api := todo[0]
		for _, t := range api.Types {
			n.types[t] = prefix[api] + t.Name
		}
		for _, e := range api.Errors {
			n.errors[e] = prefix[api] + e.Name
		}
		for _, i := range api.Imports {
			if _, known := prefix[i.Model]; !known {
				prefix[i.Model] = prefix[api] + i.Alias + "."
				todo = append(todo, i.Model)
			}
		}
	}
	return n
}

// foreign returns the errors and types of other APIs that an API uses, by name.
func (n names) foreign(m *schema.Model) (errors []*schema.Error, types []*schema.Type) {
	u := uses{map[*schema.Error]bool{}, map[*schema.Type]bool{}}
	for _, t := range m.Types {
		u.named(t)
	}
	for _, e := range m.Errors {
		u.error(e)
	}
	for _, x := range m.Procedures {
		u.payloads(x.In, x.Out, x.Progress, x.Chunk)
		u.fields(x.Params, x.Options)
		for _, e := range x.Errors {
			u.error(e.Error)
		}
	}
	for _, x := range m.Topics {
		u.payloads(x.Payload)
		u.fields(x.Params, x.Options)
	}
	for _, t := range m.Types {
		delete(u.types, t)
	}
	for _, e := range m.Errors {
		delete(u.errors, e)
	}
	return byName(u.errors, n.errors), byName(u.types, n.types)
}

// byName returns declarations in the order of their names.
func byName[T comparable](all map[T]bool, names map[T]string) []T {
	return slices.SortedFunc(maps.Keys(all), func(a, b T) int { return strings.Compare(names[a], names[b]) })
}

// uses are the errors and types that something needs.
type uses struct {
	errors map[*schema.Error]bool
	types  map[*schema.Type]bool
}

func (u uses) error(e *schema.Error) {
	u.errors[e] = true
	u.payloads(e.Payload)
}

func (u uses) payloads(all ...*schema.Payload) {
	for _, p := range all {
		if p != nil {
			u.fields(p.Args, p.Kwargs)
		}
	}
}

func (u uses) fields(all ...[]*schema.Field) {
	for _, fields := range all {
		for _, f := range fields {
			u.ref(f.Type)
		}
	}
}

func (u uses) ref(r *schema.Ref) {
	for ; r != nil; r = r.List {
		u.ref(r.Map)
		u.ref(r.Keys)
		if r.Named != nil {
			u.named(r.Named)
		}
	}
}

func (u uses) named(t *schema.Type) {
	if u.types[t] {
		return
	}
	u.types[t] = true
	for _, r := range t.Uses() {
		u.ref(r)
	}
}
