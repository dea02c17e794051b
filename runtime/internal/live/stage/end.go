package stage

import (
	"context"
	"errors"
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// Quiet fails the test when the client writes anything by itself, within a
// synctest bubble. Then the message that next gives is due.
func (s *Stage) Quiet(p *wamptest.Peer, next func() wamptest.Message) wamptest.Message {
	s.T.Helper()
	got := Begin(func() wamptest.Message {
		m, err := p.Next()
		if err != nil {
			s.T.Errorf("while nothing should come: %v", err)
		}
		return m
	})
	synctest.Wait()
	select {
	case m := <-got:
		s.T.Errorf("want no message, found %v", m)
		return m
	default:
	}
	if answer := next(); answer != nil {
		p.Send(answer)
	}
	return <-got
}

// Violation expects the ABORT that answers a violation, and the end.
func (s *Stage) Violation(p *wamptest.Peer) {
	s.T.Helper()
	m := p.Expect(wamptest.Abort)
	if text, _ := m.Dict(1)["message"].(string); m.Text(2) != "wamp.error.protocol_violation" || text == "" || len(m) != 3 {
		s.T.Errorf("found %v", m)
	}
	s.Ended(p, 1002)
}

// Ended expects the end of the connection, over WebSocket with this close code.
func (s *Stage) Ended(p *wamptest.Peer, code int) {
	s.T.Helper()
	p.ExpectEnd()
	if s.Kind == wamptest.WebSocket && p.CloseCode() != code {
		s.T.Errorf("close code %d, want %d", p.CloseCode(), code)
	}
}

// Closed checks that c is over for everybody.
func (s *Stage) Closed(c *wamp.Client) {
	s.T.Helper()
	ctx := s.T.Context()
	if st := c.Status(); st.State != wamp.Closed || !errors.Is(st.Err, wamp.ErrClosed) || c.SessionID() != 0 {
		s.T.Errorf("status %+v", st)
	}
	for st := range c.Watch(ctx) { // ends by itself
		if st.State != wamp.Closed {
			s.T.Errorf("watched %v", st.State)
		}
	}
	_, call := c.Call(ctx, "com.example.p", nil, nil)
	_, register := c.Register(ctx, "com.example.p", Echo)
	_, subscribe := c.Subscribe(ctx, "com.example.t", func(context.Context, wamp.Payload) error { return nil })
	for _, err := range []error{call, register, subscribe, c.Publish(ctx, "com.example.t", nil, nil)} {
		if !errors.Is(err, wamp.ErrClosed) || !wamp.SafeToRetry(err) {
			s.T.Errorf("after Close: %v", err)
		}
	}
}
