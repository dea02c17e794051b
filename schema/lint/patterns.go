package lint

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/wampgen/wampgen/schema"
)

var paramUnsafe = Rule{
	Name: "param-unsafe", Level: Warning,
	Summary: "a parameter of a URI whose values may not fit into a URI",
	Explain: `A parameter stands for one component of a URI, so its value must not be empty
and must not hold a dot, a # or white space. Such a value is refused when it is
used. A type with a pattern that rules them out says so earlier, to peers too:
  DeviceId: {type: string, pattern: '^[0-9a-z_]+$'}
The values of an enum are known, so one that does not fit is reported itself.`,
	check: func(c *checker) {
		for _, x := range c.model.Procedures {
			c.unsafe(x.Params, x.URI)
		}
		for _, x := range c.model.Topics {
			c.unsafe(x.Params, x.URI)
		}
	},
}

// unsafe reports the parameters of a URI that are strings of any form or have a
// value that does not fit.
func (c *checker) unsafe(params []*schema.Field, uri string) {
	for _, f := range params {
		switch of := f.Type.Underlying(); {
		case of.Named != nil:
			c.unsafeValue(f, of.Named)
		case of.Scalar == schema.String && !ruledOut(f.Type) && !strings.HasSuffix(uri, "{"+f.Name+"...}"):
			d := c.report(f.Place, "the parameter %q of the URI may be a string that does not fit into a URI", f.Name)
			d.Hint = "give it a type with a pattern, such as '^[0-9a-z_]+$'"
		}
	}
}

// unsafeValue reports a parameter whose enum has a value that does not fit.
func (c *checker) unsafeValue(f *schema.Field, enum *schema.Type) {
	for _, v := range enum.Values {
		if !enum.IntEnum && (v.Text == "" || strings.ContainsFunc(v.Text, unfitting)) {
			d := c.report(f.Place, "the parameter %q of the URI may be %q of enum %q, which does not fit into a URI", f.Name, v.Text, enum.Name)
			d.Hint = "take values without dots, # and white space"
			return
		}
	}
}

// unfitting reports whether a component of a URI must not hold r.
func unfitting(r rune) bool { return r == '.' || r == '#' || unicode.IsSpace(r) }

// ruledOut reports whether a pattern of a type rules out what does not fit into
// a URI.
func ruledOut(r *schema.Ref) bool {
	for ; ; r = r.Named.Base {
		for _, x := range r.Constraints {
			if x.Key == schema.Pattern && refuses(x.Text) {
				return true
			}
		}
		if r.Named == nil || r.Named.Base == nil {
			return false
		}
	}
}

// refuses reports whether a pattern matches nothing that does not fit.
func refuses(pattern string) bool {
	p, err := regexp.Compile(pattern)
	if err != nil {
		return false // the language has a finding for it
	}
	return !slices.ContainsFunc([]string{"", "a.b", "a b", "a#b", ".", "1.2", "A.B"}, p.MatchString)
}

var patternOverlap = Rule{
	Name: "pattern-overlap", Level: Warning,
	Summary: "two procedures that one URI can mean",
	Explain: `A call whose URI fits several registrations goes to one of them: to the exact
one, or else to the longest prefix, or else to the wildcard with the longest
exact beginning. The others do not see the call, which surprises whoever added
the second one. Give one of them another URI.`,
	check: func(c *checker) {
		all := c.model.Procedures
		for i, a := range all {
			for _, b := range all[i+1:] {
				if (len(a.Params) > 0 || a.Prefix || len(b.Params) > 0 || b.Prefix) && overlap(patternOf(a), patternOf(b)) {
					first, second := a, b
					if wins(patternOf(b), patternOf(a)) {
						first, second = b, a
					}
					d := c.report(second.Place, "some URIs of procedure %q mean procedure %q, too, and call that", second.Name, first.Name)
					d.Hint = "give one of them another URI"
				}
			}
		}
	},
}

// pattern is what a registration matches.
type pattern struct {
	components []string // "" is any component
	prefix     bool     // anything may follow
	whole      bool     // the last component is whole
}

func patternOf(p *schema.Procedure) pattern {
	uri, out := p.URI, pattern{prefix: p.Prefix, whole: !p.Prefix}
	if strings.HasSuffix(uri, "...}") {
		uri, out.prefix, out.whole = uri[:strings.LastIndex(uri, ".{")], true, true
	}
	for part := range strings.SplitSeq(uri, ".") {
		if strings.HasPrefix(part, "{") {
			part = ""
		}
		out.components = append(out.components, part)
	}
	return out
}

// overlap reports whether one URI fits both.
func overlap(a, b pattern) bool {
	if len(a.components) > len(b.components) {
		a, b = b, a
	}
	for i, x := range a.components {
		y := b.components[i]
		last := i == len(a.components)-1
		switch {
		case x == "" || y == "" || x == y:
		case last && a.prefix && !a.whole && strings.HasPrefix(y, x):
		case last && b.prefix && !b.whole && i == len(b.components)-1 && strings.HasPrefix(x, y):
		default:
			return false
		}
	}
	return a.prefix || len(a.components) == len(b.components) && !(a.whole && b.prefix && b.whole)
}

// wins reports whether a router prefers a over b.
func wins(a, b pattern) bool {
	if a.rank() != b.rank() {
		return a.rank() < b.rank()
	}
	return a.exact() > b.exact()
}

// rank orders exact patterns, prefixes and wildcards.
func (p pattern) rank() int {
	switch {
	case p.exact() == len(p.components) && !p.prefix:
		return 0
	case p.exact() == len(p.components):
		return 1
	}
	return 2
}

// exact returns how many components come before the first wildcard.
func (p pattern) exact() int {
	for i, x := range p.components {
		if x == "" {
			return i
		}
	}
	return len(p.components)
}
