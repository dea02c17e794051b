package auth

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/xdg-go/stringprep"
	"golang.org/x/crypto/argon2"
)

// scramDialect is what differs between SCRAM of the specification and SCRAM of
// Crossbar.io and Autobahn.
type scramDialect struct {
	name     string // of the method
	argon2   string // its name for Argon2id 1.3
	verifier string // key of the router's signature in WELCOME.Details.authextra
	spec     bool   // SASLprep, escaping, channel binding and AUTHENTICATE.Extra as specified; false: none of them
}

var scramDialects = map[string]*scramDialect{
	nameSCRAM:         {name: nameSCRAM, argon2: "argon2id13", verifier: "verifier", spec: true},
	nameCrossbarSCRAM: {name: nameCrossbarSCRAM, argon2: "argon2id-13", verifier: "scram_server_signature"},
}

const kdfPBKDF2 = "pbkdf2"

// scramChallenge is a CHALLENGE that passed every check.
type scramChallenge struct {
	nonce, salt, kdf   string // as received
	saltOctets         []byte
	iterations, memory int
}

func (q scramChallenge) iterationsText() string { return strconv.Itoa(q.iterations) }

// read checks a CHALLENGE before anything is computed from it.
func (a *scramAttempt) read(d *scramDialect, x extras) (q scramChallenge, err error) {
	if q.nonce, err = x.text("nonce", 1024); err != nil {
		return q, err
	}
	if !strings.HasPrefix(q.nonce, a.nonce) || len(q.nonce) == len(a.nonce) { // R280
		return q, x.refuse("nonce", "ours with more behind it", "another")
	}
	if strings.ContainsFunc(q.nonce, func(r rune) bool { return r <= ' ' || r > '~' || r == ',' }) {
		return q, x.refuse("nonce", "printable ASCII without a comma", "other text")
	}
	if q.salt, err = x.text("salt", 1024); err != nil {
		return q, err
	}
	q.saltOctets, err = base64.StdEncoding.Strict().DecodeString(q.salt)
	if err != nil || strings.ContainsAny(q.salt, "\r\n") { // the decoder skips line ends, the signed text would not
		return q, x.refuse("salt", "base64", "other text")
	}
	if len(q.saltOctets) < 8 {
		return q, x.refuse("salt", "at least 8 octets", strconv.Itoa(len(q.saltOctets)))
	}
	binding, err := x.optionalText("channel_binding", 64)
	if err == nil && binding != "" && binding != string(a.method.binding) {
		err = x.refuse("channel_binding", "the one asked for", "another")
	}
	if err != nil {
		return q, err
	}
	return q, a.method.limits.read(&q, d, x)
}

// read checks the key derivation that a CHALLENGE asks for: floors against a
// router that wants the password cheaply, ceilings against one that wants our
// memory and time (R281, R282).
func (l *SCRAMLimits) read(q *scramChallenge, d *scramDialect, x extras) (err error) {
	if q.kdf, err = x.text("kdf", 64); err != nil {
		return err
	}
	if q.iterations, err = x.integer("iterations"); err != nil {
		return err
	}
	if q.memory, err = x.integer("memory"); err != nil {
		return err
	}
	switch q.kdf {
	case kdfPBKDF2:
		q.memory = 0 // means nothing here; Crossbar.io sends 0
		return x.within("iterations", q.iterations, l.MinIterations, l.MaxIterations)
	case d.argon2:
		if err := x.within("memory", q.memory, max(l.MinArgon2Memory, 8), l.MaxArgon2Memory); err != nil {
			return err
		}
		return x.within("iterations", q.iterations, max(l.MinArgon2Passes, 1), l.MaxArgon2Work/q.memory)
	}
	return x.refuse("kdf", kdfPBKDF2+" or "+d.argon2, quote(q.kdf))
}

// prepare turns the password into what is derived from.
func (d *scramDialect) prepare(password string) (string, error) {
	if !d.spec {
		return password, nil
	}
	prepared, err := stringprep.SASLprep.Prepare(password)
	if err != nil || prepared == "" { // err names the character, so it is kept out
		return "", unusable(d.name, "password must be one that SASLprep permits")
	}
	return prepared, nil
}

// derive computes SaltedPassword. The dialect takes the unpadded base64 text of
// Argon2's octets for it.
func (d *scramDialect) derive(password string, q scramChallenge) ([]byte, error) {
	if q.kdf == kdfPBKDF2 {
		return pbkdf2.Key(sha256.New, password, q.saltOctets, q.iterations, sha256.Size)
	}
	key := argon2.IDKey([]byte(password), q.saltOctets, uint32(q.iterations), uint32(q.memory), 1, sha256.Size)
	if !d.spec {
		key = base64.RawStdEncoding.AppendEncode(nil, key)
	}
	return key, nil
}
