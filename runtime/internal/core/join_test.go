package core

import (
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

// R001 to R003: HELLO comes first and once, and its realm is a URI, or null where
// the router is to assign it.
func TestHello(t *testing.T) {
	m := newMachine(t, Limits{})
	for _, realm := range []string{"a b", "a..b", "a.\xff"} {
		if err := m.Hello(realm, nil); err == nil {
			t.Errorf("realm %q was taken", realm)
		}
		m.expect()
	}
	m.must(m.Hello("", nil))
	m.expect(list{1, nil, dict{}})
	m = newMachine(t, Limits{})
	m.must(m.Hello("realm1", Dict{{"roles", dict{"caller": dict{}}}, {"agent", "x"}}))
	m.expect(list{1, "realm1", dict{"roles": dict{"caller": dict{}}, "agent": "x"}})
	for _, state := range []State{Opening, Established} {
		if state == Established {
			m.welcome()
		}
		if err := m.Hello("realm1", nil); err == nil {
			t.Errorf("a second HELLO when %v", stateNames[state])
		}
	}
	m.expect()
}

// R001, R009: a router that speaks first breaks the rules, and gets no ABORT in the place of HELLO.
func TestNothingBeforeHello(t *testing.T) {
	for _, first := range []list{
		{2, 7, dict{"roles": dict{"broker": dict{}}}}, {4, "ticket", dict{}}, {6, dict{}, "wamp.close.normal"},
	} {
		m := newMachine(t, Limits{})
		m.refuse(first...)
		m.Drop()
		m.Abort("wamp.error.protocol_violation", "it was bad")
		m.expect()
	}
	m := newMachine(t, Limits{})
	m.must(m.Hello("realm1", nil))
	m.refuse(6, dict{}, "wamp.close.normal")
	m.Drop() // with the HELLO that was still queued
	m.Abort("wamp.error.protocol_violation", "it was bad")
	m.expect()

	m = newMachine(t, Limits{})
	m.take(Aborted, 3, dict{}, "wamp.error.system_shutdown")
}

// R009, R269, R270: CHALLENGE and AUTHENTICATE take turns, several rounds if need be, then WELCOME.
func TestChallenge(t *testing.T) {
	m := newMachine(t, Limits{})
	m.must(m.Hello("realm1", nil))
	m.sent()
	if m.Authenticate("x", nil) == nil {
		t.Error("AUTHENTICATE without CHALLENGE")
	}
	for range 2 {
		m.take(Challenged, 4, "ticket", dict{})
		m.must(m.Authenticate("secret", nil))
		if m.Authenticate("secret", nil) == nil {
			t.Error("AUTHENTICATE twice")
		}
		m.expect(list{5, "secret", dict{}})
	}
	m.welcome()
	if m.Authenticate("x", nil) == nil {
		t.Error("AUTHENTICATE after WELCOME")
	}

	m = inState(t, Authenticating) // the challenge waits for its answer
	m.refuse(4, "ticket", dict{})
	m = inState(t, Authenticating)
	m.refuse(2, 7, dict{"roles": dict{"broker": dict{}}})
	m = inState(t, Authenticating)
	m.take(Aborted, 3, dict{}, "wamp.error.not_authorized")
}

// R010, R011: one known role is enough; a feature is on when it says true.
func TestWelcomeFeatures(t *testing.T) {
	m := newMachine(t, Limits{})
	m.must(m.Hello("realm1", nil))
	m.sent()
	m.take(Welcomed, 2, uint64(MaxID), dict{"roles": dict{"dealer": dict{"features": dict{
		"call_canceling": true, "call_timeout": false, "shared_registration": nil, "x_own": true, "session_meta_api": true,
	}}, "x_other": 5}})
	f := m.Features()
	if f.Broker || !f.Dealer || !f.CallCanceling || f.CallTimeout {
		t.Errorf("got %+v", f)
	}
	for feature, want := range map[string]bool{
		"call_canceling": true, "call_timeout": false, "shared_registration": false, "x_own": true, "none": false, "": false,
	} {
		if f.Has("dealer", feature) != want || f.Has("broker", feature) {
			t.Errorf("%q: %v", feature, f.Has("dealer", feature))
		}
	}
	var none Features
	if none.Has("dealer", "call_canceling") {
		t.Error("the zero value announces nothing")
	}
}

// R011: features that are no dict, or no boolean, mean that there is none.
func TestOddFeatures(t *testing.T) {
	for _, roles := range []any{
		nil, list{}, dict{"dealer": nil}, dict{"dealer": dict{"features": nil}}, dict{"dealer": dict{"features": list{"a"}}},
		dict{"dealer": dict{"features": dict{"a": 1}}}, dict{"dealer": dict{"features": dict{"a": "true"}}},
	} {
		for _, format := range formats {
			if f := newFeatures(raw(t, format, dict{"roles": roles}), Overrides{}); f.Has("dealer", "a") {
				t.Errorf("%v: %v announces a", format, roles)
			}
		}
	}
}

// The features outlive the frame of WELCOME.
func TestFeaturesAreCopied(t *testing.T) {
	m := NewSession(codec.JSON, Limits{})
	if err := m.Hello("realm1", nil); err != nil {
		t.Fatal(err)
	}
	m.TakeQueue(new(Out))
	frame := encode(t, codec.JSON, list{2, 7, dict{"roles": dict{"dealer": dict{"features": dict{"a": true}}}}})
	var msg Message
	if err := Parse(codec.JSON, frame, &msg); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Receive(&msg); err != nil {
		t.Fatal(err)
	}
	clear(frame)
	if !m.Features().Has("dealer", "a") {
		t.Error("the feature went with the frame")
	}
}

// R010: the session itself refuses a router that is neither broker nor dealer, and says both figures of what is refused.
func TestRefusals(t *testing.T) {
	m := newMachine(t, Limits{})
	m.must(m.Hello("realm1", nil))
	m.sent()
	_, err := m.Receive(&Message{Type: MsgWelcome, ID: 7, Details: raw(t, codec.JSON, dict{"roles": dict{}})})
	for want, err := range map[string]error{
		"wamp: protocol violation: WELCOME.Details.roles: want broker or dealer, got neither": err,
		"wamp: message of 600 bytes, the peer takes at most 512":                              &TooLarge{Size: 600, Limit: 512},
		"wamp: 11 answers wait for a peer that does not read":                                 &Overrun{Frames: 11},
	} {
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
