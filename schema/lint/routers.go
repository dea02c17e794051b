package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/schema"
)

// Routers are the routers whose limits are known, by the names that [Options]
// has for them.
func Routers() []string { return []string{"crossbar", "nexus"} }

// CheckRouter returns an error if there is no router of a name.
func CheckRouter(name string) error {
	if !slices.Contains(Routers(), name) {
		return fmt.Errorf("unknown router %q: must be one of %s", name, strings.Join(Routers(), ", "))
	}
	return nil
}

var routerSupport = Rule{
	Name: "router-support", Level: Warning,
	Summary: "what a router of check --router does not have",
	Explain: `Routers have different parts of WAMP. With --router nexus or --router crossbar
the rule finds what the router ignores or refuses; without it there are no
findings. nexus v3.3.0 keeps no retained events, and does not know the option
concurrency, which then holds for each callee alone. Crossbar.io 26.10 has no
progressive call invocations, which chunks need.`,
	check: func(c *checker) {
		if slices.Contains(c.routers, "crossbar") {
			for _, x := range c.model.Procedures {
				if x.Chunk != nil {
					c.report(x.Place, "callers of procedure %q send chunks, and Crossbar.io has none", x.Name).Hint = "let them make several calls, or use another router"
				}
			}
		}
		if !slices.Contains(c.routers, "nexus") {
			return
		}
		for _, x := range c.model.Topics {
			if x.Retain || x.GetRetained {
				c.report(x.Place, "topic %q has retained events, and nexus keeps none", x.Name).Hint = "let subscribers ask for the present state by a call"
			}
		}
	},
}

var clusterRlink = Rule{
	Name: "cluster-rlink", Level: Off,
	Summary: "what does not cross a link between nodes of Crossbar.io",
	Explain: `Nodes of Crossbar.io that are joined by a link pass calls and events on, but
not everything: a call that fails succeeds across the link, with null for its
result; progressive results and chunks do not arrive; pattern-based registrations
and subscriptions are not announced to the other node; and a retained event stays
with the node where it was published. Switch the rule on for APIs that are used
across a link.`,
	check: func(c *checker) {
		for _, x := range c.model.Procedures {
			lost := func(holds bool, what string) {
				if holds {
					c.report(x.Place, "procedure %q %s, which does not cross a link of Crossbar.io", x.Name, what)
				}
			}
			lost(len(x.Errors) > 0, "declares errors")
			lost(x.Progress != nil, "has progressive results")
			lost(x.Chunk != nil, "has chunks")
			lost(len(x.Params) > 0 || x.Prefix, "is registered for a pattern")
		}
		for _, x := range c.model.Topics {
			lost := func(holds bool, what string) {
				if holds {
					c.report(x.Place, "topic %q %s, which does not cross a link of Crossbar.io", x.Name, what)
				}
			}
			lost(x.Retain || x.GetRetained, "has retained events")
			lost(len(x.Params) > 0 || x.Prefix, "has subscribers to a pattern")
		}
	},
}

var retainWithoutAck = Rule{
	Name: "retain-without-ack", Level: Warning,
	Summary: "a retained event whose publisher does not learn whether the router has it",
	Explain: `The router keeps the last event of the topic for later subscribers. Without
acknowledge: true a publisher does not learn that the router refused an event, and
later subscribers get an older one for good.`,
	check: func(c *checker) {
		for _, x := range c.model.Topics {
			if x.Retain && !x.Acknowledge {
				c.report(x.Place, "topic %q is retained, and nobody learns whether the router has an event", x.Name).Hint = "add  acknowledge: true"
			}
		}
	},
}

var deprecatedUse = Rule{
	Name: "deprecated-use", Level: Warning,
	Summary: "a use of something deprecated by something that is not",
	Explain: `Who uses the API cannot leave out what is deprecated while the rest needs it.
Use what it was replaced by, or deprecate what uses it.`,
	check: func(c *checker) {
		payload := func(p *schema.Payload, deprecated, what string) {
			if p != nil && deprecated == "" {
				for _, f := range slices.Concat(p.Args, p.Kwargs) {
					c.deprecated(f, what)
				}
			}
		}
		for _, t := range c.model.Types {
			if t.Deprecated == "" {
				for _, f := range t.Fields {
					c.deprecated(f, "type "+quoted(t.Name))
				}
			}
		}
		for _, x := range c.model.Procedures {
			what := "procedure " + quoted(x.Name)
			payload(x.In, x.Deprecated, what)
			payload(x.Out, x.Deprecated, what)
			payload(x.Progress, x.Deprecated, what)
			payload(x.Chunk, x.Deprecated, what)
			for _, e := range x.Errors {
				if e.Deprecated != "" && x.Deprecated == "" {
					c.report(e.Place, "%s uses the error %q, which is deprecated: %s", what, e.Name, e.Deprecated)
				}
			}
		}
		for _, x := range c.model.Topics {
			payload(x.Payload, x.Deprecated, "topic "+quoted(x.Name))
		}
		for _, x := range c.model.Errors {
			payload(x.Payload, x.Deprecated, "error "+quoted(x.Name))
		}
	},
}

// deprecated reports a field that is not deprecated and whose type is.
func (c *checker) deprecated(f *schema.Field, what string) {
	if f.Deprecated != "" {
		return
	}
	inner(f.Type, func(r *schema.Ref) {
		if r.Named != nil && r.Named.Deprecated != "" {
			c.report(r.Place, "%s uses the type %q, which is deprecated: %s", what, r.Named.Name, r.Named.Deprecated)
		}
	})
}
