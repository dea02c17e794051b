package wamp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// errUnanswered is why a restoration is tried again that has no reply.
var errUnanswered = errors.New("wamp: no reply from the router")

// recover restores every intent on a new session, in order. Operations may use
// the session as soon as each intent was tried once; then the histories are
// fetched, and the session is ready when all of that is done. What the router
// refuses or does not answer is tried again with backoff: it may still hold the
// dead session (H5). False when the session ended first.
func (c *Client) recover(s *session) bool {
	ctx, cancel := context.WithCancel(c.handlers)
	defer cancel()
	stop := context.AfterFunc(s.life, cancel)
	defer stop()

	clean, suspected := suspects(c.adoptSession(s))
	for n := 0; ; n++ {
		left := c.restore(ctx, s, clean)
		if n == 0 {
			c.offline.flush(c, s)
		}
		c.catchUp(ctx, s)
		left = append(left, c.restoreSuspects(ctx, s, suspected)...)
		c.catchUp(ctx, s)
		if len(left) == 0 || ctx.Err() != nil {
			break
		}
		if !pause(c.cfg.backoff.pause(n), ctx.Done(), nil) {
			break
		}
		clean, suspected = suspects(c.stillWanted(left))
	}
	return s.cause() == nil // also when closing: the session leaves in good order
}

// adoptSession makes s the session that intents belong to and returns those it
// has to restore.
func (c *Client) adoptSession(s *session) []*intent {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.session = s
	for _, it := range c.intents {
		it.session = nil
	}
	return append([]*intent(nil), c.intents...)
}

// stillWanted is its without those that were withdrawn meanwhile.
func (c *Client) stillWanted(its []*intent) []*intent {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(its, func(it *intent) bool { return it.removed })
}

// restore puts intents in place on s and returns those that were refused or not
// answered within the time of a handshake.
func (c *Client) restore(ctx context.Context, s *session, its []*intent) (left []*intent) {
	patient, cancel := context.WithTimeout(ctx, c.cfg.handshake)
	defer cancel()
	for i, r := range s.putAll(patient, its) {
		it := its[i]
		switch {
		case r.err == nil:
			c.restored(s, it, r.id)
		case errors.Is(r.err, ErrLost) && !SafeToRetry(r.err) && s.asking == nil:
			s.asking = it
		case ctx.Err() != nil || errors.Is(r.err, ErrLost) || gone(r.err):
		default:
			if errors.Is(r.err, context.DeadlineExceeded) {
				r.err = fmt.Errorf("%w within %v", errUnanswered, c.cfg.handshake)
			}
			c.refused(s, it, r.err)
			left = append(left, it)
		}
	}
	return left
}

// restored notes where an intent is in place. One that the user withdrew in
// the meantime is taken back.
func (c *Client) restored(s *session, it *intent, id uint64) {
	c.mu.Lock()
	removed := it.removed
	if !removed {
		c.place(it, s, id)
	}
	c.mu.Unlock()
	if removed {
		s.take(it, id, false)
		return
	}
	if sub, ok := it.owner.(*Subscription); ok && sub.config.resume {
		s.behind = append(s.behind, behind{sub, id})
	}
}

// behind is a subscription whose history on a session is not in yet.
type behind struct {
	subscription *Subscription
	id           uint64
}

// historyWindow is how many histories are fetched at a time.
const historyWindow = 16

// catchUp fetches what the subscriptions that resume have missed, side by side,
// while the session is in use.
func (c *Client) catchUp(ctx context.Context, s *session) {
	if len(s.behind) == 0 || s.cause() != nil {
		return
	}
	var fetches sync.WaitGroup
	window := make(chan struct{}, historyWindow)
	for _, b := range s.behind {
		window <- struct{}{} // each fetch is bounded by its own deadline
		fetches.Go(func() {
			_ = b.subscription.resume(ctx, s, b.id, false) // the next event tells of a gap
			<-window
		})
	}
	fetches.Wait()
	s.behind = nil
	s.fetching = s.cause() != nil
}

// refused says that an intent is not back yet: in the status, and once a session
// in the log.
func (c *Client) refused(s *session, it *intent, err error) {
	err = fmt.Errorf("wamp: cannot restore %s: %w", it.uri, err)
	c.board.set(Status{State: Recovering, Session: s.id, Format: s.link.Format, URL: s.link.URL, Err: err})
	if it.refusedOn != s {
		it.refusedOn = s
		c.cfg.log.Warn("wamp: not restored yet, trying again", "uri", it.uri, "reason", text(err))
	}
}

// hold stops the events of a subscription that resumes until its history is in.
func (it *intent) hold(on *session) {
	if sub, ok := it.owner.(*Subscription); ok {
		sub.hold(on)
	}
}

// wanted counts the intents.
func (c *Client) wanted() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.intents)
}
