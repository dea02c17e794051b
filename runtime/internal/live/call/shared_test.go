package call

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// One client is one callee of a shared procedure. A second registration would get
// the same id from the router and its handler take the place of the first, so it is
// refused as a procedure that is not shared is, before anything is sent.
func TestRegister_SharedTwiceOnOneClient(t *testing.T) {
	shared := wamp.WithInvokePolicy(wamp.InvokeRoundRobin)
	refused := func(s *stage.Stage, err error) {
		s.T.Helper()
		if !errors.Is(err, wamp.ErrProcedureAlreadyExists) || !wamp.SafeToRetry(err) || wamp.IsPeer(err) {
			s.T.Errorf("got %v", err)
		}
	}
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		reg, id := s.Register(c, p, "com.example.p", stage.Echo, shared)
		for _, policy := range []wamp.InvokePolicy{wamp.InvokeRoundRobin, wamp.InvokeRandom, wamp.InvokeFirst, wamp.InvokeLast} {
			_, err := c.Register(s.T.Context(), "com.example.p", stage.Echo, wamp.WithInvokePolicy(policy))
			refused(s, err)
		}
		handle := func(_ context.Context, in string) (string, error) { return in, nil }
		one, two := declares("com.example.q").Handle(handle, shared), declares("com.example.p").Handle(handle, shared)
		_, err := wamp.Register(s.T.Context(), c, one, one)
		refused(s, err)
		_, err = wamp.Register(s.T.Context(), c, one, two)
		refused(s, err)

		// The first one is as it was, and another pattern is another procedure.
		p.Send(wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{}})
		s.Yields(p, 1)
		s.Register(c, p, "com.example.p", stage.Echo, shared, wamp.WithPrefix())
		s.Register(c, p, "com.example.q", stage.Echo, shared) // what failed together claims nothing

		// Once given back, it may be registered again, also before the router has confirmed it.
		gone := stage.Begin(func() error { return reg.Unregister(s.T.Context()) })
		un := p.Expect(wamptest.Unregister)
		synctest.Wait() // the claim is given up behind UNREGISTER
		again := s.Registering(c, "com.example.p", stage.Echo, shared)
		m := p.Expect(wamptest.Register)
		p.Send(wamptest.Answer(un), wamptest.Message{wamptest.Registered, m.ID(1), id})
		if r := <-again; r.Err != nil {
			s.T.Fatal(r.Err)
		}
		if err := <-gone; err != nil {
			s.T.Error(err)
		}
		p.Send(wamptest.Message{wamptest.Invocation, 2, id, stage.Dict{}})
		s.Yields(p, 1)
	})
}

// A registration that failed, was given up, or was revoked leaves nothing behind
// that would keep the next one out.
func TestRegister_SharedAgainAfterAnEnd(t *testing.T) {
	shared := wamp.WithInvokePolicy(wamp.InvokeFirst)
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		failed := s.Registering(c, "com.example.p", stage.Echo, shared)
		p.Send(wamptest.Message{wamptest.Error, wamptest.Register, p.Expect(wamptest.Register).ID(1), stage.Dict{}, "wamp.error.not_authorized"})
		if r := <-failed; !errors.Is(r.Err, wamp.ErrNotAuthorized) {
			s.T.Errorf("got %v", r.Err)
		}
		ctx, cancel := context.WithCancel(s.T.Context())
		late := stage.Begin(func() error { _, err := c.Register(ctx, "com.example.p", stage.Echo, shared); return err })
		p.Expect(wamptest.Register)
		cancel()
		if err := <-late; !errors.Is(err, context.Canceled) {
			s.T.Errorf("got %v", err)
		}
		reg, id := s.Register(c, p, "com.example.p", stage.Echo, shared)
		p.Send(wamptest.Message{wamptest.Unregistered, 0, stage.Dict{"registration": id}})
		<-reg.Done()
		s.Register(c, p, "com.example.p", stage.Echo, shared)
	})
}
