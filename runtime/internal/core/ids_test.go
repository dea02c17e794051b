package core

import "testing"

// R064, R068, R069: one counter for all requests, from 1 in steps of 1; CANCEL, YIELD, ERROR and refusals take none.
func TestOneCounter(t *testing.T) {
	m := established(t)
	m.registered("reg", "a.b", 12)
	m.subscribed("sub", "a.b", 11)
	want := uint64(2)
	next := func(id uint64, err error) {
		t.Helper()
		m.must(err)
		if want++; id != want {
			t.Fatalf("id %d, want %d", id, want)
		}
	}
	for i := range 3 {
		next(m.Call("w", "a.b", nil, Body{}))
		m.Cancel(want, "killnowait")
		next(m.Publish(nil, "a.b", nil, Body{}))
		next(m.Publish("w", "a.b", nil, Body{}))
		m.take(Invoked, 68, 100+i, 12, dict{})
		m.Begin(uint64(100+i), "inv")
		if _, err := m.Yield(uint64(100+i), Body{}); err != nil {
			t.Fatal(err)
		}
		m.take(Dropped, 68, 200+i, 99, dict{})
		next(m.Subscribe("w", "h", "a.c", nil))
		next(m.Register("w", "h", "a.c", nil))
	}
	next(m.Unsubscribe("w", 11, "sub"))
	next(m.Unregister("w", 12))
}

// R065, R074: after 2^53 the counter begins again at 1 and skips what still waits.
func TestWrap(t *testing.T) {
	m := established(t)
	for _, w := range []string{"one", "two"} {
		m.id(m.Call(w, "a.b", nil, Body{}))
	}
	m.id(m.Publish(nil, "a.b", nil, Body{}))
	m.ids.last = MaxID - 2
	m.id(m.Call("last", "a.b", nil, Body{})) // MaxID-1
	m.sent()
	m.take(Dropped, 50, int64(MaxID-2), dict{}) // it was issued
	m.refuse(50, uint64(MaxID), dict{})         // R055: it was not
	for _, want := range []uint64{MaxID, 3, 4} {
		if id := m.id(m.Call("w", "a.b", nil, Body{})); id != want {
			t.Fatalf("id %d, want %d", id, want)
		}
	}
	m.expect(list{48, uint64(MaxID), dict{}, "a.b"}, list{48, 3, dict{}, "a.b"}, list{48, 4, dict{}, "a.b"})
	if e := m.take(Settled, 50, 2, dict{}); e.Waiter != "two" {
		t.Errorf("waiter %v", e.Waiter)
	}
	m.take(Dropped, 50, 2, dict{})
	m.take(Dropped, 50, int64(MaxID-5), dict{}) // after the wrap every id may have been issued
}

// R067: an id that was skipped is not used up by a request that fails.
func TestWrapFailure(t *testing.T) {
	m := established(t)
	m.id(m.Call("one", "a.b", nil, Body{}))
	m.ids.last = MaxID
	for range 2 {
		if _, err := m.Call("w", "a.\xff", nil, Body{}); err == nil {
			t.Fatal("bad text was taken")
		}
	}
	if id := m.id(m.Call("w", "a.b", nil, Body{})); id != 2 {
		t.Errorf("id %d, want 2", id)
	}
}
