package auth

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"maps"
	"strings"
	"testing"
)

func unhex(s string) string {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func unbase64(s string) string {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// flip changes the first bit of a hexadecimal text.
func flip(s string) string {
	b := []byte(unhex(s))
	b[0] ^= 0x80
	return hex.EncodeToString(b)
}

// with is extra with one key changed; nil takes it out.
func with(extra map[string]any, key string, value any) map[string]any {
	c := maps.Clone(extra)
	if c[key] = value; value == nil {
		delete(c, key)
	}
	return c
}

func begin(t testing.TB, m Method, ch Channel) Attempt {
	t.Helper()
	a, err := m.Begin(context.Background(), ch)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func accept(t testing.TB, a Attempt, extra map[string]any) {
	t.Helper()
	if _, err := a.Respond(context.Background(), Challenge{a.Offer().Methods[0], extra}); err != nil {
		t.Error(err)
	}
}

// reject asks for a refusal with an empty answer.
func reject(t testing.TB, a Attempt, method string, extra map[string]any) {
	t.Helper()
	r, err := a.Respond(context.Background(), Challenge{method, extra})
	checkRefused(t, err)
	if r.Signature != "" || r.Extra != nil {
		t.Error("a refusal came with an answer")
	}
}

// checkRefused checks the shape of a refusal: the type, one short line of ASCII with our prefix.
func checkRefused(t testing.TB, err error) {
	t.Helper()
	var refusal *Error
	if !errors.As(err, &refusal) {
		t.Errorf("%v; want an *Error", err)
		return
	}
	if !strings.HasPrefix(refusal.Text, "wamp: ") || len(refusal.Text) > 256 || strings.ContainsAny(refusal.Text, "\n\r\x1b") {
		t.Errorf("text %q", refusal.Text)
	}
	if !strings.HasPrefix(refusal.Reason, "wamp.error.") {
		t.Errorf("reason %q", refusal.Reason)
	}
}

func base64Of(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
