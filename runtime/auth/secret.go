package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"unicode/utf8"
)

// redacted is what stands in for a secret wherever one would be printed.
const redacted = "[redacted]"

// Secret is a password, a ticket or the text of a private key. Packages fmt and
// slog and every text encoding print it as "[redacted]"; only this package can
// read it. The zero value holds no secret and every method refuses it. Safe for
// concurrent use.
type Secret struct {
	// A pointer to a string, because fmt prints unexported fields of the structs
	// that hold a Secret without asking it: what it finds then is an address. (It
	// looks behind pointers to structs and slices.)
	text *string
}

// NewSecret returns a [Secret] that holds text, which must be UTF-8.
func NewSecret(text string) Secret { return Secret{&text} }

// reveal returns the text; empty for the zero value.
func (s Secret) reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Format implements [fmt.Formatter]. Every verb prints "redacted".
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// String returns "[redacted]".
func (Secret) String() string { return redacted }

// GoString returns "[redacted]".
func (Secret) GoString() string { return redacted }

// LogValue implements [slog.LogValuer].
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements [encoding.TextMarshaler], which [encoding/json] uses
// too. It returns "[redacted]".
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Credential is the source of a method's secret: a [Secret], or a [SecretFunc]
// that is called at each attempt.
type Credential interface {
	fetch(ctx context.Context) (Secret, error)
}

func (s Secret) fetch(context.Context) (Secret, error) { return s, nil }

// SecretFunc returns the secret of one connection attempt, so that a rotated
// secret is used without a restart. It may be called from several goroutines at
// once. ctx ends at the handshake deadline, and the attempt does not wait
// longer; a function that ignores ctx occupies a goroutine until it returns.
//
// Its error fails the attempt, which is tried again, and appears in logs and in
// errors: its text must not contain the secret.
type SecretFunc func(ctx context.Context) (Secret, error)

func (f SecretFunc) fetch(ctx context.Context) (Secret, error) {
	if f == nil {
		return Secret{}, nil
	}
	return await(ctx, func() (Secret, error) { return f(ctx) })
}

// fetchSecret gets the secret of one attempt and checks that it can be one.
func fetchSecret(ctx context.Context, method string, c Credential) (Secret, error) {
	if c == nil {
		return Secret{}, unusable(method, "secret must be set")
	}
	s, err := c.fetch(ctx)
	if err != nil {
		return Secret{}, fmt.Errorf("wamp: %s: fetching the secret: %w", method, err)
	}
	switch text := s.reveal(); {
	case text == "":
		return Secret{}, unusable(method, "secret must not be empty")
	case !utf8.ValidString(text):
		return Secret{}, unusable(method, "secret must be UTF-8")
	}
	return s, nil
}

// checkAuthID checks the name of the user of a method that needs one.
func checkAuthID(method, authid string) error {
	switch {
	case authid == "":
		return unusable(method, "authid must not be empty")
	case !utf8.ValidString(authid):
		return unusable(method, "authid must be UTF-8")
	}
	return nil
}

// await runs f beside the caller and waits for its result until ctx ends.
func await[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	done := make(chan result, 1)
	// Owned by this call, which joins it unless ctx ends first: neither a key
	// derivation nor a user's function can be stopped from outside. It then ends
	// by itself: a derivation within its cost limits, at most one a method
	// (keyring); a SecretFunc when it returns; its ctx has asked it to.
	go func() {
		r := result{err: errPanicked}
		defer func() {
			// Runs on a panic of f too. Its value is not looked at: it may hold the
			// secret.
			_ = recover()
			done <- r
		}()
		r.value, r.err = f()
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		return none, ctx.Err()
	}
}

var errPanicked = errors.New("the function panicked")
