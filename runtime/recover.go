package wamp

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/wampgen/wampgen/runtime/internal/session"
	"github.com/wampgen/wampgen/runtime/transport"
)

// errUnanswered is why a restoration is tried again that has no reply.
var errUnanswered = errors.New("wamp: no reply from the router")

// recovery is what the supervisor knows of restoring intents on one session.
type recovery struct {
	*common
	intents *intents
	offline *offline
	session *session.Session
	// asking is the first intent that had no reply when the session ended amid
	// restoring, suspected whether it was a suspect.
	asking    *intent
	suspected bool
	// behind are the subscriptions that have yet to catch up with their history.
	behind []behind
}

// run restores every intent on a new session, in order. Operations may use
// the session as soon as each intent was tried once; then the histories are
// fetched, and the session is ready when all of that is done. What the router
// refuses or does not answer is tried again with backoff: it may still hold the
// dead session (H5). False when the session ended first.
func (r *recovery) run() bool {
	c, s := r.intents, r.session
	ctx, cancel := context.WithCancel(c.handlers)
	defer cancel()
	stop := context.AfterFunc(s.Life(), cancel)
	defer stop()

	c.recoveries.enter()
	defer c.recoveries.leave()
	clean, suspected := suspects(c.adoptSession(s))
	for n := 0; ; n++ {
		left := r.restore(ctx, clean)
		if n == 0 {
			r.offline.flush(s, r.announce) // from here on callers use it
		}
		r.catchUp(ctx)
		left = append(left, r.restoreSuspects(ctx, suspected)...)
		r.catchUp(ctx)
		if len(left) == 0 || ctx.Err() != nil {
			break
		}
		if !pause(c.cfg.backoff.pause(n), ctx.Done(), c.draining.Done()) {
			break
		}
		clean, suspected = suspects(c.stillWanted(left))
	}
	return s.Cause() == nil // also when closing: the session leaves in good order
}

// restore puts intents in place on s and returns those that were refused or not
// answered within the time of a handshake.
func (r *recovery) restore(ctx context.Context, its []*intent) (left []*intent) {
	c, s := r.intents, r.session
	if !c.move() {
		return nil
	}
	defer c.moves.leave()
	patient, cancel := context.WithTimeout(ctx, c.cfg.handshake)
	defer cancel()
	for i, got := range c.putAll(patient, s, its) {
		it := its[i]
		switch {
		case got.err == nil:
			r.restored(patient, it, got.id)
		case errors.Is(got.err, ErrLost) && !SafeToRetry(got.err) && r.asking == nil:
			r.asking = it
		case ctx.Err() != nil || errors.Is(got.err, ErrLost) || session.Gone(got.err):
		default:
			if errors.Is(got.err, context.DeadlineExceeded) {
				got.err = fmt.Errorf("%w within %v", errUnanswered, c.cfg.handshake)
			}
			r.refused(it, got.err)
			left = append(left, it)
		}
	}
	return left
}

// restoreSuspects restores one suspect after the other and returns those that
// were refused.
func (r *recovery) restoreSuspects(ctx context.Context, its []*intent) (left []*intent) {
	for _, it := range its {
		if !pause(quiet, ctx.Done(), r.draining.Done()) {
			return nil
		}
		r.suspected = true
		one := r.intents.stillWanted([]*intent{it})
		left = append(left, r.restore(ctx, one)...)
		if r.asking != nil || !pause(quiet, ctx.Done(), r.draining.Done()) {
			return nil
		}
		r.suspected = false
	}
	return left
}

// restored notes where an intent is in place. One that the user withdrew in
// the meantime is taken back, and serves until the router's word.
func (r *recovery) restored(ctx context.Context, it *intent, id uint64) {
	c, s := r.intents, r.session
	c.mu.Lock()
	removed := it.removed
	if !removed {
		it.place(s, id)
	}
	c.mu.Unlock()
	if removed {
		takeBack(ctx, s, []*intent{it}, []result{{id: id}})
		return
	}
	if it.config.resume {
		r.behind = append(r.behind, behind{it, id})
	}
}

// behind is a subscription whose history on a session is not in yet.
type behind struct {
	intent *intent
	id     uint64
}

// historyWindow is how many histories are fetched at a time.
const historyWindow = 16

// catchUp fetches what the subscriptions that resume have missed, side by side,
// while the session is in use.
func (r *recovery) catchUp(ctx context.Context) {
	s := r.session
	if len(r.behind) == 0 || s.Cause() != nil {
		return
	}
	var fetches sync.WaitGroup
	window := make(chan struct{}, historyWindow)
	for _, b := range r.behind {
		window <- struct{}{} // each fetch is bounded by its own deadline
		fetches.Go(func() {
			_ = b.intent.owner.resume(ctx, s, b.id, false) // the next event reports the gap
			<-window
		})
	}
	fetches.Wait()
	r.behind = nil
}

// refused says that an intent is not back yet: in the status, and once a
// session in the log.
func (r *recovery) refused(it *intent, err error) {
	c, s := r.intents, r.session
	c.board.set(Status{
		State: Recovering, Session: ID(s.ID()), Format: s.Format(), URL: s.URL(),
		Err: fmt.Errorf("wamp: cannot restore %s: %w", it.uri, part{err}),
	})
	if it.refusedOn != s {
		it.refusedOn = s
		c.cfg.log.Warn("wamp: cannot restore this yet, trying again", it.key(), it.uri, "reason", text(err),
			"next", "more tries, "+c.cfg.backoff.longest().String()+" apart at most, without a line for each; everything else works")
	}
}

// blame looks for the intent that the session ended over, and leaves it out
// when that was not the first time.
func (r *recovery) blame(o *outage) {
	c, s := r.intents, r.session
	c.absolve(s)
	if r.asking == nil || r.suspected {
		o.broken = 0
	}
	to := s.Oversize()
	if errors.Is(s.Cause(), transport.ErrTooLarge) {
		c.heavy.learn(to)
	}
	switch {
	case c.handlers.Err() != nil:
	case to != nil:
		c.blameOversize(s, to)
	case errors.Is(s.Cause(), transport.ErrTooLarge): // nobody knows whose
	case r.asking != nil && !r.suspected:
		if o.broken++; o.broken <= brokenSessions {
			return
		}
		fallthrough
	case r.asking != nil:
		c.strike(r.asking, s, strikesRestore)
	}
}
