package realm

import "github.com/wampgen/wampgen/runtime/internal/core"

// kind is where registrations and subscriptions differ.
type kind struct {
	of      func(*Realm) *routes
	name    string    // in the names of topics, features and details
	role    string    // of the members
	ended   core.Type // the message by which a member learns that it is off its route
	left    string    // the event of the meta API for that
	unknown string    // the error for an id that does not exist
	shown   []string  // what the meta API shows beside id, created and uri
}

var registrations = &kind{
	of:   func(r *Realm) *routes { return &r.dealer.routes },
	name: "registration", role: "callee", ended: core.MsgUnregistered, left: "on_unregister",
	unknown: "wamp.error.no_such_registration", shown: []string{"match", "invoke"},
}

var subscriptions = &kind{
	of:   func(r *Realm) *routes { return &r.broker.routes },
	name: "subscription", role: "subscriber", ended: core.MsgUnsubscribed, left: "on_unsubscribe",
	unknown: "wamp.error.no_such_subscription", shown: []string{"match"},
}

// withdraw answers UNSUBSCRIBE or UNREGISTER.
func (t *routes) withdraw(s *Session, m *core.Message) {
	g := t.byID(m.ID)
	if g == nil || g.member(s) == nil {
		s.refuse(m, t.kind.unknown, "")
		return
	}
	gone := t.drop(g, g.member(s))
	s.send(&core.Message{Type: t.kind.ended, Request: m.Request})
	t.left(g, s, gone)
}

// revoke takes a member off a route that did not ask for it. What a callee
// works on it may finish.
func (t *routes) revoke(g *route, m *member, reason string) {
	gone := t.drop(g, m)
	if m.session.can(t.kind.role, t.kind.name+"_revocation") {
		details := core.Dict{{Key: t.kind.name, Value: g.id}}
		if reason != "" {
			details = append(details, core.Field{Key: "reason", Value: reason})
		}
		m.session.send(&core.Message{Type: t.kind.ended, Options: details})
	}
	t.left(g, m.session, gone)
}

// leave takes a session off all its routes.
func (t *routes) leave(s *Session) {
	for _, g := range t.all() {
		if m := g.member(s); m != nil {
			t.left(g, s, t.drop(g, m))
		}
	}
}

// left announces that a session is off a route.
func (t *routes) left(g *route, s *Session, gone bool) {
	t.announce(s, t.kind.left, g.id)
	if gone {
		t.announce(s, "on_delete", g.id)
	}
}

// announce publishes an event of the meta API about what a session has caused.
func (t *routes) announce(s *Session, event string, what any) {
	t.realm.broker.announce(s, "wamp."+t.kind.name+"."+event, s.id, what)
}
