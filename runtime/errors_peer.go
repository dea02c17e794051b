package wamp

import (
	"errors"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/peertext"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// abortError is the reason, text and payload of an ABORT or GOODBYE (R015,
// R032).
func abortError(m *core.Message, text string) error {
	e := peerError(m.URI, m.Details, m.Body())
	if text != "" {
		e.Args = append([]any{text}, e.Args...)
	}
	return e
}

// peerError decodes an error's payload as dynamic values. A payload that does
// not decode is left out: the URI alone still says what happened.
func peerError(uri string, details codec.Raw, raw codec.Payload) *Error {
	p, _ := decodePayload(raw)
	return &Error{URI: uri, Args: p.Args, Kwargs: p.Kwargs, details: details.Clone(), received: true}
}

// because returns err with the reason that the router gives for it, a URI: as an
// [*Error] of that URI and in the text. It is err itself if there is none.
func because(err error, reason string) error {
	if reason == "" {
		return err
	}
	return &reasonError{err, &Error{URI: reason, received: true}}
}

// reasonError is an error with the router's reason for it.
type reasonError struct {
	err    error
	reason *Error
}

// Error says both.
func (e *reasonError) Error() string { return e.err.Error() + ": " + peertext.Line(e.reason.URI) }

// Unwrap returns both.
func (e *reasonError) Unwrap() []error { return []error{e.err, e.reason} }

// interruption is why the ctx of a handler ends whose INTERRUPT has this reason.
func interruption(reason string) error {
	switch canonical(reason) {
	case "", ErrCanceled.URI:
		return ErrCanceled
	case ErrTimeout.URI:
		return ErrTimeout
	}
	return because(ErrCanceled, reason)
}

// replyError is the peer's ERROR in a reply, nil for a success.
func replyError(w *session.Waiter) error {
	if w.Failed {
		return peerError(w.URI, w.Details, w.Payload)
	}
	return nil
}

// peerURI returns the URI with which a peer has answered, "" if err is no answer of
// one, and whether the schema declares it.
func peerURI(err error) (uri string, declared bool) {
	if typed, ok := errors.AsType[TypedError](err); ok {
		return typed.ErrorURI(), true
	}
	if plain, ok := errors.AsType[*Error](err); ok && plain.received {
		return plain.URI, false
	}
	return "", false
}
