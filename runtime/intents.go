package wamp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// intents are what a client wants of every session, in order. They are guarded
// by common.mu.
type intents struct {
	*common
	list   []*intent
	claims claims // the shared ones that are in place or on their way
	heavy  heavy  // has a lock of its own
	// moves are those who put intents in place at the moment, and recoveries those
	// who bring a session up to date, until all that was missed is fetched.
	moves, recoveries underway
}

// putAll puts intents in place on s: all requests leave before the first reply
// is awaited, in order. It returns a result for each.
func (c *intents) putAll(ctx context.Context, s *session.Session, its []*intent) []result {
	results := make([]result, len(its))
	waiters := make([]*session.Waiter, len(its))
	sent := make([]session.Pending, len(its))
	for i, it := range its {
		it.owner.hold(s) // what comes right behind SUBSCRIBED has to wait already
		waiters[i] = c.spare.Waiter()
		sent[i] = it.send(ctx, s, waiters[i])
	}
	for i, w := range waiters {
		r := &results[i]
		if _, r.err = sent[i].Wait(ctx); r.err == nil {
			r.id, r.err = w.ID, replyError(w)
		}
		c.spare.PutWaiter(w)
	}
	return results
}

// install puts new intents in place, all or none, and keeps them for every
// later session. op is what interceptors see of that.
func (c *intents) install(ctx context.Context, its []*intent, op *Operation) error {
	for _, it := range its {
		it.config.custom = op.extend(it.config.custom)
		if err := it.check(); err != nil {
			return it.failed(err)
		}
	}
	if err := c.claim(its); err != nil {
		return err
	}
	err := c.put(ctx, its, op)
	if err != nil {
		c.release(its...)
	}
	return err
}

// claim reserves the shared procedures of registrations, all or none.
func (c *intents) claim(its []*intent) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.claims == nil {
		c.claims = make(claims)
	}
	return c.claims.claim(its)
}

// release gives up the claims of intents. Where a request gives the
// registration back it is queued before, so that the next REGISTER follows it.
func (c *intents) release(its ...*intent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.claims.release(its)
}

// move notes that intents are about to be put in place; moves.leave, that they
// are, or are taken back. Once Drain has begun it returns false.
func (c *intents) move() bool {
	c.moves.enter()
	if c.draining.Err() != nil {
		c.moves.leave()
		return false
	}
	return true
}

// put puts claimed intents in place on the session of the moment, or the next.
// It gives up when every session that it sends them on is lost: they may be
// why.
func (c *intents) put(ctx context.Context, its []*intent, op *Operation) error {
	for sent := 0; ; {
		s, err := c.acquire(ctx, false)
		if err != nil {
			return its[0].failed(err)
		}
		placed, results := c.putOn(ctx, s, its)
		failed := firstError(its, results)
		if left(failed) {
			op.sent(s, 0)
		}
		if placed {
			return nil
		}
		switch {
		case session.Gone(failed) || errors.Is(failed, ErrLost): // the session took everything with it
			if !session.Gone(failed) && !SafeToRetry(failed) {
				sent++
			}
			if sent == maxSends {
				return fmt.Errorf("%w (sent %d times)", failed, sent)
			}
		case failed != nil:
			return failed
		}
	}
}

// putOn puts intents in place on s and reports whether they are there, all of
// them. Otherwise they are not, for the first error of results, or because s is
// over.
func (c *intents) putOn(ctx context.Context, s *session.Session, its []*intent) (placed bool, results []result) {
	if !c.move() {
		return false, []result{{err: session.Unsent(ErrClosed)}}
	}
	defer c.moves.leave()
	results = c.putAll(ctx, s, its)
	switch {
	case firstError(its, results) != nil:
		undo(s, its, results)
	case c.adopt(s, its, results):
		return true, nil
	default: // if it is the session still, Drain has begun
		takeBack(ctx, s, its, results)
		return c.drained(its), results
	}
	return false, results
}

// drained ends intents that were put in place when Drain had begun, and reports
// whether it had.
func (c *intents) drained(its []*intent) bool {
	if c.draining.Err() == nil {
		return false
	}
	for _, it := range its {
		if _, _, first := c.remove(it); first {
			c.release(it)
			it.finish(ErrClosed)
		}
	}
	return true
}

// firstError returns the first error, with the name of its intent.
func firstError(its []*intent, results []result) error {
	for i, r := range results {
		if r.err != nil {
			return its[i].failed(r.err)
		}
	}
	return nil
}

// undo takes back the intents that succeeded before another one failed. It does
// not wait: the caller's ctx may have ended, which is why they are taken back.
func undo(s *session.Session, its []*intent, results []result) {
	for i, it := range its {
		if results[i].err == nil {
			it.take(s, results[i].id, false)
		}
	}
}

// takeBack takes back intents that nobody wants any more and waits for the
// router's word: until then they serve what it sends.
func takeBack(ctx context.Context, s *session.Session, its []*intent, results []result) {
	leaving := make([]departure, len(its))
	for i, it := range its {
		leaving[i] = it.take(s, results[i].id, true)
	}
	for i := range leaving {
		_ = leaving[i].wait(ctx) // the router's word changes nothing
	}
}

// adopt adds intents that are in place on s to the list; false when another
// session has begun to recover without them, or Close or Drain was called. One
// that the router has revoked already stays out.
func (c *intents) adopt(s *session.Session, its []*intent, results []result) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session != s && c.session != nil || c.handlers.Err() != nil || c.draining.Err() != nil {
		return false
	}
	for i, it := range its {
		if !it.removed {
			it.place(s, results[i].id)
			c.list = append(c.list, it)
		}
	}
	return true
}

// disband ends every intent with the client.
func (c *intents) disband() {
	cause := c.endError()
	c.mu.Lock()
	its := c.list
	c.list, c.claims = nil, nil
	for _, it := range its {
		it.removed, it.session = true, nil
	}
	c.mu.Unlock()
	for _, it := range its {
		it.finish(cause)
	}
}

// remove drops an intent from the list and returns where it was in place; first
// is false when it was dropped before. The caller must finish it.
func (c *intents) remove(it *intent) (s *session.Session, id uint64, first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if it.removed {
		return nil, 0, false
	}
	it.removed = true
	for i, other := range c.list {
		if other == it {
			c.list = append(c.list[:i:i], c.list[i+1:]...)
			break
		}
	}
	s, id = it.session, it.id
	it.session = nil
	return s, id, true
}

// revoked ends an intent at the router's wish; false when it had ended before.
func (c *intents) revoked(it *intent, reason string) bool {
	_, _, first := c.remove(it)
	if first {
		c.release(it)
		it.finish(because(ErrRevoked, reason))
	}
	return first
}

// withdraw ends an intent at the user's wish; wait reports whether to wait for
// the router's reply.
func (c *intents) withdraw(ctx context.Context, it *intent, wait bool) error {
	s, id, first := c.remove(it)
	if !first {
		return nil
	}
	defer it.finish(ErrClosed)
	var d departure
	if s != nil {
		d = it.take(s, id, wait)
	}
	c.release(it)
	return d.wait(ctx)
}

// withdrawAll ends intents at the user's wish: all requests leave before the
// first reply is awaited. Each goes on with its work until its reply, so that
// what the router had sent before it read the request is not lost. It returns
// what the router did not confirm.
func (c *intents) withdrawAll(ctx context.Context, its []*intent) (left []error) {
	groups := c.removeAll(its)
	leaving := make([]departure, len(groups))
	for i, g := range groups {
		if g.session != nil {
			leaving[i] = depart(g.session, g.its, g.id, true)
		}
	}
	c.release(its...)
	for i, g := range groups {
		if err := leaving[i].wait(ctx); err != nil {
			_, undo := g.its[0].verbs()
			left = append(left, named(undo, g.its[0].uri, err))
		}
		for _, it := range g.its {
			it.finish(ErrClosed)
		}
	}
	return left
}

// group is the intents that one id of a session stands for: one registration,
// or every subscription of one topic.
type group struct {
	session *session.Session // nil while nowhere
	id      uint64
	its     []*intent
}

// removeAll drops intents from the list and returns those that were there, by
// what has to be given back for them.
func (c *intents) removeAll(its []*intent) (groups []group) {
	type place struct {
		session *session.Session
		id      uint64
	}
	shared := make(map[place]int) // the group of each subscription, by index
	for _, it := range its {
		s, id, first := c.remove(it)
		if !first {
			continue
		}
		at := place{s, id}
		if n, known := shared[at]; known && it.kind == core.MsgSubscribe {
			groups[n].its = append(groups[n].its, it)
			continue
		}
		if it.kind == core.MsgSubscribe && s != nil {
			shared[at] = len(groups)
		}
		groups = append(groups, group{session: s, id: id, its: []*intent{it}})
	}
	return groups
}

// place notes that an intent is in place on s; mu is held.
func (it *intent) place(s *session.Session, id uint64) {
	it.session, it.id, it.placed = s, id, time.Now()
}

// adoptSession makes s the session that intents belong to and returns those it
// has to restore.
func (c *intents) adoptSession(s *session.Session) []*intent {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.session, c.opened = s, time.Time{}
	for _, it := range c.list {
		it.session = nil
	}
	return append([]*intent(nil), c.list...)
}

// stillWanted is its without those that were withdrawn meanwhile.
func (c *intents) stillWanted(its []*intent) []*intent {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(its, func(it *intent) bool { return it.removed })
}

// wanted counts the intents.
func (c *intents) wanted() (registrations, subscriptions int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, it := range c.list {
		if it.kind == core.MsgSubscribe {
			subscriptions++
		} else {
			registrations++
		}
	}
	return registrations, subscriptions
}
