package wamp

import (
	"errors"
)

// joinError is the router's ABORT instead of a WELCOME. Routers give a dozen
// reasons for a login that they refuse; to errors.Is each of them is
// ErrAuthenticationFailed too, but for a realm that does not exist (R302).
type joinError struct{ abort *Error }

// refusedJoin marks the router's ABORT in an error of the handshake.
func refusedJoin(err error) error {
	var abort *Error
	if !errors.As(err, &abort) {
		return err
	}
	return &joinError{abort}
}

// Error returns the reason and the router's text.
func (e *joinError) Error() string { return e.abort.Error() }

// Unwrap returns the ABORT.
func (e *joinError) Unwrap() error { return e.abort }

// Is tells that target is the family that the reason belongs to.
func (e *joinError) Is(target error) bool {
	return target == ErrAuthenticationFailed && refusals[e.abort.URI] && !e.abort.Is(ErrNoSuchRealm)
}

// warnPlaintext says, once a client, that a login goes to another host in plain
// text: the secret is not in it, but who listens can try passwords against it,
// and whoever sits in between can take the session over.
func (s *session) warnPlaintext(methods []string) {
	c := s.client
	if c.warned || s.link.TLS != nil || s.link.Local {
		return
	}
	for _, m := range methods {
		if m != "anonymous" {
			c.warned = true
			c.cfg.log.Warn("wamp: logging in to another host in plain text, want wss or tcps", "router", s.link.URL, "methods", methods)
			return
		}
	}
}
