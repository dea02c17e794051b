package wamp

import (
	"context"
	"errors"
	"fmt"

	"github.com/wampgen/wampgen/runtime/internal/core"
)

// withdraw ends an intent at the user's wish; wait tells whether to wait for the
// router's word.
func (it *intent) withdraw(ctx context.Context, wait bool) error {
	s, id, first := it.client.remove(it, ErrClosed)
	if !first || s == nil {
		return nil
	}
	return s.take(ctx, it, id, wait)
}

// withdrawAll ends intents at the user's wish: all requests leave before the
// first reply is awaited. It returns what the router did not confirm.
func (c *Client) withdrawAll(ctx context.Context, its []*intent) (left []error) {
	leaving := make([]departure, len(its))
	for i, it := range its {
		if s, id, first := c.remove(it, ErrClosed); first && s != nil {
			leaving[i] = s.depart(it, id, c.getWaiter())
		}
	}
	for i := range leaving {
		if err := leaving[i].wait(ctx); err != nil {
			left = append(left, fmt.Errorf("%s: %w", its[i].uri, err))
		}
	}
	return left
}

// take takes an intent out of a session.
func (s *session) take(ctx context.Context, it *intent, id uint64, wait bool) error {
	var w *waiter
	if wait {
		w = s.client.getWaiter()
	}
	d := s.depart(it, id, w)
	return d.wait(ctx)
}

// departure is an UNREGISTER or UNSUBSCRIBE under way. The zero value is none.
type departure struct {
	session *session
	waiter  *waiter // nil when the reply is not awaited
	request uint64  // 0 when there will be none
	err     error
}

// depart queues UNREGISTER or UNSUBSCRIBE; w, unless it is nil, waits for the
// reply. A session that is gone has nothing left to take.
func (s *session) depart(it *intent, id uint64, w *waiter) (d departure) {
	d = departure{session: s, waiter: w}
	var handle any
	if w != nil {
		handle = w
	}
	s.mu.Lock()
	if s.err != nil {
		s.mu.Unlock()
		return d
	}
	var err error
	if it.kind == core.MsgRegister {
		d.request, err = s.core.Unregister(handle, id)
	} else {
		d.request, err = s.core.Unsubscribe(handle, it.owner, id)
	}
	if d.err = s.queued(err); gone(d.err) {
		d.err = nil
	}
	if err != nil {
		d.request = 0
	}
	return d
}

// wait waits for the reply. A router that does not know the thing any more (R210)
// has taken it already, and so has the end of the session.
func (d *departure) wait(ctx context.Context) error {
	if d.waiter == nil {
		return d.err
	}
	defer d.session.client.putWaiter(d.waiter)
	if d.request == 0 {
		return d.err
	}
	if err := d.session.await(ctx, d.waiter, d.request); err != nil {
		return err
	}
	err := d.waiter.outcome()
	if errors.Is(err, ErrLost) || errors.Is(err, ErrNoSuchRegistration) || errors.Is(err, ErrNoSuchSubscription) {
		return nil
	}
	return err
}
