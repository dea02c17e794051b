package schema

import "strings"

// cycles reports structs that contain themselves by value: Go has no such
// type, and no message could end it.
func (r *reader) cycles() {
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
// optional T or T|null, nor in a list or map. wamp.Opt, which is both, is no pointer.
func valueOf(f *Field) *Type {
	if f.Type == nil || f.Type.Named == nil || f.Type.Named.Kind != Struct || f.Optional != f.Type.Nullable {
		return nil
	}
	return f.Type.Named
}

// reportCycle reports one cycle at the field that closes it.
func (r *reader) reportCycle(t *Type, path []*Field) {
	last := path[len(path)-1]
	names := make([]string, len(path))
	for i, f := range path {
		names[i] = clean(f.Name)
	}
	d := r.report(r.src.token(r.keys[last]), RuleTypeCycle, "struct %s contains itself by the field %s", quote(t.Name), strings.Join(names, "."))
	d.Hint = "write  optional " + t.Name + "  or  list<" + t.Name + ">"
	for _, f := range path[:len(path)-1] {
		r.relate(d, f.Pos, "through this field")
	}
}
