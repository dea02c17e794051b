package core

import "testing"

// ask queues a SUBSCRIBE or REGISTER that is answered by granted.
func (m *machine) ask(granted Type) uint64 {
	m.tb.Helper()
	var id uint64
	var err error
	if granted == MsgSubscribed {
		id, err = m.Subscribe("waiter", "handle", "com.example.t", nil)
	} else {
		id, err = m.Register("waiter", "handle", "com.example.p", nil)
	}
	if err != nil {
		m.tb.Fatal(err)
	}
	return id
}

// Requests that were given up and never get a reply take bounded room; a reply that
// comes after one was forgotten is undone all the same.
func TestAbandon_IsBounded(t *testing.T) {
	for _, granted := range []Type{MsgSubscribed, MsgRegistered} {
		s := established(t)
		first := s.ask(granted)
		s.Abandon(first)
		for range 3 * maxAbandoned {
			s.Abandon(s.ask(granted))
			s.TakeQueue(new(Out))
		}
		if n := s.Pending(); n > maxAbandoned {
			t.Errorf("%v: %d requests wait", granted, n)
		}
		s.take(Dropped, int(granted), int(first), 77)
		if n := len(s.Queue().Frames); n != 1 {
			t.Errorf("%v: %d frames take it back, want 1", granted, n)
		}
	}
}

// A router that grants without end what was asked for once does not make the client
// give back without end: what waits for its reply is bounded by what was asked for.
func TestAbandon_GrantedWithoutEnd(t *testing.T) {
	for _, granted := range []Type{MsgSubscribed, MsgRegistered} {
		s := established(t)
		kept, abandoned := s.ask(granted), s.ask(granted)
		s.take(Settled, int(granted), int(kept), 1)
		s.Abandon(abandoned)
		call, err := s.Call("waiter", "com.example.p", nil, Body{})
		if err != nil {
			t.Fatal(err)
		}
		s.Cancel(call, "killnowait")
		s.TakeQueue(new(Out))
		for i := range 3 * maxAbandoned {
			for _, id := range []uint64{kept, abandoned, call} {
				if _, err := s.receive(int(granted), int(id), 100+i); err != nil {
					t.Fatal(err)
				}
			}
		}
		if n, queued := s.Pending(), len(s.Queue().Frames); n != 1 || queued != 1 {
			t.Errorf("%v: %d requests wait and %d messages are queued, want 1: the one that was abandoned", granted, n, queued)
		}
	}
}
