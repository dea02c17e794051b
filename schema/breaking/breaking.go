// Package breaking compares two versions of an API. It finds what peers that
// still speak the old version no longer understand.
//
// It takes the owner of an API to be the callee of its procedures and the
// publisher of its topics. A change is safe if peers of the old version and of
// the new one can be mixed while a system is updated, provided that callers use
// what is new only once all callees have it.
package breaking

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
)

// Level says what a change breaks.
type Level int

// The levels, each worse than the one before.
const (
	// Safe changes break nothing.
	Safe Level = iota
	// Go means that Go code that uses the generated package no longer compiles.
	Go
	// Peer means that a peer of the old version gets an error or loses data.
	Peer
	// Wire means that messages between the old version and the new one are
	// misunderstood.
	Wire
)

// String returns the name of the level in lower case.
func (l Level) String() string { return [...]string{"safe", "go", "peer", "wire"}[l] }

// ParseLevel returns the level of a name other than safe. It returns an error
// if there is none.
func ParseLevel(name string) (Level, error) {
	for _, l := range []Level{Go, Peer, Wire} {
		if l.String() == name {
			return l, nil
		}
	}
	return 0, fmt.Errorf("unknown level %q: must be wire, peer or go", name)
}

// Change is one difference between two versions.
type Change struct {
	// Rule names the kind of the change; see [Rules].
	Rule  diag.Rule
	Level Level
	// Subject is the declaration that changed, such as: procedure "order.place".
	Subject string
	// Text says what changed, and who breaks. It begins with what changed.
	Text string
	// Cure says how to do it without breaking; "" if the change is safe.
	Cure string
	// New is the place in the new version, or what is nearest to it. Old is the
	// place in the old version, the zero value if the old one has nothing like it.
	New, Old schema.Place
}

// Compare returns the changes from one version of an API to the next, except
// those of Go code, sorted by their places.
func Compare(old, new *schema.Model) []Change {
	c := &comparison{old: old, new: new, apis: map[*schema.Model]string{}, homes: map[*schema.Type]home{}, flows: map[string][]*flow{}}
	c.settle()
	c.use(old)
	c.use(new)
	c.api()
	c.allTypes()
	c.allErrors()
	c.procedures()
	c.topics()
	Sort(c.changes)
	return c.changes
}

// Sort orders changes by their places in the new version.
func Sort(changes []Change) {
	slices.SortStableFunc(changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.New.File, b.New.File), cmp.Compare(a.New.Line, b.New.Line), cmp.Compare(a.New.Col, b.New.Col), cmp.Compare(a.Rule, b.Rule))
	})
}

// comparison is one run.
type comparison struct {
	old, new *schema.Model
	// apis are the ids of the APIs that the versions import. homes are those of the types
	// of both versions, flows what values of a type take in one of them, by its id.
	apis    map[*schema.Model]string
	homes   map[*schema.Type]home
	flows   map[string][]*flow
	changes []Change

	// The declaration that is compared.
	subject          string
	newPlace, oldAll schema.Place
	newFile, oldFile string
	// strict reports whether its positional parameters are not taken by name.
	strict bool
}

// about begins a declaration of the schema.
func (c *comparison) about(subject string, new, old schema.Place) {
	c.aboutIn(subject, new, old, "", "")
}

// aboutIn begins a declaration of the files of the two versions.
func (c *comparison) aboutIn(subject string, new, old schema.Place, newFile, oldFile string) {
	c.subject, c.newPlace, c.oldAll, c.newFile, c.oldFile, c.strict = subject, new, old, newFile, oldFile, false
}

// add adds a change of the declaration, at a part of it or, if the places are
// zero, at the whole.
func (c *comparison) add(rule diag.Rule, new, old schema.Place, format string, args ...any) {
	if new.Line == 0 {
		new = c.newPlace
	}
	if old.Line == 0 {
		old = c.oldAll
	}
	new.File, old.File = diag.Beside(c.newFile, new.File), diag.Beside(c.oldFile, old.File)
	r := find(rule)
	c.changes = append(c.changes, Change{Rule: rule, Level: r.Level, Subject: c.subject,
		Text: fmt.Sprintf(format, args...), Cure: r.Cure, New: new, Old: old})
}

// api compares what belongs to the whole API.
func (c *comparison) api() {
	c.about("the API", c.new.NamePlace, c.old.NamePlace)
	if c.old.URI != c.new.URI {
		c.add("api-uri-changed", c.new.URIPlace, c.old.URIPlace,
			"the prefix of all URIs was %q: peers of the two versions do not meet", c.old.URI)
	}
}

// uri compares two URIs. Those that only have another prefix are the change of
// the API.
func (c *comparison) uri(rule diag.Rule, old, new string, was, is schema.Place, breaks string) {
	moved := c.old.URI != c.new.URI && was.Derived && is.Derived
	if shape(old) != shape(new) && !moved {
		c.add(rule, is, was, "the URI was %q and is %q: %s", old, new, breaks)
	}
}

// shape returns a URI without the names of its parameters, which are not sent.
func shape(uri string) string {
	return parameter.ReplaceAllStringFunc(uri, func(p string) string {
		if strings.HasSuffix(p, "...}") {
			return "{...}"
		}
		return "{}"
	})
}

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// pair is a declaration in both versions; one of them is nil if it was added or
// removed.
type pair[T any] struct{ old, new *T }

// pairs finds the declarations that belong together: by their names, or else by
// their URIs.
func pairs[T any](old, new []*T, name, uri func(*T) string) (all []pair[T]) {
	byName, byURI := map[string]*T{}, map[string]*T{}
	for _, x := range old {
		byName[name(x)] = x
	}
	paired := map[*T]bool{}
	var unnamed []*T
	for _, x := range new {
		if was := byName[name(x)]; was != nil {
			all, paired[was] = append(all, pair[T]{was, x}), true
		} else {
			unnamed = append(unnamed, x)
		}
	}
	for _, x := range old {
		if !paired[x] {
			byURI[shape(uri(x))] = x
		}
	}
	for _, x := range unnamed {
		was := byURI[shape(uri(x))]
		paired[was] = true
		delete(byURI, shape(uri(x)))
		all = append(all, pair[T]{was, x})
	}
	for _, x := range old {
		if !paired[x] {
			all = append(all, pair[T]{x, nil})
		}
	}
	return all
}
