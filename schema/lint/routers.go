package lint

import (
	"fmt"
	"slices"
	"strings"
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
