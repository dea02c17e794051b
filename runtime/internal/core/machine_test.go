package core

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

// machine is a session under test: it takes messages as lists and gives back as lists what is queued.
type machine struct {
	*Session
	tb testing.TB
}

func newMachine(tb testing.TB, l Limits) *machine {
	return &machine{Session: NewSession(codec.JSON, l), tb: tb}
}

// inState returns a session in the given state, its queue empty.
func inState(tb testing.TB, want State) *machine {
	tb.Helper()
	m := newMachine(tb, Limits{})
	m.must(m.Hello("realm1", Dict{{"roles", Dict{{"caller", Dict{}}}}}))
	m.sent()
	switch want {
	case Authenticating:
		m.take(Challenged, 4, "ticket", dict{})
	case Established:
		m.welcome("call_canceling")
	case Closing:
		m.welcome("call_canceling")
		m.must(m.Goodbye("wamp.close.close_realm"))
	case Closed:
		m.Abort("wamp.error.protocol_violation", "it was bad")
	}
	m.sent()
	if m.State() != want {
		tb.Fatalf("state %v, want %v", m.State(), want)
	}
	return m
}

// established is inState(Established).
func established(tb testing.TB) *machine { return inState(tb, Established) }

// welcome receives WELCOME from a router whose dealer has these features.
func (m *machine) welcome(features ...string) {
	m.tb.Helper()
	m.sent()
	announced := dict{}
	for _, f := range features {
		announced[f] = true
	}
	m.take(Welcomed, 2, 7, dict{"roles": dict{"broker": dict{}, "dealer": dict{"features": announced}}})
}

// receive takes one message of the peer.
func (m *machine) receive(message ...any) (Effect, error) {
	m.tb.Helper()
	msg, err := parseAny(m.tb, m.format, message)
	if err != nil {
		m.tb.Fatalf("test message %v: %v", message, err)
	}
	return m.Receive(msg)
}

// take is receive of a message whose effect must be of this kind.
func (m *machine) take(want EffectKind, message ...any) Effect {
	m.tb.Helper()
	e, err := m.receive(message...)
	if err != nil || e.Kind != want {
		m.tb.Fatalf("%v: effect %v, %v; want %v", message, e.Kind, err, want)
	}
	return e
}

// refuse is receive of a message that must be a violation.
func (m *machine) refuse(message ...any) {
	m.tb.Helper()
	e, err := m.receive(message...)
	if _, ok := errors.AsType[*Violation](err); !ok {
		m.tb.Fatalf("%v: effect %v, %v; want a violation", message, e.Kind, err)
	}
}

// sent empties the queue and returns its messages.
func (m *machine) sent() list {
	m.tb.Helper()
	out := m.TakeQueue(new(Out))
	sent := list{}
	for i, f := range out.Frames {
		frame := append(append([]byte(nil), out.Head(i)...), f.Body...)
		v, err := codec.Raw{Format: m.format, Data: frame}.Any()
		if err != nil {
			m.tb.Fatalf("frame %q: %v", frame, err)
		}
		sent = append(sent, v)
	}
	return sent
}

// expect compares what is queued.
func (m *machine) expect(want ...any) {
	m.tb.Helper()
	got := m.sent()
	if len(got) == 0 && len(want) == 0 {
		return
	}
	if !reflect.DeepEqual(got, normal(want)) {
		m.tb.Fatalf("sent %v, want %v", got, want)
	}
}

// must fails the test on an error.
func (m *machine) must(err error) {
	m.tb.Helper()
	if err != nil {
		m.tb.Fatal(err)
	}
}

// id is must for a command that gives an id.
func (m *machine) id(id uint64, err error) uint64 {
	m.tb.Helper()
	m.must(err)
	return id
}

// subscribed and registered make a subscription or registration with this id.
func (m *machine) subscribed(handle any, topic string, id uint64) {
	m.tb.Helper()
	m.take(Settled, 33, m.id(m.Subscribe("w", handle, topic, nil)), id)
	m.sent()
}

func (m *machine) registered(handle any, procedure string, id uint64) {
	m.tb.Helper()
	m.take(Settled, 65, m.id(m.Register("w", handle, procedure, nil)), id)
	m.sent()
}

// list is a message as it stands on the wire.
type list = []any

// normal turns ints into int64, as the codec decodes them.
func normal(v any) any {
	switch v := v.(type) {
	case int:
		return int64(v)
	case uint64:
		return int64(v)
	case Type:
		return int64(v)
	case list:
		out := list{}
		for _, x := range v {
			out = append(out, normal(x))
		}
		return out
	case dict:
		out := dict{}
		for k, x := range v {
			out[k] = normal(x)
		}
		return out
	}
	return v
}

// body is an encoded payload of one string argument of n bytes.
func body(tb testing.TB, f codec.Format, n int) Body {
	tb.Helper()
	var e codec.Encoder
	BeginPayload(&e, f, nil)
	e.List(1)
	e.Text(strings.Repeat("x", n))
	e.EndList()
	EndPayload(&e, 1)
	if e.Err() != nil {
		tb.Fatal(e.Err())
	}
	return Body{Bytes: e.Bytes(), Values: 1}
}
