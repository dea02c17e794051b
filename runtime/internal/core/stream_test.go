package core

import (
	"math/rand/v2"
	"testing"
)

// Progressive results come in order and leave the call pending; the last result
// settles it (R143, R144).
func TestCallStream_Results(t *testing.T) {
	m := established(t)
	id := m.id(m.CallStream("w", "a.b", Dict{{"timeout", 5}}, Streams{Results: true}, Body{}))
	m.expect(list{48, id, dict{"timeout": 5, "receive_progress": true}, "a.b"})
	for range 3 {
		if e := m.take(Progressed, 50, id, dict{"progress": true}, list{1}); e.Waiter != "w" {
			t.Errorf("waiter %v", e.Waiter)
		}
	}
	if m.Pending() != 1 {
		t.Error("progress ended the call")
	}
	m.take(Settled, 50, id, dict{})
	m.take(Dropped, 50, id, dict{"progress": true}) // R146
	m.expect()
}

// The options of the caller are not changed (a descriptor's may be shared).
func TestCallStream_KeepsOptions(t *testing.T) {
	m := established(t)
	options := append(make(Dict, 0, 8), Field{"timeout", 5})
	m.id(m.CallStream("w", "a.b", options, Streams{Results: true, Parts: true}, Body{}))
	if spare := options[:cap(options)]; spare[1].Key != "" {
		t.Errorf("options became %v", spare)
	}
}

// After CANCEL progress is dropped while the final answer still counts (R173).
func TestCallStream_CancelledProgress(t *testing.T) {
	m := established(t)
	id := m.id(m.CallStream("w", "a.b", nil, Streams{Results: true, Parts: true}, Body{}))
	m.Cancel(id, "kill")
	m.sent()
	m.take(Dropped, 50, id, dict{"progress": true})
	if queued, err := m.Part(id, false, Body{}); queued || err != nil {
		t.Errorf("a part of a cancelled call: queued %v, %v", queued, err)
	}
	m.take(Settled, 8, 48, id, dict{}, "wamp.error.canceled")
	m.expect()
}

// Parts go out under the id of the call and take none (R070, R156-R160).
func TestCallStream_Parts(t *testing.T) {
	m := established(t)
	id := m.id(m.CallStream("w", "a.b", nil, Streams{Parts: true}, Body{}))
	m.part(id, false, true)
	other := m.id(m.Call("v", "a.c", nil, Body{}))
	m.part(id, false, true)
	m.part(id, true, true)
	m.part(id, true, false) // it had its last part
	m.expect(
		list{48, id, dict{"progress": true}, "a.b"},
		list{48, id, dict{"progress": true}, "a.b"},
		list{48, other, dict{}, "a.c"},
		list{48, id, dict{"progress": true}, "a.b"},
		list{48, id, dict{"progress": false}, "a.b"},
	)
	if other != id+1 {
		t.Errorf("ids %d and %d", id, other)
	}
}

// The final answer may come before the last part; then no part follows (R159,
// R161).
func TestCallStream_AnsweredEarly(t *testing.T) {
	for name, answer := range map[string]list{
		"result": {50, 1, dict{}}, "error": {8, 48, 1, dict{}, "wamp.error.feature_not_supported"},
	} {
		t.Run(name, func(t *testing.T) {
			m := established(t)
			id := m.id(m.CallStream("w", "a.b", nil, Streams{Parts: true}, Body{}))
			m.sent()
			m.take(Settled, answer...)
			m.part(id, true, false)
			m.expect()
		})
	}
}

// part queues a part and compares whether it was queued.
func (m *machine) part(id uint64, last, want bool) {
	m.tb.Helper()
	if queued, err := m.Part(id, last, Body{}); queued != want || err != nil {
		m.tb.Errorf("part of %d: queued %v, %v; want %v", id, queued, err, want)
	}
}

// serving returns a session with registration 12 and an empty queue.
func serving(t *testing.T) *machine {
	m := established(t)
	id := m.id(m.Register("w", "reg", "a.b", nil))
	m.take(Settled, 65, id, 12)
	m.sent()
	return m
}

// A callee sends progress while the invocation runs, if the caller takes it.
func TestProgress(t *testing.T) {
	m := serving(t)
	m.take(Invoked, 68, 1, 12, dict{"receive_progress": true})
	m.Begin(1, "inv")
	m.progress(1, true)
	m.progress(1, true)
	m.yield(1)
	m.progress(1, false) // it is over
	m.expect(list{70, 1, dict{"progress": true}}, list{70, 1, dict{"progress": true}}, list{70, 1, dict{}})

	m.take(Invoked, 68, 2, 12, dict{})
	m.Begin(2, "inv")
	m.progress(2, false) // nobody asked for it
	m.expect()
}

// After INTERRUPT no progress follows, but the final answer does (R177, R181).
func TestProgress_Interrupted(t *testing.T) {
	m := serving(t)
	m.take(Invoked, 68, 1, 12, dict{"receive_progress": true})
	m.Begin(1, "inv")
	m.take(Interrupted, 69, 1, dict{"mode": "kill"})
	m.progress(1, false)
	m.yield(1)
	m.expect(list{70, 1, dict{}})
}

func (m *machine) progress(invocation uint64, want bool) {
	m.tb.Helper()
	if queued, err := m.Progress(invocation, Body{}); queued != want || err != nil {
		m.tb.Errorf("progress of %d: queued %v, %v; want %v", invocation, queued, err, want)
	}
}

func (m *machine) yield(invocation uint64) {
	m.tb.Helper()
	if queued, err := m.Yield(invocation, Body{}); !queued || err != nil {
		m.tb.Errorf("result of %d: queued %v, %v", invocation, queued, err)
	}
}

// Further parts of a running invocation reach its handle, in order; the last is
// the one without progress (R162, R163, R165).
func TestInvocation_Parts(t *testing.T) {
	m := serving(t)
	if e := m.take(Invoked, 68, 1, 12, dict{"progress": true}); e.Last {
		t.Error("the first part is the last")
	}
	m.Begin(1, "inv")
	if e := m.take(Continued, 68, 1, 12, dict{"progress": true}); e.Handle != "inv" || e.Last {
		t.Errorf("effect %+v", e)
	}
	if e := m.take(Continued, 68, 1, 12, dict{}); e.Handle != "inv" || !e.Last {
		t.Errorf("effect %+v", e)
	}
	m.take(Dropped, 68, 1, 12, dict{}) // there was a last part
	m.yield(1)
	if e := m.take(Invoked, 68, 2, 12, dict{"progress": false}); !e.Last { // R167
		t.Error("an ordinary invocation expects parts")
	}
}

// A part that arrives after the answer is dropped and not answered, and the
// memory of it ends with the last part (R164).
func TestInvocation_LateParts(t *testing.T) {
	for name, end := range map[string]func(*machine){
		"yield": func(m *machine) { m.yield(1) },
		"error": func(m *machine) { _, _ = m.Fail(1, "a.error", Body{}) },
		"interrupt": func(m *machine) {
			m.take(Interrupted, 69, 1, dict{"mode": "killnowait"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := serving(t)
			m.take(Invoked, 68, 1, 12, dict{"progress": true})
			m.Begin(1, "inv")
			end(m)
			m.sent()
			m.take(Dropped, 68, 1, 12, dict{"progress": true})
			m.take(Dropped, 68, 1, 12, dict{})
			m.expect()
			if len(m.over) != 0 {
				t.Errorf("remembers %v", m.over)
			}
		})
	}
}

// R164: an INVOCATION with the id of one that is over, whatever ended it, is
// dropped and not answered; ids that were not seen yet are new, in any order.
func TestInvocation_SecondOfAnId(t *testing.T) {
	m := serving(t)
	for id, end := range map[int]func(){
		5: func() { m.yield(5) },
		3: func() { _, _ = m.Fail(3, "a.error", Body{}) },
		9: func() { m.take(Interrupted, 69, 9, dict{"mode": "killnowait"}) },
	} {
		m.take(Invoked, 68, id, 12, dict{})
		m.Begin(uint64(id), "inv")
		m.take(Dropped, 68, id, 12, dict{}) // it runs
		end()
		m.sent()
		m.take(Dropped, 68, id, 12, dict{})
		m.take(Dropped, 68, id, 99, dict{})
	}
	m.take(Dropped, 68, 7, 99, dict{}) // no such registration
	m.sent()
	m.take(Dropped, 68, 7, 12, dict{})
	m.expect()
	for _, id := range []int64{4, 1, 1 << 53, 6} {
		m.take(Invoked, 68, id, 12, dict{})
	}
}

// A window knows the latest ids, and takes none for known that was not added.
func TestWindow(t *testing.T) {
	for name, ids := range map[string]func(i uint64) uint64{
		"rising":  func(i uint64) uint64 { return i + 1 },
		"strides": func(i uint64) uint64 { return 7*i + 1 },
		"jumps":   func(i uint64) uint64 { return i*(windowSize-1) + 1 },
		"far":     func(i uint64) uint64 { return i*(windowSize+1) + 1 },
		"falling": func(i uint64) uint64 { return 1<<20 - i },
		"mixed":   func(i uint64) uint64 { return i*2654435761%100_003 + 1 },
	} {
		var w window
		added := map[uint64]bool{}
		for i := range uint64(20_000) {
			id := ids(i)
			w.add(id)
			added[id] = true
			if id+windowSize > w.highest && !w.has(id) {
				t.Fatalf("%s: %d is not known", name, id)
			}
		}
		for id := w.highest - min(w.highest, 2*windowSize); id < w.highest+windowSize; id++ {
			recent := w.highest >= id && w.highest-id < windowSize
			if w.has(id) != (recent && added[id]) {
				t.Fatalf("%s: %d of %d: known %v, added %v", name, id, w.highest, w.has(id), added[id])
			}
		}
	}
}

// Parts of a call to a procedure that is not there are refused once.
func TestInvocation_PartsOfNothing(t *testing.T) {
	m := established(t)
	m.take(Dropped, 68, 1, 99, dict{"progress": true})
	m.take(Dropped, 68, 1, 99, dict{"progress": true})
	m.take(Dropped, 68, 1, 99, dict{})
	m.expect(list{8, 68, 1, dict{}, "wamp.error.no_such_procedure"})
}

// A router that leaves calls open for ever does not fill the memory.
func TestInvocation_PartsForEver(t *testing.T) {
	m := serving(t)
	for id := range uint64(3 * maxOver) {
		m.take(Invoked, 68, id+1, 12, dict{"progress": true})
		m.Begin(id+1, "inv")
		m.yield(id + 1)
		m.sent()
	}
	if len(m.over) > maxOver {
		t.Errorf("remembers %d invocations", len(m.over))
	}
}

// TestCallStream_RaceOfResultAndCancel plays the last result, progress and the
// cancel of a call in every order, a million times: each call has one outcome.
func TestCallStream_RaceOfResultAndCancel(t *testing.T) {
	rounds := 1_000_000
	if testing.Short() {
		rounds = 10_000
	}
	rng := rand.New(rand.NewPCG(3, 4))
	m := established(t)
	m.limits = Limits{}
	progress, result := &Message{Type: MsgResult}, &Message{Type: MsgResult}
	parsed, err := parseAny(t, m.format, list{50, 1, dict{"progress": true}})
	m.must(err)
	*progress = *parsed
	spare := new(Out)
	for range rounds {
		id, err := m.CallStream("w", "a.b", nil, Streams{Results: true}, Body{})
		if err != nil {
			t.Fatal(err)
		}
		progress.Request, result.Request = id, id
		cancelled, settled := false, false
		for _, step := range rng.Perm(3) {
			switch step {
			case 0:
				e, err := m.Receive(progress)
				if err != nil || (e.Kind == Progressed) != (!cancelled && !settled) {
					t.Fatalf("progress: %v, %v; cancelled %v, settled %v", e.Kind, err, cancelled, settled)
				}
			case 1:
				e, err := m.Receive(result)
				if err != nil || (e.Kind == Settled) == cancelled {
					t.Fatalf("result: %v, %v; cancelled %v", e.Kind, err, cancelled)
				}
				settled = !cancelled
			case 2:
				if pending := m.Cancel(id, "killnowait"); pending == settled {
					t.Fatalf("cancel: pending %v, settled %v", pending, settled)
				}
				cancelled = !settled
			}
		}
		if m.Pending() != 0 || cancelled == settled {
			t.Fatalf("call %d: cancelled %v, settled %v, %d pending", id, cancelled, settled, m.Pending())
		}
		spare = m.TakeQueue(spare)
		spare.Clear()
	}
}
