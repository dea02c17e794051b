package wamp

import (
	"context"
	"errors"

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
	// is no session: a publish by default, a call with FailFast.
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
		return e.URI == ErrTimeout.URI
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

// invalidURI is a URI that was refused before anything was sent. It is an
// ErrInvalidURI as a router's refusal is, but IsPeer says no.
type invalidURI struct{ error }

// SafeToRetry says yes.
func (invalidURI) SafeToRetry() bool { return true }

// Is tells that target is ErrInvalidURI.
func (invalidURI) Is(target error) bool { return target == ErrInvalidURI }

// Unwrap returns the error itself.
func (e invalidURI) Unwrap() error { return e.error }

// encodeError tells that a value of ours cannot be sent. Nothing was queued.
func encodeError(what, uri string, err error) error {
	return session.Unsent(&operationError{what + " of", uri, err})
}

// invalidArgument is a payload that does not fit the procedure.
type invalidArgument struct{ cause error }

// Error returns the path, what was wanted and what was found.
func (e *invalidArgument) Error() string { return e.cause.Error() }

// Unwrap returns the decoder's error.
func (e *invalidArgument) Unwrap() error { return e.cause }
