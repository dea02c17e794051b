package stage

import (
	"context"
	"slices"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// registered is what Register gave.
type registered struct {
	*wamp.Registration
	Err error
}

// Registering begins to register a procedure.
func (s *Stage) Registering(c *wamp.Client, uri string, f func(context.Context, wamp.Payload) (wamp.Payload, error), opts ...wamp.RegisterOption) <-chan registered {
	return Begin(func() registered {
		reg, err := c.Register(s.T.Context(), uri, f, opts...)
		return registered{reg, err}
	})
}

// Register registers a procedure; its id is that of the request.
func (s *Stage) Register(c *wamp.Client, p *wamptest.Peer, uri string, f func(context.Context, wamp.Payload) (wamp.Payload, error), opts ...wamp.RegisterOption) (*wamp.Registration, int64) {
	s.T.Helper()
	done := s.Registering(c, uri, f, opts...)
	m := p.Expect(wamptest.Register)
	p.Send(wamptest.Answer(m))
	r := <-done
	if r.Err != nil {
		s.T.Fatal(r.Err)
	}
	return r.Registration, m.ID(1)
}

// Subscribe subscribes and returns the id that the router gives.
func (s *Stage) Subscribe(c *wamp.Client, p *wamptest.Peer, topic string, h func(context.Context, wamp.Payload) error, opts ...wamp.SubscribeOption) (*wamp.Subscription, int64) {
	s.T.Helper()
	done := Begin(func() *wamp.Subscription {
		sub, err := c.Subscribe(s.T.Context(), topic, h, opts...)
		if err != nil {
			s.T.Error(err)
		}
		return sub
	})
	m := p.Expect(wamptest.Subscribe)
	p.Send(wamptest.Answer(m))
	sub := <-done
	if sub == nil {
		s.T.FailNow()
	}
	return sub, m.ID(1)
}

// Yields expects n answers of handlers and returns the requests they are for.
func (s *Stage) Yields(p *wamptest.Peer, n int) (requests []int64) {
	s.T.Helper()
	for range n {
		m, err := p.Next()
		if err != nil {
			s.T.Fatal(err)
		}
		if m.Type() != wamptest.Yield {
			s.T.Fatalf("a call in flight was answered %v, want YIELD", m)
		}
		requests = append(requests, m.ID(1))
	}
	slices.Sort(requests)
	return requests
}

// Echo is a handler that answers with its input.
func Echo(_ context.Context, in wamp.Payload) (wamp.Payload, error) { return in, nil }

// Numbered are n events of a subscription.
func Numbered(id int64, n int) (events []wamptest.Message) {
	for i := range n {
		events = append(events, wamptest.Message{wamptest.Event, id, i + 1, Dict{}, []any{i}})
	}
	return events
}
