package recovery

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// patient checks that connecting fails after about a minute of refusals.
func patient(t *testing.T, begin time.Time, err error) {
	t.Helper()
	if took := time.Since(begin); err == nil || took < time.Minute || took > 61*time.Second {
		t.Errorf("%v after %v", err, took)
	}
}

// H8: an upgrade that is answered with 401, 403 or 404 is a refusal, and so is
// one that asks to be left alone for longer than the client's patience lasts.
func TestH8_RefusedUpgrade(t *testing.T) {
	for _, status := range []string{"401 Unauthorized", "403 Forbidden", "404 Not Found"} {
		for _, header := range []string{"", "Retry-After: 86400\r\n"} {
			t.Run(status, func(t *testing.T) {
				stage.Bubble(t, wamptest.WebSocket, codec.CBOR, func(s *stage.Stage) {
					a := &answering{answer: "HTTP/1.1 " + status + "\r\n" + header + "Content-Length: 0\r\n\r\n"}
					begin := time.Now()
					o := <-s.Dial(wamp.WithNetDial(a.dial))
					patient(s.T, begin, o.Err)
					var failed *transport.HandshakeError
					if !errors.As(o.Err, &failed) || fmt.Sprint(failed.Code) != status[:3] {
						s.T.Errorf("got %v", o.Err)
					}
					if lines := s.Log.With("router refuses this client", status, "gives_up_in=1m"); len(lines) != 1 {
						s.T.Errorf("the log: %v", s.Log.With(""))
					}
				})
			})
		}
	}
}

// H8: a router that asks to be left alone is, for at most an hour; another one is
// not.
func TestH8_RetryAfter(t *testing.T) {
	at := func(d time.Duration) func() string {
		return func() string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	}
	for name, test := range map[string]struct {
		header      func() string
		least, most time.Duration // between two attempts
	}{
		"seconds":       {func() string { return "120" }, 2 * time.Minute, 2*time.Minute + 21*time.Second},
		"date":          {at(10 * time.Minute), 10*time.Minute - time.Second, 10*time.Minute + 21*time.Second},
		"too long":      {func() string { return "999999999" }, time.Hour, time.Hour + 21*time.Second},
		"past":          {at(-time.Hour), 0, 21 * time.Second},
		"nonsense":      {func() string { return "soon" }, 0, 21 * time.Second},
		"negative":      {func() string { return "-5" }, 0, 21 * time.Second},
		"out of range":  {func() string { return "99999999999999999999999" }, 0, 21 * time.Second},
		"without value": {func() string { return "" }, 0, 21 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			stage.Bubble(t, wamptest.WebSocket, codec.CBOR, func(s *stage.Stage) {
				var dials []time.Time
				dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
					dials = append(dials, time.Now())
					a := &answering{answer: "HTTP/1.1 503 Service Unavailable\r\nRetry-After: " + test.header() + "\r\nContent-Length: 0\r\n\r\n"}
					return a.dial(ctx, network, addr)
				}
				ctx, cancel := context.WithTimeout(s.T.Context(), 5*time.Hour)
				defer cancel()
				_, err := wamp.Connect(ctx, s.URL(), "realm1", s.Options([]wamp.ConnectOption{wamp.WithNetDial(dial)})...)
				if !errors.Is(err, context.DeadlineExceeded) || len(dials) < 4 {
					s.T.Fatalf("%v after %d attempts", err, len(dials))
				}
				for i := range dials[1:] {
					if pause := dials[i+1].Sub(dials[i]); pause < test.least || pause > test.most {
						s.T.Errorf("a pause of %v", pause)
					}
				}
			})
		})
	}
}

// What no router can cure fails at once, before anything is dialed or after the
// first attempt; its text names no secret.
func TestConnect_WhatNoRouterCures(t *testing.T) {
	secret := auth.NewSecret("t1cket")
	for name, test := range map[string]struct {
		url  string
		opts []wamp.ConnectOption
	}{
		"port":           {url: "ws://router.example:99999/ws"},
		"port 0":         {url: "tcp://router.example:0"},
		"second port":    {opts: []wamp.ConnectOption{wamp.WithURLs("wss://router.example:65536/ws")}},
		"header":         {opts: []wamp.ConnectOption{wamp.WithHeader(http.Header{"Sec-WebSocket-Protocol": {"canary"}})}},
		"lower case":     {opts: []wamp.ConnectOption{wamp.WithHeader(http.Header{"upgrade": {"canary"}})}},
		"header name":    {opts: []wamp.ConnectOption{wamp.WithHeader(http.Header{"X Y": {"canary"}})}},
		"header value":   {opts: []wamp.ConnectOption{wamp.WithHeader(http.Header{"X-Y": {"canary\r\nHost: evil"}})}},
		"read limit":     {opts: []wamp.ConnectOption{wamp.WithReadLimit(-1)}},
		"TLS versions":   {url: "wss://router.example/ws", opts: []wamp.ConnectOption{wamp.WithTLS(&tls.Config{MaxVersion: tls.VersionTLS11})}},
		"method twice":   {opts: []wamp.ConnectOption{wamp.WithAuth(auth.Ticket("ann", secret), auth.Ticket("ann", secret))}},
		"two names":      {opts: []wamp.ConnectOption{wamp.WithAuth(auth.Ticket("ann", secret), auth.CRA("bob", secret))}},
		"no name":        {opts: []wamp.ConnectOption{wamp.WithAuth(auth.CRA("", secret))}},
		"method is nil":  {opts: []wamp.ConnectOption{wamp.WithAuth(nil)}},
		"key is no key":  {opts: []wamp.ConnectOption{wamp.WithAuth(auth.Cryptosign("kay", auth.NewSecret("canary")))}},
		"TLS over plain": {opts: []wamp.ConnectOption{wamp.WithAuth(auth.TLSCertificate())}},
	} {
		t.Run(name, func(t *testing.T) {
			stage.Bubble(t, wamptest.WebSocket, codec.CBOR, func(s *stage.Stage) {
				s.Play(nil)
				url := test.url
				if url == "" {
					url = s.URL()
				}
				begin := time.Now()
				c, err := wamp.Connect(s.T.Context(), url, "realm1", s.Options(append(test.opts, wamp.WithRetryFatal()))...)
				if c != nil || err == nil || !time.Now().Equal(begin) || strings.Contains(err.Error(), "canary") {
					s.T.Errorf("got %v after %v", err, time.Since(begin))
				}
			})
		})
	}
}

// H8, R302: after the answer to a challenge an ABORT is a refused login whatever
// its reason, and before it one with a reason of the user's own; what is known to
// pass is none.
func TestH8_RefusedLogin(t *testing.T) {
	for reason, want := range map[string]struct{ before, after bool }{
		"wamp.error.authentication_failed":     {true, true},
		"wamp.error.authorization_failed":      {false, true},
		"wamp.error.something_new":             {false, true},
		"com.example.invalid_ticket":           {true, true},
		"thruway.error.authentication_failure": {true, true},
		"wamp.close.system_shutdown":           {false, false},
		"wamp.error.no_such_procedure":         {false, false},
		"wamp.error.unavailable":               {false, false},
	} {
		for _, challenged := range []bool{false, true} {
			t.Run(fmt.Sprint(reason, challenged), func(t *testing.T) {
				stage.Bubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
					s.Serve(func(p *wamptest.Peer) {
						_, _ = p.Next()
						if challenged {
							p.Send(wamptest.Message{wamptest.Challenge, "ticket", map[string]any{}})
							_, _ = p.Next()
						}
						p.Send(wamptest.Message{wamptest.Abort, map[string]any{"message": "no"}, reason})
						_, _ = p.Next()
					})
					ctx, cancel := context.WithTimeout(s.T.Context(), time.Hour)
					defer cancel()
					begin := time.Now()
					_, err := wamp.Connect(ctx, s.URL(), "realm1", s.Options(ticket(auth.NewSecret("wrong")))...)
					if !errors.Is(err, &wamp.Error{URI: reason}) {
						s.T.Errorf("got %v", err)
					}
					if refused := challenged && want.after || !challenged && want.before; !refused {
						if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, wamp.ErrAuthenticationFailed) {
							s.T.Errorf("got %v", err)
						}
						return
					}
					patient(s.T, begin, err)
					if !errors.Is(err, wamp.ErrAuthenticationFailed) {
						s.T.Errorf("got %v", err)
					}
				})
			})
		}
	}
}

// H8: WithMaxElapsed counts from the last session that was of use, although one
// registration was not back, and only after an attempt that failed.
func TestH8_MaxElapsedCountsUse(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		r := s.Play(func(sess *stage.Session, m wamptest.Message) []wamptest.Message {
			if sess.Index > 0 && m.Type() == wamptest.Register {
				return []wamptest.Message{{wamptest.Error, wamptest.Register, m.ID(1), map[string]any{}, "wamp.error.procedure_already_exists"}}
			}
			return nil
		})
		c := s.Connected(s.Dial(wamp.WithMaxElapsed(time.Minute)))
		if _, err := c.Register(s.T.Context(), "com.example.p", stage.Echo); err != nil {
			s.T.Fatal(err)
		}
		for range 3 {
			(<-r.Came).Peer.Reset()
			for range 60 {
				time.Sleep(time.Minute)
				if _, err := c.Call(s.T.Context(), "com.example.other", nil, nil); err != nil {
					s.T.Fatal(err)
				}
			}
		}
		begin := time.Now()
		s.Stop()
		s.Until(c, stage.In(wamp.Closed))
		if took := time.Since(begin); took < time.Minute || took > 81*time.Second {
			s.T.Errorf("closed after %v", took)
		}
	})
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithMaxElapsed(time.Nanosecond))
		p.Reset()
		s.Rejoin()
		s.Until(c, stage.In(wamp.Ready))
	})
}

// What ends a client is visible: Done, Err, and a line at level warning; a client
// that is closed says so too.
func TestClient_DoneAndErr(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, _ := s.Connect()
		select {
		case <-c.Done():
			s.T.Error("done while it lives")
		default:
		}
		s.Stop()
		if err := c.Close(s.T.Context()); err != nil {
			s.T.Error(err)
		}
		<-c.Done()
		if err := c.Err(); !errors.Is(err, wamp.ErrClosed) {
			s.T.Errorf("got %v", err)
		}
	})
}
