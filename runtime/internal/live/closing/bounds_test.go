package closing

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// H12: Close keeps to its ctx although the peer does not read, and says that
// the router was not heard of.
func TestClose_KeepsToItsContext(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		p.Hang()
		if err := c.Publish(s.T.Context(), "com.example.t", []any{strings.Repeat("x", 1<<20)}, nil); err != nil {
			s.T.Fatal(err)
		}
		synctest.Wait()
		start := time.Now()
		ctx, cancel := context.WithTimeout(s.T.Context(), 300*time.Millisecond)
		defer cancel()
		err := c.Close(ctx)
		if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took > 400*time.Millisecond { // a tenth for the last word
			s.T.Errorf("Close: %v after %v", err, took)
		}
	})
}

// L2: a Drain that could not write what was queued does not pretend that it did.
func TestDrain_ReportsUnsentMessages(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		p.Hang()
		for range 3 {
			if err := c.Publish(s.T.Context(), "com.example.t", []any{strings.Repeat("x", 1<<20)}, nil); err != nil {
				s.T.Fatal(err)
			}
			synctest.Wait()
		}
		ctx, cancel := context.WithTimeout(s.T.Context(), time.Second)
		defer cancel()
		err := c.Drain(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "2 unsent messages") {
			s.T.Errorf("Drain: %v", err)
		}
	})
}

// L2: nor does one that lost its session on the way.
func TestDrain_ReportsALostSession(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		s.Register(c, p, "com.example.p", stage.Echo)
		done := stage.Begin(func() error { return c.Drain(s.T.Context()) })
		p.Expect(wamptest.Unregister)
		p.Reset()
		if err := <-done; !errors.Is(err, wamp.ErrLost) {
			s.T.Errorf("Drain: %v", err)
		}
	})
}

// L2: a handler may drain its own client; it is not waited for, the others are.
func TestDrain_InsideAHandlerOfInvocations(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		s.Serve(func(p *wamptest.Peer) {
			p.Join()
			m := p.Expect(wamptest.Register)
			p.Send(wamptest.Answer(m))
			p.Send(wamptest.Message{wamptest.Invocation, 1, m.ID(1), stage.Dict{}, []any{"slow"}},
				wamptest.Message{wamptest.Invocation, 2, m.ID(1), stage.Dict{}, []any{"drain"}})
			_ = p.Obey()
		})
		drained, finished := make(chan error, 1), false
		c := s.Connected(s.Dial())
		_, err := c.Register(s.T.Context(), "com.example.p", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			if in.Args[0] == "slow" {
				stage.Pass(time.Second)
				finished = ctx.Err() == nil
				return wamp.Payload{}, nil
			}
			err := c.Drain(ctx)
			drained <- err
			return wamp.Payload{}, err
		})
		if err != nil {
			s.T.Fatal(err)
		}
		start := time.Now()
		if err := <-drained; err != nil {
			s.T.Errorf("Drain: %v", err)
		}
		if took := time.Since(start); took != time.Second || !finished {
			s.T.Errorf("took %v, the other handler has finished: %v", took, finished)
		}
	})
}

// Registrations and subscriptions end with their client, also one that ended by
// itself; who waits for Done is not left alone.
func TestClose_EndsIntents(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		s.Serve(func(p *wamptest.Peer) {
			p.Join()
			_ = p.Obey()
		})
		c := s.Connected(s.Dial())
		reg, err := c.Register(s.T.Context(), "com.example.p", stage.Echo)
		if err != nil {
			s.T.Fatal(err)
		}
		sub, err := c.Subscribe(s.T.Context(), "com.example.t", func(context.Context, wamp.Payload) error { return nil })
		if err != nil {
			s.T.Fatal(err)
		}
		if err := c.Close(s.T.Context()); err != nil {
			s.T.Error(err)
		}
		<-reg.Done()
		<-sub.Done()
		if !errors.Is(reg.Err(), wamp.ErrClosed) || !errors.Is(sub.Err(), wamp.ErrClosed) {
			s.T.Errorf("ended by %v and %v", reg.Err(), sub.Err())
		}
		if err := errors.Join(reg.Unregister(s.T.Context()), sub.Unsubscribe(s.T.Context())); err != nil {
			s.T.Error(err)
		}
	})
}

// What is begun with a ctx that has ended is not sent.
func TestContext_EndedBeforeAnythingIsSent(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		ctx, cancel := context.WithCancel(s.T.Context())
		cancel()
		_, called := c.Call(ctx, "com.example.p", nil, nil)
		_, registered := c.Register(ctx, "com.example.p", stage.Echo)
		for _, err := range []error{called, registered, c.Publish(ctx, "com.example.t", nil, nil)} {
			if !errors.Is(err, context.Canceled) || !wamp.SafeToRetry(err) {
				s.T.Errorf("got %v", err)
			}
		}
		s.Works(c, p) // nothing came before it
	})
}

// A registration that the router takes away right behind REGISTERED is gone for
// good: no later session has it.
func TestRegistration_RevokedAtOnce(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		done := stage.Begin(func() *wamp.Registration {
			reg, err := c.Register(s.T.Context(), "com.example.p", stage.Echo)
			if err != nil {
				s.T.Error(err)
			}
			return reg
		})
		id := p.Expect(wamptest.Register).ID(1)
		p.Send(wamptest.Message{wamptest.Registered, id, 7}, wamptest.Message{wamptest.Unregistered, 0, stage.Dict{"registration": 7}})
		reg := <-done
		if reg == nil {
			s.T.FailNow()
		}
		if <-reg.Done(); !errors.Is(reg.Err(), wamp.ErrRevoked) {
			s.T.Errorf("ended by %v", reg.Err())
		}
		p.Reset()
		p = s.Accept()
		p.Join()
		synctest.Wait()
		s.Works(c, p) // nothing was registered before it
	})
}
