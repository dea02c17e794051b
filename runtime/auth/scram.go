package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"

	"github.com/xdg-go/stringprep"
)

// SCRAMOption is an option of [SCRAM]: [SCRAMNames], [SCRAMLimits] or a
// [Binding].
type SCRAMOption interface{ applySCRAM(*scramMethod) }

// SCRAMNames are the names under which [SCRAM] is offered, in order of
// preference. "wamp-scram" is that of the specification, "scram" that of the
// dialect of Crossbar.io and Autobahn. The router's CHALLENGE selects one.
//
// The default is "scram", "wamp-scram", which works with both kinds of routers:
// others skip a name that they do not know, but Crossbar.io denies a HELLO
// whose list begins with one. With a [Binding] the default is "wamp-scram"
// alone, since the dialect has no binding. See also [Policy.Crossbar].
type SCRAMNames []string

func (n SCRAMNames) applySCRAM(m *scramMethod) { m.names = n }

// SCRAMLimits bounds what a router may request in a CHALLENGE. A zero field
// means its default.
type SCRAMLimits struct {
	MinIterations   int // of PBKDF2; default 4096
	MaxIterations   int // of PBKDF2; default 1,000,000
	MinArgon2Passes int // default 1
	MinArgon2Memory int // KiB; default 8, the least that Argon2 has
	MaxArgon2Memory int // KiB; default 256 Mi octets
	MaxArgon2Work   int // passes times memory in KiB; default 4 Gi octets, about two seconds
}

func (l SCRAMLimits) applySCRAM(m *scramMethod) {
	setTo(&m.limits.MinIterations, l.MinIterations)
	setTo(&m.limits.MaxIterations, l.MaxIterations)
	setTo(&m.limits.MinArgon2Passes, l.MinArgon2Passes)
	setTo(&m.limits.MinArgon2Memory, l.MinArgon2Memory)
	setTo(&m.limits.MaxArgon2Memory, l.MaxArgon2Memory)
	setTo(&m.limits.MaxArgon2Work, l.MaxArgon2Work)
}

// SCRAM logs in as authid with a password. The router knows only a verifier of
// the password and must prove it: a WELCOME without the correct server
// signature is refused. Source: WAMP specification, "Salted Challenge Response
// Authentication Mechanism"; RFC 5802, RFC 7677.
func SCRAM(authid string, password Credential, options ...SCRAMOption) Method {
	m := &scramMethod{label: "scram", authid: authid, password: password, keys: newKeyring()}
	m.limits = SCRAMLimits{
		MinIterations: 4096, MaxIterations: 1_000_000,
		MinArgon2Passes: 1, MinArgon2Memory: 8, MaxArgon2Memory: 256 << 10, MaxArgon2Work: 4 << 20,
	}
	for _, o := range options {
		o.applySCRAM(m)
	}
	if m.names == nil && m.binding == "" {
		m.names = []string{nameCrossbarSCRAM, nameSCRAM}
	} else if m.names == nil {
		m.names = []string{nameSCRAM}
	}
	return m
}

type scramMethod struct {
	label
	authid   string
	password Credential
	names    []string
	binding  Binding
	limits   SCRAMLimits
	keys     *keyring
}

// Begin implements Method.
func (m *scramMethod) Begin(ctx context.Context, ch Channel) (Attempt, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	authid, err := stringprep.SASLprep.Prepare(m.authid) // R285; both dialects
	if err != nil || authid == "" {
		return nil, unusable("scram", "authid must be one that SASLprep permits")
	}
	data, err := m.binding.data("scram", ch.TLS)
	if err != nil {
		return nil, err
	}
	password, err := fetchSecret(ctx, "scram", m.password)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, 24) // a multiple of 3, so that base64 of ours and theirs starts with base64 of ours (R279)
	_, _ = rand.Read(nonce)   // never fails
	a := &scramAttempt{method: m, authid: authid, password: password, bindingData: data}
	a.nonce = base64.StdEncoding.EncodeToString(nonce)
	a.label = m.label
	a.offer = Offer{
		Methods: m.names,
		AuthID:  authid,
		Extra:   map[string]any{"nonce": a.nonce, "channel_binding": m.binding.value()},
	}
	return a, nil
}

// check finds what the options make impossible.
func (m *scramMethod) check() error {
	if err := checkAuthID("scram", m.authid); err != nil {
		return err
	}
	if m.binding == TLSExporter {
		return unusable("scram", "channel binding must be tls-unique or tls-server-end-point, not tls-exporter")
	}
	for _, name := range m.names {
		if name != nameSCRAM && name != nameCrossbarSCRAM {
			return unusable("scram", "names must be wamp-scram or scram, not %s", quote(name))
		}
		if name == nameCrossbarSCRAM && m.binding != "" {
			return unusable("scram", "with a channel binding the name must be wamp-scram alone: scram has no binding")
		}
	}
	if len(m.names) == 0 {
		return unusable("scram", "names must not be empty")
	}
	return nil
}

type scramAttempt struct {
	attempt
	method      *scramMethod
	authid      string // prepared
	password    Secret
	nonce       string // ours, base64
	bindingData []byte
	expect      scramVerifier
}

// scramVerifier is what WELCOME has to hold after a CHALLENGE was answered.
type scramVerifier struct {
	field     string
	signature Secret // enough to try passwords against
}

// Respond implements Attempt.
func (a *scramAttempt) Respond(ctx context.Context, c Challenge) (Response, error) {
	d, ok := scramDialects[c.Method]
	if !ok {
		return Response{}, refuse("scram", "want a CHALLENGE for wamp-scram or scram, got %s", quote(c.Method))
	}
	q, err := a.read(d, extras{d.name, "CHALLENGE", c.Extra})
	if err != nil {
		return Response{}, err
	}
	password, err := d.prepare(a.password.reveal())
	if err != nil {
		return Response{}, err
	}
	id := keyID{
		authid: a.authid, salt: q.salt, kdf: d.name + " " + q.kdf, iterations: q.iterations, memory: q.memory,
		secret: sha256.Sum256([]byte(password)),
	}
	salted, err := a.method.keys.key(ctx, id, func() ([]byte, error) { return d.derive(password, q) })
	if err != nil {
		return Response{}, err
	}
	proof, signature := scramProof(salted, a.authMessage(d, q))
	a.expect = scramVerifier{d.verifier, NewSecret(signature)}
	return a.respond(proof, a.answerExtra(d, q)), nil
}

// answerExtra is AUTHENTICATE.Extra (R283).
func (a *scramAttempt) answerExtra(d *scramDialect, q scramChallenge) map[string]any {
	if !d.spec {
		return nil
	}
	extra := map[string]any{"nonce": q.nonce, "channel_binding": a.method.binding.value()}
	if a.method.binding != "" {
		extra["cbind_data"] = base64.StdEncoding.EncodeToString(a.bindingData)
	}
	return extra
}

// authMessage is the text that both sides sign: HELLO, CHALLENGE and
// AUTHENTICATE in short.
func (a *scramAttempt) authMessage(d *scramDialect, q scramChallenge) string {
	authid, cbind := a.authid, ""
	if d.spec {
		authid = scramEscape.Replace(authid)
		header := "n,,"
		if b := a.method.binding; b != "" {
			header = "p=" + string(b) + ",,"
		}
		cbind = base64.StdEncoding.EncodeToString(append([]byte(header), a.bindingData...))
	}
	return "n=" + authid + ",r=" + a.nonce +
		",r=" + q.nonce + ",s=" + q.salt + ",i=" + q.iterationsText() +
		",c=" + cbind + ",r=" + q.nonce
}

var scramEscape = strings.NewReplacer("=", "=3D", ",", "=2C")

// scramProof computes what the client proves itself with and what the router
// then has to answer, both in base64.
func scramProof(salted []byte, authMessage string) (proof, serverSignature string) {
	clientKey := mac(salted, "Client Key")
	storedKey := sha256.Sum256(clientKey)
	serverKey := mac(salted, "Server Key")
	signature := mac(storedKey[:], authMessage)
	subtle.XORBytes(signature, signature, clientKey)
	return base64.StdEncoding.EncodeToString(signature),
		base64.StdEncoding.EncodeToString(mac(serverKey, authMessage))
}

// Verify implements Attempt: the router has to know the verifier of the
// password (R286).
func (a *scramAttempt) Verify(authextra map[string]any) error {
	if err := a.attempt.Verify(authextra); err != nil {
		return err
	}
	x := extras{a.String(), "WELCOME.authextra", authextra}
	got, err := x.text(a.expect.field, 256)
	if err != nil {
		return err
	}
	got = strings.TrimPrefix(got, "v=")
	if !hmac.Equal([]byte(got), []byte(a.expect.signature.reveal())) {
		return x.refuse(a.expect.field, "the router's signature of this login", "another")
	}
	return nil
}
