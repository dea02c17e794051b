package auth

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
)

// keyID is what a derived key depends on. The secret stands in it as a hash, so
// that a rotated one gets a new key.
type keyID struct {
	authid, salt, kdf          string
	iterations, memory, length int
	secret                     [sha256.Size]byte
}

// maxKeys bounds a keyring: a user has one salt a router, so more only come
// from a router that makes them up.
const maxKeys = 16

// keyring derives the keys of one method, one derivation at a time, and keeps
// the results. Safe for concurrent use.
//
// A derivation that a ctx gave up on goes on and leaves its key here: the next
// attempt then has it at once, and a router that asks for the dearest one each
// time still costs one core and one buffer.
type keyring struct {
	slot chan struct{} // capacity 1: held by the derivation under way
	mu   sync.Mutex    // protects keys
	keys map[keyID][]byte
}

func newKeyring() *keyring {
	return &keyring{slot: make(chan struct{}, 1), keys: make(map[keyID][]byte)}
}

// key returns the key of id, from an earlier attempt or from derive, which runs
// in a goroutine of its own (await). The result is shared and must not be
// written to.
func (k *keyring) key(ctx context.Context, id keyID, derive func() ([]byte, error)) ([]byte, error) {
	if key := k.find(id); key != nil {
		return key, nil
	}
	key, err := await(ctx, func() ([]byte, error) {
		select {
		case k.slot <- struct{}{}:
			defer func() { <-k.slot }()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if key := k.find(id); key != nil { // derived while we waited
			return key, nil
		}
		key, err := derive()
		if err == nil {
			k.keep(id, key)
		}
		return key, err
	})
	if err != nil {
		return nil, fmt.Errorf("wamp: deriving the key of the login: %w", err)
	}
	return key, nil
}

func (k *keyring) find(id keyID) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.keys[id]
}

func (k *keyring) keep(id keyID, key []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.keys) >= maxKeys {
		clear(k.keys)
	}
	k.keys[id] = key
}
