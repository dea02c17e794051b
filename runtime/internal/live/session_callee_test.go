package live

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// R187, R201, R204, R205, R206: the shape of REGISTER.
func TestRegister_Shape(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		c, p := s.join()
		for i, row := range []struct {
			uri  string
			opts []wamp.RegisterOption
			want dict
		}{
			{"a.b", nil, dict{}},
			{"a.b", []wamp.RegisterOption{wamp.Prefix()}, dict{"match": "prefix"}},
			{"a..b", []wamp.RegisterOption{wamp.Wildcard()}, dict{"match": "wildcard"}},
			{"a.b", []wamp.RegisterOption{wamp.Invoke(wamp.InvokeRoundRobin), wamp.DiscloseCaller()}, dict{"invoke": "roundrobin", "disclose_caller": true}},
			{"a.b", []wamp.RegisterOption{wamp.Concurrency(2), wamp.ForceReregister()}, dict{"force_reregister": true}},
		} {
			done := s.registering(c, row.uri, faultEcho, row.opts...)
			m := p.Expect(wamptest.Register)
			if !reflect.DeepEqual(m[2:], message{row.want, row.uri}) {
				s.t.Errorf("row %d: found %v", i, m)
			}
			p.Send(wamptest.Answer(m))
			if r := <-done; r.err != nil {
				s.t.Errorf("row %d: %v", i, r.err)
			}
		}
		if _, err := c.Register(s.t.Context(), "a.b", faultEcho, wamp.Invoke("first come")); err == nil { // R204
			s.t.Error("an unknown invocation policy was taken")
		}
		s.works(c, p)
	})
}

// R201, R204, R225: an option that the router did not announce fails here,
// since it would silently mean something else there.
func TestRegister_Unannounced(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		done := s.dial()
		p := s.Accept()
		p.Join(wamptest.Without("pattern_based_registration", "pattern_based_subscription", "shared_registration"))
		c := s.connected(done)
		ctx := s.t.Context()
		for i, run := range []func() error{
			func() error { _, err := c.Register(ctx, "a.b", faultEcho, wamp.Prefix()); return err },
			func() error { _, err := c.Register(ctx, "a..b", faultEcho, wamp.Wildcard()); return err },
			func() error { _, err := c.Register(ctx, "a.b", faultEcho, wamp.Invoke(wamp.InvokeRandom)); return err },
			func() error { _, err := c.Subscribe(ctx, "a.b", nothing, wamp.Prefix()); return err },
			func() error { _, err := c.Subscribe(ctx, "a..b", nothing, wamp.Wildcard()); return err },
		} {
			if err := run(); !errors.Is(err, wamp.ErrUnsupported) || !wamp.SafeToRetry(err) {
				s.t.Errorf("row %d: %v", i, err)
			}
		}
		s.works(c, p)
	})
}

// R187, R188, R189: REGISTERED in any order, the handler is there with it.
func TestRegister_RepliesInAnyOrder(t *testing.T) {
	named := func(name string) func(context.Context, wamp.Payload) (wamp.Payload, error) {
		return func(context.Context, wamp.Payload) (wamp.Payload, error) { return wamp.Payload{Args: []any{name}}, nil }
	}
	faultBubbles(t, func(s *faultStage) {
		c, p := s.join()
		first := s.registering(c, "a.first", named("first"))
		a := p.Expect(wamptest.Register)
		second := s.registering(c, "a.second", named("second"))
		b := p.Expect(wamptest.Register)
		p.Send(
			message{wamptest.Registered, b.ID(1), 1 << 53}, message{wamptest.Invocation, 1, 1 << 53, dict{}},
			message{wamptest.Registered, a.ID(1), 1}, message{wamptest.Invocation, 2, 1, dict{}},
		)
		got := map[int64]string{}
		for range 2 {
			m := p.Expect(wamptest.Yield)
			got[m.ID(1)] = m.List(3)[0].(string)
		}
		if got[1] != "second" || got[2] != "first" {
			s.t.Errorf("got %v", got)
		}
		if err := errors.Join((<-first).err, (<-second).err); err != nil {
			s.t.Error(err)
		}
	})
}

// R190, R210: UNREGISTER and its answers; a registration that the router does
// not know any more is given back all the same.
func TestUnregister(t *testing.T) {
	for uri, fails := range map[string]bool{"": false, "wamp.error.no_such_registration": false, "wamp.error.not_authorized": true} {
		faultBubbles(t, func(s *faultStage) {
			c, p := s.join()
			reg, id := s.granted(c, p, "a.b", faultEcho)
			done := begin(func() error { return reg.Unregister(s.t.Context()) })
			m := p.Expect(wamptest.Unregister)
			if m.ID(2) != id || len(m) != 3 {
				s.t.Errorf("found %v", m)
			}
			if uri == "" {
				p.Send(wamptest.Answer(m))
			} else {
				p.Send(message{wamptest.Error, wamptest.Unregister, m.ID(1), dict{}, uri})
			}
			if err := <-done; (err != nil) != fails || fails && !errors.Is(err, wamp.ErrNotAuthorized) {
				s.t.Errorf("%s: %v", uri, err)
			}
			if <-reg.Done(); !errors.Is(reg.Err(), wamp.ErrClosed) {
				s.t.Error(reg.Err())
			}
			p.Send(message{wamptest.Invocation, 5, id, dict{}}) // R059
			if m := p.Expect(wamptest.Error); m.ID(2) != 5 || m.Text(4) != "wamp.error.no_such_procedure" {
				s.t.Errorf("found %v", m)
			}
		})
	}
}

// R208, R209: a revoked registration ends, is not restored, and what runs may
// still answer; nothing is sent.
func TestRegistration_Revoked(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		c, p := s.join()
		turn := make(chan struct{})
		reg, id := s.granted(c, p, "a.b", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
			<-turn
			return in, nil
		})
		p.Send(message{wamptest.Invocation, 1, id, dict{}})
		synctest.Wait()
		p.Send(message{wamptest.Unregistered, 0, dict{"registration": id, "reason": "wamp.error.unregistered"}})
		if <-reg.Done(); !errors.Is(reg.Err(), wamp.ErrRevoked) {
			s.t.Error(reg.Err())
		}
		if err := reg.Unregister(s.t.Context()); err != nil { // R210
			s.t.Error(err)
		}
		yield := s.quiet(p, func() message { close(turn); return nil })
		if yield.Type() != wamptest.Yield || yield.ID(1) != 1 {
			s.t.Errorf("found %v", yield)
		}
		p.Reset()
		p = s.Accept()
		p.Join()
		synctest.Wait()
		s.works(c, p)
	})
}
