package jsonschema

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/schema"
)

// Generate returns the JSON Schema of an API. Its $defs hold every named type
// under its name, as the schema spells it, every built-in type that is used, and every message under its
// kind and name: procedure:NAME, chunk:NAME, result:NAME, progress:NAME,
// topic:NAME and error:NAME. A message is an object with the keys args and kwargs, which may be
// absent as they may be on the wire. Those of a procedure and its chunks are what a callee
// accepts, the others what a client accepts that holds them against the
// constraints. It is safe for concurrent use.
func Generate(m *schema.Model) ([]byte, error) {
	g := &gen{used: map[string]object{}, defs: map[*schema.Type]definition{}}
	for _, t := range m.Types {
		g.define(definition{t: t, name: t.Name})
	}
	defs := g.types(nil)
	messages := g.messages(m)
	defs = g.types(defs).append(messages)
	for _, name := range slices.Sorted(maps.Keys(g.used)) {
		defs = defs.with(name, g.used[name])
	}
	return document(m, defs)
}

// messages are the definitions of what is sent.
func (g *gen) messages(m *schema.Model) object {
	var defs object
	for _, p := range m.Procedures {
		defs = defs.with("procedure:"+p.Name, about(p.URI, p.Doc, p.Deprecated).append(g.input(p.In, p.Strict)))
		if p.Chunk != nil {
			defs = defs.with("chunk:"+p.Name, about(p.URI, "", "").append(g.input(p.Chunk, p.Strict)))
		}
		if p.Progress != nil {
			defs = defs.with("progress:"+p.Name, about(p.URI, "", "").append(g.result(p.Progress)))
		}
		defs = defs.with("result:"+p.Name, about(p.URI, "", "").append(g.result(p.Out)))
	}
	for _, t := range m.Topics {
		defs = defs.with("topic:"+t.Name, about(t.URI, t.Doc, t.Deprecated).append(g.record(t.Payload, receiver{})))
	}
	for _, e := range m.Errors {
		defs = defs.with("error:"+e.Name, g.failure(e))
	}
	seen := map[*schema.Error]bool{}
	for _, p := range m.Procedures {
		for _, e := range p.Errors {
			if e.Import == nil || seen[e.Error] {
				continue
			}
			seen[e.Error] = true
			api := e.Import.Alias + "."
			defs = defs.with("error:"+api+e.Name, g.in(definition{api: api}, func() object { return g.failure(e.Error) }))
		}
	}
	return defs
}

// failure is the schema of an error.
func (g *gen) failure(e *schema.Error) object {
	return about(e.URI, e.Doc, e.Deprecated).append(g.record(e.Payload, receiver{}))
}

// document puts the definitions into a document.
func document(m *schema.Model, defs object) ([]byte, error) {
	root := object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"title", strings.TrimSpace(m.Name + " " + m.Version)},
	}
	if m.Doc != "" {
		root = root.with("description", m.Doc)
	}
	data, err := encode(root.with("$defs", defs))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = json.Indent(&b, append(data, '\n'), "", "  ")
	return b.Bytes(), err
}

// gen is one document in the making.
type gen struct {
	// used are the built-in types that it has.
	used map[string]object
	// defs are the named types that it has or will have, todo those of them that
	// are not written.
	defs map[*schema.Type]definition
	todo []definition
	// api is what the names of types begin with in the API whose types are being
	// written, "" in the first one.
	api string
}

// definition is a named type, its name in the document, and what those of its
// API begin with.
type definition struct {
	t         *schema.Type
	name, api string
}

// define notes that the document needs a definition.
func (g *gen) define(d definition) {
	g.defs[d.t] = d
	g.todo = append(g.todo, d)
}

// types adds the definitions that are needed and not written.
func (g *gen) types(defs object) object {
	for len(g.todo) > 0 {
		d := g.todo[0]
		g.todo = g.todo[1:]
		defs = defs.with(d.name, g.in(d, func() object { return g.named(d.t) }))
	}
	return defs
}

// in calls write for what is of the API of d.
func (g *gen) in(d definition, write func() object) object {
	was := g.api
	g.api = d.api
	s := write()
	g.api = was
	return s
}

// definition returns that of a use of a named type. One of another API is
// called as this one does, such as common.Money.
func (g *gen) definition(r *schema.Ref) definition {
	d, ok := g.defs[r.Named]
	if !ok {
		api := g.api
		if r.Import != nil {
			api += r.Import.Alias + "."
		}
		d = definition{r.Named, api + r.Named.Name, api}
		g.define(d)
	}
	return d
}

// about begins a schema with what is known of a declaration; title may be "".
func about(title, doc, deprecated string) object {
	var s object
	if title != "" {
		s = s.with("title", title)
	}
	if doc != "" {
		s = s.with("description", doc)
	}
	if deprecated != "" {
		s = s.with("deprecated", true)
	}
	return s
}

// within is the schema of a definition of this document.
func within(name string) object { return object{{"$ref", "#/$defs/" + name}} }
