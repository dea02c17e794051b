package wamp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
	"github.com/wampgen/wampgen/runtime/transport"
)

// A registration or subscription may be what ends the session whenever it is
// restored: a retained event above the read limit, a router that fails over it.
// The supervisor remembers which one it was about when a session ended. A suspect
// is restored last and alone, when the session is open to others and was quiet for
// a while, so that a session that ends for another reason convicts nobody. One
// that is convicted is left out.
const (
	quiet          = time.Second      // before and after a suspect is restored
	fresh          = 2 * time.Second  // how soon a restored subscription brings its retained event
	trusted        = 10 * time.Second // in place, to be suspected no more
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
	return fmt.Sprintf("wamp: %s is left out, restoring it ended %d sessions: %v", e.uri, e.sessions, e.cause)
}

// Unwrap returns why the last of the sessions ended.
func (e *leftOutError) Unwrap() error { return e.cause }

// Is reports whether target is ErrTooLarge and an event was.
func (e *leftOutError) Is(target error) bool {
	return target == ErrTooLarge && errors.Is(e.cause, transport.ErrTooLarge)
}

// blame looks for the intent that s ended over, and leaves it out when that was
// not the first time.
func (r *recovery) blame(o *outage) {
	c, s := r.intents, r.session
	c.absolve(s)
	cause := s.Cause()
	if r.asking == nil || r.suspected {
		o.broken = 0
	}
	it, limit := r.asking, strikesRestore
	switch {
	case errors.Is(cause, transport.ErrTooLarge) && r.fetching: // a history, not an event
		return
	case errors.Is(cause, transport.ErrTooLarge):
		it, limit = c.lastPlaced(s), strikesEvent
	case it != nil && !r.suspected:
		if o.broken++; o.broken <= brokenSessions {
			return
		}
	}
	if it == nil || c.handlers.Err() != nil {
		return
	}
	it.strikes++
	if it.strikes < limit {
		c.cfg.log.Warn("wamp: session ended while this was being restored, it is restored last from now on",
			"uri", it.uri, "reason", text(cause), "sessions", it.strikes)
		return
	}
	if _, _, first := c.remove(it); first {
		c.release(it)
		it.finish(&leftOutError{it.uri, it.strikes, cause})
		c.cfg.log.Error("wamp: left out for good, restoring it ended one session after the other",
			"uri", it.uri, "reason", text(cause), "sessions", it.strikes)
	}
}

// absolve drops what was suspected of those that were in place on s for long.
func (c *intents) absolve(s *session.Session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, it := range c.list {
		if it.session == s && time.Since(it.placed) >= trusted {
			it.strikes = 0
		}
	}
}

// lastPlaced returns the subscription that was put in place last on s, if that
// was just now.
func (c *intents) lastPlaced(s *session.Session) (last *intent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, it := range c.list {
		if it.kind == core.MsgSubscribe && it.session == s && (last == nil || it.placing > last.placing) {
			last = it
		}
	}
	if last != nil && time.Since(last.placed) > fresh {
		return nil
	}
	return last
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

// restoreSuspects restores one suspect after the other and returns those that
// were refused.
func (r *recovery) restoreSuspects(ctx context.Context, its []*intent) (left []*intent) {
	for _, it := range its {
		if !pause(quiet, ctx.Done(), nil) {
			return nil
		}
		r.suspected = true
		one := r.intents.stillWanted([]*intent{it})
		left = append(left, r.restore(ctx, one)...)
		if r.asking != nil || !pause(quiet, ctx.Done(), nil) {
			return nil
		}
		r.suspected = false
	}
	return left
}
