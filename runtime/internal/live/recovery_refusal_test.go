package live

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

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// H8: a router that does nothing but refuse for a minute means it, at the first
// connection…
func TestH8_FatalAtConnect(t *testing.T) {
	for _, uri := range []string{"wamp.error.no_such_realm", "wamp.error.authentication_failed", "wamp.error.not_authorized"} {
		t.Run(uri, func(t *testing.T) {
			recTransports(t, func(s *faultStage) {
				f, n := recRefuse(func(int64) string { return uri })
				s.Serve(f)
				begin := time.Now()
				o := <-s.dial()
				if !errors.Is(o.err, &wamp.Error{URI: uri}) || n.Load() < 5 {
					s.t.Errorf("%v after %d attempts", o.err, n.Load())
				}
				if took := time.Since(begin); took < time.Minute || took > 81*time.Second {
					s.t.Errorf("refused after %v", took)
				}
			})
		})
	}
}

// … and after five minutes at any later one: the client ends, and says why to
// everybody.
func TestH8_FatalLater(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		joined := make(chan *wamptest.Peer, 1)
		refuse, n := recRefuse(func(int64) string { return "wamp.error.no_such_realm" })
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
		c := s.connected(s.dial())
		called, begin := make(chan error, 1), time.Now()
		if err := c.Err(); err != nil {
			s.t.Errorf("a client that lives says %v", err)
		}
		(<-joined).Reset()
		s.until(c, recIn(wamp.BackingOff))
		go func() {
			_, err := c.Call(s.t.Context(), "com.example.alive", nil, nil)
			called <- err
		}()
		st := s.until(c, recIn(wamp.Closed))
		<-c.Done()
		if took := time.Since(begin); took < 5*time.Minute || took > 5*time.Minute+21*time.Second {
			s.t.Errorf("closed after %v", took)
		}
		if !errors.Is(st.Err, wamp.ErrNoSuchRealm) || !errors.Is(c.Err(), wamp.ErrNoSuchRealm) || n.Load() < 15 {
			s.t.Errorf("closed with %v, %v after %d attempts", st.Err, c.Err(), n.Load())
		}
		if lines := s.log.with("router refuses this client", "no_such_realm", "gives_up="); len(lines) == 0 {
			s.t.Errorf("the log holds %v", s.log.with(""))
		}
		if lines := s.log.with("client gave up", "reason=", "attempts=", "without_session=5m"); len(lines) != 1 {
			s.t.Errorf("of the end: %v", lines)
		}
		if err := <-called; !errors.Is(err, wamp.ErrClosed) || !errors.Is(err, wamp.ErrNoSuchRealm) || !wamp.SafeToRetry(err) {
			s.t.Errorf("call that waited: %v", err)
		}
		_, err := c.Subscribe(s.t.Context(), "com.example.t", func(context.Context, wamp.Payload) error { return nil })
		if !errors.Is(err, wamp.ErrClosed) || !errors.Is(err, wamp.ErrNoSuchRealm) {
			s.t.Errorf("subscribe: %v", err)
		}
		if err := c.Close(s.t.Context()); err != nil {
			s.t.Errorf("close: %v", err)
		}
	})
}

// H8: refusals between other failures end nothing; and the reason that an open
// session was ended with does not count.
func TestH8_NotOnlyRefusals(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		reasons := []string{"wamp.error.no_such_realm", "wamp.error.authentication_failed", "wamp.close.system_shutdown"}
		f, n := recRefuse(func(n int64) string { return reasons[n%3] })
		s.Serve(f)
		ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Minute)
		defer cancel()
		_, err := wamp.Connect(ctx, s.URL(), "realm1", s.options(nil)...)
		if !errors.Is(err, context.DeadlineExceeded) || n.Load() < 30 {
			s.t.Errorf("%v after %d attempts", err, n.Load())
		}
	})
	recTransports(t, func(s *faultStage) {
		c, p := s.join()
		for range 3 {
			p.Send(wamptest.Message{wamptest.Abort, map[string]any{}, "wamp.error.not_authorized"})
			p = s.Accept()
			p.Expect(wamptest.Hello)
			p.Send(wamptest.Message{wamptest.Abort, map[string]any{}, "wamp.error.not_authorized"})
			p = s.again()
			s.until(c, recIn(wamp.Ready))
		}
	})
}

// H8: RetryFatal goes on.
func TestH8_RetryFatal(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		f, n := recRefuse(func(n int64) string {
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
		c := s.connected(s.dial(wamp.RetryFatal()))
		if n.Load() != 51 || c.Status().State != wamp.Ready {
			s.t.Errorf("%d attempts, %v", n.Load(), c.Status())
		}
	})
}

// H8: what may pass is tried for ever.
func TestH8_Transient(t *testing.T) {
	const long = 4 * time.Hour
	check := func(s *faultStage, is func(error) bool, opts ...wamp.ConnectOption) {
		s.t.Helper()
		ctx, cancel := context.WithTimeout(s.t.Context(), long)
		defer cancel()
		begin := time.Now()
		c, err := wamp.Connect(ctx, s.URL(), "realm1", s.options(opts)...)
		if err == nil {
			s.t.Fatalf("connected: %v", c.Status())
		}
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != long || !is(err) {
			s.t.Errorf("after %v: %v", time.Since(begin), err)
		}
	}
	t.Run("system shutdown", func(t *testing.T) {
		recTransports(t, func(s *faultStage) {
			f, n := recRefuse(func(int64) string { return "wamp.close.system_shutdown" })
			s.Serve(f)
			check(s, func(err error) bool { return errors.Is(err, &wamp.Error{URI: "wamp.close.system_shutdown"}) })
			if n.Load() < 4*3600/21 {
				s.t.Errorf("%d attempts", n.Load())
			}
		})
	})
	t.Run("refused connections", func(t *testing.T) {
		recTransports(t, func(s *faultStage) {
			s.Stop()
			check(s, func(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) })
		})
	})
	t.Run("reset connections", func(t *testing.T) {
		recTransports(t, func(s *faultStage) {
			s.Serve(func(p *wamptest.Peer) { _, _ = p.Next(); p.Reset() })
			check(s, func(err error) bool { return errors.Is(err, syscall.ECONNRESET) })
		})
	})
	t.Run("503", func(t *testing.T) {
		recBubble(t, wamptest.WebSocket, codec.CBOR, func(s *faultStage) {
			a := &recAnswering{answer: "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"}
			var failed *transport.HandshakeError
			check(s, func(err error) bool { return errors.As(err, &failed) && failed.Code == 503 }, wamp.WithNetDial(a.dial))
		})
	})
	t.Run("too many connections", func(t *testing.T) {
		recBubble(t, wamptest.RawSocket, codec.CBOR, func(s *faultStage) {
			a := &recAnswering{answer: "\x7f\x40\x00\x00"}
			check(s, func(err error) bool { return errors.Is(err, transport.ErrTooManyConnections) }, wamp.WithNetDial(a.dial))
		})
	})
}

// recDial is one dial of a client with several URLs.
type recDial struct {
	addr string
	at   time.Time
}

// H8: several URLs are tried in turn without a pause between them; the one that
// answers is used.
func TestH8_SeveralURLs(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		var mu sync.Mutex
		var dials []recDial
		up := ""
		dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
			mu.Lock()
			defer mu.Unlock()
			dials = append(dials, recDial{addr, time.Now()})
			if addr != up {
				return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
			}
			return s.NetDial(ctx, network, addr)
		}
		s.serve(nil)
		scheme, _, _ := strings.Cut(s.URL(), "://")
		url := func(i int) string { return fmt.Sprintf("%s://r%d.example:8080/ws", scheme, i) }
		connected := make(chan recOutcome, 1)
		go func() {
			c, err := wamp.Connect(s.t.Context(), url(1), "realm1",
				s.options([]wamp.ConnectOption{wamp.WithNetDial(dial), wamp.WithURLs(url(2), url(3))})...)
			connected <- recOutcome{c, err}
		}()
		time.Sleep(5 * time.Minute)
		mu.Lock()
		up = "r3.example:8080"
		mu.Unlock()
		c := s.connected(connected)
		if got := c.Status().URL; got != url(3) {
			s.t.Errorf("uses %s", got)
		}
		if err := c.Close(s.t.Context()); err != nil {
			s.t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		if len(dials) < 3*300/21 {
			s.t.Errorf("%d dials", len(dials))
		}
		for i, d := range dials {
			if want := dials[i%3].addr; d.addr != want || i > 0 && d.addr == dials[i-1].addr {
				s.t.Fatalf("dial %d to %s, want %s", i, d.addr, want)
			}
			if i%3 > 0 && !d.at.Equal(dials[i-1].at) {
				s.t.Errorf("%v between two of one round", d.at.Sub(dials[i-1].at))
			}
			if i > 0 && i%3 == 0 && d.at.Sub(dials[i-1].at) < 100*time.Millisecond {
				s.t.Errorf("%v between two rounds", d.at.Sub(dials[i-1].at))
			}
		}
	})
}

// H8: a refusal counts when every URL refuses.
func TestH8_OneOfTwoRefuses(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		other := wamptest.NewPipeScript(s.t, s.kind, s.format)
		refuse, n := recRefuse(func(int64) string { return "wamp.error.no_such_realm" })
		s.Serve(refuse)
		busy, m := recRefuse(func(n int64) string {
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
		o := <-s.dial(wamp.WithNetDial(dial), wamp.WithURLs(other.URL()))
		if !errors.Is(o.err, wamp.ErrNoSuchRealm) || n.Load() < 25 || m.Load() != n.Load() {
			s.t.Errorf("%v after %d and %d attempts", o.err, n.Load(), m.Load())
		}
	})
}

// H8: WithMaxElapsed ends the client when it was without a session for so long.
func TestH8_MaxElapsed(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		c, p := s.join(wamp.WithMaxElapsed(time.Minute))
		for range 3 { // being ready starts the clock again
			time.Sleep(45 * time.Second)
			p.Reset()
			time.Sleep(10 * time.Second)
			p = s.again()
			s.until(c, recIn(wamp.Ready))
		}
		s.Stop()
		begin := time.Now()
		st := s.until(c, recIn(wamp.Closed))
		if took := time.Since(begin); took < time.Minute || took > 81*time.Second || !errors.Is(st.Err, syscall.ECONNREFUSED) {
			s.t.Errorf("closed after %v: %v", took, st.Err)
		}
		if _, err := c.Call(s.t.Context(), "com.example.alive", nil, nil); !errors.Is(err, wamp.ErrClosed) {
			s.t.Errorf("call: %v", err)
		}
	})
}
