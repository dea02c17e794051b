package core

import (
	"fmt"
	"slices"
	"testing"
)

// states are the columns of table 2.V.
var states = []State{Opening, Authenticating, Established, Closing, Closed}

var stateNames = map[State]string{
	Opening: "opening", Authenticating: "authenticating", Established: "established", Closing: "closing", Closed: "closed",
}

// V is the mark of a violation in table2V.
const V = EffectKind(-1)

// table2V is table 2.V of docs/requirements.md: a message and its effect in each state. For Established the session has call 1
// pending, subscription 11, registration 12 and the running invocation 13; 2 to 4 were issued and are settled.
var table2V = []struct {
	message list
	effects [5]EffectKind
}{
	{list{1, "realm1", dict{"roles": dict{"caller": dict{}}}}, [5]EffectKind{V, V, V, Dropped, Dropped}},          // R040
	{list{2, 7, dict{"roles": dict{"broker": dict{}}}}, [5]EffectKind{Welcomed, V, V, Dropped, Dropped}},          // R009, R038
	{list{3, dict{}, "wamp.error.no_such_realm"}, [5]EffectKind{Aborted, Aborted, Aborted, Aborted, Dropped}},     // R025
	{list{4, "ticket", dict{}}, [5]EffectKind{Challenged, V, V, Dropped, Dropped}},                                // R039
	{list{5, "signature", dict{}}, [5]EffectKind{V, V, V, Dropped, Dropped}},                                      // R049
	{list{6, dict{}, "wamp.close.close_realm"}, [5]EffectKind{V, V, Left, Left, Dropped}},                         // R041
	{list{8, 48, 1, dict{}, "a.b"}, [5]EffectKind{V, V, Settled, Dropped, Dropped}},                               // R042
	{list{8, 48, 3, dict{}, "a.b"}, [5]EffectKind{V, V, Dropped, Dropped, Dropped}},                               // R057
	{list{8, 48, 99, dict{}, "a.b"}, [5]EffectKind{V, V, V, Dropped, Dropped}},                                    // R055
	{list{8, 64, 1, dict{}, "a.b"}, [5]EffectKind{V, V, V, Dropped, Dropped}},                                     // R056
	{list{8, 68, 1, dict{}, "a.b"}, [5]EffectKind{V, V, V, Dropped, Dropped}},                                     // R044
	{list{8, 1, 1, dict{}, "a.b"}, [5]EffectKind{V, V, V, Dropped, Dropped}},                                      // R044
	{list{8, 49, 1, dict{}, "a.b"}, [5]EffectKind{V, V, Dropped, Dropped, Dropped}},                               // R045
	{list{8, 70, 13, dict{}, "a.b"}, [5]EffectKind{V, V, Dropped, Dropped, Dropped}},                              // R045
	{list{16, 1, dict{}, "a.b"}, [5]EffectKind{V, V, V, Dropped, Dropped}},                                        // R049
	{list{17, 1, 5}, [5]EffectKind{V, V, V, Dropped, Dropped}},                                                    // R056
	{list{17, 2, 5}, [5]EffectKind{V, V, Dropped, Dropped, Dropped}},                                              // R057
	{list{32, 1, dict{}, "a.b"}, [5]EffectKind{V, V, V, Dropped, Dropped}},                                        // R049
	{list{33, 1, 5}, [5]EffectKind{V, V, V, Dropped, Dropped}},                                                    // R056
	{list{33, 99, 5}, [5]EffectKind{V, V, V, Dropped, Dropped}},                                                   // R055
	{list{34, 1, 5}, [5]EffectKind{V, V, V, Dropped, Dropped}},                                                    // R049
	{list{35, 2}, [5]EffectKind{V, V, Dropped, Dropped, Dropped}},                                                 // R057
	{list{35, 99}, [5]EffectKind{V, V, V, Dropped, Dropped}},                                                      // R055
	{list{35, 0, dict{"subscription": 11}}, [5]EffectKind{V, V, Unsubscribed, Dropped, Dropped}},                  // R232
	{list{35, 0, dict{"subscription": 99}}, [5]EffectKind{V, V, Dropped, Dropped, Dropped}},                       // R062
	{list{36, 11, 5, dict{}}, [5]EffectKind{V, V, Delivered, Dropped, Dropped}},                                   // R043
	{list{36, 99, 5, dict{}}, [5]EffectKind{V, V, Dropped, Dropped, Dropped}},                                     // R058
	{list{48, 1, dict{}, "a.b"}, [5]EffectKind{V, V, V, Dropped, Dropped}},                                        // R049
	{list{49, 1, dict{}}, [5]EffectKind{V, V, V, Dropped, Dropped}},                                               // R049
	{list{50, 1, dict{}}, [5]EffectKind{V, V, Settled, Dropped, Dropped}},                                         // R042
	{list{50, 1, dict{"progress": true}}, [5]EffectKind{V, V, Dropped, Dropped, Dropped}},                         // R145
	{list{50, 3, dict{}}, [5]EffectKind{V, V, Dropped, Dropped, Dropped}},                                         // R057
	{list{50, 99, dict{}}, [5]EffectKind{V, V, V, Dropped, Dropped}},                                              // R055
	{list{64, 1, dict{}, "a.b"}, [5]EffectKind{V, V, V, Dropped, Dropped}},                                        // R049
	{list{65, 1, 5}, [5]EffectKind{V, V, V, Dropped, Dropped}},                                                    // R056
	{list{66, 1, 5}, [5]EffectKind{V, V, V, Dropped, Dropped}},                                                    // R049
	{list{67, 3}, [5]EffectKind{V, V, Dropped, Dropped, Dropped}},                                                 // R057
	{list{67, 0, dict{"registration": 12, "reason": "a.b"}}, [5]EffectKind{V, V, Unregistered, Dropped, Dropped}}, // R208
	{list{67, 0, dict{"registration": 99}}, [5]EffectKind{V, V, Dropped, Dropped, Dropped}},                       // R062
	{list{68, int64(1 << 40), 12, dict{}}, [5]EffectKind{V, V, Invoked, Dropped, Dropped}},                        // R060
	{list{68, 13, 12, dict{}}, [5]EffectKind{V, V, Dropped, Dropped, Dropped}},                                    // R164
	{list{68, 20, 99, dict{}}, [5]EffectKind{V, V, Dropped, Dropped, Dropped}},                                    // R059
	{list{69, 13, dict{"mode": "kill"}}, [5]EffectKind{V, V, Interrupted, Dropped, Dropped}},                      // R177
	{list{69, 99, dict{"mode": "kill"}}, [5]EffectKind{V, V, Dropped, Dropped, Dropped}},                          // R061
	{list{70, 13, dict{}}, [5]EffectKind{V, V, V, Dropped, Dropped}},                                              // R049
	{list{337, 5}, [5]EffectKind{V, V, V, Dropped, Dropped}},                                                      // R049
}

// Table 2.V: every incoming message in every state (R009, R024, R038 to R045, R049, R055 to R062). What is ignored or
// refused says nothing, except that a callee answers for a registration that is gone (R059).
func TestTable2V(t *testing.T) {
	types := map[any]bool{}
	for _, row := range table2V {
		types[row.message[0]] = true
		for i, state := range states {
			t.Run(fmt.Sprint(stateNames[state], "/", row.message), func(t *testing.T) {
				m := inState(t, state)
				if state == Established {
					m.populate()
				}
				want := row.effects[i]
				if want == V {
					m.refuse(row.message...)
				} else {
					m.take(want, row.message...)
				}
				if answered := len(m.sent()) > 0; answered != (state == Established && row.message[0] == 68 && row.message[2] == 99) {
					t.Errorf("answered: %v", answered)
				}
			})
		}
	}
	for code := range layouts {
		if Known(Type(code)) && !types[code] {
			t.Errorf("%v is not in the table", Type(code))
		}
	}
}

// populate brings an open session into the situation of table2V.
func (m *machine) populate() {
	m.tb.Helper()
	call := m.id(m.Call("call", "a.b", nil, Body{}))
	m.take(Settled, 17, m.id(m.Publish("w", "a.b", nil, Body{})), 5)
	m.subscribed("sub", "a.b", 11)
	m.registered("reg", "a.b", 12)
	m.take(Invoked, 68, 13, 12, dict{})
	m.Begin(13, "inv")
	m.sent()
	if call != 1 || m.Pending() != 1 {
		m.tb.Fatalf("%d pending", m.Pending())
	}
}

// R188, R216: what is glued to the reply already finds its handler.
func TestInstalledWithTheReply(t *testing.T) {
	m := established(t)
	sub, reg := m.id(m.Subscribe("ws", "hs", "a.b", nil)), m.id(m.Register("wr", "hr", "a.b", nil))
	if e := m.take(Settled, 65, reg, 12); e.Waiter != "wr" {
		t.Errorf("waiter %v", e.Waiter)
	}
	if e := m.take(Invoked, 68, 1, 12, dict{}); e.Handle != "hr" {
		t.Errorf("handle %v", e.Handle)
	}
	if e := m.take(Settled, 33, sub, 11); e.Waiter != "ws" {
		t.Errorf("waiter %v", e.Waiter)
	}
	if e := m.take(Delivered, 36, 11, 1, dict{}); !slices.Equal(e.Handles, list{"hs"}) {
		t.Errorf("handles %v", e.Handles)
	}
}

// R136, R189: replies are matched by id alone, in any order, and settle once (R137, R146).
func TestRepliesInAnyOrder(t *testing.T) {
	m := established(t)
	for i := range 3 {
		m.id(m.Call(i, "a.b", nil, Body{}))
	}
	a, b := m.id(m.Register("a", "ha", "a.b", nil)), m.id(m.Register("b", "hb", "a.c", nil))
	for _, id := range []int{2, 3, 1} {
		if e := m.take(Settled, 50, id, dict{}); e.Waiter != id-1 {
			t.Errorf("call %d settled %v", id, e.Waiter)
		}
		m.take(Dropped, 50, id, dict{}) // R146
	}
	m.take(Settled, 65, b, 21)
	m.take(Settled, 65, a, 20)
	if e := m.take(Invoked, 68, 1, 20, dict{}); e.Handle != "ha" {
		t.Errorf("handle %v", e.Handle)
	}
	if m.Pending() != 0 {
		t.Errorf("%d pending", m.Pending())
	}
}

// R073, R217, R218: a repeated SUBSCRIBE may bring a known id; UNSUBSCRIBE follows the last handle.
func TestSharedSubscription(t *testing.T) {
	m := established(t)
	for _, h := range []string{"h1", "h2", "h3"} {
		m.subscribed(h, "a.b", 11)
	}
	before := m.take(Delivered, 36, 11, 1, dict{}).Handles
	if id := m.id(m.Unsubscribe("w", 11, "h2")); id != 0 {
		t.Errorf("UNSUBSCRIBE %d while others listen", id)
	}
	if id := m.id(m.Unsubscribe("w", 11, "h2")); id != 0 {
		t.Errorf("UNSUBSCRIBE %d for a handle that is gone", id)
	}
	if e := m.take(Delivered, 36, 11, 2, dict{}); !slices.Equal(e.Handles, list{"h1", "h3"}) {
		t.Errorf("handles %v", e.Handles)
	}
	if !slices.Equal(before, list{"h1", "h2", "h3"}) {
		t.Errorf("the list of an event on its way became %v", before)
	}
	m.expect()
	m.id(m.Unsubscribe("w", 11, "h1"))
	m.expect()
	id := m.id(m.Unsubscribe("w", 11, "h3"))
	m.expect(list{34, id, 11})
	if e := m.take(Delivered, 36, 11, 3, dict{}); !slices.Equal(e.Handles, list{"h3"}) { // it crossed UNSUBSCRIBE
		t.Errorf("handles %v", e.Handles)
	}
	if e := m.take(Settled, 35, id); e.Waiter != "w" {
		t.Errorf("waiter %v", e.Waiter)
	}
	m.take(Dropped, 36, 11, 4, dict{}) // R058, R234
	if id := m.id(m.Unsubscribe("w", 11, "h3")); id != 0 {
		t.Errorf("UNSUBSCRIBE %d for nothing", id)
	}
}

// R073: the UNSUBSCRIBE of one handle must not end the subscription that a SUBSCRIBE for the same topic, sent before it,
// is about to share.
func TestUnsubscribeWhileSubscribing(t *testing.T) {
	t.Run("shared", func(t *testing.T) {
		m := established(t)
		m.subscribed("h1", "a.b", 11)
		second := m.id(m.Subscribe("w2", "h2", "a.b", nil))
		m.sent()
		m.id(m.Unsubscribe("w1", 11, "h1"))
		m.expect()
		if e := m.take(Delivered, 36, 11, 1, dict{}); !slices.Equal(e.Handles, list{"h1"}) {
			t.Errorf("handles %v", e.Handles)
		}
		m.take(Settled, 33, second, 11)
		m.expect()
		if e := m.take(Delivered, 36, 11, 2, dict{}); !slices.Equal(e.Handles, list{"h2"}) {
			t.Errorf("handles %v", e.Handles)
		}
	})
	t.Run("refused", func(t *testing.T) {
		m := established(t)
		m.subscribed("h1", "a.b", 11)
		second := m.id(m.Subscribe("w2", "h2", "a.b", nil))
		m.id(m.Unsubscribe("w1", 11, "h1"))
		m.sent()
		m.take(Settled, 8, 32, second, dict{}, "a.error")
		m.expect(list{34, second + 1, 11})
		m.take(Nothing, 35, second+1)
	})
	t.Run("another id", func(t *testing.T) {
		m := established(t)
		m.subscribed("h1", "a.b", 11)
		second := m.id(m.Subscribe("w2", "h2", "a.b", nil))
		m.id(m.Unsubscribe("w1", 11, "h1"))
		m.sent()
		m.take(Settled, 33, second, 12)
		m.expect(list{34, second + 1, 11})
	})
	t.Run("revoked meanwhile", func(t *testing.T) {
		m := established(t)
		m.subscribed("h1", "a.b", 11)
		second := m.id(m.Subscribe("w2", "h2", "a.b", nil))
		m.id(m.Unsubscribe("w1", 11, "h1"))
		m.sent()
		m.take(Dropped, 35, 0, dict{"subscription": 11})
		m.take(Settled, 33, second, 12)
		m.expect()
	})
	t.Run("twice", func(t *testing.T) {
		m := established(t)
		m.subscribed("h1", "a.b", 11)
		second := m.id(m.Subscribe("w2", "h2", "a.b", nil))
		third := m.id(m.Subscribe("w3", "h3", "a.b", nil))
		m.id(m.Unsubscribe("w1", 11, "h1"))
		m.take(Settled, 33, second, 11)
		m.id(m.Unsubscribe("w2", 11, "h2"))
		m.sent()
		m.take(Settled, 8, 32, third, dict{}, "a.error")
		m.expect(list{34, third + 1, 11})
	})
	t.Run("given up", func(t *testing.T) { // a SUBSCRIBE that nobody waits for holds nothing back
		m := established(t)
		m.subscribed("h1", "a.b", 11)
		second := m.id(m.Subscribe("w2", "h2", "a.b", nil))
		m.id(m.Unsubscribe("w1", 11, "h1"))
		m.sent()
		m.Abandon(second)
		m.expect(list{34, second + 1, 11})
		m.take(Nothing, 33, second, 11) // UNSUBSCRIBE follows it: nothing to undo
		m.expect()
		m.take(Nothing, 35, second+1)
		m.take(Dropped, 36, 11, 1, dict{})
	})
	t.Run("given up before", func(t *testing.T) {
		m := established(t)
		m.subscribed("h1", "a.b", 11)
		second := m.id(m.Subscribe("w2", "h2", "a.b", nil))
		m.Abandon(second)
		m.sent()
		m.expect(list{34, m.id(m.Unsubscribe("w1", 11, "h1")), 11})
	})
	t.Run("another topic", func(t *testing.T) {
		m := established(t)
		m.subscribed("h1", "a.b", 11)
		second := m.id(m.Subscribe("w2", "h2", "a.c", nil))
		m.sent()
		m.id(m.Unsubscribe("w1", 11, "h1"))
		m.expect(list{34, second + 1, 11})
	})
}

// Several handles that leave together all get events until the reply, whatever it is.
func TestUnsubscribeTogether(t *testing.T) {
	for _, refused := range []bool{false, true} {
		m := established(t)
		for _, h := range []string{"h1", "h2"} {
			m.subscribed(h, "a.b", 11)
		}
		id := m.id(m.Unsubscribe("w", 11, "h1", "h2"))
		m.expect(list{34, id, 11})
		if e := m.take(Delivered, 36, 11, 1, dict{}); !slices.Equal(e.Handles, list{"h1", "h2"}) {
			t.Errorf("handles %v", e.Handles)
		}
		if refused {
			m.take(Settled, 8, 34, id, dict{}, "wamp.error.no_such_subscription")
		} else {
			m.take(Settled, 35, id)
		}
		m.take(Dropped, 36, 11, 2, dict{})
	}
}

// An INVOCATION that crosses our UNREGISTER is served, also when nobody waits for the reply; after the reply, whatever
// it is, there is nobody to serve it (R059).
func TestUnregisterServesUntilTheReply(t *testing.T) {
	for _, abandoned := range []bool{false, true} {
		for _, refused := range []bool{false, true} {
			m := established(t)
			m.registered("reg", "a.b", 12)
			id := m.id(m.Unregister("w", 12))
			if again := m.id(m.Unregister("w", 12)); again != 0 {
				t.Errorf("UNREGISTER %d of what leaves already", again)
			}
			m.expect(list{66, id, 12})
			if abandoned && !m.Abandon(id) {
				t.Error("it was pending")
			}
			if e := m.take(Invoked, 68, 1, 12, dict{}); e.Handle != "reg" {
				t.Errorf("handle %v", e.Handle)
			}
			want := Settled
			if abandoned {
				want = Nothing
			}
			if refused {
				m.take(want, 8, 66, id, dict{}, "wamp.error.not_authorized")
			} else {
				m.take(want, 67, id)
			}
			m.expect()
			m.take(Dropped, 68, 2, 12, dict{})
			m.expect(list{8, 68, 2, dict{}, "wamp.error.no_such_procedure"})
		}
	}
}

// A procedure that is registered again while it leaves keeps its new handle.
func TestRegisterWhileUnregistering(t *testing.T) {
	m := established(t)
	m.registered("old", "a.b", 12)
	gone := m.id(m.Unregister("w", 12))
	next := m.id(m.Register("w", "new", "a.b", nil))
	m.take(Settled, 67, gone)
	m.take(Settled, 65, next, 12) // a router may give a shared registration the same id again
	if e := m.take(Invoked, 68, 1, 12, dict{}); e.Handle != "new" {
		t.Errorf("handle %v", e.Handle)
	}
}

// A late success of a REGISTER or SUBSCRIBE that nobody waits for is undone; a late refusal needs nothing.
func TestUndoOfLateSuccess(t *testing.T) {
	m := established(t)
	sub, reg := m.id(m.Subscribe("ws", "hs", "a.b", nil)), m.id(m.Register("wr", "hr", "a.b", nil))
	failed := m.id(m.Subscribe("wf", "hf", "a.c", nil))
	for _, id := range []uint64{sub, reg, failed} {
		if !m.Abandon(id) {
			t.Errorf("%d was not pending", id)
		}
	}
	m.sent()
	m.take(Nothing, 33, sub, 11)
	m.expect(list{34, 4, 11})
	m.take(Dropped, 36, 11, 1, dict{})
	m.take(Nothing, 65, reg, 12)
	m.expect(list{66, 5, 12})
	m.take(Dropped, 68, 1, 12, dict{}) // R059: its handler is gone
	m.expect(list{8, 68, 1, dict{}, "wamp.error.no_such_procedure"})
	m.take(Nothing, 8, 32, failed, dict{}, "a.error")
	m.take(Nothing, 35, 4)
	m.take(Nothing, 8, 66, 5, dict{}, "wamp.error.no_such_registration")
	m.expect()
	if m.Pending() != 0 {
		t.Errorf("%d pending", m.Pending())
	}
	if m.Abandon(sub) {
		t.Error("settled requests are not pending")
	}
}

// The undo of a late SUBSCRIBED leaves a subscription that others share (R073), also one that is still asked for.
func TestUndoOfSharedSubscription(t *testing.T) {
	m := established(t)
	m.subscribed("h1", "a.b", 11)
	late := m.id(m.Subscribe("w", "h2", "a.b", nil))
	m.Abandon(late)
	m.sent()
	m.take(Nothing, 33, late, 11)
	m.expect()
	if e := m.take(Delivered, 36, 11, 1, dict{}); !slices.Equal(e.Handles, list{"h1"}) {
		t.Errorf("handles %v", e.Handles)
	}

	m = established(t)
	late, next := m.id(m.Subscribe("w", "h1", "a.b", nil)), m.id(m.Subscribe("w", "h2", "a.b", nil))
	m.Abandon(late)
	m.sent()
	m.take(Nothing, 33, late, 11)
	m.take(Settled, 33, next, 11)
	m.expect()
	if e := m.take(Delivered, 36, 11, 1, dict{}); !slices.Equal(e.Handles, list{"h2"}) {
		t.Errorf("handles %v", e.Handles)
	}
}

// R210: UNSUBSCRIBE or UNREGISTER crosses the revocation of the same id.
func TestRevocationRace(t *testing.T) {
	m := established(t)
	m.populate()
	sub, reg := m.id(m.Unsubscribe("ws", 11, "sub")), m.id(m.Unregister("wr", 12))
	m.sent()
	m.take(Dropped, 35, 0, dict{"subscription": 11})
	m.take(Dropped, 67, 0, dict{"registration": 12})
	m.take(Settled, 8, 34, sub, dict{}, "wamp.error.no_such_subscription")
	m.take(Settled, 8, 66, reg, dict{}, "wamp.error.no_such_registration")
	m.expect()
}

// R208, R209, R232: a revocation names all handles and sends nothing; what runs may still answer.
func TestRevocation(t *testing.T) {
	m := established(t)
	m.populate()
	m.subscribed("sub2", "a.b", 11)
	if e := m.take(Unsubscribed, 35, 0, dict{"subscription": 11}); !slices.Equal(e.Handles, list{"sub", "sub2"}) {
		t.Errorf("handles %v", e.Handles)
	}
	if e := m.take(Unregistered, 67, 0, dict{"registration": 12}); e.Handle != "reg" {
		t.Errorf("handle %v", e.Handle)
	}
	m.expect()
	m.take(Dropped, 36, 11, 1, dict{})
	if queued, err := m.Yield(13, Body{}); !queued || err != nil {
		t.Errorf("yield: %v, %v", queued, err)
	}
	m.expect(list{70, 13, dict{}})
	m.take(Dropped, 68, 14, 12, dict{})
	m.expect(list{8, 68, 14, dict{}, "wamp.error.no_such_procedure"}) // R059
	if id := m.id(m.Unregister("w", 12)); id != 0 {
		t.Errorf("UNREGISTER %d of what was revoked", id)
	}
	m.expect()
}

// A peer that makes us answer and does not read is given up. What our own side queues does not count: ten thousand
// calls may be cancelled at once.
func TestOverrun(t *testing.T) {
	m := newMachine(t, Limits{Replies: 10})
	m.must(m.Hello("realm1", nil))
	m.welcome("call_canceling")
	m.sent()
	for range 100 {
		m.Cancel(m.id(m.Call("w", "a.b", nil, Body{})), "killnowait")
	}
	m.take(Dropped, 36, 1, 1, dict{})
	m.registered("reg", "a.b", 12)
	for i := range 5 {
		m.take(Dropped, 68, i+1, 99, dict{})
	}
	for i := range uint64(6) { // as a full lane does
		m.take(Invoked, 68, 100+i, 12, dict{})
		m.Begin(100+i, "inv")
		if _, err := m.Fail(100+i, "wamp.error.unavailable", Body{}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := m.receive(68, 12, 99, dict{})
	if over, ok := err.(*Overrun); !ok || over.Frames != 11 {
		t.Fatalf("got %v", err)
	}
	m.sent()
	m.take(Dropped, 68, 13, 99, dict{}) // the peer reads again
}
