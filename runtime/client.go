package wamp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
)

// Client is a WAMP client that heals itself. It owns the registrations and
// subscriptions and has one session at a time (specification "Sessions"); a
// lost session is replaced. [Connect] makes a client, [Client.Close] or
// [Client.Drain] ends it. The zero value is not usable. It is safe for
// concurrent use.
type Client struct {
	*common
	intents    *intents
	offline    *offline
	supervisor *supervisor
}

// Connect opens a session on realm with the router at url. It returns when the
// client is ready, when the router keeps refusing, or when ctx ends. Until then
// it keeps trying, so that a service may start before its router. The schemes
// of url are ws, wss, tcp, tcps (also rs, rss) and unix.
//
// ctx bounds Connect only; [Client.Close] ends the client.
//
// An invalid url, realm ([ErrInvalidURI]) or option is an error at once. After
// a minute of nothing but refusals the error is [ErrAuthenticationFailed],
// [ErrNoSuchRealm], an [*auth.Error], or a [*transport.HandshakeError] with
// status 401, 403 or 404, see [WithAuth] and [WithRetryFatal]. If ctx ends
// first, the error wraps both the error of ctx and the last failure.
func Connect(ctx context.Context, url, realm string, opts ...ConnectOption) (*Client, error) {
	c := newClient(url, realm, opts)
	if err := c.cfg.checkRealm(realm); err != nil {
		return nil, err
	}
	if err := c.supervisor.check(); err != nil {
		return nil, err
	}
	first := make(chan struct{})
	go c.supervisor.run(first) // supervisor: ends with the client; joined by Close
	select {
	case <-first:
		return c, nil
	case <-c.supervisor.done:
		return nil, c.reason()
	case <-ctx.Done():
	}
	last := c.Status().Err
	c.supervisor.hurry()
	c.stop(ErrClosed)
	<-c.supervisor.done
	if last == nil {
		return nil, fmt.Errorf("wamp: connect: %w", ctx.Err())
	}
	return nil, fmt.Errorf("wamp: connect: %w; last attempt: %w", ctx.Err(), part{last})
}

func newClient(url, realm string, opts []ConnectOption) *Client {
	cfg := config{urls: []string{url}}
	for _, o := range opts {
		o.applyConnect(&cfg)
	}
	c := &common{cfg: cfg.withDefaults(), realm: realm, usable: make(chan struct{})}
	c.handlers, c.stop = context.WithCancelCause(context.Background())
	c.draining, c.beginDrain = context.WithCancel(context.Background())
	l := &c.cfg.limits
	c.memory = codec.NewBudget(int64(l.Memory))
	c.pool = dispatch.NewPool(c.handlers, dispatch.Limits{Bytes: l.InboundBytes, Parked: l.Pending}, c.notice)
	c.lane = dispatch.NewLane(c.pool, l.Workers, l.Waiting, false)
	c.streams = dispatch.NewLane(c.pool, l.Streams, l.Waiting, false)
	c.urgent = dispatch.NewLane(c.pool, l.Workers, l.Waiting, false)
	c.board.status = Status{State: Connecting}
	c.absences.log = c.cfg.log
	its, off := &intents{common: c}, &offline{common: c}
	return &Client{common: c, intents: its, offline: off, supervisor: newSupervisor(c, its, off)}
}

// Done returns a channel that is closed when the client has ended: after
// [Client.Close] or [Client.Drain], or because it gave up by itself, see
// [WithRetryFatal] and [WithMaxElapsed]. [Client.Err] returns the reason. A
// program that cannot work without its router should exit then.
func (c *Client) Done() <-chan struct{} { return c.supervisor.done }

// Err returns why the client has ended: [ErrClosed] after [Client.Close] or
// [Client.Drain], the last failure if the client gave up by itself. It returns
// nil before.
func (c *Client) Err() error {
	if !c.supervisor.hasEnded() {
		return nil
	}
	return c.reason()
}

// SessionID returns the id that the router gave the current session, or 0 if
// there is no session. It changes with every reconnect.
func (c *Client) SessionID() ID {
	if s := c.live.Load(); s != nil {
		return ID(s.ID())
	}
	return 0
}

// Realm returns the realm of the current session, which the router may have
// changed. If there is no session it returns the requested realm.
func (c *Client) Realm() string {
	if s := c.live.Load(); s != nil && s.Realm() != "" {
		return s.Realm()
	}
	return c.realm
}

// HasFeature reports whether the router of the current session announced a
// feature for a role, such as "call_canceling" for "dealer" (specification
// "Feature Announcement"). The role is "broker" or "dealer".
// [WithAssumeFeatures] and [WithDenyFeatures] take precedence. It reports false
// if there is no session.
func (c *Client) HasFeature(role, feature string) bool {
	s := c.live.Load()
	if s == nil {
		return false
	}
	return s.Features().Has(role, feature)
}

// Status returns the current status.
func (c *Client) Status() Status { return c.board.now() }

// String returns the realm, the router, the format and the state of the client,
// such as "wamp client of realm1 at wss://router.example/ws in cbor: ready".
func (c *Client) String() string {
	st := c.Status()
	at := ""
	if st.URL != "" {
		at = " at " + st.URL
	}
	if st.Format != 0 {
		at += " in " + st.Format.String()
	}
	return "wamp client of " + c.realm + at + ": " + st.State.String()
}

// Format prints what [Client.String] returns, with every verb of package fmt.
// The configuration of a client holds secrets, such as keys and headers, which
// must not be printed.
func (c *Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// Watch ranges over the current status and every later one, in order. The loop
// ends when ctx ends, or after the state [Closed]. If it falls 256 changes
// behind it loses the oldest of them.
func (c *Client) Watch(ctx context.Context) iter.Seq[Status] {
	return func(yield func(Status) bool) {
		w := c.board.watch()
		defer c.board.unwatch(w)
		for {
			for _, s := range c.board.take(w) {
				if !yield(s) || s.State == Closed {
					return
				}
			}
			select {
			case <-w.wake:
			case <-ctx.Done():
				return
			}
		}
	}
}

// AuthID returns the authid that the router gave the current session, "" if
// there is no session or the router does not say. The same holds for
// [Client.AuthRole], [Client.AuthMethod], [Client.AuthProvider] and
// [Client.RouterAgent] (specification "Session Establishment"). All of them may
// change with every reconnect.
func (c *Client) AuthID() string { return c.welcome("authid") }

// AuthRole returns the authrole of the current session, see [Client.AuthID].
func (c *Client) AuthRole() string { return c.welcome("authrole") }

// AuthMethod returns the authentication method by which the router let the
// current session in, such as "wampcra", see [Client.AuthID].
func (c *Client) AuthMethod() string { return c.welcome("authmethod") }

// AuthProvider returns the name of what authenticated the current session at the
// router, such as "static" or "dynamic", see [Client.AuthID].
func (c *Client) AuthProvider() string { return c.welcome("authprovider") }

// AuthExtra returns the authextra of WELCOME as dynamic values. It returns nil
// if there is none, or if there is no session. The map belongs to the caller.
func (c *Client) AuthExtra() map[string]any {
	s := c.live.Load()
	if s == nil {
		return nil
	}
	return dict(s.Welcome().Lookup("authextra"))
}

// RouterAgent returns what the router of the current session calls itself, such
// as "Crossbar.io/26.10.1", see [Client.AuthID].
func (c *Client) RouterAgent() string { return c.welcome("agent") }

// welcome returns a string of the details of WELCOME.
func (c *Client) welcome(key string) string {
	s := c.live.Load()
	if s == nil {
		return ""
	}
	m := core.Message{Details: s.Welcome()}
	return m.DetailText(key)
}

// Reconnect replaces the session by a new one at once, for example after the
// network has changed. It also ends a pause between two attempts, even one that
// a server asked for with Retry-After, and an attempt that is under way. It does
// not wait for the new session, see [Client.Watch]. The session ends with
// GOODBYE; what is in flight ends with [ErrLost], except calls of idempotent
// procedures, which are sent again. After the end of the client it does nothing.
// Safe for concurrent use.
func (c *Client) Reconnect() { c.supervisor.route.turn() }

// SetURLs replaces the URLs of [Connect] and [WithURLs]. The session goes on if
// its URL is among urls; otherwise the client moves to one of them as
// [Client.Reconnect] does. If urls is empty, or one of them is invalid, the error
// says so and nothing changes. Safe for concurrent use.
func (c *Client) SetURLs(urls ...string) error {
	if len(urls) == 0 {
		return errors.New("wamp: there must be a URL")
	}
	next, err := newRouters(&c.cfg, urls)
	if err != nil {
		return err
	}
	if !c.supervisor.route.set(next) {
		c.Reconnect()
	}
	return nil
}

// Stats returns the counters and depths of the client. The maps are shared by
// all who call Stats and must not be changed. It does not wait for anything, and
// allocates only if there was an error since it was last called. Safe for
// concurrent use.
func (c *Client) Stats() Stats { return statsOf(c.common, c.offline) }
