package wamp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// supervise is the life of a client: connect, recover, wait for the loss, back
// off, again. first is closed when the client is ready for the first time.
func (c *Client) supervise(first chan struct{}) {
	defer close(c.done)
	var (
		n     int               // rounds without a session that stayed
		since = time.Now()      // when the client was last ready
		last  *Error            // the refusal of the round before
		ready = onceFunc(first) // announces the first session
	)
	for c.handlers.Err() == nil {
		s, err := c.round(n)
		refusal := fatal(err) // of joining: why an open session was ended is another matter
		if err == nil {
			upSince := c.serve(s, ready)
			err = s.cause()
			s.join()
			if !upSince.IsZero() {
				since = time.Now()
				if since.Sub(upSince) >= flapGuard {
					n = 0
				}
			}
		}
		if c.handlers.Err() != nil || c.givesUp(refusal, last, since) {
			c.finish(err)
			return
		}
		last = refusal
		c.rest(n, err)
		n++
	}
	c.finish(ErrClosed)
}

// onceFunc returns a function that closes ch the first time it is called.
func onceFunc(ch chan struct{}) func() {
	open := true
	return func() {
		if open {
			open = false
			close(ch)
		}
	}
}

// givesUp decides whether to stop trying: after the same refusal from every
// router twice in a row, or too long without a session.
func (c *Client) givesUp(refusal, last *Error, since time.Time) bool {
	if c.cfg.maxElapsed > 0 && time.Since(since) >= c.cfg.maxElapsed {
		return true
	}
	return !c.cfg.retryFatal && refusal != nil && last != nil && refusal.Is(last)
}

// finish ends the client for good.
func (c *Client) finish(err error) {
	if c.handlers.Err() != nil {
		err = ErrClosed
	}
	c.mu.Lock()
	c.ended = err
	c.mu.Unlock()
	c.stop(ErrClosed)
	c.disband()
	c.offline.drop(c)
	c.board.set(Status{State: Closed, Err: err})
	c.cfg.log.Info("wamp: client closed", "realm", c.realm, "reason", text(err))
}

// rest is the pause between two rounds.
func (c *Client) rest(n int, err error) {
	d := backoff(n)
	next := time.Now().Add(d)
	c.board.set(Status{State: Backoff, Err: err, Attempt: n + 1, Next: next})
	c.cfg.log.Warn("wamp: no session", "realm", c.realm, "reason", text(err), "attempt", n+1, "next", d.Round(time.Millisecond))
	pause(d, c.closing(), nil)
}

// round tries every router once, without a pause between them. The error is
// that of the last one; a refusal counts only when all of them refuse.
func (c *Client) round(n int) (*session, error) {
	var err error
	var errs []error
	for i := range c.cfg.urls {
		var s *session
		if s, err = c.open(i, n); err == nil {
			return s, nil
		}
		if c.handlers.Err() != nil {
			return nil, ErrClosed
		}
		errs = append(errs, err)
	}
	for _, e := range errs {
		if fatal(e) == nil {
			return nil, e
		}
	}
	return nil, err
}

// open opens a session with router i: dial, HELLO, authentication and WELCOME
// under one deadline.
func (c *Client) open(i, n int) (*session, error) {
	ctx, cancel := context.WithTimeoutCause(c.handlers, c.cfg.handshake, errHandshake)
	defer cancel()
	url, shown := c.cfg.urls[i], c.shown[i]
	c.board.set(Status{State: Connecting, URL: shown, Attempt: n, Err: c.Status().Err})
	s, err := c.dial(ctx, url)
	if err != nil {
		return nil, late(ctx, err)
	}
	c.board.set(Status{State: Joining, URL: shown, Attempt: n, Err: c.Status().Err})
	if err := s.greet(ctx); err != nil {
		if gone(err) { // the router ended it while a step was under way
			<-s.life.Done()
			err = s.cause()
		}
		s.lost(err)
		s.join()
		return nil, late(ctx, refusedJoin(s.cause()))
	}
	return s, nil
}

// errHandshake is why an attempt ended at the handshake deadline.
var errHandshake = errors.New("wamp: handshake took too long")

// late says that a failure is the handshake deadline's doing.
func late(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errHandshake) && !errors.Is(err, errHandshake) {
		return fmt.Errorf("%w: %w", errHandshake, err)
	}
	return err
}

// greet says HELLO, authenticates and takes WELCOME. Answering a challenge may
// cost much time: it runs here, off the reader, which goes on answering pings.
func (s *session) greet(ctx context.Context) error {
	ch := auth.Channel{TLS: s.link.TLS, Local: s.link.Local, AllowPlaintextSecrets: s.client.cfg.plaintext}
	x, err := auth.Begin(ctx, ch, s.client.cfg.policy, s.client.cfg.methods)
	if err != nil {
		return err
	}
	s.warnPlaintext(x.Offer().Methods)
	s.mu.Lock()
	err = s.core.Hello(s.client.realm, hello(x.Offer()))
	if err = s.queued(err); err != nil {
		return err
	}
	for {
		select {
		case st := <-s.steps:
			if joined, err := s.answer(ctx, x, st); joined || err != nil {
				return err
			}
		case <-s.life.Done():
			return s.cause()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// answer carries out one step of the handshake; joined after WELCOME.
func (s *session) answer(ctx context.Context, x *auth.Exchange, st step) (joined bool, err error) {
	if st.kind == core.Challenged {
		return false, s.respond(ctx, x, st)
	}
	d := dict(st.details)
	extra, _ := d["authextra"].(map[string]any)
	method, _ := d["authmethod"].(string)
	if err := x.Verify(method, extra); err != nil {
		return false, s.refuse(err)
	}
	s.id = ID(st.session)
	s.realm, _ = d["realm"].(string)
	return true, nil
}

// respond answers a CHALLENGE.
func (s *session) respond(ctx context.Context, x *auth.Exchange, st step) error {
	details, err := st.details.Any()
	if err != nil {
		return err
	}
	extra, _ := details.(map[string]any)
	r, err := x.Respond(ctx, auth.Challenge{Method: st.method, Extra: extra})
	if err != nil {
		return s.refuse(err)
	}
	s.mu.Lock()
	return s.queued(s.core.Authenticate(r.Signature, sorted(r.Extra)))
}

// refuse ends the handshake with an ABORT of ours (R268, R271). The router
// learns the reason, not the details.
func (s *session) refuse(err error) error {
	reason := ErrAuthenticationFailed.URI
	var refusal *auth.Error
	if errors.As(err, &refusal) && refusal.Reason != "" {
		reason = refusal.Reason
	}
	s.abort(err, reason, "the client refused the authentication")
	return err
}

// serve restores what the client wants on a new session, announces it, and
// waits for its end. It returns since when the session was ready, zero if never.
func (c *Client) serve(s *session, announce func()) time.Time {
	defer c.unpublish(s) // again: it may have ended before it was adopted
	begin := time.Now()
	c.board.set(Status{State: Recovering, Session: s.id, URL: s.link.URL})
	if !c.recover(s) {
		return time.Time{}
	}
	if c.handlers.Err() != nil {
		c.waitEnd(s)
		return time.Time{}
	}
	ready := time.Now()
	c.board.set(Status{State: Ready, Session: s.id, URL: s.link.URL})
	c.cfg.log.Info("wamp: session ready", "realm", c.Realm(), "router", s.link.URL, "session", uint64(s.id),
		"restored", c.wanted(), "took", ready.Sub(begin).Round(time.Microsecond))
	announce()
	c.waitEnd(s)
	return ready
}

// waitEnd waits until the session has ended, or ends it in good order when the
// client is closed.
func (c *Client) waitEnd(s *session) {
	select {
	case <-s.life.Done():
		return
	case <-c.closing():
	}
	ctx, cancel := context.WithTimeout(c.patience, closeGrace)
	defer cancel()
	c.unanswered = !s.goodbye(ctx)
}

// fatal returns err as the refusal of a router that will not change its mind:
// of the realm, the credentials or the permission to join. Nil for any other.
func fatal(err error) *Error {
	var local *auth.Error
	if errors.As(err, &local) {
		return &Error{URI: local.Reason, Args: []any{local.Text}}
	}
	var e *Error
	if !errors.As(err, &e) || !refusals[e.URI] {
		return nil
	}
	return e
}

// refusals are the ABORT reasons that end a client; routers differ in which
// one they give for wrong credentials (R302).
var refusals = map[string]bool{
	"wamp.error.no_such_realm":           true,
	"wamp.error.no_such_role":            true,
	"wamp.error.no_such_principal":       true,
	"wamp.error.not_authorized":          true,
	"wamp.error.authorization_denied":    true,
	"wamp.error.authorization_required":  true,
	"wamp.error.authentication_failed":   true,
	"wamp.error.authentication_denied":   true,
	"wamp.error.authentication_required": true,
	"wamp.error.no_matching_auth_method": true,
	"wamp.error.no_auth_method":          true,
	"wamp.error.cannot_authenticate":     true,
}
