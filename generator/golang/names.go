package golang

import (
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/wampgen/wampgen/schema"
)

// names are the Go identifiers of an API. All of them are decided here and in
// [name], once, so that none meets another or hides, or is hidden by, anything
// that generated code mentions.
type names struct {
	// of are the exported ones, by *schema.Type, *schema.EnumValue, *schema.Field,
	// *schema.Error, *schema.Procedure and *schema.Topic.
	of map[any]string

	// The unexported ones of the package.
	taken      map[string]bool
	procedures map[*schema.Procedure]string
	topics     map[*schema.Topic]string
	errors     map[*schema.Error]string
	// params are those of procedures with one parameter.
	params map[*schema.Procedure]string
	// tables are those of structs and payloads, by *schema.Type and
	// *schema.Payload.
	tables     map[any]string
	defaults   map[string]string          // by table: the variable with the defaults
	maybes     map[*schema.Payload]string // what codes a result that may be absent
	containers map[string]string          // by spelling: the type that codes it
	keys       map[string]string          // by spelling: the variable with the constraints of a map's keys
	checked    map[string]string          // by spelling with constraints: the type that codes it
	checks     map[string]string          // by type: the variable with its constraints
	caller     string                     // what implements Caller
	uris       map[string]*uriParams      // the parameters of URIs, by stem
	packages   map[string]string          // the names of the packages that may be imported, by path
}

func newNames() *names {
	return &names{
		of:         map[any]string{},
		taken:      map[string]bool{},
		procedures: map[*schema.Procedure]string{},
		topics:     map[*schema.Topic]string{},
		errors:     map[*schema.Error]string{},
		params:     map[*schema.Procedure]string{},
		tables:     map[any]string{},
		defaults:   map[string]string{},
		maybes:     map[*schema.Payload]string{},
		containers: map[string]string{},
		checked:    map[string]string{},
		keys:       map[string]string{},
		checks:     map[string]string{},
		uris:       map[string]*uriParams{},
	}
}

// locals are the names of receivers, parameters and variables in generated
// functions.
var locals = strings.Fields("at b c chunks client ctx err ev f handler impl in l match opts out p s u v x")

// unexported decides the names that only the package itself sees. Parameters
// come first: they are what users see in a signature.
func (n *names) unexported(g *gen) {
	for _, name := range slices.Concat(locals, slices.Collect(maps.Values(n.packages))) {
		n.taken[name] = true
	}
	m := g.model
	for _, p := range m.Procedures {
		if n.input(p).shape() == schema.ShapeValue {
			n.params[p] = n.paramName(n.of[p.In.Args[0]])
		}
	}
	for _, name := range n.params {
		n.taken[name] = true
	}
	n.uriNames(m)
	for _, p := range m.Procedures {
		n.procedures[p] = n.pick(localName(n.of[p]), "Procedure")
	}
	for _, t := range m.Topics {
		n.topics[t] = n.pick(localName(n.of[t]), "Topic")
	}
	for _, e := range m.Errors {
		n.errors[e] = n.pick(localName(n.of[e]))
	}
	for _, e := range importedErrors(m) {
		n.errors[e] = n.pick(localName(n.joined(n.of[e])))
	}
	n.caller = n.pick("caller", "Client")
	n.uriTypes(m)
	for _, t := range m.Types {
		g.kind(t).reserve(n)
	}
	for _, p := range n.payloads(m) {
		if p.shape() == schema.ShapeRecord {
			n.table(p.Payload, p.goName())
		}
		if p.maybe() {
			n.tables[p.Payload] = n.pick(localName(p.stem) + p.suffix() + "Table")
			n.maybes[p.Payload] = n.pick("code" + p.stem + p.suffix())
		}
	}
	for _, r := range g.containers {
		name := n.pick(localName(n.container(r)))
		n.containers[spell(r)] = name
		if r.Keys != nil && constrainsKeys(r.Keys.Named) {
			n.keys[spell(r)] = n.pick(name + "Keys")
		}
	}
	for _, use := range g.checked {
		name := n.pick(localName(use.stem))
		n.checked[spellChecked(use.r)], n.checks[name] = name, n.pick(name+"Checks")
	}
}

// table names the table of a struct or payload, and its defaults.
func (n *names) table(of any, name string) {
	table := n.pick(localName(name) + "Table")
	n.tables[of] = table
	n.defaults[table] = n.pick(localName(name) + "Defaults")
}

// pick takes base, or base with one of the suffixes, or the first of base2,
// base3, ... that is free.
func (n *names) pick(base string, suffixes ...string) string {
	name := base
	for _, suffix := range suffixes {
		if !n.free(name) {
			name = base + suffix
		}
	}
	for i := 2; !n.free(name); i++ {
		name = base + strconv.Itoa(i)
	}
	n.taken[name] = true
	return name
}

// free reports whether nothing in the package has an unexported name.
func (n *names) free(name string) bool { return !n.taken[name] && allowed(name) }

// allowed reports whether Go itself lets a package or a function use a name.
func allowed(name string) bool {
	return token.IsIdentifier(name) && types.Universe.Lookup(name) == nil && name != "init" && name != "main" && name != "_"
}

// paramName is the parameter that belongs to an exported name. It has an
// underscore behind it if the functions that have it use the name themselves.
func (n *names) paramName(exported string) string {
	name := localName(exported)
	for !allowed(name) || slices.Contains(callLocals, name) || slices.Contains(slices.Collect(maps.Values(n.packages)), name) {
		name += "_"
	}
	return name
}

// container is how a list or map type is called in function names:
// ListOfLineItem, MapOfNullableString.
func (n *names) container(r *schema.Ref) string {
	switch {
	case r.List != nil:
		return "ListOf" + n.element(r.List)
	case r.Map != nil && r.Keys != nil:
		return n.joined(n.of[r.Keys.Named]) + "MapOf" + n.element(r.Map)
	case r.Map != nil:
		return "MapOf" + n.element(r.Map)
	case r.Named != nil:
		return n.joined(n.of[r.Named])
	}
	return scalars[r.Scalar].label
}

func (n *names) element(r *schema.Ref) string {
	if r.Nullable {
		return "Nullable" + n.container(r)
	}
	return n.container(r)
}

// constrainsKeys reports whether not every string is a key of the type.
func constrainsKeys(t *schema.Type) bool {
	for t != nil && t.Kind == schema.Newtype {
		if len(t.Base.Constraints) > 0 {
			return true
		}
		t = t.Base.Named
	}
	return t != nil && t.Kind == schema.Enum && !t.Open
}
