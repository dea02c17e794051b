package realm

import (
	"cmp"
	"maps"
	"slices"

	"github.com/wampgen/wampgen/runtime/internal/core"
)

// dealer holds the registrations. The calls are held by their sessions.
type dealer struct {
	realm  *Realm
	routes routes
}

func (d *dealer) register(s *Session, m *core.Message) {
	match, invoke := matchOf(m), cmp.Or(m.DetailText("invoke"), "single")
	if core.CheckURI(m.URI, match, false) != nil || core.Reserved(m.URI) {
		s.refuse(m, "wamp.error.invalid_uri", "")
		return
	}
	g := d.routes.get(m.URI, match)
	if g != nil && m.DetailBool("force_reregister") {
		for _, old := range slices.Clone(g.members) {
			d.routes.revoke(g, old, "")
		}
		g = nil
	}
	if g != nil && (invoke == "single" || invoke != g.invoke || g.member(s) != nil) {
		s.refuse(m, "wamp.error.procedure_already_exists", "it is registered with the invocation policy "+g.invoke)
		return
	}
	created := g == nil
	if created {
		g = d.routes.add(m.URI, match, d.realm.cfg.Now())
		g.invoke = invoke
	}
	g.members = append(g.members, &member{
		session: s, disclose: m.DetailBool("disclose_caller"), forward: m.DetailBool("forward_timeout"),
	})
	s.send(&core.Message{Type: core.MsgRegistered, Request: m.Request, ID: g.id})
	if created {
		d.routes.announce(s, "on_create", describe(g, d.routes.kind.shown))
	}
	d.routes.announce(s, "on_register", g.id)
}

// leave takes a session off all its registrations, ends the calls it works on,
// and interrupts those it waits for.
func (d *dealer) leave(s *Session) {
	d.routes.leave(s)
	for _, id := range slices.Sorted(maps.Keys(s.invocations)) {
		c := s.invocations[id]
		c.end()
		c.fail("wamp.error.canceled", "the callee has left")
	}
	for _, id := range slices.Sorted(maps.Keys(s.calls)) {
		c := s.calls[id]
		c.end()
		c.interrupt("killnowait", "wamp.error.canceled")
	}
}

// pick chooses the callee of a call by the invocation policy.
func (d *dealer) pick(g *route) *member {
	n := len(g.members)
	switch g.invoke {
	case "last":
		return g.members[n-1]
	case "random":
		return g.members[d.realm.random.IntN(n)]
	case "roundrobin":
		m := g.members[g.turn%n]
		g.turn = (g.turn + 1) % n
		return m
	}
	return g.members[0]
}
