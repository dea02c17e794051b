package live

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/wamptest"

	wamp "github.com/wampgen/wampgen/runtime"
)

// recWanted is what a test's client registers and subscribes to, with counters
// of what its handlers saw.
type recWanted struct {
	calls, events sync.Map // uri -> *atomic.Int64
	regs          []*wamp.Registration
	subs          []*wamp.Subscription
}

func recCount(m *sync.Map, uri string) *atomic.Int64 {
	n, _ := m.LoadOrStore(uri, new(atomic.Int64))
	return n.(*atomic.Int64)
}

// add makes n registrations and n subscriptions in turn, with all kinds of options.
func (w *recWanted) add(s *faultStage, c *wamp.Client, n int) {
	s.t.Helper()
	policies := []wamp.InvokePolicy{
		wamp.InvokeSingle, wamp.InvokeRoundRobin, wamp.InvokeRandom, wamp.InvokeFirst, wamp.InvokeLast,
	}
	for i := range n {
		opts := []wamp.RegisterOption{wamp.Invoke(policies[i%5])}
		uri := fmt.Sprintf("com.example.p%d", i)
		subOpts := []wamp.SubscribeOption{}
		topic := fmt.Sprintf("com.example.t%d", i)
		switch i % 4 {
		case 1:
			opts, subOpts = append(opts, wamp.Prefix()), append(subOpts, wamp.Prefix())
		case 2:
			uri, topic = uri+"..x", topic+"..x"
			opts, subOpts = append(opts, wamp.Wildcard()), append(subOpts, wamp.Wildcard())
		case 3:
			opts = append(opts, wamp.DiscloseCaller(), wamp.ForceReregister(), wamp.Concurrency(3))
			subOpts = append(subOpts, wamp.GetRetained())
		}
		reg, err := c.Register(s.t.Context(), uri, func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			recCount(&w.calls, uri).Add(1)
			return in, nil
		}, opts...)
		if err != nil {
			s.t.Fatal(err)
		}
		sub, err := c.Subscribe(s.t.Context(), topic, func(context.Context, wamp.Payload) error {
			recCount(&w.events, topic).Add(1)
			return nil
		}, subOpts...)
		if err != nil {
			s.t.Fatal(err)
		}
		w.regs, w.subs = append(w.regs, reg), append(w.subs, sub)
	}
}

// recRemap grants ids that no session shares with another.
func recRemap(s *recSession, m wamptest.Message) []wamptest.Message {
	switch m.Type() {
	case wamptest.Register:
		return []wamptest.Message{{wamptest.Registered, m.ID(1), recID(s.index, m.ID(1))}}
	case wamptest.Subscribe:
		return []wamptest.Message{{wamptest.Subscribed, m.ID(1), recID(s.index, m.ID(1))}}
	}
	return nil
}

func recID(session int, request int64) int64 { return int64(session+1)*100_000 + request }

// use sends one INVOCATION and one EVENT for everything a session asked for,
// and as many for the ids of the session before, which mean nothing any more.
func (w *recWanted) use(s *faultStage, sess *recSession, asks []wamptest.Message) {
	s.t.Helper()
	none := map[string]any{}
	var out []wamptest.Message
	for i, m := range asks {
		for _, index := range []int{sess.index, sess.index - 1} {
			id := recID(index, m.ID(1))
			if m.Type() == wamptest.Register {
				out = append(out, wamptest.Message{wamptest.Invocation, len(out) + 1, id, none, []any{i}})
			} else {
				out = append(out, wamptest.Message{wamptest.Event, id, i + 1, none, []any{i}})
			}
		}
	}
	sess.peer.Send(out...)
	synctest.Wait()
}

// expect checks that every handler has run n times.
func (w *recWanted) expect(s *faultStage, n int64) {
	s.t.Helper()
	for i := range w.regs {
		if got := recCount(&w.calls, w.regs[i].Procedure()).Load(); got != n {
			s.t.Errorf("procedure %s ran %d times, want %d", w.regs[i].Procedure(), got, n)
		}
		if got := recCount(&w.events, w.subs[i].Topic()).Load(); got != n {
			s.t.Errorf("handler of %s ran %d times, want %d", w.subs[i].Topic(), got, n)
		}
	}
}
