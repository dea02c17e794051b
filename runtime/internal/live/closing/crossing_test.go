package closing

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// R059: what the dealer had routed before it read our UNREGISTER is served, however the
// registration is taken back; and the caller of a drain is told the truth.
func TestUnregister_ServesWhatCrossesIt(t *testing.T) {
	type leave func(ctx context.Context, c *wamp.Client, rs *wamp.Registrations) error
	for name, leave := range map[string]leave{
		"drain": func(ctx context.Context, c *wamp.Client, _ *wamp.Registrations) error { return c.Drain(ctx) },
		"unregister": func(ctx context.Context, _ *wamp.Client, rs *wamp.Registrations) error {
			return rs.All()[0].Unregister(ctx)
		},
		"unregister all":  func(ctx context.Context, _ *wamp.Client, rs *wamp.Registrations) error { return rs.Unregister(ctx) },
		"without waiting": unregisterInAHurry,
	} {
		t.Run(name, func(t *testing.T) {
			stage.Bubbles(t, func(s *stage.Stage) {
				c, p := s.Connect()
				served := stage.Begin(func() *wamp.Registrations {
					rs, err := wamp.Register(s.T.Context(), c, stage.Procedure(false).Handle(func(_ context.Context, in string) (string, error) { return in, nil }))
					if err != nil {
						s.T.Error(err)
					}
					return rs
				})
				m := p.Expect(wamptest.Register)
				p.Send(wamptest.Answer(m))
				id := m.ID(1)
				rs := <-served
				done := stage.Begin(func() error { return leave(s.T.Context(), c, rs) })
				un := p.Expect(wamptest.Unregister)
				synctest.Wait()
				p.Send(wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{}, []any{"work"}},
					wamptest.Message{wamptest.Invocation, 2, id, stage.Dict{}, []any{"work"}}, wamptest.Answer(un))
				if got := s.Yields(p, 2); !slices.Equal(got, []int64{1, 2}) {
					s.T.Errorf("answered %v", got)
				}
				if name == "drain" {
					p.Send(wamptest.Answer(p.Expect(wamptest.Goodbye)))
				}
				if err := <-done; err != nil {
					s.T.Error(err)
				}
				<-rs.All()[0].Done()
			})
		})
	}
}

// unregisterInAHurry gives up waiting for UNREGISTERED at once.
func unregisterInAHurry(ctx context.Context, _ *wamp.Client, rs *wamp.Registrations) error {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	if err := rs.Unregister(ctx); !errors.Is(err, context.Canceled) {
		return errors.New("it waited for the router")
	}
	return nil
}

// Once the router has confirmed it, a procedure is gone.
func TestUnregister_IsOverAfterTheReply(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		reg := stage.Begin(func() *wamp.Registration {
			reg, err := c.Register(s.T.Context(), "com.example.p", stage.Echo)
			if err != nil {
				s.T.Error(err)
			}
			return reg
		})
		m := p.Expect(wamptest.Register)
		p.Send(wamptest.Answer(m))
		r := <-reg
		done := stage.Begin(func() error { return r.Unregister(s.T.Context()) })
		p.Send(wamptest.Answer(p.Expect(wamptest.Unregister)),
			wamptest.Message{wamptest.Invocation, 1, m.ID(1), stage.Dict{}})
		if err := <-done; err != nil {
			s.T.Error(err)
		}
		if m := p.Expect(wamptest.Error); m[4] != "wamp.error.no_such_procedure" {
			s.T.Errorf("got %v", m)
		}
		s.Works(c, p)
	})
}

// Drain hands out the events that the broker had sent before it read our
// UNSUBSCRIBE, to every handler of the topic; until then none has ended.
func TestDrain_DeliversEventsThatCrossUnsubscribe(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		var first, second []any
		note := func(to *[]any) func(context.Context, wamp.Payload) error {
			return func(_ context.Context, in wamp.Payload) error {
				time.Sleep(time.Second)
				*to = append(*to, in.Args[0])
				return nil
			}
		}
		var subs []*wamp.Subscription
		for _, to := range []*[]any{&first, &second} {
			done := stage.Begin(func() *wamp.Subscription {
				sub, err := c.Subscribe(s.T.Context(), "com.example.t", note(to))
				if err != nil {
					s.T.Error(err)
				}
				return sub
			})
			p.Send(wamptest.Message{wamptest.Subscribed, p.Expect(wamptest.Subscribe).ID(1), 7})
			subs = append(subs, <-done)
		}
		drained := stage.Begin(func() error { return c.Drain(s.T.Context()) })
		un := p.Expect(wamptest.Unsubscribe)
		synctest.Wait()
		for _, sub := range subs {
			select {
			case <-sub.Done():
				s.T.Error("a subscription has ended before the router confirmed it")
			default:
			}
		}
		p.Send(wamptest.Message{wamptest.Event, 7, 1, stage.Dict{}, []any{"a"}},
			wamptest.Message{wamptest.Event, 7, 2, stage.Dict{}, []any{"b"}}, wamptest.Answer(un))
		p.Send(wamptest.Answer(p.Expect(wamptest.Goodbye)))
		if err := <-drained; err != nil {
			s.T.Error(err)
		}
		for _, got := range [][]any{first, second} {
			if !slices.Equal(got, []any{"a", "b"}) {
				s.T.Errorf("got %v, want both events", got)
			}
		}
	})
}

// A SUBSCRIBE that nobody waits for any more keeps no UNSUBSCRIBE back.
func TestUnsubscribe_BesideASubscribeThatWasGivenUp(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		sub, id := s.Subscribe(c, p, "com.example.t", func(context.Context, wamp.Payload) error { return nil })
		ctx, cancel := context.WithCancel(s.T.Context())
		second := stage.Begin(func() error {
			_, err := c.Subscribe(ctx, "com.example.t", func(context.Context, wamp.Payload) error { return nil })
			return err
		})
		p.Expect(wamptest.Subscribe) // never answered
		if err := sub.Unsubscribe(s.T.Context()); err != nil {
			s.T.Error(err)
		}
		cancel()
		if err := <-second; !errors.Is(err, context.Canceled) {
			s.T.Errorf("got %v", err)
		}
		if m := p.Expect(wamptest.Unsubscribe); m.ID(2) != id {
			s.T.Errorf("got %v", m)
		}
		s.Works(c, p)
	})
}

// An Unregister that nobody waits for any longer ends nothing before the router's
// word either, and the procedure can be registered again meanwhile.
func TestUnregister_GivenUpServesWhatCrossesIt(t *testing.T) {
	for _, shared := range []bool{false, true} {
		stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
			c, p := s.Connect()
			var opts []wamp.RegisterOption
			if shared {
				opts = append(opts, wamp.WithInvokePolicy(wamp.InvokeRoundRobin))
			}
			reg, id := s.Register(c, p, "com.example.p", stage.Echo, opts...)
			ctx, cancel := context.WithTimeout(s.T.Context(), time.Second)
			defer cancel()
			done := stage.Begin(func() error { return reg.Unregister(ctx) })
			m := p.Expect(wamptest.Unregister)
			time.Sleep(2 * time.Second)
			if err := <-done; !errors.Is(err, context.DeadlineExceeded) {
				s.T.Errorf("Unregister: %v", err)
			}
			p.Send(wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{}, []any{1}})
			p.Expect(wamptest.Yield)
			again := s.Registering(c, "com.example.p", stage.Echo, opts...)
			m2 := p.Expect(wamptest.Register)
			p.Send(wamptest.Message{wamptest.Invocation, 2, id, stage.Dict{}, []any{2}})
			p.Expect(wamptest.Yield)
			p.Send(wamptest.Answer(m), wamptest.Message{wamptest.Registered, m2.ID(1), id})
			if r := <-again; r.Err != nil {
				s.T.Error(r.Err)
			}
			p.Send(wamptest.Message{wamptest.Invocation, 3, id, stage.Dict{}, []any{3}})
			p.Expect(wamptest.Yield)
			s.Works(c, p)
		})
	}
}
