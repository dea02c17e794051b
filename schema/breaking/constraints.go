package breaking

import (
	"slices"
	"strconv"

	"github.com/wampgen/wampgen/schema"
)

// constraints returns all constraints of a use of a type, those of newtypes
// included.
func constraints(r *schema.Ref) []schema.Constraint {
	all := r.Constraints
	for r.Named != nil && r.Named.Base != nil {
		r = r.Named.Base
		all = slices.Concat(all, r.Constraints)
	}
	return all
}

// compareConstraints says which values the constraints of one version refuse
// and those of the other allow.
func compareConstraints(old, new []schema.Constraint) (r relation) {
	for _, was := range old {
		i := slices.IndexFunc(new, func(c schema.Constraint) bool { return c.Key == was.Key })
		if i < 0 {
			r.widened = true
			continue
		}
		r = r.and(compareBounds(was, new[i]))
	}
	for _, is := range new {
		if !slices.ContainsFunc(old, func(c schema.Constraint) bool { return c.Key == is.Key }) {
			r.narrowed = true
		}
	}
	return r
}

// compareBounds compares two constraints of one key.
func compareBounds(old, new schema.Constraint) relation {
	was, is := bound(old), bound(new)
	switch old.Key {
	case schema.Unique:
		return relation{}
	case schema.Min, schema.ExclusiveMin:
		return relation{narrowed: is > was, widened: is < was}
	case schema.Max, schema.ExclusiveMax:
		return relation{narrowed: is < was, widened: is > was}
	}
	different := old.Text != new.Text
	return relation{narrowed: different, widened: different}
}

// bound returns the bound of a constraint as a number.
func bound(c schema.Constraint) float64 {
	if c.Value != nil && c.Value.Duration != 0 {
		return float64(c.Value.Duration)
	}
	n, _ := strconv.ParseFloat(c.Text, 64) // a schema has nothing else
	return n
}
