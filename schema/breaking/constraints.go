package breaking

import (
	"math/big"
	"slices"
	"strings"

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
	order := bound(new).Cmp(bound(old))
	switch old.Key {
	case schema.Unique:
		return relation{}
	case schema.Min, schema.ExclusiveMin:
		return relation{narrowed: order > 0, widened: order < 0}
	case schema.Max, schema.ExclusiveMax:
		return relation{narrowed: order < 0, widened: order > 0}
	case schema.Pattern:
		order = strings.Compare(new.Text, old.Text)
	}
	return relation{narrowed: order != 0, widened: order != 0}
}

// bound returns the bound of a constraint as a number, 0 if it is a pattern.
func bound(c schema.Constraint) *big.Rat {
	if c.Value != nil && c.Value.Duration != 0 {
		return new(big.Rat).SetInt64(int64(c.Value.Duration))
	}
	if c.Key != schema.Pattern {
		if r, ok := new(big.Rat).SetString(c.Text); ok {
			return r
		}
	}
	return new(big.Rat)
}
