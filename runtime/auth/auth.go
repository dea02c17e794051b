package auth

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
)

// The names of the methods on the wire (HELLO.Details.authmethods, CHALLENGE.AuthMethod, WELCOME.Details.authmethod).
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

// Method is one configured way to log in. Methods are safe for concurrent use: one may serve many clients.
//
// The constructors of this package make them. A method of a user's own has its own name in Offer.Methods; its attempts
// are held to the same rules by [Exchange].
type Method interface {
	// Begin starts one attempt over the connection ch and fetches the credentials anew. ctx bounds the fetching.
	// An error of type *Error is a refusal that will not go away by trying again; any other may.
	Begin(ctx context.Context, ch Channel) (Attempt, error)
}

// Attempt is one method at work on one connection. Not safe for concurrent use.
type Attempt interface {
	// Offer is this method's part of HELLO.
	Offer() Offer
	// Respond answers one CHALLENGE. It may take as long as a key derivation takes, bounded by ctx.
	Respond(ctx context.Context, c Challenge) (Response, error)
	// Verify judges a WELCOME that names this method, or comes after this method has answered a CHALLENGE, by
	// WELCOME.Details.authextra. A method that needs a CHALLENGE refuses when it has answered none.
	Verify(authextra map[string]any) error
}

// Channel is the connection that an attempt runs over.
type Channel struct {
	// TLS is the state of the connection in use after its handshake; nil on plain text.
	TLS *tls.ConnectionState
	// Local tells that the bytes do not leave this machine: unix socket, loopback address, in memory.
	Local bool
	// AllowPlaintextSecrets lets a ticket or a cookie travel in plain text to another host. Default false.
	AllowPlaintextSecrets bool
}

// Offer is what goes into HELLO.Details: authmethods, authid and authextra. Each is left out when empty.
type Offer struct {
	Methods []string       // in order of preference
	AuthID  string         // the user; empty: the router finds it out, or needs none
	Extra   map[string]any // nothing in it is secret
}

// Challenge is a CHALLENGE as the router sent it. Numbers in Extra are int64, uint64 or float64.
type Challenge struct {
	Method string
	Extra  map[string]any
}

// Response is what goes into AUTHENTICATE. Extra is never nil. The signature of a ticket is the ticket, so a Response
// prints as [redacted]. It is meant to be sent and forgotten: package fmt looks past that in an unexported field of
// another struct.
type Response struct {
	Signature string
	Extra     map[string]any
}

// Format implements fmt.Formatter: it hides the signature from every verb.
func (Response) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// String returns [redacted].
func (Response) String() string { return redacted }

// LogValue implements slog.LogValuer.
func (Response) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements encoding.TextMarshaler, which encoding/json uses too.
func (Response) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// label names a method or an attempt of this package. Embedded, it is all that any verb, logger or JSON encoder shows
// of the thing: nothing reaches the credentials inside by reflection.
type label string

// Format implements fmt.Formatter.
func (l label) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, string(l)) }

// String names the method.
func (l label) String() string { return string(l) }

// LogValue implements slog.LogValuer.
func (l label) LogValue() slog.Value { return slog.StringValue(string(l)) }

// MarshalText implements encoding.TextMarshaler, which encoding/json uses too.
func (l label) MarshalText() ([]byte, error) { return []byte(l), nil }

// attempt is what the attempts of this package have in common.
type attempt struct {
	label
	offer    Offer
	answered bool // a CHALLENGE was answered
}

// Offer implements Attempt.
func (a *attempt) Offer() Offer { return a.offer }

// Verify implements Attempt for methods whose WELCOME proves nothing: it asks for a CHALLENGE that was answered (S1).
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
