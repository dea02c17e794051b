package realm

import (
	"time"

	"github.com/wampgen/wampgen/runtime/internal/core"
)

// publication is one published event.
type publication struct {
	content
	id        uint64
	order     int // of the history; 0 for events of the meta API
	topic     string
	at        time.Time
	publisher core.Dict // who it was, if that is disclosed
	audience  audience
}

// audience says which subscribers an event is for.
type audience struct {
	publisher         uint64 // gets nothing, unless this is 0
	exclude, eligible [3]set // by session, authid and authrole
}

func audienceOf(s *Session, m *core.Message) audience {
	var a audience
	if flag(m, "exclude_me", true) {
		a.publisher = s.id
	}
	for i, by := range []string{"", "_authid", "_authrole"} {
		a.exclude[i], a.eligible[i] = setOf(m, "exclude"+by), setOf(m, "eligible"+by)
	}
	return a
}

// includes reports whether a session may see the event.
func (a *audience) includes(s *Session) bool {
	if s.id == a.publisher {
		return false
	}
	for i, is := range []any{int64(s.id), s.hello.authID, s.hello.authRole} {
		if a.exclude[i][is] || a.eligible[i] != nil && !a.eligible[i][is] {
			return false
		}
	}
	return true
}

func (b *broker) publish(s *Session, m *core.Message) {
	p := &publication{
		content: contentOf(m), id: b.realm.id(), topic: m.URI, at: b.realm.cfg.Now(), audience: audienceOf(s, m),
	}
	acknowledge := m.DetailBool("acknowledge")
	switch {
	case !s.mayPass(&p.content, "publisher"):
		s.violation("PUBLISH with a passthru payload, which the client did not announce")
		return
	case core.CheckURI(m.URI, core.MatchExact, false) != nil || core.Reserved(m.URI):
		if acknowledge {
			s.refuse(m, "wamp.error.invalid_uri", "")
		}
		return
	}
	if m.DetailBool("disclose_me") {
		p.publisher = s.disclose("publisher")
	}
	b.deliver(p, m.DetailBool("retain"))
	if acknowledge {
		s.send(&core.Message{Type: core.MsgPublished, Request: m.Request, ID: p.id})
	}
}

// deliver sends a publication to its subscribers and keeps it in the history,
// and as the retained event of its topic if it is to be.
func (b *broker) deliver(p *publication, retain bool) {
	b.history.add(p, b.realm.cfg.History)
	b.send(p)
	if _, again := b.retained[p.topic]; retain && (again || len(b.retained) < maxRetained) {
		b.retained[p.topic] = p
	}
}

func (b *broker) send(p *publication) {
	for _, g := range b.routes.matching(p.topic) {
		for _, m := range g.members {
			p.sendTo(g, m.session)
		}
	}
}

// sendTo sends the EVENT to one subscriber, if it is for it and can be encoded
// in its format.
func (p *publication) sendTo(g *route, s *Session, extra ...core.Field) {
	if !p.audience.includes(s) || !s.mayPass(&p.content, "subscriber") {
		return
	}
	m := core.Message{Type: core.MsgEvent, ID: g.id, Publication: p.id, Options: p.details(g)}
	m.Options = append(m.Options, extra...)
	p.put(&m)
	s.send(&m)
}

// details are those that every subscriber of a subscription gets.
func (p *publication) details(g *route) core.Dict {
	var d core.Dict
	if g.match != core.MatchExact {
		d = append(d, core.Field{Key: "topic", Value: p.topic})
	}
	return append(d, p.publisher...)
}
