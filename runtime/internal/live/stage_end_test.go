package live

import (
	"context"
	"errors"
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

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
	if text, _ := m.Dict(1)["message"].(string); m.Text(2) != "wamp.error.protocol_violation" || text == "" || len(m) != 3 {
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

// closed checks that c is over for everybody.
func (s *faultStage) closed(c *wamp.Client) {
	s.t.Helper()
	ctx := s.t.Context()
	if st := c.Status(); st.State != wamp.Closed || !errors.Is(st.Err, wamp.ErrClosed) || c.Session() != 0 {
		s.t.Errorf("status %+v", st)
	}
	for st := range c.Watch(ctx) { // ends by itself
		if st.State != wamp.Closed {
			s.t.Errorf("watched %v", st.State)
		}
	}
	_, call := c.Call(ctx, "com.example.p", nil, nil)
	_, register := c.Register(ctx, "com.example.p", faultEcho)
	_, subscribe := c.Subscribe(ctx, "com.example.t", func(context.Context, wamp.Payload) error { return nil })
	for _, err := range []error{call, register, subscribe, c.Publish(ctx, "com.example.t", nil, nil)} {
		if !errors.Is(err, wamp.ErrClosed) || !wamp.SafeToRetry(err) {
			s.t.Errorf("after Close: %v", err)
		}
	}
}
