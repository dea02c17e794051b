package wamp

import (
	"context"
	"errors"
	"maps"

	"github.com/wampgen/wampgen/runtime/codec"
)

// Relay marks an error that a handler got from another callee or from the
// router, so that returning it passes it on: the caller gets err, or the first
// [*Error] or generated error that it wraps, with URI and payload. Any other
// err is treated as if Relay was not used. Relay returns nil for nil.
//
// Without Relay, the caller of a handler that fails because of a nested call
// gets [ErrRuntime]. The text of another callee may not be meant for that
// caller.
//
// An error that means that a nested call found no callee, see [WithGrace], is
// never passed on, since the caller would send its own call again. The caller
// gets [ErrRuntime], or [ErrUnavailable] without retry_after_ms in place of one
// with it.
func Relay(err error) error {
	if err == nil {
		return nil
	}
	return &relayedError{err}
}

// relayedError is an error that a handler passes on.
type relayedError struct{ err error }

// Error is the text of the error itself.
func (e *relayedError) Error() string { return e.err.Error() }

// Unwrap returns the error itself.
func (e *relayedError) Unwrap() error { return e.err }

// answer is an ERROR that a handler gives: its URI and its payload.
type answer struct {
	uri     string
	payload codec.Value // nil for none
}

// errPanicked stands for a handler that did not return, as the log says.
var errPanicked = errors.New("wamp: handler panicked")

// translate decides what the caller learns of a handler's error: one that is
// meant for it in full, and of anything else only that it happened (R196),
// unless WithErrorText is set. inv is the ctx of the handler.
func (r *Registration) translate(inv context.Context, err error) (uri string, payload codec.Value) {
	if a, ok := r.answer(err, false); ok {
		return a.uri, a.payload
	}
	if cause := context.Cause(inv); cause != nil && (errors.Is(err, inv.Err()) || errors.Is(err, cause)) {
		if errors.Is(cause, ErrTimeout) {
			return ErrTimeout.URI, nil
		}
		if errors.Is(cause, ErrOverflow) {
			return ErrUnavailable.URI, nil
		}
		return ErrCanceled.URI, nil
	}
	c := r.common
	if !errors.Is(err, errPanicked) {
		c.cfg.log.Warn("wamp: handler failed", "procedure", r.uri, "reason", text(err))
	}
	if c.cfg.errorText {
		return ErrRuntime.URI, &Payload{Args: []any{err.Error()}}
	}
	return ErrRuntime.URI, nil
}

// answer finds what in err is meant for the caller: what was wrong with the
// input, an error that the procedure declares, an *Error of the handler's own,
// or one that it relays. An error that was received is none of them.
func (r *Registration) answer(err error, wrapped bool) (answer, bool) {
	switch e := err.(type) {
	case *invalidArgument:
		return e.answer(), true
	case *relayedError:
		if a, ok := e.answer(); ok {
			return a, true
		}
	case *unfitError:
		return answer{}, false // what was received does not fit here either
	case *Error:
		if !e.received {
			return answer{e.URI, &Payload{Args: e.Args, Kwargs: e.Kwargs}}, true
		}
	case TypedError:
		if r.declares(e.ErrorURI()) || r.dynamic && !wrapped {
			return answer{e.ErrorURI(), e}, true
		}
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return r.answer(e.Unwrap(), true)
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			if a, ok := r.answer(inner, true); ok {
				return a, true
			}
		}
	}
	return answer{}, false
}

// answer is the error that is relayed; false when there is none with a URI.
func (e *relayedError) answer() (answer, bool) {
	var unfit *unfitError
	var typed TypedError
	var plain *Error
	switch {
	case errors.As(e.err, &unfit):
		return relayable(unfit.plain)
	case errors.As(e.err, &typed):
		return answer{typed.ErrorURI(), typed}, !saysNoCallee(typed.ErrorURI())
	case errors.As(e.err, &plain):
		return relayable(plain)
	}
	return answer{}, false
}

// relayable is the answer that an error of a nested call becomes. What says that
// no callee was found does not: it would be taken for an answer to the outer call.
func relayable(e *Error) (answer, bool) {
	p := Payload{Args: e.Args, Kwargs: e.Kwargs}
	if e.URI == ErrUnavailable.URI {
		p.Kwargs = maps.Clone(p.Kwargs)
		delete(p.Kwargs, retryAfterKey)
	}
	return answer{e.URI, &p}, !saysNoCallee(e.URI)
}

// declares reports whether the schema declares an error of the procedure.
func (r *Registration) declares(uri string) bool {
	for _, t := range r.errors {
		if t.URI == uri {
			return true
		}
	}
	return false
}

// invalidArgument is a payload that does not fit the procedure.
type invalidArgument struct{ cause error }

// Error returns the path, what was wanted and what was found.
func (e *invalidArgument) Error() string { return e.cause.Error() }

// answer says to the caller what is wrong, as a text and as path and rule for
// programs.
func (e *invalidArgument) answer() answer {
	if sealed, ok := errors.AsType[*passthruError](e.cause); ok {
		return sealed.answer()
	}
	p := Payload{Args: []any{e.Error()}}
	var value *ValueError
	var uri *URIError
	switch {
	case errors.As(e.cause, &value):
		p.Kwargs = map[string]any{"path": value.Path, "rule": string(value.Rule)}
	case errors.As(e.cause, &uri):
		p.Kwargs = map[string]any{"path": uri.Parameter, "rule": "uri"}
	}
	return answer{ErrInvalidArgument.URI, &p}
}

// Unwrap returns the decoder's error.
func (e *invalidArgument) Unwrap() error { return e.cause }
