package router

import (
	"crypto/ed25519"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"errors"
)

// User is one user of a router and the secrets of its methods. A user may have
// several secrets; it cannot log in with a method whose secret is empty.
type User struct {
	// ID is the authid.
	ID string
	// Role is the authrole. Default: "user".
	Role string
	// Ticket is the secret of the method "ticket".
	Ticket string
	// Secret is the password of the method "wampcra".
	Secret string
	// Salt, if not empty, makes wampcra salted.
	Salt string
	// Iterations and KeyLength are the cost and the octets of the salted key.
	// Default: 1000 and 32.
	Iterations, KeyLength int
	// PublicKey is the key of the method "cryptosign". nexus accepts a signature
	// of this key over any 32 octets, so a login does not prove that the client
	// signed the right ones.
	PublicKey ed25519.PublicKey
	// SCRAM, if not nil, is the password of the methods "wamp-scram" and "scram".
	SCRAM *SCRAM
}

// directory answers the questions of nexus about users. It is never changed
// after newDirectory, so any number of sessions may ask.
type directory struct {
	users map[string]User
}

var errUnknownUser = errors.New("no such user or method")

// newDirectory collects the users of a configuration.
func newDirectory(c Config) *directory {
	d := &directory{users: map[string]User{}}
	for _, u := range c.Users {
		if u.Role == "" {
			u.Role = "user"
		}
		if u.Iterations == 0 {
			u.Iterations = 1000
		}
		if u.KeyLength == 0 {
			u.KeyLength = 32
		}
		d.users[u.ID] = u
	}
	for id, ticket := range c.Tickets {
		u, known := d.users[id]
		if !known {
			u = User{ID: id, Role: "user"}
		}
		u.Ticket = ticket
		d.users[id] = u
	}
	return d
}

// AuthKey implements auth.KeyStore.
func (d *directory) AuthKey(authid, method string) ([]byte, error) {
	u := d.users[authid]
	switch {
	case method == "ticket" && u.Ticket != "":
		return []byte(u.Ticket), nil
	case method == "wampcra" && u.Secret != "" && u.Salt != "":
		return u.saltedKey()
	case method == "wampcra" && u.Secret != "":
		return []byte(u.Secret), nil
	case method == "cryptosign" && len(u.PublicKey) == ed25519.PublicKeySize:
		return u.PublicKey, nil
	}
	return nil, errUnknownUser
}

// saltedKey derives the HMAC key of salted wampcra, which is the base64 text of
// the derived octets, not the octets (docs/requirements.md 3.3).
func (u User) saltedKey() ([]byte, error) {
	key, err := pbkdf2.Key(sha256.New, u.Secret, []byte(u.Salt), u.Iterations, u.KeyLength)
	if err != nil {
		return nil, err
	}
	return []byte(base64.StdEncoding.EncodeToString(key)), nil
}

// PasswordInfo implements auth.KeyStore; an empty salt means unsalted.
func (d *directory) PasswordInfo(authid string) (salt string, keylen, iterations int) {
	u := d.users[authid]
	return u.Salt, u.KeyLength, u.Iterations
}

// AuthRole implements auth.KeyStore.
func (d *directory) AuthRole(authid string) (string, error) {
	u, known := d.users[authid]
	if !known {
		return "", errUnknownUser
	}
	return u.Role, nil
}

// Provider implements auth.KeyStore.
func (d *directory) Provider() string { return "static" }
