package auth

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
)

const canary = "canary/Sécret+7f3"

// search looks for the canary in every form that it could leak in.
func search(t *testing.T, where, text, canary string) {
	t.Helper()
	octets := []byte(canary)
	decimal := strings.Trim(fmt.Sprint(octets[:8]), "[]")
	for _, form := range []string{
		canary, base64.StdEncoding.EncodeToString(octets)[:16], base64.URLEncoding.EncodeToString(octets)[:16], hex.EncodeToString(octets),
		strings.ToUpper(hex.EncodeToString(octets)), url.QueryEscape(canary), url.PathEscape(canary), decimal, fmt.Sprintf("%#v", octets)[7:40],
		strings.Trim(fmt.Sprintf("%q", canary), `"`), strings.Trim(fmt.Sprintf("%+q", canary), `"`),
	} {
		if i := strings.Index(text, form); i >= 0 {
			t.Errorf("%s: %q in %q", where, form, text[max(0, i-80):i+len(form)])
		}
	}
}

// printed is what v looks like with every verb, logger and encoder, also inside other values.
func printed(t *testing.T, v any) string {
	t.Helper()
	type inner struct{ Exported any }
	type outer struct{ unexported any }
	var out bytes.Buffer
	values := []any{v, &v, inner{v}, &inner{v}, []any{v}, map[string]any{"k": v}}
	if _, ok := v.(Response); !ok { // documented: fmt looks past the methods of a value in an unexported field
		values = append(values, outer{v}, &outer{v}, outer{&v}, []outer{{v}})
	}
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		fmt.Fprint(&out, v)
		fmt.Fprintln(&out, errors.Join(fmt.Errorf("wrapped: %v", v)))
		for _, h := range []slog.Handler{slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}), slog.NewJSONHandler(&out, nil)} {
			slog.New(h).Info("login", "v", v, slog.Group("g", "v", v))
		}
		b, _ := json.Marshal(v)
		out.Write(b)
		b, _ = xml.Marshal(v)
		out.Write(b)
	}
	return out.String()
}

// S7, R300: no secret, and nothing that was derived from it, is in any output of any public value.
func TestS7_SecretsInText(t *testing.T) {
	ctx := context.Background()
	secret, key := NewSecret(canary), NewSecret(keySeed)
	function := SecretFunc(func(context.Context) (Secret, error) { return secret, nil })
	parsed, err := ParseKey([]byte(keyFile(t, "ppk3-encrypted")), NewSecret(keyPassphrase))
	if err != nil {
		t.Fatal(err)
	}
	search(t, "key", printed(t, parsed), keySeed)
	search(t, "secret", printed(t, secret), canary)
	if !strings.Contains(printed(t, secret), "[redacted]") || fmt.Sprint(secret) != "[redacted]" || fmt.Sprintf("%#v", &secret) != "[redacted]" {
		t.Error("a secret says that it is one")
	}

	salted := map[string]any{"challenge": chA, "salt": "salt123"}
	scram := func(a Attempt) map[string]any {
		return map[string]any{"nonce": a.Offer().Extra["nonce"].(string) + "x", "salt": specSalt, "kdf": "pbkdf2", "iterations": int64(4096)}
	}
	for name, c := range map[string]struct {
		m     Method
		extra func(Attempt) map[string]any
	}{
		"ticket":     {Ticket("ann", secret), func(Attempt) map[string]any { return nil }},
		"wampcra":    {CRA("ann", function), func(Attempt) map[string]any { return salted }},
		"wamp-scram": {SCRAM("ann", secret), scram},
		"scram":      {SCRAM("ann", function), scram},
		"cryptosign": {Cryptosign("ann", key), func(Attempt) map[string]any { return map[string]any{"challenge": strings.Repeat("ab", 32)} }},
	} {
		t.Run(name, func(t *testing.T) {
			x := exchange(t, Policy{}, c.m)
			a := x.attempts[name]
			r, err := x.Respond(ctx, Challenge{name, c.extra(a)})
			if err != nil {
				t.Fatal(err)
			}
			refusal := x.Verify("tls", map[string]any{"verifier": "AAAA", "scram_server_signature": "AAAA"})
			out := printed(t, c.m) + printed(t, a) + printed(t, x) + printed(t, r) + printed(t, refusal) + printed(t, a.Offer())
			for what, s := range map[string]string{"secret": canary, "seed": keySeed, "signature": r.Signature} {
				search(t, what, out, s)
			}
			search(t, "seed octets", out, unhex(keySeed))
			if s, ok := a.(*scramAttempt); ok {
				search(t, "verifier", out, s.expect.signature.reveal())
				for _, salted := range s.method.keys.keys {
					search(t, "salted password", out, string(salted))
				}
			}
		})
	}
}

// S7: what goes wrong with a secret is told without it.
func TestS7_SecretsInErrors(t *testing.T) {
	for _, m := range []Method{
		Cryptosign("ann", NewSecret(canary)), Cryptosign("ann", NewSecret(keySeed[:62]+"zz")), Cryptosign("ann", NewSecret(keySeed+canary)),
		Ticket("ann", NewSecret(canary+"\xff")), SCRAM("ann", NewSecret(canary+"\xff")),
		Cryptosign("ann", NewSecret("-----BEGIN PRIVATE KEY-----\n"+canary+"\n-----END PRIVATE KEY-----")),
		Cryptosign("ann", NewSecret("PuTTY-User-Key-File-3: ssh-ed25519\n"+canary)),
	} {
		_, err := m.Begin(context.Background(), local)
		checkRefused(t, err)
		out := printed(t, err)
		search(t, "error", out, canary)
		search(t, "error", out, keySeed[:62])
	}
	_, err := ParseKey([]byte(keyFile(t, "openssh-encrypted")), NewSecret(canary))
	search(t, "passphrase", printed(t, err), canary)
}

func TestZeroSecret(t *testing.T) {
	var s Secret
	if fmt.Sprint(s) != "[redacted]" || s.reveal() != "" {
		t.Error("the zero Secret")
	}
	b, err := json.Marshal(map[string]any{"s": s, "p": &s, "r": Response{Signature: canary}})
	if err != nil || string(b) != `{"p":"[redacted]","r":"[redacted]","s":"[redacted]"}` {
		t.Errorf("%s, %v", b, err)
	}
}
