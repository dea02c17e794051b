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
		b.routes.announce(s, "on_create", describe(g, b.routes.kind.shown))
	}
	if added {
		b.routes.announce(s, "on_subscribe", g.id)
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
