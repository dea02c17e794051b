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
			d.revoke(g, old, "")
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
		d.realm.broker.announce(s, "wamp.registration.on_create", s.id, describe(g, "match", "invoke"))
	}
	d.realm.broker.announce(s, "wamp.registration.on_register", s.id, g.id)
}

func (d *dealer) unregister(s *Session, m *core.Message) {
	g := d.routes.byID(m.ID)
	if g == nil || g.member(s) == nil {
		s.refuse(m, "wamp.error.no_such_registration", "")
		return
	}
	gone := d.routes.drop(g, g.member(s))
	s.send(&core.Message{Type: core.MsgUnregistered, Request: m.Request})
	d.left(g, s, gone)
}

// revoke ends a registration that its callee did not ask to end. What the
// callee works on it may finish.
func (d *dealer) revoke(g *route, m *member, reason string) {
	gone := d.routes.drop(g, m)
	if m.session.can("callee", "registration_revocation") {
		m.session.send(&core.Message{Type: core.MsgUnregistered, Options: revocation("registration", g.id, reason)})
	}
	d.left(g, m.session, gone)
}

// leave takes a session off all its registrations, ends the calls it works on,
// and interrupts those it waits for.
func (d *dealer) leave(s *Session) {
	for _, g := range d.routes.all() {
		if m := g.member(s); m != nil {
			d.left(g, s, d.routes.drop(g, m))
		}
	}
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

// left announces that a session is off a registration.
func (d *dealer) left(g *route, s *Session, gone bool) {
	d.realm.broker.announce(s, "wamp.registration.on_unregister", s.id, g.id)
	if gone {
		d.realm.broker.announce(s, "wamp.registration.on_delete", s.id, g.id)
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
