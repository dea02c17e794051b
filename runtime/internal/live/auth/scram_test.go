package auth

import (
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// side is the router's side of one login by SCRAM as the specification has
// it, with pbkdf2. The user is bert.
type side struct {
	nonce   string // both parts
	message string // what both sides sign
}

const (
	salt       = "c2FsdHNhbHRzYWx0"
	iterations = 4096
)

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// newAuthSide answers a HELLO.
func newAuthSide(hello wamptest.Message, ours string) *side {
	client := nonce(hello)
	a := &side{nonce: client + ours}
	a.message = fmt.Sprintf("n=bert,r=%s,r=%s,s=%s,i=%d,c=biws,r=%s", client, a.nonce, salt, iterations, a.nonce)
	return a
}

func (a *side) challenge() wamptest.Message {
	return wamptest.Message{wamptest.Challenge, "wamp-scram", map[string]any{
		"nonce": a.nonce, "salt": salt, "kdf": "pbkdf2", "iterations": iterations, "memory": nil}}
}

// verify tells whether the client knows the password, and what shows it that we do.
func (a *side) verify(authenticate wamptest.Message) (verifier string, ok bool) {
	salt, _ := base64.StdEncoding.DecodeString(salt)
	salted, _ := pbkdf2.Key(sha256.New, password, salt, iterations, sha256.Size)
	clientKey := mac(salted, "Client Key")
	stored := sha256.Sum256(clientKey)
	proof, _ := base64.StdEncoding.DecodeString(authenticate.Text(1))
	want := mac(stored[:], a.message)
	subtle.XORBytes(want, want, clientKey)
	return base64.StdEncoding.EncodeToString(mac(mac(salted, "Server Key"), a.message)), hmac.Equal(want, proof)
}

// welcomed is the WELCOME of a login by SCRAM.
func (b *bubble) welcomed(authextra map[string]any) wamptest.Message {
	return b.Welcome(wamptest.WithDetails(map[string]any{"authid": "bert", "authmethod": "wamp-scram", "authextra": authextra}))
}

// S3: a router that does not know the verifier of the password is refused, and
// no nonce of ours is used twice. R279, R286.
func TestS3_WrongVerifier(t *testing.T) {
	bubbles(t, func(b *bubble) {
		bert := wamp.WithAuth(scram("wamp-scram")("bert", password))
		nonces, recorded := map[string]bool{}, ""
		login := func(forge func(verifier string) map[string]any) func(p *wamptest.Peer) bool {
			return func(p *wamptest.Peer) bool {
				hello := p.Expect(wamptest.Hello)
				if nonce := nonce(hello); nonces[nonce] || len(nonce) < 24 {
					b.t.Errorf("nonce %q again, or a short one", nonce)
				} else {
					nonces[nonce] = true
				}
				a := newAuthSide(hello, "ours")
				p.Send(a.challenge())
				verifier, ok := a.verify(p.Expect(wamptest.Authenticate))
				if !ok {
					b.t.Error("the client's proof is wrong")
				}
				p.Send(b.welcomed(forge(verifier)))
				recorded = verifier
				return true
			}
		}
		for name, forge := range map[string]func(verifier string) map[string]any{
			"missing":         func(string) map[string]any { return nil },
			"empty":           func(string) map[string]any { return map[string]any{"verifier": ""} },
			"another type":    func(string) map[string]any { return map[string]any{"verifier": 7} },
			"another key":     func(v string) map[string]any { return map[string]any{"scram_server_signature": v} },
			"cut":             func(v string) map[string]any { return map[string]any{"verifier": v[:43]} },
			"one bit":         func(v string) map[string]any { return map[string]any{"verifier": flipped(v)} },
			"another login's": func(string) map[string]any { return map[string]any{"verifier": recorded} },
		} {
			b.t.Log(name)
			play := login(forge)
			refusedHere(b.t, b.refused(func(p *wamptest.Peer) { play(p); b.aborted(p) }, bert))
		}
		play := login(func(v string) map[string]any { return map[string]any{"verifier": "v=" + v} })
		if _, err := b.connect(func(p *wamptest.Peer) { play(p); _ = p.Obey() }, bert); err != nil {
			b.t.Errorf("the right verifier: %v", err)
		}
	})
}

// flipped is base64 text with one bit of what it stands for changed.
func flipped(s string) string {
	octets, _ := base64.StdEncoding.DecodeString(s)
	octets[0] ^= 1
	return base64.StdEncoding.EncodeToString(octets)
}

// S4: a recorded login is no use to who plays it again: the client that was Ready
// ends, after two refusals, with the error of them. (CRA and cryptosign bind
// their answer to the router's nonce only: there TLS is what tells the router.)
func TestS4_Replay(t *testing.T) {
	bubbles(t, func(b *bubble) {
		var challenge wamptest.Message
		c, err := b.connect(func(p *wamptest.Peer) {
			hello := p.Expect(wamptest.Hello)
			if challenge != nil {
				p.Send(challenge) // and the recorded WELCOME would be S3's
				b.aborted(p)
				return
			}
			a := newAuthSide(hello, "ours")
			challenge = a.challenge()
			p.Send(challenge)
			verifier, _ := a.verify(p.Expect(wamptest.Authenticate))
			p.Send(b.welcomed(map[string]any{"verifier": verifier}))
			p.Expect(wamptest.Subscribe)
			p.Reset()
		}, wamp.WithAuth(scram("wamp-scram")("bert", password)))
		if err != nil {
			b.t.Fatal(err)
		}
		_, _ = c.Subscribe(b.t.Context(), "com.example.topic", func(context.Context, wamp.Payload) error { return nil })
		for range c.Watch(b.t.Context()) { // until it is closed
		}
		b.parts.Wait()
		refusedHere(b.t, c.Status().Err)
		if n := b.dials.n.Load(); n < 3 {
			b.t.Errorf("%d connections, want at least 3", n)
		}
	})
}

// A router that changes its mind about a client that was Ready ends it after five
// minutes. H8.
func TestH8_RefusedAfterReady(t *testing.T) {
	bubbles(t, func(b *bubble) {
		c, err := b.connect(func(p *wamptest.Peer) {
			if b.dials.n.Load() == 1 {
				p.Join()
				p.Expect(wamptest.Call)
				p.Reset()
				return
			}
			p.Expect(wamptest.Hello)
			p.Send(wamptest.Message{wamptest.Abort, map[string]any{}, "wamp.error.not_authorized"})
		})
		if err != nil {
			b.t.Fatal(err)
		}
		begin := time.Now()
		if _, err := c.Call(b.t.Context(), "com.example.call", nil, nil); !errors.Is(err, wamp.ErrLost) {
			b.t.Errorf("got %v", err)
		}
		_, err = c.Call(b.t.Context(), "com.example.call", nil, nil) // waits for a session that never comes
		if !errors.Is(err, wamp.ErrClosed) || !errors.Is(err, wamp.ErrAuthenticationFailed) || !wamp.SafeToRetry(err) {
			b.t.Errorf("got %v", err)
		}
		if took := time.Since(begin); took < 5*time.Minute || took > 5*time.Minute+2*time.Second {
			b.t.Errorf("ended after %v", took)
		}
	})
}

// A second CHALLENGE, a second factor, is answered by its method; the session id
// inside a challenge of WAMP-CRA is nobody's business. R269, R270, R277.
func TestR270_SecondFactor(t *testing.T) {
	bubbles(t, func(b *bubble) {
		_, err := b.connect(func(p *wamptest.Peer) {
			const text = `{"nonce": "n", "session": 1234567, "authid": "all"}`
			hello := p.Expect(wamptest.Hello).Dict(2)
			if methods, _ := hello["authmethods"].([]any); len(methods) != 2 || methods[0] != "wampcra" || methods[1] != "ticket" {
				b.t.Errorf("offered %v", hello["authmethods"]) // R267
			}
			p.Send(wamptest.Message{wamptest.Challenge, "wampcra", map[string]any{"challenge": text}})
			want := base64.StdEncoding.EncodeToString(mac([]byte(secret), text))
			if m := p.Expect(wamptest.Authenticate); m.Text(1) != want || len(m.Dict(2)) != 0 || m.Dict(2) == nil {
				b.t.Error("the first answer is wrong")
			}
			p.Send(wamptest.Message{wamptest.Challenge, "ticket", map[string]any{}})
			if m := p.Expect(wamptest.Authenticate); m.Text(1) != authTicket || len(m.Dict(2)) != 0 || m.Dict(2) == nil {
				b.t.Error("the second answer is wrong")
			}
			p.Send(b.Welcome(wamptest.WithDetails(map[string]any{"authmethod": "ticket"})))
			_ = p.Obey()
		}, wamp.WithAuth(cra("all", secret), byTicket("all", authTicket)))
		if err != nil {
			b.t.Error(err)
		}
	})
}
