package golang

import (
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"github.com/wampgen/wampgen/schema"
)

// names are the unexported package-level names of an API. Exported ones are
// the schema's business; these are chosen so that they neither meet each
// other nor hide, or are hidden by, anything that generated code mentions.
type names struct {
	taken      map[string]bool
	procedures map[*schema.Procedure]string
	topics     map[*schema.Topic]string
	errors     map[*schema.Error]string
	// tables are those of structs and payloads, by *schema.Type and
	// *schema.Payload.
	tables     map[any]string
	defaults   map[string]string          // by table: the variable with the defaults
	maybes     map[*schema.Payload]string // what codes a result that may be absent
	containers map[string]string          // by spelling: the type that codes it
	caller     string                     // what implements Caller
}

// locals are the names of receivers, parameters and variables in generated
// functions.
var locals = strings.Fields("c client ctx err ev f handler impl in l opts out p s v x")

func newNames(g *gen) *names {
	n := &names{
		taken:      map[string]bool{"init": true, "main": true, "_": true},
		procedures: map[*schema.Procedure]string{},
		topics:     map[*schema.Topic]string{},
		errors:     map[*schema.Error]string{},
		tables:     map[any]string{},
		defaults:   map[string]string{},
		maybes:     map[*schema.Payload]string{},
		containers: map[string]string{},
	}
	for _, name := range types.Universe.Names() {
		n.taken[name] = true
	}
	for _, name := range imports {
		n.taken[name] = true
	}
	for _, name := range locals {
		n.taken[name] = true
	}
	m := g.model
	for _, p := range m.Procedures { // parameters of generated functions
		if len(p.In.Args) == 1 {
			n.taken[p.In.Args[0].Param] = true
		}
	}
	for _, p := range m.Procedures {
		n.procedures[p] = n.pick(p.Var, "Procedure")
	}
	for _, t := range m.Topics {
		n.topics[t] = n.pick(t.Var, "Topic")
	}
	for _, e := range m.Errors {
		n.errors[e] = n.pick(lowerFirst(e.GoName))
	}
	n.caller = n.pick("caller", "Client")
	for _, t := range m.Types {
		if t.Kind == schema.Struct {
			n.table(t, t.GoName)
		}
	}
	for _, p := range payloads(m) {
		if p.shape() == shapeStruct {
			n.table(p.Payload, p.goName())
		}
		if p.maybe() {
			n.tables[p.Payload] = n.pick(lowerFirst(p.stem) + p.suffix() + "Table")
			n.maybes[p.Payload] = n.pick("code" + p.stem + p.suffix())
		}
	}
	for _, r := range g.containers {
		n.containers[spell(r)] = n.pick(lowerFirst(containerName(r)))
	}
	return n
}

// table names the table of a struct or payload, and its defaults.
func (n *names) table(of any, name string) {
	table := n.pick(lowerFirst(name) + "Table")
	n.tables[of] = table
	n.defaults[table] = n.pick(lowerFirst(name) + "Defaults")
}

// pick takes base, or base with one of the suffixes, or the first of base2,
// base3, ... that is free.
func (n *names) pick(base string, suffixes ...string) string {
	name := base
	for _, suffix := range suffixes {
		if n.taken[name] {
			name = strings.TrimRight(base, "_") + suffix
		}
	}
	for i := 2; n.taken[name] || token.IsKeyword(name); i++ {
		name = base + strconv.Itoa(i)
	}
	n.taken[name] = true
	return name
}

// param is the Go parameter of a procedure with one positional parameter.
func param(f *schema.Field) string {
	for _, name := range [...]string{"c", "ctx", "opts", "client"} {
		if f.Param == name {
			return f.Param + "_"
		}
	}
	return f.Param
}

// containerName is how a list or map type is called in function names:
// ListOfLineItem, MapOfNullableString.
func containerName(r *schema.Ref) string {
	switch {
	case r.List != nil:
		return "ListOf" + elementName(r.List)
	case r.Map != nil:
		return "MapOf" + elementName(r.Map)
	case r.Named != nil:
		return r.Named.GoName
	}
	switch r.Scalar {
	case schema.UUID, schema.URI, schema.ID:
		return strings.ToUpper(string(r.Scalar))
	}
	return strings.ToUpper(string(r.Scalar[:1])) + string(r.Scalar[1:])
}

func elementName(r *schema.Ref) string {
	if r.Nullable {
		return "Nullable" + containerName(r)
	}
	return containerName(r)
}

// lowerFirst makes an exported name unexported: OutOfStockError becomes
// outOfStockError, IDError becomes idError.
func lowerFirst(s string) string {
	runes := []rune(s)
	for i := range runes {
		last := i+1 == len(runes)
		if i > 0 && !last && isLower(runes[i+1]) || isLower(runes[i]) {
			break
		}
		runes[i] = []rune(strings.ToLower(string(runes[i])))[0]
	}
	return string(runes)
}

func isLower(r rune) bool { return strings.ToLower(string(r)) == string(r) }
