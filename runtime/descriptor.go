package wamp

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// GeneratedCodeV2 is the handshake between generated code and this runtime. If
// the compiler does not find it, the two are of different versions: run
// go get github.com/wampgen/wampgen@latest and generate again. The number changes
// only together with what generated code needs of the runtime. For generated code.
const GeneratedCodeV2 = true

// This file is the whole contract with generated code. None of it has a type
// parameter for a payload but what hands a payload to the user's own function: a
// payload is a [codec.Value], and a Table says how the value becomes the payload.

// ValueError is a value that does not fit its type in the schema, or that cannot
// be sent: where it is, what it does not meet, what was expected and what was
// found. Its text holds no value.
type ValueError = codec.ValueError

// Procedure describes one procedure. For generated code.
type Procedure struct {
	// URI is the procedure's URI.
	URI string
	// Timeout bounds a call, 0 for none; the option Timeout replaces it.
	Timeout time.Duration
	// Idempotent means that a call may be sent again after a lost session.
	Idempotent bool
	// In and Out say how the values of a call and a result become payloads: nil
	// if they do that themselves, codec.Spread, or the Table of one parameter.
	In, Out *codec.Table
	// Errors are the declared errors.
	Errors []DeclaredError
}

// Topic describes one topic. For generated code.
type Topic struct {
	// URI is the topic's URI.
	URI string
	// History means that the schema promises an event history.
	History bool
	// Payload says how the value of an event becomes a payload, as In of a
	// Procedure.
	Payload *codec.Table
}

// DeclaredError is a declared error of a procedure. For generated code.
type DeclaredError struct {
	// URI names the error on the wire.
	URI string
	// New returns an error of the generated type, to be decoded into.
	New func() TypedError
}

// TypedError is what generated errors implement. For generated code.
type TypedError interface {
	error
	// ErrorURI is the URI on the wire.
	ErrorURI() string
	// CodeWAMP codes the payload.
	codec.Value
}

// DecodeError reads v from the payload of an ERROR message, such as that of an
// *Error. For generated code.
func DecodeError(p *Payload, v codec.Value) error {
	var e codec.Encoder
	e.Reset(codec.CBOR, nil)
	n := e.Payload(p, nil)
	if err := e.Err(); err != nil {
		return err
	}
	var parts, d codec.Decoder
	parts.Start(codec.Raw{Format: codec.CBOR, Data: e.Bytes()}, "")
	var raw codec.Payload
	if n > 0 {
		raw.Args = parts.Raw()
	}
	if n > 1 {
		raw.Kwargs = parts.Raw()
	}
	d.Payload(raw, v, nil, codec.Lenient)
	return d.Err()
}

// Call calls a procedure and waits for its result, for ctx, or for the timeout
// (specification "Calling and Invocations"). While there is no session it waits for
// one, see FailFast. A call with Idempotent set is sent again after a lost session,
// nine times in all, since it may be what ends the sessions; but twice only where a
// message was too large for one side. in and out are nil if the procedure has no
// input or no result; out is set if the call succeeds.
//
// Errors, to be found with errors.As and errors.Is: the generated error types that
// the procedure declares, *Error for any other answer of a peer, a *ValueError for
// a payload that does not fit, ErrLost when the session ended in between,
// ErrNotReady, ErrTooLarge, ErrOverflow, ErrUnsupported, ErrClosed, and the error of
// ctx. All but the generated ones name the procedure. For generated code; use
// Client.Call without a schema. Safe for concurrent use.
func Call(ctx context.Context, c *Client, p *Procedure, in, out codec.Value, opts ...CallOption) error {
	if len(c.cfg.interceptors) == 0 {
		return named("call", p.URI, c.call(ctx, p, in, out, opts))
	}
	return c.intercept(ctx, Operation{Kind: OperationCall, URI: p.URI}, func(ctx context.Context) error {
		return named("call", p.URI, c.call(ctx, p, in, out, opts))
	})
}

// Exchange is one invocation of a procedure of ours, with its input and its
// result. For generated code.
type Exchange struct {
	client    *Client
	procedure *Procedure
	payload   codec.Payload
	result    *session.Buffer
	dec       codec.Decoder
}

var exchanges = sync.Pool{New: func() any { return new(Exchange) }}

// Handle joins a procedure and what serves it: serve reads the input of an
// [Exchange], calls the user's function and writes the result. Input that does not
// fit is answered with ErrInvalidArgument. An error of the user's function goes to
// the caller in full if it is, or wraps, an error type that the procedure declares
// or an *Error that the function made itself; errors of nested calls do with Relay.
// Of any other, and of a panic, the caller learns only ErrRuntime, see
// WithErrorText. For generated code.
//
//go:noinline
func Handle(p *Procedure, opts []RegisterOption, serve func(context.Context, *Exchange) error) Handler {
	h := Handler{uri: p.URI, answers: answers{errors: p.Errors}}
	for _, o := range opts {
		o.applyRegister(&h.config)
	}
	h.serve = func(ctx context.Context, c *Client, raw codec.Payload, b *session.Buffer) error {
		x := exchanges.Get().(*Exchange)
		x.client, x.procedure, x.payload, x.result = c, p, raw, b
		defer x.release()
		return serve(ctx, x)
	}
	return h
}

// release ends the use of what was decoded.
func (x *Exchange) release() {
	x.client.memory.Give(x.dec.Held())
	*x = Exchange{}
	exchanges.Put(x)
}

// In reads the input into v; nil if the procedure has none.
//
//go:noinline
func (x *Exchange) In(v codec.Value) error {
	x.client.limit(&x.dec)
	x.dec.Payload(x.payload, v, x.procedure.In, codec.Input)
	if err := x.dec.Err(); err != nil {
		return &invalidArgument{err}
	}
	return nil
}

// Out writes the result unless err is set, which it returns then. v is nil if the
// procedure has no result.
//
//go:noinline
func (x *Exchange) Out(v codec.Value, err error) error {
	if err != nil {
		return err
	}
	if err := x.result.Finish(x.result.Enc.Payload(v, x.procedure.Out)); err != nil {
		return fmt.Errorf("wamp: result of %s: %w", x.procedure.URI, err)
	}
	return nil
}

// Publish publishes an event (specification "Publishing and Events"). It returns
// when the event is queued for writing, waiting for room under ctx, or with
// Acknowledge when the broker has taken it; an acknowledged publish whose answer was
// lost fails with ErrLost and is never repeated. Without a session it fails with
// ErrNotReady, see WithPublishBuffer. Events of one goroutine leave in its order.
//
// Other errors: an *Error with which the broker refused an acknowledged publish,
// ErrTooLarge, ErrOverflow, ErrUnsupported, ErrClosed, and the error of ctx. For
// generated code; use Client.Publish without a schema. Safe for concurrent use.
func Publish(ctx context.Context, c *Client, t *Topic, event codec.Value, opts ...PublishOption) error {
	if len(c.cfg.interceptors) == 0 {
		return named("publish", t.URI, c.send(ctx, t, event, opts))
	}
	return c.intercept(ctx, Operation{Kind: OperationPublish, URI: t.URI}, func(ctx context.Context) error {
		return named("publish", t.URI, c.send(ctx, t, event, opts))
	})
}

// Payloaded is a pointer to a payload of type T. For generated code.
type Payloaded[T any] interface {
	*T
	codec.Value
}

// Subscribe subscribes to a topic; f gets its events one at a time, in order, on a
// goroutine of its own (specification "Subscribing and Unsubscribing"). The
// subscription is restored on every later session. It waits for a session; ctx
// bounds the subscribing only. The ctx of f ends when the client is closed, with the
// cause ErrClosed, and outlives sessions. An error of f, or an event that does not
// decode, is logged and counted and ends nothing.
//
// Errors: what the router answered as *Error, ErrInvalidURI, ErrUnsupported, ErrLost
// after nine sessions that ended over it, ErrClosed, and the error of ctx. For
// generated code; use Client.Subscribe without a schema. Safe for concurrent use.
func Subscribe[T any, P Payloaded[T]](ctx context.Context, c *Client, t *Topic, f func(context.Context, T) error, opts ...SubscribeOption) (*Subscription, error) {
	return c.subscribe(ctx, t, opts, func(ctx context.Context, r *reading) error {
		var ev T
		if err := r.read(P(&ev)); err != nil {
			return err
		}
		return f(ctx, ev)
	})
}

// Events subscribes to a topic and ranges over its events. The subscription lasts as
// long as the loop: it ends when the loop is left, or with an error as the last pair:
// that of Subscribe, the error of ctx, ErrRevoked or ErrClosed. With ErrRevoked, and
// when [Client.Drain] ends it, the loop has had all events that had arrived. Events
// that it does not take in time are bounded as [Mailbox] says, see [SubscriptionTo];
// one that does not decode is left out and logged. Every loop subscribes anew. For
// generated code.
func Events[T any, P Payloaded[T]](ctx context.Context, c *Client, t *Topic, opts ...SubscribeOption) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		next, stop := make(chan T), make(chan struct{})
		sub, err := Subscribe[T, P](ctx, c, t, func(ctx context.Context, ev T) error {
			select {
			case next <- ev:
			case <-stop:
			case <-ctx.Done():
			}
			return nil
		}, opts...)
		if err != nil {
			yield(zero, err)
			return
		}
		defer sub.leave(ctx, stop)
		for {
			select {
			case ev := <-next:
				if !yield(ev, nil) {
					return
				}
				continue
			case <-sub.box.Drained():
				err = sub.Err()
			case <-ctx.Done():
				err = ctx.Err()
			case <-c.closing():
				err = c.endError()
			}
			yield(zero, err)
			return
		}
	}
}
