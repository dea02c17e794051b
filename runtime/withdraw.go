package wamp

import (
	"context"
	"errors"

	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// withdraw ends an intent at the user's wish; wait tells whether to wait for the
// router's word.
func (it *intent) withdraw(ctx context.Context, wait bool) error {
	s, id, first := it.client.remove(it)
	if !first {
		return nil
	}
	defer it.finish(ErrClosed)
	var d departure
	if s != nil {
		d = it.take(s, id, wait)
	}
	it.client.release(it)
	return d.wait(ctx)
}

// withdrawAll ends intents at the user's wish: all requests leave before the
// first reply is awaited. Each goes on with its work until its reply, so that
// what the router had sent before it read the request is not lost. It returns
// what the router did not confirm.
func (c *Client) withdrawAll(ctx context.Context, its []*intent) (left []error) {
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

// group is the intents that one id of a session stands for: one registration, or
// every subscription of one topic.
type group struct {
	session *session.Session // nil while nowhere
	id      uint64
	its     []*intent
}

// removeAll drops intents from the list and returns those that were there, by
// what has to be given back for them.
func (c *Client) removeAll(its []*intent) (groups []group) {
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

// take takes an intent out of a session; wait reports whether its end is awaited.
func (it *intent) take(s *session.Session, id uint64, wait bool) departure {
	return depart(s, []*intent{it}, id, wait)
}

// departure is an UNREGISTER or UNSUBSCRIBE under way. The zero value is none.
type departure struct {
	client  *Client
	waiter  *session.Waiter // nil if the reply is not awaited
	request session.Pending
}

// depart queues UNREGISTER or UNSUBSCRIBE for what its have in common. A session
// that is gone has nothing left to take.
func depart(s *session.Session, its []*intent, id uint64, wait bool) departure {
	d := departure{client: its[0].client}
	if wait {
		d.waiter = d.client.spare.Waiter()
	}
	if its[0].kind == core.MsgRegister {
		d.request = s.Unregister(d.waiter, id)
		return d
	}
	handles := make([]any, len(its))
	for i, it := range its {
		handles[i] = subscriber{it.owner.(*Subscription)}
	}
	d.request = s.Unsubscribe(d.waiter, id, handles...)
	return d
}

// wait waits for the reply. A router that does not know the thing any more (R210)
// has taken it already, and so has the end of the session.
func (d *departure) wait(ctx context.Context) error {
	replied, err := d.request.Wait(ctx)
	if d.waiter == nil {
		return err
	}
	defer d.client.spare.PutWaiter(d.waiter)
	if replied {
		err = replyError(d.waiter)
	}
	if errors.Is(err, ErrLost) || errors.Is(err, ErrNoSuchRegistration) || errors.Is(err, ErrNoSuchSubscription) {
		return nil
	}
	return err
}
