package live

import (
	"context"
	"errors"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// One client is one callee of a shared procedure. A second registration would get
// the same id from the router and its handler take the place of the first, so it is
// refused as a procedure that is not shared is, before anything is sent.
func TestRegister_SharedTwiceOnOneClient(t *testing.T) {
	shared := wamp.Invoke(wamp.InvokeRoundRobin)
	refused := func(s *faultStage, err error) {
		s.t.Helper()
		if !errors.Is(err, wamp.ErrProcedureAlreadyExists) || !wamp.SafeToRetry(err) || wamp.IsPeer(err) {
			s.t.Errorf("got %v", err)
		}
	}
	faultBubbles(t, func(s *faultStage) {
		c, p := s.join()
		reg, id := s.granted(c, p, "com.example.p", faultEcho, shared)
		for _, policy := range []wamp.InvokePolicy{wamp.InvokeRoundRobin, wamp.InvokeRandom, wamp.InvokeFirst, wamp.InvokeLast} {
			_, err := c.Register(s.t.Context(), "com.example.p", faultEcho, wamp.Invoke(policy))
			refused(s, err)
		}
		handle := func(_ context.Context, in string) (string, error) { return in, nil }
		one, two := wamp.Handle(declares("com.example.q"), handle, shared), wamp.Handle(declares("com.example.p"), handle, shared)
		_, err := wamp.Serve(s.t.Context(), c, one, one)
		refused(s, err)
		_, err = wamp.Serve(s.t.Context(), c, one, two)
		refused(s, err)

		// The first one is as it was, and another pattern is another procedure.
		p.Send(wamptest.Message{wamptest.Invocation, 1, id, dict{}})
		s.yields(p, 1)
		s.granted(c, p, "com.example.p", faultEcho, shared, wamp.Prefix())
		s.granted(c, p, "com.example.q", faultEcho, shared) // what failed together claims nothing

		// Once given back, it may be registered again, also before the router has confirmed it.
		gone := begin(func() error { return reg.Unregister(s.t.Context()) })
		un := p.Expect(wamptest.Unregister)
		again := s.registering(c, "com.example.p", faultEcho, shared)
		m := p.Expect(wamptest.Register)
		p.Send(wamptest.Answer(un), wamptest.Message{wamptest.Registered, m.ID(1), id})
		if r := <-again; r.err != nil {
			s.t.Fatal(r.err)
		}
		if err := <-gone; err != nil {
			s.t.Error(err)
		}
		p.Send(wamptest.Message{wamptest.Invocation, 2, id, dict{}})
		s.yields(p, 1)
	})
}

// A registration that failed, was given up, or was revoked leaves nothing behind
// that would keep the next one out.
func TestRegister_SharedAgainAfterAnEnd(t *testing.T) {
	shared := wamp.Invoke(wamp.InvokeFirst)
	faultBubbles(t, func(s *faultStage) {
		c, p := s.join()
		failed := s.registering(c, "com.example.p", faultEcho, shared)
		p.Send(wamptest.Message{wamptest.Error, wamptest.Register, p.Expect(wamptest.Register).ID(1), dict{}, "wamp.error.not_authorized"})
		if r := <-failed; !errors.Is(r.err, wamp.ErrNotAuthorized) {
			s.t.Errorf("got %v", r.err)
		}
		ctx, cancel := context.WithCancel(s.t.Context())
		late := begin(func() error { _, err := c.Register(ctx, "com.example.p", faultEcho, shared); return err })
		p.Expect(wamptest.Register)
		cancel()
		if err := <-late; !errors.Is(err, context.Canceled) {
			s.t.Errorf("got %v", err)
		}
		reg, id := s.granted(c, p, "com.example.p", faultEcho, shared)
		p.Send(wamptest.Message{wamptest.Unregistered, 0, dict{"registration": id}})
		<-reg.Done()
		s.granted(c, p, "com.example.p", faultEcho, shared)
	})
}
