package connection

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"syscall"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/transport"
	"github.com/wampgen/wampgen/schema/config"
)

// explained is err with what to do about it.
func explained(err error, hint string) *Error {
	return &Error{Text: strings.TrimPrefix(err.Error(), "wamp: "), Hint: hint, Err: err}
}

// errInterrupted is the end of an attempt that nobody waits for any more.
var errInterrupted = errors.New("interrupted before there was a session")

// explain says what to do about a session that could not be opened.
func explain(err error, p *config.Profile) error {
	if errors.Is(err, context.Canceled) {
		return errInterrupted
	}
	if hint := refusal(err, p); hint != "" {
		e := explained(err, hint)
		if wamp.IsPeer(err) {
			e.Text = "the router refuses the session: " + e.Text
		}
		return e
	}
	if hint := security(err); hint != "" {
		return explained(err, hint)
	}
	return explained(err, unreached(err))
}

// refusal is what to do if the router, or this side, refuses the realm or the login.
func refusal(err error, p *config.Profile) string {
	uri := ""
	if reply, ok := errors.AsType[*wamp.Error](err); ok {
		uri = reply.URI
	}
	login := p.Login
	if login == "" {
		login = "anonymous"
	}
	switch {
	case errors.Is(err, wamp.ErrNoSuchRealm):
		return "the router has no realm " + p.Realm + ": choose another one with --realm"
	case errors.Is(err, wamp.ErrInvalidURI):
		return "a realm is a URI such as realm1 or com.example.shop: choose another one with --realm"
	case uri == "wamp.error.no_matching_auth_method", uri == "wamp.error.no_auth_method":
		return "the router does not offer login " + login + " in realm " + p.Realm + ": choose another one with --login"
	case errors.Is(err, wamp.ErrAuthenticationFailed) && login == "anonymous":
		return "the router does not let everybody in: log in with --login, --user and --secret-file"
	case errors.Is(err, wamp.ErrAuthenticationFailed):
		return "login " + login + " as " + p.User + " is refused: check the user, the secret and the realm"
	case errors.Is(err, wamp.ErrNotAuthorized), errors.Is(err, wamp.ErrAuthorizationFailed):
		return "this user may not join realm " + p.Realm + ": log in as another one, or choose another --realm"
	}
	if _, ok := errors.AsType[*auth.Error](err); ok && strings.Contains(err.Error(), "TLS") {
		return "use a wss or tcps URL, so that nobody reads the secret on its way"
	}
	if _, ok := errors.AsType[*auth.Error](err); ok {
		return "this side refuses the login: the router may not be yours, or choose another --login"
	}
	return ""
}

// security is what to do if TLS fails.
func security(err error) string {
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "name the authority of its certificate with --tls-ca"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "the certificate is for another host: use its name in --url"
	}
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok && e.Reason == x509.Expired {
		return "the certificate of the router has expired, or the clock of this machine is wrong"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "there is no TLS on that port: use a ws or tcp URL, or another port"
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok || strings.Contains(err.Error(), "certificate required") {
		return "the router may ask for a certificate: name it with --tls-cert and --tls-key"
	}
	return ""
}

// unreached is what to do if no router answers, or something else does.
func unreached(err error) string {
	if h, ok := errors.AsType[*transport.HandshakeError](err); ok && h.Code != 0 {
		switch h.Code {
		case 401, 403:
			return "what is in front of the router does not let this request through"
		case 404:
			return "there is a web server, but no router at that path: the path is often /ws or /"
		}
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOENT):
		return "no router listens there: name another one with --url, or start one with  wampgen router"
	case errors.Is(err, context.DeadlineExceeded):
		return "nothing answers there: check --url, or wait longer with --connect-timeout"
	case errors.Is(err, transport.ErrSubprotocol), errors.Is(err, transport.ErrSerializerUnsupported), errors.Is(err, transport.ErrSerializerMismatch):
		return "the router may not speak this format: choose another one with --serializer"
	case errors.Is(err, transport.ErrNotRawSocket):
		return "no RawSocket there: use a ws or wss URL, or another port"
	case errors.Is(err, transport.ErrHungUp):
		return "the router may want TLS, or the other transport: try wss instead of ws, tcps instead of tcp, or ws instead of tcp"
	}
	if strings.Contains(err.Error(), "user name or password") {
		return "name them with --user and --secret-file or --secret-env"
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "there is no host of that name: check --url"
	}
	return "check --url; it is written as in ws://127.0.0.1:8080/ws"
}
