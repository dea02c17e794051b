package wamp

import (
	"context"

	"github.com/wampgen/wampgen/runtime/codec"
)

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
	// have been a chunk that is too large. Where the last chunk goes with the last
	// message, each waits for the next one, and [ErrTooLarge] is of the one before.
	Send(chunk In) error
	// CloseSend says that there are no more chunks. The callee may still send
	// progressive results. It does nothing after the first time and after the end of
	// the call. Its only error is [ErrTooLarge], where the last chunk waited for it:
	// that chunk is dropped, and more may be sent until another CloseSend.
	CloseSend() error
}

// For generated code. CallBidi calls a procedure to which the caller sends chunks
// and from which it takes progressive results. It is like [CallStream] with
// [CallChunks]: a timeout begins when the last chunk was sent, and bounds the time
// until the next progressive result then. Without a schema, use
// [Client.CallBidi]. Safe for concurrent use.
func CallBidi[In, Out, R any](
	ctx context.Context, c *Client, p *Procedure, in codec.Value,
	chunk func(*In) codec.Value, item func(*Out) codec.Value, result func(*R) codec.Value, opts ...CallOption,
) Bidi[In, Out, R] {
	s := &bidi[In, Out, R]{stream: stream[Out, R]{streaming: streaming{takes: true, parts: newOutgoing(p)}, item: item}, chunk: chunk}
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
	chunk func(*In) codec.Value
}

// Send implements [Bidi].
func (s *bidi[In, Out, R]) Send(chunk In) error { return s.send(s.chunk(&chunk)) }

// CloseSend implements [Bidi].
func (s *bidi[In, Out, R]) CloseSend() error { return s.closeSend() }
