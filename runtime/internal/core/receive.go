package core

// EffectKind is what the shell has to do about a received message.
type EffectKind int

// The effects of a received message.
const (
	// Nothing is to be done beyond writing what may have been queued.
	Nothing EffectKind = iota
	// Dropped: the message came too late or for nobody, which is no error.
	Dropped
	// Challenged: answer with Authenticate.
	Challenged
	// Welcomed: the session is established.
	Welcomed
	// Settled: the request of Waiter has its reply, which is the message.
	Settled
	// Progressed: the message is a progressive result of the call of Waiter,
	// which stays pending.
	Progressed
	// Delivered: the message is an event for Handles.
	Delivered
	// Invoked: call Begin, then run the procedure of Handle. Last reports that no
	// further parts follow.
	Invoked
	// Continued: the message is a further part of the invocation Handle, and the
	// final one if Last is set.
	Continued
	// Interrupted: cancel the invocation Handle.
	Interrupted
	// Unsubscribed and Unregistered: the router revoked what Handles and
	// Handle stood for (R232, R208).
	Unsubscribed
	Unregistered
	// Left: the peer said GOODBYE. First reports that it is no reply to ours, so
	// Farewell is due.
	Left
	// Aborted: the peer said ABORT.
	Aborted
)

// Effect is the outcome of Receive. Which members count depends on Kind.
type Effect struct {
	Kind    EffectKind
	Waiter  any
	Handle  any
	Handles []any
	// Kill: the interrupted invocation must still be answered (R177, R179).
	Kill  bool
	First bool
	Last  bool
}

// Receive takes the next message of the peer. An error is a *Violation, to be
// answered with Abort (R036), or reports that the peer makes us answer without
// reading; nothing may be received after it.
func (s *Session) Receive(m *Message) (Effect, error) {
	if s.limits.Replies > 0 && s.answers > s.limits.Replies {
		return Effect{}, &Overrun{Frames: s.answers}
	}
	_, forClients := Direction(m.Type)
	switch {
	case s.state == Closed:
		return Effect{Kind: Dropped}, nil
	case !forClients && s.state != Closing:
		return Effect{}, &Violation{Text: m.Type.String() + " is not for clients"}
	case s.state == Opening || s.state == Authenticating:
		return s.join(m)
	case m.Type == MsgGoodbye:
		return s.goodbye()
	case m.Type == MsgAbort:
		s.state = Closed
		return Effect{Kind: Aborted}, nil
	case s.state == Closing:
		return Effect{Kind: Dropped}, nil
	}
	return s.established(m)
}

// goodbye ends the session (R021, R022).
func (s *Session) goodbye() (Effect, error) {
	first := s.state == Established
	s.state = Closed
	return Effect{Kind: Left, First: first}, nil
}

// established handles a message of an open session.
func (s *Session) established(m *Message) (Effect, error) {
	if m.Null && s.strict() {
		return Effect{}, &Violation{Type: m.Type, Text: m.Type.String() + ": want Arguments and ArgumentsKw, got null"}
	}
	switch m.Type {
	case MsgResult, MsgPublished, MsgSubscribed, MsgRegistered:
		return s.settle(m, requestOf(m.Type))
	case MsgError:
		return s.failed(m)
	case MsgEvent:
		return s.event(m)
	case MsgInvocation:
		return s.invocation(m)
	case MsgInterrupt:
		return s.interrupt(m)
	case MsgUnsubscribed, MsgUnregistered:
		if m.Request == 0 {
			return s.revoked(m)
		}
		return s.settle(m, requestOf(m.Type))
	}
	return Effect{}, &Violation{Text: m.Type.String() + " after the session was established"}
}

// requestOf is the request type that a reply belongs to.
func requestOf(reply Type) Type {
	switch reply {
	case MsgResult:
		return MsgCall
	case MsgPublished:
		return MsgPublish
	case MsgSubscribed:
		return MsgSubscribe
	case MsgUnsubscribed:
		return MsgUnsubscribe
	case MsgRegistered:
		return MsgRegister
	}
	return MsgUnregister
}

// failed handles ERROR. Types 49 and 70 are no requests that can fail, but
// nexus sends them (R044, R045).
func (s *Session) failed(m *Message) (Effect, error) {
	switch m.RequestType {
	case MsgPublish, MsgSubscribe, MsgUnsubscribe, MsgCall, MsgRegister, MsgUnregister:
		return s.settle(m, m.RequestType)
	case MsgCancel, MsgYield:
		if !s.strict() {
			return Effect{Kind: Dropped}, nil
		}
	}
	return Effect{}, &Violation{Text: "ERROR for a request type that no client sends"}
}

// settle matches a reply with its request. An id that was issued and does not
// wait belongs to a request that was given up (R057); one that was never
// issued, or issued for another type, is a violation (R055, R056).
func (s *Session) settle(m *Message, kind Type) (Effect, error) {
	r, waits := s.pending[m.Request]
	switch {
	case !waits && s.ids.issued(m.Request):
		s.undoForgotten(m)
		return Effect{Kind: Dropped}, nil
	case !waits:
		return Effect{}, &Violation{Text: m.Type.String() + " for a request that was never made"}
	case r.kind != kind:
		return Effect{}, &Violation{Text: m.Type.String() + " for a request of type " + r.kind.String()}
	case m.Type == MsgResult && m.DetailBool("progress"):
		if r.Results && !r.cancelled {
			return Effect{Kind: Progressed, Waiter: r.waiter}, nil // in order (R143)
		}
		return Effect{Kind: Dropped}, nil // nobody asked for progress (R145, R173)
	}
	s.forget(m.Request, &r)
	switch {
	case kind == MsgUnsubscribe:
		s.unsubscribed(r.subject)
	case kind == MsgUnregister:
		s.unregistered(r.subject)
	case r.abandoned:
		s.undo(m, r)
	default:
		s.install(m, r)
	}
	if kind == MsgSubscribe && !r.abandoned {
		s.answered(r.uri)
	}
	if r.waiter == nil {
		return Effect{}, nil
	}
	return Effect{Kind: Settled, Waiter: r.waiter}, nil
}

// install puts the handle in place before anything else is received (R188,
// R216).
func (s *Session) install(m *Message, r request) {
	switch m.Type {
	case MsgSubscribed:
		sub := subscription{topic: r.uri, handles: append(s.subs[m.ID].handles, r.handle), asking: s.subs[m.ID].asking}
		if r.retained {
			sub.asking = append(sub.asking, r.handle)
		}
		s.subs[m.ID] = sub
	case MsgRegistered:
		s.regs[m.ID] = registration{handle: r.handle, answers: r.answers}
	}
}

// undo takes back a success that nobody waits for any more; a subscription id
// that other handles share stays (R073).
func (s *Session) undo(m *Message, r request) {
	switch m.Type {
	case MsgSubscribed:
		if _, shared := s.subs[m.ID]; !shared {
			s.subs[m.ID] = subscription{topic: r.uri}
			_, _ = s.leave(nil, m.ID) // cannot fail: a short message
		}
	case MsgRegistered:
		_, _ = s.unregister(nil, m.ID) // cannot fail: a short message
		s.gone(MsgRegistered, m.ID)
	}
}

// undoForgotten takes back a success that came after its request was forgotten. It
// takes back no more than were forgotten: a router may grant without end.
func (s *Session) undoForgotten(m *Message) {
	_, subscribed := s.subs[m.ID]
	_, registered := s.regs[m.ID]
	if s.forgotten > 0 && (m.Type == MsgSubscribed && !subscribed || m.Type == MsgRegistered && !registered) {
		s.forgotten--
		s.undo(m, request{})
	}
}

// event delivers an EVENT, also between UNSUBSCRIBE and its reply; one for a
// subscription that is gone is dropped (R058).
func (s *Session) event(m *Message) (Effect, error) {
	sub, known := s.subs[m.ID]
	if !known && s.stranger(MsgSubscribed, m.ID) {
		return Effect{}, &Violation{Text: "EVENT for a subscription that was never made"}
	}
	handles := sub.handles
	if len(handles) == 0 {
		handles = sub.parting
	}
	if n := len(sub.asking); n > 0 && n < len(handles) && m.DetailBool("retained") {
		handles = sub.asking
	}
	if len(handles) == 0 {
		return Effect{Kind: Dropped}, nil
	}
	return Effect{Kind: Delivered, Handles: handles}, nil
}

// revoked handles UNSUBSCRIBED and UNREGISTERED with request 0; an id that is
// unknown is dropped (R062, R208, R232).
func (s *Session) revoked(m *Message) (Effect, error) {
	if m.Type == MsgUnsubscribed {
		id := m.DetailUint("subscription")
		handles := s.subs[id].handles
		delete(s.subs, id)
		s.gone(MsgSubscribed, id)
		if len(handles) == 0 {
			return Effect{Kind: Dropped}, nil
		}
		return Effect{Kind: Unsubscribed, Handles: handles}, nil
	}
	id := m.DetailUint("registration")
	reg, known := s.regs[id]
	delete(s.regs, id)
	s.gone(MsgRegistered, id)
	if !known || reg.leaving {
		return Effect{Kind: Dropped}, nil
	}
	return Effect{Kind: Unregistered, Handle: reg.handle}, nil
}
