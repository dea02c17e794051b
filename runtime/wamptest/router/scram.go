package router

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/xdg-go/stringprep"
	"golang.org/x/crypto/argon2"
)

// SCRAM is a password for the methods "wamp-scram" (WAMP advanced profile,
// "SCRAM") and "scram" (the form that Crossbar.io and Autobahn speak). The
// server keeps it in plain text, which a real one must not do.
type SCRAM struct {
	// Password is the password.
	Password string
	// KDF is "argon2id13" or "pbkdf2". In the form of Crossbar the first one is
	// called "argon2id-13" on the wire. Default: "argon2id13".
	KDF string
	// Salt is the salt. Default: sixteen fixed octets.
	Salt []byte
	// Iterations is the cost in time. Default: 4096 for pbkdf2, 4 for argon2id13.
	Iterations int
	// Memory is the cost of argon2id13 in KiB. Default: 512.
	Memory int
}

// scramForm is what the two forms of SCRAM differ in.
type scramForm struct {
	method   string // authmethod
	argon2   string // name of the KDF on the wire
	verifier string // key of the server's signature in WELCOME's authextra
	dialect  bool   // Crossbar's form
}

var scramForms = []scramForm{
	{method: "wamp-scram", argon2: "argon2id13", verifier: "verifier"},
	{method: "scram", argon2: "argon2id-13", verifier: "scram_server_signature", dialect: true},
}

// withDefaults returns s with every default filled in.
func (s SCRAM) withDefaults() SCRAM {
	if s.KDF == "" {
		s.KDF = "argon2id13"
	}
	if len(s.Salt) == 0 {
		s.Salt = []byte("wamptest's salt!")
	}
	if s.Memory == 0 {
		s.Memory = 512
	}
	if s.Iterations == 0 && s.KDF == "pbkdf2" {
		s.Iterations = 4096
	}
	if s.Iterations == 0 {
		s.Iterations = 4
	}
	return s
}

// salted returns the SaltedPassword.
func (s SCRAM) salted(form scramForm) ([]byte, error) {
	const keyLength = 32
	password := s.Password
	if !form.dialect {
		prepared, err := stringprep.SASLprep.Prepare(password)
		if err != nil {
			return nil, err
		}
		password = prepared
	}
	switch s.KDF {
	case "pbkdf2":
		return pbkdf2.Key(sha256.New, password, s.Salt, s.Iterations, keyLength)
	case "argon2id13":
		key := argon2.IDKey([]byte(password), s.Salt, uint32(s.Iterations), uint32(s.Memory), 1, keyLength)
		if form.dialect { // Autobahn takes the text of the hash for the key
			return []byte(base64.RawStdEncoding.EncodeToString(key)), nil
		}
		return key, nil
	}
	return nil, fmt.Errorf("unknown KDF %q", s.KDF)
}

// scramKeys is what a real server would keep instead of the password.
type scramKeys struct{ stored, server []byte }

func newSCRAMKeys(salted []byte) scramKeys {
	stored := sha256.Sum256(mac(salted, "Client Key"))
	return scramKeys{stored: stored[:], server: mac(salted, "Server Key")}
}

// authMessage returns the text that both sides sign. Neither form has channel
// binding here: nexus does not show the TLS session to an authenticator.
func (form scramForm) authMessage(authid, clientNonce, nonce, salt string, iterations int) string {
	binding := base64.StdEncoding.EncodeToString([]byte("n,,"))
	if form.dialect {
		binding = ""
	} else {
		authid = strings.NewReplacer("=", "=3D", ",", "=2C").Replace(authid)
	}
	return fmt.Sprintf("n=%s,r=%s,r=%s,s=%s,i=%d,c=%s,r=%s",
		authid, clientNonce, nonce, salt, iterations, binding, nonce)
}

// verify reports whether proof shows that the client knows the password.
func (k scramKeys) verify(message string, proof []byte) bool {
	signature := mac(k.stored, message)
	if len(proof) != len(signature) {
		return false
	}
	clientKey := make([]byte, len(proof))
	subtle.XORBytes(clientKey, proof, signature)
	stored := sha256.Sum256(clientKey)
	return hmac.Equal(stored[:], k.stored)
}

// signature returns what shows that the server knows the password.
func (k scramKeys) signature(message string) string {
	return base64.StdEncoding.EncodeToString(mac(k.server, message))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
