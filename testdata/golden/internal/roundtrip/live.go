package roundtrip

import (
	"context"
	"errors"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// patience bounds what waits for the router.
const patience = 2 * time.Minute

// Live runs f for both transports and all formats, each time with two clients
// of one router that speak them.
func Live(t *testing.T, f func(ctx context.Context, t *testing.T, callee, caller *wamp.Client)) {
	t.Helper()
	r := router.New(t, router.Config{Realms: realms()})
	run(t, r.WebSocketURL(), r.RawSocketURL(), f)
}

// Apart is Live with the router in a process of its own, for what makes nexus
// race with itself: an event that goes to several subscriptions.
func Apart(t *testing.T, f func(ctx context.Context, t *testing.T, callee, caller *wamp.Client)) {
	t.Helper()
	r := router.NewProcess(t, router.Config{Realms: realms()})
	run(t, r.WebSocketURL(), r.RawSocketURL(), f)
}

// realms has a realm for each transport and format: a router still has the
// registrations of a session for a while after it has left.
func realms() (names []string) {
	for _, transport := range []string{"websocket", "rawsocket"} {
		for _, format := range Formats {
			names = append(names, realm(transport, format))
		}
	}
	return names
}

func realm(transport string, f codec.Format) string { return transport + "." + f.String() }

func run(t *testing.T, webSocket, rawSocket string, f func(ctx context.Context, t *testing.T, callee, caller *wamp.Client)) {
	t.Helper()
	urls := map[string]string{"websocket": webSocket, "rawsocket": rawSocket}
	for name, url := range urls {
		for _, format := range Formats {
			t.Run(name+"/"+format.String(), func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				connect := func() *wamp.Client { return connect(ctx, t, url, realm(name, format), format) }
				f(ctx, t, connect(), connect())
			})
		}
	}
}

func connect(ctx context.Context, t *testing.T, url, realm string, format codec.Format) *wamp.Client {
	t.Helper()
	client, err := wamp.Connect(ctx, url, realm, wamp.WithSerializers(format))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		client.Close(ctx)
	})
	return client
}

// Echoes calls with a value and wants it back.
func Echoes[T any](ctx context.Context, t *testing.T, call func(context.Context, T, ...wamp.CallOption) (T, error), values ...T) {
	t.Helper()
	for _, v := range values {
		got, err := call(ctx, v)
		if err != nil {
			t.Errorf("call with %#v: %v", v, err)
			continue
		}
		Same(t, "echo", got, v)
	}
}

// Wrong calls a procedure as an untyped peer does and wants the callee to
// answer wamp.error.invalid_argument with that text.
func Wrong(ctx context.Context, t *testing.T, caller *wamp.Client, uri string, args []any, kwargs map[string]any, text string) {
	t.Helper()
	_, err := caller.Call(ctx, uri, args, kwargs)
	var refusal *wamp.Error
	if !errors.As(err, &refusal) || !errors.Is(err, wamp.ErrInvalidArgument) {
		t.Errorf("%s %v %v: got %v, want wamp.error.invalid_argument", uri, args, kwargs, err)
		return
	}
	if len(refusal.Args) == 0 || refusal.Args[0] != text {
		t.Errorf("%s %v %v: says %q, want %q", uri, args, kwargs, refusal.Args, text)
	}
}

// Receive returns the next event of a channel.
func Receive[T any](ctx context.Context, t *testing.T, events <-chan T) T {
	t.Helper()
	var ev T
	select {
	case ev = <-events:
	case <-ctx.Done():
		t.Fatal("no event:", ctx.Err())
	}
	return ev
}
