package core

import "slices"

// Streams says which directions of a call are progressive (specification
// "Progressive Call Results", "Progressive Call Invocations").
type Streams struct {
	// Results asks for progressive results.
	Results bool
	// Parts says that the call has more parts than its first.
	Parts bool
}

// CallStream queues the CALL of a progressive call, as Call does (R142, R155).
// Progressive results have the effect Progressed; Part queues the further
// parts.
func (s *Session) CallStream(waiter any, procedure string, options Dict, st Streams, b Body) (uint64, error) {
	if st.Results {
		options = append(slices.Clip(options), Field{Key: "receive_progress", Value: true})
	}
	if st.Parts {
		options = append(slices.Clip(options), Field{Key: "progress", Value: true})
	}
	m := Message{Type: MsgCall, URI: procedure, Options: options}
	return s.request(&m, b, request{kind: MsgCall, waiter: waiter, uri: procedure, Streams: st})
}

// Part queues a further part of a progressive call under its id (R156-R158). It
// does nothing when the call is over or was cancelled, or when its last part is
// queued already (R159).
func (s *Session) Part(id uint64, last bool, b Body) (queued bool, err error) {
	r, pending := s.pending[id]
	if !pending || !r.Parts || r.cancelled || s.state != Established {
		return false, nil
	}
	m := Message{Type: MsgCall, Request: id, URI: r.uri, Options: Dict{{Key: "progress", Value: !last}}}
	if err := s.reply(&m, b); err != nil {
		return false, err
	}
	if last {
		r.Parts = false
		s.pending[id] = r
	}
	return true, nil
}

// progressing are the options of a progressive result.
var progressing = Dict{{Key: "progress", Value: true}}

// Progress queues a progressive result of an invocation. It does nothing when
// the invocation is over or was interrupted (R181), or when the caller takes
// none.
func (s *Session) Progress(invocation uint64, b Body) (queued bool, err error) {
	inv, running := s.invs[invocation]
	if !running || inv.interrupted || !inv.Results || s.state != Established {
		return false, nil
	}
	m := Message{Type: MsgYield, Request: invocation, Options: progressing}
	if err := s.reply(&m, b); err != nil {
		return false, err
	}
	return true, nil
}

// invoked is an invocation that runs.
type invoked struct {
	handle any
	// Results: the caller takes progressive results. Parts: more parts will come.
	Streams
	interrupted bool
	answers     bool // also after killnowait
}

// maxOver bounds the memory of invocations that are over while parts of them
// may still come.
const maxOver = 4096

// invocation announces an INVOCATION, or a further part of a running one
// (R162, R163). What comes for one that is over is dropped (R164). Without a
// registration the answer is ERROR (R059).
func (s *Session) invocation(m *Message) (Effect, error) {
	more := m.DetailBool("progress")
	if inv, running := s.invs[m.Request]; running {
		if !inv.Parts {
			return Effect{Kind: Dropped}, nil
		}
		inv.Parts = more
		s.invs[m.Request] = inv
		return Effect{Kind: Continued, Handle: inv.handle, Last: !more}, nil
	}
	if s.over[m.Request] || s.ended.has(m.Request) {
		if !more {
			delete(s.over, m.Request)
		}
		return Effect{Kind: Dropped}, nil
	}
	if reg, known := s.regs[m.ID]; known {
		st := Streams{Results: m.DetailBool("receive_progress"), Parts: more}
		s.invs[m.Request] = invoked{Streams: st, answers: reg.answers}
		return Effect{Kind: Invoked, Handle: reg.handle, Last: !more}, nil
	}
	if s.stranger(MsgRegistered, m.ID) {
		return Effect{}, &Violation{Text: "INVOCATION for a registration that was never made"}
	}
	s.end(m.Request, more)
	no := Message{Type: MsgError, RequestType: MsgInvocation, Request: m.Request, URI: "wamp.error.no_such_procedure"}
	s.answers++
	return Effect{Kind: Dropped}, s.reply(&no, Body{})
}

// end takes an invocation out. Its id is remembered (R164), however long if parts
// of it may still come.
func (s *Session) end(invocation uint64, parts bool) {
	delete(s.invs, invocation)
	s.ended.add(invocation)
	if !parts {
		return
	}
	for len(s.over) >= maxOver {
		for id := range s.over { // any: a router that leaves so many open keeps no rule
			delete(s.over, id)
			break
		}
	}
	s.over[invocation] = true
}

// interrupt cancels a running invocation; for any other it is ignored (R061,
// R180). After killnowait no answer is sent (R178), unless it is awaited (R182).
func (s *Session) interrupt(m *Message) (Effect, error) {
	inv, running := s.invs[m.Request]
	if !running {
		return Effect{Kind: Dropped}, nil
	}
	kill := m.DetailText("mode") != "killnowait" || inv.answers
	if kill {
		inv.interrupted = true
		s.invs[m.Request] = inv
	} else {
		s.end(m.Request, inv.Parts)
	}
	return Effect{Kind: Interrupted, Handle: inv.handle, Kill: kill}, nil
}
