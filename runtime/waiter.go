package wamp

import (
	"context"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// waiter waits for the reply to one request at a time. It is settled exactly
// once for each, by the reader or by the session's end, and is used again.
type waiter struct {
	done chan struct{} // holds one token: the outcome below is set
	// failed: ERROR, with uri, details and payload.
	failed  bool
	uri     string
	details codec.Raw
	payload codec.Payload
	// id is the subscription, registration or publication.
	id uint64
	// err is set when the session ended instead.
	err error
	// stopped is the error of the ctx that ended a call whose answer was awaited
	// all the same, see Kill.
	stopped error
}

// settle takes the reply; the payload is a part of its frame.
func (w *waiter) settle(m *core.Message) {
	w.failed, w.uri, w.id, w.err = m.Type == core.MsgError, m.URI, m.ID, nil
	w.details, w.payload = m.Details, m.Body()
	w.done <- struct{}{}
}

// lose takes the end of the session.
func (w *waiter) lose(cause error, unsent bool) {
	w.err = &lostError{cause: cause, unsent: unsent}
	w.done <- struct{}{}
}

// outcome is the error of a settled waiter; a peer's ERROR as *Error.
func (w *waiter) outcome() error {
	if w.err != nil {
		return w.err
	}
	if w.failed {
		return peerError(w.uri, w.details, w.payload)
	}
	return nil
}

func (c *Client) getWaiter() *waiter {
	if w, ok := c.waiters.Get().(*waiter); ok {
		return w
	}
	return &waiter{done: make(chan struct{}, 1)}
}

func (c *Client) putWaiter(w *waiter) {
	w.details, w.payload, w.err, w.stopped = codec.Raw{}, codec.Payload{}, nil, nil // they pin a frame
	c.waiters.Put(w)
}

// killGrace is how long a call that was cancelled with Kill waits for the
// callee's answer.
const killGrace = 5 * time.Second

// awaitCall waits for the reply to a CALL or for ctx. At the end of ctx the
// dealer is told; a reply that is already on its way wins.
func (s *session) awaitCall(ctx context.Context, w *waiter, id uint64, mode CancelMode) error {
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
	}
	if mode == "" {
		mode = KillNoWait
	}
	s.mu.Lock()
	pending := s.core.Cancel(id, string(mode))
	kill := mode == Kill && s.core.Features().CallCanceling
	s.mu.Unlock()
	s.signal()
	if !pending {
		<-w.done
		return nil
	}
	if kill && s.graced(w, id) {
		w.stopped = ctx.Err()
		return nil
	}
	return ctx.Err()
}

// graced waits for the answer to a CANCEL with mode kill.
func (s *session) graced(w *waiter, id uint64) bool {
	t := time.NewTimer(killGrace)
	defer t.Stop()
	select {
	case <-w.done:
		return true
	case <-t.C:
		return !s.abandon(w, id)
	}
}

// await waits for the reply to any other request, or for ctx.
func (s *session) await(ctx context.Context, w *waiter, id uint64) error {
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
	}
	if s.abandon(w, id) {
		return ctx.Err()
	}
	return nil
}

// abandon gives up a request; false when its outcome was already on its way
// and is now there.
func (s *session) abandon(w *waiter, id uint64) bool {
	s.mu.Lock()
	pending := s.core.Abandon(id)
	s.mu.Unlock()
	s.signal() // an UNSUBSCRIBE may have waited for it
	if !pending {
		<-w.done
	}
	return pending
}
