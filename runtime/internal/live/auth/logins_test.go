package auth

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// The secrets of these tests. They are canaries too: .ci/canary looks for them in
// everything that the tests print (S7), so nothing here may print one.
const (
	authTicket = "canary-ticket/7f+Ä%1"
	secret     = "canary-secret/3b+ö&2"
	password   = "canary-password/9d+ü=3"
	rotated    = "canary-rotated/5e+ß?4"
	authSeed   = "c0ffee5eed0000000000000000000000000000000000000000000000ca9a97e5"
	wrong      = "canary-wrong/1a+é#5"
	wrongKey   = "badca9a97e00000000000000000000000000000000000000000000000badca9a"
)

var canaries = []string{authTicket, secret, password, rotated, authSeed, wrong, wrongKey}

// users has a user for every login below, and one who has every secret.
func users() []router.User {
	seed, _ := hex.DecodeString(authSeed)
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	argon := &router.SCRAM{Password: password}
	pbkdf2 := &router.SCRAM{Password: password, KDF: "pbkdf2"}
	return []router.User{
		{ID: "tina", Ticket: authTicket},
		{ID: "carl", Secret: secret},
		{ID: "salty", Secret: secret, Salt: "salt123"},
		{ID: "kay", PublicKey: public},
		{ID: "argo,n=1", SCRAM: argon}, // to be escaped in the form of the specification
		{ID: "bert", SCRAM: pbkdf2},
		{ID: "all", Ticket: authTicket, Secret: secret, PublicKey: public, SCRAM: argon},
	}
}

// login is one way to log in to the router of these tests.
type login struct {
	name   string
	authid string
	wire   string // the name that the router picks
	secret string
	method func(authid, secret string) auth.Method
}

func scram(form string) func(authid, secret string) auth.Method {
	return func(authid, secret string) auth.Method {
		return auth.SCRAM(authid, auth.NewSecret(secret), auth.SCRAMNames{form})
	}
}

func cra(authid, secret string) auth.Method { return auth.CRA(authid, auth.NewSecret(secret)) }

func cryptosign(authid, secret string) auth.Method {
	return auth.Cryptosign(authid, auth.NewSecret(secret))
}

func byTicket(authid, secret string) auth.Method {
	return auth.Ticket(authid, auth.NewSecret(secret))
}

// logins are all ways but anonymous.
var logins = []login{
	{"ticket", "tina", "ticket", authTicket, byTicket},
	{"cra", "carl", "wampcra", secret, cra},
	{"cra salted", "salty", "wampcra", secret, cra},
	{"cryptosign", "kay", "cryptosign", authSeed, cryptosign},
	{"wamp-scram argon2id13", "argo,n=1", "wamp-scram", password, scram("wamp-scram")},
	{"wamp-scram pbkdf2", "bert", "wamp-scram", password, scram("wamp-scram")},
	{"scram argon2id-13", "argo,n=1", "scram", password, scram("scram")},
	{"scram pbkdf2", "bert", "scram", password, scram("scram")},
}

// wrong is a secret of the right kind that no user has.
func (l login) wrong() string {
	if l.wire == "cryptosign" {
		return wrongKey
	}
	return wrong
}

// authRouter starts a router with the users of these tests and no anonymous ones.
func authRouter(t *testing.T) *router.Router {
	return router.New(t, router.Config{Users: users(), NoAnonymous: true})
}

// over runs f side by side over both transports and all formats.
func over(t *testing.T, r *router.Router, f func(t *testing.T, url string, format codec.Format)) {
	for _, url := range []string{r.WebSocketURL(), r.RawSocketURL()} {
		for _, format := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
			t.Run(url[:3]+"/"+format.String(), func(t *testing.T) {
				t.Parallel()
				f(t, url, format)
			})
		}
	}
}

// log is a logger at level debug into the output of the test.
func log(t *testing.T) wamp.ConnectOption {
	return wamp.WithLogger(slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug})))
}

// dials counts the connections of a client.
type dials struct {
	n    atomic.Int64
	dial func(ctx context.Context, network, addr string) (net.Conn, error) // nil: the system's
}

func (d *dials) option() wamp.ConnectOption {
	return wamp.WithNetDial(func(ctx context.Context, network, addr string) (net.Conn, error) {
		d.n.Add(1)
		if d.dial != nil {
			return d.dial(ctx, network, addr)
		}
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	})
}

// everywhere runs f over both transports and all formats, at the same time.
func everywhere(all *sync.WaitGroup, r *router.Router, f func(url string, format codec.Format)) {
	for _, url := range []string{r.WebSocketURL(), r.RawSocketURL()} {
		for _, format := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
			all.Go(func() { f(url, format) })
		}
	}
}

// refused connects and checks that the client gave up with the router's error
// want; it does not wait for a second refusal (H8).
func refused(t *testing.T, want error, url, realm string, opts ...wamp.ConnectOption) {
	var dials dials
	c, err := wamp.Connect(t.Context(), url, realm, append(opts, dials.option(), log(t), wamp.WithMaxElapsed(time.Nanosecond))...)
	if c != nil || !errors.Is(err, want) || !wamp.IsPeer(err) {
		t.Errorf("%s: got %v, want %v", url, err, want)
	}
	if n := dials.n.Load(); n != 1 {
		t.Errorf("%s: %d connections, want 1", url, n)
	}
	t.Log(err) // for the canary
}

// refusedHere checks that the client itself refused, and that the error says so.
func refusedHere(t *testing.T, err error) {
	t.Helper()
	var refusal *auth.Error
	if !errors.As(err, &refusal) || wamp.IsPeer(err) {
		t.Errorf("got %v (%T), want a refusal of our own", err, err)
	}
	t.Log(err) // for the canary
}

// authLines collects log lines.
type authLines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *authLines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *authLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
