package wamp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/session"
)

// supervise is the life of a client: connect, recover, wait for the loss, back
// off, again. first is closed when the client is ready for the first time.
func (c *Client) supervise(first chan struct{}) {
	defer close(c.done)
	o := outage{since: time.Now()}
	for c.handlers.Err() == nil {
		at, s, err := c.round(o.failures)
		if err != nil {
			o.failed(err)
		} else {
			r := &recovery{client: c, session: s}
			c.serve(r, &o, first)
			err = s.Cause()
			s.Wait()
			c.over(at, r, &o)
		}
		if c.handlers.Err() != nil || o.hopeless(&c.cfg) {
			c.finish(&o, err)
			return
		}
		c.rest(&o, s, err)
	}
	c.finish(&o, ErrClosed)
}

// over notes the end of a session. The next round begins with its router if it
// lasted, otherwise with another one.
func (c *Client) over(at *router, r *recovery, o *outage) {
	r.blame(o)
	lasted := c.lasted()
	if lasted >= staying {
		c.prefer(at)
	} else {
		c.avoid(at)
	}
	o.failures = c.cfg.backoff.lower(o.failures, lasted)
	o.refused = time.Time{}
	if lasted == 0 { // it was of no use
		o.attempts++
		return
	}
	o.since, o.attempts, o.said = time.Now(), 0, ""
}

// lasted returns how long the last session was in use, 0 if it never was.
func (c *Client) lasted() time.Duration {
	opened := c.openedAt()
	if opened.IsZero() {
		return 0
	}
	return max(time.Since(opened), 1)
}

// openedAt returns when the last session was announced, zero if it was not.
func (c *Client) openedAt() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.opened
}

// finish ends the client for good.
func (c *Client) finish(o *outage, err error) {
	gaveUp := c.handlers.Err() == nil
	if !gaveUp {
		err = ErrClosed
	}
	c.mu.Lock()
	c.ended = err
	c.mu.Unlock()
	c.stop(ErrClosed)
	c.disband()
	c.offline.drop(c)
	c.board.set(Status{State: Closed, Err: err})
	if gaveUp {
		c.cfg.log.Warn("wamp: client gave up and is closed", "realm", c.realm, "reason", text(err), "attempts", o.attempts,
			"without_session", time.Since(o.since).Round(time.Millisecond))
		return
	}
	c.cfg.log.Info("wamp: client closed", "realm", c.realm)
}

// rest is the pause between two rounds; s is the session that was lost, nil if
// there was none.
func (c *Client) rest(o *outage, s *session.Session, err error) {
	d := c.cfg.backoff.pause(o.failures)
	if wait := time.Until(o.cut(c.firstDue(), &c.cfg)); wait > 0 {
		d += wait
	}
	next := time.Now().Add(d)
	o.failures++
	c.board.set(Status{State: BackingOff, Err: err, Attempt: o.failures, Next: next})
	c.logRest(o, s, err, d)
	pause(d, c.closing(), nil)
}

// open opens a session with a router: dial, HELLO, authentication and WELCOME
// under one deadline.
func (c *Client) open(r *router, n int) (*session.Session, error) {
	ctx, cancel := context.WithTimeoutCause(c.handlers, c.cfg.handshake, errHandshake)
	defer cancel()
	c.board.set(Status{State: Connecting, URL: r.shown, Attempt: n, Err: c.Status().Err})
	s, err := session.Dial(ctx, &c.sessions, r.url)
	if err != nil {
		return nil, late(ctx, err)
	}
	c.board.set(Status{State: Joining, URL: r.shown, Attempt: n, Err: c.Status().Err})
	if err := s.Join(ctx); err != nil {
		return nil, late(ctx, judgeLogin(s.LoginState(), err))
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

// serve restores what the client wants on a new session, announces it, and
// waits for its end. first is closed unless it is already.
func (c *Client) serve(r *recovery, o *outage, first chan struct{}) {
	s := r.session
	defer c.unpublish(s) // again: it may have ended before it was adopted
	begin := time.Now()
	c.board.set(Status{State: Recovering, Session: ID(s.ID()), Format: s.Format(), URL: s.URL()})
	if !r.run() {
		return
	}
	if c.handlers.Err() != nil {
		c.waitEnd(s)
		return
	}
	c.board.set(Status{State: Ready, Session: ID(s.ID()), Format: s.Format(), URL: s.URL()})
	c.logReady(o, s, time.Since(begin))
	if !o.ready {
		o.ready = true
		close(first)
	}
	c.waitEnd(s)
}

// waitEnd waits until the session has ended, or ends it in good order when the
// client is closed.
func (c *Client) waitEnd(s *session.Session) {
	select {
	case <-s.Done():
		return
	case <-c.closing():
	}
	ctx, cancel := context.WithTimeout(c.patience, closeGrace)
	defer cancel()
	c.unanswered = !s.Goodbye(ctx)
}
