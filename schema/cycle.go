package schema

import (
	"slices"
	"strings"
)

// maxRelated bounds the places that one finding speaks of.
const maxRelated = 8

// newtypeCycles reports newtypes that are made of nothing but themselves, and
// cuts them, so that whoever follows a newtype to its end gets there. A list or
// map of itself is a type, but not if all of the names are aliases.
func (r *reader) newtypeCycles() {
	const walking, done = 1, 2
	state := map[*Type]int{}
	for _, t := range r.model.Types {
		var path []*Type
		for at := t; at != nil && state[at] != done; at = nextNewtype(at) {
			if state[at] == walking {
				if cycle := path[slices.Index(path, at):]; slices.ContainsFunc(cycle, contains) && slices.ContainsFunc(cycle, hasName) {
					break
				}
				d := r.report(at.Place.Span, RuleTypeCycle, "type %s is made of nothing but itself", quote(at.Name))
				d.Hint = "say what is in it"
				at.Base = nil
				break
			}
			state[at] = walking
			path = append(path, at)
		}
		for _, p := range path {
			state[p] = done
		}
	}
}

// contains reports whether a newtype is a list or map, hasName whether it is a
// type of its own.
func contains(t *Type) bool { return t.Base.Named == nil }
func hasName(t *Type) bool  { return !t.Alias }

// nextNewtype is the newtype that t is, or is a list or map of; nil where t
// ends in something else.
func nextNewtype(t *Type) *Type {
	ref := t.Base
	for ref != nil && ref.Named == nil {
		switch {
		case ref.List != nil:
			ref = ref.List
		default:
			ref = ref.Map
		}
	}
	if ref == nil || ref.Named.Kind != Newtype {
		return nil
	}
	return ref.Named
}

// structCycles reports structs that contain themselves by value: Go has no such
// type, and no message could end it.
func (r *reader) structCycles() {
	done := map[*Type]bool{}
	for _, t := range r.model.Types {
		r.walkValues(t, nil, map[*Type]int{}, done)
	}
}

// walkValues follows the fields that hold a struct by value, depth first. Path
// are the fields from the first struct to t, and on where each struct of the
// path stands in it.
func (r *reader) walkValues(t *Type, path []*Field, on map[*Type]int, done map[*Type]bool) {
	if done[t] {
		return
	}
	on[t] = len(path)
	for _, f := range t.Fields {
		inner := valueOf(f)
		if inner == nil {
			continue
		}
		if from, cycle := on[inner]; cycle {
			r.reportCycle(inner, append(path[from:len(path):len(path)], f))
			continue
		}
		r.walkValues(inner, append(path, f), on, done)
	}
	delete(on, t)
	done[t] = true
}

// valueOf is the struct that a field holds by value: not behind the pointer of
// optional T or T|null, nor in a list or map. wamp.Opt, which is both, is no
// pointer.
func valueOf(f *Field) *Type {
	if f.Type == nil || f.Optional != f.Type.Nullable {
		return nil
	}
	t := f.Type.Named
	for t != nil && t.Kind == Newtype && t.Base != nil {
		t = t.Base.Named
	}
	if t == nil || t.Kind != Struct && t.Kind != Tuple {
		return nil
	}
	return t
}

// reportCycle reports one cycle at the field that closes it.
func (r *reader) reportCycle(t *Type, path []*Field) {
	last := path[len(path)-1]
	names := make([]string, 0, maxRelated)
	for i, f := range path {
		if i == maxRelated {
			names = append(names, "…")
			break
		}
		names = append(names, clean(f.Name))
	}
	d := r.report(last.Place.Span, RuleTypeCycle, "%s %s contains itself by the field %s", t.Kind, quote(t.Name), strings.Join(names, "."))
	d.Hint = "write  optional " + t.Name + "  or  list<" + t.Name + ">"
	for _, f := range path[:min(len(path)-1, maxRelated)] {
		r.relate(d, f.Place.Pos, "through this field")
	}
}
