package session

import (
	"errors"

	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/transport"
)

// read is the reader: it alone calls core.Receive. It never waits for a
// handler, a caller or the writer.
func (s *Session) read() {
	defer s.loops.Done()
	var m core.Message
	for {
		frame, err := s.link.ReadFrame()
		if err != nil {
			s.failed(err)
			return
		}
		s.cfg.Traffic.MessagesIn.Add(1)
		s.cfg.Traffic.BytesIn.Add(uint64(len(frame)))
		if err := core.Parse(s.link.Format, frame, &m); err != nil {
			s.violated(err)
			return
		}
		if !s.receive(&m, len(frame)) {
			return
		}
	}
}

// failed ends the session after a failure to read. If it was a message that is
// too large, it finds out afterwards whom it was for.
func (s *Session) failed(err error) {
	large, ok := errors.AsType[*transport.OversizeError](err)
	if !ok {
		s.Lose(err)
		return
	}
	s.mu.Lock()
	index := s.core.Index()
	s.mu.Unlock()
	s.end(err, closeByReader, nil)
	var m core.Message
	if core.Peek(s.link.Format, large.Head(), &m) {
		s.oversize = index.Addressee(&m)
	}
	_ = s.link.Close() // the session is over whatever Close says
}

// receive gives one message to the core and carries out the effect. It reports
// whether the session goes on.
func (s *Session) receive(m *core.Message, size int) bool {
	var inv Invocation
	s.mu.Lock()
	effect, err := s.core.Receive(m)
	switch effect.Kind {
	case core.Invoked:
		inv = effect.Handle.(Registration).Invoke(s, m, effect.Last)
		s.core.Begin(m.Request, inv)
	case core.Progressed: // here, since without the lock the call may be over
		effect.Waiter.(*Waiter).Sink.Progress(m, size)
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

// apply carries out an effect. It reports whether the session goes on.
func (s *Session) apply(e core.Effect, m *core.Message, inv Invocation, size int) bool {
	switch e.Kind {
	case core.Settled:
		e.Waiter.(*Waiter).settle(m)
	case core.Delivered:
		for _, h := range e.Handles {
			h.(Subscription).Deliver(s, m, size)
		}
	case core.Invoked:
		inv.Start(size)
	case core.Continued:
		e.Handle.(Invocation).Continue(m, size, e.Last)
	case core.Interrupted:
		e.Handle.(Invocation).Interrupt(m.DetailText("reason"))
	case core.Challenged, core.Welcomed:
		return s.step(step{kind: e.Kind, session: m.ID, method: m.Text, details: m.Details})
	case core.Unsubscribed:
		for _, h := range e.Handles {
			h.(Subscription).Revoked(m.DetailText("reason"))
		}
	case core.Unregistered:
		e.Handle.(Registration).Revoked(m.DetailText("reason"))
	case core.Aborted: // never answered (R025)
		s.end(s.word(m, "", m.URI == "wamp.close.system_shutdown" || m.URI == "wamp.error.system_shutdown"), closeNormal, nil)
		return false
	case core.Left:
		s.left(m, e.First)
		return false
	}
	return true
}

// left ends the session on the peer's GOODBYE and answers it when the peer was
// first (R021, R022).
func (s *Session) left(m *core.Message, first bool) {
	if !first {
		s.mu.Lock()
		cause := s.parting
		s.mu.Unlock()
		s.end(cause, closeNormal, nil)
		return
	}
	s.end(s.word(m, "wamp: router said goodbye: ", true), closeNormal, func(c *core.Session) { c.Farewell() })
}

// word is the reason, message and payload of an ABORT or GOODBYE (R015, R032).
// dismissed reports whether the router sends its clients away by it.
func (s *Session) word(m *core.Message, prefix string, dismissed bool) error {
	return said{s.cfg.PeerError(m, abortText(m.DetailText("message"), m.DetailText("scram"))), prefix, dismissed}
}

// abortText is the router's message, with what SCRAM's server says behind it
// (R288).
func abortText(message, scram string) string {
	switch {
	case scram == "":
		return message
	case message == "":
		return "scram: " + scram
	}
	return message + " (scram: " + scram + ")"
}

// step hands a message of the handshake to the goroutine that joins. The core
// lets at most one unanswered message through, so there is always room.
func (s *Session) step(st step) bool {
	select {
	case s.steps <- st:
		return true
	default:
		s.violated(&core.Violation{Text: "message of the handshake out of turn"})
		return false
	}
}
