package schema

import (
	"slices"
	"strings"
	"unicode"
)

// badURI says what is wrong with a concrete URI by the loose rules (R075,
// R079); "" if nothing is.
func badURI(uri string) string {
	for component := range strings.SplitSeq(uri, ".") {
		if component == "" {
			return "has an empty component"
		}
		for _, r := range component {
			switch {
			case r == '#':
				return "contains a #"
			case unicode.IsSpace(r):
				return "contains white space"
			case !unicode.IsPrint(r):
				return "contains an invisible character"
			}
		}
	}
	return ""
}

// reserved reports whether a URI belongs to the protocol (R081).
func reserved(uri string) bool { return uri == "wamp" || strings.HasPrefix(uri, "wamp.") }

// predefined reports whether an error URI is one of the protocol's own, which a
// schema may declare in order to type its payload (R083, docs/requirements.md
// 2.U).
func predefined(uri string) bool {
	name, ok := strings.CutPrefix(uri, "wamp.error.")
	return ok && slices.Contains(predefinedErrors, name)
}

var predefinedErrors = []string{
	"authentication_denied", "authentication_failed", "authorization_denied", "authorization_failed", "authorization_required",
	"canceled", "cannot_authenticate", "disclose_me", "feature_not_supported", "history_unavailable", "internal_error",
	"invalid_argument", "invalid_payload", "invalid_uri", "network_failure", "no_auth_method", "no_available_callee",
	"no_eligible_callee", "no_matching_auth_method", "no_such_procedure", "no_such_realm", "no_such_registration",
	"no_such_role", "no_such_session", "no_such_subscription", "not_authorized", "not_found", "option_disallowed",
	"option_not_allowed", "payload_size_exceeded", "procedure_already_exists",
	"procedure_exists_with_different_invocation_policy", "protocol_violation", "runtime_error", "system_shutdown",
	"testament_error", "timeout", "type_check_error", "unavailable", "unregistered",
}
