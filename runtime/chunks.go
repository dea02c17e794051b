package wamp

import (
	"context"
	"iter"

	"github.com/wampgen/wampgen/runtime/codec"
)

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

// Chunks returns the values of seq as chunks, none of them with an error, for a call
// or for the test of a handler: Chunks(slices.Values(lines)).
func Chunks[T any](seq iter.Seq[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v := range seq {
			if !yield(v, nil) {
				return
			}
		}
	}
}
