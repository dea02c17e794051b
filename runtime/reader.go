package wamp

import (
	"errors"
	"fmt"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// read is the reader: it alone calls core.Receive. It never waits for a
// handler, a caller or the writer.
func (s *session) read() {
	defer s.loops.Done()
	var m core.Message
	for {
		frame, err := s.link.ReadFrame()
		if err != nil {
			s.lost(err)
			return
		}
		if err := core.Parse(s.link.Format, frame, &m); err != nil {
			s.violated(err)
			return
		}
		if !s.receive(&m, len(frame)) {
			return
		}
	}
}

// violated answers a protocol violation (R036, R037), unless it is in the
// peer's own ABORT, which is never answered (R025).
func (s *session) violated(err error) {
	var v *core.Violation
	if errors.As(err, &v) && v.Type == core.MsgAbort {
		s.end(err, closeViolation, nil)
		return
	}
	s.abort(err, ErrProtocolViolation.URI, sanitize(err.Error()))
}

// receive gives one message to the core and carries out the effect; false
// when the session has ended.
func (s *session) receive(m *core.Message, size int) bool {
	var inv *invocation
	s.mu.Lock()
	effect, err := s.core.Receive(m)
	if effect.Kind == core.Invoked {
		inv = newInvocation(s, effect.Handle.(*Registration), m)
		s.core.Begin(m.Request, inv)
	}
	queued := len(s.core.Queue().Frames) > 0
	s.mu.Unlock()
	if err != nil {
		s.violated(err)
		return false
	}
	if queued {
		s.signal()
	}
	return s.apply(effect, m, inv, size)
}

// apply carries out an effect; false when the session has ended.
func (s *session) apply(e core.Effect, m *core.Message, inv *invocation, size int) bool {
	switch e.Kind {
	case core.Settled:
		e.Waiter.(*waiter).settle(m)
	case core.Delivered:
		s.deliver(e.Handles, m, size)
	case core.Invoked:
		inv.registration.lane.Submit(inv, inv.registration.uri, size)
	case core.Interrupted:
		e.Handle.(*invocation).cancel(ErrCanceled)
	case core.Challenged, core.Welcomed:
		return s.step(step{kind: e.Kind, session: m.ID, method: m.Text, details: m.Details})
	case core.Unsubscribed:
		for _, h := range e.Handles {
			h.(*Subscription).revoke()
		}
	case core.Unregistered:
		e.Handle.(*Registration).revoke()
	case core.Aborted:
		s.aborted(m)
		return false
	case core.Left:
		s.left(m, e.First)
		return false
	}
	return true
}

// step hands a message of the handshake to the goroutine that joins. The core
// lets at most one unanswered message through, so there is always room.
func (s *session) step(st step) bool {
	select {
	case s.steps <- st:
		return true
	default:
		s.violated(&core.Violation{Text: "message of the handshake out of turn"})
		return false
	}
}

// aborted ends the session on the peer's ABORT, which is never answered (R025).
func (s *session) aborted(m *core.Message) { s.end(abortError(m), closeNormal, nil) }

// left ends the session on the peer's GOODBYE and answers it when the peer was
// first (R021, R022).
func (s *session) left(m *core.Message, first bool) {
	if !first {
		s.end(ErrClosed, closeNormal, nil)
		return
	}
	err := fmt.Errorf("wamp: router said goodbye: %w", abortError(m))
	s.end(err, closeNormal, func(c *core.Session) { c.Farewell() })
}

// abortError is the reason, message and payload of an ABORT or GOODBYE (R015, R032).
func abortError(m *core.Message) *Error {
	e := &Error{URI: m.URI, received: true}
	if text := abortText(m.DetailText("message"), m.DetailText("scram")); text != "" {
		e.Args = append(e.Args, text)
	}
	more := peerError(m.URI, m.Details, m.Body())
	e.Args = append(e.Args, more.Args...)
	e.Kwargs, e.details = more.Kwargs, more.details
	return e
}

// abortText is the router's message, with what SCRAM's server says behind it (R288).
func abortText(message, scram string) string {
	switch {
	case scram == "":
		return message
	case message == "":
		return "scram: " + scram
	}
	return message + " (scram: " + scram + ")"
}

// peerError decodes an error's payload as dynamic values. A payload that does
// not decode is left out: the URI alone still says what happened.
func peerError(uri string, details codec.Raw, raw codec.Payload) *Error {
	p, _ := decodePayload(raw)
	return &Error{URI: uri, Args: p.Args, Kwargs: p.Kwargs, details: details.Clone(), received: true}
}
