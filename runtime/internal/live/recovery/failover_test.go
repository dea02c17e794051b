package recovery

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// two is two routers of one realm.
type two struct {
	*stage.Stage
	other *wamptest.Script
}

// twoRouters runs f in a bubble with two routers.
func twoRouters(t *testing.T, f func(*two)) {
	stage.Transports(t, func(s *stage.Stage) {
		f(&two{s, wamptest.NewPipeScript(s.T, s.Kind, s.Format)})
	})
}

// dial begins to connect to both.
func (s *two) dial(opts ...wamp.ConnectOption) <-chan stage.Outcome {
	scheme, _, _ := strings.Cut(s.URL(), "://")
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		if strings.HasPrefix(addr, "r2.") {
			return s.other.NetDial(ctx, network, addr)
		}
		return s.NetDial(ctx, network, addr)
	}
	done := make(chan stage.Outcome, 1)
	go func() {
		c, err := wamp.Connect(s.T.Context(), scheme+"://r1.example:80/ws", "realm1", s.Options(append([]wamp.ConnectOption{
			wamp.WithURLs(scheme + "://r2.example:80/ws"), wamp.WithNetDial(dial)}, opts...))...)
		done <- stage.Outcome{Client: c, Err: err}
	}()
	return done
}

// closes closes c at the end of a test, when nobody answers its GOODBYE.
func (s *two) closes(c *wamp.Client) {
	s.Stop()
	s.other.Stop()
	_ = c.Close(context.Background())
}

// H8: a router that lets in and drops does not keep the client from the healthy
// one, whichever of them comes first, and the healthy one keeps it.
func TestH8_FailoverFromARouterThatDrops(t *testing.T) {
	for name, after := range map[string]time.Duration{"at once": 0, "after a moment": 100 * time.Millisecond, "after 20 s": 20 * time.Second} {
		t.Run(name, func(t *testing.T) {
			twoRouters(t, func(s *two) {
				var bad, well atomic.Int64
				s.Serve(func(p *wamptest.Peer) {
					p.Join()
					bad.Add(1)
					time.Sleep(after)
					p.Reset()
				})
				s.other.Serve(func(p *wamptest.Peer) {
					p.Join()
					well.Add(1)
					_ = p.Obey()
				})
				c := s.Stage.Connected(s.dial())
				defer s.closes(c)
				time.Sleep(time.Hour)
				if bad.Load() > 1 || well.Load() != 1 {
					s.T.Errorf("in an hour %d sessions with the bad router, %d with the good one", bad.Load(), well.Load())
				}
			})
		})
	}
}

// H8: the router of a session that stayed is the first to be tried again.
func TestH8_BackToTheRouterThatHeld(t *testing.T) {
	twoRouters(t, func(s *two) {
		var first, second atomic.Int64
		play := func(n *atomic.Int64) func(*wamptest.Peer) {
			return func(p *wamptest.Peer) {
				p.Join()
				n.Add(1)
				time.Sleep(time.Minute)
				p.Reset()
			}
		}
		s.Serve(play(&first))
		s.other.Serve(play(&second))
		c := s.Stage.Connected(s.dial())
		defer s.closes(c)
		time.Sleep(time.Hour)
		if a, b := first.Load(), second.Load(); min(a, b) != 0 || max(a, b) < 30 {
			s.T.Errorf("%d and %d sessions", a, b)
		}
	})
}

// H8: the clients of two routers spread over them.
func TestH8_FirstOrderIsRandom(t *testing.T) {
	twoRouters(t, func(s *two) {
		var second atomic.Int64
		obey := func(p *wamptest.Peer) { p.Join(); _ = p.Obey() }
		s.Serve(obey)
		s.other.Serve(func(p *wamptest.Peer) { second.Add(1); obey(p) })
		const n = 100
		for range n {
			c := s.Stage.Connected(s.dial())
			if err := c.Close(s.T.Context()); err != nil {
				s.T.Error(err)
			}
		}
		if got := second.Load(); got < n/5 || got > n*4/5 {
			s.T.Errorf("%d of %d clients began with the second router", got, n)
		}
	})
}

// H8: a URL that is given more than once is one router: to ask it again at once
// is no failover.
func TestH8_AURLCountsOnce(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		var attempts atomic.Int64
		s.Serve(func(p *wamptest.Peer) {
			attempts.Add(1)
			p.Reset()
		})
		ctx, cancel := context.WithTimeout(s.T.Context(), time.Minute)
		defer cancel()
		pause := wamp.Backoff{Min: time.Hour, Base: time.Hour, Max: time.Hour}
		_, err := wamp.Connect(ctx, s.URL(), "realm1", s.Options([]wamp.ConnectOption{
			wamp.WithURLs(s.URL(), s.URL()), wamp.WithBackoff(pause)})...)
		if !errors.Is(err, context.DeadlineExceeded) || attempts.Load() != 1 {
			s.T.Errorf("%d attempts in a row, and then %v", attempts.Load(), err)
		}
	})
}
