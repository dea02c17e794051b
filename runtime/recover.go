package wamp

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// recover restores every intent on a new session, in order. Operations may use
// the session as soon as each intent was tried once; the session is ready when
// all are in place. What the router refuses is tried again with backoff: it
// may still hold the dead session (H5). False when the session ended first.
func (c *Client) recover(s *session) bool {
	ctx, cancel := context.WithCancel(c.handlers)
	defer cancel()
	stop := context.AfterFunc(s.life, cancel)
	defer stop()

	left := c.adoptSession(s)
	for n := 0; ; n++ {
		left = c.restore(ctx, s, left)
		if n == 0 {
			c.offline.flush(c, s)
		}
		if len(left) == 0 || ctx.Err() != nil {
			break
		}
		if !pause(c.cfg.backoff.pause(n), ctx.Done(), nil) {
			break
		}
		left = c.stillWanted(left)
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

// restore puts intents in place on s and returns those that were refused.
func (c *Client) restore(ctx context.Context, s *session, its []*intent) (left []*intent) {
	for i, r := range s.putAll(ctx, its) {
		it := its[i]
		switch {
		case r.err == nil:
			c.restored(ctx, s, it, r.id)
		case ctx.Err() == nil && !errors.Is(r.err, ErrLost) && !gone(r.err):
			c.refused(s, it, r.err)
			left = append(left, it)
		}
	}
	return left
}

// restored notes where an intent is in place. One that the user withdrew in
// the meantime is taken back.
func (c *Client) restored(ctx context.Context, s *session, it *intent, id uint64) {
	c.mu.Lock()
	removed := it.removed
	if !removed {
		it.session, it.id = s, id
	}
	c.mu.Unlock()
	if removed {
		s.take(it, id, false)
		return
	}
	if sub, ok := it.owner.(*Subscription); ok {
		_ = sub.resume(ctx, s, id, false) // a gap is told by the next event
	}
}

// refused tells that an intent is not back yet.
func (c *Client) refused(s *session, it *intent, err error) {
	err = fmt.Errorf("wamp: cannot restore %s: %w", it.uri, err)
	c.board.set(Status{State: Recovering, Session: s.id, Format: s.link.Format, URL: s.link.URL, Err: err})
	c.cfg.log.Warn("wamp: not restored yet", "uri", it.uri, "reason", text(err))
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
