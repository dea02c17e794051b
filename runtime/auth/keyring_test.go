package auth

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// A client key is derived once per user, salt, function, cost and secret.
func TestKeyring(t *testing.T) {
	k, runs := newKeyring(), 0
	get := func(id keyID) {
		t.Helper()
		if key, err := k.key(context.Background(), id, func() ([]byte, error) { runs++; return []byte("key"), nil }); err != nil || string(key) != "key" {
			t.Errorf("%s, %v", key, err)
		}
	}
	ids := []keyID{
		{authid: "a"}, {authid: "b"}, {salt: "a"}, {kdf: "a"}, {iterations: 1}, {memory: 1}, {length: 1}, {secret: [32]byte{1}},
	}
	for range 3 {
		for _, id := range ids {
			get(id)
		}
	}
	if runs != len(ids) {
		t.Errorf("%d derivations; want %d", runs, len(ids))
	}
	for i := range 10 * maxKeys { // a router that makes salts up
		get(keyID{iterations: i + 2})
		if len(k.keys) > maxKeys {
			t.Fatalf("%d keys kept", len(k.keys))
		}
	}
	if _, err := k.key(context.Background(), keyID{salt: "bad"}, func() ([]byte, error) { return nil, errors.New("no") }); err == nil || k.find(keyID{salt: "bad"}) != nil {
		t.Error("a failure was kept")
	}
}

// S5: the handshake deadline bounds a derivation, at most one runs, and what it ends with serves the next attempt.
func TestS5_DeadlineBoundsDerivation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, runs := newKeyring(), 0
		slow := func() ([]byte, error) { runs++; time.Sleep(25 * time.Second); return []byte("key"), nil }
		for attempt := range 3 {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			start := time.Now()
			key, err := k.key(ctx, keyID{}, slow)
			cancel()
			if last := attempt == 2; last != (string(key) == "key") || last != (err == nil) || !last && !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("attempt %d: %s, %v", attempt, key, err)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("attempt %d took %v", attempt, took)
			}
		}
		if runs != 1 {
			t.Errorf("%d derivations; want 1", runs)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := k.key(ctx, keyID{salt: "other"}, slow); !errors.Is(err, context.Canceled) || runs != 1 {
			t.Errorf("%v, %d derivations", err, runs)
		}
	})
}
