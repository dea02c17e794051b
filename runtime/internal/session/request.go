package session

import (
	"context"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// Reply is what settled a request. Its payload is a part of the frame.
type Reply struct {
	// Failed reports whether it is an ERROR, with URI and Details.
	Failed  bool
	URI     string
	Details codec.Raw
	Payload codec.Payload
	// ID is the subscription, registration or publication.
	ID uint64
	// Stopped is the error of the ctx that ended a call whose answer was awaited
	// all the same, as mode kill does; nil for any other.
	Stopped error
}

// Waiter waits for the reply to one request at a time. It is settled exactly
// once for each, by the reader or by the session's end, and is used again. It
// comes from a [Pool].
type Waiter struct {
	done chan struct{} // holds one token: the outcome below is set
	// Reply is the outcome of a request that did not end with its session.
	Reply
	// Dec decodes the payload; it is here since a decoder of its own would cost
	// every request an allocation.
	Dec codec.Decoder
	// Sink, unless it is nil, makes a call a streaming one (R142, R155).
	Sink Sink
	err  error // set when the session ended instead
}

// Waiter returns a waiter for requests, until PutWaiter.
func (p *Pool) Waiter() *Waiter {
	if w, ok := p.waiters.Get().(*Waiter); ok {
		return w
	}
	return &Waiter{done: make(chan struct{}, 1)}
}

// PutWaiter takes a waiter back, none of whose requests is pending.
func (p *Pool) PutWaiter(w *Waiter) {
	w.Reply, w.Dec, w.Sink, w.err = Reply{}, codec.Decoder{}, nil, nil // they pin a frame
	p.waiters.Put(w)
}

// settle takes the reply.
func (w *Waiter) settle(m *core.Message) {
	w.err = nil
	w.Reply = Reply{
		Failed: m.Type == core.MsgError, URI: m.URI, ID: m.ID,
		Details: m.Details, Payload: m.Body(),
	}
	w.done <- struct{}{}
}

// lose takes the end of the session.
func (w *Waiter) lose(cause error, unsent bool) {
	w.err = &lostError{cause: cause, unsent: unsent}
	w.done <- struct{}{}
}

// await waits for the reply to a request, or for ctx. The error is that of ctx
// or of a session that ended.
func (s *Session) await(ctx context.Context, w *Waiter, id uint64) error {
	select {
	case <-w.done:
		return w.err
	case <-ctx.Done():
	}
	if s.abandon(w, id) {
		return ctx.Err()
	}
	return w.err
}

// abandon gives up a request. It reports false when the outcome was already on
// its way, which is there now.
func (s *Session) abandon(w *Waiter, id uint64) bool {
	s.mu.Lock()
	pending := s.core.Abandon(id)
	s.mu.Unlock()
	s.signal() // an UNSUBSCRIBE may have waited for it
	if !pending {
		<-w.done
	}
	return pending
}

// killGrace is how long a call that was cancelled with mode kill waits for the
// callee's answer.
const killGrace = 5 * time.Second

// awaitCall waits for the reply to a CALL or for ctx. At the end of ctx the
// dealer is notified; a reply that is already on its way wins.
func (s *Session) awaitCall(ctx context.Context, w *Waiter, id uint64, mode string) error {
	select {
	case <-w.done:
		return w.err
	case <-ctx.Done():
	}
	s.mu.Lock()
	pending := s.core.Cancel(id, mode)
	kill := mode == "kill" && s.features.CallCanceling
	s.mu.Unlock()
	s.signal()
	if !pending {
		<-w.done
		return w.err
	}
	if kill && s.awaitKilled(w, id) {
		w.Stopped = ctx.Err()
		return w.err
	}
	return ctx.Err()
}

// awaitKilled waits for the answer to a CANCEL with mode kill. It reports
// whether there is one.
func (s *Session) awaitKilled(w *Waiter, id uint64) bool {
	t := time.NewTimer(killGrace)
	defer t.Stop()
	select {
	case <-w.done:
		return true
	case <-t.C:
		return !s.abandon(w, id)
	}
}

// Pending is a request under way whose reply a waiter gets. The zero value is
// none.
type Pending struct {
	session *Session
	waiter  *Waiter
	request uint64
	err     error
}

// Failed returns a request that failed before anything was queued.
func Failed(err error) Pending { return Pending{err: err} }

// Wait waits for the reply, or for ctx. The error is as of [Session.Call]; what
// the router answered is in the waiter. replied reports whether there is a
// reply.
func (p *Pending) Wait(ctx context.Context) (replied bool, err error) {
	if p.err != nil || p.waiter == nil || p.request == 0 {
		return false, p.err
	}
	err = p.session.await(ctx, p.waiter, p.request)
	return err == nil, err
}
