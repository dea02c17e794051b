package lint

import (
	"slices"

	"github.com/wampgen/wampgen/schema"
)

var int64JSON = Rule{
	Name: "int64-json", Level: Warning,
	Summary: "a 64-bit number that peers in JavaScript cannot hold",
	Explain: `JavaScript, and whatever reads JSON numbers as floats, holds whole numbers
exactly up to 2^53. Beyond that digits change without an error. Use int or uint,
or a max, for numbers that stay below, id for WAMP's own ids, and decimal or
string for what must keep every digit. Where no such peer exists, ignore the rule.`,
	check: func(c *checker) {
		for _, t := range c.model.Types {
			c.wide(t.Place, t.Base, "type "+quoted(t.Name))
			for _, v := range t.Variants {
				c.wide(v.Place, v.Type, "variant "+quoted(v.Name)+" of type "+quoted(t.Name))
			}
		}
		fields(c.model, func(f *schema.Field, what string) {
			c.wide(f.Place, f.Type, what)
		})
	},
}

// wide reports a type that has a 64-bit number in it.
func (c *checker) wide(at schema.Place, ref *schema.Ref, what string) {
	inner(ref, func(r *schema.Ref) {
		if (r.Scalar == schema.Int64 || r.Scalar == schema.Uint64) && !small(r) {
			d := c.report(at, "%s holds %s, of which peers in JavaScript lose digits above 2^53", what, r.Scalar)
			d.Hint = "use int or a max for smaller numbers, decimal or string to keep every digit"
		}
	})
}

// small reports whether a constraint keeps a number below 2^53.
func small(r *schema.Ref) bool {
	const most = 1 << 53
	return slices.ContainsFunc(r.Constraints, func(c schema.Constraint) bool {
		return (c.Key == schema.Max || c.Key == schema.ExclusiveMax) && c.Value.Int <= most && c.Value.Uint <= most
	})
}
