package auth_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/wampgen/wampgen/runtime/auth"
)

// login plays a router that sends one CHALLENGE and one WELCOME.
func login(m auth.Method, c auth.Challenge, authextra map[string]any) error {
	ctx := context.Background()
	x, err := auth.Begin(ctx, auth.Channel{Local: true}, auth.Policy{}, []auth.Method{m})
	if err != nil {
		return err
	}
	fmt.Println("HELLO:", x.Offer().Methods, x.Offer().AuthID)
	response, err := x.Respond(ctx, c)
	if err != nil {
		return err
	}
	fmt.Println("AUTHENTICATE:", response)
	return x.Verify(c.Method, authextra)
}

// A ticket is a password that travels as it is.
func ExampleTicket() {
	ticket := auth.Ticket("joe", auth.NewSecret("secret!!!"))
	fmt.Println(login(ticket, auth.Challenge{Method: "ticket"}, nil))
	// Output:
	// HELLO: [ticket] joe
	// AUTHENTICATE: [redacted]
	// <nil>
}

// The secret may come from a function, which is asked at each attempt.
func ExampleSecretFunc() {
	vault := func(context.Context) (auth.Secret, error) { return auth.Secret{}, errors.New("the vault is sealed") }
	fmt.Println(login(auth.CRA("joe", auth.SecretFunc(vault)), auth.Challenge{}, nil))
	// Output:
	// wamp: wampcra: fetching the secret: the vault is sealed
}

// What a router may ask for is bounded; a bound of one's own overrides the default.
func ExampleCRA() {
	m := auth.CRA("joe", auth.NewSecret("secret"), auth.CRALimits{MinIterations: 10_000})
	c := auth.Challenge{Method: "wampcra", Extra: map[string]any{
		"challenge": `{"nonce":"n","authid":"joe"}`, "salt": "salt123", "iterations": int64(1000), "keylen": int64(32),
	}}
	fmt.Println(login(m, c, nil))
	// Output:
	// HELLO: [wampcra] joe
	// wamp: wampcra: CHALLENGE.iterations: want 10000 to 1000000, got 1000
}

// SCRAM is offered under the names of the specification and of Crossbar.io; the router's CHALLENGE decides.
func ExampleSCRAM() {
	m := auth.SCRAM("joe", auth.NewSecret("pencil"))
	fmt.Println(login(m, auth.Challenge{Method: "scram", Extra: map[string]any{"nonce": "of another login"}}, nil))
	// Output:
	// HELLO: [scram wamp-scram] joe
	// wamp: scram: CHALLENGE.nonce: want ours with more behind it, got another
}

// A router that skips or changes the login is refused.
func ExampleCryptosign() {
	m := auth.Cryptosign("joe", auth.NewSecret("4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510"))
	fmt.Println(login(m, auth.Challenge{Method: "ticket"}, nil))
	// Output:
	// HELLO: [cryptosign] joe
	// wamp: router chose a method that was not offered: want cryptosign, got "ticket"
}

// A key file is opened once; what comes out is a secret too.
func ExampleParseKey() {
	key, err := auth.ParseKey([]byte("4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510"), auth.Secret{})
	fmt.Println(key, err)
	_, err = auth.ParseKey([]byte("not a key"), auth.Secret{})
	fmt.Println(err)
	// Output:
	// [redacted] <nil>
	// wamp: private key: want hexadecimal digits, base64, OpenSSH, PKCS#8 or PPK, got other text
}

// Several methods go into one HELLO, in order of preference.
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

// A ticket does not travel in plain text to another host.
func ExampleChannel() {
	_, err := auth.Begin(context.Background(), auth.Channel{}, auth.Policy{}, []auth.Method{auth.Ticket("joe", auth.NewSecret("secret!!!"))})
	var refusal *auth.Error
	fmt.Println(errors.As(err, &refusal))
	fmt.Println(err)
	// Output:
	// true
	// wamp: ticket: want TLS or a local connection to send the ticket over, got plain text to another host (AllowPlaintextSecrets permits it)
}
