package session

import (
	"context"
	"fmt"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// Format returns the format in which payloads must be encoded.
func (s *Session) Format() codec.Format { return s.link.Format }

// Buffer returns a buffer for a payload in the session's format.
func (s *Session) Buffer() *Buffer { return s.cfg.Pool.Buffer(s.link.Format) }

// Call queues a CALL and waits for its reply in w, or for ctx; then the call is
// cancelled with mode. An error is never the peer's: ErrGone, one marked by
// [Unsent], a lost session, or that of ctx.
func (s *Session) Call(ctx context.Context, w *Waiter, uri string, options core.Dict, mode string, b *Buffer) error {
	if !s.features.Dealer {
		return Unsent(fmt.Errorf("%w: the router is not a dealer", ErrUnsupported))
	}
	if w.Sink != nil {
		return s.callStream(ctx, w, uri, options, mode, b)
	}
	if err := s.lockRoom(ctx); err != nil {
		return err
	}
	id, err := s.core.Call(w, uri, options, b.body())
	if err = s.unlock(err); err != nil {
		return err
	}
	return s.awaitCall(ctx, w, id, mode)
}

// callStream is Call for a streaming call.
func (s *Session) callStream(ctx context.Context, w *Waiter, uri string, options core.Dict, mode string, b *Buffer) error {
	st := w.Sink.Streams()
	if st.Parts && !s.features.Has("dealer", "progressive_call_invocations") {
		return Unsent(fmt.Errorf("%w: the router has no progressive call invocations", ErrUnsupported))
	}
	if err := s.lockRoom(ctx); err != nil {
		return err
	}
	id, err := s.core.CallStream(w, uri, options, st, b.body())
	if err = s.unlock(err); err != nil {
		return err
	}
	w.Sink.Begin(s, id)
	return s.awaitCall(ctx, w, id, mode)
}

// Part queues a further part of a call. It waits for room under ctx. It reports
// false when the call is over or was cancelled; the error is as of
// [Session.Call].
func (s *Session) Part(ctx context.Context, id uint64, last bool, b *Buffer) (queued bool, err error) {
	if err := s.lockRoom(ctx); err != nil {
		return false, err
	}
	queued, err = s.core.Part(id, last, b.body())
	return queued, s.unlock(err)
}

// Roomy reports whether a message finds room in the queue at the moment.
func (s *Session) Roomy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.roomy()
}

// Fetch queues the CALL by which a subscription gets what it has missed, as
// [Session.Call] does. Calls that wait for a reply leave it room.
func (s *Session) Fetch(ctx context.Context, w *Waiter, uri string, options core.Dict, b *Buffer) error {
	if !s.features.Dealer {
		return Unsent(fmt.Errorf("%w: the router is not a dealer", ErrUnsupported))
	}
	if err := s.lockRoom(ctx); err != nil {
		return err
	}
	id, err := s.core.Fetch(w, uri, options, b.body())
	if err = s.unlock(err); err != nil {
		return err
	}
	return s.awaitCall(ctx, w, id, "killnowait")
}

// Publish queues a PUBLISH and, unless w is nil, waits for the acknowledgement
// that options must ask for.
func (s *Session) Publish(ctx context.Context, w *Waiter, uri string, options core.Dict, b *Buffer) error {
	if !s.features.Broker {
		return Unsent(fmt.Errorf("%w: the router is not a broker", ErrUnsupported))
	}
	if err := s.lockRoom(ctx); err != nil {
		return err
	}
	var waiter any
	if w != nil {
		waiter = w
	}
	id, err := s.core.Publish(waiter, uri, options, b.body())
	if err = s.unlock(err); err != nil || w == nil {
		return err
	}
	return s.await(ctx, w, id)
}

// Register queues a REGISTER whose reply w gets. handle gets the invocations.
func (s *Session) Register(ctx context.Context, w *Waiter, handle Registration, uri string, options core.Dict) Pending {
	return s.begin(ctx, w, func(c *core.Session) (uint64, error) { return c.Register(w, handle, uri, options) })
}

// Subscribe queues a SUBSCRIBE whose reply w gets. handle gets the events.
func (s *Session) Subscribe(ctx context.Context, w *Waiter, handle Subscription, uri string, options core.Dict) Pending {
	return s.begin(ctx, w, func(c *core.Session) (uint64, error) { return c.Subscribe(w, handle, uri, options) })
}

func (s *Session) begin(ctx context.Context, w *Waiter, f func(*core.Session) (uint64, error)) Pending {
	p := Pending{session: s, waiter: w}
	p.err = s.enqueue(ctx, func(c *core.Session) (err error) {
		p.request, err = f(c)
		return err
	})
	return p
}

// Unregister queues an UNREGISTER without waiting for room; w, unless it is
// nil, gets the reply. It does nothing on a session that has ended or that does
// not know the registration.
func (s *Session) Unregister(w *Waiter, registration uint64) Pending {
	return s.giveBack(w, func(c *core.Session, waiter any) (uint64, error) { return c.Unregister(waiter, registration) })
}

// Unsubscribe takes handles off a subscription and, with the last of them,
// queues an UNSUBSCRIBE, as [Session.Unregister] does.
func (s *Session) Unsubscribe(w *Waiter, subscription uint64, handles ...any) Pending {
	return s.giveBack(w, func(c *core.Session, waiter any) (uint64, error) {
		return c.Unsubscribe(waiter, subscription, handles...)
	})
}

func (s *Session) giveBack(w *Waiter, f func(c *core.Session, waiter any) (uint64, error)) Pending {
	p := Pending{session: s, waiter: w}
	var waiter any
	if w != nil {
		waiter = w
	}
	s.mu.Lock()
	if s.err != nil {
		s.mu.Unlock()
		return Pending{}
	}
	request, err := f(s.core, waiter)
	if p.err = s.unlock(err); p.err == ErrGone {
		p.err = nil
	}
	if err == nil {
		p.request = request
	}
	return p
}

// Progress queues a progressive result of an invocation. It waits for room
// under ctx. It reports false when the invocation is over or was interrupted;
// the error is as of [Session.Call].
func (s *Session) Progress(ctx context.Context, invocation uint64, b *Buffer) (queued bool, err error) {
	if err := s.lockRoom(ctx); err != nil {
		return false, err
	}
	queued, err = s.core.Progress(invocation, b.body())
	return queued, s.unlock(err)
}

// Yield queues the result of an invocation. It waits for room as long as the
// session lives, since the handler has done its work.
func (s *Session) Yield(invocation uint64, b *Buffer) error {
	return s.answer(func(c *core.Session) error {
		_, err := c.Yield(invocation, b.body())
		return err
	})
}

// Fail queues the ERROR of an invocation, as [Session.Yield] does the result.
func (s *Session) Fail(invocation uint64, uri string, b *Buffer) error {
	return s.answer(func(c *core.Session) error {
		_, err := c.Fail(invocation, uri, b.body())
		return err
	})
}

// answer queues the one answer to an invocation; the end of the session takes
// it away.
func (s *Session) answer(f func(*core.Session) error) error {
	if err := s.enqueue(context.Background(), f); err != ErrGone {
		return err
	}
	return nil
}

// Refuse queues the ERROR of an invocation that found no room. The reader calls
// it, so it does not wait for room in the queue: the bound on replies serves.
func (s *Session) Refuse(invocation uint64, uri string, b *Buffer) {
	s.mu.Lock()
	_, err := s.core.Fail(invocation, uri, b.body())
	_ = s.unlock(err) // a session that ended takes no answer
}
