package schema

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/wampgen/wampgen/schema/diag"
)

// The spellings of texts that are checked by form.
var (
	semver     = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?$`)
	snake      = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	pascalCase = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)
	imported   = regexp.MustCompile(`^[a-z][a-z0-9_]*\.[A-Za-z][A-Za-z0-9]*$`)
)

// compare orders names.
func compare(a, b string) int { return strings.Compare(a, b) }

// section is a mapping whose keys were checked.
type section struct {
	*reader
	node    *node
	what    string
	entries map[string]pair
	// later reports whether the mapping has a key that is refused, so that what it
	// means is not wholly known; meant are the keys that misspelled ones stand
	// for.
	later bool
	meant map[string]bool
}

// section checks that n is a mapping and that its keys are known and built.
// What names it in messages.
func (r *reader) section(n *node, what string, t keyTable) (section, bool) {
	s := section{reader: r, node: n, what: what, entries: map[string]pair{}, meant: map[string]bool{}}
	if !r.want(n, mappingNode, what) {
		return s, false
	}
	s.later = n.lossy
	for _, p := range n.pairs {
		switch key := p.key.text; {
		case slices.Contains(t.built, key):
			s.entries[key] = p
		case slices.Contains(t.later, key):
			s.later = true
			r.notBuilt(p.key.token(), "the key "+quote(key))
		case r.full():
			return s, true
		default:
			s.unknown(p.key, t)
		}
	}
	s.later = s.later || len(s.meant) > 0
	return s, true
}

// unknown reports a key that the language does not have.
func (s section) unknown(key *node, t keyTable) {
	d := s.report(key.token(), RuleUnknownKey, "unknown key %s", quote(key.text))
	switch with := keyAliases[key.text]; {
	case slices.Contains(t.built, with):
		d.Replace(key.text, with)
	case slices.Contains(inlineKeys, key.text):
		d.Hint = namedType
		s.meant["type"] = true
	default:
		s.suggest(d, key.text, "keys of "+s.what+": "+strings.Join(t.built, ", "), t.built)
	}
	if d.Suggestion != nil {
		s.meant[d.Suggestion.With] = true
	} else if with := diag.Closest(key.text, t.later); with != "" {
		d.Hint = "did you mean " + quote(with) + ", which is not built yet?"
		s.meant[with] = true
	}
}

// inlineKeys are the keys of a type that a field or a result may not have.
var inlineKeys = []string{"fields", "enum"}

const namedType = "define the type under  types:  and write its name here"

// notBuilt refuses what the language has and this wampgen does not.
func (r *reader) notBuilt(at diag.Span, what string) {
	d := r.report(at, RuleNotBuilt, "%s is not built yet", what)
	d.Hint = "it is part of the language, but this wampgen cannot generate it"
}

// want checks the shape of a node.
func (r *reader) want(n *node, kind nodeKind, what string) bool {
	if n.kind == kind && !n.null() {
		return true
	}
	_ = r.wrongKind(n, kind, what)
	return false
}

// wrongKind reports a node of another shape; nil if it is reported already.
func (r *reader) wrongKind(n *node, kind nodeKind, what string) *diag.Diagnostic {
	if n.kind == brokenNode {
		return nil // reported when it was loaded
	}
	d := r.report(n.token(), RuleWrongKind, "%s must be a %s, not %s", what, kind, n.describe())
	if n.empty() && kind == mappingNode {
		d.Hint = "write {} if there is nothing to say"
	}
	return d
}

// get returns the value of a key, nil if it is absent.
func (s section) get(key string) *node { return s.entries[key].value }

// has returns the place of a key, and whether it is there.
func (s section) has(key string) (Place, bool) {
	p, ok := s.entries[key]
	if !ok {
		return Place{}, false
	}
	return p.key.place(), true
}

// need returns the value of a key that has to be there; nil once reported.
func (s section) need(key string) *node {
	n := s.get(key)
	if n == nil && s.missing(key) {
		s.report(s.node.token(), RuleMissingKey, "%s has no key %s", s.what, quote(key))
	}
	return n
}

// missing reports whether a key that is absent is not there under another name.
func (s section) missing(key string) bool { return !s.node.lossy && !s.meant[key] }

// named returns the pairs of a mapping of names, none where it is absent.
func (s section) named(key string) []pair {
	if n := s.get(key); n != nil && s.want(n, mappingNode, key) {
		return n.pairs
	}
	return nil
}

// isString checks that a node is a string. What names it in messages.
func (r *reader) isString(n *node, what string) bool {
	if !n.null() {
		return r.want(n, scalarNode, what)
	}
	d := r.report(n.token(), RuleWrongKind, "%s must be a string, not null", what)
	d.Hint = "leave the key out, or put the string in quotes"
	return false
}

// doc returns the text of the key doc and its place.
func (s section) doc() (string, Place) {
	n := s.get("doc")
	if n == nil || !s.isString(n, "doc") {
		return "", Place{}
	}
	for _, c := range n.text {
		if unicode.IsControl(c) && !strings.ContainsRune("\t\n\r", c) || c == '\ufeff' {
			s.report(n.token(), RuleBadValue, "doc contains the control character U+%04X", c)
			break
		}
	}
	return strings.TrimSpace(n.text), n.place()
}

// match returns the text of a key whose form is checked; "" where it is absent
// or refused.
func (s section) match(key string, form *regexp.Regexp, hint string) string {
	n := s.get(key)
	if n == nil || !s.isString(n, key) {
		return ""
	}
	if !form.MatchString(n.text) {
		d := s.report(n.token(), RuleBadValue, "%s cannot be %s", key, describeText(n))
		d.Hint = hint
		return ""
	}
	return n.text
}

// flag returns the value of a key that is true or false.
func (s section) flag(key string) bool {
	n := s.get(key)
	if n == nil || n.kind != scalarNode && !s.want(n, scalarNode, key) {
		return false
	}
	if !n.plain || n.text != "true" && n.text != "false" {
		d := s.report(n.token(), RuleBadValue, "%s must be true or false, not %s", key, describeText(n))
		d.Hint = "write  true  or  false  without quotes"
	}
	return n.text == "true"
}

// describeText shows a text, or that there is none.
func describeText(n *node) string {
	if n.empty() {
		return "nothing"
	}
	return quote(n.text)
}

// printable reports whether every character of a name can be seen.
func printable(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return !unicode.IsPrint(c) })
}
