package auth

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// extraOf makes the dict of a message of fuzzed text, as a codec would: with whole numbers as int64.
func extraOf(text string) (map[string]any, bool) {
	var extra map[string]any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if d.Decode(&extra) != nil {
		return nil, false
	}
	for k, v := range extra {
		n, ok := v.(json.Number)
		if !ok {
			continue
		}
		if i, err := strconv.ParseInt(n.String(), 10, 64); err == nil {
			extra[k] = i
		} else if u, err := strconv.ParseUint(n.String(), 10, 64); err == nil {
			extra[k] = u
		} else {
			extra[k], _ = n.Float64()
		}
	}
	return extra, true
}

func jsonOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// answer lets a fuzz target judge an answer: on an error there is none, and it is a refusal.
func answer(t *testing.T, a Attempt, method string, extra map[string]any) (string, bool) {
	r, err := a.Respond(context.Background(), Challenge{method, extra})
	if err != nil {
		checkRefused(t, err)
		if r.Signature != "" {
			t.Error("a refusal with an answer")
		}
		return "", false
	}
	return r.Signature, true
}

func FuzzChallengeCRA(f *testing.F) {
	f.Add(jsonOf(map[string]any{"challenge": chA}))
	f.Add(jsonOf(map[string]any{"challenge": chB, "salt": "salt123", "iterations": 1000, "keylen": 32}))
	f.Add(`{"challenge":"{\"nonce\":\"x\"}","salt":"s","iterations":9.5e2,"keylen":null}`)
	f.Add(`{"challenge":[1],"salt":{},"iterations":1e99,"keylen":18446744073709551615}`)
	m := CRA("ann", password, CRALimits{MinIterations: 10, MaxIterations: 1000})
	f.Fuzz(func(t *testing.T, text string) {
		extra, ok := extraOf(text)
		if !ok {
			return
		}
		signature, ok := answer(t, begin(t, m, local), "wampcra", extra)
		if !ok {
			return
		}
		key, salt := []byte("pencil"), extra["salt"]
		if salt, _ := salt.(string); salt != "" {
			x := extras{"wampcra", "CHALLENGE", extra}
			iterations, _ := x.integer("iterations")
			keyLen, _ := x.integer("keylen")
			if iterations == 0 {
				iterations = 1000
			}
			if keyLen == 0 {
				keyLen = 32
			}
			if iterations < 10 || iterations > 1000 || keyLen < 16 || keyLen > 64 {
				t.Fatalf("%d iterations, %d octets", iterations, keyLen)
			}
			key, _ = craKey("pencil", salt, iterations, keyLen)
		}
		var challenge struct{ Nonce any }
		if json.Unmarshal([]byte(extra["challenge"].(string)), &challenge) != nil || signature != craSignature(key, extra["challenge"].(string)) {
			t.Error("another signature")
		}
	})
}

func FuzzChallengeSCRAM(f *testing.F) {
	for _, v := range scramVectors {
		v.iterations, v.memory = min(v.iterations, 20), min(v.memory, 64)
		f.Add(v.method == "scram", strings.TrimPrefix(v.full, v.nonce), jsonOf(with(v.challenge().Extra, "nonce", nil)))
	}
	f.Add(true, "x", `{"salt":"AAAAAAAAAAA=","kdf":"argon2id-13","iterations":-1,"memory":1e3}`)
	m := SCRAM("user", password, SCRAMLimits{MinIterations: 1, MaxIterations: 100, MaxArgon2Memory: 128, MaxArgon2Work: 1024})
	f.Fuzz(func(t *testing.T, dialect bool, nonce, text string) {
		extra, ok := extraOf(text)
		if !ok {
			return
		}
		method := "wamp-scram"
		if dialect {
			method = "scram"
		}
		a := begin(t, m, local).(*scramAttempt)
		if extra["nonce"] == nil {
			extra["nonce"] = a.nonce + nonce
		}
		proof, ok := answer(t, a, method, extra)
		if !ok {
			checkRefused(t, a.Verify(map[string]any{"verifier": ""}))
			return
		}
		full := extra["nonce"].(string)
		if !strings.HasPrefix(full, a.nonce) || len(full) == len(a.nonce) || len(unbase64(proof)) != 32 || strings.Contains(full, ",") {
			t.Errorf("proof %q for the nonce %q", proof, full)
		}
		checkRefused(t, a.Verify(extra))
	})
}

func FuzzChallengeCryptosign(f *testing.F) {
	for _, v := range cryptosignVectors[:3] {
		f.Add(false, jsonOf(map[string]any{"challenge": v.challenge, "channel_binding": nil}))
	}
	for _, v := range routerVectors {
		f.Add(true, jsonOf(map[string]any{"challenge": v.challenge, "pubkey": keyQ, "signature": v.signature + v.message}))
	}
	f.Add(false, `{"challenge":"`+strings.Repeat("ab", 32)+`","attest":{},"channel_binding":"tls-unique"}`)
	plain, verified := Cryptosign("ann", NewSecret(keySeed)), Cryptosign("ann", NewSecret(keySeed), RouterKey(keyQ))
	f.Fuzz(func(t *testing.T, verify bool, text string) {
		extra, ok := extraOf(text)
		if !ok {
			return
		}
		m := plain
		if verify {
			m = verified
		}
		signature, ok := answer(t, begin(t, m, local), "cryptosign", extra)
		if !ok {
			return
		}
		if verify {
			t.Fatal("nobody can sign our fresh challenge")
		}
		signed := []byte(unhex(signature))
		if len(signed) != 96 || hex.EncodeToString(signed[64:]) != strings.ToLower(extra["challenge"].(string)) ||
			!ed25519.Verify([]byte(unhex(keyPublic)), signed[64:], signed[:64]) {
			t.Error("another signature")
		}
	})
}

func FuzzWelcome(f *testing.F) {
	v := scramVectors[0]
	keys := newKeyring()
	f.Add(true, "wamp-scram", jsonOf(map[string]any{"verifier": v.signature}))
	f.Add(true, "", jsonOf(map[string]any{"verifier": "v=" + v.signature, "x_cb_node": []any{1}}))
	f.Add(true, "ticket", `{"verifier":1}`)
	f.Add(false, "anonymous", `{}`)
	f.Fuzz(func(t *testing.T, answered bool, told, text string) {
		extra, ok := extraOf(text)
		if !ok {
			return
		}
		x := exchange(t, Policy{}, SCRAM(v.authid, NewSecret(v.password)), Ticket(v.authid, password))
		a := v.attempt()
		a.method.keys = keys
		x.attempts["wamp-scram"] = a
		if answered {
			if _, err := x.Respond(context.Background(), v.challenge()); err != nil {
				t.Fatal(err)
			}
		}
		err := x.Verify(told, extra)
		verifier, _ := extra["verifier"].(string)
		right := answered && (told == "wamp-scram" || told == "") && strings.TrimPrefix(verifier, "v=") == v.signature
		if right != (err == nil) {
			t.Errorf("right %v: %v", right, err)
		}
		if err != nil {
			checkRefused(t, err)
		}
	})
}

// dear finds key files whose passphrase derivation is within bounds but too slow for fuzzing (bcrypt takes a second a
// round under its instrumentation).
var dear = regexp.MustCompile(`Argon2-(Memory|Passes|Parallelism): *[0-9]{3,}`)

func FuzzKeyFile(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "keys", "*"))
	if err != nil || len(files) < 10 {
		f.Fatal(files, err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, keyPassphrase)
		f.Add(b, "")
	}
	f.Fuzz(func(t *testing.T, file []byte, passphrase string) {
		if block, _ := pem.Decode(file); dear.Match(file) || block != nil && bcryptRounds(block.Bytes) > 1 {
			return
		}
		key, err := ParseKey(file, NewSecret(passphrase))
		if err != nil {
			var refusal *Error
			if checkRefused(t, err); errors.As(err, &refusal) && len(passphrase) > 12 && strings.Contains(refusal.Text, passphrase) {
				t.Error("the passphrase is in the error")
			}
			return
		}
		again, err := ParseKey([]byte(key.reveal()), Secret{})
		if err != nil || again.reveal() != key.reveal() || len(key.reveal()) != 64 {
			t.Errorf("the key does not read back: %v", err)
		}
	})
}
