package wamp

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// Client is a WAMP client that heals itself: it owns the registrations and
// subscriptions, and one session at a time (specification "Sessions"), which it
// replaces when it is lost. Make one with Connect, end it with Close or Drain; the
// zero value is of no use. It is safe for concurrent use.
type Client struct {
	cfg   config
	realm string
	// routers and warned belong to the supervisor: whom to try, in order, and
	// whether a login in plain text was warned of.
	routers []*router
	warned  bool
	// memory is what decoded payloads may take until their handlers return.
	memory *codec.Budget
	// handlers is the parent of every handler's ctx; Close cancels it.
	handlers context.Context
	stop     context.CancelCauseFunc
	// patience ends when Close will not wait any longer.
	patience context.Context
	hurry    context.CancelFunc
	// done is closed when the supervisor has ended. Set before: whether it left the
	// router without an answer to its GOODBYE.
	done       chan struct{}
	unanswered bool

	sessions session.Config // what all sessions have in common
	spare    session.Pool   // of waiters and buffers
	pool     *dispatch.Pool
	lane     *dispatch.Lane // of all procedures without one of their own

	// live is the session that operations use, nil while there is none.
	live atomic.Pointer[session.Session]

	mu      sync.Mutex       // protects the following
	session *session.Session // the session that intents belong to; it may be recovering
	opened  time.Time        // when it was announced, zero until then
	usable  chan struct{}
	intents []*intent
	// placings counts what was put in place on all sessions.
	placings uint64
	claims   map[procedure]*intent // the shared ones that are in place or on their way
	offline  offline
	ended    error // why the supervisor ends, set before handlers is cancelled for that

	unfits sync.Map // of unfit: what typedError has logged

	board board // has a lock of its own
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
	if err := errors.Join(c.checkRouters(), c.cfg.link.Check()); err != nil {
		return nil, err
	}
	first := make(chan struct{})
	go c.supervise(first) // supervisor: ends with the client; joined by Close
	select {
	case <-first:
		return c, nil
	case <-c.done:
		return nil, c.reason()
	case <-ctx.Done():
	}
	last := c.Status().Err
	c.hurry()
	c.stop(ErrClosed)
	<-c.done
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
	c := &Client{
		cfg:    cfg.withDefaults(),
		realm:  realm,
		done:   make(chan struct{}),
		usable: make(chan struct{}),
	}
	c.handlers, c.stop = context.WithCancelCause(context.Background())
	c.patience, c.hurry = context.WithCancel(context.Background())
	l := &c.cfg.limits
	c.memory = codec.NewBudget(int64(l.Memory))
	c.pool = dispatch.NewPool(c.handlers, dispatch.Limits{Bytes: l.InboundBytes, Parked: l.Pending}, c.notice)
	c.lane = dispatch.NewLane(c.pool, l.Workers, l.Waiting, false)
	c.board.status = Status{State: Connecting}
	c.sessions = c.sessionConfig()
	return c
}

// Done is closed when the client has ended: after Close or Drain, or because it
// gave up by itself, see RetryFatal and WithMaxElapsed. [Client.Err] says which. A
// program that cannot work without its router should end with it.
func (c *Client) Done() <-chan struct{} { return c.done }

// Err returns nil while the client lives, ErrClosed after Close or Drain, and the
// last failure after the client gave up by itself.
func (c *Client) Err() error {
	if !c.hasEnded() {
		return nil
	}
	return c.reason()
}

// sessionConfig is what all sessions of the client have in common.
func (c *Client) sessionConfig() session.Config {
	l := &c.cfg.limits
	return session.Config{
		Dialer: c.cfg.dialer, Link: c.cfg.link, SendLimit: c.cfg.writeLimit,
		Login: session.Login{
			Realm: c.realm, Methods: c.cfg.methods, Policy: c.cfg.policy, Plaintext: c.cfg.plaintext, Exposed: c.warnPlaintext,
		},
		Limits: session.Limits{QueueFrames: l.QueueFrames, QueueBytes: l.QueueBytes, Pending: l.Pending},
		Pool:   &c.spare, Ending: c.unpublish, PeerError: abortError, Patience: c.patience,
	}
}

// closing is closed when Close was called.
func (c *Client) closing() <-chan struct{} { return c.handlers.Done() }

// acquire returns the session to use, waiting for one under ctx unless
// failFast. Its errors are safe to retry. An operation whose ctx has ended before
// it began gets none.
func (c *Client) acquire(ctx context.Context, failFast bool) (*session.Session, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, session.Unsent(err)
		}
		if s := c.live.Load(); s != nil {
			return s, nil
		}
		c.mu.Lock()
		usable := c.usable
		c.mu.Unlock()
		if c.handlers.Err() != nil {
			return nil, session.Unsent(c.endError())
		}
		if failFast && c.live.Load() == nil {
			return nil, session.Unsent(ErrNotReady)
		}
		select {
		case <-usable:
		case <-ctx.Done():
			return nil, session.Unsent(ctx.Err())
		case <-c.closing():
		}
	}
}

// endError is what operations on a client that has ended answer: ErrClosed,
// or why the supervisor gave up.
func (c *Client) endError() error {
	if err := c.reason(); err != nil && !errors.Is(err, ErrClosed) {
		return fmt.Errorf("%w: %w", ErrClosed, err)
	}
	return ErrClosed
}

// reason is why the supervisor ends, nil while it does not.
func (c *Client) reason() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// hasEnded tells whether the supervisor has ended.
func (c *Client) hasEnded() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// publish announces s as the session that operations use; mu is held.
func (c *Client) publish(s *session.Session) {
	if c.session == s && c.live.Load() == nil {
		c.opened = time.Now()
		c.live.Store(s)
		close(c.usable)
	}
}

// unpublish takes a session that is about to end out of use.
func (c *Client) unpublish(s *session.Session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session != s {
		return
	}
	c.session = nil
	if c.live.CompareAndSwap(s, nil) {
		c.usable = make(chan struct{})
	}
}

// Session returns the id that the router gave the current session, 0 while
// there is none. It changes with every reconnect.
func (c *Client) Session() ID {
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
