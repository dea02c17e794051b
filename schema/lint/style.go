package lint

import (
	"regexp"
	"strings"

	"github.com/wampgen/wampgen/schema"
)

// strictURI is the strict form of a URI; a parameter may stand for a component.
var strictURI = regexp.MustCompile(`^([0-9a-z_]+|\{[^{}]*\})(\.([0-9a-z_]+|\{[^{}]*\}))*$`)

var uriStyle = Rule{
	Name: "uri-style", Level: Warning,
	Summary: "a URI that is not made of small letters, digits and underscores",
	Explain: `WAMP has loose and strict rules for URIs. Some routers can be set to check the
strict ones, and then refuse other URIs: each component may only have the
characters a to z, 0 to 9 and _. Write order_list instead of orderList. If the
URI belongs to an existing API, which cannot change, ignore the rule there, or
write  external: true  for an API that others define.`,
	check: func(c *checker) {
		m := c.model
		if m.External {
			return // they cannot change
		}
		c.strict(m.URIPlace, m.URI, "")
		for _, x := range m.Procedures {
			c.strict(x.Place, x.URI, m.URI+".")
		}
		for _, x := range m.Topics {
			c.strict(x.Place, x.URI, m.URI+".")
		}
		for _, x := range m.Errors {
			c.strict(x.Place, x.URI, m.URI+".")
		}
	},
}

// strict reports a URI that breaks the strict rules behind a prefix, which has
// a finding of its own.
func (c *checker) strict(at schema.Place, uri, prefix string) {
	if !strictURI.MatchString(strings.TrimPrefix(uri, prefix)) {
		c.report(at, "the URI %q breaks the strict rules of WAMP", uri).Hint = "use the characters a to z, 0 to 9 and _ between the dots"
	}
}

var docMissing = Rule{
	Name: "doc-missing", Level: Off,
	Summary: "a type, error, procedure or topic without doc",
	Explain: `What stands in doc becomes the comment of the generated code, which is what
editors show, and the text of the documentation. Switch the rule on for an API
that others use.`,
	check: func(c *checker) {
		m := c.model
		missing := func(doc, kind, name string, at schema.Place) {
			if doc == "" {
				c.report(at, "%s %q has no doc", kind, name)
			}
		}
		for _, x := range m.Types {
			missing(x.Doc, "type", x.Name, x.Place)
		}
		for _, x := range m.Errors {
			missing(x.Doc, "error", x.Name, x.Place)
		}
		for _, x := range m.Procedures {
			missing(x.Doc, "procedure", x.Name, x.Place)
		}
		for _, x := range m.Topics {
			missing(x.Doc, "topic", x.Name, x.Place)
		}
	},
}
