package live

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// An idempotent call that ends every session that it is sent on is given up: it
// must not cost everybody's session for as long as its ctx lasts.
func TestCall_IdempotentIsGivenUp(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		var sessions atomic.Int64
		s.Serve(func(p *wamptest.Peer) {
			p.Join()
			sessions.Add(1)
			p.Expect(wamptest.Call)
			p.Reset() // the router cannot stand this call
		})
		c := s.connected(s.dial())
		ctx, cancel := context.WithTimeout(s.t.Context(), time.Hour)
		defer cancel()
		_, err := wamp.Call(ctx, c, recProcedure(true), "poison")
		if n := sessions.Load(); n != 9 || !errors.Is(err, wamp.ErrLost) || wamp.SafeToRetry(err) || !strings.Contains(err.Error(), "sent 9 times") {
			s.t.Errorf("one call ended %d sessions: %v", n, err)
		}
	})
}

// A router that never reaches the callee is asked again, but not for ever.
func TestCall_NetworkFailureIsGivenUp(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		var calls atomic.Int64
		c := s.served(func(p *wamptest.Peer) {
			p.Join()
			for {
				m, err := p.Next()
				if err != nil {
					return
				}
				calls.Add(1)
				p.Send(wamptest.Message{wamptest.Error, wamptest.Call, m.ID(1), dict{}, "wamp.error.network_failure"})
			}
		})
		ctx, cancel := context.WithTimeout(s.t.Context(), time.Hour)
		defer cancel()
		_, err := wamp.Call(ctx, c, recProcedure(true), "x")
		if n := calls.Load(); n != 9 || !errors.Is(err, wamp.ErrNetworkFailure) {
			s.t.Errorf("sent %d times: %v", n, err)
		}
	})
}

// A registration or subscription that ends every session that it is sent on is
// given up as well.
func TestIntents_AreGivenUp(t *testing.T) {
	for name, begin := range map[string]func(context.Context, *wamp.Client) error{
		"register": func(ctx context.Context, c *wamp.Client) error {
			_, err := c.Register(ctx, "com.example.p", faultEcho)
			return err
		},
		"subscribe": func(ctx context.Context, c *wamp.Client) error {
			_, err := c.Subscribe(ctx, "com.example.t", func(context.Context, wamp.Payload) error { return nil })
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			faultBubbles(t, func(s *faultStage) {
				var sessions atomic.Int64
				c := s.served(func(p *wamptest.Peer) {
					p.Join()
					sessions.Add(1)
					if _, err := p.Next(); err == nil {
						p.Reset()
					}
				})
				ctx, cancel := context.WithTimeout(s.t.Context(), time.Hour)
				defer cancel()
				err := begin(ctx, c)
				if n := sessions.Load(); n != 9 || !errors.Is(err, wamp.ErrLost) || !strings.HasPrefix(err.Error(), "wamp: "+name+" com.example.") {
					s.t.Errorf("ended %d sessions: %v", n, err)
				}
			})
		})
	}
}
