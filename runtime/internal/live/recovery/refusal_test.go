package recovery

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// H8: a router that does nothing but refuse for a minute means it, at the first
// connection….
func TestH8_FatalAtConnect(t *testing.T) {
	for _, uri := range []string{"wamp.error.no_such_realm", "wamp.error.authentication_failed", "wamp.error.not_authorized"} {
		t.Run(uri, func(t *testing.T) {
			stage.Transports(t, func(s *stage.Stage) {
				f, n := stage.Refuse(func(int64) string { return uri })
				s.Serve(f)
				begin := time.Now()
				o := <-s.Dial()
				if !errors.Is(o.Err, &wamp.Error{URI: uri}) || n.Load() < 5 {
					s.T.Errorf("%v after %d attempts", o.Err, n.Load())
				}
				if took := time.Since(begin); took < time.Minute || took > 61*time.Second {
					s.T.Errorf("refused after %v", took)
				}
			})
		})
	}
}

// … and after five minutes at any later one: the client ends, and says why to
// everybody.
func TestH8_FatalLater(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		joined := make(chan *wamptest.Peer, 1)
		refuse, n := stage.Refuse(func(int64) string { return "wamp.error.no_such_realm" })
		var first atomic.Bool
		s.Serve(func(p *wamptest.Peer) {
			if first.CompareAndSwap(false, true) {
				p.Join()
				joined <- p
				_ = p.Obey()
				return
			}
			refuse(p)
		})
		c := s.Connected(s.Dial())
		called, begin := make(chan error, 1), time.Now()
		if err := c.Err(); err != nil {
			s.T.Errorf("a client that lives says %v", err)
		}
		(<-joined).Reset()
		s.Until(c, stage.In(wamp.BackingOff))
		go func() {
			_, err := c.Call(s.T.Context(), "com.example.alive", nil, nil)
			called <- err
		}()
		st := s.Until(c, stage.In(wamp.Closed))
		<-c.Done()
		// It counts from the first refusal, which comes after the first pause.
		if took := time.Since(begin); took < 5*time.Minute || took > 5*time.Minute+1100*time.Millisecond {
			s.T.Errorf("closed after %v", took)
		}
		if !errors.Is(st.Err, wamp.ErrNoSuchRealm) || !errors.Is(c.Err(), wamp.ErrNoSuchRealm) || n.Load() < 15 {
			s.T.Errorf("closed with %v, %v after %d attempts", st.Err, c.Err(), n.Load())
		}
		if lines := s.Log.With("router refuses this client", "no_such_realm", "gives_up_in="); len(lines) == 0 {
			s.T.Errorf("the log holds %v", s.Log.With(""))
		}
		if lines := s.Log.With("client gave up", "reason=", "attempts=", "without_session=5m"); len(lines) != 1 {
			s.T.Errorf("of the end: %v", lines)
		}
		if err := <-called; !errors.Is(err, wamp.ErrClosed) || !errors.Is(err, wamp.ErrNoSuchRealm) || !wamp.SafeToRetry(err) {
			s.T.Errorf("call that waited: %v", err)
		}
		_, err := c.Subscribe(s.T.Context(), "com.example.t", func(context.Context, wamp.Payload) error { return nil })
		if !errors.Is(err, wamp.ErrClosed) || !errors.Is(err, wamp.ErrNoSuchRealm) {
			s.T.Errorf("subscribe: %v", err)
		}
		if err := c.Close(s.T.Context()); err != nil {
			s.T.Errorf("close: %v", err)
		}
	})
}

// H8: refusals between other failures end nothing; and the reason that an open
// session was ended with does not count.
func TestH8_NotOnlyRefusals(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		reasons := []string{"wamp.error.no_such_realm", "wamp.error.authentication_failed", "wamp.close.system_shutdown"}
		f, n := stage.Refuse(func(n int64) string { return reasons[n%3] })
		s.Serve(f)
		ctx, cancel := context.WithTimeout(s.T.Context(), 10*time.Minute)
		defer cancel()
		_, err := wamp.Connect(ctx, s.URL(), "realm1", s.Options(nil)...)
		if !errors.Is(err, context.DeadlineExceeded) || n.Load() < 30 {
			s.T.Errorf("%v after %d attempts", err, n.Load())
		}
	})
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for range 3 {
			p.Send(wamptest.Message{wamptest.Abort, map[string]any{}, "wamp.error.not_authorized"})
			p = s.Accept()
			p.Expect(wamptest.Hello)
			p.Send(wamptest.Message{wamptest.Abort, map[string]any{}, "wamp.error.not_authorized"})
			p = s.Rejoin()
			s.Until(c, stage.In(wamp.Ready))
		}
	})
}

// H8: RetryFatal goes on.
func TestH8_RetryFatal(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		f, n := stage.Refuse(func(n int64) string {
			if n > 50 {
				return ""
			}
			return "wamp.error.no_such_realm"
		})
		s.Serve(func(p *wamptest.Peer) {
			if n.Load() == 50 {
				n.Add(1)
				p.Join()
				_ = p.Obey()
				return
			}
			f(p)
		})
		c := s.Connected(s.Dial(wamp.WithRetryFatal()))
		if n.Load() != 51 || c.Status().State != wamp.Ready {
			s.T.Errorf("%d attempts, %v", n.Load(), c.Status())
		}
	})
}

// H8: what may pass is tried for ever.
func TestH8_Transient(t *testing.T) {
	const long = 4 * time.Hour
	check := func(s *stage.Stage, is func(error) bool, opts ...wamp.ConnectOption) {
		s.T.Helper()
		ctx, cancel := context.WithTimeout(s.T.Context(), long)
		defer cancel()
		begin := time.Now()
		c, err := wamp.Connect(ctx, s.URL(), "realm1", s.Options(opts)...)
		if err == nil {
			s.T.Fatalf("connected: %v", c.Status())
		}
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != long || !is(err) {
			s.T.Errorf("after %v: %v", time.Since(begin), err)
		}
	}
	t.Run("system shutdown", func(t *testing.T) {
		stage.Transports(t, func(s *stage.Stage) {
			f, n := stage.Refuse(func(int64) string { return "wamp.close.system_shutdown" })
			s.Serve(f)
			check(s, func(err error) bool { return errors.Is(err, &wamp.Error{URI: "wamp.close.system_shutdown"}) })
			if n.Load() < 4*3600/21 {
				s.T.Errorf("%d attempts", n.Load())
			}
		})
	})
	t.Run("refused connections", func(t *testing.T) {
		stage.Transports(t, func(s *stage.Stage) {
			s.Stop()
			check(s, func(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) })
		})
	})
	t.Run("reset connections", func(t *testing.T) {
		stage.Transports(t, func(s *stage.Stage) {
			s.Serve(func(p *wamptest.Peer) { _, _ = p.Next(); p.Reset() })
			check(s, func(err error) bool { return errors.Is(err, syscall.ECONNRESET) })
		})
	})
	t.Run("503", func(t *testing.T) {
		stage.Bubble(t, wamptest.WebSocket, codec.CBOR, func(s *stage.Stage) {
			a := &answering{answer: "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"}
			var failed *transport.HandshakeError
			check(s, func(err error) bool { return errors.As(err, &failed) && failed.Code == 503 }, wamp.WithNetDial(a.dial))
		})
	})
	t.Run("too many connections", func(t *testing.T) {
		stage.Bubble(t, wamptest.RawSocket, codec.CBOR, func(s *stage.Stage) {
			a := &answering{answer: "\x7f\x40\x00\x00"}
			check(s, func(err error) bool { return errors.Is(err, transport.ErrTooManyConnections) }, wamp.WithNetDial(a.dial))
		})
	})
}

// dialer is one dial of a client with several URLs.
type dialer struct {
	addr string
	at   time.Time
}

// H8: several URLs are tried in turn without a pause between them; the one that
// answers is used.
func TestH8_SeveralURLs(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		var mu sync.Mutex
		var dials []dialer
		up := ""
		dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
			mu.Lock()
			defer mu.Unlock()
			dials = append(dials, dialer{addr, time.Now()})
			if addr != up {
				return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
			}
			return s.NetDial(ctx, network, addr)
		}
		s.Play(nil)
		scheme, _, _ := strings.Cut(s.URL(), "://")
		url := func(i int) string { return fmt.Sprintf("%s://r%d.example:8080/ws", scheme, i) }
		connected := make(chan stage.Outcome, 1)
		go func() {
			c, err := wamp.Connect(s.T.Context(), url(1), "realm1",
				s.Options([]wamp.ConnectOption{wamp.WithNetDial(dial), wamp.WithURLs(url(2), url(3))})...)
			connected <- stage.Outcome{Client: c, Err: err}
		}()
		time.Sleep(5 * time.Minute)
		mu.Lock()
		up = "r3.example:8080"
		mu.Unlock()
		c := s.Connected(connected)
		if got := c.Status().URL; got != url(3) {
			s.T.Errorf("uses %s", got)
		}
		if err := c.Close(s.T.Context()); err != nil {
			s.T.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		if len(dials) < 3*300/21 {
			s.T.Errorf("%d dials", len(dials))
		}
		for i, d := range dials {
			if want := dials[i%3].addr; d.addr != want || i > 0 && d.addr == dials[i-1].addr {
				s.T.Fatalf("dial %d to %s, want %s", i, d.addr, want)
			}
			if i%3 > 0 && !d.at.Equal(dials[i-1].at) {
				s.T.Errorf("%v between two of one round", d.at.Sub(dials[i-1].at))
			}
			if i > 0 && i%3 == 0 && d.at.Sub(dials[i-1].at) < 100*time.Millisecond {
				s.T.Errorf("%v between two rounds", d.at.Sub(dials[i-1].at))
			}
		}
	})
}

// H8: a refusal counts when every URL refuses.
func TestH8_OneOfTwoRefuses(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		other := wamptest.NewPipeScript(s.T, s.Kind, s.Format)
		refuse, n := stage.Refuse(func(int64) string { return "wamp.error.no_such_realm" })
		s.Serve(refuse)
		busy, m := stage.Refuse(func(n int64) string {
			if n <= 20 {
				return "wamp.close.system_shutdown"
			}
			return "wamp.error.no_such_realm"
		})
		other.Serve(busy)
		dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
			if strings.Contains(other.URL(), "//"+addr) {
				return other.NetDial(ctx, network, addr)
			}
			return s.NetDial(ctx, network, addr)
		}
		o := <-s.Dial(wamp.WithNetDial(dial), wamp.WithURLs(other.URL()))
		if !errors.Is(o.Err, wamp.ErrNoSuchRealm) || n.Load() < 25 || m.Load() != n.Load() {
			s.T.Errorf("%v after %d and %d attempts", o.Err, n.Load(), m.Load())
		}
	})
}

// H8: WithMaxElapsed ends the client when it was without a session for so long.
func TestH8_MaxElapsed(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithMaxElapsed(time.Minute))
		for range 3 { // being ready starts the clock again
			time.Sleep(45 * time.Second)
			p.Reset()
			time.Sleep(10 * time.Second)
			p = s.Rejoin()
			s.Until(c, stage.In(wamp.Ready))
		}
		s.Stop()
		begin := time.Now()
		st := s.Until(c, stage.In(wamp.Closed))
		if took := time.Since(begin); took < time.Minute || took > 81*time.Second || !errors.Is(st.Err, syscall.ECONNREFUSED) {
			s.T.Errorf("closed after %v: %v", took, st.Err)
		}
		if _, err := c.Call(s.T.Context(), "com.example.alive", nil, nil); !errors.Is(err, wamp.ErrClosed) {
			s.T.Errorf("call: %v", err)
		}
	})
}
