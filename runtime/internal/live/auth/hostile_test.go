package auth

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// aborted checks that the client's next word, and its last, is an ABORT that
// tells the router nothing: no signature left the process.
func (b *bubble) aborted(p *wamptest.Peer) {
	switch m, err := p.Next(); {
	case err != nil:
		b.t.Error(err)
	case m.Type() != wamptest.Abort || m.Dict(1)["message"] != "the client refused the authentication":
		b.t.Errorf("the client said %v", m)
	default:
		p.ExpectEnd()
	}
}

// refusedHere checks that the client refuses the login for good: each connection
// ends with its ABORT. say is what the router says after HELLO.
func (b *bubble) refusedHere(say func(hello wamptest.Message) wamptest.Message, opts ...wamp.ConnectOption) {
	b.t.Helper()
	refusedHere(b.t, b.refused(func(p *wamptest.Peer) {
		p.Send(say(p.Expect(wamptest.Hello)))
		b.aborted(p)
	}, opts...))
}

// authChallenge makes a CHALLENGE.
func authChallenge(method string, extra map[string]any) func(wamptest.Message) wamptest.Message {
	return func(wamptest.Message) wamptest.Message {
		return wamptest.Message{wamptest.Challenge, method, extra}
	}
}

// every is a method of each kind that needs a CHALLENGE.
func every() map[string]auth.Method {
	return map[string]auth.Method{
		"ticket": byTicket("all", authTicket), "wampcra": cra("all", secret),
		"cryptosign": cryptosign("all", authSeed), "wamp-scram": scram("wamp-scram")("all", password),
		"scram": scram("scram")("all", password),
	}
}

// S1: a WELCOME without the CHALLENGE that was configured, whatever it claims.
func TestS1_AuthSkipped(t *testing.T) {
	bubbles(t, func(b *bubble) {
		for name, method := range every() {
			for _, claimed := range []string{name, "anonymous", "tls", ""} {
				details := map[string]any{"authid": "all", "authmethod": claimed, "authextra": map[string]any{"verifier": "dg=="}}
				welcome := func(wamptest.Message) wamptest.Message { return b.Welcome(wamptest.WithDetails(details)) }
				b.refusedHere(welcome, wamp.WithAuth(method))
			}
		}
	})
}

// The anonymous session that S1 refuses is there for whoever asks for it.
func TestS1_AnonymousFallback(t *testing.T) {
	bubbles(t, func(b *bubble) {
		_, err := b.connect(func(p *wamptest.Peer) { p.Join(); _ = p.Obey() },
			wamp.WithAuth(cra("all", secret)), wamp.WithAuthPolicy(auth.Policy{AllowAnonymousFallback: true}))
		if err != nil {
			b.t.Error(err)
		}
	})
}

// S2: a CHALLENGE for a method that was not offered, a weaker one first of all. R268.
func TestS2_AuthDowngraded(t *testing.T) {
	extra := map[string]any{"challenge": `{"nonce":"n","authid":"all"}`, "nonce": "n", "salt": "c2FsdHNhbHQ=", "iterations": 4096, "kdf": "pbkdf2"}
	bubbles(t, func(b *bubble) {
		for name, method := range every() {
			for _, asked := range []string{"ticket", "wampcra", "cryptosign", "wamp-scram", "scram", "anonymous", "", "none\x1b[31m"} {
				if asked != name {
					b.refusedHere(authChallenge(asked, extra), wamp.WithAuth(method))
				}
			}
		}
	})
}

// S5: costs that no honest router asks for, and values of the wrong type. R271,
// R281, R282.
func TestS5_ParameterBombs(t *testing.T) {
	cra := map[string]any{"challenge": `{"nonce":"n"}`, "salt": "salt123", "iterations": 1000, "keylen": 32}
	pbkdf2 := map[string]any{"salt": "c2FsdHNhbHQ=", "iterations": 4096, "kdf": "pbkdf2"}
	argon := map[string]any{"salt": "c2FsdHNhbHQ=", "iterations": 4, "memory": 512, "kdf": "argon2id13"}
	bombs := []struct {
		method string
		extra  map[string]any
		key    string
		values []any
	}{
		{"wampcra", cra, "iterations", []any{1, 999, 1_000_001, 1_000_000_000, -1, 1.5, "x", true, uint64(1) << 63}},
		{"wampcra", cra, "keylen", []any{1, 15, 65, int64(1) << 31, -1, "32"}},
		{"wampcra", cra, "salt", []any{strings.Repeat("s", 1025), strings.Repeat("s", 10<<20), 7}},
		{"wampcra", cra, "challenge", []any{nil, 7, "", "[1]", `{}`, `{"nonce":7}`, "plain text", strings.Repeat(" ", 1<<20)}},
		{"wamp-scram", pbkdf2, "iterations", []any{nil, 0, 1, 4095, 1_000_001, 1_000_000_000, -1, 1.5, "x"}},
		{"wamp-scram", pbkdf2, "kdf", []any{nil, 7, "", "md5", "argon2id-13"}},
		{"wamp-scram", pbkdf2, "salt", []any{nil, 7, "", "c2FsdA==", "c2FsdHNhbHQ", "c2Fs\ndHNhbHQ=", strings.Repeat("QUFB", 1024), strings.Repeat("QUFB", 10<<18)}},
		{"wamp-scram", argon, "memory", []any{nil, 0, 7, 256<<10 + 1, int64(1) << 40, -1, 512.5, "x"}},
		{"wamp-scram", argon, "iterations", []any{0, 8193, int64(1) << 31, -1}},
	}
	bubbles(t, func(b *bubble) {
		for _, bomb := range bombs {
			for _, value := range bomb.values {
				extra := map[string]any{}
				maps.Copy(extra, bomb.extra)
				extra[bomb.key] = value
				b.refusedHere(func(hello wamptest.Message) wamptest.Message {
					if nonce := nonce(hello); nonce != "" {
						extra["nonce"] = nonce + "more"
					}
					return wamptest.Message{wamptest.Challenge, bomb.method, extra}
				}, wamp.WithAuth(every()[bomb.method]), wamp.WithReadLimit(16<<20), wamp.WithMaxElapsed(time.Second))
			}
		}
	})
}

// nonce is the client's part of SCRAM's nonce in HELLO.
func nonce(hello wamptest.Message) string {
	extra, _ := hello.Dict(2)["authextra"].(map[string]any)
	nonce, _ := extra["nonce"].(string)
	return nonce
}

// dearest is a CHALLENGE for the dearest key that is legal, by method.
var dearest = map[string]func(hello wamptest.Message) wamptest.Message{
	"wampcra": authChallenge("wampcra", map[string]any{
		"challenge": `{"nonce":"n"}`, "salt": "salt123", "iterations": 1_000_000, "keylen": 64}),
	"wamp-scram": func(hello wamptest.Message) wamptest.Message {
		return wamptest.Message{wamptest.Challenge, "wamp-scram", map[string]any{"nonce": nonce(hello) + "more",
			"salt": "c2FsdHNhbHQ=", "kdf": "argon2id13", "iterations": 16, "memory": 256 << 10}}
	},
}

// S5: while the dearest key that is legal is derived, the reader answers pings.
func TestS5_PingsWhileDerivingTheDearestKey(t *testing.T) {
	for name, kind := range map[string]wamptest.Kind{"wampcra": wamptest.WebSocket, "wamp-scram": wamptest.RawSocket} {
		t.Run(name+"/"+kind.String(), func(t *testing.T) {
			s := wamptest.NewScript(t, kind, codec.CBOR)
			ctx, enough := context.WithCancel(t.Context())
			s.Serve(func(p *wamptest.Peer) {
				defer enough()
				p.Send(dearest[name](p.Expect(wamptest.Hello)))
				answered := make(chan wamptest.Message, 1)
				go func() {
					m, _ := p.Next()
					answered <- m
				}()
				for n := range 3 { // a reader that waits for the key answers none
					p.Ping([]byte("there?"))
					p.Pong()
					select {
					case m := <-answered:
						t.Errorf("after %d pongs the client said %v", n, m)
					default:
					}
				}
			})
			_, err := wamp.Connect(ctx, s.URL(), "realm1", wamp.WithAuth(every()[name]),
				wamp.WithSerializers(codec.CBOR), wamp.WithHandshakeTimeout(time.Minute), log(t))
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// S5: the deadline of the handshake holds while the dearest key is derived.
func TestS5_DeadlineOfTheDearestKey(t *testing.T) {
	s := wamptest.NewScript(t, wamptest.RawSocket, codec.CBOR)
	s.Serve(func(p *wamptest.Peer) {
		if m, err := p.Next(); err == nil { // unless the deadline comes before HELLO
			p.Send(dearest["wampcra"](m))
		}
		if m, err := p.Next(); err == nil && m.Type() == wamptest.Authenticate {
			t.Error("the key was waited for")
		}
	})
	_, err := wamp.Connect(t.Context(), s.URL(), "realm1", wamp.WithAuth(cra("all", secret)), wamp.WithMaxElapsed(1),
		wamp.WithSerializers(codec.CBOR), wamp.WithHandshakeTimeout(50*time.Millisecond), log(t))
	if err == nil || !strings.Contains(err.Error(), "handshake took too long") {
		t.Errorf("got %v", err)
	}
}

// S6: nothing but a challenge of cryptosign or WAMP-CRA is ever signed. R290, R292,
// R299.
func TestS6_SigningOracle(t *testing.T) {
	certificateVerify := strings.Repeat(" ", 64) + "TLS 1.3, client CertificateVerify\x00" + strings.Repeat("h", 32)
	good := strings.Repeat("ab", 32)
	var extras []map[string]any
	for _, challenge := range []any{
		nil, 7, "", "abcd", strings.Repeat("ab", 31), strings.Repeat("ab", 33), strings.Repeat("ab", 64), good[:63], "zz" + good[2:],
		hex.EncodeToString([]byte(certificateVerify)), certificateVerify,
	} {
		extras = append(extras, map[string]any{"challenge": challenge})
	}
	extras = append(extras,
		map[string]any{"challenge": good, "channel_binding": "tls-unique"},
		map[string]any{"challenge": good, "channel_binding": 7},
		map[string]any{"challenge": good, "attest": []any{"x"}},
	)
	bubbles(t, func(b *bubble) {
		for _, extra := range extras {
			b.refusedHere(authChallenge("cryptosign", extra), wamp.WithAuth(cryptosign("all", authSeed)))
		}
		for _, challenge := range []any{certificateVerify, good, `"nonce"`, "null"} {
			b.refusedHere(authChallenge("wampcra", map[string]any{"challenge": challenge}), wamp.WithAuth(cra("all", secret)))
		}
	})
}

// S10: what a router says is one harmless line of bounded length, in errors and in
// the log.
func TestS10_LogInjectionAtLogin(t *testing.T) {
	bad := "denied\r\n2026-01-01 level=ERROR msg=\"all is lost\" \x1b[31m\x00\u2028\u202e" + strings.Repeat("A", 900<<10)
	says := map[string]wamptest.Message{
		"ABORT":           {wamptest.Abort, map[string]any{"message": bad}, "wamp.error.not_authorized"},
		"ABORT arguments": {wamptest.Abort, map[string]any{}, "wamp.error.not_authorized", []any{bad}},
		"ABORT scram":     {wamptest.Abort, map[string]any{"scram": bad}, "wamp.error.not_authorized"},
		"CHALLENGE":       {wamptest.Challenge, bad, map[string]any{}},
		"channel binding": {wamptest.Challenge, "cryptosign", map[string]any{"challenge": strings.Repeat("ab", 32), "channel_binding": "\x1b[31m\n"}},
	}
	bubbles(t, func(b *bubble) {
		for name, say := range says {
			var log authLines
			err := b.refused(func(p *wamptest.Peer) {
				p.Expect(wamptest.Hello)
				p.Send(say)
				_, _ = p.Next()
			}, wamp.WithAuth(cryptosign("all", authSeed)),
				wamp.WithLogger(slog.New(slog.NewTextHandler(io.MultiWriter(&log, b.t.Output()), &slog.HandlerOptions{Level: slog.LevelDebug}))))
			for _, text := range append(strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n"), err.Error()) {
				if strings.ContainsAny(text, "\r\n\x1b\x00\u2028\u202e") || len(text) > 600 {
					b.t.Errorf("%s: %d bytes: %.300q", name, len(text), text)
				}
			}
			if n := strings.Count(log.String(), "\n"); n != 2 { // one refusal and the end
				b.t.Errorf("%s: %d lines in the log", name, n)
			}
		}
	})
}

// S11: the secret is asked for anew at each attempt, so a rotated one needs no
// restart.
func TestS11_RotatedTicket(t *testing.T) {
	bubbles(t, func(b *bubble) {
		var mu sync.Mutex
		secrets := []string{authTicket, rotated}
		ticket := auth.SecretFunc(func(context.Context) (auth.Secret, error) {
			mu.Lock()
			defer mu.Unlock()
			return auth.NewSecret(secrets[0]), nil
		})
		got := make(chan string, 2)
		c, err := b.connect(func(p *wamptest.Peer) {
			p.Expect(wamptest.Hello)
			p.Send(wamptest.Message{wamptest.Challenge, "ticket", map[string]any{}})
			got <- p.Expect(wamptest.Authenticate).Text(1)
			p.Send(b.Welcome(wamptest.WithDetails(map[string]any{"authmethod": "ticket"})))
			if b.dials.n.Load() == 1 {
				mu.Lock()
				secrets = secrets[1:]
				mu.Unlock()
				p.Reset()
				return
			}
			_ = p.Obey()
		}, wamp.WithAuth(auth.Ticket("tina", ticket)))
		if err != nil {
			b.t.Fatal(err)
		}
		if first, second := <-got, <-got; first != authTicket || second != rotated {
			b.t.Error("the rotated secret was not used")
		}
		for s := range c.Watch(b.t.Context()) {
			if s.State == wamp.Ready && b.dials.n.Load() == 2 {
				break
			}
		}
	})
}

// S11: a function that hangs or fails costs its attempt, at most the deadline of
// the handshake, and the next one asks again.
func TestS11_SecretThatHangs(t *testing.T) {
	bubbles(t, func(b *bubble) {
		asked := make(chan time.Time, 8)
		start := time.Now()
		ticket := auth.SecretFunc(func(ctx context.Context) (auth.Secret, error) {
			asked <- time.Now()
			switch b.dials.n.Load() {
			case 1:
				<-ctx.Done()
				return auth.Secret{}, ctx.Err()
			case 2, 3:
				return auth.Secret{}, errors.New("the vault is sealed")
			}
			return auth.NewSecret(authTicket), nil
		})
		_, err := b.connect(func(p *wamptest.Peer) {
			if m, err := p.Next(); err != nil || m.Type() != wamptest.Hello {
				return
			}
			p.Send(wamptest.Message{wamptest.Challenge, "ticket", map[string]any{}})
			p.Expect(wamptest.Authenticate)
			p.Send(b.Welcome(wamptest.WithDetails(map[string]any{"authmethod": "ticket"})))
			_ = p.Obey()
		}, wamp.WithAuth(auth.Ticket("tina", ticket)))
		if err != nil || len(asked) != 4 {
			b.t.Fatalf("got %v after %d questions", err, len(asked))
		}
		<-asked
		if wait := (<-asked).Sub(start); wait < 10*time.Second || wait > 12*time.Second {
			b.t.Errorf("the second question came after %v", wait)
		}
	})
}
