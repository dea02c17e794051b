package lint

import (
	"slices"

	"github.com/wampgen/wampgen/schema"
)

var deprecatedUse = Rule{
	Name: "deprecated-use", Level: Warning,
	Summary: "a use of something deprecated by something that is not",
	Explain: `Who uses the API cannot leave out what is deprecated while the rest needs it.
Use what it was replaced by, or deprecate what uses it.`,
	check: func(c *checker) {
		for _, t := range c.model.Types {
			if t.Deprecated == "" {
				c.deprecated(t.Fields, "type "+quoted(t.Name))
				c.deprecatedTypes("type "+quoted(t.Name), t.Base)
				for _, v := range t.Variants {
					c.deprecatedTypes("type "+quoted(t.Name), v.Type)
				}
			}
		}
		reported := map[*schema.Error]bool{}
		for _, x := range c.model.Procedures {
			if x.Deprecated != "" {
				continue
			}
			what := "procedure " + quoted(x.Name)
			c.deprecated(slices.Concat(x.Params, x.Options), what)
			c.deprecatedPayloads(what, x.In, x.Out, x.Progress, x.Chunk)
			c.deprecatedErrors(x, what, reported)
		}
		for _, x := range c.model.Topics {
			if x.Deprecated == "" {
				c.deprecated(slices.Concat(x.Params, x.Options), "topic "+quoted(x.Name))
				c.deprecatedPayloads("topic "+quoted(x.Name), x.Payload)
			}
		}
		for _, x := range c.model.Errors {
			if x.Deprecated == "" {
				c.deprecatedPayloads("error "+quoted(x.Name), x.Payload)
			}
		}
	},
}

// deprecatedErrors reports the deprecated errors of a procedure; those that all
// procedures have by default only once.
func (c *checker) deprecatedErrors(x *schema.Procedure, what string, reported map[*schema.Error]bool) {
	for _, e := range x.Errors {
		if e.Deprecated == "" {
			continue
		}
		user := what
		if e.Place.Derived {
			if reported[e.Error] {
				continue
			}
			user, reported[e.Error] = "defaults.procedure", true
		}
		c.report(e.Place, "%s uses the error %q, which is deprecated: %s", user, qualified(e.Import, e.Name), e.Deprecated)
	}
}

// deprecatedPayloads reports the deprecated types of payloads.
func (c *checker) deprecatedPayloads(what string, all ...*schema.Payload) {
	for _, p := range all {
		switch {
		case p == nil:
		case p.Spread != nil: // the fields are those of the type
			c.deprecatedTypes(what, p.Spread)
			c.deprecated(p.Args, what)
		default:
			c.deprecated(slices.Concat(p.Args, p.Kwargs), what)
		}
	}
}

// deprecated reports the deprecated types of fields that are not deprecated.
func (c *checker) deprecated(fields []*schema.Field, what string) {
	for _, f := range fields {
		if f.Deprecated == "" {
			c.deprecatedTypes(what, f.Type)
		}
	}
}

// deprecatedTypes reports the deprecated types that a type is made of.
func (c *checker) deprecatedTypes(what string, ref *schema.Ref) {
	inner(ref, func(r *schema.Ref) {
		if r.Named != nil && r.Named.Deprecated != "" {
			c.report(r.Place, "%s uses the type %q, which is deprecated: %s", what, qualified(r.Import, r.Named.Name), r.Named.Deprecated)
		}
	})
}
