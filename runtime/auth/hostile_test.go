package auth

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// badNumbers are no cost of any key derivation. R271.
var badNumbers = map[string]any{
	"one": int64(1), "10^9": int64(1e9), "10^9 unsigned": uint64(1e9), "negative": int64(-1), "least": int64(math.MinInt64),
	"2^31": int64(1 << 31), "2^40": int64(1 << 40), "2^64-1": uint64(math.MaxUint64), "fraction": 1.5, "huge float": 1e300,
	"NaN": math.NaN(), "infinite": math.Inf(1), "text": "x", "digits": "1000", "bool": true, "list": []any{int64(1000)},
	"dict": map[string]any{}, "binary": []byte{1},
}

var notText = map[string]any{
	"nothing": nil, "empty": "", "int": int64(1), "float": 1.5, "bool": false, "list": []any{"a"}, "dict": map[string]any{"a": "b"},
	"binary": []byte("abc"), "10 MB": strings.Repeat("A", 10<<20),
}

// noDerivation fails the test if m derived a key.
func noDerivation(t *testing.T, keys *keyring) {
	t.Helper()
	if len(keys.keys) != 0 {
		t.Error("a key was derived")
	}
}

// S5, R271: costs out of bounds are refused with no derivation run. Left out or 0 they mean 1000 and 32 (R276).
func TestS5_ParameterBombsCRA(t *testing.T) {
	m := CRA("ann", password).(*craMethod)
	salted := map[string]any{"challenge": chA, "salt": "salt123", "iterations": int64(1000), "keylen": int64(32)}
	for name, v := range badNumbers {
		t.Run(name, func(t *testing.T) {
			reject(t, begin(t, m, local), "wampcra", with(salted, "iterations", v))
			reject(t, begin(t, m, local), "wampcra", with(salted, "keylen", v))
		})
	}
	for _, v := range []any{int64(999), int64(1_000_001)} {
		reject(t, begin(t, m, local), "wampcra", with(salted, "iterations", v))
	}
	for _, v := range []any{int64(15), int64(65)} {
		reject(t, begin(t, m, local), "wampcra", with(salted, "keylen", v))
	}
	for name, v := range notText {
		if name != "nothing" && name != "empty" {
			reject(t, begin(t, m, local), "wampcra", with(salted, "salt", v))
		}
		reject(t, begin(t, m, local), "wampcra", with(salted, "challenge", v))
	}
	reject(t, begin(t, m, local), "wampcra", with(salted, "salt", strings.Repeat("s", 1025)))
	noDerivation(t, m.keys)

	want, _ := begin(t, m, local).Respond(context.Background(), Challenge{"wampcra", salted})
	for _, extra := range []map[string]any{
		with(salted, "iterations", nil), with(salted, "keylen", nil), with(salted, "iterations", int64(0)), with(salted, "keylen", uint64(0)),
		with(salted, "iterations", 1000.0), with(salted, "hint", "unknown keys are ignored"),
	} {
		got, err := begin(t, m, local).Respond(context.Background(), Challenge{"wampcra", extra})
		if err != nil || got.Signature != want.Signature || want.Signature == "" {
			t.Errorf("%v: %v", extra, err)
		}
	}
	plain, err := begin(t, m, local).Respond(context.Background(), Challenge{"wampcra", with(salted, "salt", "")})
	if err != nil || plain.Signature != craSignature([]byte("pencil"), chA) {
		t.Error("an empty salt means that the secret is the key", err)
	}
}

// S6, R271: only what looks like a challenge of WAMP-CRA is signed.
func TestS6_SigningOracleCRA(t *testing.T) {
	for _, text := range []string{
		"[1, 2, 3]", "null", "1", `"nonce"`, "{}", `{"nonce":1}`, `{"nonce":null}`, `{"nonce":""}`, `{"session":1}`, `{"nonce":"a"`, `{"nonce":"a"} x`,
		"n=user,r=rOprNGfwEbeRWgbNEkqO", strings.Repeat("[", 1<<15), `{"nonce":"` + strings.Repeat("a", maxCRAChallenge) + `"}`,
	} {
		reject(t, begin(t, CRA("ann", password), local), "wampcra", map[string]any{"challenge": text})
	}
	reject(t, begin(t, CRA("ann", password), local), "wampcra", nil)
}

// S5, R271, R281, R282, R284: floors and ceilings of SCRAM.
func TestS5_ParameterBombsSCRAM(t *testing.T) {
	for _, method := range []string{"wamp-scram", "scram"} {
		argon2 := scramDialects[method].argon2
		m := SCRAM("user", password).(*scramMethod)
		bad := func(kdf string, iterations, memory any) {
			t.Helper()
			a := begin(t, m, local).(*scramAttempt)
			reject(t, a, method, map[string]any{"nonce": a.nonce + "x", "salt": specSalt, "kdf": kdf, "iterations": iterations, "memory": memory})
		}
		badNumbers := with(with(badNumbers, "nothing", nil), "zero", int64(0))
		for name, v := range badNumbers {
			bad("pbkdf2", v, nil)
			if name != "one" {
				bad(argon2, v, int64(4096))
			}
			bad(argon2, int64(3), v)
		}
		bad("pbkdf2", int64(4095), nil)
		bad("pbkdf2", int64(1_000_001), nil)
		bad(argon2, int64(1), int64(256<<10+1))
		bad(argon2, int64(17), int64(256<<10))    // 17 * 256 MiB > 4 GiB
		bad(argon2, int64(524289), int64(8))      // likewise
		bad(argon2, int64(1<<31-1), int64(1<<18)) // would overflow 32 bits
		for _, kdf := range []string{"argon2i", "scrypt", "PBKDF2", "argon2id13x"} {
			bad(kdf, int64(4096), int64(512))
		}
		noDerivation(t, m.keys)
	}
	// Each dialect has its own name for Argon2id.
	a := begin(t, SCRAM("user", password), local).(*scramAttempt)
	reject(t, a, "scram", map[string]any{"nonce": a.nonce + "x", "salt": specSalt, "kdf": "argon2id13", "iterations": int64(3), "memory": int64(512)})
}

func TestSCRAMLimits(t *testing.T) {
	v := scramVectors[4] // VS5: argon2, 3 passes, 4096 KiB
	for name, c := range map[string]struct {
		limits SCRAMLimits
		ok     bool
	}{
		"defaults": {SCRAMLimits{}, true}, "passes floor": {SCRAMLimits{MinArgon2Passes: 4}, false}, "memory floor": {SCRAMLimits{MinArgon2Memory: 8192}, false},
		"memory ceiling": {SCRAMLimits{MaxArgon2Memory: 2048}, false}, "work ceiling": {SCRAMLimits{MaxArgon2Work: 3*4096 - 1}, false},
		"exact": {SCRAMLimits{MinArgon2Passes: 3, MinArgon2Memory: 4096, MaxArgon2Memory: 4096, MaxArgon2Work: 3 * 4096}, true},
	} {
		a := v.attempt()
		c.limits.applySCRAM(a.method)
		if _, err := a.Respond(context.Background(), v.challenge()); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	a := scramVectors[0].attempt()
	SCRAMLimits{MinIterations: 10_000}.applySCRAM(a.method)
	reject(t, a, "wamp-scram", scramVectors[0].challenge().Extra)
}

// R271, R280: a nonce that is not ours and more, a salt that is none, a binding that was not asked for.
func TestSCRAMChallenge(t *testing.T) {
	for _, v := range []scramVector{scramVectors[0], scramVectors[len(scramVectors)-1]} {
		if v.memory > 0 {
			v.iterations, v.memory = 3, 4096 // autobahn's costs take a second
		}
		a := v.attempt()
		good := v.challenge().Extra
		for name, value := range notText {
			t.Run(name, func(t *testing.T) {
				reject(t, a, v.method, with(good, "nonce", value))
				reject(t, a, v.method, with(good, "salt", value))
				reject(t, a, v.method, with(good, "kdf", value))
			})
		}
		for _, nonce := range []string{v.nonce, v.nonce[:8], "x" + v.full, strings.ToLower(v.full), v.full + ",s=", v.full + "\n", v.full + "é", v.nonce + "\x00", specFull} {
			reject(t, a, v.method, with(good, "nonce", nonce))
		}
		for _, salt := range []string{"AAAAAAAAAA", "AAAAAAAA", "AAAAAA==", "AAAAAAAAAAAA\n", "AAAA AAAAAAAA", "AAAAAAAAAAA,", "____________"} {
			reject(t, a, v.method, with(good, "salt", salt))
		}
		reject(t, a, v.method, with(good, "channel_binding", "tls-unique"))
		reject(t, a, v.method, with(good, "channel_binding", int64(1)))
		reject(t, a, "ticket", good)
		reject(t, a, v.method, nil)
		noDerivation(t, a.method.keys)
		accept := func(extra map[string]any) {
			if _, err := a.Respond(context.Background(), Challenge{v.method, extra}); err != nil {
				t.Error(err)
			}
		}
		accept(with(good, "x_cb_node", "unknown keys are ignored"))
		accept(with(good, "channel_binding", ""))
	}
}

// R285: what SASLprep maps away makes the same login; what it prohibits is our own mistake, told without the password.
func TestSASLprep(t *testing.T) {
	v := scramVectors[0]
	for in, out := range map[string]string{"pen\u00adcil": "pencil", "\u2168": "IX", "a\u00a0b": "a b", "pe\u0301": "p\u00e9"} {
		v.password = in
		got, err := v.attempt().Respond(context.Background(), v.challenge())
		v.password = out
		want, _ := v.attempt().Respond(context.Background(), v.challenge())
		if err != nil || got.Signature != want.Signature {
			t.Errorf("%q is not %q: %v", in, out, err)
		}
	}
	for _, in := range []string{"canary\u0007", "\u0627canary1", "\u00ad", "\u0221"} {
		v.password = in
		_, err := v.attempt().Respond(context.Background(), v.challenge())
		checkRefused(t, err)
		if err != nil && (strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "u0007")) {
			t.Error(err)
		}
	}
	if got := begin(t, SCRAM("an\u00adn", password), local).Offer().AuthID; got != "ann" {
		t.Errorf("authid %q", got)
	}
}

// S3, R286: the verifier is required, and right.
func TestS3_WrongServerSignature(t *testing.T) {
	for _, v := range []scramVector{scramVectors[0], scramVectors[len(scramVectors)-1]} {
		keys := newKeyring() // autobahn's costs take a second
		x := func() *Exchange {
			x, a := exchange(t, Policy{}, SCRAM(v.authid, NewSecret(v.password))), v.attempt()
			a.method.keys = keys
			x.attempts[v.method] = a
			if _, err := x.Respond(context.Background(), v.challenge()); err != nil {
				t.Fatal(err)
			}
			return x
		}
		field := scramDialects[v.method].verifier
		if err := x().Verify(v.method, map[string]any{field: v.signature}); err != nil {
			t.Error(err)
		}
		for _, extra := range []map[string]any{
			nil, {}, {field: nil}, {field: ""}, {field: "v="}, {field: v.proof}, {field: []byte(v.signature)}, {field: int64(1)},
			{field: v.signature[:40]}, {field: "x=" + v.signature}, {field: v.signature + "="}, {field: strings.ToUpper(v.signature)},
			{field: strings.Repeat("A", 10<<20)}, {"other": v.signature}, {field: scramVectors[1].signature},
		} {
			checkRefused(t, x().Verify(v.method, extra))
			checkRefused(t, x().Verify("", extra))
		}
	}
	// The keys of the other dialect do not count.
	v := scramVectors[0]
	a := v.attempt()
	accept := map[string]any{"scram_server_signature": v.signature}
	if _, err := a.Respond(context.Background(), v.challenge()); err != nil {
		t.Fatal(err)
	}
	checkRefused(t, a.Verify(accept))
}

// S3, R279: the nonce is 24 fresh octets for each attempt.
func TestS3_FreshNonce(t *testing.T) {
	m := SCRAM("ann", password)
	seen := make(map[any]bool)
	for range 100 {
		nonce := begin(t, m, local).Offer().Extra["nonce"]
		if seen[nonce] || len(unbase64(nonce.(string))) != 24 || strings.Contains(nonce.(string), "=") {
			t.Fatalf("nonce %v", nonce)
		}
		seen[nonce] = true
	}
	c := Cryptosign("", NewSecret(keySeed), RouterKey(keyQ))
	if one, two := begin(t, c, local).Offer().Extra["challenge"], begin(t, c, local).Offer().Extra["challenge"]; one == two || len(one.(string)) != 64 {
		t.Errorf("challenges %v, %v", one, two)
	}
}

// S4: a recorded login played back to the next attempt.
func TestS4_Replay(t *testing.T) {
	ctx := context.Background()
	v := scramVectors[0]
	a := begin(t, SCRAM(v.authid, NewSecret(v.password)), local)
	reject(t, a, v.method, v.challenge().Extra) // SCRAM: fails at the nonce
	checkRefused(t, a.Verify(map[string]any{"verifier": v.signature}))
	own := with(v.challenge().Extra, "nonce", a.Offer().Extra["nonce"].(string)+"x")
	if _, err := a.Respond(ctx, Challenge{v.method, own}); err != nil {
		t.Fatal(err)
	}
	checkRefused(t, a.Verify(map[string]any{"verifier": v.signature})) // … or at the verifier

	r := routerVectors[0]
	k := begin(t, Cryptosign("", NewSecret(keySeed), RouterKey(keyQ)), local)
	reject(t, k, "cryptosign", map[string]any{"challenge": strings.Repeat("ab", 32), "signature": r.signature + r.message})
}

// S6, R271, R290, R292, R299: only 32 octets are ever signed, and no surprise beside them is let pass.
func TestS6_SigningOracleCryptosign(t *testing.T) {
	a := begin(t, Cryptosign("ann", NewSecret(keySeed)), local)
	good := map[string]any{"challenge": strings.Repeat("ab", 32)}
	for name, v := range notText {
		t.Run(name, func(t *testing.T) { reject(t, a, "cryptosign", with(good, "challenge", v)) })
	}
	certificateVerify := hex.EncodeToString([]byte(strings.Repeat(" ", 64) + "TLS 1.3, client CertificateVerify\x00" + strings.Repeat("h", 32)))
	for _, text := range []string{
		strings.Repeat("ab", 4), strings.Repeat("ab", 31), strings.Repeat("ab", 33), strings.Repeat("ab", 64), strings.Repeat("ab", 31) + "a",
		strings.Repeat("zz", 32), "0x" + strings.Repeat("ab", 31), strings.Repeat("ab", 32) + "\n", " " + strings.Repeat("ab", 32), certificateVerify,
	} {
		reject(t, a, "cryptosign", with(good, "challenge", text))
	}
	reject(t, a, "cryptosign", with(good, "channel_binding", "tls-unique"))
	reject(t, a, "cryptosign", with(good, "channel_binding", true))
	reject(t, a, "cryptosign", with(good, "attest", []any{"x"}))
	reject(t, a, "cryptosign", nil)
	for _, extra := range []map[string]any{good, with(good, "channel_binding", ""), with(good, "attest", nil), with(good, "x", int64(1))} {
		accept(t, a, extra)
	}
	bound := begin(t, Cryptosign("ann", NewSecret(keySeed)), local).(*cryptosignAttempt)
	bound.binding, bound.channelID = TLSExporter, make([]byte, 32)
	for _, v := range []any{nil, "", "tls-unique", "TLS-EXPORTER"} {
		reject(t, bound, "cryptosign", with(good, "channel_binding", v))
	}
	accept(t, bound, with(good, "channel_binding", "tls-exporter"))
}

// R298: trust root and certificates go to the router as they are.
func TestTrustRoot(t *testing.T) {
	root := TrustRoot{Address: "0xf766Dc789CF04CD18aE75af2c5fAf2DA6650Ff57", Certificates: []any{[]any{map[string]any{"a": "b"}, "sig"}}}
	extra := begin(t, Cryptosign("", NewSecret(keySeed), root), local).Offer().Extra
	if extra["trustroot"] != root.Address || len(extra["certificates"].([]any)) != 1 {
		t.Errorf("%v", extra)
	}
	if extra := begin(t, Cryptosign("", NewSecret(keySeed)), local).Offer().Extra; len(extra) != 2 {
		t.Errorf("%v", extra)
	}
}

// R272: the signature of a ticket is the ticket, octet for octet.
func TestTicket(t *testing.T) {
	for _, text := range []string{"secret!!!", "Straße \x01 123", strings.Repeat("t", 1<<16)} {
		a := begin(t, Ticket("joe", NewSecret(text)), local)
		r, err := a.Respond(context.Background(), Challenge{"ticket", map[string]any{"unknown": int64(1)}})
		if err != nil || r.Signature != text || r.Extra == nil || len(r.Extra) != 0 {
			t.Error(err)
		}
	}
}

// S11: a credential function is asked at each attempt, a rotated secret is used, keys of the old one are not.
func TestS11_Rotation(t *testing.T) {
	secrets := []string{"first", "second", "third"}
	asked := 0
	next := SecretFunc(func(context.Context) (Secret, error) { asked++; return NewSecret(secrets[asked-1]), nil })
	m := CRA("ann", next)
	extra := map[string]any{"challenge": chA, "salt": "salt123"}
	for _, secret := range secrets {
		r, err := begin(t, m, local).Respond(context.Background(), Challenge{"wampcra", extra})
		key, _ := craKey(secret, "salt123", 1000, 32)
		if err != nil || r.Signature != craSignature(key, chA) {
			t.Errorf("%s: %v", secret, err)
		}
	}
}

// S11: a credential function that hangs, even one that does not look at its ctx, is bounded by the handshake deadline.
func TestS11_HangingCredential(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		stubborn := SecretFunc(func(context.Context) (Secret, error) { <-release; return password, nil })
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		start := time.Now()
		_, err := Begin(ctx, local, Policy{}, []Method{Ticket("ann", stubborn)})
		var refusal *Error
		if !errors.Is(err, context.DeadlineExceeded) || errors.As(err, &refusal) || time.Since(start) != 10*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		close(release)
	})
}

// A credential function that fails or panics fails the attempt, not the process; the next may do better.
func TestCredentialFails(t *testing.T) {
	down := errors.New("vault is down")
	for name, f := range map[string]SecretFunc{
		"error": func(context.Context) (Secret, error) { return Secret{}, down },
		"panic": func(context.Context) (Secret, error) { panic("canary") },
	} {
		_, err := Ticket("ann", f).Begin(context.Background(), local)
		var refusal *Error
		if err == nil || errors.As(err, &refusal) || strings.Contains(err.Error(), "canary") || (name == "error") != errors.Is(err, down) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The public key of a cryptosign login is derived, so a signature under a foreign public key cannot be had.
func TestPublicKeyDerived(t *testing.T) {
	key, err := parseKey(keySeed+keyPublic, "")
	if err != nil || !key.Equal(ed25519.NewKeyFromSeed([]byte(unhex(keySeed)))) {
		t.Error("another key", err)
	}
	_, err = Cryptosign("", NewSecret(keySeed+keyP)).Begin(context.Background(), local)
	checkRefused(t, err)
}
