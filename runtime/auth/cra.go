package auth

import (
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
)

// What WAMP-CRA means when a salted CHALLENGE leaves its costs out (R276).
const (
	craIterations = 1000
	craKeyLen     = 32
)

// maxCRAChallenge bounds the text that a router may have us sign, in octets.
// Real ones are about 200.
const maxCRAChallenge = 64 << 10

// CRAOption is an option of [CRA]: [CRALimits].
type CRAOption interface{ applyCRA(*craMethod) }

// CRALimits bounds what a router may request in the CHALLENGE of a salted
// WAMP-CRA login. A zero field means its default.
type CRALimits struct {
	MinIterations int // of PBKDF2; default 1000
	MaxIterations int // default 1,000,000
	MinKeyLen     int // octets; default 16
	MaxKeyLen     int // octets; default 64
	MaxSalt       int // octets; default 1024
}

func (l CRALimits) applyCRA(m *craMethod) {
	setTo(&m.limits.MinIterations, l.MinIterations)
	setTo(&m.limits.MaxIterations, l.MaxIterations)
	setTo(&m.limits.MinKeyLen, l.MinKeyLen)
	setTo(&m.limits.MaxKeyLen, l.MaxKeyLen)
	setTo(&m.limits.MaxSalt, l.MaxSalt)
}

// setTo overrides a default by a value that is set.
func setTo(field *int, value int) {
	if value != 0 {
		*field = value
	}
}

// CRA logs in as authid with a shared secret that signs the router's challenge
// (method "wampcra"). If the router sends a salt, the secret is a password and
// the key is derived from it with PBKDF2, within [CRALimits]. Source: WAMP
// specification, "Challenge Response Authentication".
func CRA(authid string, secret Credential, options ...CRAOption) Method {
	m := &craMethod{label: nameCRA, authid: authid, secret: secret, keys: newKeyring()}
	m.limits = CRALimits{MinIterations: 1000, MaxIterations: 1_000_000, MinKeyLen: 16, MaxKeyLen: 64, MaxSalt: 1024}
	for _, o := range options {
		o.applyCRA(m)
	}
	return m
}

type craMethod struct {
	label
	authid string
	secret Credential
	limits CRALimits
	keys   *keyring
}

// Begin implements Method.
func (m *craMethod) Begin(ctx context.Context, _ Channel) (Attempt, error) {
	if err := checkAuthID(nameCRA, m.authid); err != nil {
		return nil, err
	}
	secret, err := fetchSecret(ctx, nameCRA, m.secret)
	if err != nil {
		return nil, err
	}
	offer := Offer{Methods: []string{nameCRA}, AuthID: m.authid}
	return &craAttempt{attempt{label: m.label, offer: offer}, m, secret}, nil
}

type craAttempt struct {
	attempt
	method *craMethod
	secret Secret
}

// Respond implements Attempt.
func (a *craAttempt) Respond(ctx context.Context, c Challenge) (Response, error) {
	x := extras{nameCRA, "CHALLENGE", c.Extra}
	challenge, err := craChallenge(x)
	if err != nil {
		return Response{}, err
	}
	key, err := a.key(ctx, x)
	if err != nil {
		return Response{}, err
	}
	return a.respond(craSignature(key, challenge), nil), nil
}

// craChallenge reads the text to sign. Only what looks like a challenge of
// WAMP-CRA is signed, an object with a nonce, so that the answer cannot serve
// as a MAC over something else (S6).
func craChallenge(x extras) (string, error) {
	challenge, err := x.text("challenge", maxCRAChallenge)
	if err != nil {
		return "", err
	}
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(challenge), &object) != nil || object == nil {
		return "", x.refuse("challenge", "a JSON object", "other text")
	}
	var nonce string
	if json.Unmarshal(object["nonce"], &nonce) != nil || nonce == "" {
		return "", x.refuse("challenge", "a JSON object with a nonce", "one without")
	}
	return challenge, nil
}

// key returns the key of the signature: the secret, or what salt and costs make
// of it.
func (a *craAttempt) key(ctx context.Context, x extras) ([]byte, error) {
	limits := &a.method.limits
	salt, err := x.optionalText("salt", limits.MaxSalt)
	if err != nil {
		return nil, err
	}
	iterations, err := x.integer("iterations")
	if err != nil {
		return nil, err
	}
	keyLen, err := x.integer("keylen")
	if err != nil {
		return nil, err
	}
	secret := a.secret.reveal()
	if salt == "" { // R276: absent or empty means that the secret is the key
		return []byte(secret), nil
	}
	if iterations == 0 {
		iterations = craIterations
	}
	if keyLen == 0 {
		keyLen = craKeyLen
	}
	if err := x.within("iterations", iterations, limits.MinIterations, limits.MaxIterations); err != nil {
		return nil, err
	}
	if err := x.within("keylen", keyLen, limits.MinKeyLen, limits.MaxKeyLen); err != nil {
		return nil, err
	}
	id := keyID{
		authid: a.method.authid, salt: salt, kdf: nameCRA, iterations: iterations, length: keyLen,
		secret: sha256.Sum256([]byte(secret)),
	}
	return a.method.keys.key(ctx, id, func() ([]byte, error) { return craKey(secret, salt, iterations, keyLen) })
}

// craKey derives the key of a salted login. It is the base64 text of PBKDF2's
// octets, and the salt is text as well: the specification does not say so, but
// every implementation does it (R275).
func craKey(secret, salt string, iterations, keyLen int) ([]byte, error) {
	key, err := pbkdf2.Key(sha256.New, secret, []byte(salt), iterations, keyLen)
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.AppendEncode(nil, key), nil
}

// craSignature signs the challenge exactly as it was received (R274).
func craSignature(key []byte, challenge string) string {
	return base64.StdEncoding.EncodeToString(mac(key, challenge))
}

// mac is HMAC-SHA256.
func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
