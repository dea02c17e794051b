package lint

var idempotentStream = Rule{
	Name: "idempotent-stream", Level: Warning,
	Summary: "an idempotent procedure, or one with grace, whose callers send chunks",
	Explain: `A call with chunks is sent once: after a lost session, or while there is no
callee, nobody has the chunks any more that it began with. So idempotent and grace
have no effect on it. Where they come from defaults, write  idempotent: false  or
grace: 0s.`,
	check: func(c *checker) {
		for _, x := range c.model.Procedures {
			if x.Chunk == nil {
				continue
			}
			if x.Idempotent {
				c.report(x.Place, "procedure %q is idempotent, but a call with chunks is never sent again", x.Name).Hint = "leave idempotent out, or write  idempotent: false"
			}
			if x.Grace != nil && *x.Grace > 0 {
				c.report(x.Place, "procedure %q has grace, but a call with chunks does not wait for a callee", x.Name).Hint = "leave grace out, or write  grace: 0s"
			}
		}
	},
}
