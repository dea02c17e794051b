package core

// registration is what one registration id stands for.
type registration struct {
	handle any
	// answers: an INTERRUPT with killnowait is answered all the same, see Register.
	answers bool
	// leaving: UNREGISTER was queued. What the dealer had routed before it read
	// that is still ours to serve.
	leaving bool
}

// Register queues a REGISTER; handle gets the invocations from the very step
// that receives REGISTERED (R188). A dealer that counts invocations, Crossbar.io
// with the option concurrency, frees a place for an answer only, also after
// killnowait (R182).
func (s *Session) Register(waiter, handle any, procedure string, options Dict) (uint64, error) {
	m := Message{Type: MsgRegister, URI: procedure, Options: options}
	return s.request(&m, Body{}, request{kind: MsgRegister, waiter: waiter, handle: handle, answers: options.Has("concurrency")})
}

// Unregister queues UNREGISTER; the handle goes on getting invocations until
// the reply. An id of 0 means that the registration is not there or is leaving
// already, so that waiter will not be settled.
func (s *Session) Unregister(waiter any, id uint64) (reply uint64, err error) {
	reg, known := s.regs[id]
	if !known || reg.leaving {
		return 0, nil
	}
	if reply, err = s.unregister(waiter, id); err == nil {
		reg.leaving = true
		s.regs[id] = reg
	}
	return reply, err
}

func (s *Session) unregister(waiter any, id uint64) (uint64, error) {
	m := Message{Type: MsgUnregister, ID: id}
	return s.request(&m, Body{}, request{kind: MsgUnregister, waiter: waiter, subject: id})
}

// unregistered takes a registration out after the reply to its UNREGISTER. A
// refusal takes it out too: the user has given it back.
func (s *Session) unregistered(id uint64) {
	if s.regs[id].leaving {
		delete(s.regs, id)
		s.gone(MsgRegistered, id)
	}
}
