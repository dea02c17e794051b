package lint

import (
	"slices"

	"github.com/wampgen/wampgen/schema"
)

var unusedType = Rule{
	Name: "unused-type", Level: Warning,
	Summary: "a type that no procedure, topic or error needs",
	Explain: `A type that nothing needs is generated all the same, and readers look for its
use. Remove it, or use it. A schema without procedures and topics is there for
others to import, so it has no such findings.`,
	check: func(c *checker) {
		m := c.model
		if len(m.Procedures)+len(m.Topics) == 0 {
			return
		}
		used := map[*schema.Type]bool{}
		payloads(m, func(p *schema.Payload, _ string) {
			if p.Spread != nil {
				used[p.Spread.Named] = true
			}
			reachAll(slices.Concat(p.Args, p.Kwargs), used)
		})
		for _, x := range m.Procedures {
			reachAll(slices.Concat(x.Params, x.Options), used)
		}
		for _, x := range m.Topics {
			reachAll(slices.Concat(x.Params, x.Options), used)
		}
		for _, t := range m.Types {
			if !used[t] {
				c.report(t.Place, "nothing uses the type %q", t.Name).Hint = "remove it, or use it in a procedure, a topic or an error"
			}
		}
	},
}

// reachAll notes the types that fields are made of.
func reachAll(fields []*schema.Field, used map[*schema.Type]bool) {
	for _, f := range fields {
		reach(f.Type, used)
	}
}

// reach notes the types that a type is made of.
func reach(ref *schema.Ref, used map[*schema.Type]bool) {
	inner(ref, func(r *schema.Ref) {
		t := r.Named
		if t == nil || used[t] {
			return
		}
		used[t] = true
		for _, r := range t.Uses() {
			reach(r, used)
		}
	})
}

var unusedError = Rule{
	Name: "unused-error", Level: Warning,
	Summary: "an error that no procedure has",
	Explain: `Callers look at the errors of a procedure to know what they must handle. An
error that stands in no list of errors is one that nobody expects. Add it to the
procedures that return it, to defaults.procedure.errors, or remove it. A schema
without procedures is there for others to use, so it has no such findings.`,
	check: func(c *checker) {
		if len(c.model.Procedures) == 0 {
			return
		}
		used := map[*schema.Error]bool{}
		for _, p := range c.model.Procedures {
			for _, e := range p.Errors {
				used[e.Error] = true
			}
		}
		for _, e := range c.model.Errors {
			if !used[e] {
				c.report(e.Place, "no procedure has the error %q", e.Name).Hint = "add  errors: [" + e.Name + "]  to a procedure, or remove it"
			}
		}
	},
}
