package stage

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/wamptest"

	wamp "github.com/wampgen/wampgen/runtime"
)

// Intents is what a test's client registers and subscribes to, with counters
// of what its handlers saw.
type Intents struct {
	calls, Events sync.Map // uri -> *atomic.Int64
	Regs          []*wamp.Registration
	Subs          []*wamp.Subscription
}

// Count returns the counter of uri.
func Count(m *sync.Map, uri string) *atomic.Int64 {
	n, _ := m.LoadOrStore(uri, new(atomic.Int64))
	return n.(*atomic.Int64)
}

// Add makes n registrations and n subscriptions in turn, with all kinds of options.
func (w *Intents) Add(s *Stage, c *wamp.Client, n int) {
	s.T.Helper()
	policies := []wamp.InvokePolicy{
		wamp.InvokeSingle, wamp.InvokeRoundRobin, wamp.InvokeRandom, wamp.InvokeFirst, wamp.InvokeLast,
	}
	for i := range n {
		opts := []wamp.RegisterOption{wamp.WithInvokePolicy(policies[i%5])}
		uri := fmt.Sprintf("com.example.p%d", i)
		subOpts := []wamp.SubscribeOption{}
		topic := fmt.Sprintf("com.example.t%d", i)
		switch i % 4 {
		case 1:
			opts, subOpts = append(opts, wamp.WithPrefix()), append(subOpts, wamp.WithPrefix())
		case 2:
			uri, topic = uri+"..x", topic+"..x"
			opts, subOpts = append(opts, wamp.WithWildcard()), append(subOpts, wamp.WithWildcard())
		case 3:
			opts = append(opts, wamp.WithDiscloseCaller(), wamp.WithForceReregister(), wamp.WithConcurrency(3))
			subOpts = append(subOpts, wamp.WithGetRetained())
		}
		reg, err := c.Register(s.T.Context(), uri, func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			Count(&w.calls, uri).Add(1)
			return in, nil
		}, opts...)
		if err != nil {
			s.T.Fatal(err)
		}
		sub, err := c.Subscribe(s.T.Context(), topic, func(context.Context, wamp.Payload) error {
			Count(&w.Events, topic).Add(1)
			return nil
		}, subOpts...)
		if err != nil {
			s.T.Fatal(err)
		}
		w.Regs, w.Subs = append(w.Regs, reg), append(w.Subs, sub)
	}
}

// Remap grants ids that no session shares with another.
func Remap(s *Session, m wamptest.Message) []wamptest.Message {
	switch m.Type() {
	case wamptest.Register:
		return []wamptest.Message{{wamptest.Registered, m.ID(1), ID(s.Index, m.ID(1))}}
	case wamptest.Subscribe:
		return []wamptest.Message{{wamptest.Subscribed, m.ID(1), ID(s.Index, m.ID(1))}}
	}
	return nil
}

// ID returns the id that [Remap] gives to a request of a session.
func ID(session int, request int64) int64 { return int64(session+1)*100_000 + request }

// Use sends one INVOCATION and one EVENT for everything a session asked for,
// and as many for the ids of the session before, which mean nothing any more.
func (w *Intents) Use(s *Stage, sess *Session, asks []wamptest.Message) {
	s.T.Helper()
	none := map[string]any{}
	var out []wamptest.Message
	for i, m := range asks {
		for _, index := range []int{sess.Index, sess.Index - 1} {
			id := ID(index, m.ID(1))
			if m.Type() == wamptest.Register {
				out = append(out, wamptest.Message{wamptest.Invocation, len(out) + 1, id, none, []any{i}})
			} else {
				out = append(out, wamptest.Message{wamptest.Event, id, i + 1, none, []any{i}})
			}
		}
	}
	sess.Peer.Send(out...)
	synctest.Wait()
}

// Expect checks that every handler has run n times.
func (w *Intents) Expect(s *Stage, n int64) {
	s.T.Helper()
	for i := range w.Regs {
		if got := Count(&w.calls, w.Regs[i].Procedure()).Load(); got != n {
			s.T.Errorf("procedure %s ran %d times, want %d", w.Regs[i].Procedure(), got, n)
		}
		if got := Count(&w.Events, w.Subs[i].Topic()).Load(); got != n {
			s.T.Errorf("handler of %s ran %d times, want %d", w.Subs[i].Topic(), got, n)
		}
	}
}
