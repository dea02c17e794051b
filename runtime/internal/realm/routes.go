package realm

import (
	"slices"
	"strings"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/core"
)

// route is a subscription with its subscribers, or a registration with its
// callees.
type route struct {
	id      uint64
	uri     string
	match   core.Match
	created time.Time
	members []*member // in the order they came; never empty while the route exists
	invoke  string    // of a registration: its invocation policy
	turn    int       // of a registration: the next callee of "roundrobin"
}

// member is a session on a route.
type member struct {
	session  *Session
	disclose bool // a callee wants to know its callers
	forward  bool // a callee watches the timeout of its calls by itself
}

// member returns the member of a session, or nil.
func (g *route) member(s *Session) *member {
	for _, m := range g.members {
		if m.session == s {
			return m
		}
	}
	return nil
}

// matches reports whether a URI is one of the route's.
func (g *route) matches(uri string) bool {
	switch g.match {
	case core.MatchPrefix:
		return strings.HasPrefix(uri, g.uri)
	case core.MatchWildcard:
		pattern, parts := strings.Split(g.uri, "."), strings.Split(uri, ".")
		if len(pattern) != len(parts) {
			return false
		}
		for i, want := range pattern {
			if want != "" && want != parts[i] {
				return false
			}
		}
		return true
	}
	return uri == g.uri
}

// routes are all subscriptions or all registrations.
type routes struct {
	realm *Realm
	kind  *kind

	last     uint64
	exact    map[string]*route
	ordered  []*route // exact ones, in the order of their ids
	patterns []*route // the others
}

// all returns every route, by id.
func (t *routes) all() []*route {
	list := slices.Concat(t.ordered, t.patterns)
	slices.SortFunc(list, func(a, b *route) int { return int(a.id) - int(b.id) })
	return list
}

// get returns the route with exactly this URI and match policy, or nil.
func (t *routes) get(uri string, match core.Match) *route {
	if match == core.MatchExact {
		return t.exact[uri]
	}
	for _, g := range t.patterns {
		if g.uri == uri && g.match == match {
			return g
		}
	}
	return nil
}

// byID returns the route with an id, or nil.
func (t *routes) byID(id uint64) *route {
	for _, list := range [][]*route{t.ordered, t.patterns} {
		if i, ok := slices.BinarySearchFunc(list, id, func(g *route, id uint64) int { return int(g.id) - int(id) }); ok {
			return list[i]
		}
	}
	return nil
}

// add makes a route without members.
func (t *routes) add(uri string, match core.Match, now time.Time) *route {
	t.last++
	g := &route{id: t.last, uri: uri, match: match, created: now}
	if match == core.MatchExact {
		if t.exact == nil {
			t.exact = map[string]*route{}
		}
		t.exact[uri] = g
		t.ordered = append(t.ordered, g)
	} else {
		t.patterns = append(t.patterns, g)
	}
	return g
}

// drop takes a member off a route, and the route away with its last member. It
// reports whether the route is gone.
func (t *routes) drop(g *route, m *member) (gone bool) {
	i := slices.Index(g.members, m)
	g.members = slices.Delete(g.members, i, i+1)
	if i < g.turn {
		g.turn--
	}
	if len(g.members) > 0 {
		return false
	}
	same := func(other *route) bool { return other == g }
	if g.match == core.MatchExact {
		delete(t.exact, g.uri)
		t.ordered = slices.DeleteFunc(t.ordered, same)
	} else {
		t.patterns = slices.DeleteFunc(t.patterns, same)
	}
	return true
}

// matching returns the routes that a URI belongs to: the exact one first.
func (t *routes) matching(uri string) []*route {
	var list []*route
	if g := t.exact[uri]; g != nil {
		list = append(list, g)
	}
	for _, g := range t.patterns {
		if g.matches(uri) {
			list = append(list, g)
		}
	}
	return list
}

// best returns the registration that a call of a URI goes to, or nil: the exact
// one, else the longest prefix, else the wildcard whose empty components come
// latest (specification "Pattern-based Registrations").
func (t *routes) best(uri string) *route {
	var best *route
	for _, g := range t.matching(uri) {
		if best == nil || better(g, best) {
			best = g
		}
	}
	return best
}

func better(a, b *route) bool {
	switch {
	case a.match != b.match:
		return rank[a.match] < rank[b.match]
	case a.match == core.MatchPrefix:
		return len(a.uri) > len(b.uri)
	}
	as, bs := strings.Split(a.uri, "."), strings.Split(b.uri, ".")
	for i := range as { // equally many components: both match one URI
		if (as[i] == "") != (bs[i] == "") {
			return bs[i] == ""
		}
	}
	return false
}

var rank = map[core.Match]int{core.MatchExact: 0, core.MatchPrefix: 1, core.MatchWildcard: 2}
