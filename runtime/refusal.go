package wamp

import (
	"errors"
	"net/http"
	"strings"

	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/internal/session"
	"github.com/wampgen/wampgen/runtime/transport"
)

// verdict is what an attempt that failed lets hope for.
type verdict int

const (
	passing   verdict = iota // it may pass: the client tries for ever
	refusing                 // a refusal: the client tries for as long as its patience lasts
	incurable                // no router can cure it: only a client that was ready tries again
)

// judge returns the verdict on a failure to open a session.
func judge(err error) verdict {
	var local *auth.Error
	var join *joinError
	var failed *transport.HandshakeError
	switch {
	case errors.As(err, &local):
		if local.Reason == "wamp.error.cannot_authenticate" { // our configuration, not the router's message
			return incurable
		}
		return refusing
	case errors.As(err, &join):
		if join.refusal {
			return refusing
		}
	case errors.As(err, &failed):
		switch failed.Code {
		case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
			return refusing
		}
	}
	return passing
}

// joinError is the router's ABORT instead of a WELCOME. Routers give a dozen
// reasons for a login that they refuse, and dynamic authenticators any other;
// to errors.Is each of them is ErrAuthenticationFailed too, but for a realm
// that does not exist (R302).
type joinError struct {
	abort   *Error
	refusal bool
}

// judgeLogin marks the router's ABORT in an error of the handshake.
func judgeLogin(l session.LoginState, err error) error {
	var abort *Error
	if !errors.As(err, &abort) {
		return err
	}
	return &joinError{abort, refusedBy(l, abort.URI)}
}

// refusedBy reports whether an ABORT with this reason refuses the login. After
// AUTHENTICATE every reason does that is not known to pass, and where a login
// was offered one of the user's own, which comes from a dynamic authenticator.
func refusedBy(l session.LoginState, reason string) bool {
	switch {
	case refusals[reason]:
		return true
	case passes[reason], strings.HasPrefix(reason, "wamp.close."):
		return false
	}
	return l.Answered || l.Offered && !strings.HasPrefix(reason, "wamp.") && !strings.HasPrefix(reason, "crossbar.")
}

// refusals are the ABORT reasons that are a refusal whenever they come; routers
// differ in which one they give for wrong credentials (R302).
var refusals = map[string]bool{
	"wamp.error.no_such_realm":           true,
	"wamp.error.no_such_role":            true,
	"wamp.error.no_such_principal":       true,
	"wamp.error.not_authorized":          true,
	"wamp.error.authorization_denied":    true,
	"wamp.error.authorization_required":  true,
	"wamp.error.authentication_failed":   true,
	"wamp.error.authentication_denied":   true,
	"wamp.error.authentication_required": true,
	"wamp.error.no_matching_auth_method": true,
	"wamp.error.no_auth_method":          true,
	"wamp.error.cannot_authenticate":     true,
}

// passes are the ABORT reasons that say nothing about the client: the router is
// busy or leaves, or its dynamic authenticator is not there yet.
var passes = map[string]bool{
	"wamp.error.no_such_procedure":           true,
	"wamp.error.no_available_callee":         true,
	"wamp.error.no_eligible_callee":          true,
	"wamp.error.unavailable":                 true,
	"wamp.error.timeout":                     true,
	"wamp.error.canceled":                    true,
	"wamp.error.network_failure":             true,
	"wamp.error.system_shutdown":             true,
	"wamp.error.close_realm":                 true,
	"wamp.error.goodbye_and_out":             true,
	"crossbar.error.max_concurrency_reached": true,
}

// Error returns the reason and the router's text.
func (e *joinError) Error() string { return e.abort.Error() }

// Unwrap returns the ABORT.
func (e *joinError) Unwrap() error { return e.abort }

// Is reports whether target is the family that the reason belongs to.
func (e *joinError) Is(target error) bool {
	return target == ErrAuthenticationFailed && e.refusal && !e.abort.Is(ErrNoSuchRealm)
}
