package call

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// A URI that is none is the same error whether the router or the client says so,
// but only the router's came over the wire (R080, R081, R084).
func TestOptions_InvalidURIIsOneError(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		ctx := s.T.Context()
		nothing := func(context.Context, wamp.Payload) error { return nil }
		_, called := c.Call(ctx, "a..b", nil, nil)
		_, registered := c.Register(ctx, "wamp.mine", stage.Echo)
		_, subscribed := c.Subscribe(ctx, "a b", nothing)
		published := c.Publish(ctx, "wamp.mine", nil, nil)
		_, zero := wamp.Register(ctx, c, wamp.Handler{})
		for _, err := range []error{called, registered, subscribed, published, zero} {
			if !errors.Is(err, wamp.ErrInvalidURI) || wamp.IsPeer(err) || !wamp.SafeToRetry(err) {
				s.T.Errorf("got %v", err)
			}
		}
		done := stage.Begin(func() error { _, err := c.Call(ctx, "a.b", nil, nil); return err })
		m := p.Expect(wamptest.Call)
		p.Send(wamptest.Message{wamptest.Error, wamptest.Call, m.ID(1), stage.Dict{}, "wamp.error.invalid_uri"})
		if err := <-done; !errors.Is(err, wamp.ErrInvalidURI) || !wamp.IsPeer(err) || wamp.SafeToRetry(err) {
			s.T.Errorf("got %v", err)
		}
	})
	if _, err := wamp.Connect(t.Context(), "ws://127.0.0.1", "not a realm"); !errors.Is(err, wamp.ErrInvalidURI) {
		t.Errorf("got %v", err)
	}
}

// A cancel mode that is none is refused here: a router would end the session
// for it (R168).
func TestOptions_CancelModeIsChecked(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		_, err := c.Call(s.T.Context(), "a.b", nil, nil, wamp.WithCancelMode("abort"))
		if err == nil || !wamp.SafeToRetry(err) {
			s.T.Errorf("got %v", err)
		}
		s.Works(c, p)
	})
}

// Of two options of a kind the last one wins.
func TestOptions_LastOneWins(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		done := stage.Begin(func() error {
			_, err := c.Register(s.T.Context(), "a.b", stage.Echo,
				wamp.WithInvokePolicy(wamp.InvokeRandom), wamp.WithPrefix(), wamp.WithInvokePolicy(wamp.InvokeFirst), wamp.WithWildcard())
			return err
		})
		m := p.Expect(wamptest.Register)
		p.Send(wamptest.Answer(m))
		if err := <-done; err != nil || m.Dict(2)["invoke"] != "first" || m.Dict(2)["match"] != "wildcard" {
			s.T.Errorf("%v: %v", m, err)
		}
	})
}

// What can never work is told by Connect at once, not tried for ever; an option
// set to nothing is its default.
func TestOptions_ThatMakeNoSense(t *testing.T) {
	for name, o := range map[string]wamp.ConnectOption{
		"read limit": wamp.WithReadLimit(1 << 30),
		"serializer": wamp.WithSerializers(codec.Format(9)),
	} {
		if _, err := wamp.Connect(t.Context(), "ws://127.0.0.1:1", "realm1", o); err == nil {
			t.Errorf("%s: Connect succeeded", name)
		}
	}
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithLogger(nil), wamp.WithHandshakeTimeout(0), wamp.WithDialer(nil), wamp.WithPing(0, 0))
		s.Works(c, p)
	})
}

// An interceptor may try a registration or subscription again, and what it does
// not let happen is an error.
func TestInterceptors_OfIntents(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		skip := false
		again := func(ctx context.Context, _ *wamp.Operation, next func(context.Context) error) error {
			if skip || next(ctx) == nil {
				return nil
			}
			return next(ctx)
		}
		c, p := s.Connect(wamp.WithInterceptors(again))
		ctx := s.T.Context()
		refused := func() {
			p.Send(wamptest.Message{wamptest.Error, wamptest.Call, p.Expect(wamptest.Call).ID(1), stage.Dict{}, "a.b"})
		}
		var sub *wamp.Subscription
		done := stage.Begin(func() (err error) {
			sub, err = c.Subscribe(ctx, "a.b", func(context.Context, wamp.Payload) error { return nil }, wamp.WithResume())
			return err
		})
		p.Send(wamptest.Answer(p.Expect(wamptest.Subscribe)))
		refused() // the history
		p.Send(wamptest.Answer(p.Expect(wamptest.Unsubscribe)))
		p.Send(wamptest.Answer(p.Expect(wamptest.Subscribe)))
		p.Send(wamptest.Answer(p.Expect(wamptest.Call)))
		if err := <-done; err != nil || sub.Err() != nil {
			s.T.Fatalf("%v, subscription ended by %v", err, sub.Err())
		}
		skip = true
		_, registered := c.Register(ctx, "a.b", stage.Echo)
		_, subscribed := c.Subscribe(ctx, "a.b", func(context.Context, wamp.Payload) error { return nil })
		if registered == nil || subscribed == nil {
			s.T.Errorf("got %v and %v", registered, subscribed)
		}
	})
}

// What an interceptor does not let the user have does not stay behind: the handler of a
// registration or subscription that failed never runs, and the procedure may be
// registered again, also by the interceptor itself.
func TestInterceptors_ThatRefuseAfterwards(t *testing.T) {
	realm(t, func(t *testing.T, r *wamptest.Realm) {
		refusal := errors.New("not today")
		var after func(next func() error) error
		c := r.Client(t, wamp.WithInterceptors(func(ctx context.Context, _ *wamp.Operation, next func(context.Context) error) error {
			return after(func() error { return next(ctx) })
		}))
		other := r.Client(t)
		ran := false
		handle := func(context.Context, wamp.Payload) error { ran = true; return nil }
		for name, f := range map[string]func(next func() error) error{
			"refused":        func(next func() error) error { return errors.Join(next(), refusal) },
			"again, refused": func(next func() error) error { return errors.Join(next(), next(), refusal) },
		} {
			after = f
			_, registered := c.Register(t.Context(), "com.example.p", stage.Echo)
			_, subscribed := c.Subscribe(t.Context(), "com.example.t", handle)
			if !errors.Is(registered, refusal) || !errors.Is(subscribed, refusal) {
				t.Errorf("%s: got %v and %v", name, registered, subscribed)
			}
			if _, err := other.Call(t.Context(), "com.example.p", nil, nil); !errors.Is(err, wamp.ErrNoSuchProcedure) {
				t.Errorf("%s: the call got %v", name, err)
			}
			if err := other.Publish(t.Context(), "com.example.t", nil, nil, wamp.WithAcknowledge()); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if ran {
				t.Errorf("%s: the handler ran", name)
			}
		}
		after = func(next func() error) error { _ = next(); return nil }
		if _, err := c.Register(t.Context(), "wamp.reserved", stage.Echo); err == nil {
			t.Error("a failure that the interceptor kept to itself is a success")
		}
		if _, err := c.Subscribe(t.Context(), "com. .t", handle); err == nil {
			t.Error("a failure that the interceptor kept to itself is a success")
		}
		after = func(next func() error) error { _ = next(); return next() }
		reg, err := c.Register(t.Context(), "com.example.p", stage.Echo)
		if err != nil {
			t.Fatal(err)
		}
		if err := reg.Unregister(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := other.Call(t.Context(), "com.example.p", nil, nil); !errors.Is(err, wamp.ErrNoSuchProcedure) {
			t.Errorf("after Unregister the call got %v", err)
		}
	})
}
