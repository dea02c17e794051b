package auth

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	keySeed       = "2000bce71d8a3be8728024f5e66cf0423a8a2657535ecdf3590cb18ea11144a0"
	keyPublic     = "a0f568a277d4f9a62c321f2644cb676700c944827a58f39267b89d41a6e094b8"
	keyPassphrase = "open sesame"
)

func keyFile(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "keys", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// One key in every format, made by ssh-keygen, openssl and puttygen.
func TestParseKey(t *testing.T) {
	for _, name := range []string{
		"hex", "base64", "openssh", "pkcs8", "ppk2", "ppk3",
		"openssh-encrypted", "ppk2-encrypted", "ppk3-encrypted", "ppk3-argon2i",
	} {
		t.Run(name, func(t *testing.T) {
			file := keyFile(t, name)
			key, err := ParseKey([]byte(file), NewSecret(keyPassphrase))
			if err != nil || key.reveal() != keySeed {
				t.Fatalf("err %v, right key %v", err, key.reveal() == keySeed)
			}
			crlf := strings.ReplaceAll(file, "\n", "\r\n")
			if key, err := ParseKey([]byte(crlf), NewSecret(keyPassphrase)); err != nil || key.reveal() != keySeed {
				t.Errorf("with CRLF: err %v, right key %v", err, key.reveal() == keySeed)
			}
			if !strings.ContainsAny(name, "-") { // plain: needs no passphrase, and Cryptosign takes the file as it is
				a := begin(t, Cryptosign("ann", NewSecret(file)), Channel{})
				if got := a.Offer().Extra["pubkey"]; got != keyPublic { // R289
					t.Errorf("pubkey %v", got)
				}
				return
			}
			for pass, want := range map[string]string{"": "want a passphrase", "open sesame!": "passphrase"} {
				_, err := ParseKey([]byte(file), NewSecret(pass))
				checkRefused(t, err)
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("passphrase %q: %v; want %q", pass, err, want)
				}
			}
		})
	}
}

func TestParseKeyRaw(t *testing.T) {
	both := keySeed + keyPublic
	for name, text := range map[string]string{
		"upper case":          strings.ToUpper(keySeed),
		"spaces around":       " \n" + keySeed + "\r\n",
		"seed and public key": both,
		"base64 of both":      "IAC85x2KO-hygCT15mzwQjqKJldTXs3zWQyxjqERRKCg9Wiid9T5piwyHyZEy2dnAMlEgnpY85JnuJ1BpuCUuA",
		"unpadded":            "IAC85x2KO+hygCT15mzwQjqKJldTXs3zWQyxjqERRKA",
	} {
		if key, err := ParseKey([]byte(text), Secret{}); err != nil || key.reveal() != keySeed {
			t.Errorf("%s: err %v, right key %v", name, err, key.reveal() == keySeed)
		}
	}
	for name, text := range map[string]string{
		"empty": "", "31 octets": keySeed[:62], "33 octets": keySeed + "00", "odd": keySeed[:63], "not text": "\x00\xff",
		"public key of another": keySeed + keyP, "long": strings.Repeat("0", maxKeyFile+1),
	} {
		_, err := ParseKey([]byte(text), Secret{})
		checkRefused(t, err)
		if err != nil && strings.Contains(err.Error(), keySeed[:8]) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseKeyRefuses(t *testing.T) {
	for name, want := range map[string]string{
		"pkcs8-encrypted": "Go has no library for",
		"pkcs8-ecdsa":     "want an Ed25519 key, got *ecdsa.PrivateKey",
		"sec1-ecdsa":      `got "EC PRIVATE KEY"`,
		"openssh-gcm":     "another cipher",
		"openssh-rsa":     "want an Ed25519 key, got *rsa.PrivateKey",
		"ppk3-rsa":        `got "ssh-rsa"`,
		"ppk3-argon2d":    `got "Argon2d"`,
	} {
		_, err := ParseKey([]byte(keyFile(t, name)), NewSecret(keyPassphrase))
		checkRefused(t, err)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", name, err, want)
		}
	}
}

// Damage and bombs in a key file are errors, quickly.
func TestParseKeyDamaged(t *testing.T) {
	ppk3, ppk2, openssh := keyFile(t, "ppk3-encrypted"), keyFile(t, "ppk2"), keyFile(t, "openssh")
	for name, text := range map[string]string{
		"memory bomb":    strings.Replace(ppk3, "Memory: 8192", "Memory: 2000000000", 1),
		"passes bomb":    strings.Replace(ppk3, "Passes: 21", "Passes: 2000000000", 1),
		"no passes":      strings.Replace(ppk3, "Passes: 21", "Passes: 0", 1),
		"no threads":     strings.Replace(ppk3, "Parallelism: 1", "Parallelism: 0", 1),
		"salt":           strings.Replace(ppk3, "Salt: 8", "Salt: x", 1),
		"lines":          strings.Replace(ppk3, "Private-Lines: 1", "Private-Lines: 9999999", 1),
		"more lines":     strings.Replace(ppk3, "Private-Lines: 1", "Private-Lines: 9", 1),
		"half a block":   strings.Replace(ppk3, "mIYa6QxZw5+dx9tLW/7W40pi5FOyViiGk64U4e3kSN3tYkts1YjOvmLzD55xmIeU", "mIYa6Q==", 1),
		"no block":       strings.Replace(ppk3, "Private-Lines: 1\nmIYa6QxZw5+dx9tLW/7W40pi5FOyViiGk64U4e3kSN3tYkts1YjOvmLzD55xmIeU", "Private-Lines: 0", 1),
		"version":        strings.Replace(ppk2, "File-2", "File-1", 1),
		"cipher":         strings.Replace(ppk2, "none", "rot13", 1),
		"comment":        strings.Replace(ppk2, "wampgen", "WAMPGEN", 1), // the MAC covers it
		"no MAC":         ppk2[:strings.Index(ppk2, "Private-MAC")],
		"no colon":       "PuTTY-User-Key-File-2\n",
		"long line":      ppk2 + strings.Repeat("x", maxKeyFile-len(ppk2)-1),
		"cut":            openssh[:len(openssh)/2],
		"no end":         strings.Replace(openssh, "END", "AND", 1),
		"PEM of nothing": "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
	} {
		_, err := ParseKey([]byte(text), NewSecret(keyPassphrase))
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
		checkRefused(t, err)
	}
}

// The rounds of bcrypt are the file's word; the library would run 4 billion of them.
func TestParseKeyBcryptBomb(t *testing.T) {
	text := keyFile(t, "openssh-encrypted")
	body, foot := strings.TrimPrefix(text, "-----BEGIN OPENSSH PRIVATE KEY-----\n"), "-----END OPENSSH PRIVATE KEY-----\n"
	octets := unbase64(strings.TrimSuffix(body, foot))
	i := strings.Index(octets, "\x00\x00\x00\x04\x00\x00\x00\x01") // rounds 4, one key
	if i < 0 {
		t.Fatalf("no rounds in %s", hex.EncodeToString([]byte(octets[:64])))
	}
	bomb := octets[:i] + "\xff\xff\xff\xff" + octets[i+4:]
	_, err := ParseKey([]byte("-----BEGIN OPENSSH PRIVATE KEY-----\n"+base64Of(bomb)+"\n"+foot), NewSecret(keyPassphrase))
	checkRefused(t, err)
	if err == nil || !strings.Contains(err.Error(), "bcrypt rounds") {
		t.Error(err)
	}
}
