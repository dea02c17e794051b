package live

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// H12: Close keeps to its ctx although the peer does not read, and says that
// the router was not heard of.
func TestReview_CloseKeepsToItsContext(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		c, p := s.join()
		p.Hang()
		if err := c.Publish(s.t.Context(), "com.example.t", []any{strings.Repeat("x", 1<<20)}, nil); err != nil {
			s.t.Fatal(err)
		}
		synctest.Wait()
		start := time.Now()
		ctx, cancel := context.WithTimeout(s.t.Context(), 300*time.Millisecond)
		defer cancel()
		err := c.Close(ctx)
		if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took > 400*time.Millisecond { // a tenth for the last word
			s.t.Errorf("Close: %v after %v", err, took)
		}
	})
}

// L2: a Drain that could not write what was queued does not pretend that it did.
func TestReview_DrainTellsOfUnsentMessages(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		c, p := s.join()
		p.Hang()
		for range 3 {
			if err := c.Publish(s.t.Context(), "com.example.t", []any{strings.Repeat("x", 1<<20)}, nil); err != nil {
				s.t.Fatal(err)
			}
			synctest.Wait()
		}
		ctx, cancel := context.WithTimeout(s.t.Context(), time.Second)
		defer cancel()
		err := c.Drain(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "2 unsent messages") {
			s.t.Errorf("Drain: %v", err)
		}
	})
}

// L2: nor does one that lost its session on the way.
func TestReview_DrainTellsOfALostSession(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		c, p := s.join()
		s.granted(c, p, "com.example.p", faultEcho)
		done := begin(func() error { return c.Drain(s.t.Context()) })
		p.Expect(wamptest.Unregister)
		p.Reset()
		if err := <-done; !errors.Is(err, wamp.ErrLost) {
			s.t.Errorf("Drain: %v", err)
		}
	})
}

// L2: a handler may drain its own client; it is not waited for, the others are.
func TestReview_DrainInsideHandler(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		s.Serve(func(p *wamptest.Peer) {
			p.Join()
			m := p.Expect(wamptest.Register)
			p.Send(wamptest.Answer(m))
			p.Send(wamptest.Message{wamptest.Invocation, 1, m.ID(1), dict{}, []any{"slow"}},
				wamptest.Message{wamptest.Invocation, 2, m.ID(1), dict{}, []any{"drain"}})
			_ = p.Obey()
		})
		drained, finished := make(chan error, 1), false
		c := s.connected(s.dial())
		_, err := c.Register(s.t.Context(), "com.example.p", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			if in.Args[0] == "slow" {
				faultPass(time.Second)
				finished = ctx.Err() == nil
				return wamp.Payload{}, nil
			}
			err := c.Drain(ctx)
			drained <- err
			return wamp.Payload{}, err
		})
		if err != nil {
			s.t.Fatal(err)
		}
		start := time.Now()
		if err := <-drained; err != nil {
			s.t.Errorf("Drain: %v", err)
		}
		if took := time.Since(start); took != time.Second || !finished {
			s.t.Errorf("took %v, the other handler has finished: %v", took, finished)
		}
	})
}

// Registrations and subscriptions end with their client, also one that ended by
// itself; who waits for Done is not left alone.
func TestReview_IntentsEndWithTheClient(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		s.Serve(func(p *wamptest.Peer) {
			p.Join()
			_ = p.Obey()
		})
		c := s.connected(s.dial())
		reg, err := c.Register(s.t.Context(), "com.example.p", faultEcho)
		if err != nil {
			s.t.Fatal(err)
		}
		sub, err := c.Subscribe(s.t.Context(), "com.example.t", func(context.Context, wamp.Payload) error { return nil })
		if err != nil {
			s.t.Fatal(err)
		}
		if err := c.Close(s.t.Context()); err != nil {
			s.t.Error(err)
		}
		<-reg.Done()
		<-sub.Done()
		if !errors.Is(reg.Err(), wamp.ErrClosed) || !errors.Is(sub.Err(), wamp.ErrClosed) {
			s.t.Errorf("ended by %v and %v", reg.Err(), sub.Err())
		}
		if err := errors.Join(reg.Unregister(s.t.Context()), sub.Unsubscribe(s.t.Context())); err != nil {
			s.t.Error(err)
		}
	})
}

// What is begun with a ctx that has ended is not sent.
func TestReview_EndedContextSendsNothing(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		c, p := s.join()
		ctx, cancel := context.WithCancel(s.t.Context())
		cancel()
		_, called := c.Call(ctx, "com.example.p", nil, nil)
		_, registered := c.Register(ctx, "com.example.p", faultEcho)
		for _, err := range []error{called, registered, c.Publish(ctx, "com.example.t", nil, nil)} {
			if !errors.Is(err, context.Canceled) || !wamp.SafeToRetry(err) {
				s.t.Errorf("got %v", err)
			}
		}
		s.works(c, p) // nothing came before it
	})
}

// A registration that the router takes away right behind REGISTERED is gone for
// good: no later session has it.
func TestReview_RevokedAtOnce(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		c, p := s.join()
		done := begin(func() *wamp.Registration {
			reg, err := c.Register(s.t.Context(), "com.example.p", faultEcho)
			if err != nil {
				s.t.Error(err)
			}
			return reg
		})
		id := p.Expect(wamptest.Register).ID(1)
		p.Send(wamptest.Message{wamptest.Registered, id, 7}, wamptest.Message{wamptest.Unregistered, 0, dict{"registration": 7}})
		reg := <-done
		if reg == nil {
			s.t.FailNow()
		}
		if <-reg.Done(); !errors.Is(reg.Err(), wamp.ErrRevoked) {
			s.t.Errorf("ended by %v", reg.Err())
		}
		p.Reset()
		p = s.Accept()
		p.Join()
		synctest.Wait()
		s.works(c, p) // nothing was registered before it
	})
}
