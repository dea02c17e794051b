package wamp

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Errors of the specification that routers and callees answer with, to be used
// with errors.Is (protocol section "Predefined URIs").
var (
	ErrInvalidURI             = &Error{URI: "wamp.error.invalid_uri"}
	ErrNoSuchProcedure        = &Error{URI: "wamp.error.no_such_procedure"}
	ErrProcedureAlreadyExists = &Error{URI: "wamp.error.procedure_already_exists"}
	ErrNoSuchRegistration     = &Error{URI: "wamp.error.no_such_registration"}
	ErrNoSuchSubscription     = &Error{URI: "wamp.error.no_such_subscription"}
	ErrNoSuchRealm            = &Error{URI: "wamp.error.no_such_realm"}
	ErrInvalidArgument        = &Error{URI: "wamp.error.invalid_argument"}
	ErrCanceled               = &Error{URI: "wamp.error.canceled"}
	ErrTimeout                = &Error{URI: "wamp.error.timeout"}
	ErrUnavailable            = &Error{URI: "wamp.error.unavailable"}
	ErrNoAvailableCallee      = &Error{URI: "wamp.error.no_available_callee"}
	ErrFeatureNotSupported    = &Error{URI: "wamp.error.feature_not_supported"}
	ErrPayloadSizeExceeded    = &Error{URI: "wamp.error.payload_size_exceeded"}
	ErrNetworkFailure         = &Error{URI: "wamp.error.network_failure"}
	ErrNotAuthorized          = &Error{URI: "wamp.error.not_authorized"}
	ErrAuthorizationFailed    = &Error{URI: "wamp.error.authorization_failed"}
	ErrAuthenticationFailed   = &Error{URI: "wamp.error.authentication_failed"}
	ErrDisclosureRefused      = &Error{URI: "wamp.error.option_disallowed.disclose_me"}
	ErrRuntime                = &Error{URI: "wamp.error.runtime_error"}
	ErrProtocolViolation      = &Error{URI: "wamp.error.protocol_violation"}
)

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
	return strings.HasPrefix(uri, "wamp.") && uri != ErrRuntime.URI
}

// maxText bounds what a peer may put into our logs and errors, in bytes.
const maxText = 256

// sanitize makes a peer's text one harmless line (S10).
func sanitize(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			r = ' '
		}
		if b.Len()+utf8.RuneLen(r) > maxText {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}
