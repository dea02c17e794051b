package wamp

import (
	"context"
	"errors"
	"strings"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/peertext"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// Errors that originate in this client, for [errors.Is]. Their texts may
// change. [SafeToRetry] reports true for [ErrNotReady], [ErrTooLarge],
// [ErrOverflow] and [ErrUnsupported]; for the others it depends on the
// operation.
var (
	// ErrClosed means that the client was closed. It is also the cause of the
	// contexts that [Client.Close] cancels, and the reason of a registration or
	// subscription that the user ended.
	ErrClosed = session.ErrClosed
	// ErrNotReady means that there is no session and the operation does not wait
	// for one: a publish by default, a call with [WithFailFast].
	ErrNotReady = errors.New("wamp: no session with a router")
	// ErrLost means that the session ended while the operation was in flight.
	// [SafeToRetry] reports whether it certainly had no effect.
	ErrLost = session.ErrLost
	// ErrTooLarge means that a message is larger than the router accepts or
	// [WithWriteLimit] allows: nothing was sent. A subscription ends with it if
	// its retained event is larger than [WithReadLimit] allows.
	ErrTooLarge = session.ErrTooLarge
	// ErrOverflow means that more calls and acknowledged publishes wait for a
	// reply than [Limits.Pending] allows. A [Stream] ends with it too if its
	// progressive results are not read in time; that call was sent. It is the cause
	// of the ctx of a handler that does not take its chunks in time.
	ErrOverflow = session.ErrOverflow
	// ErrRevoked means that the router revoked the registration or subscription.
	ErrRevoked = errors.New("wamp: revoked by the router")
	// ErrPassthru means that a payload in passthru mode cannot be sealed or opened:
	// this client does not handle its scheme, serializer or cipher, or the
	// [PayloadCodec] failed; or that a payload came without the mode, see
	// [WithPassthruOnly].
	ErrPassthru = errors.New("wamp: payload passthru")
	// ErrUnsupported means that the operation needs a role or feature that the
	// router did not announce.
	ErrUnsupported = session.ErrUnsupported
)

// Error is an error that a callee returned or the router sent: an ERROR, ABORT
// or GOODBYE message (specification "Call ERROR", "Session Closing"). If a
// procedure declares the URI, its generated error type is used instead.
// [errors.Is] compares two Errors by their URIs, so that variables such as
// [ErrNoSuchProcedure] serve as targets. Do not change an Error once it is
// returned.
//
// A handler may return an *Error of its own, made with [NewError], to answer
// with a URI that the schema does not declare. To pass on one that it received
// from another callee or the router it uses [Relay]; otherwise the caller gets
// [ErrRuntime].
type Error struct {
	// URI names the error, such as wamp.error.no_such_procedure.
	URI string
	// Args and Kwargs are its payload as dynamic values; nil if there is none.
	Args   []any
	Kwargs map[string]any

	details codec.Raw
	// received: it came over the wire.
	received bool
}

// Details returns the Details of a peer's ERROR, ABORT or GOODBYE, including
// keys that only this router sends. It returns nil for an error made with
// [NewError]. Details are not sent with an error that a handler returns.
func (e *Error) Details() map[string]any { return dict(e.details) }

// NewError returns an error with a URI and positional arguments, for a handler
// to return. If the arguments cannot be encoded the caller gets the URI alone;
// if uri is not a valid URI it gets [ErrRuntime]. Both are logged.
func NewError(uri string, args ...any) *Error { return &Error{URI: uri, Args: args} }

// Error returns the URI, and the text of an error that the router itself sent:
// at most 256 bytes, without control characters. It contains no payload of a
// peer.
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

// Is reports whether target is an [*Error] with the same URI. Different
// spellings of one error count as the same, such as wamp.error.cancelled and
// wamp.error.canceled. A timeout is [context.DeadlineExceeded] too, so that it
// makes no difference which side notices it first.
func (e *Error) Is(target error) bool {
	if target == context.DeadlineExceeded {
		return e.URI == "wamp.error.timeout"
	}
	t, ok := target.(*Error)
	return ok && canonical(t.URI) == canonical(e.URI)
}

// For generated code. TypedError is implemented by every generated error type.
type TypedError interface {
	error
	// ErrorURI is the URI on the wire.
	ErrorURI() string
	// CodeWAMP codes the payload.
	codec.Value
}

// IsPeer reports whether err came over the wire, from a callee or the router.
// It reports false for nil. Only the type counts: an [*Error] or a generated
// error that the program made itself is reported as a peer's.
func IsPeer(err error) bool {
	var typed TypedError
	var plain *Error
	return errors.As(err, &plain) || errors.As(err, &typed)
}

// SafeToRetry reports whether an operation that failed with err certainly had
// no effect, because not one byte of it reached the transport. It reports false
// for nil, for the answer of a peer, and if it is unknown.
func SafeToRetry(err error) bool {
	var unsent interface{ SafeToRetry() bool }
	return errors.As(err, &unsent) && unsent.SafeToRetry()
}

// encodeError returns the error of a value that cannot be sent. Nothing was
// queued.
func encodeError(what, uri string, err error) error {
	return session.Unsent(&operationError{what + " of", uri, err})
}

// part is an error inside another one, whose text says already that it is of
// this module.
type part struct{ error }

// Error returns the text without "wamp: ".
func (e part) Error() string { return strings.TrimPrefix(e.error.Error(), "wamp: ") }

// Unwrap returns the error itself.
func (e part) Unwrap() error { return e.error }

// operationError says which operation on which URI failed.
type operationError struct {
	verb, uri string
	err       error
}

// Error names the operation, as in "wamp: call com.example.add: …".
func (e *operationError) Error() string {
	return "wamp: " + e.verb + " " + peertext.Line(e.uri) + ": " + part{e.err}.Error()
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

// quotable reports whether the text of an error may be shown: only what routers
// and this runtime write themselves, never what a callee's own code put there.
func quotable(uri string) bool {
	return strings.HasPrefix(uri, "wamp.") && uri != "wamp.error.runtime_error"
}
