package wamp

import (
	"errors"
	"fmt"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
	"github.com/wampgen/wampgen/runtime/transport"
)

// A registration or subscription may be what ends the session, whenever it is
// restored or when an event comes: one above the read limit, a router that
// fails over it. A message that is too large says whom it was for. Of a request
// without a reply the supervisor remembers that it was about it when the
// session ended. A suspect is restored last and alone, when the session is open
// to others and was quiet for a while, so that a session that ends for another
// reason convicts nobody. One that is convicted is left out.
const (
	quiet          = time.Second      // before and after a suspect is restored
	trusted        = 10 * time.Second // in place, to be suspected no more
	forgiven       = time.Hour        // since the last event that was too large, likewise
	brokenSessions = 3                // in a row that ended amid restoring: more raise a suspicion
	strikesEvent   = 2                // of events too large, to be convicted
	strikesRestore = 3                // of requests without a reply
)

// leftOutError is how an intent ends that ended session after session.
type leftOutError struct {
	uri      string
	sessions int
	cause    error
}

// Error says what was left out and why.
func (e *leftOutError) Error() string {
	return fmt.Sprintf("wamp: %s is left out, it ended %d sessions: %v", e.uri, e.sessions, e.cause)
}

// Unwrap returns why the last of the sessions ended.
func (e *leftOutError) Unwrap() error { return e.cause }

// Is reports whether target is ErrTooLarge and an event was.
func (e *leftOutError) Is(target error) bool {
	return target == ErrTooLarge && errors.Is(e.cause, transport.ErrTooLarge)
}

// blameOversize blames who got the message that was too large: the
// subscriptions of an event. A procedure cannot help what its callers send, and
// a call has its error.
func (c *intents) blameOversize(s *session.Session, to *core.Addressee) {
	for _, h := range to.Handles {
		it := h.(subscriber).s.intent
		it.oversize = time.Now()
		c.strike(it, s, strikesEvent)
	}
	if h, ok := to.Handle.(*callee); ok {
		c.cfg.log.Warn("wamp: session ended over a call that is larger than the read limit", "procedure", h.uri,
			"reason", text(s.Cause()), "next", "it goes on to be served, see WithReadLimit")
	}
}

// strike counts a session that ended over an intent. The last one that is borne
// takes it out.
func (c *intents) strike(it *intent, s *session.Session, limit int) {
	cause := s.Cause()
	it.strikes++
	if it.strikes < limit {
		c.cfg.log.Warn("wamp: session ended because of this, it will be restored last",
			it.key(), it.uri, "reason", text(cause), "sessions", it.strikes)
		return
	}
	if _, _, first := c.remove(it); first {
		c.release(it)
		it.finish(&leftOutError{it.uri, it.strikes, cause})
		c.cfg.log.Error("wamp: not restored again, it ended session after session",
			it.key(), it.uri, "reason", text(cause), "sessions", it.strikes)
	}
}

// absolve drops what was suspected of those that were in place on s for long.
func (c *intents) absolve(s *session.Session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, it := range c.list {
		if it.session == s && time.Since(it.placed) >= trusted && time.Since(it.oversize) >= forgiven {
			it.strikes = 0
		}
	}
}

// suspects splits its by what was suspected before.
func suspects(its []*intent) (clean, suspected []*intent) {
	for _, it := range its {
		if it.strikes == 0 {
			clean = append(clean, it)
		} else {
			suspected = append(suspected, it)
		}
	}
	return clean, suspected
}
