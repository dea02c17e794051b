package wamp

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"sync/atomic"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// Stream is a call in progress with progressive results of type T and a result
// of type R (specification "Progressive Call Results"). [Client.CallStream] and
// generated code begin one. It ends with the result, with an error, with the
// ctx that it was begun with, or by Close. A program that does not read it to
// its end must call Close or end the ctx. Values that the arguments of the call
// point to must not change before the stream has ended. Package wamptest has a
// Stream for tests. New methods may be added.
type Stream[T, R any] interface {
	// All ranges over the progressive results in the order in which the callee
	// sent them. The loop ends with the call. If the call fails, the last pair
	// holds its error; a later loop does not get the error again. Leaving the loop
	// early cancels the call as Close does. Only one loop may run at a time.
	All() iter.Seq2[T, error]
	// Result waits for the call to end and returns its result or its error. It
	// does not consume progressive results. It may be called more than once and is
	// safe for concurrent use.
	Result() (R, error)
	// Close cancels the call unless it has ended, drops waiting progressive
	// results, and waits for the interceptors of the call. The error of a call
	// that it canceled is [context.Canceled]. It is idempotent.
	Close()
}

// For generated code. CallStream calls a procedure and asks for its progressive
// results. in is nil if the procedure has no input. item and result return the
// [codec.Value] of a progressive result and of the result; they are nil if
// there is none.
//
// Up to 4 MiB of progressive results wait to be read. If there are more, the
// call is canceled and ends with [ErrOverflow]. A timeout bounds the time until
// the first progressive result and between two of them, not the whole call. The
// client keeps it and does not send it to the router, since some routers would
// bound the whole call. A call is not sent again once it has brought a
// progressive result.
//
// Otherwise it is like [Call]. An interceptor sees one operation, which ends
// with the stream. If the router or the callee lacks the feature, there is a
// result without progressive results. Without a schema, use
// [Client.CallStream]. Safe for concurrent use.
func CallStream[T, R any](
	ctx context.Context, c *Client, p *Procedure, in codec.Value,
	item func(*T) codec.Value, result func(*R) codec.Value, opts ...CallOption,
) Stream[T, R] {
	s := &stream[T, R]{streaming: streaming{takes: true}, item: item}
	s.start(ctx, c, p, in, result, opts)
	return s
}

// CallStream calls a procedure with dynamic values and asks for its progressive
// results, see the function [CallStream]. If procedure is not a valid URI the
// error of the [Stream] is [ErrInvalidURI]. Safe for concurrent use.
func (c *Client) CallStream(ctx context.Context, procedure string, args []any, kwargs map[string]any, opts ...CallOption) Stream[Payload, Payload] {
	self := func(p *Payload) codec.Value { return p }
	return CallStream(ctx, c, &Procedure{URI: procedure, Stream: true}, &Payload{Args: args, Kwargs: kwargs}, self, self, opts...)
}

// stream is a [streaming] with its types.
type stream[T, R any] struct {
	streaming
	item   func(*T) codec.Value
	result R
}

// start begins the call.
func (s *stream[T, R]) start(ctx context.Context, c *Client, p *Procedure, in codec.Value, result func(*R) codec.Value, opts []CallOption) {
	var out codec.Value
	if result != nil {
		out = result(&s.result)
	}
	s.begin(ctx, c, p, in, out, opts)
}

// All implements [Stream].
func (s *stream[T, R]) All() iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		left := true // also by a panic
		defer func() {
			if left {
				s.Close()
			}
		}()
		var item, none T
		var value codec.Value
		if s.item != nil {
			value = s.item(&item)
		}
		for s.next(value) {
			if !yield(item, nil) {
				return
			}
			item = none // what was yielded is the loop's
		}
		left = false
		if err := s.outcome(); err != nil && s.yielded.CompareAndSwap(false, true) {
			yield(none, err)
		}
	}
}

// Result implements [Stream].
func (s *stream[T, R]) Result() (R, error) {
	s.wait()
	if err := s.outcome(); err != nil {
		var none R
		return none, err
	}
	return s.result, nil
}

// streaming is a streaming call without the types of its results.
type streaming struct {
	client    *Client
	procedure *Procedure
	ctx       context.Context // of the user
	cancel    context.CancelFunc
	life      context.Context // of the call: it is canceled when the call has ended
	results   progress
	takes     bool          // it asks for progressive results
	parts     *outgoing     // nil if there are no chunks
	done      chan struct{} // closed when the call has ended
	err       error         // why it failed; set before done is closed
	yielded   atomic.Bool   // All has yielded the error
	dec       codec.Decoder // of the loop
	only      bool          // see WithPassthruOnly; set before the call begins
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
	if s.parts.once() {
		return errOnce
	}
	if err := s.awaitFirst(ctx); err != nil {
		return cmp.Or(s.results.spoilt(), err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := s.results.begin(cancel); err != nil {
		return err
	}
	err := s.client.exchange(gapContext{ctx}, s.procedure, in, out, cfg, s)
	cfg.operation.BytesIn += s.results.received()
	cfg.operation.BytesOut += s.parts.size()
	if spoiled := s.results.spoilt(); spoiled != nil {
		return spoiled
	}
	return err
}

// Streams implements [session.Sink].
func (s *streaming) Streams() core.Streams {
	return core.Streams{Results: s.takes, Parts: s.parts != nil && !s.parts.only}
}

// Begin implements [session.Sink].
func (s *streaming) Begin(on *session.Session, id uint64) {
	if s.parts == nil {
		return
	}
	if !s.parts.only {
		s.results.pause()
	}
	s.parts.begin(on, id)
}

// Progress implements [session.Sink].
func (s *streaming) Progress(m *core.Message, size int) { s.results.Progress(m, size) }

// begun reports whether the call must not be sent again; false for nil.
func (s *streaming) begun() bool {
	return s != nil && (s.results.begun() || s.parts.once())
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
	if err := s.dec.Err(); err != nil {
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

// gapContext ends with context.DeadlineExceeded where the gap between two
// progressive results was too long.
type gapContext struct{ context.Context }

func (c gapContext) Err() error {
	if err := c.Context.Err(); err == nil || context.Cause(c.Context) != context.DeadlineExceeded {
		return err
	}
	return context.DeadlineExceeded
}

// For generated code. CallChunks calls a procedure, sends it chunks, and waits for
// its result (specification "Progressive Call Invocations"). in is nil if the
// procedure has no input, out if it has no result; chunk returns the
// [codec.Value] of a chunk.
//
// It ranges over chunks on the goroutine of its caller, and stops when the call
// has ended: the callee may answer before the last chunk. While the queue of the
// client is full it waits. An error that chunks yields cancels the call and is
// returned. nil chunks are none.
//
// A timeout begins when the last chunk was sent. The client keeps it and does not
// send it to the router, since some routers would bound the whole call. Once a
// chunk was sent the call is never sent again. If the router lacks the feature
// the error is [ErrUnsupported]. Otherwise it is like [Call]. Without a schema,
// use [Client.CallChunks]. Safe for concurrent use.
func CallChunks[T any](
	ctx context.Context, c *Client, p *Procedure, in codec.Value, chunks iter.Seq2[T, error],
	chunk func(*T) codec.Value, out codec.Value, opts ...CallOption,
) error {
	s := &streaming{parts: newOutgoing(p)}
	s.begin(ctx, c, p, in, out, opts)
	defer s.Close() // also after a panic of chunks
	if err := sendAll(s, chunks, chunk); err != nil {
		s.abort(err)
	}
	s.wait()
	return s.outcome()
}

// sendAll sends chunks and, unless it returns an error, their end.
func sendAll[T any](s *streaming, chunks iter.Seq2[T, error], chunk func(*T) codec.Value) error {
	if chunks != nil {
		for v, err := range chunks {
			if err != nil {
				return err
			}
			if err := s.send(chunk(&v)); err != nil {
				return err
			}
		}
	}
	return s.closeSend()
}

// CallChunks calls a procedure with dynamic values, sends it chunks, and waits for
// its result, see the function [CallChunks]. The arguments go with the first
// message, each chunk with one of its own, and an empty one ends them. If
// procedure is not a valid URI the error is [ErrInvalidURI]. Safe for concurrent
// use.
func (c *Client) CallChunks(ctx context.Context, procedure string, args []any, kwargs map[string]any, chunks iter.Seq2[Payload, error], opts ...CallOption) (Payload, error) {
	self := func(p *Payload) codec.Value { return p }
	p := &Procedure{URI: procedure, Chunks: true}
	var out Payload
	if err := CallChunks(ctx, c, p, &Payload{Args: args, Kwargs: kwargs}, chunks, self, &out, opts...); err != nil {
		return Payload{}, err
	}
	return out, nil
}
