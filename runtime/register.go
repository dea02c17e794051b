package wamp

import (
	"context"
	"iter"
	"slices"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// For generated code. Register registers procedures, all or none, and restores
// them on every later session (specification "Registering and Unregistering").
// If there is no session it waits for one; ctx bounds the registering only.
//
// Errors name the procedure. They are the router's answer as an [*Error], such
// as [ErrProcedureAlreadyExists]; [ErrInvalidURI], [ErrUnsupported], [ErrLost]
// after nine sessions that were lost during the request, [ErrClosed], and the
// error of ctx. Without a schema, use [Client.Register]. Safe for concurrent
// use.
func Register(ctx context.Context, c *Client, handlers ...Handler) (*Registrations, error) {
	if len(handlers) == 0 {
		return newRegistrations(c.intents, nil), nil
	}
	if slices.Contains(handlers, Handler{}) {
		return nil, named("register", "", invalidURI{core.CheckURI("", core.MatchExact, false)})
	}
	var rs *Registrations
	op := &Operation{Kind: OperationRegister, URI: handlers[0].uri, Template: handlers[0].config.template, Roles: handlers[0].config.roles}
	err := c.cfg.interceptors.run(ctx, op, func(ctx context.Context) error {
		rs.discard() // an interceptor may try more than once
		rs = newRegistrations(c.intents, handlers)
		err := c.intents.install(ctx, rs.intents(), op)
		if err != nil {
			rs = nil
		}
		return err
	})
	if err == nil && rs == nil {
		err = errSkipped
	}
	if err != nil {
		rs.discard()
		return nil, named("register", handlers[0].uri, err)
	}
	return rs, nil
}

// Register registers a procedure with dynamic values and restores it on every
// later session. ctx bounds the registering only; errors are those of the
// function [Register]. Safe for concurrent use.
//
// Invocations run concurrently, see [WithConcurrency]. The ctx of handler ends
// when the caller cancels the call, when its timeout passes, when the session
// is lost, or when the client is closed; [context.Cause] returns [ErrCanceled],
// [ErrTimeout], [ErrLost] or [ErrClosed]. If the router gives another reason for
// an interruption, the cause is [ErrCanceled] and wraps it as an [*Error].
//
// The caller gets an error of handler in full if it is, or wraps, an [*Error]
// or a generated error that the handler made itself. It gets the error of a
// nested call only with [Relay], and [ErrRuntime] for everything else and for a
// panic, see [WithErrorText].
func (c *Client) Register(ctx context.Context, procedure string, handler func(context.Context, Payload) (Payload, error), opts ...RegisterOption) (*Registration, error) {
	h := Handle(&Procedure{URI: procedure}, opts, func(ctx context.Context, x *Exchange) error {
		var in Payload
		if err := x.In(&in); err != nil {
			return err
		}
		out, err := handler(ctx, in)
		return x.Out(&out, err)
	})
	return c.registerDynamic(ctx, h)
}

// RegisterStream is like [Client.Register] for a procedure with progressive
// results. Its invocations have workers of their own, see [Limits.Streams].
// Safe for concurrent use.
func (c *Client) RegisterStream(ctx context.Context, procedure string, handler func(context.Context, Payload, Sender[Payload]) (Payload, error), opts ...RegisterOption) (*Registration, error) {
	self := func(p *Payload) codec.Value { return p }
	h := Handle(&Procedure{URI: procedure, Stream: true}, opts, func(ctx context.Context, x *Exchange) error {
		var in Payload
		if err := x.In(&in); err != nil {
			return err
		}
		out, err := handler(ctx, in, NewSender(x, self))
		return x.Out(&out, err)
	})
	return c.registerDynamic(ctx, h)
}

// RegisterChunks is like [Client.Register] for a procedure whose callers send
// chunks behind their calls (specification "Progressive Call Invocations"). The
// first message is the in of handler, and each message after it is a chunk, except
// a last one without a payload. Only one loop over chunks may run at a time. Leaving
// it early does not end the invocation: the handler may answer before the last
// chunk. A later loop continues with the next chunk.
//
// If the invocation ends while handler waits for a chunk, or if a chunk does not
// fit, the last pair holds the error; it is the cause of the ctx, such as
// [ErrCanceled] or [ErrLost], or a [*ValueError]. The handler may return it. Up to
// 4 MiB of chunks wait for the handler, and half of [Limits.InboundBytes] for all
// handlers together. If there are more the invocation ends with [ErrOverflow], and
// its caller gets [ErrUnavailable]. See [WithChunkTimeout] for callers that send
// nothing.
//
// Invocations have workers of their own, see [Limits.Streams]. Safe for concurrent
// use.
func (c *Client) RegisterChunks(ctx context.Context, procedure string, handler func(ctx context.Context, in Payload, chunks iter.Seq2[Payload, error]) (Payload, error), opts ...RegisterOption) (*Registration, error) {
	self := func(p *Payload) codec.Value { return p }
	h := Handle(&Procedure{URI: procedure, Chunks: true}, opts, func(ctx context.Context, x *Exchange) error {
		var in Payload
		if err := x.In(&in); err != nil {
			return err
		}
		out, err := handler(ctx, in, NewChunks(x, self))
		return x.Out(&out, err)
	})
	return c.registerDynamic(ctx, h)
}

// RegisterBidi is like [Client.RegisterChunks] for a procedure that has progressive
// results too, as with [Client.RegisterStream]. Safe for concurrent use.
func (c *Client) RegisterBidi(ctx context.Context, procedure string, handler func(ctx context.Context, in Payload, chunks iter.Seq2[Payload, error], out Sender[Payload]) (Payload, error), opts ...RegisterOption) (*Registration, error) {
	self := func(p *Payload) codec.Value { return p }
	h := Handle(&Procedure{URI: procedure, Stream: true, Chunks: true}, opts, func(ctx context.Context, x *Exchange) error {
		var in Payload
		if err := x.In(&in); err != nil {
			return err
		}
		out, err := handler(ctx, in, NewChunks(x, self), NewSender(x, self))
		return x.Out(&out, err)
	})
	return c.registerDynamic(ctx, h)
}

// registerDynamic registers one procedure without a schema.
func (c *Client) registerDynamic(ctx context.Context, h Handler) (*Registration, error) {
	h.dynamic = true
	rs, err := Register(ctx, c, h)
	if err != nil {
		return nil, err
	}
	return rs.list[0], nil
}
