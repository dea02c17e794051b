package auth_test

import (
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/wampgen/wampgen/runtime/auth"
)

// router is the other side of a login: it sees HELLO and says what goes into
// its CHALLENGE and into WELCOME.Details.authextra.
type router func(auth.Offer) (c auth.Challenge, authextra map[string]any)

// login goes through one login, as wamp.Connect does with the methods of
// wamp.WithAuth.
func login(r router, methods ...auth.Method) error {
	ctx := context.Background()
	x, err := auth.Begin(ctx, auth.Channel{Local: true}, auth.Policy{}, methods)
	if err != nil {
		return err
	}
	fmt.Printf("HELLO: %v %q\n", x.Offer().Methods, x.Offer().AuthID)
	challenge, authextra := r(x.Offer())
	if challenge.Method == "" {
		return x.Verify("", authextra)
	}
	response, err := x.Respond(ctx, challenge)
	if err != nil {
		return err
	}
	fmt.Println("AUTHENTICATE:", response)
	return x.Verify(challenge.Method, authextra)
}

// welcoming is a router that asks for no proof.
func welcoming(auth.Offer) (auth.Challenge, map[string]any) { return auth.Challenge{}, nil }

// challenging is a router that sends one CHALLENGE.
func challenging(method string, extra map[string]any) router {
	return func(auth.Offer) (auth.Challenge, map[string]any) {
		return auth.Challenge{Method: method, Extra: extra}, nil
	}
}

// challengingSCRAM is a router that knows a password, and proves it.
func challengingSCRAM(password string) router {
	return func(o auth.Offer) (auth.Challenge, map[string]any) {
		ours, _ := o.Extra["nonce"].(string)
		both, salt := ours+"cm91dGVy", "W22ZaJ0SNY7soEsUEjb6gQ=="
		said := "n=" + o.AuthID + ",r=" + ours + ",r=" + both + ",s=" + salt + ",i=4096,c=biws,r=" + both
		octets, _ := base64.StdEncoding.DecodeString(salt)
		salted, _ := pbkdf2.Key(sha256.New, password, octets, 4096, sha256.Size)
		return auth.Challenge{Method: "wamp-scram", Extra: map[string]any{
			"nonce": both, "salt": salt, "kdf": "pbkdf2", "iterations": int64(4096),
		}}, map[string]any{"verifier": base64.StdEncoding.EncodeToString(sign(sign(salted, "Server Key"), said))}
	}
}

func sign(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

// Anonymous is what a client is without any method. It says so where another
// method stands before it.
func ExampleAnonymous() {
	fmt.Println(login(welcoming))
	fmt.Println(login(welcoming, auth.Anonymous()))
	// Output:
	// HELLO: [] ""
	// <nil>
	// HELLO: [anonymous] ""
	// <nil>
}

// A ticket is a password that travels as it is.
func ExampleTicket() {
	ticket := auth.Ticket("joe", auth.NewSecret("secret!!!"))

	fmt.Println(login(challenging("ticket", nil), ticket))
	// Output:
	// HELLO: [ticket] "joe"
	// AUTHENTICATE: [redacted]
	// <nil>
}

// A shared secret signs what the router sends and does not travel itself.
func ExampleCRA() {
	cra := auth.CRA("joe", auth.NewSecret("secret"))

	fmt.Println(login(challenging("wampcra", map[string]any{
		"challenge": `{"nonce":"n","authid":"joe"}`, "salt": "salt123", "iterations": int64(1000), "keylen": int64(32),
	}), cra))
	// Output:
	// HELLO: [wampcra] "joe"
	// AUTHENTICATE: [redacted]
	// <nil>
}

// What a router may ask for is bounded; a bound of one's own replaces the
// default.
func ExampleCRALimits() {
	cra := auth.CRA("joe", auth.NewSecret("secret"), auth.CRALimits{MinIterations: 10_000})

	fmt.Println(login(challenging("wampcra", map[string]any{
		"challenge": `{"nonce":"n","authid":"joe"}`, "salt": "salt123", "iterations": int64(1000), "keylen": int64(32),
	}), cra))
	// Output:
	// HELLO: [wampcra] "joe"
	// wamp: wampcra: CHALLENGE.iterations: want 10000 to 1000000, got 1000
}

// With SCRAM the router has to prove that it knows the password too. It is
// offered under the names of Crossbar.io and of the specification.
func ExampleSCRAM() {
	scram := auth.SCRAM("joe", auth.NewSecret("pencil"))

	fmt.Println(login(challengingSCRAM("pencil"), scram))
	fmt.Println(login(challengingSCRAM("a guess"), scram))
	// Output:
	// HELLO: [scram wamp-scram] "joe"
	// AUTHENTICATE: [redacted]
	// <nil>
	// HELLO: [scram wamp-scram] "joe"
	// AUTHENTICATE: [redacted]
	// wamp: scram: WELCOME.authextra.verifier: want the router's signature of this login, got another
}

// One name only, and a costlier key derivation than the default wants.
func ExampleSCRAMLimits() {
	scram := auth.SCRAM("joe", auth.NewSecret("pencil"),
		auth.SCRAMNames{"wamp-scram"}, auth.SCRAMLimits{MinIterations: 100_000})

	fmt.Println(login(challengingSCRAM("pencil"), scram))
	// Output:
	// HELLO: [wamp-scram] "joe"
	// wamp: wamp-scram: CHALLENGE.iterations: want 100000 to 1000000, got 4096
}

// An Ed25519 key signs the router's challenge. The key is the text of a file in
// any format of ParseKey.
func ExampleCryptosign() {
	file, err := os.ReadFile("testdata/keys/openssh")
	if err != nil {
		fmt.Println(err)
		return
	}
	cryptosign := auth.Cryptosign("joe", auth.NewSecret(string(file)))

	fmt.Println(login(challenging("cryptosign", map[string]any{"challenge": strings.Repeat("ff", 32)}), cryptosign))
	// Output:
	// HELLO: [cryptosign] "joe"
	// AUTHENTICATE: [redacted]
	// <nil>
}

// With its public key known, the router has to sign a challenge of ours before
// it gets an answer to its own.
func ExampleRouterKey() {
	cryptosign := auth.Cryptosign("joe", auth.NewSecret(strings.Repeat("4d", 32)),
		auth.RouterKey(strings.Repeat("11", 32)))

	fmt.Println(login(challenging("cryptosign", map[string]any{"challenge": strings.Repeat("ff", 32)}), cryptosign))
	// Output:
	// HELLO: [cryptosign] "joe"
	// wamp: cryptosign: CHALLENGE.signature: want string, got nothing
}

// The login may be tied to the TLS connection, so that nobody in the middle can
// pass it on. It is then refused on any other.
func ExampleBinding() {
	cryptosign := auth.Cryptosign("joe", auth.NewSecret(strings.Repeat("4d", 32)), auth.TLSExporter)

	fmt.Println(login(welcoming, cryptosign))
	// Output: wamp: cryptosign: the channel binding "tls-exporter" needs a TLS connection, not plain text
}

// A client certificate, given by wamp.WithTLS, is the login.
func ExampleTLSCertificate() {
	fmt.Println(login(welcoming, auth.TLSCertificate()))
	// Output: wamp: tls: the client certificate needs a TLS connection, not plain text
}

// A cookie of an earlier login, kept by wamp.WithCookieJar, is enough. On the
// first visit there is none yet: the second method is for that.
func ExampleCookie() {
	fmt.Println(login(challenging("ticket", nil), auth.Cookie(), auth.Ticket("joe", auth.NewSecret("secret!!!"))))
	// Output:
	// HELLO: [cookie ticket] "joe"
	// AUTHENTICATE: [redacted]
	// <nil>
}

// The secret may come from a function, which is asked at each attempt.
func ExampleSecretFunc() {
	vault := func(context.Context) (auth.Secret, error) { return auth.Secret{}, errors.New("the vault is sealed") }

	fmt.Println(login(welcoming, auth.CRA("joe", auth.SecretFunc(vault))))
	// Output: wamp: wampcra: fetching the secret: the vault is sealed
}

// However it is printed, a secret stays one.
func ExampleNewSecret() {
	secret := auth.NewSecret("secret!!!")
	fmt.Println(secret)
	fmt.Printf("%q %#v %x\n", secret, secret, secret)
	// Output:
	// [redacted]
	// [redacted] [redacted] [redacted]
}

// A key file is opened once; what comes out is a secret for Cryptosign.
func ExampleParseKey() {
	file, err := os.ReadFile("testdata/keys/openssh-encrypted")
	if err != nil {
		fmt.Println(err)
		return
	}
	key, err := auth.ParseKey(file, auth.NewSecret("open sesame"))
	fmt.Println(key, err)

	_, err = auth.ParseKey([]byte("not a key"), auth.Secret{})
	fmt.Println(err)
	// Output:
	// [redacted] <nil>
	// wamp: private key: want hexadecimal digits, base64, OpenSSH, PKCS#8 or PPK, got other text
}

// Several methods go into one HELLO, in order of preference. What the router
// makes of it is judged: here it picks one and does not ask for its proof.
func ExampleBegin() {
	x, err := auth.Begin(context.Background(), auth.Channel{Local: true}, auth.Policy{Crossbar: true}, []auth.Method{
		auth.SCRAM("joe", auth.NewSecret("pencil")), auth.Ticket("joe", auth.NewSecret("secret!!!")), auth.Anonymous(),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(x.Offer().Methods)
	fmt.Println(x.Verify("ticket", nil))
	// Output:
	// [scram ticket anonymous]
	// wamp: router did not authenticate: want a CHALLENGE for ticket, got WELCOME
}

// A router that asks for another method than those offered gets no answer.
func ExampleExchange_Respond() {
	ctx := context.Background()
	x, err := auth.Begin(ctx, auth.Channel{Local: true}, auth.Policy{}, []auth.Method{auth.CRA("joe", auth.NewSecret("secret"))})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = x.Respond(ctx, auth.Challenge{Method: "ticket"})
	fmt.Println(err)
	// Output: wamp: router chose a method that was not offered: want wampcra, got "ticket"
}

// A ticket does not travel in plain text to another host. Check says so before
// there is a connection.
func ExampleCheck() {
	ticket := []auth.Method{auth.Ticket("joe", auth.NewSecret("secret!!!"))}

	err := auth.Check(auth.Channel{}, ticket)
	var refusal *auth.Error
	fmt.Println("refused:", errors.As(err, &refusal))
	fmt.Println(auth.Check(auth.Channel{Local: true}, ticket))
	// Output:
	// refused: true
	// <nil>
}
