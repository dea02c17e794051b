package wamp_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
)

// One call opens a session, and the client keeps it until Close.
func ExampleConnect() {
	ctx := context.Background()
	url := exampleRouter() // wss://router.example/ws in real life

	client, err := wamp.Connect(ctx, url, "realm1")
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)

	fmt.Println(client.Status().State, "on", client.Realm())
	// Output: ready on realm1
}

// Connect keeps trying, so that a service may start before its router. Its ctx
// says for how long; the error holds the last failure.
func ExampleConnect_patience() {
	ctx, cancel := context.WithCancel(context.Background())
	attempts := 0
	refuse := func(context.Context, string, string) (net.Conn, error) {
		if attempts++; attempts == 2 {
			cancel() // that is enough
		}
		return nil, errors.New("connection refused")
	}

	_, err := wamp.Connect(ctx, "wss://router.example/ws", "realm1", wamp.WithNetDial(refuse))

	var failure *transport.HandshakeError
	fmt.Println(errors.Is(err, context.Canceled), errors.As(err, &failure))
	// Output: true true
}

// Several methods, in order of preference: the router picks one that it knows.
func ExampleWithAuth() {
	ctx := context.Background()
	password, ticket := auth.NewSecret("pencil"), auth.NewSecret("t1cket")

	client, err := wamp.Connect(ctx, exampleRouter(), "realm1",
		wamp.WithAuth(auth.SCRAM("ann", password), auth.Ticket("ann", ticket)))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)

	fmt.Println(client.Status().State)
	// Output: ready
}

// A router that refuses the login for a minute ends the attempt. This client
// does not wait for that.
func ExampleWithAuth_refused() {
	_, err := wamp.Connect(context.Background(), exampleRouter(), "realm1",
		wamp.WithAuth(auth.Ticket("ann", auth.NewSecret("a wrong one"))),
		wamp.WithMaxElapsed(time.Nanosecond))

	fmt.Println(errors.Is(err, wamp.ErrAuthenticationFailed))
	fmt.Println(err)
	// Output:
	// true
	// wamp: wamp.error.authentication_failed: no such user or another ticket
}

// With a method configured, a router that asks for no proof is refused, unless
// the policy says that an anonymous session will do.
func ExampleWithAuthPolicy() {
	ctx := context.Background()
	unknown := wamp.WithAuth(auth.CRA("ann", auth.NewSecret("pencil"))) // the router knows tickets only

	_, err := wamp.Connect(ctx, exampleRouter(), "realm1", unknown, wamp.WithMaxElapsed(time.Nanosecond))
	fmt.Println(err)

	client, err := wamp.Connect(ctx, exampleRouter(), "realm1", unknown,
		wamp.WithAuthPolicy(auth.Policy{AllowAnonymousFallback: true}))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)
	fmt.Println(client.Status().State)
	// Output:
	// wamp: login: want WELCOME for wampcra, got "anonymous"
	// ready
}

// A ticket does not leave the machine in plain text, unless you insist.
func ExampleWithPlaintextSecrets() {
	ctx := context.Background()
	url := "ws://router.example/ws" // wss would do without the option
	ticket := wamp.WithAuth(auth.Ticket("ann", auth.NewSecret("t1cket")))

	_, err := wamp.Connect(ctx, url, "realm1", ticket)
	var refusal *auth.Error
	fmt.Println("refused:", errors.As(err, &refusal))

	client, err := wamp.Connect(ctx, url, "realm1", ticket,
		wamp.WithPlaintextSecrets(),
		wamp.WithNetDial(sharedRouter().DialContext)) // stands for the way to router.example
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)
	fmt.Println(client.Status().State)
	// Output:
	// refused: true
	// ready
}

// More routers of the same realm are tried in turn, without a pause.
func ExampleWithURLs() {
	ctx := context.Background()
	primary, secondary := "ws://127.0.0.1:1/ws", exampleRouter() // the primary is down

	client, err := wamp.Connect(ctx, primary, "realm1", wamp.WithURLs(secondary))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)

	fmt.Println(client.Status().URL == secondary)
	// Output: true
}

// The log tells what happens to the connection, and never a payload or a secret.
func ExampleWithLogger() {
	ctx := context.Background()
	onlyText := func(_ []string, a slog.Attr) slog.Attr { // no times and ports in an example
		if a.Key == slog.MessageKey {
			return a
		}
		return slog.Attr{}
	}
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: onlyText}))

	client, err := wamp.Connect(ctx, exampleRouter(), "realm1", wamp.WithLogger(logger))
	if err != nil {
		log.Fatal(err)
	}
	client.Close(ctx)
	// Output:
	// msg="wamp: session ready"
	// msg="wamp: client closed"
}

// Formats are offered in order of preference; the router picks one.
func ExampleWithSerializers() {
	ctx := context.Background()
	url, stop := watchedRouter(func(r *http.Request) {
		fmt.Println(r.Header.Get("Sec-WebSocket-Protocol"))
	})
	defer stop()

	client, err := wamp.Connect(ctx, url, "realm1", wamp.WithSerializers(codec.MessagePack, codec.JSON))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)
	// Output: wamp.2.msgpack, wamp.2.json
}

// A client that sends bursts to a Crossbar.io.
func ExampleWithBatching() {
	showOffer(wamp.WithBatching())
	// Output: wamp.2.cbor.batched, wamp.2.cbor, wamp.2.msgpack.batched, wamp.2.msgpack
}

// A Crossbar.io that has nothing but JSON.
func ExampleWithBatchedJSON() {
	showOffer(wamp.WithSerializers(codec.JSON), wamp.WithBatchedJSON(transport.EndCancel))
	// Output: wamp.2.json.batched, wamp.2.json
}

// showOffer prints what a client offers.
func showOffer(opts ...wamp.ConnectOption) {
	ctx, seen := context.WithCancel(context.Background())
	url, stop := watchedRouter(func(r *http.Request) {
		fmt.Println(r.Header.Get("Sec-WebSocket-Protocol"))
		seen()
	})
	defer stop()
	if client, err := wamp.Connect(ctx, url, "realm1", opts...); err == nil { // mostly it ends with its ctx
		client.Close(context.Background())
	}
}

// A client that tests a router.
func ExampleWithStrictProtocol() {
	ctx := context.Background()
	client := exampleClient(wamp.WithStrictProtocol())
	defer client.Close(ctx)
	fmt.Println(client.Call(ctx, "com.example.nobody", nil, nil))
	// Output: {[] map[]} wamp: call com.example.nobody: wamp.error.no_such_procedure
}

// A client with no patience: it gives up as soon as it has been without a
// session for so long. The default is to try for ever.
func ExampleWithMaxElapsed() {
	_, err := wamp.Connect(context.Background(), exampleRouter(), "a.realm.of.nobody",
		wamp.WithMaxElapsed(time.Nanosecond))

	fmt.Println(errors.Is(err, wamp.ErrNoSuchRealm))
	// Output: true
}

// A client that is sure to be right: the realm will come into being.
func ExampleWithRetryFatal() {
	ctx, cancel := context.WithCancel(context.Background())
	attempts := 0
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		if attempts++; attempts == 2 {
			cancel() // that is enough
		}
		return new(net.Dialer).DialContext(ctx, network, addr)
	}

	_, err := wamp.Connect(ctx, exampleRouter(), "a.realm.of.nobody", wamp.WithRetryFatal(), wamp.WithNetDial(dial))

	fmt.Println("tried until the ctx ended:", errors.Is(err, context.Canceled))
	fmt.Println("the last answer:", errors.Is(err, wamp.ErrNoSuchRealm))
	// Output:
	// tried until the ctx ended: true
	// the last answer: true
}

// Everything that waits is bounded. This client has one request pending at
// most, so that a call from within a call is one too many; and no message may be
// larger than 64 KiB.
func ExampleWithLimits() {
	ctx := context.Background()
	service, caller := exampleClient(), exampleClient(
		wamp.WithLimits(wamp.Limits{Pending: 1}),
		wamp.WithReadLimit(64<<10))
	defer service.Close(ctx)
	defer caller.Close(ctx)

	_, err := service.Register(ctx, "com.example.outer", func(ctx context.Context, _ wamp.Payload) (wamp.Payload, error) {
		_, err := caller.Call(ctx, "com.example.inner", nil, nil)
		fmt.Println(err)
		return wamp.Payload{}, nil
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := caller.Call(ctx, "com.example.outer", nil, nil); err != nil {
		log.Fatal(err)
	}
	// Output: wamp: call com.example.inner: too many requests are pending
}

// A client in a local network may try faster than one whose router has many.
func ExampleWithBackoff() {
	ctx := context.Background()
	client, err := wamp.Connect(ctx, exampleRouter(), "realm1",
		wamp.WithBackoff(wamp.Backoff{Min: 10 * time.Millisecond, Max: 2 * time.Second}))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)

	fmt.Println(client.Status().State)
	// Output: ready
}

// A program that cannot work without its router ends with its client.
func ExampleClient_Done() {
	ctx := context.Background()
	client := exampleClient()
	go client.Close(ctx) // or the router refuses it for five minutes

	<-client.Done()
	fmt.Println(client.Err())
	// Output: wamp: closed
}

// Err says why a client ended.
func ExampleClient_Err() {
	ctx := context.Background()
	client := exampleClient()
	fmt.Println(client.Err())

	client.Close(ctx)
	fmt.Println(client.Err())
	// Output:
	// <nil>
	// wamp: closed
}

// A router that assigns the realm, and one that wants to know more of its
// clients.
func ExampleWithAssignedRealm() {
	ctx := context.Background()
	client, err := wamp.Connect(ctx, exampleRouter(), "", wamp.WithAssignedRealm(),
		wamp.WithAuthExtra(map[string]any{"tenant": "acme"}))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)

	fmt.Println(client.Realm())
	// Output: realm1
}
