package wamp

import (
	"context"
	"errors"

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
type handlerFunc func(ctx context.Context, c *Client, in codec.Payload, b *session.Buffer) error

// Registration is one procedure that this client implements, on every session
// until Unregister. [Client.Register] and [Register] make it; the zero value is of no use. It is
// safe for concurrent use.
type Registration struct {
	*intent
	answers
	handler handlerFunc
	lane    *dispatch.Lane
}

func newRegistration(c *Client, h Handler) *Registration {
	r := &Registration{answers: h.answers, handler: h.serve, lane: c.lane}
	if h.config.concurrency > 0 {
		r.lane = dispatch.NewLane(c.pool, h.config.concurrency, c.cfg.limits.Waiting, true)
	}
	r.intent = &intent{
		client: c, kind: core.MsgRegister, uri: h.uri, config: h.config, owner: r, done: make(chan struct{}),
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
	return named("unregister", r.uri, r.withdraw(ctx, true))
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

// Registrations are the procedures of one [Register]; the zero value holds none. Safe
// for concurrent use.
type Registrations struct{ list []*Registration }

// Close unregisters all of them and waits for the router as long as one
// handshake may take. It is idempotent.
func (r *Registrations) Close() error {
	if len(r.list) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), r.list[0].client.cfg.handshake)
	defer cancel()
	return r.Unregister(ctx)
}

// Unregister unregisters all of them and waits for the router's word under ctx.
func (r *Registrations) Unregister(ctx context.Context) error {
	if len(r.list) == 0 {
		return nil
	}
	var its []*intent
	for _, reg := range r.list {
		its = append(its, reg.intent)
	}
	return errors.Join(r.list[0].client.withdrawAll(ctx, its)...)
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
		return &Registrations{}, nil
	}
	var rs *Registrations
	err := c.intercept(ctx, Operation{Kind: OperationRegister, URI: handlers[0].uri}, func(ctx context.Context) error {
		rs = &Registrations{} // anew: an interceptor may try more than once
		var its []*intent
		for _, h := range handlers {
			r := newRegistration(c, h)
			rs.list = append(rs.list, r)
			its = append(its, r.intent)
		}
		return c.install(ctx, its)
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
// own, beside others of the same procedure, see Concurrency; its ctx ends when the
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
