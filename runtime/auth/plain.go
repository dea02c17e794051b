package auth

import "context"

// Anonymous joins without a name, if the realm accepts anonymous sessions. A
// client without methods does the same.
func Anonymous() Method { return &unchallenged{label: nameAnonymous} }

// TLSCertificate logs in with the client certificate of the TLS connection
// (method "tls"); WELCOME may come without a CHALLENGE. It is refused on a
// connection without TLS.
func TLSCertificate() Method { return &unchallenged{label: nameTLS} }

// Cookie logs in with a cookie of the WebSocket upgrade (method "cookie");
// WELCOME may come without a CHALLENGE. List another method after it for the
// first login, before there is a cookie. The cookie itself is sent to the
// router. Like a ticket it is therefore refused on a connection that is neither
// TLS nor local, unless [Channel.AllowPlaintextSecrets] is set.
func Cookie() Method { return &unchallenged{label: nameCookie} }

// unchallenged is a method that needs no CHALLENGE: its name is all it sends.
type unchallenged struct{ label }

// check implements checker.
func (m *unchallenged) check(ch Channel) error {
	if m.label == nameCookie {
		return checkExposed(nameCookie, ch)
	}
	return nil
}

// checkExposed refuses to send a secret of a method as it is over plain text to
// another host.
func checkExposed(method string, ch Channel) error {
	if ch.TLS != nil || ch.Local || ch.AllowPlaintextSecrets {
		return nil
	}
	return unusable(method, "want TLS or a local connection to send the %s over, got plain text to "+
		"another host (wamp.WithPlaintextSecrets permits it)", method)
}

// Begin implements Method.
func (m *unchallenged) Begin(_ context.Context, ch Channel) (Attempt, error) {
	if err := m.check(ch); err != nil {
		return nil, err
	}
	if m.label == nameTLS && ch.TLS == nil {
		return nil, unusable(nameTLS, "the client certificate needs a TLS connection, not plain text")
	}
	return &unchallengedAttempt{attempt{label: m.label, offer: Offer{Methods: []string{m.String()}}}}, nil
}

type unchallengedAttempt struct{ attempt }

// Respond implements Attempt: there is nothing to answer with.
func (a *unchallengedAttempt) Respond(context.Context, Challenge) (Response, error) {
	return Response{}, refuse(a.String(), "want WELCOME, got a CHALLENGE")
}

// Verify implements Attempt.
func (a *unchallengedAttempt) Verify(map[string]any) error { return nil }

// Ticket logs in as authid with a ticket, a secret that is itself sent to the
// router. On a connection that is neither TLS nor local it is refused before
// anything is sent, unless [Channel.AllowPlaintextSecrets] is set. Source: WAMP
// specification, "Ticket-based Authentication".
func Ticket(authid string, ticket Credential) Method {
	return &ticketMethod{label: nameTicket, authid: authid, ticket: ticket}
}

type ticketMethod struct {
	label
	authid string
	ticket Credential
}

// check implements checker.
func (m *ticketMethod) check(ch Channel) error { return checkExposed(nameTicket, ch) }

// Begin implements Method.
func (m *ticketMethod) Begin(ctx context.Context, ch Channel) (Attempt, error) {
	if err := m.check(ch); err != nil {
		return nil, err
	}
	if err := checkAuthID(nameTicket, m.authid); err != nil {
		return nil, err
	}
	secret, err := fetchSecret(ctx, nameTicket, m.ticket)
	if err != nil {
		return nil, err
	}
	offer := Offer{Methods: []string{nameTicket}, AuthID: m.authid}
	return &ticketAttempt{attempt{label: m.label, offer: offer}, secret}, nil
}

type ticketAttempt struct {
	attempt
	ticket Secret
}

// Respond implements Attempt.
func (a *ticketAttempt) Respond(context.Context, Challenge) (Response, error) {
	return a.respond(a.ticket.reveal(), nil), nil
}
