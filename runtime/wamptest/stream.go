package wamptest

import (
	"errors"
	"iter"
	"sync"

	wamp "github.com/wampgen/wampgen/runtime"
)

// Sender is a [wamp.Sender] that keeps what a handler sends, to test the
// handler without a router. The zero value is ready to use. It is safe for
// concurrent use.
type Sender[T any] struct {
	mu   sync.Mutex // protects the following
	sent []T
	err  error
}

var _ wamp.Sender[int] = (*Sender[int])(nil)

// Send keeps one progressive result, unless [Sender.Fail] was called.
func (s *Sender[T]) Send(progress T) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.sent = append(s.sent, progress)
	}
	return s.err
}

// Wanted reports true.
func (s *Sender[T]) Wanted() bool { return true }

// Fail makes every later [Sender.Send] return err, such as [wamp.ErrCanceled]
// to simulate a caller that has canceled the call.
func (s *Sender[T]) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// Sent returns the progressive results that were sent, in order.
func (s *Sender[T]) Sent() []T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]T(nil), s.sent...)
}

// NewStream returns a [wamp.Stream] that yields the progressive results and
// ends with result, or with err if it is not nil, to test a caller without a
// router. Leaving the loop and Close drop the remaining progressive results and
// do not change the result. Not safe for concurrent use.
func NewStream[T, R any](progress []T, result R, err error) wamp.Stream[T, R] {
	return &madeStream[T, R]{progress: progress, result: result, err: err}
}

type madeStream[T, R any] struct {
	progress []T
	result   R
	err      error
	yielded  bool // All has yielded err
}

// All implements [wamp.Stream].
func (s *madeStream[T, R]) All() iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for len(s.progress) > 0 {
			next := s.progress[0]
			s.progress = s.progress[1:]
			if !yield(next, nil) {
				s.Close()
				return
			}
		}
		if s.err != nil && !s.yielded {
			s.yielded = true
			var none T
			yield(none, s.err)
		}
	}
}

// Result implements [wamp.Stream].
func (s *madeStream[T, R]) Result() (R, error) {
	if s.err != nil {
		var none R
		return none, s.err
	}
	return s.result, nil
}

// Close implements [wamp.Stream].
func (s *madeStream[T, R]) Close() { s.progress = nil }

// Bidi is a [wamp.Bidi] that keeps the chunks that a caller sends, to test the
// caller without a router. [NewBidi] makes one.
type Bidi[In, Out, R any] struct {
	wamp.Stream[Out, R]

	mu     sync.Mutex // protects the following
	sent   []In
	closed bool
	err    error
}

var _ wamp.Bidi[int, int, int] = (*Bidi[int, int, int])(nil)

// NewBidi returns a Bidi that yields the progressive results and ends with result,
// or with err if it is not nil, as [NewStream] does. The chunks change nothing
// about that.
func NewBidi[In, Out, R any](progress []Out, result R, err error) *Bidi[In, Out, R] {
	return &Bidi[In, Out, R]{Stream: NewStream(progress, result, err)}
}

// Send keeps one chunk, unless [Bidi.CloseSend] or [Bidi.Fail] was called. It is
// safe for concurrent use.
func (b *Bidi[In, Out, R]) Send(chunk In) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.err != nil:
		return b.err
	case b.closed:
		return errors.New("wamptest: chunk after CloseSend")
	}
	b.sent = append(b.sent, chunk)
	return nil
}

// CloseSend notes that there are no more chunks.
func (b *Bidi[In, Out, R]) CloseSend() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	return nil
}

// Fail makes every later [Bidi.Send] return err, such as [io.EOF] to simulate a
// callee that has answered.
func (b *Bidi[In, Out, R]) Fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = err
}

// Sent returns the chunks that were sent, in order, and whether CloseSend was
// called.
func (b *Bidi[In, Out, R]) Sent() (chunks []In, closed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]In(nil), b.sent...), b.closed
}
