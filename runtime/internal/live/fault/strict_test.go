package fault

import (
	"context"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// R044, R045, R058, R104: what no router should send ends a strict session with
// ABORT, and any other goes on. R072: ids mean nothing, the largest one as well.
func TestStrictProtocol(t *testing.T) {
	const most = int64(1 << 53)
	for name, m := range map[string]wamptest.Message{
		"an unknown subscription": {wamptest.Event, most, 1, stage.Dict{}},
		"an unknown registration": {wamptest.Invocation, 1, most, stage.Dict{}},
		"an error of CANCEL":      {wamptest.Error, 49, 1, stage.Dict{}, "wamp.error.invalid_argument"},
		"an error of YIELD":       {wamptest.Error, 70, 1, stage.Dict{}, "wamp.error.feature_not_supported"},
		"null for arguments":      {wamptest.Event, 77, 1, stage.Dict{}, nil},
		"null for keywords":       {wamptest.Event, 77, 1, stage.Dict{}, []any{1}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			stage.Transports(t, func(s *stage.Stage) {
				c, p := s.Connect(wamp.WithStrictProtocol())
				subscribed(s, c, p)
				p.Send(m)
				if a := p.Expect(wamptest.Abort); a.Text(2) != "wamp.error.protocol_violation" {
					s.T.Errorf("got %v", a)
				}
				p.Close()
			})
			stage.Transports(t, func(s *stage.Stage) {
				c, p := s.Connect()
				subscribed(s, c, p)
				p.Send(m)
				if m[0] == wamptest.Invocation {
					p.Expect(wamptest.Error)
				}
				s.Works(c, p)
			})
		})
	}
}

// subscribed makes the subscription 77.
func subscribed(s *stage.Stage, c *wamp.Client, p *wamptest.Peer) *wamp.Subscription {
	done := stage.Begin(func() *wamp.Subscription {
		sub, err := c.Subscribe(s.T.Context(), "com.example.t", func(context.Context, wamp.Payload) error { return nil })
		if err != nil {
			s.T.Error(err)
		}
		return sub
	})
	p.Send(wamptest.Message{wamptest.Subscribed, p.Expect(wamptest.Subscribe).ID(1), 77})
	return <-done
}

// A strict session bears what crosses a request that gives something back, and what
// comes late behind it or behind a revocation.
func TestStrictProtocol_Crossing(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithStrictProtocol())
		event := wamptest.Message{wamptest.Event, 77, 1, stage.Dict{}}
		sub := subscribed(s, c, p)
		left := stage.Begin(func() error { return sub.Unsubscribe(s.T.Context()) })
		m := p.Expect(wamptest.Unsubscribe)
		p.Send(event, wamptest.Message{wamptest.Unsubscribed, m.ID(1)}, event)
		if err := <-left; err != nil {
			s.T.Error(err)
		}
		r, id := s.Register(c, p, "com.example.p", stage.Echo)
		p.Send(wamptest.Message{wamptest.Unregistered, 0, stage.Dict{"registration": id}})
		<-r.Done()
		p.Send(wamptest.Message{wamptest.Invocation, 9, id, stage.Dict{}})
		if e := p.Expect(wamptest.Error); e.Text(4) != "wamp.error.no_such_procedure" {
			s.T.Errorf("got %v", e)
		}
		s.Works(c, p)
	})
}
