package golang

import (
	"cmp"
	"slices"

	"github.com/wampgen/wampgen/schema"
)

// claim is the wish of a declaration for a Go identifier.
type claim struct {
	scope scope
	name  string
	// what names the claimant in messages, owner is its declaration, at its place.
	what  string
	owner any
	at    schema.Place
	// stem reports whether the other claims of the owner are made from this one.
	stem bool
}

// scope is where an identifier must be the only one of its name.
type scope int

const (
	packageScope scope = iota
	methodScope        // the methods of Caller and Callee
	topicScope         // what stands between the words of a topic's functions
)

// identifier is a name in its scope.
type identifier struct {
	scope scope
	name  string
}

// settle gives every identifier to the first that claims it, in the order of
// the file, and reports the others. Two declarations clash only once, however
// many identifiers they share, and none more often than its stem.
func (n *namer) settle() {
	slices.SortStableFunc(n.claims, func(a, b claim) int {
		return cmp.Or(cmp.Compare(a.at.File, b.at.File), cmp.Compare(a.at.Line, b.at.Line), cmp.Compare(a.at.Col, b.at.Col))
	})
	taken := map[identifier]claim{}
	for _, name := range packageNames {
		taken[identifier{packageScope, name}] = claim{}
	}
	reported := map[[2]any]bool{}
	lost := map[any]bool{} // owners whose stem is taken
	for _, c := range n.claims {
		id := identifier{c.scope, c.name}
		first, twice := taken[id]
		pair := [2]any{first.owner, c.owner}
		switch {
		case lost[c.owner]:
		case !twice:
			taken[id] = c
		case first.owner == nil:
			d := n.report(c.at, RuleNameClash, "%s becomes Go name %s, which every generated package has", c.what, c.name)
			d.Hint = renameHint(c.owner)
		case !reported[pair] || first.owner == c.owner:
			reported[pair], lost[c.owner] = true, c.stem
			n.clash(c, first)
		}
	}
}

// clash reports that two names become one.
func (n *namer) clash(c, first claim) {
	d := n.report(c.at, RuleNameClash, "%s and %s (%s) both become Go name %s", c.what, first.what, n.model.Where(first.at.Pos, c.at.Pos), c.name)
	d.Hint = addName + "  to one of them"
	if renameHint(c.owner) == longField {
		d.Hint = longField + "  for one of them"
	}
	if _, ok := c.owner.(*schema.Type); ok && c.owner == first.owner {
		d.Hint = otherValues
	}
	d.Relate(first.at.Pos, "the other one")
}

// How a declaration can ask for another Go name.
const (
	addName     = "add  go: {name: ...}"
	longField   = "write  {type: ..., go: {name: ...}}"
	otherValues = "write  enum: {name: value}  with other names"
)

// renameHint says where a declaration can ask for another Go name. What is
// written in the short form has to become long for that.
func renameHint(owner any) string {
	switch x := owner.(type) {
	case *schema.Field:
		return longField
	case *schema.Type:
		if x.Short {
			return longField
		}
	}
	return addName
}
