package wamp

import (
	"errors"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// Settle answers the invocation: with the result or, if err is not nil, with what
// its caller learns of err.
func (inv *invocation) Settle(err error) {
	defer inv.end(nil)
	if inv.input != nil {
		inv.input.inlet.Close()
	}
	crash, crashed := err.(*dispatch.Crash)
	refused, full := err.(dispatch.Refused)
	n := &inv.callee.common.counters
	switch {
	case full:
		n.invocationErrors.add(ErrUnavailable.URI)
		inv.refuse(refused.After)
		return
	case err == errOver:
		n.invocationErrors.add(OtherErrors)
		return
	case crashed:
		inv.callee.common.logCrash("wamp: handler", crash, "procedure", inv.callee.uri)
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

// errPanicked stands for a handler that did not return, as the log says.
var errPanicked = errors.New("wamp: handler panicked")

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
	h := inv.callee
	if err := inv.session.Fail(inv.request, uri, b); err != nil {
		h.common.cfg.log.Warn("wamp: error cannot be sent as it is", "procedure", h.uri, "reason", text(err))
		return false
	}
	h.common.counters.invocationErrors.add(countable(uri, h.declares(uri)))
	return true
}

// failure encodes what the caller learns of a handler's error.
func (inv *invocation) failure(err error) (uri string, b *session.Buffer) {
	b = inv.session.Buffer()
	uri, payload := inv.translate(err)
	if bad := inv.encode(b, content{payload, nil, nil}, PassthruError); bad != nil {
		inv.callee.common.cfg.log.Warn("wamp: payload of an error cannot be encoded",
			"procedure", inv.callee.uri, "reason", text(bad))
		b = inv.empty()
	}
	return uri, b
}

// translate decides what the caller learns of a handler's error: one that is
// meant for it in full, and of anything else only that it happened (R196),
// unless WithErrorText is set.
func (inv *invocation) translate(err error) (uri string, payload codec.Value) {
	a, meant := inv.callee.answers.to(inv, err)
	if meant {
		return a.uri, a.payload
	}
	c := inv.callee.common
	if !errors.Is(err, errPanicked) {
		c.cfg.log.Warn("wamp: handler failed", "procedure", inv.callee.uri, "reason", text(err))
	}
	if c.cfg.errorText {
		return a.uri, &Payload{Args: []any{err.Error()}}
	}
	return a.uri, nil
}

// empty is a payload of nothing, which is always encodable.
func (inv *invocation) empty() *session.Buffer {
	b := inv.session.Buffer()
	_ = b.Finish(0)
	return b
}
