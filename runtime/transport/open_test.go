package transport_test

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/ports"
	"github.com/wampgen/wampgen/runtime/transport"
)

// H7: a peer that hangs at any point of the opening costs until ctx ends, no longer,
// and leaves nothing behind: synctest fails if a goroutine stays.
func TestH7_HangsEndWithContext(t *testing.T) {
	for _, tc := range []struct {
		name, url string
		serve     func(net.Conn)
		said      string
	}{
		{"ws upgrade", "ws://router/", hang, "WebSocket upgrade"},
		{"ws upgrade, half an answer", "ws://router/", say("HTTP/1.1 101 Switching"), "WebSocket upgrade"},
		{"wss TLS", "wss://router/", hang, "TLS handshake"},
		{"wss TLS, half an answer", "wss://router/", say("\x16\x03\x03"), "TLS handshake"},
		{"tcp reply", "tcp://router:1", hang, "RawSocket handshake"},
		{"tcp half a reply", "tcp://router:1", say("\x7f\xf3"), "RawSocket handshake"},
		{"tcp takes nothing", "tcp://router:1", nil, "RawSocket handshake"},
		{"tcps TLS", "tcps://router:1", hang, "TLS handshake"},
		{"unix reply", "unix:///run/router", hang, "RawSocket handshake"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				closed := make(chan struct{}, 1)
				dial := piped(func(c net.Conn) {
					if tc.serve == nil {
						time.Sleep(time.Minute)
					} else {
						tc.serve(c)
					}
					closed <- struct{}{}
				})
				for _, kind := range []error{context.DeadlineExceeded, context.Canceled} {
					start := time.Now()
					ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
					if kind == context.Canceled {
						ctx, cancel = context.WithCancel(t.Context())
						time.AfterFunc(10*time.Second, cancel)
					}
					_, err := transport.Net{}.Dial(ctx, tc.url, transport.Options{NetDial: dial})
					cancel()
					if !errors.Is(err, kind) || !strings.Contains(err.Error(), tc.said) || time.Since(start) != 10*time.Second {
						t.Errorf("after %v: %v, want %v in the %s after 10 s", time.Since(start), err, kind, tc.said)
					}
					<-closed // the connection was closed
				}
			})
		})
	}
}

// hang reads and says nothing.
func hang(c net.Conn) { io.Copy(io.Discard, c) }

func say(s string) func(net.Conn) {
	return func(c net.Conn) {
		c.Read(make([]byte, 4096))
		io.WriteString(c, s)
		hang(c)
	}
}

func TestH7_DialerHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, url := range []string{"ws://router", "wss://router", "tcp://router:1", "tcps://router:1"} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			start := time.Now()
			_, err := transport.Net{}.Dial(ctx, url, transport.Options{NetDial: func(ctx context.Context, _, _ string) (net.Conn, error) {
				<-ctx.Done()
				return nil, errors.New("i/o timeout")
			}})
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
				t.Errorf("%s: %v", url, err)
			}
		}
	})
}

// The context of Dial bounds the opening only.
func TestDial_ContextEndsLater(t *testing.T) {
	for _, url := range []string{wsPeer(t, echo), rawPeer(t, echo)} {
		ctx, cancel := context.WithCancel(t.Context())
		l, err := transport.Net{}.Dial(ctx, url, transport.Options{})
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		send(t, l, []byte("hello"))
		wantFrame(t, l, []byte("hello"))
		l.Close()
	}
}

func TestDial_Refused(t *testing.T) {
	port, release, err := ports.Reserve(1)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	addr := "127.0.0.1:" + port[0]
	for _, url := range []string{"ws://" + addr, "wss://" + addr, "tcp://" + addr, "tcps://" + addr} {
		var op *net.OpError
		if h := dialFails(t, url, transport.Options{}); !errors.As(h, &op) || h.URL != url {
			t.Errorf("%s: %v", url, h)
		}
	}
}

// S7: user information and query of a URL are in no error, however broken the URL.
func TestS7_NoSecretsInErrors(t *testing.T) {
	for _, url := range []string{
		"ws://bob:hidden@127.0.0.1:1/ws", "ws://127.0.0.1:1/ws?token=hidden", "wss://127.0.0.1:1/?hidden",
		"tcp://hidden@127.0.0.1:1", "tcp://127.0.0.1:1?hidden", "ws://bob:hi%zzhidden@127.0.0.1:1", "ws://bob:/hidden@h:1",
		"ws://bob:x hidden@h", "unix://bob:hidden@/run/x", "http://bob:hidden@h/", "hidden:x", "ws://h:hidden", "tcps://bob:hidden@h", "\x00hidden",
		"ws://127.0.0.1:1/#hidden",
	} {
		_, err := transport.Net{}.Dial(within(t), url, transport.Options{})
		if err == nil || strings.Contains(err.Error(), "hidden") || !strings.HasPrefix(err.Error(), "wamp: ") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestSchemes(t *testing.T) {
	for url, want := range map[string]string{
		"ws://h": "tcp h:80", "ws://h:8080/ws": "tcp h:8080", "wss://h/": "tcp h:443", "WS://h": "tcp h:80",
		"tcp://h:1": "tcp h:1", "rs://h:1": "tcp h:1", "tcps://h:1": "tcp h:1", "rss://h:1": "tcp h:1",
		"tcp://[::1]:9": "tcp [::1]:9", "ws://[::1]/": "tcp [::1]:80", "unix:///run/router.sock": "unix /run/router.sock",
		"tcp://h": "", "rss://h": "", "unix://h/x": "", "unix:": "", "ws:///x": "", "http://h": "", "h:80": "", "": "",
	} {
		got := ""
		stop := errors.New("stop")
		_, err := transport.Net{}.Dial(within(t), url, transport.Options{NetDial: func(_ context.Context, network, addr string) (net.Conn, error) {
			got = network + " " + addr
			return nil, stop
		}})
		shown, checked := transport.Check(url)
		if (checked == nil) != (want != "") || checked == nil && shown == "" {
			t.Errorf("Check(%q) = %q, %v", url, shown, checked)
		}
		if got != want || (want != "") != errors.Is(err, stop) {
			t.Errorf("%s dials %q, want %q (%v)", url, got, want, err)
		}
	}
}

// S9: what leaves this machine in plain text is known before it is dialed.
func TestS9_Exposed(t *testing.T) {
	for url, want := range map[string]bool{
		"ws://h": true, "tcp://h:1": true, "rs://192.0.2.1:1": true, "ws://localhost.h/": true, "ws://[2001:db8::1]/": true,
		"wss://h": false, "tcps://h:1": false, "rss://h:1": false, "unix:///x": false, "nonsense": false,
		"ws://localhost/": false, "tcp://127.0.0.2:1": false, "ws://[::1]/": false,
	} {
		if got := transport.Exposed(url); got != want {
			t.Errorf("Exposed(%q) = %v", url, got)
		}
	}
}

func TestOptions_Refused(t *testing.T) {
	for _, o := range []transport.Options{
		{ReadLimit: -1}, {ReadLimit: transport.MaxReadLimit + 1}, {Formats: []codec.Format{0}}, {Formats: []codec.Format{codec.JSON, 4}},
	} {
		if _, err := (transport.Net{}).Dial(within(t), "tcp://127.0.0.1:1", o); err == nil || !strings.Contains(err.Error(), "must be 1") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	ln, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	serveOn(t, ln, func(c net.Conn) {
		accept(c, 15)
		io.Copy(c, c)
	})
	l := dial(t, "unix://"+path, transport.Options{})
	send(t, l, []byte("hello"))
	wantFrame(t, l, []byte("hello"))
	if !l.Local || l.TLS != nil {
		t.Errorf("link %+v", l)
	}
}

// Local may not be claimed for a proxy on loopback.
func TestLocal(t *testing.T) {
	addr := serve(t, func(c net.Conn) { accept(c, 15) })
	_, port, _ := net.SplitHostPort(addr)
	proxy := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
	memory := piped(func(c net.Conn) { accept(c, 15) })
	for _, tc := range []struct {
		url  string
		dial func(context.Context, string, string) (net.Conn, error)
		want bool
	}{
		{"tcp://" + addr, nil, true},
		{"tcp://localhost:" + port, nil, true},
		{"tcp://127.0.0.1:1", proxy, true},
		{"tcp://router.example:1", proxy, false},
		{"tcp://router.example:1", memory, true},
	} {
		if l := dial(t, tc.url, transport.Options{NetDial: tc.dial}); l.Local != tc.want {
			t.Errorf("%s: Local is %t", tc.url, l.Local)
		}
	}
}
