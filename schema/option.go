package schema

import (
	"slices"
	"strings"
)

// ownOptions are the keys of Options that WAMP defines and this package sets by
// keys of its own, or not at all.
var ownOptions = []string{
	"timeout", "disclose_me", "receive_progress", "progress", "acknowledge", "exclude_me", "retain", "exclude", "exclude_authid",
	"exclude_authrole", "eligible", "eligible_authid", "eligible_authrole", "match", "invoke", "disclose_caller", "forward_timeout",
	"force_reregister", "get_retained",
}

// options reads the key options: entries of Options that a router or a peer
// knows beyond the specification. Each may be absent.
func (r *reader) options(s section, owner string) []*Field {
	fields := r.fields(s.named("options"))
	r.nowhere(fields)
	for _, f := range fields {
		r.ownGo(f.Type)
		switch {
		case slices.Contains(ownOptions, f.Name) || strings.HasPrefix(f.Name, "ppt_"):
			d := r.report(f.Place.Span, RuleBadValue, "the option %s of %s is one of WAMP's own", quote(f.Name), owner)
			d.Hint = "there is a key of its own for what a schema can say of it"
		case f.Type == nil:
		case !f.Optional || f.Default != nil:
			d := r.report(f.Place.Span, RuleBadValue, "the option %s must be optional and without a default: nothing makes a caller give it", quote(f.Name))
			d.Hint = "write  optional T"
		case f.Type.Nullable:
			r.report(f.Place.Span, RuleBadValue, "the option %s must not be nullable", quote(f.Name)).Hint = "leave it out for none"
		}
	}
	return fields
}
