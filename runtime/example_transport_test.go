package wamp_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// A router with a certificate of your own authority.
func ExampleWithTLS() {
	ctx := context.Background()
	url, authority, stop := secureRouter()
	defer stop()

	client, err := wamp.Connect(ctx, url, "realm1", wamp.WithTLS(&tls.Config{RootCAs: authority}))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)

	fmt.Println(url[:6], client.Status().State)
	// Output: wss:// ready
}

// A gateway in front of the router may want a header of its own.
func ExampleWithHeader() {
	ctx := context.Background()
	url, stop := watchedRouter(func(r *http.Request) {
		fmt.Println("gateway sees", r.Header.Get("X-Tenant"))
	})
	defer stop()

	client, err := wamp.Connect(ctx, url, "realm1", wamp.WithHeader(http.Header{"X-Tenant": {"acme"}}))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)
	// Output: gateway sees acme
}

// The jar keeps what the router sets, for the next session and for auth.Cookie.
func ExampleWithCookieJar() {
	ctx := context.Background()
	jar, err := cookiejar.New(nil)
	if err != nil {
		log.Fatal(err)
	}
	client, err := wamp.Connect(ctx, exampleRouter(), "realm1", wamp.WithCookieJar(jar))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)

	fmt.Println(jar.Cookies(&url.URL{Scheme: "http", Host: "127.0.0.1"}))
	// Output: [visits=1]
}

// A dialer of your own opens connections however it likes. That of the in-memory
// router of wamptest needs no network at all.
func ExampleWithDialer() {
	ctx := context.Background()
	realm := wamptest.StartRealm()
	defer realm.Close()

	client, err := wamp.Connect(ctx, "memory:", realm.Name(), wamp.WithDialer(realm.Dialer()))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)

	fmt.Println(client.Status().State)
	// Output: ready
}

// The sockets may come from elsewhere, such as a SOCKS proxy from
// golang.org/x/net/proxy.
func ExampleWithNetDial() {
	ctx := context.Background()
	proxy := sharedRouter() // has a DialContext, as dialers have

	client, err := wamp.Connect(ctx, "ws://router.example/ws", "realm1", wamp.WithNetDial(proxy.DialContext))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)

	fmt.Println(client.Status().URL)
	// Output: ws://router.example/ws
}

// How long a connection may be silent or stuck. These are the defaults, but for
// pings on RawSocket, which Crossbar.io does not understand.
func ExampleWithPing() {
	ctx := context.Background()
	client, err := wamp.Connect(ctx, exampleRouter(), "realm1",
		wamp.WithPing(15*time.Second, 10*time.Second),
		wamp.WithRawSocketPing(),
		wamp.WithWriteTimeout(10*time.Second),
		wamp.WithHandshakeTimeout(10*time.Second))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)

	fmt.Println(client.Status().State)
	// Output: ready
}

// What peers could not read does not leave.
func ExampleWithWriteLimit() {
	ctx := context.Background()
	client := exampleClient(wamp.WithWriteLimit(64 << 10))
	defer client.Close(ctx)

	err := client.Publish(ctx, "com.example.pictures", []any{make([]byte, 100_000)}, nil)
	fmt.Println(errors.Is(err, wamp.ErrTooLarge))
	// Output: true
}

// A token that is fetched for each attempt to open a session.
func ExampleWithHeaderFunc() {
	ctx := context.Background()
	url, stop := watchedRouter(func(r *http.Request) { fmt.Println(r.Header.Get("Authorization")) })
	defer stop()
	token := func(context.Context) (http.Header, error) {
		return http.Header{"Authorization": {"Bearer 4711"}}, nil
	}
	client, err := wamp.Connect(ctx, url, "realm1", wamp.WithHeaderFunc(token))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)
	// Output: Bearer 4711
}

// No proxy, whatever the environment says.
func ExampleWithProxy() {
	ctx := context.Background()
	none := func(*http.Request) (*url.URL, error) { return nil, nil }
	client, err := wamp.Connect(ctx, exampleRouter(), "realm1", wamp.WithProxy(none))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)

	fmt.Println(client.Status().State)
	// Output: ready
}
