package auth

import (
	"fmt"
	"strconv"
)

// Reasons that this package gives for its refusals: URIs for ABORT.
const (
	reasonFailed   = "wamp.error.authentication_failed"   // the router's CHALLENGE or WELCOME is not acceptable
	reasonNoMethod = "wamp.error.no_matching_auth_method" // the router picked what was not offered
	reasonCannot   = "wamp.error.cannot_authenticate"     // our own configuration or credentials do not do
)

// Error means that the client refuses the router's message, the connection or
// the configuration. Trying again with the same router and configuration fails
// the same way. Errors of this package that are not of this type are temporary,
// such as those of a [SecretFunc] or of a ctx.
type Error struct {
	// Reason is the URI to send in ABORT. If [Begin] refuses, nothing has been
	// sent and there is no ABORT.
	Reason string
	// Text says what was expected and what was found. It begins with "wamp: ". It
	// contains no secret, and at most a short quotation of what the router sent,
	// in one line.
	Text string
}

// Error returns Text.
func (e *Error) Error() string { return e.Text }

// refuse makes an Error about what the router sent to the named method.
func refuse(method, format string, args ...any) error {
	return &Error{Reason: reasonFailed, Text: "wamp: " + method + ": " + fmt.Sprintf(format, args...)}
}

// unusable makes an Error about our own configuration, credentials or
// connection.
func unusable(method, format string, args ...any) error {
	return &Error{Reason: reasonCannot, Text: "wamp: " + method + ": " + fmt.Sprintf(format, args...)}
}

// errSkipped is the refusal of a WELCOME that came without the CHALLENGE that
// was due (S1).
func errSkipped(methods string) error {
	return &Error{
		Reason: reasonFailed,
		Text:   "wamp: router did not authenticate: want a CHALLENGE for " + methods + ", got WELCOME",
	}
}

// quote makes text of a router fit for an error: short, one line, ASCII (S10).
func quote(s string) string {
	const most = 40
	if len(s) > most {
		return strconv.QuoteToASCII(s[:most]) + "..."
	}
	return strconv.QuoteToASCII(s)
}
