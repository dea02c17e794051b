package call

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// R187, R201, R204, R205, R206: the shape of REGISTER.
func TestRegister_Shape(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for i, row := range []struct {
			uri  string
			opts []wamp.RegisterOption
			want stage.Dict
		}{
			{"a.b", nil, stage.Dict{}},
			{"a.b", []wamp.RegisterOption{wamp.WithPrefix()}, stage.Dict{"match": "prefix"}},
			{"a..b", []wamp.RegisterOption{wamp.WithWildcard()}, stage.Dict{"match": "wildcard"}},
			{"a.b", []wamp.RegisterOption{wamp.WithInvokePolicy(wamp.InvokeRoundRobin), wamp.WithDiscloseCaller()}, stage.Dict{"invoke": "roundrobin", "disclose_caller": true}},
			{"a.b", []wamp.RegisterOption{wamp.WithConcurrency(2), wamp.WithForceReregister()}, stage.Dict{"force_reregister": true}},
		} {
			done := s.Registering(c, row.uri, stage.Echo, row.opts...)
			m := p.Expect(wamptest.Register)
			if !reflect.DeepEqual(m[2:], wamptest.Message{row.want, row.uri}) {
				s.T.Errorf("row %d: found %v", i, m)
			}
			p.Send(wamptest.Answer(m))
			if r := <-done; r.Err != nil {
				s.T.Errorf("row %d: %v", i, r.Err)
			}
		}
		if _, err := c.Register(s.T.Context(), "a.b", stage.Echo, wamp.WithInvokePolicy("first come")); err == nil { // R204
			s.T.Error("an unknown invocation policy was taken")
		}
		s.Works(c, p)
	})
}

// R201, R204, R225: an option that the router did not announce fails here,
// since it would silently mean something else there.
func TestRegister_Unannounced(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		done := s.Dial()
		p := s.Accept()
		p.Join(wamptest.Without("pattern_based_registration", "pattern_based_subscription", "shared_registration"))
		c := s.Connected(done)
		ctx := s.T.Context()
		for i, run := range []func() error{
			func() error { _, err := c.Register(ctx, "a.b", stage.Echo, wamp.WithPrefix()); return err },
			func() error { _, err := c.Register(ctx, "a..b", stage.Echo, wamp.WithWildcard()); return err },
			func() error {
				_, err := c.Register(ctx, "a.b", stage.Echo, wamp.WithInvokePolicy(wamp.InvokeRandom))
				return err
			},
			func() error { _, err := c.Subscribe(ctx, "a.b", nothing, wamp.WithPrefix()); return err },
			func() error { _, err := c.Subscribe(ctx, "a..b", nothing, wamp.WithWildcard()); return err },
		} {
			if err := run(); !errors.Is(err, wamp.ErrUnsupported) || !wamp.SafeToRetry(err) {
				s.T.Errorf("row %d: %v", i, err)
			}
		}
		s.Works(c, p)
	})
}

// R187, R188, R189: REGISTERED in any order, the handler is there with it.
func TestRegister_RepliesInAnyOrder(t *testing.T) {
	named := func(name string) func(context.Context, wamp.Payload) (wamp.Payload, error) {
		return func(context.Context, wamp.Payload) (wamp.Payload, error) { return wamp.Payload{Args: []any{name}}, nil }
	}
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		first := s.Registering(c, "a.first", named("first"))
		a := p.Expect(wamptest.Register)
		second := s.Registering(c, "a.second", named("second"))
		b := p.Expect(wamptest.Register)
		p.Send(
			wamptest.Message{wamptest.Registered, b.ID(1), int64(1) << 53}, wamptest.Message{wamptest.Invocation, 1, int64(1) << 53, stage.Dict{}},
			wamptest.Message{wamptest.Registered, a.ID(1), 1}, wamptest.Message{wamptest.Invocation, 2, 1, stage.Dict{}},
		)
		got := map[int64]string{}
		for range 2 {
			m := p.Expect(wamptest.Yield)
			got[m.ID(1)] = m.List(3)[0].(string)
		}
		if got[1] != "second" || got[2] != "first" {
			s.T.Errorf("got %v", got)
		}
		if err := errors.Join((<-first).Err, (<-second).Err); err != nil {
			s.T.Error(err)
		}
	})
}

// R190, R210: UNREGISTER and its answers; a registration that the router does
// not know any more is given back all the same.
func TestUnregister(t *testing.T) {
	for uri, fails := range map[string]bool{"": false, "wamp.error.no_such_registration": false, "wamp.error.not_authorized": true} {
		stage.Bubbles(t, func(s *stage.Stage) {
			c, p := s.Connect()
			reg, id := s.Register(c, p, "a.b", stage.Echo)
			done := stage.Begin(func() error { return reg.Unregister(s.T.Context()) })
			m := p.Expect(wamptest.Unregister)
			if m.ID(2) != id || len(m) != 3 {
				s.T.Errorf("found %v", m)
			}
			if uri == "" {
				p.Send(wamptest.Answer(m))
			} else {
				p.Send(wamptest.Message{wamptest.Error, wamptest.Unregister, m.ID(1), stage.Dict{}, uri})
			}
			if err := <-done; (err != nil) != fails || fails && !errors.Is(err, wamp.ErrNotAuthorized) {
				s.T.Errorf("%s: %v", uri, err)
			}
			if <-reg.Done(); !errors.Is(reg.Err(), wamp.ErrClosed) {
				s.T.Error(reg.Err())
			}
			p.Send(wamptest.Message{wamptest.Invocation, 5, id, stage.Dict{}}) // R059
			if m := p.Expect(wamptest.Error); m.ID(2) != 5 || m.Text(4) != "wamp.error.no_such_procedure" {
				s.T.Errorf("found %v", m)
			}
		})
	}
}

// R208, R209: a revoked registration ends, is not restored, and what runs may
// still answer; nothing is sent.
func TestRegistration_Revoked(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		turn := make(chan struct{})
		reg, id := s.Register(c, p, "a.b", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
			<-turn
			return in, nil
		})
		p.Send(wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{}})
		synctest.Wait()
		p.Send(wamptest.Message{wamptest.Unregistered, 0, stage.Dict{"registration": id, "reason": "wamp.error.unregistered"}})
		if <-reg.Done(); !errors.Is(reg.Err(), wamp.ErrRevoked) {
			s.T.Error(reg.Err())
		}
		if err := reg.Unregister(s.T.Context()); err != nil { // R210
			s.T.Error(err)
		}
		yield := s.Quiet(p, func() wamptest.Message { close(turn); return nil })
		if yield.Type() != wamptest.Yield || yield.ID(1) != 1 {
			s.T.Errorf("found %v", yield)
		}
		p.Reset()
		p = s.Accept()
		p.Join()
		synctest.Wait()
		s.Works(c, p)
	})
}
