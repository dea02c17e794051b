package router

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"

	"github.com/gammazero/nexus/v3/router/auth"
	"github.com/gammazero/nexus/v3/wamp"
)

// authenticators returns one authenticator a method, as nexus wants them. nexus
// has no SCRAM; ours is plugged in.
func (d *directory) authenticators() []auth.Authenticator {
	list := []auth.Authenticator{
		auth.NewTicketAuthenticator(d, authTimeout),
		auth.NewCRAuthenticator(d, authTimeout),
		auth.NewCryptoSignAuthenticator(d, authTimeout),
	}
	for _, form := range scramForms {
		list = append(list, &scramAuthenticator{form: form, users: d, keys: map[string]scramKeys{}})
	}
	return list
}

// scramAuthenticator is the server side of SCRAM in one of its forms.
type scramAuthenticator struct {
	form  scramForm
	users *directory

	mu   sync.Mutex
	keys map[string]scramKeys // by authid; deriving them is slow on purpose
}

// AuthMethod implements auth.Authenticator.
func (a *scramAuthenticator) AuthMethod() string { return a.form.method }

// Authenticate implements auth.Authenticator.
func (a *scramAuthenticator) Authenticate(_ wamp.ID, hello wamp.Dict, client wamp.Peer) (*wamp.Welcome, error) {
	authid, _ := wamp.AsString(hello["authid"])
	user, known := a.users.users[authid]
	if !known || user.SCRAM == nil {
		return nil, errUnknownUser
	}
	secret := user.SCRAM.withDefaults()
	clientNonce, nonce, err := a.nonces(hello)
	if err != nil {
		return nil, err
	}
	salt := base64.StdEncoding.EncodeToString(secret.Salt)
	keys, err := a.keysOf(authid, secret)
	if err != nil {
		return nil, err
	}
	answer, err := challenge(client, &wamp.Challenge{AuthMethod: a.form.method, Extra: wamp.Dict{
		"nonce": nonce, "salt": salt, "kdf": a.form.kdf(secret.KDF),
		"iterations": secret.Iterations, "memory": secret.memory(a.form),
	}})
	if err != nil {
		return nil, err
	}
	if err := a.checkExtra(answer.Extra, nonce); err != nil {
		return nil, err
	}
	message := a.form.authMessage(authid, clientNonce, nonce, salt, secret.Iterations)
	proof, err := base64.StdEncoding.DecodeString(answer.Signature)
	if err != nil || !keys.verify(message, proof) {
		return nil, errors.New("invalid proof")
	}
	return &wamp.Welcome{Details: wamp.Dict{
		"authid": authid, "authrole": user.Role, "authmethod": a.form.method, "authprovider": a.users.Provider(),
		"authextra": wamp.Dict{a.form.verifier: keys.signature(message)},
	}}, nil
}

// nonces returns the nonce of the client and the one of both.
func (a *scramAuthenticator) nonces(hello wamp.Dict) (client, both string, err error) {
	extra, _ := wamp.AsDict(hello["authextra"])
	client, _ = wamp.AsString(extra["nonce"])
	raw, err := base64.StdEncoding.DecodeString(client)
	if err != nil || len(raw) < 16 {
		return "", "", errors.New("want a base64 nonce of 16 octets or more in authextra")
	}
	if binding := extra["channel_binding"]; binding != nil {
		return "", "", fmt.Errorf("no channel binding here, found %v", binding)
	}
	ours := make([]byte, 16)
	_, _ = rand.Read(ours) // never fails
	if a.form.dialect {
		// Crossbar joins the octets: the text begins with the client's only if its
		// octets come in threes.
		return client, base64.StdEncoding.EncodeToString(append(raw, ours...)), nil
	}
	return client, client + base64.StdEncoding.EncodeToString(ours), nil
}

// checkExtra looks at AUTHENTICATE.Extra, which Crossbar's form ignores.
func (a *scramAuthenticator) checkExtra(extra wamp.Dict, nonce string) error {
	if a.form.dialect {
		return nil
	}
	if got, _ := wamp.AsString(extra["nonce"]); got != nonce {
		return errors.New("want the nonce of the challenge in Extra")
	}
	if extra["channel_binding"] != nil || extra["cbind_data"] != nil {
		return errors.New("channel binding that was not agreed on")
	}
	return nil
}

// keysOf derives the keys of a user once.
func (a *scramAuthenticator) keysOf(authid string, secret SCRAM) (scramKeys, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if keys, known := a.keys[authid]; known {
		return keys, nil
	}
	salted, err := secret.salted(a.form)
	if err != nil {
		return scramKeys{}, err
	}
	a.keys[authid] = newSCRAMKeys(salted)
	return a.keys[authid], nil
}

// kdf returns the name of a KDF on the wire.
func (form scramForm) kdf(name string) string {
	if name == "argon2id13" {
		return form.argon2
	}
	return name
}

// memory returns what CHALLENGE says of the memory: null or, from Crossbar, 0
// for a KDF that has no such cost.
func (s SCRAM) memory(form scramForm) any {
	switch {
	case s.KDF != "pbkdf2":
		return s.Memory
	case form.dialect:
		return 0
	}
	return nil
}

// challenge sends a CHALLENGE and waits for AUTHENTICATE.
func challenge(client wamp.Peer, m *wamp.Challenge) (*wamp.Authenticate, error) {
	select {
	case client.Send() <- m:
	default:
		return nil, errors.New("cannot send the challenge: the client is blocked")
	}
	answer, err := wamp.RecvTimeout(client, authTimeout)
	if err != nil {
		return nil, err
	}
	authenticate, ok := answer.(*wamp.Authenticate)
	if !ok {
		return nil, fmt.Errorf("want AUTHENTICATE, found %v", answer.MessageType())
	}
	return authenticate, nil
}
