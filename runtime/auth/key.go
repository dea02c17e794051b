package auth

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"strings"

	"golang.org/x/crypto/ssh"
)

// maxKeyFile bounds the text of a key, in octets.
const maxKeyFile = 64 << 10

// maxBcryptRounds bounds the passphrase derivation of an OpenSSH key file.
// ssh-keygen writes 16 or 24 by default; this is about ten seconds.
const maxBcryptRounds = 1024

// ParseKey parses an Ed25519 private key and returns it in the form that
// [Cryptosign] accepts. If the key is not encrypted, passphrase is the zero
// [Secret].
//
// The formats are: hexadecimal digits or base64 of the seed of 32 octets, or of
// 64 octets of seed and public key; OpenSSH and PuTTY PPK version 2 and 3,
// plain and encrypted; PKCS#8 in PEM, plain. Encrypted PKCS#8 is an error,
// since Go has no library for it.
//
// A public key in the file must belong to the private key. Deriving the key
// from the passphrase may take seconds; its cost is bounded. Errors are of type
// [*Error], and their texts contain nothing of the key.
func ParseKey(file []byte, passphrase Secret) (Secret, error) {
	key, err := parseKey(string(file), passphrase.reveal())
	if err != nil {
		return Secret{}, err
	}
	return NewSecret(hex.EncodeToString(key.Seed())), nil
}

func badKey(format string, args ...any) error { return unusable("private key", format, args...) }

func parseKey(text, passphrase string) (ed25519.PrivateKey, error) {
	if len(text) > maxKeyFile {
		return nil, badKey("want at most %d octets, got %d", maxKeyFile, len(text))
	}
	text = strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(text, ppkMark):
		return parsePPK(text, passphrase)
	case strings.HasPrefix(text, "-----BEGIN "):
		return parsePEM(text, passphrase)
	}
	return parseRaw(text)
}

// parseRaw reads the octets of a key as text.
func parseRaw(text string) (ed25519.PrivateKey, error) {
	octets, err := hex.DecodeString(text)
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if err != nil {
			octets, err = encoding.DecodeString(strings.TrimRight(text, "="))
		}
	}
	if err != nil { // not wrapped: it would quote a piece of the key
		return nil, badKey("want hexadecimal digits, base64, OpenSSH, PKCS#8 or PPK, got other text")
	}
	return keyOf(octets)
}

// keyOf makes a key of a seed, or of a seed and the public key. A public key of
// somewhere else would make signatures that give the private key away, so it is
// always derived.
func keyOf(octets []byte) (ed25519.PrivateKey, error) {
	if len(octets) != ed25519.SeedSize && len(octets) != ed25519.PrivateKeySize {
		return nil, badKey("want 32 octets of an Ed25519 seed, or 64 with the public key, got %d", len(octets))
	}
	key := ed25519.NewKeyFromSeed(octets[:ed25519.SeedSize])
	if len(octets) == ed25519.PrivateKeySize && !key.Equal(ed25519.PrivateKey(octets)) {
		return nil, badKey("want the public key of the private one, got another")
	}
	return key, nil
}

func parsePEM(text, passphrase string) (ed25519.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, badKey("want a PEM block, got a broken one")
	}
	switch block.Type {
	case "OPENSSH PRIVATE KEY":
		return parseOpenSSH(text, block.Bytes, passphrase)
	case "PRIVATE KEY":
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, badKey("want a PKCS#8 key, got a broken one")
		}
		return ed25519Of(key)
	case "ENCRYPTED PRIVATE KEY":
		return nil, badKey("want PKCS#8 without a passphrase, got an encrypted one, which Go has no library for " +
			"(take the passphrase off with openssl pkey, or use OpenSSH's format)")
	}
	return nil, badKey("want the PEM type PRIVATE KEY or OPENSSH PRIVATE KEY, got %s", quote(block.Type))
}

func ed25519Of(key any) (ed25519.PrivateKey, error) {
	switch k := key.(type) {
	case ed25519.PrivateKey:
		return keyOf(k)
	case *ed25519.PrivateKey:
		return keyOf(*k)
	}
	return nil, badKey("want an Ed25519 key, got %T", key)
}

func parseOpenSSH(text string, body []byte, passphrase string) (ed25519.PrivateKey, error) {
	if rounds := bcryptRounds(body); rounds > maxBcryptRounds {
		return nil, badKey("want at most %d bcrypt rounds, got %d", maxBcryptRounds, rounds)
	}
	key, err := ssh.ParseRawPrivateKey([]byte(text))
	if _, ok := errors.AsType[*ssh.PassphraseMissingError](err); ok {
		if passphrase == "" {
			return nil, badKey("want a passphrase for the encrypted OpenSSH key (use ParseKey), got none")
		}
		key, err = ssh.ParseRawPrivateKeyWithPassphrase([]byte(text), []byte(passphrase))
	}
	switch {
	case errors.Is(err, x509.IncorrectPasswordError):
		return nil, badKey("want the passphrase of the OpenSSH key, got another")
	case err != nil:
		return nil, badKey("want an OpenSSH key under aes256-ctr or aes256-cbc, got a broken one or another cipher")
	}
	return ed25519Of(key)
}

// bcryptRounds reads the rounds out of an OpenSSH key file, which the library
// would run unbounded; 0 if it has none.
func bcryptRounds(body []byte) uint32 {
	const magic = "openssh-key-v1\x00"
	var header struct {
		Cipher, KDF, Options string
		Rest                 []byte `ssh:"rest"`
	}
	rest, ok := strings.CutPrefix(string(body), magic)
	if !ok || ssh.Unmarshal([]byte(rest), &header) != nil {
		return 0
	}
	var options struct {
		Salt   string
		Rounds uint32
		Rest   []byte `ssh:"rest"`
	}
	if ssh.Unmarshal([]byte(header.Options), &options) != nil {
		return 0
	}
	return options.Rounds
}
