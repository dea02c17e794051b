package wamp

import (
	"cmp"
	"context"
	"errors"
	"math"
	"sync/atomic"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/peertext"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// invocation is one call of a procedure of ours: its input, its ctx, its turn
// in the lane and its one answer.
type invocation struct {
	context.Context
	end          context.CancelCauseFunc
	session      *session.Session
	registration *Registration
	request      uint64
	payload      codec.Payload
	details      codec.Raw
	sealed       bool // it came in payload passthru mode, and was opened
	turn         dispatch.Turn
	result       *session.Buffer // what the handler gave
	progress     atomic.Int64    // the size of the progressive results that it sent
	timer        *time.Timer     // of the timeout that the dealer left to us; nil if there is none
	input        *input          // nil if the procedure has no chunks
	unwanted     bool            // it has chunks that the procedure does not take
}

// callee is a registration as its session sees it.
type callee struct{ r *Registration }

// Invoke makes an invocation.
func (h callee) Invoke(s *session.Session, m *core.Message, last bool) session.Invocation {
	inv := &invocation{
		session: s, registration: h.r, request: m.Request,
		payload: m.Body(), details: m.Details,
	}
	h.r.common.counters.invocations.Add(1)
	inv.Context, inv.end = context.WithCancelCause(h.r.common.handlers)
	if h.r.chunks {
		inv.input = newInput(inv, m, last)
	} else {
		inv.unwanted = !last
	}
	return inv
}

// Revoked ends the registration at the router's wish (R208).
func (h callee) Revoked(reason string) {
	if h.r.intents.revoked(h.r.intent, reason) {
		h.r.common.cfg.log.Warn("wamp: registration revoked", "procedure", h.r.uri, "reason", peertext.Line(reason))
	}
}

func (r *Registration) request(ctx context.Context, s *session.Session, w *session.Waiter) session.Pending {
	return s.Register(ctx, w, callee{r}, r.uri, r.intent.options(s.Features()))
}

func (r *Registration) handle() any { return callee{r} }

func (r *Registration) ended() { r.group.ended() }

func (r *Registration) hold(*session.Session) {}

func (r *Registration) behind() bool { return false }

func (r *Registration) resume(context.Context, *session.Session, uint64, bool) error { return nil }

// callInfoKey finds the invocation that a ctx belongs to.
type callInfoKey struct{}

// Value makes the invocation the ctx of its handler.
func (inv *invocation) Value(key any) any {
	switch key {
	case callInfoKey{}:
		return inv
	case dispatch.Key:
		return &inv.turn
	}
	return inv.Context.Value(key)
}

// Start puts the invocation into its lane.
func (inv *invocation) Start(size int) {
	if inv.unwanted {
		inv.refuseParts()
		return
	}
	inv.registration.lane.Submit(inv, inv.registration.uri, size)
}

// Interrupt ends the handler's ctx: the caller or the router cancelled it.
func (inv *invocation) Interrupt(reason string) { inv.end(interruption(reason)) }

// Lose ends the handler's ctx: the session is over. If that is so because the
// client has ended, its reason is the cause.
func (inv *invocation) Lose() {
	inv.end(cmp.Or(context.Cause(inv.registration.common.handlers), ErrLost))
}

// errOver stands for an invocation whose session was over before its turn came.
var errOver = errors.New("wamp: session is over")

// Turn returns the invocation's turn in its lane.
func (inv *invocation) Turn() *dispatch.Turn { return &inv.turn }

// Handle calls the handler. Nothing runs for a session that is over or for a
// caller that gave up while the invocation waited for its turn.
func (inv *invocation) Handle() error {
	select {
	case <-inv.session.Done():
		return errOver
	default:
	}
	if err := inv.Err(); err != nil {
		return err
	}
	if d := inv.timeout(); d > 0 {
		inv.timer = time.AfterFunc(d, func() { inv.end(ErrTimeout) })
		defer inv.timer.Stop()
	}
	inv.openFirst()
	inv.result = inv.session.Buffer()
	return inv.handle(inv.result)
}

// Settle answers.
func (inv *invocation) Settle(err error) {
	defer inv.end(nil)
	if inv.input != nil {
		inv.input.inlet.Close()
	}
	crash, crashed := err.(*dispatch.Crash)
	refused, full := err.(dispatch.Refused)
	n := &inv.registration.common.counters
	switch {
	case full:
		n.invocationErrors.add(ErrUnavailable.URI)
		inv.refuse(refused.After)
		return
	case err == errOver:
		n.invocationErrors.add(OtherErrors)
		return
	case crashed:
		inv.registration.common.logCrash("wamp: handler", crash, "procedure", inv.registration.uri)
		err = errPanicked
	case err == nil:
		err = inv.yield(inv.result)
	}
	if err != nil {
		inv.fail(err)
		return
	}
	n.answers.Add(1)
}

// The shortest and the longest retry_after_ms of a refused invocation.
const (
	leastAfter = 100 * time.Millisecond
	mostAfter  = 10 * time.Second
)

// refuse answers an invocation for which there is no room. It says when to call
// again: after the time that the first one in the queue has waited by now.
func (inv *invocation) refuse(after time.Duration) {
	ms := min(max(after, leastAfter), mostAfter).Milliseconds()
	b := inv.session.Buffer()
	_ = b.Finish(b.Enc.Payload(&Payload{Kwargs: map[string]any{retryAfterKey: ms}}, nil)) // always encodable
	inv.session.Refuse(inv.request, ErrUnavailable.URI, b)
}

// timeout is what the dealer left to us to enforce (R184, R186), 0 for none.
func (inv *invocation) timeout() time.Duration {
	d := core.Message{Details: inv.details}
	ms := min(d.DetailUint("timeout"), uint64(math.MaxInt64/time.Millisecond))
	return time.Duration(ms) * time.Millisecond
}

// handle runs the handler through the interceptors.
func (inv *invocation) handle(b *session.Buffer) error {
	c := inv.registration.common
	if len(c.cfg.interceptors) == 0 {
		return inv.registration.handler(inv, inv, b)
	}
	op := &Operation{
		Kind: OperationInvocation, URI: inv.registration.uri, Template: inv.registration.config.template,
		Roles: inv.registration.config.roles, keyword: inv.registration.config.metadata, kwargs: inv.payload.Kwargs,
		Attempt: 1, BytesIn: payloadSize(inv.payload), details: inv.details, Passthru: passthruOf(inv.details),
	}
	op.onSession(inv.session)
	op.concrete("procedure", inv.registration.config.match)
	return c.cfg.interceptors.run(inv, op, func(ctx context.Context) error {
		b.Begin(b.Enc.Format()) // an interceptor may try more than once
		err := inv.registration.handler(ctx, inv, b)
		op.BytesOut += inv.progress.Swap(0)
		if inv.input != nil {
			op.BytesIn += inv.input.total.Swap(0)
		}
		if err == nil && b.Whole() {
			op.BytesOut += int64(b.Size())
		}
		return err
	})
}

// errNoResult stands for the result that an interceptor did not let through.
var errNoResult = errors.New("wamp: an interceptor returned no error where the handler gave no result")

// yield queues the result; one that is too large becomes an error (R197).
func (inv *invocation) yield(b *session.Buffer) error {
	if !b.Whole() {
		return errNoResult
	}
	err := inv.session.Yield(inv.request, b)
	if errors.Is(err, ErrTooLarge) {
		return ErrPayloadSizeExceeded
	}
	return err
}

// fail queues the ERROR that a handler's error becomes (R194-R197). Where the
// router does not take it in full its URI goes alone; where that is no URI
// either it is a runtime error: every invocation is answered (R192).
func (inv *invocation) fail(err error) {
	uri, b := inv.failure(err)
	if !inv.failed(uri, b) && !inv.failed(uri, inv.empty()) {
		inv.failed(ErrRuntime.URI, inv.empty())
	}
}

// failed queues one ERROR; false when it cannot be sent like this.
func (inv *invocation) failed(uri string, b *session.Buffer) bool {
	r := inv.registration
	if err := inv.session.Fail(inv.request, uri, b); err != nil {
		r.common.cfg.log.Warn("wamp: error cannot be sent as it is", "procedure", r.uri, "reason", text(err))
		return false
	}
	r.common.counters.invocationErrors.add(countable(uri, r.declares(uri)))
	return true
}

// failure encodes what the caller learns of a handler's error.
func (inv *invocation) failure(err error) (uri string, b *session.Buffer) {
	b = inv.session.Buffer()
	uri, payload := inv.registration.translate(inv, err)
	if bad := inv.encode(b, content{payload, nil, nil}, PassthruError); bad != nil {
		inv.registration.common.cfg.log.Warn("wamp: payload of an error cannot be encoded",
			"procedure", inv.registration.uri, "reason", text(bad))
		b = inv.empty()
	}
	return uri, b
}

// empty is a payload of nothing, which is always encodable.
func (inv *invocation) empty() *session.Buffer {
	b := inv.session.Buffer()
	_ = b.Finish(0)
	return b
}
