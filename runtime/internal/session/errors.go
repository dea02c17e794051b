package session

import (
	"errors"
	"fmt"
	"strings"

	"github.com/wampgen/wampgen/runtime/internal/core"
)

// The sentinels of package wamp that a session returns; they are documented
// there.
var (
	ErrClosed      = errors.New("wamp: closed")
	ErrLost        = errors.New("wamp: session lost")
	ErrTooLarge    = errors.New("wamp: message too large")
	ErrOverflow    = errors.New("wamp: too many requests are pending")
	ErrUnsupported = errors.New("wamp: not supported by the router")
)

// ErrGone means that the session had ended before anything was queued. The
// caller goes on with the next session.
var ErrGone = errors.New("wamp: session has ended")

// Gone reports whether err is [ErrGone].
func Gone(err error) bool { return errors.Is(err, ErrGone) }

// unsent marks an error of an operation that never left the client.
type unsent struct{ error }

// Unsent marks err as the error of an operation that never left the client, so
// that it is safe to retry.
func Unsent(err error) error { return unsent{err} }

// SafeToRetry reports that nothing was sent.
func (unsent) SafeToRetry() bool { return true }

// Unwrap returns the error itself.
func (e unsent) Unwrap() error { return e.error }

// refusal is the error of a request that the core did not queue.
func refusal(err error) error {
	var large *core.TooLarge
	switch {
	case errors.Is(err, core.ErrClosed):
		return ErrGone
	case errors.Is(err, core.ErrPending):
		return Unsent(ErrOverflow)
	case errors.As(err, &large):
		return Unsent(fmt.Errorf("%w: %d bytes, the limit is %d", ErrTooLarge, large.Size, large.Limit))
	}
	return Unsent(err)
}

// said marks the end of a session by a word of the router. It is no answer to
// the operations that the session left behind, so they do not unwrap to it.
type said struct {
	error
	prefix    string // what the router did with its word, "" for nothing but to say it
	dismissed bool   // the router sends its clients away
}

// Error returns the word, behind the prefix if there is one.
func (e said) Error() string {
	if e.prefix == "" {
		return e.error.Error()
	}
	return e.prefix + strings.TrimPrefix(e.error.Error(), "wamp: ")
}

// Dismissed reports whether a session ended with cause because its router sends
// its clients away: by GOODBYE, or because it shuts down.
func Dismissed(cause error) bool {
	s, ok := errors.AsType[said](cause)
	return ok && s.dismissed
}

// Unwrap returns the router's word.
func (e said) Unwrap() error { return e.error }

// lostError is the end of an operation that a dying session left behind.
type lostError struct {
	cause  error
	unsent bool
}

// Lost returns the error of an operation whose outcome is unknown because of
// cause.
func Lost(cause error) error { return &lostError{cause: cause} }

// Error says what is known of the outcome.
func (e *lostError) Error() string {
	cause := strings.TrimPrefix(e.cause.Error(), "wamp: ")
	if e.unsent {
		return fmt.Sprintf("%v before it was sent: %s", ErrLost, cause)
	}
	return fmt.Sprintf("%v, outcome unknown: %s", ErrLost, cause)
}

// SafeToRetry reports whether nothing was sent.
func (e *lostError) SafeToRetry() bool { return e.unsent }

// Unwrap returns ErrLost and, unless it is a word of the router, the cause.
func (e *lostError) Unwrap() []error {
	if _, ok := errors.AsType[said](e.cause); ok {
		return []error{ErrLost}
	}
	return []error{ErrLost, e.cause}
}
