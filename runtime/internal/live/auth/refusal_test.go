package auth

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// bubble is a fake router in memory, by the clock of a synctest bubble.
type bubble struct {
	*wamptest.Script
	t      *testing.T
	dials  dials
	format codec.Format
	play   atomic.Pointer[func(*wamptest.Peer)] // the router's part
	parts  sync.WaitGroup                       // those that are played
}

// bubbles runs f in a bubble for both transports and all formats.
func bubbles(t *testing.T, f func(*bubble)) {
	for _, k := range []wamptest.Kind{wamptest.WebSocket, wamptest.RawSocket} {
		for _, format := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
			t.Run(k.String()+"/"+format.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := &bubble{Script: wamptest.NewPipeScript(t, k, format), t: t, format: format}
					b.dials.dial = b.NetDial
					b.Serve(func(p *wamptest.Peer) {
						b.parts.Add(1)
						defer b.parts.Done()
						(*b.play.Load())(p)
					})
					f(b)
				})
			})
		}
	}
}

// connect logs in to a router whose part f plays on every connection.
func (b *bubble) connect(f func(*wamptest.Peer), opts ...wamp.ConnectOption) (*wamp.Client, error) {
	b.play.Store(&f)
	opts = append([]wamp.ConnectOption{wamp.WithSerializers(b.format), b.dials.option(), log(b.t)}, opts...)
	c, err := wamp.Connect(b.t.Context(), b.URL(), "realm1", opts...)
	if err == nil {
		b.t.Cleanup(func() {
			b.Stop() // nobody would answer the GOODBYE
			_ = c.Close(context.Background())
		})
	}
	return c, err
}

// refused checks that the login fails for good within a minute and a pause.
func (b *bubble) refused(f func(*wamptest.Peer), opts ...wamp.ConnectOption) error {
	b.t.Helper()
	begin := time.Now()
	c, err := b.connect(f, opts...)
	if c != nil || err == nil {
		b.t.Fatal("the login succeeded")
	}
	b.parts.Wait()
	if took := time.Since(begin); took > 61*time.Second {
		b.t.Errorf("the client tried for %v", took)
	}
	b.t.Log(err) // for the canary
	return err
}

// Every reason that routers give for a refused login is the same to a program,
// and a wrong realm can be told from it. R302, H8.
func TestR302_ReasonsAreOneFamily(t *testing.T) {
	bubbles(t, func(b *bubble) {
		for reason, want := range map[string]error{
			"wamp.error.authentication_denied":   wamp.ErrAuthenticationFailed,
			"wamp.error.authentication_failed":   wamp.ErrAuthenticationFailed,
			"wamp.error.authentication_required": wamp.ErrAuthenticationFailed,
			"wamp.error.no_matching_auth_method": wamp.ErrAuthenticationFailed,
			"wamp.error.no_auth_method":          wamp.ErrAuthenticationFailed,
			"wamp.error.not_authorized":          wamp.ErrAuthenticationFailed,
			"wamp.error.no_such_principal":       wamp.ErrAuthenticationFailed,
			"wamp.error.no_such_role":            wamp.ErrAuthenticationFailed,
			"wamp.error.cannot_authenticate":     wamp.ErrAuthenticationFailed,
			"wamp.error.no_such_realm":           wamp.ErrNoSuchRealm,
		} {
			err := b.refused(func(p *wamptest.Peer) {
				p.Expect(wamptest.Hello)
				p.Send(wamptest.Message{wamptest.Abort, map[string]any{"message": "no"}, reason})
			})
			var abort *wamp.Error
			if !errors.Is(err, want) || !errors.Is(err, &wamp.Error{URI: reason}) || !wamp.IsPeer(err) ||
				!errors.As(err, &abort) || abort.URI != reason {
				b.t.Errorf("%s: got %v", reason, err)
			}
			if errors.Is(err, wamp.ErrNoSuchRealm) && errors.Is(err, wamp.ErrAuthenticationFailed) {
				b.t.Errorf("%s: cannot be told apart", reason)
			}
		}
	})
}

// What SCRAM's server says beside the reason is in the error. R288.
func TestR288_SCRAMError(t *testing.T) {
	bubbles(t, func(b *bubble) {
		for message, text := range map[string]string{"": "scram: invalid-proof", "denied": "denied (scram: invalid-proof)"} {
			err := b.refused(func(p *wamptest.Peer) {
				p.Expect(wamptest.Hello)
				details := map[string]any{"scram": "invalid-proof"}
				if message != "" {
					details["message"] = message
				}
				p.Send(wamptest.Message{wamptest.Abort, details, "wamp.error.authentication_failed"})
			})
			var abort *wamp.Error
			if !errors.As(err, &abort) || abort.Details()["scram"] != "invalid-proof" || !strings.HasSuffix(err.Error(), ": "+text) {
				b.t.Errorf("got %v", err)
			}
		}
	})
}

// An ABORT that says nothing about us is no refusal: the client goes on. H8.
func TestH8_TransientAbort(t *testing.T) {
	bubbles(t, func(b *bubble) {
		c, err := b.connect(func(p *wamptest.Peer) {
			if b.dials.n.Load() <= 3 {
				p.Expect(wamptest.Hello)
				p.Send(wamptest.Message{wamptest.Abort, map[string]any{}, "wamp.close.system_shutdown"})
				return
			}
			p.Join()
			_ = p.Obey()
		})
		if c == nil || b.dials.n.Load() != 4 {
			b.t.Errorf("got %v after %d connections", err, b.dials.n.Load())
		}
	})
}

// S9: a ticket over plain text to another host is refused before anything is
// dialed or fetched; with the opt-in it goes, and to this host it goes anyway. R273.
func TestS9_PlaintextTicket(t *testing.T) {
	optIn := []wamp.ConnectOption{wamp.WithPlaintextSecrets()}
	for _, tc := range []struct {
		url    string
		opts   []wamp.ConnectOption
		dialed bool
	}{
		{url: "ws://router.example/ws"},
		{url: "ws://192.0.2.1:8080/ws"},
		{url: "tcp://router.example:8081"},
		{url: "rs://[2001:db8::1]:8081"},
		{url: "ws://localhost.example/ws"},
		{url: "wss://router.example/ws", opts: []wamp.ConnectOption{wamp.WithURLs("tcp://router.example:8081")}},
		{url: "ws://router.example/ws", opts: optIn, dialed: true},
		{url: "tcp://router.example:8081", opts: optIn, dialed: true},
		{url: "wss://router.example/ws", dialed: true},
		{url: "tcps://router.example:8081", dialed: true},
		{url: "ws://127.0.0.1/ws", dialed: true},
		{url: "ws://localhost/ws", dialed: true},
		{url: "tcp://[::1]:8081", dialed: true},
		{url: "unix:///run/router", dialed: true},
	} {
		ticket := auth.SecretFunc(func(context.Context) (auth.Secret, error) {
			t.Errorf("%s: the ticket was fetched", tc.url)
			return auth.NewSecret(authTicket), nil
		})
		errDialed := errors.New("dialed")
		var dials dials
		dials.dial = func(context.Context, string, string) (net.Conn, error) { return nil, errDialed }
		_, err := wamp.Connect(t.Context(), tc.url, "realm1", append(tc.opts, dials.option(), log(t),
			wamp.WithAuth(cra("tina", secret), auth.Ticket("tina", ticket)), wamp.WithMaxElapsed(1))...)
		switch n := dials.n.Load(); {
		case tc.dialed && (n != 1 || !errors.Is(err, errDialed)):
			t.Errorf("%s: got %v after %d connections", tc.url, err, n)
		case !tc.dialed && n != 0:
			t.Errorf("%s was dialed", tc.url)
		case !tc.dialed:
			refusedHere(t, err)
		}
	}
}

// A dialer of the user's own may lead elsewhere than the URL says: then the
// connection is refused before HELLO.
func TestS9_DialerThatLeadsElsewhere(t *testing.T) {
	d := elsewhere{make(chan []byte, 1)}
	_, err := wamp.Connect(t.Context(), "ws://localhost/ws", "realm1", wamp.WithDialer(d),
		wamp.WithAuth(byTicket("tina", authTicket)), log(t))
	refusedHere(t, err)
	select {
	case frame := <-d.sent:
		t.Errorf("%d bytes were sent", len(frame))
	default:
	}
}

// elsewhere is a dialer whose links are plain text to another host.
type elsewhere struct{ sent chan []byte }

func (d elsewhere) Dial(context.Context, string, transport.Options) (*transport.Link, error) {
	client, server := transport.Pipe(codec.JSON)
	client.Local = false
	go func() {
		if frame, err := server.ReadFrame(); err == nil {
			d.sent <- frame
		}
	}()
	return client, nil
}

// Methods whose secret stays here may go over plain text to another host, but a
// log line says so, once a client.
func TestAuth_PlaintextIsWarnedOfOnce(t *testing.T) {
	seen := func(local bool, methods ...auth.Method) (lines int) {
		synctest.Test(t, func(t *testing.T) {
			d := &nearby{local: local}
			var log authLines
			c, err := wamp.Connect(t.Context(), "mem:router", "realm1", wamp.WithDialer(d), wamp.WithAuth(methods...),
				wamp.WithLogger(slog.New(slog.NewTextHandler(io.MultiWriter(&log, t.Output()), nil))), wamp.WithPlaintextSecrets())
			if c != nil || err == nil || d.links < 2 {
				t.Fatalf("got %v over %d links", err, d.links)
			}
			lines = strings.Count(log.String(), "in plain text")
		})
		return lines
	}
	cra, scram, key := cra("all", secret), scram("scram")("all", password), cryptosign("all", authSeed)
	if n := seen(false, cra, scram, key, byTicket("all", authTicket)); n != 1 {
		t.Errorf("%d warnings, want 1", n)
	}
	if n := seen(true, cra, scram, key) + seen(false, auth.Anonymous()); n != 0 {
		t.Errorf("%d warnings, want none", n)
	}
}

// nearby is a dialer whose links lead to a router that refuses everybody.
type nearby struct {
	local bool
	links int
}

func (d *nearby) Dial(context.Context, string, transport.Options) (*transport.Link, error) {
	d.links++
	client, server := transport.Pipe(codec.JSON)
	client.Local = d.local
	go func() {
		defer server.Close()
		if _, err := server.ReadFrame(); err == nil {
			_ = server.WriteFrame([]byte(`[3,{},"wamp.error.not_authorized"]`), nil)
			_ = server.Flush()
			_, _ = server.ReadFrame()
		}
	}()
	return client, nil
}
