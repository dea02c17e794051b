package lint

import (
	"slices"

	"github.com/wampgen/wampgen/schema"
)

// payloads calls f with every payload of the schema, and with what it belongs
// to.
func payloads(m *schema.Model, f func(p *schema.Payload, owner string)) {
	for _, x := range m.Procedures {
		f(x.In, "procedure "+quoted(x.Name))
		f(x.Out, "the result of procedure "+quoted(x.Name))
		if x.Progress != nil {
			f(x.Progress, "the progressive result of procedure "+quoted(x.Name))
		}
		if x.Chunk != nil {
			f(x.Chunk, "the chunk of procedure "+quoted(x.Name))
		}
	}
	for _, x := range m.Topics {
		f(x.Payload, "topic "+quoted(x.Name))
	}
	for _, x := range m.Errors {
		f(x.Payload, "error "+quoted(x.Name))
	}
}

// fields calls f with every field of a struct and every parameter of a payload,
// each once, and with what to call it.
func fields(m *schema.Model, f func(x *schema.Field, what string)) {
	for _, t := range m.Types {
		for _, x := range t.Fields {
			f(x, quoted(x.Name)+" of type "+quoted(t.Name))
		}
	}
	payloads(m, func(p *schema.Payload, owner string) {
		all := p.Args
		if p.Spread == nil {
			all = slices.Concat(p.Args, p.Kwargs)
		}
		for _, x := range all {
			if x.Place.Derived {
				f(x, owner)
			} else {
				f(x, quoted(x.Name)+" of "+owner)
			}
		}
	})
}

// inner calls f with a type and the types that it is made of.
func inner(ref *schema.Ref, f func(*schema.Ref)) {
	for ; ref != nil; ref = ref.List {
		f(ref)
		inner(ref.Map, f)
		inner(ref.Keys, f)
	}
}

// qualified is what a schema calls a type or an error, perhaps one of another API.
func qualified(api *schema.Import, name string) string {
	if api == nil {
		return name
	}
	return api.Alias + "." + name
}

func quoted(name string) string { return `"` + name + `"` }
