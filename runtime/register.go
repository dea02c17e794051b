package wamp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// For generated code. Handler is a procedure together with the function that
// implements it. [Handle] makes one and [Register] takes it. The zero value is
// not usable.
type Handler struct {
	*handling // apart, so that generated code, which passes many Handlers on, stays small
}

type handling struct {
	uri    string
	config intentConfig
	stream bool // it has progressive results, or chunks
	serve  handlerFunc
	answers
	taking
}

// taking says what a procedure takes besides calls.
type taking struct {
	chunks     bool // it takes chunks
	firstChunk bool // the first message is one
}

// answers says which errors of a handler its caller gets in full.
type answers struct {
	errors  []DeclaredError // declared
	dynamic bool            // there is no schema that could declare any
}

// handlerFunc decodes the input, runs the user's function and encodes the
// result into b.
type handlerFunc func(ctx context.Context, inv *invocation, b *session.Buffer) error

// Registration is one procedure that this client implements. It is restored on
// every session until it ends. [Client.Register] and [Register] make one; the
// zero value is not usable. It is safe for concurrent use.
type Registration struct {
	*intent
	intents *intents
	group   *Registrations
	answers
	taking
	handler handlerFunc
	lane    *dispatch.Lane
}

func newRegistration(c *intents, h Handler) *Registration {
	r := &Registration{intents: c, answers: h.answers, taking: h.taking, handler: h.serve, lane: c.lane}
	switch {
	case h.stream:
		r.lane = c.streams
	case h.config.priority == PriorityHigh:
		r.lane = c.urgent
	}
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

// Unregister ends the registration and waits for the router's reply
// (specification "Registering and Unregistering"). Running invocations finish,
// and so do those that the router had sent before it read the request. It is
// idempotent; without a session it returns at once. Errors: the router's answer
// as an [*Error], and the error of ctx. The registration has ended in every
// case.
func (r *Registration) Unregister(ctx context.Context) error {
	return named("unregister", r.uri, r.intents.withdraw(ctx, r.intent, true))
}

// Done returns a channel that is closed when the registration has ended: by
// [Registration.Unregister], with the client, or because the router revoked it
// (specification "Registration Revocation"). [Registration.Err] returns the
// reason.
func (r *Registration) Done() <-chan struct{} { return r.done }

// Err returns why the registration has ended, or nil before. It is [ErrClosed]
// after [Registration.Unregister] and when the client has ended; if the client
// gave up by itself it also wraps [Client.Err]. It is [ErrRevoked] if the
// router revoked it, and wraps the router's reason as an [*Error] if there is
// one. If several sessions in a row were lost while the
// registration was being restored, the error names it and the cause.
func (r *Registration) Err() error { return r.reason() }

// Registrations are the procedures that one [Register] registered. The zero
// value is not usable. It is safe for concurrent use.
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

// Unregister unregisters all of them and waits for the router's replies under
// ctx. It is idempotent. It joins the errors of [Registration.Unregister].
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

// Done returns a channel that is closed when all of them have ended, see
// [Registration.Done].
func (r *Registrations) Done() <-chan struct{} { return r.done }

// Err returns why all of them have ended, see [Registration.Err]. It is the
// first reason that is not [ErrClosed], or else [ErrClosed]. It is nil while
// one is left.
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
		rs = newRegistrations(c.intents, handlers) // anew: an interceptor may try more than once
		return c.intents.install(ctx, rs.intents(), op)
	})
	if err == nil && rs == nil {
		err = errSkipped
	}
	if err != nil {
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

// registerDynamic registers one procedure without a schema.
func (c *Client) registerDynamic(ctx context.Context, h Handler) (*Registration, error) {
	h.dynamic = true
	rs, err := Register(ctx, c, h)
	if err != nil {
		return nil, err
	}
	return rs.list[0], nil
}

// For generated code. Exchange is one invocation of a procedure of this client,
// with its input and its result.
type Exchange struct {
	inv       *invocation
	procedure *Procedure
	result    *session.Buffer
	dec       codec.Decoder
	bad       error // what is wrong with the URI
}

var exchanges = sync.Pool{New: func() any { return new(Exchange) }}

// For generated code. Handle makes a [Handler]. serve decodes the input of an
// [Exchange], calls the user's function and encodes the result. Input that does
// not fit is answered with [ErrInvalidArgument].
//
// The caller gets an error of the user's function in full if it is, or wraps,
// an error type that the procedure declares or an [*Error] that the function
// made itself. It gets the error of a nested call only with [Relay], and
// [ErrRuntime] for everything else and for a panic, see [WithErrorText].
//
//go:noinline
func Handle(p *Procedure, opts []RegisterOption, serve func(context.Context, *Exchange) error) Handler {
	h := Handler{&handling{
		uri: p.URI, stream: p.Stream || p.Chunks, answers: answers{errors: p.Errors}, taking: taking{p.Chunks, p.FirstChunk},
	}}
	for _, list := range [...][]RegisterOption{p.Register, opts} {
		for _, o := range list {
			o.applyRegister(&h.config)
		}
	}
	h.config.roles, h.config.metadata = p.Roles, p.Metadata
	if p.Template {
		h.config.template = p.URI
		var match core.Match
		h.uri, match, h.config.bad = writeURI(p.URI, nil, true)
		h.config.matching(match)
	}
	h.serve = func(ctx context.Context, inv *invocation, b *session.Buffer) error {
		x := exchanges.Get().(*Exchange)
		x.inv, x.procedure, x.result = inv, p, b
		defer x.release()
		return serve(ctx, x)
	}
	return h
}

// release ends the use of what was decoded.
func (x *Exchange) release() {
	x.inv.registration.common.memory.Give(x.dec.Held())
	*x = Exchange{}
	exchanges.Put(x)
}

// In decodes the input into v, which is nil if the procedure has no input. It
// returns what was wrong in [Exchange.At] first.
//
//go:noinline
func (x *Exchange) In(v codec.Value) error {
	if x.bad != nil || x.procedure.FirstChunk {
		return x.bad
	}
	x.inv.registration.common.limit(&x.dec)
	x.dec.Payload(x.inv.payload, v, x.procedure.In, codec.Input)
	if err := x.dec.Err(); err != nil {
		return &invalidArgument{err}
	}
	return nil
}

// Out encodes the result v, which is nil if the procedure has no result. If err
// is not nil, Out only returns it.
//
//go:noinline
func (x *Exchange) Out(v codec.Value, err error) error {
	if err != nil {
		return err
	}
	if err := x.inv.encode(x.result, content{v, x.procedure.Out, nil}, PassthruResult); err != nil {
		return fmt.Errorf("wamp: result of %s: %w", x.procedure.URI, part{err})
	}
	return nil
}

// For generated code. At returns the handler of the one procedure whose URI has
// params. If a parameter cannot be part of a URI, registering fails with a
// [*URIError].
func (h Handler) At(params URIParams) Handler {
	at := *h.handling
	at.uri, _, at.config.bad = writeURI(at.config.template, params, false)
	at.config.options = slices.Clone(at.config.options) // those of h stay
	at.config.matching("")
	return Handler{&at}
}

// At reads the parameters of the URI that was called into params. They come
// from the registration or, with a pattern, from the procedure that the router
// names. [Exchange.In] returns the error if they are not valid.
func (x *Exchange) At(params URIParams) *Exchange {
	x.bad = x.locate(params)
	return x
}

func (x *Exchange) locate(params URIParams) error {
	r := x.inv.registration
	uri := r.uri
	if r.config.match != "" {
		d := core.Message{Details: x.inv.details}
		if uri = d.DetailText("procedure"); uri == "" {
			return fmt.Errorf("%w: pattern_based_registration: INVOCATION.Details has no procedure", ErrUnsupported)
		}
	}
	if err := readURI(x.procedure.URI, uri, params); err != nil {
		return &invalidArgument{err}
	}
	return nil
}
