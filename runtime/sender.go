package wamp

import (
	"context"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// Sender sends the progressive results of an invocation, of type T, from its
// handler to the caller (specification "Progressive Call Results"). It may be
// used by many goroutines, until the handler returns. wamptest has a Sender for
// tests. New methods may be added.
type Sender[T any] interface {
	// Send queues one progressive result and returns; it does nothing if the
	// caller does not want any. It waits while the queue of the client is full.
	// When the invocation has ended it sends nothing and returns the cause of the
	// handler's ctx, such as [ErrCanceled]; a handler may return that error. The
	// other errors are that of a value that cannot be encoded and [ErrTooLarge];
	// the invocation goes on after them.
	Send(progress T) error
	// Wanted reports whether the caller asked for progressive results, so that a
	// handler need not make them in vain.
	Wanted() bool
}

// NewSender returns the sender of an invocation; value makes what codes a
// progressive result. For generated code.
func NewSender[T any](x *Exchange, value func(*T) codec.Value) Sender[T] {
	d := core.Message{Details: x.inv.details}
	return &sender[T]{progressing{x.inv, x.procedure, d.DetailBool("receive_progress")}, value}
}

// RegisterStream registers a procedure with progressive results and dynamic
// values, as [Client.Register] does one without. Its invocations run beside
// those of other procedures, see Limits.Streams. Safe for concurrent use.
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

// sender is a [progressing] with its type.
type sender[T any] struct {
	progressing
	value func(*T) codec.Value
}

// Send implements [Sender].
func (s *sender[T]) Send(progress T) error {
	if !s.wanted {
		return nil
	}
	return s.send(s.value(&progress))
}

// progressing sends the progressive results of an invocation.
type progressing struct {
	inv       *invocation
	procedure *Procedure
	wanted    bool
}

// Wanted implements [Sender].
func (p *progressing) Wanted() bool { return p.wanted }

func (p *progressing) send(v codec.Value) error {
	inv := p.inv
	if inv.Err() != nil {
		return context.Cause(inv)
	}
	b := inv.session.Buffer()
	if err := b.Finish(b.Enc.Payload(v, p.procedure.Progress)); err != nil {
		return encodeError("progressive result", p.procedure.URI, err)
	}
	queued, err := inv.session.Progress(inv, inv.request, b)
	switch {
	case queued:
		if inv.timer != nil {
			inv.timer.Reset(inv.timeout()) // it bounds the gaps (R185)
		}
		return nil
	case inv.Err() != nil:
		return context.Cause(inv)
	case session.Gone(err):
		return ErrLost
	case err != nil:
		return named("progressive result of", p.procedure.URI, err)
	}
	return ErrCanceled // its INTERRUPT is on the way to the handler (R181)
}
