package core

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

// R135, R168, R193, R194, R213: what the commands put on the wire.
func TestCommands(t *testing.T) {
	m := established(t)
	m.populate()
	m.Begin(14, "inv")
	payload := body(t, codec.JSON, 1)
	for _, c := range []struct {
		run  func() error
		want list
	}{
		{func() error { _, err := m.Call("w", "a.b", nil, Body{}); return err }, list{48, 5, dict{}, "a.b"}},
		{func() error { _, err := m.Call("w", "a.b", Dict{{"timeout", 5}}, payload); return err }, list{48, 6, dict{"timeout": 5}, "a.b", list{"x"}}},
		{func() error { _, err := m.Publish(nil, "a.b", nil, payload); return err }, list{16, 7, dict{}, "a.b", list{"x"}}},
		{func() error { _, err := m.Publish("w", "a.b", Dict{{"acknowledge", true}}, Body{}); return err }, list{16, 8, dict{"acknowledge": true}, "a.b"}},
		{func() error { _, err := m.Subscribe("w", "h", "a.", Dict{{"match", "prefix"}}); return err }, list{32, 9, dict{"match": "prefix"}, "a."}},
		{func() error { _, err := m.Register("w", "h", "a.c", nil); return err }, list{64, 10, dict{}, "a.c"}},
		{func() error { _, err := m.Unsubscribe("w", 11, "sub"); return err }, list{34, 11, 11}},
		{func() error { _, err := m.Unregister("w", 12); return err }, list{66, 12, 12}},
		{func() error { m.Cancel(5, "skip"); return nil }, list{49, 5, dict{"mode": "skip"}}},
		{func() error { _, err := m.Yield(13, payload); return err }, list{70, 13, dict{}, list{"x"}}},
		{func() error { _, err := m.Fail(14, "a.error", payload); return err }, list{8, 68, 14, dict{}, "a.error", list{"x"}}},
		{func() error { return m.Goodbye("wamp.close.close_realm") }, list{6, dict{}, "wamp.close.close_realm"}},
	} {
		m.must(c.run())
		m.expect(c.want)
	}
}

// R012, R023: requests are refused in every state but Established, and nothing is queued.
func TestCommandsOutsideTheSession(t *testing.T) {
	for _, state := range states {
		if state == Established {
			continue
		}
		m := inState(t, state)
		m.subs[11], m.regs[12] = subscription{topic: "a.b", handles: list{"h"}}, registration{handle: "h"}
		for name, run := range map[string]func() (uint64, error){
			"call":        func() (uint64, error) { return m.Call("w", "a.b", nil, Body{}) },
			"publish":     func() (uint64, error) { return m.Publish(nil, "a.b", nil, Body{}) },
			"subscribe":   func() (uint64, error) { return m.Subscribe("w", "h", "a.b", nil) },
			"register":    func() (uint64, error) { return m.Register("w", "h", "a.b", nil) },
			"unsubscribe": func() (uint64, error) { return m.Unsubscribe("w", 11, "h") },
			"unregister":  func() (uint64, error) { return m.Unregister("w", 12) },
			"goodbye":     func() (uint64, error) { return 0, m.Goodbye("a.b") },
		} {
			if id, err := run(); id != 0 || !errors.Is(err, ErrClosed) {
				t.Errorf("%v: %s: %d, %v", stateNames[state], name, id, err)
			}
		}
		m.Begin(13, "h")
		if queued, err := m.Yield(13, Body{}); queued || err != nil {
			t.Errorf("%v: yield: %v, %v", stateNames[state], queued, err)
		}
		m.expect()
	}
}

// R067, R124: a request that cannot be encoded or is too large uses no id and leaves the queue alone.
func TestFailedRequestUsesNoID(t *testing.T) {
	for _, f := range formats {
		m := newMachine(t, Limits{Send: 512})
		m.format = f
		m.must(m.Hello("realm1", Dict{{"roles", dict{"caller": dict{}}}}))
		m.welcome()
		m.sent()
		for range 2 {
			var large *TooLarge
			if id, err := m.Call("w", "a.b", nil, body(t, f, 600)); id != 0 || !errors.As(err, &large) || large.Limit != 512 || large.Size < 600 {
				t.Errorf("%v: too large: %d, %v", f, id, err)
			}
			if id, err := m.Call("w", "a.\xff", nil, Body{}); id != 0 || err == nil {
				t.Errorf("%v: bad text: %d", f, id)
			}
			if id, err := m.Publish(nil, "a.b", Dict{{"x_chan", make(chan int)}}, Body{}); id != 0 || err == nil {
				t.Errorf("%v: bad option: %d", f, id)
			}
		}
		if m.Pending() != 0 || m.Queue().Bytes != 0 {
			t.Errorf("%v: %d pending, %d bytes", f, m.Pending(), m.Queue().Bytes)
		}
		m.id(m.Call("w", "a.b", nil, Body{}))
		m.expect(list{48, 1, dict{}, "a.b"})
	}
}

// The limit itself is taken, one byte more is not.
func TestSendLimitIsExact(t *testing.T) {
	for _, f := range formats {
		for _, more := range []int{0, 1} {
			m := newMachine(t, Limits{})
			m.format, m.state = f, Established
			m.id(m.Call("w", "a.b", nil, body(t, f, 300)))
			m.limits.Send = m.Queue().Bytes
			_, err := m.Call("w", "a.b", nil, body(t, f, 300+more))
			if (err != nil) != (more > 0) {
				t.Errorf("%v: %d more: %v", f, more, err)
			}
		}
	}
}

// Calls and acknowledged publishes that wait are bounded; they take no place from
// subscriptions and registrations, and giving something back is always possible.
func TestPendingLimit(t *testing.T) {
	m := newMachine(t, Limits{Pending: 2})
	m.state = Established
	m.subscribed("sub", "a.b", 11)
	m.registered("reg", "a.b", 12)
	m.id(m.Call("w", "a.b", nil, Body{}))
	m.id(m.Publish("w", "a.b", nil, Body{}))
	if id, err := m.Call("w", "a.b", nil, Body{}); id != 0 || !errors.Is(err, ErrPending) {
		t.Fatalf("got %d, %v", id, err)
	}
	m.id(m.Publish(nil, "a.b", nil, Body{}))
	m.id(m.Unsubscribe("w", 11, "sub"))
	m.id(m.Unregister("w", 12))
	for range 3 {
		m.id(m.Subscribe("w", "h", "a.c", nil))
		m.id(m.Register("w", "h", "a.c", nil))
		m.id(m.Fetch("w", "a.b", nil, Body{}))
	}
	if got := len(m.sent()); got != 14 || m.Pending() != 13 {
		t.Errorf("%d sent, %d pending", got, m.Pending())
	}
	m.take(Settled, 50, 3, dict{})
	m.id(m.Call("w", "a.b", nil, Body{})) // its place is free again
	if id, err := m.Call("w", "a.b", nil, Body{}); id != 0 || !errors.Is(err, ErrPending) {
		t.Fatalf("got %d, %v", id, err)
	}
}

// R168 to R175: cancelling. Whoever comes first wins, and CANCEL goes out once, to dealers that know it.
func TestCancel(t *testing.T) {
	for _, c := range []struct {
		mode    string
		feature string
		sent    bool
		settles bool // a RESULT after it still counts
	}{
		{"killnowait", "call_canceling", true, false},
		{"skip", "call_canceling", true, false},
		{"kill", "call_canceling", true, true},  // R171
		{"kill", "call_cancelling", true, true}, // the other spelling of the specification
		{"kill", "call_timeout", false, false},  // R169
		{"killnowait", "call_timeout", false, false},
	} {
		for name, reply := range map[string]list{
			"result": {50, 1, dict{}}, "error": {8, 48, 1, dict{}, "wamp.error.canceled"},
		} {
			t.Run(c.mode+" "+c.feature+" "+name, func(t *testing.T) {
				m := newMachine(t, Limits{})
				m.must(m.Hello("realm1", nil))
				m.welcome(c.feature)
				id := m.id(m.Call("w", "a.b", nil, Body{}))
				m.sent()
				for range 2 {
					if pending := m.Cancel(id, c.mode); !pending && c.settles {
						t.Error("kill leaves the call pending")
					}
				}
				if c.sent {
					m.expect(list{49, id, dict{"mode": c.mode}})
				}
				m.expect()
				m.take(Dropped, 50, id, dict{"progress": true}) // R173
				if c.settles {
					m.take(Settled, reply...)
				}
				m.take(Dropped, reply...) // R057, R176
				if m.Cancel(id, c.mode) || m.Pending() != 0 {
					t.Error("still pending")
				}
				m.expect()
			})
		}
	}
}

// R172: a RESULT that is already here wins over the cancel.
func TestCancelAfterResult(t *testing.T) {
	m := established(t)
	id := m.id(m.Call("w", "a.b", nil, Body{}))
	m.sent()
	m.take(Settled, 50, id, dict{})
	if m.Cancel(id, "killnowait") {
		t.Error("the outcome is on its way")
	}
	m.expect()
}

// R175: after the grace period a killed call is given up; what comes then is dropped.
func TestAbandonAfterKill(t *testing.T) {
	m := established(t)
	id := m.id(m.Call("w", "a.b", nil, Body{}))
	m.Cancel(id, "kill")
	if !m.Abandon(id) || m.Abandon(id) {
		t.Error("the call was pending, once")
	}
	m.take(Dropped, 50, id, dict{})
}

// Publish and the requests that give something back are abandoned without a word.
func TestAbandonPlain(t *testing.T) {
	m := established(t)
	m.populate()
	for _, c := range []struct {
		id    uint64
		reply func(id uint64) list
	}{
		{m.id(m.Publish("w", "a.b", nil, Body{})), func(id uint64) list { return list{17, id, 9} }},
		{m.id(m.Unsubscribe("w", 11, "sub")), func(id uint64) list { return list{35, id} }},
		{m.id(m.Unregister("w", 12)), func(id uint64) list { return list{67, id} }},
	} {
		m.sent()
		if !m.Abandon(c.id) || m.Abandon(c.id) {
			t.Errorf("%d was pending, once", c.id)
		}
		if e, err := m.receive(c.reply(c.id)...); err != nil || e.Waiter != nil {
			t.Errorf("%d: %+v, %v", c.id, e, err)
		}
		m.expect()
	}
	if m.Pending() != 1 { // the call of populate
		t.Errorf("%d pending", m.Pending())
	}
}

// R192: an invocation has one answer, whatever the shell tries; R180: an INTERRUPT after it is ignored.
func TestOneAnswer(t *testing.T) {
	for _, first := range []string{"yield", "fail"} {
		m := established(t)
		m.populate()
		answer := func(how string) bool {
			if how == "yield" {
				queued, err := m.Yield(13, Body{})
				m.must(err)
				return queued
			}
			queued, err := m.Fail(13, "a.error", Body{})
			m.must(err)
			return queued
		}
		if !answer(first) || answer("yield") || answer("fail") {
			t.Error("want one answer")
		}
		if got := len(m.sent()); got != 1 {
			t.Errorf("%d answers", got)
		}
		m.take(Dropped, 69, 13, dict{"mode": "kill"})
	}
}

// R197: an answer that is too large leaves the invocation open for another one.
func TestTooLargeAnswer(t *testing.T) {
	m := established(t)
	m.populate()
	m.limits.Send = 512
	var large *TooLarge
	if queued, err := m.Yield(13, body(t, codec.JSON, 600)); queued || !errors.As(err, &large) {
		t.Fatalf("got %v, %v", queued, err)
	}
	if queued, err := m.Fail(13, "wamp.error.payload_size_exceeded", Body{}); !queued || err != nil {
		t.Fatalf("got %v, %v", queued, err)
	}
	m.expect(list{8, 68, 13, dict{}, "wamp.error.payload_size_exceeded"})
}

// R082: an error URI that is none is not sent, and the invocation stays open for another answer.
func TestInvalidErrorURI(t *testing.T) {
	for _, uri := range []string{"", "a b", "a..b", "a.\xff"} {
		m := established(t)
		m.populate()
		if queued, err := m.Fail(13, uri, Body{}); queued || err == nil {
			t.Errorf("%q: %v, %v", uri, queued, err)
		}
		m.expect()
		if queued, _ := m.Fail(13, "a.error", Body{}); !queued {
			t.Errorf("%q ended the invocation", uri)
		}
	}
}

// R177 to R180: kill and a missing mode want an answer, killnowait none.
func TestInterrupt(t *testing.T) {
	for _, c := range []struct {
		options dict
		kill    bool
	}{
		{dict{"mode": "kill"}, true}, {dict{}, true}, {dict{"reason": "wamp.error.canceled"}, true}, {dict{"mode": "killnowait"}, false},
	} {
		m := established(t)
		m.populate()
		e := m.take(Interrupted, 69, 13, c.options)
		if e.Handle != "inv" || e.Kill != c.kill {
			t.Errorf("%v: %+v", c.options, e)
		}
		queued, err := m.Fail(13, "wamp.error.canceled", Body{})
		if queued != c.kill || err != nil {
			t.Errorf("%v: answered %v, %v", c.options, queued, err)
		}
		m.take(Dropped, 69, 13, c.options) // R061
	}
}

// R026, R027: the end hands back everybody who waits, once, and tells truly what was not sent.
func TestDrop(t *testing.T) {
	m := established(t)
	m.populate() // call 1 waits and is sent
	m.id(m.Call("sent", "a.b", nil, Body{}))
	m.sent()
	m.id(m.Call("queued", "a.b", nil, Body{}))
	m.id(m.Publish("acknowledged", "a.b", nil, Body{}))
	m.id(m.Publish(nil, "a.b", nil, Body{}))
	m.id(m.Subscribe("subscribe", "h", "a.c", nil))
	m.id(m.Register("register", "h", "a.c", nil))
	m.Abandon(m.id(m.Subscribe("abandoned", "h", "a.d", nil)))
	m.Cancel(m.id(m.Call("cancelled", "a.b", nil, Body{})), "killnowait")
	m.Cancel(m.id(m.Call("killed", "a.b", nil, Body{})), "kill")
	m.Cancel(1, "kill")

	waiters, invocations := m.Drop()
	var got []string
	for _, w := range waiters {
		unsent := ""
		if w.Unsent {
			unsent = " unsent"
		}
		got = append(got, w.Waiter.(string)+unsent)
	}
	slices.Sort(got)
	want := "acknowledged unsent,call,killed unsent,queued unsent,register unsent,sent,subscribe unsent"
	if s := strings.Join(got, ","); s != want {
		t.Errorf("got %s\nwant %s", s, want)
	}
	if !slices.Equal(invocations, list{"inv"}) {
		t.Errorf("invocations %v", invocations)
	}
	m.expect()
	if waiters, invocations = m.Drop(); waiters != nil || invocations != nil || m.State() != Closed || m.Pending() != 0 {
		t.Errorf("a second time: %v, %v", waiters, invocations)
	}
}

// R020 to R023: GOODBYE is said once by each side, and nothing after it.
func TestGoodbye(t *testing.T) {
	t.Run("ours first", func(t *testing.T) {
		m := established(t)
		m.id(m.Call("w", "a.b", nil, Body{}))
		m.must(m.Goodbye("wamp.close.close_realm"))
		m.expect(list{48, 1, dict{}, "a.b"}, list{6, dict{}, "wamp.close.close_realm"})
		m.Cancel(1, "killnowait")
		if e := m.take(Left, 6, dict{}, "wamp.close.close_realm"); e.First { // also when both say it at once
			t.Error("theirs was the reply")
		}
		m.Drop()
		m.Abort("a.b", "text")
		m.expect()
	})
	t.Run("theirs first", func(t *testing.T) {
		m := established(t)
		if e := m.take(Left, 6, dict{"message": "bye"}, "wamp.close.normal"); !e.First { // R031
			t.Error("theirs was first")
		}
		m.Drop()
		m.Farewell()
		m.Farewell()
		m.Abort("a.b", "text")
		m.expect(list{6, dict{}, "wamp.close.goodbye_and_out"})
		m.take(Dropped, 6, dict{}, "wamp.close.normal")
	})
}

// R033 to R036: ABORT is said once, its text in Details.message, with nothing after it.
func TestAbort(t *testing.T) {
	for _, state := range []State{Opening, Authenticating, Established} {
		m := inState(t, state)
		m.Drop()
		m.Abort("wamp.error.protocol_violation", "it was bad")
		m.Abort("wamp.error.protocol_violation", "and again")
		m.Farewell()
		m.expect(list{3, dict{"message": "it was bad"}, "wamp.error.protocol_violation"})
		m.take(Dropped, 3, dict{}, "a.b") // R035
	}
	m := inState(t, Closing) // R023
	m.Drop()
	m.Abort("wamp.error.protocol_violation", "it was bad")
	m.expect()
}
