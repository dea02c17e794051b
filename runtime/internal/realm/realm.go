package realm

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// Config describes a realm. Name, Now and After are required.
type Config struct {
	// Name is the URI of the realm.
	Name string
	// Seed chooses the ids of sessions and publications and what the invocation
	// policy "random" picks.
	Seed uint64
	// History is how many publications are kept for
	// wamp.subscription.get_events; 0 means none.
	History int
	// Users may log in by ticket. Everybody else joins as anonymous.
	Users []User
	// Now returns the time.
	Now func() time.Time
	// After calls f once, after d and never inside another call of this package.
	// The function it returns calls that off.
	After func(d time.Duration, f func()) (stop func() bool)
}

// User is somebody who logs in by ticket.
type User struct {
	ID, Role, Ticket string
}

// Sink is the way back to one client.
type Sink interface {
	// Send takes one frame. It must not block.
	Send(frame []byte)
	// Close ends the connection once everything that was sent before is written.
	Close()
}

// Realm routes the messages of its sessions. It is not safe for concurrent use:
// one call at a time, of its own methods and of those of its sessions.
type Realm struct {
	cfg      Config
	random   *rand.Rand
	sessions []*Session // in the order they joined
	broker   broker
	dealer   dealer
}

// New returns a realm without sessions.
func New(cfg Config) *Realm {
	r := &Realm{cfg: cfg, random: rand.New(rand.NewPCG(cfg.Seed, 0))}
	r.broker = broker{realm: r, routes: routes{realm: r, kind: subscriptions}, retained: map[string]*publication{}}
	r.dealer = dealer{realm: r, routes: routes{realm: r, kind: registrations}}
	return r
}

// Session returns the session of a new connection, which has yet to join.
func (r *Realm) Session(out Sink, f codec.Format) *Session {
	return &Session{realm: r, out: out, format: f, calls: map[uint64]*call{}, invocations: map[uint64]*call{}}
}

// Shutdown sends GOODBYE wamp.close.system_shutdown to every session and ends
// them.
func (r *Realm) Shutdown() {
	for _, s := range slices.Clone(r.sessions) {
		s.goodbye("wamp.close.system_shutdown", "")
	}
}

// Revoke ends the registrations of a procedure, or of a pattern, whatever its
// match policy; their callees receive UNREGISTERED. It returns how many callees
// had one.
func (r *Realm) Revoke(uri string) int {
	n := 0
	for _, g := range r.dealer.routes.all() {
		if g.uri != uri {
			continue
		}
		for _, m := range slices.Clone(g.members) {
			r.dealer.routes.revoke(g, m, "")
			n++
		}
	}
	return n
}

// id draws an id of global scope.
func (r *Realm) id() uint64 { return r.random.Uint64N(core.MaxID) + 1 }

// find returns the session with an id, or nil.
func (r *Realm) find(id uint64) *Session {
	i := slices.IndexFunc(r.sessions, func(s *Session) bool { return s.id == id })
	if i < 0 {
		return nil
	}
	return r.sessions[i]
}
