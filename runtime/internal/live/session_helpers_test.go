package live

import (
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// message and dict are short for what is written often in tables.
type (
	message = wamptest.Message
	dict    = map[string]any
)

const (
	protocolViolation = "wamp.error.protocol_violation"
	goodbyeAndOut     = "wamp.close.goodbye_and_out"
)

// begin runs f on a goroutine and gives its result; the test goes on meanwhile.
func begin[T any](f func() T) <-chan T {
	done := make(chan T, 1)
	go func() { done <- f() }()
	return done
}

// reply is the outcome of a call.
type reply struct {
	wamp.Payload
	err error
}

// call begins a call.
func (s *faultStage) call(c *wamp.Client, procedure string, opts ...wamp.CallOption) <-chan reply {
	return begin(func() reply {
		out, err := c.Call(s.t.Context(), procedure, nil, nil, opts...)
		return reply{out, err}
	})
}

// quiet fails the test when the client writes anything by itself, within a
// synctest bubble. Then the message that next gives is due.
func (s *faultStage) quiet(p *wamptest.Peer, next func() message) message {
	s.t.Helper()
	got := begin(func() message {
		m, err := p.Next()
		if err != nil {
			s.t.Errorf("while nothing should come: %v", err)
		}
		return m
	})
	synctest.Wait()
	select {
	case m := <-got:
		s.t.Errorf("want no message, found %v", m)
		return m
	default:
	}
	if answer := next(); answer != nil {
		p.Send(answer)
	}
	return <-got
}

// violation expects the ABORT that answers a violation, and the end.
func (s *faultStage) violation(p *wamptest.Peer) {
	s.t.Helper()
	m := p.Expect(wamptest.Abort)
	if text, _ := m.Dict(1)["message"].(string); m.Text(2) != protocolViolation || text == "" || len(m) != 3 {
		s.t.Errorf("found %v", m)
	}
	s.ended(p, 1002)
}

// ended expects the end of the connection, over WebSocket with this close code.
func (s *faultStage) ended(p *wamptest.Peer, code int) {
	s.t.Helper()
	p.ExpectEnd()
	if s.kind == wamptest.WebSocket && p.CloseCode() != code {
		s.t.Errorf("close code %d, want %d", p.CloseCode(), code)
	}
}
