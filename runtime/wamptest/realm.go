package wamptest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/realm"
	"github.com/wampgen/wampgen/runtime/transport"
)

// Realm is a WAMP router for one realm, in memory. It opens no socket, nothing
// of it runs while its clients are silent, and its random choices come from a
// seed. It works inside a [testing/synctest] bubble. It has every feature of
// the specification except trust levels, sharding and rerouting, and announces
// them.
//
// It is for tests and development: every client may join, register and publish,
// and nothing is written to disk. Safe for concurrent use.
type Realm struct {
	cfg     realm.Config
	log     func(msg string, args ...any)
	running sync.WaitGroup // one goroutine for each connection

	mu      sync.Mutex // held while one message is routed
	lives   uint64     // how often it was started
	routing *realm.Realm
	links   map[*link]*realm.Session
	closed  bool
}

// NewRealm returns a router for a test and closes it when the test ends.
func NewRealm(tb testing.TB, options ...RealmOption) *Realm {
	tb.Helper()
	r := StartRealm(options...)
	tb.Cleanup(r.Close)
	return r
}

// StartRealm returns a router for a program. The caller ends it with Close.
func StartRealm(options ...RealmOption) *Realm {
	r := &Realm{
		cfg:   realm.Config{Name: "realm1", Seed: 1, History: 1000, Now: time.Now},
		log:   func(string, ...any) {},
		links: map[*link]*realm.Session{},
	}
	for _, o := range options {
		o.applyRealm(r)
	}
	r.cfg.After = func(d time.Duration, f func()) (stop func() bool) {
		return time.AfterFunc(d, func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			f()
		}).Stop
	}
	r.Start()
	return r
}

// Name returns the URI of the realm.
func (r *Realm) Name() string { return r.cfg.Name }

// Client returns a client that has joined the realm and closes it when the test
// ends. If the client cannot join, the test fails.
func (r *Realm) Client(tb testing.TB, options ...wamp.ConnectOption) *wamp.Client {
	tb.Helper()
	c, err := r.Connect(tb.Context(), options...)
	if err != nil {
		tb.Fatalf("wamptest: connect to the realm: %v", err)
	}
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), farewell)
		defer cancel()
		_ = c.Close(ctx) // the router may be gone by now
	})
	return c
}

// farewell is how long a client may take for its handlers when the test ends.
const farewell = 10 * time.Second

// Connect returns a client that has joined the realm. The caller closes it. ctx
// bounds the joining, as in [wamp.Connect].
func (r *Realm) Connect(ctx context.Context, options ...wamp.ConnectOption) (*wamp.Client, error) {
	options = append([]wamp.ConnectOption{wamp.WithDialer(r.Dialer())}, options...)
	return wamp.Connect(ctx, "pipe:", r.cfg.Name, options...)
}

// Dialer returns a dialer of connections to the router, for [wamp.WithDialer].
// It accepts any URL and uses the first of the offered serializers.
func (r *Realm) Dialer() transport.Dialer { return dialer{r} }

type dialer struct{ realm *Realm }

// Dial implements [transport.Dialer].
func (d dialer) Dial(ctx context.Context, _ string, o transport.Options) (*transport.Link, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f := codec.CBOR
	if len(o.Formats) > 0 {
		f = o.Formats[0]
	}
	client, server := transport.Pipe(f)
	if !d.realm.attach(server, f) {
		return nil, fmt.Errorf("wamptest: the router is stopped: %w", syscall.ECONNREFUSED)
	}
	return client, nil
}

// Serve serves a connection whose serializer is f, until it ends. It connects a
// listener of the caller, such as one for [WebSocket], to the realm. The caller
// must set the limits of the connection, such as its largest message.
func (r *Realm) Serve(conn transport.Conn, f codec.Format) {
	l := newLink(conn, r.log)
	if s := r.admit(l, f); s != nil {
		r.serve(l, s)
		return
	}
	_ = conn.Close()
}

// attach is Serve on a goroutine of its own. It reports whether the router
// runs.
func (r *Realm) attach(conn transport.Conn, f codec.Format) bool {
	l := newLink(conn, r.log)
	s := r.admit(l, f)
	if s != nil {
		go r.serve(l, s)
	}
	return s != nil
}

// admit returns the session of a new connection, nil while the router is
// stopped.
func (r *Realm) admit(l *link, f codec.Format) *realm.Session {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.routing == nil {
		return nil
	}
	r.running.Add(1)
	s := r.routing.Session(l, f)
	r.links[l] = s
	return s
}

// serve reads from a connection until it ends.
func (r *Realm) serve(l *link, s *realm.Session) {
	defer r.running.Done()
	var writing sync.WaitGroup
	writing.Go(l.write)
	for {
		frame, err := l.conn.ReadFrame()
		if err != nil {
			break
		}
		r.mu.Lock()
		s.Receive(frame)
		r.mu.Unlock()
	}
	r.mu.Lock()
	s.Leave()
	delete(r.links, l)
	r.mu.Unlock()
	l.cut()
	writing.Wait()
}

// Start starts a stopped router, which has forgotten its earlier sessions,
// events and ids. It does nothing if the router runs or is closed.
func (r *Realm) Start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.routing != nil || r.closed {
		return
	}
	cfg := r.cfg
	cfg.Seed += r.lives
	r.lives++
	r.routing = realm.New(cfg)
}

// Stop ends every session with GOODBYE wamp.close.system_shutdown. New
// connections are refused until [Realm.Start].
func (r *Realm) Stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.routing == nil {
		return
	}
	r.routing.Shutdown()
	r.routing = nil
	for l, s := range r.links {
		if s.ID() == 0 {
			l.Close() // it would join a router that has stopped
		}
	}
}

// Kill simulates a crash: every connection ends without GOODBYE, and new ones
// are refused until [Realm.Start].
func (r *Realm) Kill() {
	r.mu.Lock()
	r.routing = nil
	r.mu.Unlock()
	r.Drop()
}

// Drop cuts the connections of the sessions with these ids, or of all sessions
// if there are no ids. When it returns, the router has forgotten the sessions:
// what they had registered is free. The router continues.
func (r *Realm) Drop(sessions ...wamp.ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var dropped []*realm.Session
	for l, s := range r.links {
		if len(sessions) == 0 || slices.Contains(sessions, wamp.ID(s.ID())) {
			l.cut()
			delete(r.links, l)
			dropped = append(dropped, s)
		}
	}
	for _, s := range dropped { // after all are cut: none hears of the others
		s.Leave()
	}
}

// Sessions returns the ids of the sessions that have joined, in ascending
// order.
func (r *Realm) Sessions() []wamp.ID {
	r.mu.Lock()
	defer r.mu.Unlock()
	var ids []wamp.ID
	for s := range maps.Values(r.links) {
		if id := wamp.ID(s.ID()); id != 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Revoke revokes the registrations of a procedure or a pattern and notifies
// their callees. It returns how many there were.
func (r *Realm) Revoke(uri string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.routing == nil {
		return 0
	}
	return r.routing.Revoke(uri)
}

// Close ends the router like [Realm.Kill], and for good. It waits until nothing
// of the router runs. It may be called more than once.
func (r *Realm) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.Kill()
	r.running.Wait()
}
