package wamp

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
)

// invocation is one call of a procedure of ours: its input, its ctx, its turn in
// the lane and its one answer.
type invocation struct {
	context.Context
	end          context.CancelCauseFunc
	session      *session
	registration *Registration
	request      uint64
	payload      codec.Payload
	details      codec.Raw
	turn         dispatch.Turn
	result       *buffer // what the handler gave
}

func newInvocation(s *session, r *Registration, m *core.Message) *invocation {
	inv := &invocation{
		session: s, registration: r, request: m.Request,
		payload: m.Body(), details: m.Details,
	}
	inv.Context, inv.end = context.WithCancelCause(s.client.handlers)
	return inv
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

// cancel ends the handler's ctx.
func (inv *invocation) cancel(cause error) { inv.end(cause) }

// errOver stands for an invocation whose session was over before its turn came.
var errOver = errors.New("wamp: session is over")

// Turn returns the invocation's turn in its lane.
func (inv *invocation) Turn() *dispatch.Turn { return &inv.turn }

// Handle calls the handler. Nothing runs for a session that is over or for a
// caller that gave up while the invocation waited for its turn.
func (inv *invocation) Handle() error {
	s := inv.session
	select {
	case <-s.life.Done():
		return errOver
	default:
	}
	if err := inv.Err(); err != nil {
		return err
	}
	if d := inv.timeout(); d > 0 {
		t := time.AfterFunc(d, func() { inv.end(ErrTimeout) })
		defer t.Stop()
	}
	inv.result = s.client.getBuffer(s.link.Format)
	return inv.handle(inv.result)
}

// Settle answers.
func (inv *invocation) Settle(err error) {
	defer inv.end(nil)
	crash, crashed := err.(*dispatch.Crash)
	switch {
	case err == dispatch.ErrRefused:
		inv.refuse()
		return
	case err == errOver:
		return
	case crashed:
		inv.session.client.logCrash("wamp: handler", crash, slog.String("procedure", inv.registration.uri))
		err = errPanicked
	case err == nil:
		err = inv.yield(inv.result)
	}
	if err != nil {
		inv.fail(err)
	}
}

// refuse answers that there is no room. The reader calls it, so it does not wait
// for room in the queue: Limits.Replies of the core bounds it.
func (inv *invocation) refuse() {
	s := inv.session
	s.mu.Lock()
	_, err := s.core.Fail(inv.request, ErrUnavailable.URI, core.Body{})
	_ = s.queued(err) // a session that ended takes no answer
}

// timeout is what the dealer left to us to enforce (R184, R186), 0 for none.
func (inv *invocation) timeout() time.Duration {
	d := core.Message{Details: inv.details}
	ms := min(d.DetailUint("timeout"), uint64(math.MaxInt64/time.Millisecond))
	return time.Duration(ms) * time.Millisecond
}

// handle runs the handler through the interceptors.
func (inv *invocation) handle(b *buffer) error {
	c := inv.session.client
	if len(c.cfg.interceptors) == 0 {
		return inv.registration.handler(inv, inv.payload, b)
	}
	op := Operation{Kind: OperationInvocation, URI: inv.registration.uri}
	return c.intercept(inv, op, func(ctx context.Context) error {
		b.begin(b.enc.Format()) // an interceptor may try more than once
		return inv.registration.handler(ctx, inv.payload, b)
	})
}

// errPanicked stands for a handler that did not return, as the log says.
var errPanicked = errors.New("wamp: handler panicked")

// errNoResult stands for the result that an interceptor did not let through.
var errNoResult = errors.New("wamp: an interceptor returned no error where the handler gave no result")

// yield queues the result; one that is too large becomes an error (R197).
func (inv *invocation) yield(b *buffer) error {
	if !b.whole {
		return errNoResult
	}
	err := inv.answer(func(c *core.Session) error {
		_, err := c.Yield(inv.request, b.body())
		return err
	})
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
func (inv *invocation) failed(uri string, b *buffer) bool {
	err := inv.answer(func(c *core.Session) error {
		_, err := c.Fail(inv.request, uri, b.body())
		return err
	})
	if err != nil {
		inv.session.client.cfg.log.Warn("wamp: error cannot be sent as it is",
			"procedure", inv.registration.uri, "reason", text(err))
	}
	return err == nil
}

// failure encodes what the caller learns of a handler's error.
func (inv *invocation) failure(err error) (uri string, b *buffer) {
	b = inv.session.client.getBuffer(inv.session.link.Format)
	uri, encode := inv.translate(err)
	if bad := b.finish(encode(&b.enc)); bad != nil {
		inv.session.client.cfg.log.Warn("wamp: payload of an error cannot be encoded",
			"procedure", inv.registration.uri, "reason", text(bad))
		b = inv.empty()
	}
	return uri, b
}

// empty is a payload of nothing, which is always encodable.
func (inv *invocation) empty() *buffer {
	b := inv.session.client.getBuffer(inv.session.link.Format)
	_ = b.finish(0)
	return b
}

// answer queues the one answer. It waits for room, since the handler has done
// its work; only the session's end takes the answer away.
func (inv *invocation) answer(queue func(*core.Session) error) error {
	s := inv.session
	if err := s.lockRoom(context.Background()); err != nil {
		return nil
	}
	err := s.queued(queue(s.core))
	if gone(err) {
		return nil
	}
	return err
}
