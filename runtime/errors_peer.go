package wamp

import (
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
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

// replyError is the peer's ERROR in a reply, nil for a success.
func replyError(w *session.Waiter) error {
	if w.Failed {
		return peerError(w.URI, w.Details, w.Payload)
	}
	return nil
}
