package live

import (
	"context"
	"slices"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// registered is what Register gave.
type registered struct {
	*wamp.Registration
	err error
}

// registering begins to register a procedure.
func (s *faultStage) registering(c *wamp.Client, uri string, f func(context.Context, wamp.Payload) (wamp.Payload, error), opts ...wamp.RegisterOption) <-chan registered {
	return begin(func() registered {
		reg, err := c.Register(s.t.Context(), uri, f, opts...)
		return registered{reg, err}
	})
}

// granted registers a procedure; its id is that of the request.
func (s *faultStage) granted(c *wamp.Client, p *wamptest.Peer, uri string, f func(context.Context, wamp.Payload) (wamp.Payload, error), opts ...wamp.RegisterOption) (*wamp.Registration, int64) {
	s.t.Helper()
	done := s.registering(c, uri, f, opts...)
	m := p.Expect(wamptest.Register)
	p.Send(wamptest.Answer(m))
	r := <-done
	if r.err != nil {
		s.t.Fatal(r.err)
	}
	return r.Registration, m.ID(1)
}

// subscribed subscribes and returns the id that the router gives.
func (s *faultStage) subscribed(c *wamp.Client, p *wamptest.Peer, topic string, h func(context.Context, wamp.Payload) error, opts ...wamp.SubscribeOption) (*wamp.Subscription, int64) {
	s.t.Helper()
	done := begin(func() *wamp.Subscription {
		sub, err := c.Subscribe(s.t.Context(), topic, h, opts...)
		if err != nil {
			s.t.Error(err)
		}
		return sub
	})
	m := p.Expect(wamptest.Subscribe)
	p.Send(wamptest.Answer(m))
	sub := <-done
	if sub == nil {
		s.t.FailNow()
	}
	return sub, m.ID(1)
}

// yields expects n answers of handlers and returns the requests they are for.
func (s *faultStage) yields(p *wamptest.Peer, n int) (requests []int64) {
	s.t.Helper()
	for range n {
		m, err := p.Next()
		if err != nil {
			s.t.Fatal(err)
		}
		if m.Type() != wamptest.Yield {
			s.t.Fatalf("a call in flight was answered %v, want YIELD", m)
		}
		requests = append(requests, m.ID(1))
	}
	slices.Sort(requests)
	return requests
}

// faultEcho is a handler that answers with its input.
func faultEcho(_ context.Context, in wamp.Payload) (wamp.Payload, error) { return in, nil }

// dispatchEvents are n events of a subscription.
func dispatchEvents(id int64, n int) (events []wamptest.Message) {
	for i := range n {
		events = append(events, wamptest.Message{wamptest.Event, id, i + 1, dict{}, []any{i}})
	}
	return events
}
