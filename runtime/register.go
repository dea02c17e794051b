package wamp

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// Handler is a procedure together with the function that implements it, ready
// to be given to Register, which refuses the zero value. For generated code, which
// makes them with Handle.
type Handler struct {
	uri    string
	config intentConfig
	serve  handlerFunc
	answers
}

// answers says which errors of a handler its caller gets in full.
type answers struct {
	errors  []DeclaredError // declared
	dynamic bool            // there is no schema that could declare any
}

// handlerFunc decodes the input, runs the user's function and encodes the
// result into b.
type handlerFunc func(ctx context.Context, c *common, in codec.Payload, b *session.Buffer) error

// Registration is one procedure that this client implements, on every session
// until Unregister. [Client.Register] and [Register] make it; the zero value is of no use. It is
// safe for concurrent use.
type Registration struct {
	*intent
	intents *intents
	group   *Registrations
	answers
	handler handlerFunc
	lane    *dispatch.Lane
}

func newRegistration(c *intents, h Handler) *Registration {
	r := &Registration{intents: c, answers: h.answers, handler: h.serve, lane: c.lane}
	if h.config.concurrency > 0 {
		r.lane = dispatch.NewLane(c.pool, h.config.concurrency, c.cfg.limits.Waiting, true)
	}
	r.intent = &intent{
		common: c.common, kind: core.MsgRegister, uri: h.uri, config: h.config, owner: r, done: make(chan struct{}),
	}
	return r
}

// Procedure returns the URI or pattern that was registered.
func (r *Registration) Procedure() string { return r.uri }

// Unregister takes the procedure back and waits for the router's word (specification
// "Registering and Unregistering"). Running invocations finish, and so do those that
// the router had sent before it read the request. It is idempotent; without a
// session it returns at once. Errors: the router's as *Error, the error of ctx; the
// procedure is not restored all the same.
func (r *Registration) Unregister(ctx context.Context) error {
	return named("unregister", r.uri, r.intents.withdraw(ctx, r.intent, true))
}

// Done is closed when the registration has ended: by Unregister, with the
// client, or because the router revoked it (specification "Registration
// Revocation"); Err tells which.
func (r *Registration) Done() <-chan struct{} { return r.done }

// Err is why the registration ended: ErrClosed after Unregister or with the client,
// together with why the client ended by itself; ErrRevoked when the router took it;
// an error that names it when session after session ended while it was restored,
// which is ErrTooLarge where a retained event was beyond the read limit; nil before.
func (r *Registration) Err() error { return r.reason() }

// Registrations are the procedures of one [Register]. The zero value is not
// usable. It is safe for concurrent use.
type Registrations struct {
	list []*Registration
	left atomic.Int64 // that have not ended
	done chan struct{}
}

func newRegistrations(c *intents, handlers []Handler) *Registrations {
	rs := &Registrations{done: make(chan struct{})}
	rs.left.Store(int64(len(handlers)))
	for _, h := range handlers {
		r := newRegistration(c, h)
		r.group = rs
		rs.list = append(rs.list, r)
	}
	if len(handlers) == 0 {
		close(rs.done)
	}
	return rs
}

// ended notes that one of them has ended.
func (r *Registrations) ended() {
	if r.left.Add(-1) == 0 {
		close(r.done)
	}
}

// Unregister unregisters all of them and waits for the router's word under ctx. It
// is idempotent. The errors are those of [Registration.Unregister], joined.
func (r *Registrations) Unregister(ctx context.Context) error {
	if len(r.list) == 0 {
		return nil
	}
	return errors.Join(r.list[0].intents.withdrawAll(ctx, r.intents())...)
}

func (r *Registrations) intents() []*intent {
	var its []*intent
	for _, reg := range r.list {
		its = append(its, reg.intent)
	}
	return its
}

// Done is closed when all of them have ended, see [Registration.Done].
func (r *Registrations) Done() <-chan struct{} { return r.done }

// Err returns why they ended, see [Registration.Err]: the first reason other than
// [ErrClosed], otherwise that; nil while one is left.
func (r *Registrations) Err() error {
	if r.left.Load() > 0 {
		return nil
	}
	var closed error
	for _, reg := range r.list {
		switch err := reg.Err(); {
		case err == nil:
		case err == ErrClosed:
			closed = err
		default:
			return err
		}
	}
	return closed
}

// All returns the registrations in the order of the handlers.
func (r *Registrations) All() []*Registration { return append([]*Registration(nil), r.list...) }

// Register registers procedures, all or none, and restores them on every later session
// (specification "Registering and Unregistering"). It waits for a session; ctx bounds
// the registering only. Errors, which name the procedure: what the router answered
// as *Error, such as ErrProcedureAlreadyExists; ErrInvalidURI, ErrUnsupported,
// ErrLost after nine sessions that ended over it, ErrClosed, and the error of ctx.
// For generated code; use Client.Register without a schema. Safe for concurrent use.
func Register(ctx context.Context, c *Client, handlers ...Handler) (*Registrations, error) {
	if len(handlers) == 0 {
		return newRegistrations(c.intents, nil), nil
	}
	var rs *Registrations
	err := c.cfg.interceptors.run(ctx, &Operation{Kind: OperationRegister, URI: handlers[0].uri}, func(ctx context.Context) error {
		rs = newRegistrations(c.intents, handlers) // anew: an interceptor may try more than once
		return c.intents.install(ctx, rs.intents())
	})
	if err == nil && rs == nil {
		err = errSkipped
	}
	if err != nil {
		return nil, named("register", handlers[0].uri, err)
	}
	return rs, nil
}

// Register registers a procedure with dynamic values and restores it on every later
// session; errors are those of the function Register. What becomes of the handler's own is said at
// Handle, but a generated error type that it returns goes to the caller in full
// although nothing declares it. ctx bounds the registering only. The handler runs on a goroutine of its
// own, beside others of the same procedure, see [WithConcurrency]; its ctx ends when the
// caller cancels, a forwarded timeout passes, the session is lost or the client is
// closed; context.Cause tells which: ErrCanceled, ErrTimeout, ErrLost or ErrClosed.
// Safe for concurrent use.
func (c *Client) Register(ctx context.Context, procedure string, handler func(context.Context, Payload) (Payload, error), opts ...RegisterOption) (*Registration, error) {
	h := Handle(&Procedure{URI: procedure}, opts, func(ctx context.Context, x *Exchange) error {
		var in Payload
		if err := x.In(&in); err != nil {
			return err
		}
		out, err := handler(ctx, in)
		return x.Out(&out, err)
	})
	h.dynamic = true
	rs, err := Register(ctx, c, h)
	if err != nil {
		return nil, err
	}
	return rs.list[0], nil
}

// Exchange is one invocation of a procedure of ours, with its input and its
// result. For generated code.
type Exchange struct {
	common    *common
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
	h.serve = func(ctx context.Context, c *common, raw codec.Payload, b *session.Buffer) error {
		x := exchanges.Get().(*Exchange)
		x.common, x.procedure, x.payload, x.result = c, p, raw, b
		defer x.release()
		return serve(ctx, x)
	}
	return h
}

// release ends the use of what was decoded.
func (x *Exchange) release() {
	x.common.memory.Give(x.dec.Held())
	*x = Exchange{}
	exchanges.Put(x)
}

// In reads the input into v; nil if the procedure has none.
//
//go:noinline
func (x *Exchange) In(v codec.Value) error {
	x.common.limit(&x.dec)
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
