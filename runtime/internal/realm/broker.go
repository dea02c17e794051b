package realm

import (
	"slices"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// broker holds the subscriptions and what has been published.
type broker struct {
	realm    *Realm
	routes   routes
	retained map[string]*publication // by topic
	history  history
}

// maxRetained is how many topics may have a retained event.
const maxRetained = 10_000

func (b *broker) subscribe(s *Session, m *core.Message) {
	match := matchOf(m)
	if core.CheckURI(m.URI, match, false) != nil {
		s.refuse(m, "wamp.error.invalid_uri", "")
		return
	}
	g := b.routes.get(m.URI, match)
	created := g == nil
	if created {
		g = b.routes.add(m.URI, match, b.realm.cfg.Now())
	}
	added := g.member(s) == nil
	if added {
		g.members = append(g.members, &member{session: s})
	}
	s.send(&core.Message{Type: core.MsgSubscribed, Request: m.Request, ID: g.id})
	if m.DetailBool("get_retained") {
		b.sendRetained(g, s)
	}
	if created {
		b.announce(s, "wamp.subscription.on_create", s.id, describe(g, "match"))
	}
	if added {
		b.announce(s, "wamp.subscription.on_subscribe", s.id, g.id)
	}
}

// sendRetained sends the retained events of a subscription, oldest first.
func (b *broker) sendRetained(g *route, s *Session) {
	var list []*publication
	for topic, p := range b.retained {
		if g.matches(topic) {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b *publication) int { return a.order - b.order })
	for _, p := range list {
		p.sendTo(g, s, core.Field{Key: "retained", Value: true})
	}
}

func (b *broker) unsubscribe(s *Session, m *core.Message) {
	g := b.routes.byID(m.ID)
	if g == nil || g.member(s) == nil {
		s.refuse(m, "wamp.error.no_such_subscription", "")
		return
	}
	gone := b.routes.drop(g, g.member(s))
	s.send(&core.Message{Type: core.MsgUnsubscribed, Request: m.Request})
	b.left(g, s, gone)
}

// revoke ends a subscription that its subscriber did not ask to end.
func (b *broker) revoke(g *route, m *member, reason string) {
	gone := b.routes.drop(g, m)
	if m.session.can("subscriber", "subscription_revocation") {
		m.session.send(&core.Message{Type: core.MsgUnsubscribed, Options: revocation("subscription", g.id, reason)})
	}
	b.left(g, m.session, gone)
}

// leave takes a session off all its subscriptions.
func (b *broker) leave(s *Session) {
	for _, g := range b.routes.all() {
		if m := g.member(s); m != nil {
			b.left(g, s, b.routes.drop(g, m))
		}
	}
}

// left announces that a session is off a subscription.
func (b *broker) left(g *route, s *Session, gone bool) {
	b.announce(s, "wamp.subscription.on_unsubscribe", s.id, g.id)
	if gone {
		b.announce(s, "wamp.subscription.on_delete", s.id, g.id)
	}
}

// announce publishes an event of the meta API, but not to the session that has
// caused it.
func (b *broker) announce(s *Session, topic string, args ...any) {
	if len(b.routes.matching(topic)) == 0 {
		return
	}
	p := &publication{id: b.realm.id(), topic: topic, audience: audience{publisher: s.id}}
	p.args, _ = encode(codec.CBOR, args) // ids, names and times
	b.send(p)
}

// revocation are the details of an UNSUBSCRIBED or UNREGISTERED that nobody
// asked for.
func revocation(kind string, id uint64, reason string) core.Dict {
	d := core.Dict{{Key: kind, Value: id}}
	if reason != "" {
		d = append(d, core.Field{Key: "reason", Value: reason})
	}
	return d
}
