package wamp

import (
	"strings"

	"github.com/wampgen/wampgen/runtime/internal/peertext"
)

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
