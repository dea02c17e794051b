package wamp

import (
	"context"
	"iter"

	"github.com/wampgen/wampgen/runtime/codec"
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

// Bidi is a call in progress that sends chunks of type In and has progressive
// results of type Out and a result of type R (specification "Progressive Call
// Invocations", "Progressive Call Results"). [Client.CallBidi] and generated code
// begin one. It is a [Stream]: it ends with the result, with an error, with the
// ctx that it was begun with, or by Close, and a program that does not read it to
// its end must call Close or end the ctx. Package wamptest has a Bidi for tests.
// New methods may be added.
type Bidi[In, Out, R any] interface {
	Stream[Out, R]
	// Send queues one chunk for writing; while the queue of the client is full it
	// waits. It is safe for concurrent use.
	//
	// After the end of the call it sends nothing and returns the error of the call,
	// or [io.EOF] if the call has a result: the callee may answer before the last
	// chunk. Other errors are a [*ValueError], [ErrTooLarge], and that of a chunk
	// after CloseSend; the call continues after them, unless its first message would
	// have been a chunk that is too large. If the last message is to hold the last
	// chunk, a chunk is sent once the next one is there, and [ErrTooLarge] is about
	// the chunk before.
	Send(chunk In) error
	// CloseSend says that there are no more chunks. The callee may still send
	// progressive results. It does nothing after the first time and after the end of
	// the call. Its only error is [ErrTooLarge], where the last chunk waited for it:
	// that chunk is dropped, and more may be sent until another CloseSend.
	CloseSend() error
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
	s := &streaming{}
	sending := newOutgoing(s, p)
	s.begin(ctx, c, p, in, out, opts)
	defer s.Close() // also after a panic of chunks
	if err := sendAll(sending, chunks, chunk); err != nil {
		s.abort(err)
	}
	s.wait()
	return s.outcome()
}

// sendAll sends chunks and, unless it returns an error, their end.
func sendAll[T any](o *outgoing, chunks iter.Seq2[T, error], chunk func(*T) codec.Value) error {
	if chunks != nil {
		for v, err := range chunks {
			if err != nil {
				return err
			}
			if err := o.send(chunk(&v)); err != nil {
				return err
			}
		}
	}
	return o.closeSend()
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

// For generated code. CallBidi calls a procedure to which the caller sends chunks
// and from which it takes progressive results. It is like [CallStream] with
// [CallChunks]: a timeout begins when the last chunk was sent, and then bounds the
// time until the next progressive result. Without a schema, use
// [Client.CallBidi]. Safe for concurrent use.
func CallBidi[In, Out, R any](
	ctx context.Context, c *Client, p *Procedure, in codec.Value,
	chunk func(*In) codec.Value, item func(*Out) codec.Value, result func(*R) codec.Value, opts ...CallOption,
) Bidi[In, Out, R] {
	s := &bidi[In, Out, R]{stream: stream[Out, R]{streaming: streaming{takes: true}, item: item}, chunk: chunk}
	s.chunks = newOutgoing(&s.streaming, p)
	s.start(ctx, c, p, in, result, opts)
	return s
}

// CallBidi calls a procedure with dynamic values, see the function [CallBidi]. The
// arguments go with the first message, each chunk with one of its own, and an empty
// one ends them. If procedure is not a valid URI the error of the [Bidi] is
// [ErrInvalidURI]. Safe for concurrent use.
func (c *Client) CallBidi(ctx context.Context, procedure string, args []any, kwargs map[string]any, opts ...CallOption) Bidi[Payload, Payload, Payload] {
	self := func(p *Payload) codec.Value { return p }
	p := &Procedure{URI: procedure, Stream: true, Chunks: true}
	return CallBidi(ctx, c, p, &Payload{Args: args, Kwargs: kwargs}, self, self, self, opts...)
}

// bidi is a [stream] that sends chunks.
type bidi[In, Out, R any] struct {
	stream[Out, R]
	chunk  func(*In) codec.Value
	chunks *outgoing
}

// Send implements [Bidi].
func (s *bidi[In, Out, R]) Send(chunk In) error { return s.chunks.send(s.chunk(&chunk)) }

// CloseSend implements [Bidi].
func (s *bidi[In, Out, R]) CloseSend() error { return s.chunks.closeSend() }
