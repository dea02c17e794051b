package auth

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
)

// The names of the methods on the wire (HELLO.Details.authmethods,
// CHALLENGE.AuthMethod, WELCOME.Details.authmethod).
const (
	nameAnonymous     = "anonymous"
	nameTicket        = "ticket"
	nameCRA           = "wampcra"
	nameSCRAM         = "wamp-scram"
	nameCrossbarSCRAM = "scram"
	nameCryptosign    = "cryptosign"
	nameTLS           = "tls"
	nameCookie        = "cookie"
)

// Method is one configured way to log in. A Method is safe for concurrent use,
// also by several clients.
//
// The functions of this package return methods. A user may implement others,
// with names of their own in [Offer.Methods]; [Exchange] applies the same rules
// to them.
type Method interface {
	// Begin starts one attempt over the connection ch and fetches the credentials.
	// ctx bounds the fetching. An error of type [*Error] is a refusal that is
	// lasting; any other error is temporary.
	Begin(ctx context.Context, ch Channel) (Attempt, error)
}

// Attempt is the use of one method on one connection. Not safe for concurrent
// use.
type Attempt interface {
	// Offer returns this method's part of HELLO.
	Offer() Offer
	// Respond answers one CHALLENGE. It may take as long as a key derivation,
	// bounded by ctx.
	Respond(ctx context.Context, c Challenge) (Response, error)
	// Verify returns an error if a WELCOME is not acceptable. It gets
	// WELCOME.Details.authextra, and is called if WELCOME names this method or
	// this method has answered a CHALLENGE. A method that needs a CHALLENGE must
	// refuse if it has answered none.
	Verify(authextra map[string]any) error
}

// Channel describes the connection that an [Attempt] uses.
type Channel struct {
	// TLS is the state of the connection after its TLS handshake; nil on plain
	// text.
	TLS *tls.ConnectionState
	// Local reports whether the bytes stay on this machine: over a unix socket, a
	// loopback address, or in memory.
	Local bool
	// AllowPlaintextSecrets permits sending a ticket or a cookie in plain text to
	// another host. Default false.
	AllowPlaintextSecrets bool
}

// Offer is the login part of HELLO.Details: authmethods, authid and authextra.
// Each is left out if it is empty.
type Offer struct {
	Methods []string       // in order of preference
	AuthID  string         // the user; empty if the router finds it or needs none
	Extra   map[string]any // nothing in it is secret
}

// Challenge is a CHALLENGE as the router sent it. Numbers in Extra are int64,
// uint64 or float64.
type Challenge struct {
	Method string
	Extra  map[string]any
}

// Response is the content of AUTHENTICATE. Extra is never nil. The Signature of
// a ticket is the ticket itself, so a Response prints as "[redacted]". Do not
// store it in an unexported field of another struct: package [fmt] prints such
// a field in full.
type Response struct {
	Signature string
	Extra     map[string]any
}

// Format implements [fmt.Formatter]. It hides the signature from every verb.
func (Response) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// String returns "[redacted]".
func (Response) String() string { return redacted }

// LogValue implements [slog.LogValuer].
func (Response) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements [encoding.TextMarshaler], which [encoding/json] uses
// too.
func (Response) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// label names a method or an attempt of this package. Embedded, it is all that
// any verb, logger or JSON encoder shows of the thing: nothing reaches the
// credentials inside by reflection.
type label string

// Format implements [fmt.Formatter].
func (l label) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, string(l)) }

// String names the method.
func (l label) String() string { return string(l) }

// LogValue implements [slog.LogValuer].
func (l label) LogValue() slog.Value { return slog.StringValue(string(l)) }

// MarshalText implements [encoding.TextMarshaler], which [encoding/json] uses
// too.
func (l label) MarshalText() ([]byte, error) { return []byte(l), nil }

// attempt is what the attempts of this package have in common.
type attempt struct {
	label
	offer    Offer
	answered bool // a CHALLENGE was answered
}

// Offer implements Attempt.
func (a *attempt) Offer() Offer { return a.offer }

// Verify implements Attempt for methods whose WELCOME proves nothing: it asks
// for a CHALLENGE that was answered (S1).
func (a *attempt) Verify(map[string]any) error {
	if !a.answered {
		return errSkipped(a.String())
	}
	return nil
}

// respond notes that the CHALLENGE is answered.
func (a *attempt) respond(signature string, extra map[string]any) Response {
	a.answered = true
	if extra == nil {
		extra = map[string]any{} // R269: Extra is {} if nothing is needed
	}
	return Response{Signature: signature, Extra: extra}
}
