package wamp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// intent is a registration or subscription that the user wants, for as long as
// the client lives; every session gets it anew, in the order of the list.
type intent struct {
	client *Client
	kind   core.Type // MsgRegister or MsgSubscribe
	uri    string
	config intentConfig
	// owner is the *Registration or *Subscription, which the core hands back.
	owner any
	// done is closed when the intent is no longer wanted; err is set before.
	done chan struct{}

	// Protected by client.mu:
	session *session.Session // where it is in place, since placed; nil while nowhere
	id      uint64           // the router's id there
	err     error            // why it ended, set when done is closed
	removed bool             // it is restored no more
	placed  time.Time
	placing uint64 // counts what the client puts in place, for its order

	// The supervisor's: how many sessions ended over it, and the last one that
	// refused it.
	strikes   int
	refusedOn *session.Session
}

// check refuses locally what the specification forbids (R080, R081, R204).
func (it *intent) check() error {
	if err := core.CheckURI(it.uri, it.config.match, false); err != nil {
		return invalidURI{err}
	}
	if it.kind == core.MsgRegister && core.Reserved(it.uri) {
		return invalidURI{fmt.Errorf("%w: %s is reserved", core.ErrInvalidURI, it.uri)}
	}
	for _, f := range it.config.options {
		if p, ok := f.Value.(string); ok && f.Key == "invoke" && !invokes[InvokePolicy(p)] {
			return session.Unsent(errors.New("wamp: invocation policy: must be single, roundrobin, random, first or last"))
		}
	}
	return nil
}

var invokes = map[InvokePolicy]bool{
	InvokeSingle: true, InvokeRoundRobin: true, InvokeRandom: true, InvokeFirst: true, InvokeLast: true,
}

// supported tells whether the router of s announced what the intent needs; a
// pattern would silently become an exact URI where it did not (R201, R225).
func (it *intent) supported(f *core.Features) error {
	role, pattern, has := "dealer", "pattern_based_registration", f.Dealer
	if it.kind == core.MsgSubscribe {
		role, pattern, has = "broker", "pattern_based_subscription", f.Broker
	}
	if !has {
		return fmt.Errorf("%w: the router is not a %s", ErrUnsupported, role)
	}
	if it.config.match != "" && it.config.match != core.MatchExact && !f.Has(role, pattern) {
		return fmt.Errorf("%w: %s", ErrUnsupported, pattern)
	}
	for _, need := range it.config.needs {
		if !f.Has(need.role, need.name) {
			return fmt.Errorf("%w: %s", ErrUnsupported, need.name)
		}
	}
	return nil
}

// send queues REGISTER or SUBSCRIBE on s; w gets the reply.
func (it *intent) send(ctx context.Context, s *session.Session, w *session.Waiter) session.Pending {
	if err := it.supported(s.Features()); err != nil {
		return session.Failed(session.Unsent(err))
	}
	switch owner := it.owner.(type) {
	case *Registration:
		return s.Register(ctx, w, callee{owner}, it.uri, it.config.options)
	case *Subscription:
		return s.Subscribe(ctx, w, subscriber{owner}, it.uri, it.config.options)
	}
	return session.Pending{}
}

// result is the outcome of putting one intent in place.
type result struct {
	id  uint64
	err error
}

// putAll puts intents in place on s: all requests leave before the first reply
// is awaited, in order. It returns a result for each.
func (c *Client) putAll(ctx context.Context, s *session.Session, its []*intent) []result {
	results := make([]result, len(its))
	waiters := make([]*session.Waiter, len(its))
	sent := make([]session.Pending, len(its))
	for i, it := range its {
		it.hold(s) // what comes right behind SUBSCRIBED has to wait already
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
// later session.
func (c *Client) install(ctx context.Context, its []*intent) error {
	for _, it := range its {
		if err := it.check(); err != nil {
			return it.failed(err)
		}
	}
	if err := c.claim(its); err != nil {
		return err
	}
	err := c.put(ctx, its)
	if err != nil {
		c.release(its...)
	}
	return err
}

// put puts claimed intents in place on the session of the moment, or the next. It
// gives up when every session that it sends them on is lost: they may be why.
func (c *Client) put(ctx context.Context, its []*intent) error {
	for sent := 0; ; {
		s, err := c.acquire(ctx, false)
		if err != nil {
			return its[0].failed(err)
		}
		results := c.putAll(ctx, s, its)
		failed := firstError(its, results)
		switch {
		case session.Gone(failed) || errors.Is(failed, ErrLost): // the session took everything with it
			if !session.Gone(failed) && !SafeToRetry(failed) {
				sent++
			}
			if sent == maxSends {
				return fmt.Errorf("%w (sent %d times)", failed, sent)
			}
		case failed != nil:
			undo(s, its, results)
			return failed
		case c.adopt(s, its, results):
			return nil
		}
	}
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

// failed returns err with the name of the intent that could not be put in place.
func (it *intent) failed(err error) error {
	do, _ := it.verbs()
	return named(do, it.uri, err)
}

// verbs name what puts an intent in place and what takes it back.
func (it *intent) verbs() (do, undo string) {
	if it.kind == core.MsgSubscribe {
		return "subscribe", "unsubscribe"
	}
	return "register", "unregister"
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

// adopt adds intents that are in place on s to the list; false when another
// session has begun to recover without them, or the client was closed. One that
// the router has revoked already stays out.
func (c *Client) adopt(s *session.Session, its []*intent, results []result) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session != s && c.session != nil || c.handlers.Err() != nil {
		return false
	}
	for i, it := range its {
		if !it.removed {
			c.place(it, s, results[i].id)
			c.intents = append(c.intents, it)
		}
	}
	return true
}

// disband ends every intent with the client.
func (c *Client) disband() {
	cause := c.endError()
	c.mu.Lock()
	its := c.intents
	c.intents, c.claims = nil, nil
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
func (c *Client) remove(it *intent) (s *session.Session, id uint64, first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if it.removed {
		return nil, 0, false
	}
	it.removed = true
	for i, other := range c.intents {
		if other == it {
			c.intents = append(c.intents[:i:i], c.intents[i+1:]...)
			break
		}
	}
	s, id = it.session, it.id
	it.session = nil
	return s, id, true
}

// finish announces the end of an intent that was dropped, and why.
func (it *intent) finish(err error) {
	it.client.mu.Lock()
	it.err = err
	it.client.mu.Unlock()
	close(it.done)
	if sub, ok := it.owner.(*Subscription); ok {
		sub.box.Finish()
	}
}

// revoked ends an intent at the router's wish; false when it had ended before.
func (it *intent) revoked() bool {
	_, _, first := it.client.remove(it)
	if first {
		it.client.release(it)
		it.finish(ErrRevoked)
	}
	return first
}

// reason returns why an intent ended.
func (it *intent) reason() error {
	it.client.mu.Lock()
	defer it.client.mu.Unlock()
	return it.err
}
