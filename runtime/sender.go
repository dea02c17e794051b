package wamp

import (
	"context"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// Sender sends progressive results of type T from the handler of an invocation
// to its caller (specification "Progressive Call Results"). It is safe for
// concurrent use until the handler returns. Package wamptest has a Sender for
// tests. New methods may be added.
type Sender[T any] interface {
	// Send queues one progressive result for writing; while the queue of the
	// client is full it waits. It does nothing if the caller did not ask for
	// progressive results.
	//
	// After the end of the invocation it sends nothing and returns the cause of
	// the handler's ctx, such as [ErrCanceled]; the handler may return that error.
	// Other errors are a [*ValueError] and [ErrTooLarge]; the invocation continues
	// after them.
	Send(progress T) error
	// Wanted reports whether the caller asked for progressive results. If not, a
	// handler need not produce them.
	Wanted() bool
}

// For generated code. NewSender returns the [Sender] of an invocation. value
// returns the [codec.Value] that codes a progressive result.
func NewSender[T any](x *Exchange, value func(*T) codec.Value) Sender[T] {
	d := core.Message{Details: x.inv.details}
	return &sender[T]{progressing{x.inv, x.procedure, d.DetailBool("receive_progress")}, value}
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
	if err := inv.encode(b, content{v, p.procedure.Progress, nil}, PassthruResult); err != nil {
		return encodeError("progressive result", p.procedure.URI, err)
	}
	size := int64(b.Size()) // the writer gets b
	queued, err := inv.session.Progress(inv, inv.request, b)
	switch {
	case queued:
		inv.progress.Add(size)
		if inv.input != nil {
			inv.input.noteSent()
		}
		inv.callee.common.counters.progressSent.Add(1)
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
