package wamp

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// Registration is one procedure that this client implements. It is restored on
// every session until it ends. [Client.Register] and [Register] make one; the
// zero value is not usable. It is safe for concurrent use.
type Registration struct {
	*intent
	callee *callee
	group  *Registrations
}

func newRegistration(c *intents, h Handler) *Registration {
	r := &Registration{intent: &intent{
		common: c.common, kind: core.MsgRegister, uri: h.uri, config: h.config, done: make(chan struct{}),
	}}
	r.owner = r
	r.callee = &callee{intent: r.intent, intents: c, answers: h.answers, taking: h.taking, handler: h.serve, lane: c.lane}
	switch {
	case h.config.concurrency > 0:
		r.callee.lane = dispatch.NewLane(c.pool, h.config.concurrency, c.cfg.limits.Waiting, true)
	case h.stream:
		r.callee.lane = c.streams
	case h.config.priority == PriorityHigh:
		r.callee.lane = c.urgent
	}
	return r
}

func (r *Registration) request(ctx context.Context, s *session.Session, w *session.Waiter) session.Pending {
	return s.Register(ctx, w, r.callee, r.uri, r.intent.options(s.Features()))
}

func (r *Registration) handle() any { return r.callee }

func (r *Registration) ended() { r.group.ended() }

func (r *Registration) hold(*session.Session) {}

func (r *Registration) behind() bool { return false }

func (r *Registration) resume(context.Context, *session.Session, uint64, bool) error { return nil }

// Procedure returns the URI or pattern that was registered.
func (r *Registration) Procedure() string { return r.uri }

// Unregister ends the registration and waits for the router's reply
// (specification "Registering and Unregistering"). Running invocations finish,
// and so do those that the router had sent before it read the request. It is
// idempotent; without a session it returns at once. Errors: the router's answer
// as an [*Error], and the error of ctx. The registration has ended in every
// case.
func (r *Registration) Unregister(ctx context.Context) error {
	return named("unregister", r.uri, r.callee.intents.withdraw(ctx, r.intent, true))
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
	return errors.Join(r.list[0].callee.intents.withdrawAll(ctx, r.intents())...)
}

// discard takes back what the user does not get: an interceptor refused it after all.
// It does nothing for nil.
func (r *Registrations) discard() {
	if r == nil {
		return
	}
	for _, reg := range r.list {
		_ = reg.callee.intents.withdraw(context.Background(), reg.intent, false) // no reply is awaited
	}
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
