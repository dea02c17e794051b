// Package auth shows how clients log in, what they refuse, and that no secret
// gets out.
package auth

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

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

// join logs in and closes the client at the end of the test.
func join(t *testing.T, url string, opts ...wamp.ConnectOption) *wamp.Client {
	t.Helper()
	c, err := wamp.Connect(t.Context(), url, "realm1", append(opts, log(t))...)
	if err != nil {
		t.Fatal(err)
	}
	stage.CloseAtEnd(t, c)
	return c
}

// Every method that the router serves, over both transports in all formats, and
// the router says that it was this user by this method. R272, R274-R276, R278,
// R283-R286, R289, R290.
func TestAuth_Logins(t *testing.T) {
	r := authRouter(t)
	for _, login := range logins {
		t.Run(login.name, func(t *testing.T) {
			over(t, r, func(t *testing.T, url string, format codec.Format) {
				c := join(t, url, wamp.WithSerializers(format), wamp.WithAuth(login.method(login.authid, login.secret)))
				if authid, method := who(t, c); authid != login.authid || method != login.wire {
					t.Errorf("the router knows us as %v by %v", authid, method)
				}
			})
		})
	}
}

// Anonymous logins: asked for by name, and by leaving authmethods out. R301.
func TestAuth_Anonymous(t *testing.T) {
	r := router.New(t, router.Config{})
	for name, opts := range map[string][]wamp.ConnectOption{"unnamed": nil, "named": {wamp.WithAuth(auth.Anonymous())}} {
		t.Run(name, func(t *testing.T) {
			over(t, r, func(t *testing.T, url string, format codec.Format) {
				c := join(t, url, append(opts, wamp.WithSerializers(format))...)
				if _, method := who(t, c); method != "anonymous" {
					t.Errorf("joined by %v", method)
				}
			})
		})
	}
}

// Several methods in one HELLO: the router takes the first it serves, whatever
// the order, and the matching answer goes out. R267.
func TestAuth_SeveralInOneHello(t *testing.T) {
	r := authRouter(t)
	methods := map[string]func(string, string) auth.Method{
		"ticket": byTicket, "wampcra": cra, "cryptosign": cryptosign,
		"scram": func(authid, secret string) auth.Method { return auth.SCRAM(authid, auth.NewSecret(secret)) },
	}
	secrets := map[string]string{"ticket": authTicket, "wampcra": secret, "cryptosign": authSeed, "scram": password}
	names := []string{"ticket", "wampcra", "cryptosign", "scram"}
	for order := range permutations(names) {
		t.Run(order[0]+" "+order[1]+" "+order[2]+" "+order[3], func(t *testing.T) {
			t.Parallel()
			var offered []auth.Method
			for _, name := range order {
				offered = append(offered, methods[name]("all", secrets[name]))
			}
			c := join(t, r.WebSocketURL(), wamp.WithAuth(offered...))
			if authid, method := who(t, c); authid != "all" || method != order[0] {
				t.Errorf("the router knows us as %v by %v, want %s", authid, method, order[0])
			}
		})
	}
}

// permutations yields every order of s.
func permutations(s []string) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		var from func(k int) bool
		from = func(k int) bool {
			if k == len(s) {
				return yield(slices.Clone(s))
			}
			for i := k; i < len(s); i++ {
				s[k], s[i] = s[i], s[k]
				if !from(k + 1) {
					return false
				}
				s[k], s[i] = s[i], s[k]
			}
			return true
		}
		from(0)
	}
}

// A wrong secret and an unknown user: a typed error after two attempts, in every
// method, transport and format. R302, H8.
func TestAuth_WrongSecretUnknownUser(t *testing.T) {
	r := authRouter(t)
	var all sync.WaitGroup // not subtests, of which two run at a time: each of these waits for a backoff
	for _, login := range logins {
		for _, method := range []auth.Method{login.method(login.authid, login.wrong()), login.method("nobody", login.secret)} {
			everywhere(&all, r, func(url string, format codec.Format) {
				refused(t, wamp.ErrAuthenticationFailed, url, "realm1", wamp.WithSerializers(format), wamp.WithAuth(method))
			})
		}
	}
	all.Wait()
}

// A realm that does not exist, and a method that the router does not serve. R302.
func TestAuth_WrongRealmNoMethod(t *testing.T) {
	r := authRouter(t)
	var all sync.WaitGroup
	everywhere(&all, r, func(url string, format codec.Format) {
		refused(t, wamp.ErrNoSuchRealm, url, "realm2", wamp.WithSerializers(format), wamp.WithAuth(byTicket("tina", authTicket)))
	})
	everywhere(&all, r, func(url string, format codec.Format) {
		refused(t, wamp.ErrAuthenticationFailed, url, "realm1", wamp.WithSerializers(format))
	})
	all.Wait()
}

// RetryFatal goes on after refusals.
func TestAuth_RetryFatal(t *testing.T) {
	t.Parallel()
	r := authRouter(t)
	ctx, enough := context.WithCancel(t.Context())
	defer enough()
	var dials dials
	dials.dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if dials.n.Load() == 3 {
			enough()
			<-ctx.Done() // not a fourth one meanwhile
		}
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}
	_, err := wamp.Connect(ctx, r.RawSocketURL(), "realm1", wamp.WithAuth(byTicket("tina", wrong)), dials.option(),
		wamp.WithRetryFatal(), log(t))
	if !errors.Is(err, context.Canceled) || !errors.Is(err, wamp.ErrAuthenticationFailed) || dials.n.Load() != 3 {
		t.Errorf("got %v after %d connections", err, dials.n.Load())
	}
}
