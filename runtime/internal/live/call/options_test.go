package call

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// What an option is given belongs to its caller again once Connect has returned:
// every later session is opened as the first one was.
func TestOptions_AreClonedByConnect(t *testing.T) {
	s := wamptest.NewScript(t, wamptest.WebSocket, codec.JSON)
	server, client, err := wamptest.NewTLS(wamptest.Certificate{})
	if err != nil {
		t.Fatal(err)
	}
	s.TLS = server
	tokens := make(chan string, 2)
	s.Serve(func(p *wamptest.Peer) {
		tokens <- p.Request().Header.Get("Authorization")
		p.Join()
		_ = p.Obey()
	})
	header, config := http.Header{"Authorization": {"one"}}, client.Clone()
	methods, formats := []auth.Method{auth.Anonymous()}, []codec.Format{codec.JSON}
	c, err := wamp.Connect(t.Context(), s.URL(), "realm1", wamp.WithHeader(header), wamp.WithTLS(config),
		wamp.WithAuth(methods...), wamp.WithSerializers(formats...))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	header.Set("Authorization", "two")
	config.ServerName = "somewhere.else.example"
	methods[0], formats[0] = auth.TLSCertificate(), codec.CBOR
	before := c.SessionID()
	s.Stop()
	s.Start()
	stage.ReadyAgain(t, c, before)
	if first, second := <-tokens, <-tokens; first != "one" || second != "one" {
		t.Errorf("sent %s, then %s", first, second)
	}
}

// A timeout goes out in whole milliseconds, rounded up: 0 would mean none.
func TestTimeout_IsRoundedUp(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for timeout, want := range map[time.Duration]any{
			1: int64(1), 500 * time.Microsecond: int64(1), time.Millisecond: int64(1),
			1001 * time.Microsecond: int64(2), time.Second: int64(1000), 0: nil,
		} {
			ctx, cancel := context.WithCancel(s.T.Context())
			done := stage.Begin(func() error {
				_, err := c.Call(ctx, "com.example.p", nil, nil, wamp.WithCallTimeout(timeout))
				return err
			})
			if m := p.Expect(wamptest.Call); m.Dict(2)["timeout"] != want {
				s.T.Errorf("%v: options %v", timeout, m.Dict(2))
			}
			cancel()
			<-done
			p.Expect(wamptest.Cancel)
		}
	})
}

// R151: the client keeps the timeout itself if the router does not, and says that
// the call is over if the router can cancel calls.
func TestTimeout_KeptByTheClient(t *testing.T) {
	for _, without := range [][]string{{"call_timeout"}, {"call_timeout", "call_canceling"}} {
		stage.Bubbles(t, func(s *stage.Stage) {
			done := s.Dial()
			p := s.Accept()
			p.Join(wamptest.Without(without...))
			c := s.Connected(done)
			called := stage.Begin(func() error {
				_, err := c.Call(s.T.Context(), "com.example.p", nil, nil, wamp.WithCallTimeout(time.Hour))
				return err
			})
			m := p.Expect(wamptest.Call)
			if _, sent := m.Dict(2)["timeout"]; sent {
				s.T.Errorf("sent %v", m)
			}
			if len(without) == 1 {
				if cancel := p.Expect(wamptest.Cancel); cancel.ID(1) != m.ID(1) {
					s.T.Errorf("sent %v for %v", cancel, m)
				}
			}
			if err := <-called; !errors.Is(err, context.DeadlineExceeded) {
				s.T.Errorf("got %v", err)
			}
			s.Works(c, p) // nothing else was sent
		})
	}
}

// A publish buffer of less than nothing is none: nothing is kept and nothing waits.
func TestWithPublishBuffer_BelowZero(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, _ := s.Connect(wamp.WithPublishBuffer(-1))
		s.Stop()
		s.Until(c, stage.In(wamp.BackingOff))
		for _, opts := range [][]wamp.PublishOption{nil, {wamp.WithAcknowledge()}} {
			if err := c.Publish(s.T.Context(), "com.example.t", nil, nil, opts...); !errors.Is(err, wamp.ErrNotReady) {
				s.T.Errorf("got %v", err)
			}
		}
	})
}

// The login by cookie is a secret that travels as it is: over plain text to another
// host it is refused before anything is dialed, like a ticket (S9).
func TestCookie_OverPlainText(t *testing.T) {
	at := &url.URL{Scheme: "http", Host: "router.example"}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	jar.SetCookies(at, []*http.Cookie{{Name: "cbtid", Value: "SECRET"}})
	connect := func(s *wamptest.Script, opts ...wamp.ConnectOption) (dials int64, err error) {
		var dialed atomic.Int64
		dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
			dialed.Add(1)
			return s.NetDial(ctx, "", "")
		}
		c, err := wamp.Connect(t.Context(), "ws://router.example/ws", "realm1", append([]wamp.ConnectOption{
			wamp.WithSerializers(codec.JSON), wamp.WithNetDial(dial), wamp.WithCookieJar(jar),
			wamp.WithAuth(auth.Cookie())}, opts...)...)
		if err == nil {
			err = c.Close(t.Context())
		}
		return dialed.Load(), err
	}
	s := wamptest.NewPipeScript(t, wamptest.WebSocket, codec.JSON)
	sent := make(chan string, 1)
	s.Serve(func(p *wamptest.Peer) {
		sent <- p.Request().Header.Get("Cookie")
		p.Join(wamptest.WithDetails(stage.Dict{"authmethod": "cookie"}))
		_ = p.Obey()
	})
	var refused *auth.Error
	if dials, err := connect(s); dials != 0 || !errors.As(err, &refused) {
		t.Errorf("%d dials, %v", dials, err)
	}
	if dials, err := connect(s, wamp.WithPlaintextSecrets()); dials != 1 || err != nil || <-sent != "cbtid=SECRET" {
		t.Errorf("allowed: %d dials, %v", dials, err)
	}
}

// Limits.Pending is about calls: few of them do not keep registrations and
// subscriptions from being made, and restored, side by side.
func TestLimits_PendingLeavesRecoveryAlone(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		s.Serve(func(p *wamptest.Peer) {
			p.Join()
			_ = p.Obey()
		})
		c := s.Connected(s.Dial(wamp.WithLimits(wamp.Limits{Pending: 2})))
		for i := range 20 {
			_, err := c.Subscribe(s.T.Context(), fmt.Sprint("com.example.t", i), func(context.Context, wamp.Payload) error { return nil })
			if err != nil {
				s.T.Fatal(err)
			}
		}
		var all []wamp.Handler
		for i := range 4 {
			all = append(all, declares(fmt.Sprint("com.example.p", i)).Handle(func(_ context.Context, in string) (string, error) { return in, nil }))
		}
		if _, err := wamp.Register(s.T.Context(), c, all...); err != nil {
			s.T.Errorf("four at a time: %v", err)
		}
		var refused atomic.Bool
		ctx, cancel := context.WithCancel(s.T.Context())
		defer cancel()
		go func() {
			for st := range c.Watch(ctx) {
				if st.State == wamp.Recovering && st.Err != nil {
					refused.Store(true)
				}
			}
		}()
		synctest.Wait()
		before := c.SessionID()
		s.Stop()
		s.Start()
		for st := range c.Watch(ctx) {
			if st.State == wamp.Ready && st.Session != before {
				break
			}
		}
		synctest.Wait()
		if refused.Load() {
			s.T.Error("recovery refused what calls had no share in")
		}
	})
}

// What a subscription fetches from its history is no call of the user's: it finds
// its place while as many calls wait as may.
func TestLimits_PendingLeavesHistoriesAlone(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithLimits(wamp.Limits{Pending: 1}))
		ctx, cancel := context.WithCancel(s.T.Context())
		waiting := stage.Begin(func() error { _, err := c.Call(ctx, "com.example.slow", nil, nil); return err })
		p.Expect(wamptest.Call)
		done := stage.Begin(func() error {
			_, err := c.Subscribe(s.T.Context(), "com.example.t", func(context.Context, wamp.Payload) error { return nil }, wamp.WithResume())
			return err
		})
		p.Send(wamptest.Answer(p.Expect(wamptest.Subscribe)))
		p.Send(wamptest.Message{wamptest.Result, p.Expect(wamptest.Call).ID(1), stage.Dict{}, []any{}})
		if err := <-done; err != nil {
			s.T.Error(err)
		}
		if _, err := c.Call(s.T.Context(), "com.example.p", nil, nil); !errors.Is(err, wamp.ErrOverflow) {
			s.T.Errorf("a second call: %v", err)
		}
		cancel()
		<-waiting
		p.Expect(wamptest.Cancel)
	})
}
