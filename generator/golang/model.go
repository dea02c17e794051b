package golang

import (
	"cmp"
	"errors"
	"fmt"
	"go/token"
	"slices"

	"github.com/wampgen/wampgen/generator/internal/doctext"
	"github.com/wampgen/wampgen/schema"
)

// gen is what all emitters share about one API. It does not change after
// newGen, so emitters run side by side.
type gen struct {
	model *schema.Model
	pkg   string
	stem  string
	// source is the schema as the headers of the files name it.
	source string
	// strict are the types that reach a constraint or a closed enum and so have
	// Validate.
	strict map[*schema.Type]bool
	names  *names
	// containers are the list and map types that need a function to encode
	// and decode them, each once, in the order of first use.
	containers []*schema.Ref
	// checked are the uses of types with constraints that need a function, each
	// once, in the order of first use.
	checked []checkedUse
}

func newGen(m *schema.Model, o Options) (*gen, error) {
	pkg, _ := Package(m)
	g := &gen{model: m, pkg: cmp.Or(o.Package, pkg), stem: doctext.Stem(m.Name), source: cmp.Or(o.Source, m.File)}
	if !token.IsIdentifier(g.pkg) || g.pkg == "_" {
		return nil, fmt.Errorf("golang: %q cannot be a Go package name", g.pkg)
	}
	if err := errors.Join(vet(m), vetPolicies(m)); err != nil {
		return nil, err
	}
	n := name(m)
	if len(n.found) > 0 {
		n.found[0].File = m.File
		return nil, fmt.Errorf("golang: %w", &n.found[0])
	} else if n.nameless {
		return nil, errors.New("golang: a declaration has no name")
	}
	g.strict = reachesConstraint(allTypes(m, map[*schema.Model]bool{}))
	g.names = n.names
	g.containers = g.findContainers()
	g.checked = g.findChecked()
	g.names.unexported(g)
	return g, nil
}

// vet makes sure that every reference leads somewhere. [schema.Parse] promises
// it; a model built by hand may get it wrong.
func vet(m *schema.Model) error {
	var errs []error
	for _, t := range m.Types {
		if t.Kind == schema.Newtype {
			errs = append(errs, vetRef(t.Name, t.Base))
		}
		for _, f := range t.Fields {
			errs = append(errs, vetField(f))
		}
		for _, v := range t.Variants {
			errs = append(errs, vetRef(t.Name, v.Type))
		}
	}
	for _, p := range newNames().payloads(m) {
		if p.Payload == nil {
			return fmt.Errorf("golang: %s has no payload, not even an empty one", p.title())
		}
		for _, f := range p.params() {
			errs = append(errs, vetField(f))
		}
	}
	return errors.Join(errs...)
}

// vetField refuses a default where Go's zero value already means null.
func vetField(f *schema.Field) error {
	if err := vetRef(f.Name, f.Type); err != nil {
		return err
	}
	isContainer := f.Default != nil && (f.Default.List != nil || f.Default.Map != nil) && elem(f.Type.Underlying()) != nil
	if f.Default != nil && (f.Type.Nullable || !isContainer && (&gen{}).plain(f.Type.Underlying()).empty() != never) {
		return fmt.Errorf("golang: %q cannot have a default and a nil", f.Name)
	}
	return nil
}

// vetRef refuses a reference that is not exactly one thing, and a newtype
// that leads back to itself; the elements of a list or map may do so.
func vetRef(name string, r *schema.Ref) error {
	within := false
	for depth := 0; ; depth++ {
		switch {
		case r == nil || depth > 1000 || r.Named == nil && r.Scalar == "" && elem(r) == nil:
			return fmt.Errorf("golang: the type of %q leads nowhere", name)
		case elem(r) != nil:
			r, within = elem(r), true
		case r.Named != nil && r.Named.Kind == schema.Newtype && !within:
			r = r.Named.Base
		default:
			return nil
		}
	}
}

// reachesConstraint finds the types that are, or hold at any depth, a type with
// constraints or an enum that is not open: from those backwards along the uses.
func reachesConstraint(types []*schema.Type) map[*schema.Type]bool {
	users := users(types)
	var queue []*schema.Type
	for _, t := range types {
		if new(gen).kind(t).constrained() {
			queue = append(queue, t)
		}
	}
	found := map[*schema.Type]bool{}
	for len(queue) > 0 {
		t := queue[0]
		queue = queue[1:]
		if !found[t] {
			found[t] = true
			queue = append(queue, users[t]...)
		}
	}
	return found
}

// users lists who uses a type, once for every use.
func users(types []*schema.Type) map[*schema.Type][]*schema.Type {
	users := map[*schema.Type][]*schema.Type{}
	for _, t := range types {
		for _, r := range t.Uses() {
			for ; r != nil; r = elem(r) {
				for _, part := range []*schema.Ref{r, r.Keys} {
					if part != nil && part.Named != nil {
						users[part.Named] = append(users[part.Named], t)
					}
				}
			}
		}
	}
	return users
}

// elem is the element of a list or map, nil if there is none.
func elem(r *schema.Ref) *schema.Ref {
	if r.List != nil {
		return r.List
	}
	return r.Map
}

// isConstrained reports whether a field has constraints of its own.
func isConstrained(f *schema.Field) bool { return len(single(f).Constraints) > 0 }

// isStrict reports whether values of r can hold something with constraints.
func (g *gen) isStrict(r *schema.Ref) bool {
	for ; r != nil; r = elem(r) {
		if len(r.Constraints) > 0 || g.strict[r.Named] || r.Keys != nil && g.strict[r.Keys.Named] {
			return true
		}
	}
	return false
}

// anyStrict reports the same of some parameters.
func (g *gen) anyStrict(fields []*schema.Field) bool {
	return slices.ContainsFunc(fields, func(f *schema.Field) bool { return g.isStrict(single(f)) })
}

// findContainers collects every list and map type of the model, inner ones
// after the outer ones that hold them.
func (g *gen) findContainers() []*schema.Ref {
	var out []*schema.Ref
	seen := map[string]bool{}
	var visit func(*schema.Ref)
	visit = func(r *schema.Ref) {
		inner := elem(r)
		if inner == nil {
			return
		}
		if key := spell(r); !seen[key] {
			seen[key] = true
			out = append(out, r)
		}
		visit(inner)
	}
	for _, t := range g.model.Types {
		for _, r := range t.Uses() {
			visit(r)
		}
	}
	for _, p := range g.names.payloads(g.model) {
		for _, f := range p.params() {
			visit(single(f))
		}
	}
	return out
}

// spell writes a reference as the schema does, without its own "|null": two
// references are the same type if they are spelled the same.
func spell(r *schema.Ref) string {
	switch {
	case r.List != nil:
		return "list<" + spellElement(r.List) + ">"
	case r.Map != nil && r.Keys != nil:
		return "map<" + spell(r.Keys) + "," + spellElement(r.Map) + ">"
	case r.Map != nil:
		return "map<" + spellElement(r.Map) + ">"
	case r.Import != nil:
		return r.Import.Alias + "." + r.Named.Name
	case r.Named != nil:
		return r.Named.Name
	}
	return string(r.Scalar)
}

func spellElement(r *schema.Ref) string {
	if r.Nullable {
		return spell(r) + "|null"
	}
	return spell(r)
}
