package auth

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"strings"
)

// challengeLen is the length of what cryptosign signs, in octets: nothing of
// another length is ever signed (S6).
const challengeLen = 32

// CryptosignOption is an option of [Cryptosign]: [RouterKey], [TrustRoot] or a
// [Binding].
type CryptosignOption interface{ applyCryptosign(*cryptosignMethod) }

// RouterKey is the Ed25519 public key of the router, 64 hexadecimal digits. The
// router must then sign a challenge of the client before the client answers the
// router's challenge. Without it [Cryptosign] does not verify the router.
type RouterKey string

func (k RouterKey) applyCryptosign(m *cryptosignMethod) { m.routerKey = string(k) }

// TrustRoot names the trust root of the client's certificates. Both values are
// sent to the router unchanged, in HELLO.Details.authextra.
type TrustRoot struct {
	Address      string // trustroot, "0x…"; left out when empty
	Certificates []any  // certificates; left out when empty
}

func (t TrustRoot) applyCryptosign(m *cryptosignMethod) { m.trustRoot = t }

// Cryptosign logs in with an Ed25519 key. authid may be empty if the router
// finds the user by the key, as Crossbar.io does; nexus requires an authid. key
// is the text of a private key without a passphrase in any format of
// [ParseKey]. The public key is derived from it. Source: WAMP specification,
// "Cryptosign-based Authentication".
func Cryptosign(authid string, key Credential, options ...CryptosignOption) Method {
	m := &cryptosignMethod{label: nameCryptosign, authid: authid, key: key}
	for _, o := range options {
		o.applyCryptosign(m)
	}
	return m
}

type cryptosignMethod struct {
	label
	authid    string
	key       Credential
	binding   Binding
	routerKey string
	trustRoot TrustRoot
}

// Begin implements Method.
func (m *cryptosignMethod) Begin(ctx context.Context, ch Channel) (Attempt, error) {
	a := &cryptosignAttempt{attempt: attempt{label: m.label}, binding: m.binding}
	if m.authid != "" {
		if err := checkAuthID(nameCryptosign, m.authid); err != nil {
			return nil, err
		}
	}
	var err error
	if m.routerKey != "" {
		if a.routerKey, err = hex.DecodeString(m.routerKey); err != nil || len(a.routerKey) != ed25519.PublicKeySize {
			return nil, unusable(nameCryptosign, "router key must be 64 hexadecimal digits")
		}
	}
	if a.channelID, err = channelID(m.binding, ch); err != nil {
		return nil, err
	}
	text, err := fetchSecret(ctx, nameCryptosign, m.key)
	if err != nil {
		return nil, err
	}
	key, err := parseKey(text.reveal(), "")
	if err != nil {
		return nil, err
	}
	a.sign = func(message []byte) []byte { return ed25519.Sign(key, message) }
	a.offer = Offer{Methods: []string{nameCryptosign}, AuthID: m.authid, Extra: m.extra(a, key)}
	return a, nil
}

// extra is HELLO.Details.authextra.
func (m *cryptosignMethod) extra(a *cryptosignAttempt, key ed25519.PrivateKey) map[string]any {
	public, _ := key.Public().(ed25519.PublicKey)
	extra := map[string]any{
		"pubkey":          hex.EncodeToString(public),
		"channel_binding": m.binding.value(),
	}
	if a.routerKey != nil {
		a.challenge = make([]byte, challengeLen)
		_, _ = rand.Read(a.challenge) // never fails
		extra["challenge"] = hex.EncodeToString(a.challenge)
	}
	if m.trustRoot.Address != "" {
		extra["trustroot"] = m.trustRoot.Address
	}
	if len(m.trustRoot.Certificates) > 0 {
		extra["certificates"] = m.trustRoot.Certificates
	}
	return extra
}

// channelID returns the 32 octets that the signed message is mixed with; none
// without a binding.
func channelID(b Binding, ch Channel) ([]byte, error) {
	if b == TLSServerEndPoint { // R293
		return nil, unusable(nameCryptosign, "channel binding must be tls-unique or tls-exporter, not tls-server-end-point")
	}
	data, err := b.data(nameCryptosign, ch.TLS)
	if err == nil && b == TLSUnique {
		sum := sha256.Sum256(data) // a Finished message is 12 octets; routers hash it to 32 (R294)
		data = sum[:]
	}
	return data, err
}

type cryptosignAttempt struct {
	attempt
	sign      func(message []byte) []byte // a closure, so that printing the attempt finds no key
	binding   Binding
	channelID []byte            // nil without a binding
	routerKey ed25519.PublicKey // nil: the router is not verified
	challenge []byte            // ours to the router, with routerKey
}

// Respond implements Attempt.
func (a *cryptosignAttempt) Respond(_ context.Context, c Challenge) (Response, error) {
	x := extras{nameCryptosign, "CHALLENGE", c.Extra}
	challenge, err := hexField(x, "challenge", challengeLen)
	if err != nil {
		return Response{}, err
	}
	binding, err := x.optionalText("channel_binding", 64)
	if err != nil {
		return Response{}, err
	}
	if binding != string(a.binding) { // R292
		return Response{}, x.refuse("channel_binding", "the one asked for, "+quote(string(a.binding)), quote(binding))
	}
	if c.Extra["attest"] != nil { // R299
		return Response{}, x.refuse("attest", "nothing", "a request that this client cannot satisfy")
	}
	if a.routerKey != nil {
		if err := a.verifyRouter(x); err != nil { // R297
			return Response{}, err
		}
	}
	message := bind(challenge, a.channelID)
	return a.respond(hex.EncodeToString(append(a.sign(message), message...)), nil), nil // R290
}

// verifyRouter checks the router's answer to our challenge (R296).
func (a *cryptosignAttempt) verifyRouter(x extras) error {
	pubkey, err := x.optionalText("pubkey", 2*ed25519.PublicKeySize)
	if err != nil {
		return err
	}
	if pubkey != "" && !strings.EqualFold(pubkey, hex.EncodeToString(a.routerKey)) {
		return x.refuse("pubkey", "the trusted key of the router", "another")
	}
	signed, err := hexField(x, "signature", ed25519.SignatureSize+challengeLen)
	if err != nil {
		return err
	}
	signature, message := signed[:ed25519.SignatureSize], signed[ed25519.SignatureSize:]
	if !bytes.Equal(message, bind(a.challenge, a.channelID)) {
		return x.refuse("signature", "one over our challenge", "one over another message")
	}
	if !ed25519.Verify(a.routerKey, message, signature) {
		return x.refuse("signature", "one of the trusted key of the router", "another")
	}
	return nil
}

// bind mixes a challenge with the channel (R291).
func bind(challenge, channelID []byte) []byte {
	if channelID == nil {
		return challenge
	}
	message := make([]byte, challengeLen)
	subtle.XORBytes(message, challenge, channelID)
	return message
}

// hexField reads exactly n octets in hexadecimal digits.
func hexField(x extras, key string, n int) ([]byte, error) {
	text, err := x.text(key, 1<<16)
	if err != nil {
		return nil, err
	}
	octets, err := hex.DecodeString(text)
	if err != nil || len(octets) != n {
		return nil, x.refuse(key, fmt.Sprintf("%d hexadecimal digits", 2*n), "other text")
	}
	return octets, nil
}
