package wamp

import (
	"context"
	"errors"
	"strings"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/peertext"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// Errors of the client itself, found with errors.Is; texts may grow more words.
// SafeToRetry is true for ErrNotReady, ErrTooLarge, ErrOverflow and
// ErrUnsupported, and tells for the others.
var (
	// ErrClosed is the answer to every operation on a client that was closed, the
	// cause of the contexts that Close cancels, and how a registration or
	// subscription ends at the user's wish.
	ErrClosed = session.ErrClosed
	// ErrNotReady is the answer to an operation that does not wait while there
	// is no session: a publish by default, a call with [WithFailFast].
	ErrNotReady = errors.New("wamp: no session with a router")
	// ErrLost is the answer to what was in flight when the session ended. Ask
	// SafeToRetry whether it can have had an effect.
	ErrLost = session.ErrLost
	// ErrTooLarge is the answer to a message that is larger than the router takes
	// or WithWriteLimit allows: nothing was sent and no request id was used. It is
	// also how a subscription ends whose retained event is beyond the read limit.
	ErrTooLarge = session.ErrTooLarge
	// ErrOverflow is the answer to a call or acknowledged publish beyond Limits.Pending.
	ErrOverflow = session.ErrOverflow
	// ErrRevoked ends a registration or subscription that the router took away.
	ErrRevoked = errors.New("wamp: revoked by the router")
	// ErrUnsupported is the answer to an operation that needs a role or feature
	// which the router did not announce.
	ErrUnsupported = session.ErrUnsupported
)

// Error is an ERROR, ABORT or GOODBYE message (specification "Call ERROR",
// "Session Closing"): an error that a callee returned or that the router gave.
// Generated errors replace it where a procedure declares the
// URI. Two Errors are the same to errors.Is when their URIs are, so that the
// values below (ErrNoSuchProcedure …) serve as targets. A value is not to be
// changed once it is returned.
//
// A handler may return an *Error of its own, made with NewError, to answer with a
// URI that the schema does not declare. One that it got itself, from another
// callee or the router, goes on to its caller with Relay only: the caller gets
// ErrRuntime otherwise.
type Error struct {
	// URI names the error, as wamp.error.no_such_procedure.
	URI string
	// Args and Kwargs are its payload as dynamic values; nil where absent.
	Args   []any
	Kwargs map[string]any

	details codec.Raw
	// received: it came over the wire.
	received bool
}

// Details returns what a peer's ERROR, ABORT or GOODBYE holds beside its
// payload, with the keys of the router's own, such as who the callee was; nil
// for an error of one's own. It is not sent with an error that a handler
// returns.
func (e *Error) Details() map[string]any { return dict(e.details) }

// NewError returns an error with a URI and positional arguments, for a handler
// to answer with. A uri that is none, or arguments that cannot be encoded, are
// told in the log, and the caller gets what can be sent: the URI alone, or
// ErrRuntime.
func NewError(uri string, args ...any) *Error { return &Error{URI: uri, Args: args} }

// Error returns the URI, and for the router's own errors their text: at most
// 256 bytes, control characters stripped. It holds no payload of a peer.
func (e *Error) Error() string {
	text := "wamp: " + peertext.Line(e.URI)
	if !quotable(e.URI) || len(e.Args) == 0 {
		return text
	}
	if s, ok := e.Args[0].(string); ok && s != "" {
		text += ": " + peertext.Line(s)
	}
	return text
}

// Is tells that two errors have the same URI. Spellings that routers and the
// specification use for the same error count as one, as wamp.error.cancelled and
// wamp.error.canceled. A timeout is context.DeadlineExceeded too (R150): which
// side notices it first must make no difference.
func (e *Error) Is(target error) bool {
	if target == context.DeadlineExceeded {
		return e.URI == "wamp.error.timeout"
	}
	t, ok := target.(*Error)
	return ok && canonical(t.URI) == canonical(e.URI)
}

// IsPeer tells whether err came over the wire, from a callee or the router, and
// was not made by this client; false for nil. It goes by the type: an *Error or
// generated error that the program made itself counts too.
func IsPeer(err error) bool {
	var typed TypedError
	var plain *Error
	return errors.As(err, &plain) || errors.As(err, &typed)
}

// SafeToRetry tells whether an operation that failed with err certainly had no
// effect: not one byte of it was handed to the transport. False for nil, for what
// a peer answered, and where nobody knows.
func SafeToRetry(err error) bool {
	var unsent interface{ SafeToRetry() bool }
	return errors.As(err, &unsent) && unsent.SafeToRetry()
}

// encodeError tells that a value of ours cannot be sent. Nothing was queued.
func encodeError(what, uri string, err error) error {
	return session.Unsent(&operationError{what + " of", uri, err})
}

// invalidArgument is a payload that does not fit the procedure.
type invalidArgument struct{ cause error }

// Error returns the path, what was wanted and what was found.
func (e *invalidArgument) Error() string { return e.cause.Error() }

// answer says to the caller what is wrong, as a text and as path and rule for
// programs.
func (e *invalidArgument) answer() answer {
	p := Payload{Args: []any{e.Error()}}
	var value *ValueError
	if errors.As(e.cause, &value) {
		p.Kwargs = map[string]any{"path": value.Path, "rule": string(value.Rule)}
	}
	return answer{ErrInvalidArgument.URI, &p}
}

// Unwrap returns the decoder's error.
func (e *invalidArgument) Unwrap() error { return e.cause }

// operationError says which operation on which URI failed.
type operationError struct {
	verb, uri string
	err       error
}

// Error names the operation, as in "wamp: call com.example.add: …".
func (e *operationError) Error() string {
	return "wamp: " + e.verb + " " + peertext.Line(e.uri) + ": " + strings.TrimPrefix(e.err.Error(), "wamp: ")
}

// Unwrap returns the error itself.
func (e *operationError) Unwrap() error { return e.err }

// named returns err with the operation that it ended. A generated error type
// stays as it is, and so does what has a name already.
func named(verb, uri string, err error) error {
	switch err.(type) {
	case nil, TypedError:
		return err
	}
	if names(err) {
		return err
	}
	return &operationError{verb, uri, err}
}

// names reports whether err says which operation it ended. Only marks of this
// package may lie around that: what else holds such an error is of another one.
func names(err error) bool {
	switch e := err.(type) {
	case *operationError:
		return true
	case interface {
		SafeToRetry() bool
		Unwrap() error
	}:
		return names(e.Unwrap())
	}
	return false
}

// aliases are other spellings of the same error in the specification's prose
// and in routers.
var aliases = map[string]string{
	"wamp.error.cancelled":                                         "wamp.error.canceled",
	"wamp.error.disclose_me.not_allowed":                           "wamp.error.option_disallowed.disclose_me",
	"wamp.error.procedure_exists_with_different_invocation_policy": "wamp.error.procedure_already_exists",
	"wamp.error.authorization_denied":                              "wamp.error.not_authorized",
	"wamp.error.authorization_required":                            "wamp.error.not_authorized",
	"wamp.error.authentication_denied":                             "wamp.error.authentication_failed",
}

func canonical(uri string) string {
	if same, ok := aliases[uri]; ok {
		return same
	}
	return uri
}

// quotable tells whether the text of an error may be shown: only what routers
// and this runtime write themselves, never what a callee's own code put there.
func quotable(uri string) bool {
	return strings.HasPrefix(uri, "wamp.") && uri != "wamp.error.runtime_error"
}
