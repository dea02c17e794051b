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

// callee is a registration as its sessions see it.
type callee struct {
	*intent
	intents *intents
	answers
	taking
	handler handlerFunc
	lane    *dispatch.Lane
}

// taking says what a procedure takes besides calls.
type taking struct {
	chunks     bool // it takes chunks
	firstChunk bool // the first message is one
}

// handlerFunc decodes the input, runs the user's function and encodes the
// result into b.
type handlerFunc func(ctx context.Context, inv *invocation, b *session.Buffer) error

// invocation is one call of a procedure of ours: its input, its ctx, its turn
// in the lane and its one answer.
type invocation struct {
	context.Context
	end      context.CancelCauseFunc
	session  *session.Session
	callee   *callee
	request  uint64
	payload  codec.Payload
	details  codec.Raw
	sealed   bool // it came in payload passthru mode, and was opened
	turn     dispatch.Turn
	result   *session.Buffer // what the handler gave
	progress atomic.Int64    // the size of the progressive results that it sent
	timer    *time.Timer     // of the timeout that the dealer left to us; nil if there is none
	input    *input          // nil if the procedure has no chunks
	unwanted bool            // it has chunks that the procedure does not take
}

// Invoke makes an invocation.
func (h *callee) Invoke(s *session.Session, m *core.Message, last bool) session.Invocation {
	inv := &invocation{
		session: s, callee: h, request: m.Request,
		payload: m.Body(), details: m.Details,
	}
	h.common.counters.invocations.Add(1)
	inv.Context, inv.end = context.WithCancelCause(h.common.handlers)
	if !h.chunks {
		inv.unwanted = !last
		return inv
	}
	inv.input = newInput(m, last, h.common.pool, &inv.turn, func() { inv.end(errChunkOverflow{}) })
	if h.firstChunk && !inv.input.empty {
		h.common.counters.chunks.Add(1)
	}
	return inv
}

// Revoked ends the registration at the router's wish (R208).
func (h *callee) Revoked(reason string) {
	if h.intents.revoked(h.intent, reason) {
		h.common.cfg.log.Warn("wamp: registration revoked", "procedure", h.uri, "reason", peertext.Line(reason))
	}
}

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
	inv.callee.lane.Submit(inv, inv.callee.uri, size)
}

// Continue takes a further message of the caller.
func (inv *invocation) Continue(m *core.Message, size int, last bool) {
	in := inv.input
	if in == nil {
		return // it was refused
	}
	if p := m.Body(); !last || !noPayload(p) {
		inv.callee.common.counters.chunks.Add(1)
		in.total.Add(payloadSize(p))
		in.inlet.Offer(p, size)
	}
	if last {
		in.inlet.Finish()
	}
}

// refuseParts answers a caller that wants to send chunks to a procedure without
// any. Nothing has run.
func (inv *invocation) refuseParts() {
	defer inv.end(nil)
	b := inv.session.Buffer()
	text := "the procedure takes no progressive invocations"
	_ = b.Finish(b.Enc.Payload(&Payload{Args: []any{text}}, nil)) // always encodable
	inv.callee.common.counters.invocationErrors.add(ErrFeatureNotSupported.URI)
	inv.session.Refuse(inv.request, ErrFeatureNotSupported.URI, b)
}

// Interrupt ends the handler's ctx: the caller or the router cancelled it.
func (inv *invocation) Interrupt(reason string) { inv.end(interruption(reason)) }

// Lose ends the handler's ctx: the session is over. If that is so because the
// client has ended, its reason is the cause.
func (inv *invocation) Lose() {
	inv.end(cmp.Or(context.Cause(inv.callee.common.handlers), ErrLost))
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

// timeout is what the dealer left to us to enforce (R184, R186), 0 for none.
func (inv *invocation) timeout() time.Duration {
	d := core.Message{Details: inv.details}
	ms := min(d.DetailUint("timeout"), uint64(math.MaxInt64/time.Millisecond))
	return time.Duration(ms) * time.Millisecond
}

// handle runs the handler through the interceptors.
func (inv *invocation) handle(b *session.Buffer) error {
	c := inv.callee.common
	if len(c.cfg.interceptors) == 0 {
		return inv.callee.handler(inv, inv, b)
	}
	op := &Operation{
		Kind: OperationInvocation, URI: inv.callee.uri, Template: inv.callee.config.template,
		Roles: inv.callee.config.roles, keyword: inv.callee.config.metadata,
		Attempt: 1, BytesIn: payloadSize(inv.payload), Passthru: passthruOf(inv.details),
		received: func() (kwargs, details codec.Raw) { return inv.payload.Kwargs, inv.details },
		errorURI: func(err error) string { return inv.callee.answers.errorURI(inv, err) },
	}
	op.onSession(inv.session)
	op.concrete("procedure", inv.callee.config.match)
	return c.cfg.interceptors.run(inv, op, func(ctx context.Context) error {
		b.Begin(b.Enc.Format()) // an interceptor may try more than once
		err := inv.callee.handler(ctx, inv, b)
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

// openFirst opens the payload of an invocation. The handler has yet to begin, which
// may use sealed on many goroutines.
func (inv *invocation) openFirst() {
	sealed := inv.payload.Err == core.ErrSealed
	inv.payload = inv.open(inv.payload)
	inv.sealed = sealed && inv.payload.Err == nil
}

// open opens the payload of an invocation, or of a further part of it, which
// comes without the attributes of the first (R258).
func (inv *invocation) open(p codec.Payload) codec.Payload {
	if inv.sealed && p.Err == nil {
		p.Err = core.ErrSealed
	}
	h := inv.callee
	return h.common.open(inv, p, inv.details, PassthruCall, inv.procedure(), h.config.passthruOnly)
}

// procedure is the URI that was called, or the pattern if the router does not
// send it.
func (inv *invocation) procedure() string {
	return concrete(inv.details, "procedure", inv.callee.uri)
}

// encode writes a result or error into b: as the registration says, or else as
// the invocation came. What says nothing is not sealed as an error: it may be
// the answer to what cannot be opened.
func (inv *invocation) encode(b *session.Buffer, v content, kind PassthruKind) error {
	h := inv.callee
	var m *PassthruMessage
	switch {
	case kind == PassthruError && (v.value == nil || inv.payload.Err != nil):
	case h.config.passthru != nil:
		m = h.config.passthru.message(kind, inv.procedure())
	case inv.sealed:
		p := passthruOf(inv.details)
		m = p.message(kind, inv.procedure())
	}
	return h.common.encode(inv, b, v, m)
}
