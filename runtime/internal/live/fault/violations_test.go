// Package fault shows that no frame a hostile router sends does harm.
package fault

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// faultFrame is one frame that breaks the protocol.
type faultFrame struct {
	name string
	data []byte
}

// envelopes are violations that need no session state. R046-R054.
func envelopes(t *testing.T, f codec.Format) []faultFrame {
	none := map[string]any{}
	values := map[string]any{
		"empty list": []any{}, "null": nil, "dict": none, "text": "hello", "number": 50,
		"type 0": []any{0, 1, none}, "type -1": []any{-1, 1, none}, "type 1.5": []any{1.5, 1, none},
		"type as text": []any{"48", 1, none}, "type 2^63": []any{uint64(1) << 63, 1, none},
		"type 2^64-1": []any{uint64(math.MaxUint64), 1, none}, "type null": []any{nil, 1, none},
		"type unknown": []any{99, 1, none}, "type of a list": []any{[]any{50}, 1, none},
		"id 0": []any{50, 0, none}, "id -1": []any{50, -1, none}, "id 2^53+1": []any{50, int64(1)<<53 + 1, none},
		"id 2^64-1": []any{50, uint64(math.MaxUint64), none}, "id 1.5": []any{50, 1.5, none},
		"id as text": []any{50, "1", none}, "id null": []any{50, nil, none}, "id 1e300": []any{50, 1e300, none},
		"details as list": []any{50, 1, []any{}}, "details null": []any{50, 1, nil},
		"args as dict": []any{50, 1, none, none}, "args as text": []any{50, 1, none, "x"},
		"kwargs as list": []any{50, 1, none, []any{}, []any{}}, "kwargs as number": []any{50, 1, none, []any{}, 1},
		"uri as number": []any{8, 48, 1, none, 7}, "uri null": []any{8, 48, 1, none, nil},
		"ERROR of no request": []any{8, 50, 1, none, "com.example.error"},
		"event id 0":          []any{36, 0, 1, none}, "publication 0": []any{36, 1, 0, none},
	}
	var list []faultFrame
	for name, v := range values {
		var e codec.Encoder
		e.Reset(f, nil)
		e.Any(v)
		if e.Err() != nil {
			t.Fatal(name, e.Err())
		}
		list = append(list, faultFrame{name, e.Bytes()})
	}
	whole, _ := wamptest.Message{50, 1, none, []any{"x"}}.Encode(f)
	list = append(list, faultFrame{"empty frame", nil}, faultFrame{"cut off", whole[:len(whole)-1]},
		faultFrame{"two messages in a frame", append(append([]byte{}, whole...), whole...)},
		faultFrame{"trailing bytes", append(append([]byte{}, whole...), 'x')},
		faultFrame{"noise", []byte{0xc1, 0xff, 0x00, 0xfe}})
	return list
}

// messages are the messages of a router, in their shortest and longest form.
var messages = []struct{ least, most wamptest.Message }{
	{wamptest.Message{wamptest.Welcome, 1, map[string]any{"roles": map[string]any{"dealer": map[string]any{}}}}, nil},
	{wamptest.Message{wamptest.Challenge, "ticket", map[string]any{}}, nil},
	{wamptest.Message{wamptest.Goodbye, map[string]any{}, "wamp.close.normal"}, nil},
	{wamptest.Message{wamptest.Error, wamptest.Call, 1, map[string]any{}, "com.example.error"}, wamptest.Message{wamptest.Error, wamptest.Call, 1, map[string]any{}, "com.example.error", []any{}, map[string]any{}}},
	{wamptest.Message{wamptest.Published, 1, 1}, nil},
	{wamptest.Message{wamptest.Subscribed, 1, 1}, nil},
	{wamptest.Message{wamptest.Unsubscribed, 1}, wamptest.Message{wamptest.Unsubscribed, 1, map[string]any{}}},
	{wamptest.Message{wamptest.Event, 1, 1, map[string]any{}}, wamptest.Message{wamptest.Event, 1, 1, map[string]any{}, []any{}, map[string]any{}}},
	{wamptest.Message{wamptest.Result, 1, map[string]any{}}, wamptest.Message{wamptest.Result, 1, map[string]any{}, []any{}, map[string]any{}}},
	{wamptest.Message{wamptest.Registered, 1, 1}, nil},
	{wamptest.Message{wamptest.Unregistered, 1}, wamptest.Message{wamptest.Unregistered, 1, map[string]any{}}},
	{wamptest.Message{wamptest.Invocation, 1, 1, map[string]any{}}, wamptest.Message{wamptest.Invocation, 1, 1, map[string]any{}, []any{}, map[string]any{}}},
	{wamptest.Message{wamptest.Interrupt, 1, map[string]any{}}, nil},
}

// sequences are violations of the state of an open session in which one
// CALL, with id 1, waits. R009, R055, R056.
func sequences() []wamptest.Message {
	none := map[string]any{}
	list := []wamptest.Message{
		messages[0].least, messages[1].least, // WELCOME twice, CHALLENGE when joined
		{wamptest.Hello, "realm1", map[string]any{"roles": map[string]any{"caller": none}}},
		{wamptest.Authenticate, "x", none},
		{wamptest.Call, 1, none, "com.example.x"}, {wamptest.Subscribe, 1, none, "com.example.x"},
		{wamptest.Register, 1, none, "com.example.x"}, {wamptest.Publish, 1, none, "com.example.x"},
		{wamptest.Unsubscribe, 1, 1}, {wamptest.Unregister, 1, 1}, {wamptest.Yield, 1, none}, {wamptest.Cancel, 1, none},
		{wamptest.Result, 2, none}, {wamptest.Published, 2, 1}, {wamptest.Error, wamptest.Call, 2, none, "com.example.e"}, // never issued
		{wamptest.Subscribed, 1, 1}, {wamptest.Registered, 1, 1}, {wamptest.Published, 1, 1}, // another type
		{wamptest.Unsubscribed, 1}, {wamptest.Unregistered, 1}, {wamptest.Error, wamptest.Register, 1, none, "com.example.e"},
	}
	for _, m := range messages {
		list = append(list, m.least[:len(m.least)-1])
		if m.most == nil {
			m.most = m.least
		}
		list = append(list, append(slices.Clip(m.most), 7))
	}
	return list
}

// F4: every violation ends the session with ABORT, its calls with an error, and
// the client comes again. R036, R037.
func TestF4_Violations(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		frames := envelopes(s.T, s.Format)
		for _, m := range sequences() {
			frame, err := m.Encode(s.Format)
			if err != nil {
				s.T.Fatal(err)
			}
			frames = append(frames, faultFrame{fmt.Sprint(m), frame})
		}
		c, p := s.Connect()
		for _, bad := range frames {
			p = violate(s, c, p, bad)
		}
		s.Works(c, p)
	})
}

// violate sends a frame that breaks the protocol while a call waits, and returns
// the peer of the next session.
func violate(s *stage.Stage, c *wamp.Client, p *wamptest.Peer, bad faultFrame) *wamptest.Peer {
	s.T.Helper()
	calls := stage.Calls(s, c, 1)
	p.Expect(wamptest.Call)
	p.SendRaw(bad.data)
	m, err := p.Next()
	if err != nil || m.Type() != wamptest.Abort || m.Text(2) != "wamp.error.protocol_violation" {
		s.T.Errorf("%s: want ABORT, got %v, %v", bad.name, m, err)
	} else if text, _ := m.Dict(1)["message"].(string); text == "" || len(text) > 256 {
		s.T.Errorf("%s: ABORT does not say what is wrong: %v", bad.name, m)
	}
	p.ExpectEnd()
	if s.Kind == wamptest.WebSocket && p.CloseCode() != 1002 {
		s.T.Errorf("%s: close code %d", bad.name, p.CloseCode())
	}
	s.Lost(calls, 1, false)
	p.Close()
	p = s.Accept()
	p.Join()
	return p
}

// F4: nothing but CHALLENGE, WELCOME and ABORT before WELCOME. R009.
func TestF4_BeforeWelcome(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		done := s.Dial()
		none := map[string]any{}
		for _, m := range []wamptest.Message{
			{wamptest.Result, 1, none}, {wamptest.Event, 1, 1, none}, {wamptest.Goodbye, none, "wamp.close.normal"},
			{wamptest.Invocation, 1, 1, none}, {wamptest.Welcome, 1, none}, {wamptest.Welcome, 0, none}, {},
		} {
			p := s.Accept()
			p.Expect(wamptest.Hello)
			p.Send(m)
			if a := p.Expect(wamptest.Abort); a.Text(2) != "wamp.error.protocol_violation" {
				s.T.Errorf("%v: got %v", m, a)
			}
			p.ExpectEnd()
		}
		p := s.Accept()
		p.Join()
		s.Works(s.Connected(done), p)
	})
}

// F4: an ABORT is never answered, not even one that is wrong itself. R025.
func TestF4_AbortIsNotAnswered(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		none := map[string]any{}
		for _, m := range []wamptest.Message{
			{wamptest.Abort, none, "com.example.reason"}, {wamptest.Abort, none}, {wamptest.Abort, "x", "y"},
			{wamptest.Abort, none, "com.example.reason", []any{}, none, 1, 2},
		} {
			calls := stage.Calls(s, c, 1)
			p.Expect(wamptest.Call)
			p.Send(m)
			p.ExpectEnd()
			s.Lost(calls, 1, false)
			p = s.Accept()
			p.Join()
		}
		synctest.Wait()
		s.Works(c, p)
	})
}

// F4: the ABORT arrives also when the router goes on sending, which the client
// does not read any more.
func TestF4_AbortReachesABusyRouter(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		_, p := s.Connect()
		event, err := wamptest.Message{wamptest.Event, 1, 1, map[string]any{}, []any{"x"}}.Encode(s.Format)
		if err != nil {
			s.T.Fatal(err)
		}
		frames := [][]byte{[]byte("?")}
		for range 5000 {
			frames = append(frames, event)
		}
		p.SendRaw(frames...)
		if m := p.Expect(wamptest.Abort); m.Text(2) != "wamp.error.protocol_violation" {
			s.T.Errorf("got %v", m)
		}
	})
}
