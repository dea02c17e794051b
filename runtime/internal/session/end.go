package session

import (
	"context"
	"errors"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/peertext"
	"github.com/wampgen/wampgen/runtime/transport"
)

// end ends the session once: whatever waits is settled, handlers are
// interrupted. With a close code the writer says last and closes the link;
// without one the link is closed here.
func (s *Session) end(cause error, code int, last func(*core.Session)) {
	s.cfg.Ending(s)
	s.mu.Lock()
	if s.err != nil {
		s.mu.Unlock()
		return
	}
	s.err, s.closeCode = cause, code
	waiters, invocations := s.core.Drop()
	if last != nil {
		last(s.core)
	}
	s.mu.Unlock()
	s.die() // first: who learns that a request was lost can rely on it
	for _, w := range waiters {
		w.Waiter.(*Waiter).lose(cause, w.Unsent)
	}
	for _, inv := range invocations {
		inv.(Invocation).Lose()
	}
	if code == 0 {
		_ = s.link.Close() // the session is over whatever Close says
	}
}

// Lose ends the session after a failure of the connection.
func (s *Session) Lose(cause error) { s.end(cause, 0, nil) }

// abort ends the session with an ABORT of ours.
func (s *Session) abort(cause error, reason, text string) {
	s.end(cause, closeViolation, func(c *core.Session) { c.Abort(reason, text) })
}

// violated answers a protocol violation (R036, R037), unless it is in the
// peer's own ABORT, which is never answered (R025).
func (s *Session) violated(err error) {
	var v *core.Violation
	if errors.As(err, &v) && v.Type == core.MsgAbort {
		s.end(err, closeViolation, nil)
		return
	}
	s.abort(err, "wamp.error.protocol_violation", peertext.Line(err.Error()))
}

// Goodbye leaves in good order: GOODBYE, the router's answer, close (R020). It
// gives up waiting for the answer when ctx ends (R028). cause is why the session
// ends, unless it is about to end already: then Goodbye waits for that. It reports
// whether the session ended before ctx.
func (s *Session) Goodbye(ctx context.Context, cause error) (answered bool) {
	s.cfg.Ending(s)
	s.mu.Lock()
	if s.core.Goodbye("wamp.close.close_realm") == nil {
		s.parting = cause
	}
	s.mu.Unlock()
	s.signal()
	select {
	case <-s.life.Done():
		return true
	case <-ctx.Done():
	}
	answered = s.life.Err() != nil
	s.end(cause, closeNormal, nil)
	return answered
}

// linger is how long a session that has ended may take to say its last word,
// lingerInHurry when nobody has the patience to wait for it.
const (
	linger        = time.Second
	lingerInHurry = 100 * time.Millisecond
)

// Wait waits for the goroutines of a session that has ended.
func (s *Session) Wait() {
	late := time.AfterFunc(linger, func() { _ = s.link.Close() })
	defer late.Stop()
	calm := context.AfterFunc(s.cfg.Patience, func() { late.Reset(lingerInHurry) })
	defer calm()
	s.loops.Wait()
}

// LostUnsent returns the error of an operation that s, which has ended, can not
// begin any more.
func (s *Session) LostUnsent() error { return &lostError{cause: s.Cause(), unsent: true} }

// WebSocket close codes (RFC 6455 section 7.4.1).
const (
	closeNormal    = 1000
	closeViolation = 1002
	closeTooLarge  = 1009
	closeByReader  = -1 // none: the reader closes the link
)

// Oversize reports whether err ended a session because a message was too large
// for one side.
func Oversize(err error) bool {
	var closed *transport.CloseError
	return errors.Is(err, transport.ErrTooLarge) || errors.As(err, &closed) && closed.Code == closeTooLarge
}
