package call

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// An idempotent call that ends every session that it is sent on is given up: it
// must not cost everybody's session for as long as its ctx lasts.
func TestCall_IdempotentIsGivenUp(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		var sessions atomic.Int64
		s.Serve(func(p *wamptest.Peer) {
			p.Join()
			sessions.Add(1)
			p.Expect(wamptest.Call)
			p.Reset() // the router cannot stand this call
		})
		c := s.Connected(s.Dial())
		ctx, cancel := context.WithTimeout(s.T.Context(), time.Hour)
		defer cancel()
		_, err := stage.Procedure(true).Call(ctx, c, "poison")
		if n := sessions.Load(); n != 9 || !errors.Is(err, wamp.ErrLost) || wamp.SafeToRetry(err) || !strings.Contains(err.Error(), "sent 9 times") {
			s.T.Errorf("one call ended %d sessions: %v", n, err)
		}
	})
}

// A router that never reaches the callee is asked again, but not for ever.
func TestCall_NetworkFailureIsGivenUp(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		var calls atomic.Int64
		c := s.Served(func(p *wamptest.Peer) {
			p.Join()
			for {
				m, err := p.Next()
				if err != nil {
					return
				}
				calls.Add(1)
				p.Send(wamptest.Message{wamptest.Error, wamptest.Call, m.ID(1), stage.Dict{}, "wamp.error.network_failure"})
			}
		})
		ctx, cancel := context.WithTimeout(s.T.Context(), time.Hour)
		defer cancel()
		_, err := stage.Procedure(true).Call(ctx, c, "x")
		if n := calls.Load(); n != 9 || !errors.Is(err, wamp.ErrNetworkFailure) {
			s.T.Errorf("sent %d times: %v", n, err)
		}
	})
}

// A registration or subscription that ends every session that it is sent on is
// given up as well.
func TestIntents_AreGivenUp(t *testing.T) {
	for name, begin := range map[string]func(context.Context, *wamp.Client) error{
		"register": func(ctx context.Context, c *wamp.Client) error {
			_, err := c.Register(ctx, "com.example.p", stage.Echo)
			return err
		},
		"subscribe": func(ctx context.Context, c *wamp.Client) error {
			_, err := c.Subscribe(ctx, "com.example.t", func(context.Context, wamp.Payload) error { return nil })
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			stage.Bubbles(t, func(s *stage.Stage) {
				var sessions atomic.Int64
				c := s.Served(func(p *wamptest.Peer) {
					p.Join()
					sessions.Add(1)
					if _, err := p.Next(); err == nil {
						p.Reset()
					}
				})
				ctx, cancel := context.WithTimeout(s.T.Context(), time.Hour)
				defer cancel()
				err := begin(ctx, c)
				if n := sessions.Load(); n != 9 || !errors.Is(err, wamp.ErrLost) || !strings.HasPrefix(err.Error(), "wamp: "+name+" com.example.") {
					s.T.Errorf("ended %d sessions: %v", n, err)
				}
			})
		})
	}
}

// An idempotent call whose result is beyond the read limit costs two sessions,
// not every one that follows; another one that was in flight beside it the first
// time is served.
func TestCall_IdempotentWithATooLargeResult(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithReadLimit(4096))
		large := stage.CallProcedure(s.T.Context(), c, true)
		p.Expect(wamptest.Call)
		innocent := stage.CallProcedure(s.T.Context(), c, true)
		p.Expect(wamptest.Call)
		tooLarge := []any{strings.Repeat("x", 10_000)}
		p.Send(wamptest.Message{wamptest.Result, 1, stage.Dict{}, tooLarge})

		p = s.Rejoin()
		for range 2 { // in whatever order
			p.Expect(wamptest.Call)
		}
		p.Send(wamptest.Message{wamptest.Result, 1, stage.Dict{}, []any{"in"}})
		p.Send(wamptest.Message{wamptest.Result, 2, stage.Dict{}, tooLarge})

		p = s.Rejoin()
		var failed error
		for _, done := range []<-chan error{large, innocent} {
			failed = errors.Join(failed, <-done)
		}
		if !errors.Is(failed, wamp.ErrLost) || wamp.SafeToRetry(failed) {
			s.T.Errorf("got %v", failed)
		}
		s.Works(c, p)
	})
}

// R264: a refusal is final, whichever of its URIs a router has chosen.
func TestCall_RefusalIsNotRepeated(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for uri, want := range map[string]error{
			"wamp.error.not_authorized": wamp.ErrNotAuthorized, "wamp.error.authorization_failed": wamp.ErrAuthorizationFailed,
		} {
			done := stage.CallProcedure(s.T.Context(), c, true)
			p.Send(wamptest.Message{wamptest.Error, wamptest.Call, p.Expect(wamptest.Call).ID(1), stage.Dict{}, uri})
			if err := <-done; !errors.Is(err, want) || !wamp.IsPeer(err) {
				s.T.Errorf("%s: got %v", uri, err)
			}
		}
		s.Works(c, p) // nothing was sent in between
	})
}
