package wamp

import (
	"context"
	"errors"
	"maps"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
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

// answers says which errors of a handler its caller gets in full.
type answers struct {
	errors  []DeclaredError // declared
	dynamic bool            // there is no schema that could declare any
}

// to returns the answer that an error of the handler with ctx becomes. meant
// reports whether the error is meant for the caller, or the end of the invocation.
func (a answers) to(ctx context.Context, err error) (_ answer, meant bool) {
	if found, ok := a.of(err, false); ok {
		return found, true
	}
	if cause := context.Cause(ctx); cause != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, cause)) {
		switch {
		case errors.Is(cause, ErrTimeout):
			return answer{uri: ErrTimeout.URI}, true
		case errors.Is(cause, ErrOverflow):
			return answer{uri: ErrUnavailable.URI}, true
		}
		return answer{uri: ErrCanceled.URI}, true
	}
	return answer{uri: ErrRuntime.URI}, false
}

// errorURI returns the URI of the answer that an error of the handler becomes.
func (a answers) errorURI(ctx context.Context, err error) string {
	found, _ := a.to(ctx, err)
	if core.CheckURI(found.uri, core.MatchExact, false) != nil {
		return ErrRuntime.URI // see invocation.fail
	}
	return found.uri
}

// of finds what in err is meant for the caller: what was wrong with the
// input, an error that the procedure declares, an *Error of the handler's own,
// or one that it relays. An error that was received is none of them.
func (a answers) of(err error, wrapped bool) (answer, bool) {
	switch e := err.(type) {
	case *invalidArgument:
		return e.answer(), true
	case *relayedError:
		if relayed, ok := e.answer(); ok {
			return relayed, true
		}
	case *unfitError:
		return answer{}, false // what was received does not fit here either
	case *Error:
		if !e.received {
			return answer{e.URI, &Payload{Args: e.Args, Kwargs: e.Kwargs}}, true
		}
	case TypedError:
		if a.declares(e.ErrorURI()) || a.dynamic && !wrapped {
			return answer{e.ErrorURI(), e}, true
		}
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return a.of(e.Unwrap(), true)
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			if found, ok := a.of(inner, true); ok {
				return found, true
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
func (a answers) declares(uri string) bool {
	for _, t := range a.errors {
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
		return unopened(sealed)
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

// unopened is what the caller gets whose payload cannot be opened (R261).
func unopened(e *passthruError) answer {
	uri := ErrInvalidArgument.URI
	if e.unsupported {
		uri = ErrFeatureNotSupported.URI
	}
	return answer{uri, &Payload{Args: []any{"payload passthru: " + e.text}}}
}
