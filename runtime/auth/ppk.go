package auth

import (
	"bufio"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha1" // PPK version 2 is made of it
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/ssh"
)

const (
	ppkMark      = "PuTTY-User-Key-File-"
	ppkPlain     = "none"
	ppkEncrypted = "aes256-cbc"
	sshEd25519   = "ssh-ed25519"

	// Bounds of the passphrase derivation of a version 3 file, as for a login.
	// PuTTY's default is 8 MiB and a dozen passes.
	maxPPKMemory = 256 << 10 // KiB
	maxPPKWork   = 4 << 20   // passes times KiB
)

// ppk is a PuTTY key file, taken apart (PuTTY manual, appendix "PPK file
// format").
type ppk struct {
	version         string // "2" or "3"
	fields          map[string]string
	public, private []byte // blobs; private is encrypted with fields["Encryption"]
}

// ppkKeys are what the passphrase yields.
type ppkKeys struct {
	cipher, iv, mac []byte
	hash            func() hash.Hash
}

func parsePPK(text, passphrase string) (ed25519.PrivateKey, error) {
	p, err := readPPK(text)
	if err != nil {
		return nil, err
	}
	encrypted := p.fields["Encryption"] == ppkEncrypted
	switch {
	case p.fields["type"] != sshEd25519:
		return nil, badKey("want a PPK file with %s, got %s", sshEd25519, quote(p.fields["type"]))
	case !encrypted && p.fields["Encryption"] != ppkPlain:
		return nil, badKey("want a PPK file with the encryption %s or %s, got %s", ppkEncrypted, ppkPlain, quote(p.fields["Encryption"]))
	case encrypted && passphrase == "":
		return nil, badKey("want a passphrase for the encrypted PPK file (use ParseKey), got none")
	case encrypted && (len(p.private) == 0 || len(p.private)%aes.BlockSize != 0):
		return nil, badKey("want whole cipher blocks in the PPK file, got a broken one")
	}
	keys, err := p.keys(encrypted, passphrase)
	if err != nil {
		return nil, err
	}
	if encrypted {
		block, err := aes.NewCipher(keys.cipher)
		if err != nil {
			return nil, badKey("want an AES key of 32 octets, got another")
		}
		cipher.NewCBCDecrypter(block, keys.iv).CryptBlocks(p.private, p.private)
	}
	if given, err := hex.DecodeString(p.fields["Private-MAC"]); err != nil || !hmac.Equal(given, p.mac(keys)) {
		return nil, badKey("want a PPK file whose MAC is right, got a damaged one or another passphrase")
	}
	return p.key()
}

// readPPK splits the lines "Name: value" and the blobs that follow a count of
// lines.
func readPPK(text string) (*ppk, error) {
	p := &ppk{fields: make(map[string]string)}
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		name, value, ok := strings.Cut(lines.Text(), ": ")
		if !ok {
			return nil, badKey("want \"Name: value\" in each line of the PPK file, got another")
		}
		switch {
		case strings.HasPrefix(name, ppkMark):
			p.version, p.fields["type"] = strings.TrimPrefix(name, ppkMark), value
		case name == "Public-Lines", name == "Private-Lines":
			blob, err := readPPKBlob(lines, value)
			if err != nil {
				return nil, err
			}
			if name == "Public-Lines" {
				p.public = blob
			} else {
				p.private = blob
			}
		default:
			p.fields[name] = value
		}
	}
	if lines.Err() != nil {
		return nil, badKey("want short lines in the PPK file, got a long one")
	}
	if p.version != "2" && p.version != "3" {
		return nil, badKey("want a PPK file of version 2 or 3, got %s", quote(p.version))
	}
	return p, nil
}

func readPPKBlob(lines *bufio.Scanner, count string) ([]byte, error) {
	n, err := strconv.Atoi(count)
	if err != nil || n < 0 || n > maxKeyFile {
		return nil, badKey("want a count of lines in the PPK file, got other text")
	}
	var text strings.Builder
	for ; n > 0 && lines.Scan(); n-- {
		text.WriteString(lines.Text())
	}
	blob, err := base64.StdEncoding.DecodeString(text.String())
	if err != nil || n > 0 {
		return nil, badKey("want base64 in the PPK file, got a broken block")
	}
	return blob, nil
}

// keys derives from the passphrase. A file that is not encrypted has a MAC all
// the same, with a fixed key.
func (p *ppk) keys(encrypted bool, passphrase string) (ppkKeys, error) {
	if p.version == "2" {
		a := sha1.Sum([]byte("\x00\x00\x00\x00" + passphrase))
		b := sha1.Sum([]byte("\x00\x00\x00\x01" + passphrase))
		if !encrypted {
			passphrase = ""
		}
		m := sha1.Sum([]byte("putty-private-key-file-mac-key" + passphrase))
		return ppkKeys{append(a[:], b[:]...)[:32], make([]byte, aes.BlockSize), m[:], sha1.New}, nil
	}
	if !encrypted {
		return ppkKeys{hash: sha256.New}, nil
	}
	derived, err := p.argon2(passphrase)
	if err != nil {
		return ppkKeys{}, err
	}
	return ppkKeys{derived[:32], derived[32:48], derived[48:], sha256.New}, nil
}

// argon2 derives 80 octets for version 3.
func (p *ppk) argon2(passphrase string) ([]byte, error) {
	memory, errM := strconv.ParseUint(p.fields["Argon2-Memory"], 10, 31)
	passes, errT := strconv.ParseUint(p.fields["Argon2-Passes"], 10, 31)
	threads, errP := strconv.ParseUint(p.fields["Argon2-Parallelism"], 10, 8)
	salt, errS := hex.DecodeString(p.fields["Argon2-Salt"])
	if errM != nil || errT != nil || errP != nil || errS != nil || passes == 0 || threads == 0 || memory == 0 {
		return nil, badKey("want the parameters of Argon2 in the PPK file, got broken ones")
	}
	if memory > maxPPKMemory || passes > maxPPKWork/memory {
		return nil, badKey("want Argon2 with at most %d KiB, and %d KiB times passes, got more", maxPPKMemory, maxPPKWork)
	}
	switch p.fields["Key-Derivation"] {
	case "Argon2id":
		return argon2.IDKey([]byte(passphrase), salt, uint32(passes), uint32(memory), uint8(threads), 80), nil
	case "Argon2i":
		return argon2.Key([]byte(passphrase), salt, uint32(passes), uint32(memory), uint8(threads), 80), nil
	}
	return nil, badKey("want the key derivation Argon2id or Argon2i in the PPK file, got %s", quote(p.fields["Key-Derivation"]))
}

// mac covers everything that the file says, with the private blob in the clear.
func (p *ppk) mac(keys ppkKeys) []byte {
	h := hmac.New(keys.hash, keys.mac)
	h.Write(ssh.Marshal(struct {
		Type, Encryption, Comment string
		Public, Private           []byte
	}{p.fields["type"], p.fields["Encryption"], p.fields["Comment"], p.public, p.private}))
	return h.Sum(nil)
}

// key takes the seed out of the blobs and checks it against the public key.
func (p *ppk) key() (ed25519.PrivateKey, error) {
	var public struct {
		Type string
		Key  []byte
	}
	var private struct {
		Seed    []byte
		Padding []byte `ssh:"rest"`
	}
	if ssh.Unmarshal(p.public, &public) != nil || ssh.Unmarshal(p.private, &private) != nil ||
		len(public.Key) != ed25519.PublicKeySize || len(private.Seed) != ed25519.SeedSize {
		return nil, badKey("want an Ed25519 key in the PPK file, got a broken one")
	}
	return keyOf(slices.Concat(private.Seed, public.Key))
}
