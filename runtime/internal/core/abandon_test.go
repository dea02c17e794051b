package core

import "testing"

// Requests that were given up and never get a reply take bounded room; a reply that
// comes after one was forgotten is undone all the same.
func TestAbandon_IsBounded(t *testing.T) {
	for _, kind := range []Type{MsgSubscribe, MsgRegister} {
		s := established(t)
		ask := func() uint64 {
			t.Helper()
			var id uint64
			var err error
			if kind == MsgSubscribe {
				id, err = s.Subscribe("waiter", "handle", "com.example.t", nil)
			} else {
				id, err = s.Register("waiter", "handle", "com.example.p", nil)
			}
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		first := ask()
		s.Abandon(first)
		for range 3 * maxAbandoned {
			s.Abandon(ask())
			s.TakeQueue(new(Out))
		}
		if n := s.Pending(); n > maxAbandoned {
			t.Errorf("%v: %d requests wait", kind, n)
		}
		granted := MsgSubscribed
		if kind == MsgRegister {
			granted = MsgRegistered
		}
		s.take(Dropped, int(granted), int(first), 77)
		if n := len(s.Queue().Frames); n != 1 {
			t.Errorf("%v: %d frames take it back, want 1", kind, n)
		}
	}
}
