//go:build unix

package crossbar

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/crossbar/node"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
)

var formats = []codec.Format{codec.CBOR, codec.MessagePack, codec.JSON}

// join connects a client and closes it at the end of the test.
func join(t testing.TB, url string, opts ...wamp.ConnectOption) *wamp.Client {
	t.Helper()
	c, err := wamp.Connect(t.Context(), url, "realm1", append(opts, logger(t))...)
	if err != nil {
		t.Fatal(err)
	}
	stage.CloseAtEnd(t, c)
	return c
}

// logger logs into the output of the test, where .ci/canary looks for secrets.
func logger(t testing.TB) wamp.ConnectOption {
	return wamp.WithLogger(slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug})))
}

// login is one way to log in, with the secrets of mkconfig.py.
type login struct {
	name, authid, wire string
	secret, wrong      string
	method             func(authid, secret string) auth.Method
}

func ticket(authid, secret string) auth.Method { return auth.Ticket(authid, auth.NewSecret(secret)) }
func cra(authid, secret string) auth.Method    { return auth.CRA(authid, auth.NewSecret(secret)) }
func scram(authid, secret string) auth.Method  { return auth.SCRAM(authid, auth.NewSecret(secret)) }
func cryptosign(authid, secret string) auth.Method {
	return auth.Cryptosign(authid, auth.NewSecret(secret))
}

// byKey is cryptosign without an authid: the router finds the user by the key.
func byKey(_, secret string) auth.Method { return cryptosign("", secret) }

var (
	seed      = strings.Repeat("07", 32)
	otherSeed = strings.Repeat("08", 32)
)

var logins = []login{
	{"ticket", "joe", "ticket", "tkt-123", "tkt-124", ticket},
	{"cra", "joe", "wampcra", "secret", "other", cra},
	{"cra salted", "salty", "wampcra", "secret", "other", cra},
	{"cryptosign", "joe", "cryptosign", seed, otherSeed, cryptosign},
	{"cryptosign by key", "joe", "cryptosign", seed, otherSeed, byKey},
	{"scram argon2id-13 t=4", "argon", "scram", "secret", "other", scram},
	{"scram argon2id-13 t=4096", "autobahn", "scram", "secret", "other", scram},
	{"scram pbkdf2", "pb", "scram", "secret", "other", scram},
}

// who asks the router who the client is to it.
func who(t *testing.T, c *wamp.Client) (authid, method any) {
	t.Helper()
	out, err := c.Call(t.Context(), "wamp.session.get", []any{uint64(c.SessionID())}, nil)
	if err != nil || len(out.Args) != 1 {
		t.Fatalf("wamp.session.get: %v, %v", out, err)
	}
	d, _ := out.Args[0].(map[string]any)
	return d["authid"], d["authmethod"]
}

// Every method that Crossbar.io has, over both transports in all formats, and the
// router says that it was this user by this method. R274-R276, R280-R286, R289-R291.
func TestLogins(t *testing.T) {
	n := node.Running(t)
	for _, l := range logins {
		method := l.method(l.authid, l.secret) // one for all: it derives a dear key once
		for _, url := range []string{n.WebSocket, n.RawLogin} {
			for _, format := range formats {
				t.Run(l.name+"/"+url[:3]+"/"+format.String(), func(t *testing.T) {
					c := join(t, url, wamp.WithSerializers(format), wamp.WithAuth(method))
					if authid, method := who(t, c); authid != l.authid || method != l.wire {
						t.Errorf("the router knows us as %v by %v", authid, method)
					}
				})
			}
		}
	}
}

// Anonymous, asked for by name and by leaving authmethods out, over every
// transport that Crossbar.io has. R301.
func TestAnonymous(t *testing.T) {
	n := node.Running(t)
	for _, url := range []string{n.WebSocket, n.RawLogin, n.RawSocket, n.Unix} {
		for _, format := range formats {
			for name, opts := range map[string][]wamp.ConnectOption{"unnamed": nil, "named": {wamp.WithAuth(auth.Anonymous())}} {
				t.Run(url[:strings.Index(url, ":")]+"/"+format.String()+"/"+name, func(t *testing.T) {
					c := join(t, url, append(opts, wamp.WithSerializers(format))...)
					if _, method := who(t, c); method != "anonymous" {
						t.Errorf("joined by %v", method)
					}
				})
			}
		}
	}
}

// Several methods in one HELLO, the router's unknown one among them: without the
// policy SCRAM's second name comes after the first, which Crossbar.io picks.
func TestSeveralInOneHello(t *testing.T) {
	n := node.Running(t)
	specFirst := auth.SCRAM("joe", auth.NewSecret("none"), auth.SCRAMNames{"wamp-scram"})
	for name, tc := range map[string]struct {
		want string
		opts []wamp.ConnectOption
	}{
		"ticket, cra, cryptosign": {"ticket", []wamp.ConnectOption{
			wamp.WithAuth(ticket("joe", "tkt-123"), cra("joe", "secret"), cryptosign("joe", seed))}},
		"cryptosign, cra, ticket": {"cryptosign", []wamp.ConnectOption{
			wamp.WithAuth(cryptosign("joe", seed), cra("joe", "secret"), ticket("joe", "tkt-123"))}},
		"cra, scram": {"wampcra", []wamp.ConnectOption{wamp.WithAuth(cra("joe", "secret"), scram("joe", "none"))}},
		"wamp-scram left out": {"wampcra", []wamp.ConnectOption{
			wamp.WithAuth(specFirst, cra("joe", "secret")), wamp.WithAuthPolicy(auth.Policy{Crossbar: true})}},
	} {
		t.Run(name, func(t *testing.T) {
			c := join(t, n.WebSocket, tc.opts...)
			if authid, method := who(t, c); authid != "joe" || method != tc.want {
				t.Errorf("the router knows us as %v by %v", authid, method)
			}
		})
	}
}

// refused connects and checks that the client gave up with the router's error
// want; it does not wait for a second refusal (H8).
func refused(t *testing.T, want error, url, realm string, opts ...wamp.ConnectOption) {
	var dials atomic.Int64
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		dials.Add(1)
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
	c, err := wamp.Connect(t.Context(), url, realm, append(opts, wamp.WithNetDial(dial), logger(t), wamp.WithMaxElapsed(time.Nanosecond))...)
	if c != nil || !errors.Is(err, want) || !wamp.IsPeer(err) {
		t.Errorf("%s: got %v, want %v", url, err, want)
	}
	if dials.Load() != 1 {
		t.Errorf("%s: %d connections, want 1", url, dials.Load())
	}
	t.Log(err) // for the canary
}

// A wrong secret, an unknown user, a wrong realm and a method that the router
// does not know: a typed error, whatever reason Crossbar.io gives. R302.
func TestRefused(t *testing.T) {
	n := node.Running(t)
	methods := []auth.Method{
		ticket("nobody", "tkt-123"), cra("nobody", "secret"), cryptosign("nobody", seed), scram("nobody", "secret"),
		auth.SCRAM("argon", auth.NewSecret("secret"), auth.SCRAMNames{"wamp-scram"}),
	}
	for _, l := range logins {
		methods = append(methods, l.method(l.authid, l.wrong))
	}
	var all sync.WaitGroup // at the same time: each waits for a backoff
	for _, url := range []string{n.WebSocket, n.RawLogin} {
		for _, format := range formats {
			opt := wamp.WithSerializers(format)
			for _, method := range methods {
				all.Go(func() { refused(t, wamp.ErrAuthenticationFailed, url, "realm1", opt, wamp.WithAuth(method)) })
			}
			all.Go(func() { refused(t, wamp.ErrNoSuchRealm, url, "nowhere", opt, wamp.WithAuth(ticket("joe", "tkt-123"))) })
		}
	}
	all.Wait()
}
