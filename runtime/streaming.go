package wamp

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// streaming is a streaming call without the types of its results.
type streaming struct {
	client    *Client
	procedure *Procedure
	ctx       context.Context // of the user
	cancel    context.CancelFunc
	life      context.Context // of the call: it is canceled when the call has ended
	results   progress
	takes     bool          // it asks for progressive results
	parts     parts         // the chunks that it sends, nil if there are none
	done      chan struct{} // closed when the call has ended
	err       error         // why it failed; set before done is closed
	yielded   atomic.Bool   // All has yielded the error
	dec       codec.Decoder // of the loop
	only      bool          // see WithPassthruOnly; set before the call begins
}

// parts is what a streaming call must know of the chunks that it sends.
type parts interface {
	// ready waits until the input of the call is known, which may be its first
	// chunk.
	ready(ctx context.Context) error
	// encode is that of a [progressive] call.
	encode(ctx context.Context, on *session.Session, b *session.Buffer, in content, mode *PassthruMessage) error
	// once reports whether the call must not be sent again.
	once() bool
	// alone reports whether the first message is the last one too.
	alone() bool
	// begin says that the CALL was queued on a session, under an id.
	begin(on *session.Session, id uint64)
	// size returns the size of the chunks that were queued behind the CALL since it
	// was last asked.
	size() int64
}

// begin starts the call on a goroutine of its own.
func (s *streaming) begin(ctx context.Context, c *Client, p *Procedure, in, out codec.Value, opts []CallOption) {
	s.client, s.procedure, s.ctx = c, p, ctx
	s.done = make(chan struct{})
	cfg := callConfig{timeout: p.Timeout, failFast: c.cfg.failFast}.with(p.Call).with(opts)
	s.only = cfg.passthruOnly
	s.results.count = &c.counters.progress
	s.results.ready = make(chan struct{}, 1)
	s.results.gap, cfg.timeout = cfg.timeout, min(cfg.timeout, 0)
	s.life, s.cancel = context.WithCancel(ctx)
	go func() { // stream: ends with the call; joined by Result and Close
		s.settle(dispatch.Guard(func() error {
			op := &Operation{Kind: OperationCall, URI: p.URI, Template: p.template, Roles: p.Roles, keyword: p.Metadata}
			return c.cfg.interceptors.run(s.life, op, func(ctx context.Context) error {
				cfg := cfg
				cfg.custom, cfg.operation = op.extend(cfg.custom), op
				return named("call", p.URI, s.call(ctx, &cfg, in, out))
			})
		}, func(crash *dispatch.Crash) { s.settle(crash) }))
	}()
}

// call is the operation inside the interceptors, one of which may try again.
func (s *streaming) call(ctx context.Context, cfg *callConfig, in, out codec.Value) error {
	if s.procedure.bad != nil {
		return s.procedure.bad
	}
	if err := core.CheckURI(s.procedure.URI, core.MatchExact, false); err != nil {
		return session.Unsent(invalidURI{err})
	}
	if err := s.client.checkCall(cfg); err != nil {
		return err
	}
	if s.parts != nil {
		if s.parts.once() {
			return errOnce
		}
		if err := s.parts.ready(ctx); err != nil {
			return cmp.Or(s.results.spoilt(), err)
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := s.results.begin(cancel); err != nil {
		return err
	}
	err := s.client.exchange(gapContext{ctx}, s.procedure, in, out, cfg, s)
	cfg.operation.BytesIn += s.results.received()
	if s.parts != nil {
		cfg.operation.BytesOut += s.parts.size()
	}
	if spoiled := s.results.spoilt(); spoiled != nil {
		return spoiled
	}
	return err
}

// Streams implements [session.Sink].
func (s *streaming) Streams() core.Streams {
	return core.Streams{Results: s.takes, Parts: s.parts != nil && !s.parts.alone()}
}

// Begin implements [session.Sink].
func (s *streaming) Begin(on *session.Session, id uint64) {
	if s.parts == nil {
		return
	}
	if !s.parts.alone() {
		s.results.pause()
	}
	s.parts.begin(on, id)
}

// Progress implements [session.Sink].
func (s *streaming) Progress(m *core.Message, size int) { s.results.Progress(m, size) }

// encode implements [progressive].
func (s *streaming) encode(ctx context.Context, on *session.Session, b *session.Buffer, in content, mode *PassthruMessage) error {
	if s.parts != nil {
		return s.parts.encode(ctx, on, b, in, mode)
	}
	return s.client.encodeArguments(ctx, s.procedure, b, in, mode)
}

// begun implements [progressive].
func (s *streaming) begun() bool {
	return s.results.begun() || s.parts != nil && s.parts.once()
}

// settle ends the stream.
func (s *streaming) settle(err error) {
	if crash, ok := err.(*dispatch.Crash); ok {
		s.client.logCrash("wamp: interceptor", crash, "procedure", s.procedure.URI)
		err = named("call", s.procedure.URI, fmt.Errorf("wamp: interceptor %w", crash))
	}
	s.results.finish()
	s.err = err
	s.cancel()
	close(s.done)
}

// outcome is why a call that has ended failed, nil if it did not. A progressive
// result that does not fit may show only when it is taken.
func (s *streaming) outcome() error {
	if s.err != nil {
		return s.err
	}
	return named("call", s.procedure.URI, s.results.spoilt())
}

// next decodes the next progressive result into v, waiting for it. It reports
// false when there are no more.
func (s *streaming) next(v codec.Value) bool {
	item, ok := s.results.take()
	if !ok {
		if item, ok = s.await(); !ok {
			return false
		}
	}
	raw := s.client.open(s.ctx, item.payload, item.details, PassthruResult, s.procedure.URI, s.only)
	s.client.limit(&s.dec)
	s.dec.Payload(raw, v, s.procedure.Progress, s.client.strictness())
	s.client.memory.Give(s.dec.Held()) // what was decoded is the loop's
	if err := cmp.Or(s.dec.Err(), unread(raw, v)); err != nil {
		s.results.fail(&operationError{"progressive result of", s.procedure.URI, err})
		s.wait()
		return false
	}
	return true
}

// await waits for the next progressive result, or for the end.
func (s *streaming) await() (item progressItem, ok bool) {
	turn := dispatch.TurnOf(s.ctx)
	if s.park(turn) {
		defer turn.Unpark(s.ctx)
	}
	for {
		select {
		case <-s.results.ready:
			if item, ok = s.results.take(); ok {
				return item, true
			}
		case <-s.done:
			return s.results.take()
		}
	}
}

// wait waits for the end.
func (s *streaming) wait() {
	select {
	case <-s.done:
		return
	default:
	}
	turn := dispatch.TurnOf(s.ctx)
	if s.park(turn) {
		defer turn.Unpark(s.ctx)
	}
	<-s.done
}

// park gives the worker of the handler that the stream belongs to away, if
// there is one, since the call may need it. Where no more handlers may wait the
// call ends instead.
func (s *streaming) park(turn *dispatch.Turn) bool {
	if turn.Park() {
		return true
	}
	s.results.fail(ErrOverflow)
	return false
}

// Close implements [Stream].
func (s *streaming) Close() {
	s.results.close()
	s.cancel()
	s.wait()
}

// ending is what sending a chunk returns after the end of the call.
func (s *streaming) ending() error {
	if err := s.outcome(); err != nil {
		return err
	}
	return io.EOF
}

// over reports whether the call has ended.
func (s *streaming) over() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// abort cancels the call because of a chunk, unless the call has ended already.
func (s *streaming) abort(err error) {
	if s.over() {
		return
	}
	if _, ours := err.(*operationError); !ours {
		err = &operationError{"chunks of", s.procedure.URI, err}
	}
	s.results.fail(begunError{err})
	s.cancel() // it may have yet to begin
}

// begunError is the error of a call that was sent, whatever its cause says about
// what did not leave.
type begunError struct{ error }

// SafeToRetry reports false.
func (begunError) SafeToRetry() bool { return false }

// Unwrap returns the error itself.
func (e begunError) Unwrap() error { return e.error }

// gapContext ends with context.DeadlineExceeded where the gap between two
// progressive results was too long.
type gapContext struct{ context.Context }

func (c gapContext) Err() error {
	if err := c.Context.Err(); err == nil || context.Cause(c.Context) != context.DeadlineExceeded {
		return err
	}
	return context.DeadlineExceeded
}
