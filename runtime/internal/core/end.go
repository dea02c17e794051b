package core

// Goodbye begins the orderly end of the session (R020).
func (s *Session) Goodbye(reason string) error {
	if s.state != Established {
		return ErrClosed
	}
	m := Message{Type: MsgGoodbye, URI: reason}
	err := s.reply(&m, Body{})
	s.state, s.parted = Closing, true
	return err
}

// Abort ends the session at once and queues ABORT (R033, R036); what else is
// queued is dropped by Drop. The text goes into Details.message (R034). Before
// HELLO was written and after GOODBYE it only ends the session (R001, R023).
func (s *Session) Abort(reason, text string) {
	s.state = Closed
	if s.parted || !s.spoke {
		return
	}
	s.parted = true
	m := Message{Type: MsgAbort, URI: reason, Options: Dict{{Key: "message", Value: text}}}
	_ = s.reply(&m, Body{}) // a reason and text of ours: always encodable
}

// Farewell queues the reply to the peer's GOODBYE, once the session was dropped
// (R021).
func (s *Session) Farewell() {
	if s.parted {
		return
	}
	s.parted = true
	m := Message{Type: MsgGoodbye, URI: "wamp.close.goodbye_and_out"}
	_ = s.reply(&m, Body{}) // cannot fail: a fixed, short message
}

// Lost is one request that a dead session leaves behind.
type Lost struct {
	Waiter any
	// Unsent reports that no byte of the request was handed to the transport.
	Unsent bool
}

// Drop ends the session without a word and returns everything that waited,
// and the handles of the invocations that were running (R026, R027).
func (s *Session) Drop() (waiters []Lost, invocations []any) {
	queued := make(map[uint64]bool, len(s.out.Frames))
	for _, f := range s.out.Frames {
		queued[f.Request] = true
	}
	for id, r := range s.pending {
		if r.waiter != nil {
			waiters = append(waiters, Lost{Waiter: r.waiter, Unsent: queued[id]})
		}
	}
	for _, inv := range s.invs {
		invocations = append(invocations, inv.handle)
	}
	s.out.Clear()
	clear(s.pending)
	clear(s.subs)
	clear(s.regs)
	clear(s.invs)
	clear(s.over)
	clear(s.asked)
	s.leaving = nil
	s.asking, s.restoring = 0, 0
	s.state = Closed
	return waiters, invocations
}
