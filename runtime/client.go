package wamp

import (
	"context"
	"fmt"
	"io"
	"iter"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
)

// Client is a WAMP client that heals itself: it owns the registrations and
// subscriptions, and one session at a time (specification "Sessions"), which it
// replaces when it is lost. Make one with Connect, end it with Close or Drain; the
// zero value is of no use. It is safe for concurrent use.
type Client struct {
	*common
	intents    *intents
	offline    *offline
	supervisor *supervisor
}

// Connect opens a session on realm with the router at url and returns when it
// is ready, when the router refuses for good, or when ctx ends; then the error
// holds the last failure. Until then it keeps trying, so that a service may
// start before its router. Schemes: ws, wss, tcp, tcps (also rs, rss), unix.
//
// ctx bounds Connect only; Close ends the client. Errors: what is wrong with url,
// realm (ErrInvalidURI) or options, at once; after a minute of nothing but
// refusals ErrAuthenticationFailed, ErrNoSuchRealm, an *auth.Error, or a
// *transport.HandshakeError with status 401, 403 or 404, see WithAuth and
// RetryFatal; the error of ctx together with the last failure.
func Connect(ctx context.Context, url, realm string, opts ...ConnectOption) (*Client, error) {
	if err := core.CheckURI(realm, core.MatchExact, false); err != nil {
		return nil, fmt.Errorf("wamp: realm: %w", invalidURI{err})
	}
	c := newClient(url, realm, opts)
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
	return nil, fmt.Errorf("wamp: connect: %w; last attempt: %w", ctx.Err(), last)
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
	c.board.status = Status{State: Connecting}
	its, off := &intents{common: c}, &offline{common: c}
	return &Client{common: c, intents: its, offline: off, supervisor: newSupervisor(c, its, off)}
}

// Done is closed when the client has ended: after Close or Drain, or because it
// gave up by itself, see [WithRetryFatal] and WithMaxElapsed. [Client.Err] says which. A
// program that cannot work without its router should end with it.
func (c *Client) Done() <-chan struct{} { return c.supervisor.done }

// Err returns nil while the client lives, ErrClosed after Close or Drain, and the
// last failure after the client gave up by itself.
func (c *Client) Err() error {
	if !c.supervisor.hasEnded() {
		return nil
	}
	return c.reason()
}

// SessionID returns the id that the router gave the current session, 0 while
// there is none. It changes with every reconnect.
func (c *Client) SessionID() ID {
	if s := c.live.Load(); s != nil {
		return ID(s.ID())
	}
	return 0
}

// Realm returns the realm that was joined, which a router may have changed;
// the requested one while there is no session.
func (c *Client) Realm() string {
	if s := c.live.Load(); s != nil && s.Realm() != "" {
		return s.Realm()
	}
	return c.realm
}

// HasFeature tells whether the router of the current session announced a feature
// for the role "broker" or "dealer", as HasFeature("dealer", "call_canceling")
// (specification "Feature Announcement"). False while there is no session.
func (c *Client) HasFeature(role, feature string) bool {
	s := c.live.Load()
	if s == nil {
		return false
	}
	return s.Features().Has(role, feature)
}

// Status returns the current status.
func (c *Client) Status() Status { return c.board.now() }

// String returns the realm, the router, the format and the state of the client, as
// in "wamp client of realm1 at wss://router.example/ws in cbor: ready".
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

// Format prints String with every verb of fmt: what a client was configured
// with holds secrets, as URLs, headers and keys do.
func (c *Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// Watch returns the current status and then every change, in order. It ends
// with ctx, or after the status Closed. A loop that falls 256 changes behind
// loses the oldest of them.
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
