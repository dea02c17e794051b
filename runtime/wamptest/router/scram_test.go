package router

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"io"
	"log"
	"strings"
	"testing"

	"github.com/gammazero/nexus/v3/client"
	"github.com/gammazero/nexus/v3/wamp"
	"github.com/gammazero/nexus/v3/wamp/crsign"
)

// The vectors of docs/requirements.md 3.4, seen from the server.
func TestSCRAM_Vectors(t *testing.T) {
	const (
		rfcNonce    = "rOprNGfwEbeRWgbNEkqO"
		specNonce   = "egVDf3DMJh0="
		octetsNonce = "AAECAwQFBgcICQoLDA0ODxAR"
	)
	for _, v := range []struct {
		name, authid, client, nonce, salt string
		secret                            SCRAM
		dialect                           bool
		salted                            string // hex, where deriving takes seconds
		proof, signature                  string
	}{
		{"VS1", "user", rfcNonce, rfcNonce + "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", "W22ZaJ0SNY7soEsUEjb6gQ==",
			SCRAM{Password: "pencil", KDF: "pbkdf2"}, false, "",
			"dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="},
		{"VS2", "user", rfcNonce, rfcNonce + "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", "W22ZaJ0SNY7soEsUEjb6gQ==",
			SCRAM{Password: "pencil", Memory: 100, Iterations: 4096}, false, "",
			"b8qnNPK25OveSr9H7LVV1tcZqyICZe2DLammvNEDJwg=", "9hLTpoVO3klQ7a4W7djWs6k73eXF384gBm+akWpaSGc="},
		{"VS4", "user", specNonce, specNonce + "SBmkFIh7sSo=", "aBc+fx0NAVA=",
			SCRAM{Password: "pencil", KDF: "pbkdf2"}, false, "",
			"L1uwjEEL7BdbtlWMKxNcQ1A/CmNjct+7xdAguB/rpnA=", "AyTAljdPHv74Zx+gn+6DqiFnl4XOZUXpC7k/pSkjBOg="},
		{"VS5", "user", specNonce, specNonce + "SBmkFIh7sSo=", "aBc+fx0NAVA=",
			SCRAM{Password: "pencil", Memory: 4096, Iterations: 3}, false, "",
			"45Rq0fWNLhn8SgVvNUm573pQgsGOAL7UR/mf5oYzP5Y=", "yTiTcGCCbxaO96V+bwMdfoHFJJ18UErftTXdA2hdE/M="},
		{"VS6", "us=er,x", specNonce, specNonce + "SBmkFIh7sSo=", "aBc+fx0NAVA=",
			SCRAM{Password: "pencil", KDF: "pbkdf2"}, false, "",
			"onAVOuatOAYwQZxRaDqtwDa5QGgV31tipoPCZkWtX14=", "N13kAe/UbVv2LGPI5mt6Sr6a5NscN/0fbGei3OXqN8I="},
		{"VS10", "foobar@example.com", octetsNonce, octetsNonce + "ICEiIyQlJicoKSorLC0uLw==", "O8PKAd0dUByhwi4cXX0W/g==",
			SCRAM{Iterations: 4096}, false, "5fa91eecfc1414db0db3cca9bfec64af495bdfa0bc8c135a8c17b6b5e3686cab",
			"wWAiS09NrvnoGcY+TlIrAGMu7Rk5sx18/XXDRUX6IdY=", "PVeoEYfrXopBYVoEiJ/5S/3nV6nZ+RiG3srhD5uJnIM="},
		{"dialect", "foobar@example.com", octetsNonce, octetsNonce + "ICEiIyQlJicoKSorLC0uLw==", "O8PKAd0dUByhwi4cXX0W/g==",
			SCRAM{Iterations: 4096}, true, hex.EncodeToString([]byte("X6ke7PwUFNsNs8ypv+xkr0lb36C8jBNajBe2teNobKs")),
			"d1NhvQFF1Cuuf0goz6F0jvAw+ixY81D+tcXxAfeZ/Xo=", "UGfYFX4xZ+hj9jBuSCZacs+slQpy+prnwHGKqlC+uoY="},
	} {
		t.Run(v.name, func(t *testing.T) {
			form := scramForms[0]
			if v.dialect {
				form = scramForms[1]
			}
			v.secret.Salt, _ = base64.StdEncoding.DecodeString(v.salt)
			secret := v.secret.withDefaults()
			salted, err := hex.DecodeString(v.salted)
			if v.salted == "" {
				salted, err = secret.salted(form)
			}
			if err != nil {
				t.Fatal(err)
			}
			keys := newSCRAMKeys(salted)
			message := form.authMessage(v.authid, v.client, v.nonce, v.salt, secret.Iterations)
			proof, _ := base64.StdEncoding.DecodeString(v.proof)
			if !keys.verify(message, proof) {
				t.Error("the proof of the vector is refused")
			}
			proof[0] ^= 1
			if keys.verify(message, proof) || keys.verify(message, nil) {
				t.Error("a wrong proof is accepted")
			}
			if got := keys.signature(message); got != v.signature {
				t.Errorf("signature %s, want %s", got, v.signature)
			}
		})
	}
}

// VS8, and what the form of Crossbar makes of it.
func TestSCRAM_Argon2InBothForms(t *testing.T) {
	const want = "ee4a8acf9d5958354fb79a95ae20692d05e42591ba49fae85eb6700e8b0ed293"
	secret := SCRAM{Password: "p4ssw0rd", Salt: []byte("1234567890abcdef"), Iterations: 32}.withDefaults()
	plain, err := secret.salted(scramForms[0])
	if err != nil || hex.EncodeToString(plain) != want {
		t.Errorf("%x %v", plain, err)
	}
	text, err := secret.salted(scramForms[1])
	if err != nil || string(text) != base64.RawStdEncoding.EncodeToString(plain) {
		t.Errorf("%q %v", text, err)
	}
}

// VS3: the password is UTF-8.
func TestSCRAM_PasswordsAreUTF8(t *testing.T) {
	salt, _ := base64.StdEncoding.DecodeString("W22ZaJ0SNY7soEsUEjb6gQ==")
	secret := SCRAM{Password: "Straße", KDF: "pbkdf2", Salt: salt}.withDefaults()
	salted, err := secret.salted(scramForms[0])
	if err != nil {
		t.Fatal(err)
	}
	message := scramForms[0].authMessage("user", "rOprNGfwEbeRWgbNEkqO",
		"rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", "W22ZaJ0SNY7soEsUEjb6gQ==", 4096)
	if got := proofOf(salted, message); got != "TZVudO0htKotRan67S3g8mpR+2+TfH3wLC4CZ7DidWo=" {
		t.Errorf("proof %s", got)
	}
}

// proofOf is the client's part.
func proofOf(salted []byte, message string) string {
	clientKey := mac(salted, "Client Key")
	stored := sha256.Sum256(clientKey)
	subtle.XORBytes(clientKey, clientKey, mac(stored[:], message))
	return base64.StdEncoding.EncodeToString(clientKey)
}

// login logs in with nexus's own client and returns the details of WELCOME.
func login(t *testing.T, url, id string, extra wamp.Dict, handlers map[string]client.AuthFunc) (wamp.Dict, error) {
	t.Helper()
	c, err := client.ConnectNet(t.Context(), url, client.Config{
		Realm: "realm1", Logger: log.New(io.Discard, "", 0), AuthHandlers: handlers,
		HelloDetails: wamp.Dict{"authid": id, "authextra": extra},
	})
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return c.RealmDetails(), nil
}

func TestRouter_LogsUsersIn(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r := New(t, Config{
		NoAnonymous: true,
		Tickets:     map[string]string{"tim": "t1cket"},
		Users: []User{
			{ID: "ann", Role: "boss", Secret: "s3cret"},
			{ID: "sal", Secret: "s3cret", Salt: "pepper"},
			{ID: "key", PublicKey: public},
		},
	})
	cra := func(c *wamp.Challenge) (string, wamp.Dict) {
		return crsign.RespondChallenge("s3cret", c, nil), nil
	}
	ticket := func(*wamp.Challenge) (string, wamp.Dict) { return "t1cket", nil }
	sign := func(c *wamp.Challenge) (string, wamp.Dict) {
		text, _ := wamp.AsString(c.Extra["challenge"])
		octets, _ := hex.DecodeString(text)
		return hex.EncodeToString(append(ed25519.Sign(private, octets), octets...)), nil
	}
	for _, v := range []struct {
		id, method, role string
		answer           client.AuthFunc
	}{
		{"tim", "ticket", "user", ticket},
		{"ann", "wampcra", "boss", cra},
		{"sal", "wampcra", "user", cra},
		{"key", "cryptosign", "user", sign},
	} {
		for _, url := range []string{r.WebSocketURL(), r.RawSocketURL()} {
			got, err := login(t, url, v.id, nil, map[string]client.AuthFunc{v.method: v.answer})
			if err != nil {
				t.Errorf("%s by %s: %v", v.id, v.method, err)
				continue
			}
			if role, _ := wamp.AsString(got["authrole"]); role != v.role {
				t.Errorf("%s: role %q", v.id, role)
			}
		}
		wrong := func(*wamp.Challenge) (string, wamp.Dict) { return strings.Repeat("00", 96), nil }
		if _, err := login(t, r.WebSocketURL(), v.id, nil, map[string]client.AuthFunc{v.method: wrong}); err == nil {
			t.Errorf("%s logs in with a wrong %s", v.id, v.method)
		}
	}
	if _, err := login(t, r.WebSocketURL(), "", nil, nil); err == nil {
		t.Error("anonymous is let in")
	}
}

func TestRouter_SpeaksBothFormsOfSCRAM(t *testing.T) {
	users := []User{
		{ID: "argon,=", SCRAM: &SCRAM{Password: "p\u00adass"}}, // SASLprep drops the soft hyphen
		{ID: "pb", SCRAM: &SCRAM{Password: "pass", KDF: "pbkdf2"}},
	}
	r := New(t, Config{Users: users})
	const nonce = "AAECAwQFBgcICQoLDA0ODxAR"
	for _, user := range users {
		for _, form := range scramForms {
			t.Run(form.method+"/"+user.ID, func(t *testing.T) {
				var message string
				salted, err := user.SCRAM.withDefaults().salted(form)
				if err != nil {
					t.Fatal(err)
				}
				answer := func(c *wamp.Challenge) (string, wamp.Dict) {
					both, _ := wamp.AsString(c.Extra["nonce"])
					salt, _ := wamp.AsString(c.Extra["salt"])
					iterations, _ := wamp.AsInt64(c.Extra["iterations"])
					if !strings.HasPrefix(both, nonce) || both == nonce {
						t.Errorf("nonce %q", both)
					}
					message = form.authMessage(user.ID, nonce, both, salt, int(iterations))
					return proofOf(salted, message), wamp.Dict{"nonce": both}
				}
				extra := wamp.Dict{"nonce": nonce, "channel_binding": nil}
				got, err := login(t, r.RawSocketURL(), user.ID, extra, map[string]client.AuthFunc{form.method: answer})
				if err != nil {
					t.Fatal(err)
				}
				signature, err := wamp.DictValue(got, []string{"authextra", form.verifier})
				if err != nil || signature != newSCRAMKeys(salted).signature(message) {
					t.Errorf("signature %v %v", signature, err)
				}
				wrong := func(*wamp.Challenge) (string, wamp.Dict) { return proofOf(salted, "else"), nil }
				if _, err := login(t, r.RawSocketURL(), user.ID, extra, map[string]client.AuthFunc{form.method: wrong}); err == nil {
					t.Error("a wrong proof logs in")
				}
			})
		}
	}
}

func TestMain(m *testing.M) {
	if ServeFromEnv() {
		return
	}
	m.Run()
}

func TestProcess_KillAndRestart(t *testing.T) {
	p := NewProcess(t, Config{Tickets: map[string]string{"tim": "t1cket"}})
	web, raw := p.WebSocketURL(), p.RawSocketURL()
	for i := range 6 {
		ctx, cancel := context.WithCancel(t.Context())
		c, err := client.ConnectNet(ctx, []string{web, raw}[i%2], client.Config{Realm: "realm1", Logger: log.New(io.Discard, "", 0)})
		if err != nil {
			t.Fatal(err)
		}
		if i < 4 {
			p.Kill()
		} else {
			p.Stop()
		}
		<-c.Done()
		cancel()
		if p.PID() != 0 {
			t.Error("the process lives")
		}
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		if p.WebSocketURL() != web || p.RawSocketURL() != raw {
			t.Fatal("ports changed")
		}
	}
}

func TestProcess_RefusesWhatItCannotGive(t *testing.T) {
	if _, err := StartProcess(Config{Log: log.Default()}); err == nil {
		t.Error("a logger goes to another process")
	}
	if _, err := StartProcess(Config{WebSocketAddr: "256.0.0.1:1"}); err == nil {
		t.Error("an impossible address is no error")
	}
	t.Setenv(processEnv, "1")
	if _, err := StartProcess(Config{}); err == nil {
		t.Error("a router process starts router processes")
	}
}
