//go:build unix

package crossbar

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/crossbar/node"
)

// over runs f over both transports and in all formats.
func over(t *testing.T, f func(t *testing.T, url string, format wamp.ConnectOption, name string)) {
	n := node.Running(t)
	for _, url := range []string{n.WebSocket, n.RawSocket} {
		for _, format := range formats {
			name := url[:3] + "." + format.String()
			if url == n.WebSocket {
				name = "ws." + format.String()
			}
			t.Run(name, func(t *testing.T) { f(t, url, wamp.WithSerializers(format), name) })
		}
	}
}

// answer is a handler that returns a text.
func answer(text string) func(context.Context, wamp.Payload) (wamp.Payload, error) {
	return func(context.Context, wamp.Payload) (wamp.Payload, error) {
		return wamp.Payload{Args: []any{text}}, nil
	}
}

func TestCallAndError(t *testing.T) {
	over(t, func(t *testing.T, url string, format wamp.ConnectOption, name string) {
		callee, caller := join(t, url, format), join(t, url, format)
		uri := "com.example.call." + name
		_, err := callee.Register(t.Context(), uri, func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
			if len(in.Args) == 0 {
				return wamp.Payload{}, wamp.NewError("com.example.error.empty", int64(1))
			}
			return in, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		out, err := caller.Call(t.Context(), uri, []any{int64(1)<<53 - 1, []byte{0, 1}, "ä"}, map[string]any{"k": true})
		if err != nil || len(out.Args) != 3 || out.Args[0] != int64(1)<<53-1 || out.Args[2] != "ä" || out.Kwargs["k"] != true {
			t.Errorf("got %v, %v", out, err)
		}
		if _, err = caller.Call(t.Context(), uri, nil, nil); !errors.Is(err, &wamp.Error{URI: "com.example.error.empty"}) {
			t.Errorf("got %v", err)
		}
		if _, err = caller.Call(t.Context(), uri+".none", nil, nil); !errors.Is(err, wamp.ErrNoSuchProcedure) {
			t.Errorf("got %v", err)
		}
	})
}

// seen is an event as a handler got it.
type seen struct {
	arg               any
	retained, resumed bool
}

// watch subscribes and returns what arrives.
func watch(t *testing.T, c *wamp.Client, topic string, opts ...wamp.SubscribeOption) <-chan seen {
	t.Helper()
	got := make(chan seen, 64)
	_, err := c.Subscribe(t.Context(), topic, func(ctx context.Context, ev wamp.Payload) error {
		info := wamp.EventInfoFrom(ctx)
		if info.Gap {
			t.Errorf("a gap before %v", ev.Args)
		}
		got <- seen{ev.Args[0], info.Retained, info.Resumed}
		return nil
	}, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// publish waits until the router has the event.
func publish(t *testing.T, c *wamp.Client, topic string, arg any, opts ...wamp.PublishOption) {
	t.Helper()
	if err := c.Publish(t.Context(), topic, []any{arg}, nil, append(opts, wamp.WithAcknowledge())...); err != nil {
		t.Fatal(err)
	}
}

// An event, and the retained one for whoever comes later.
func TestEventAndRetained(t *testing.T) {
	over(t, func(t *testing.T, url string, format wamp.ConnectOption, name string) {
		publisher := join(t, url, format)
		topic := "com.example.event." + name
		early := watch(t, join(t, url, format), topic, wamp.WithGetRetained())
		publish(t, publisher, topic, "kept", wamp.WithRetain())
		late := watch(t, join(t, url, format), topic, wamp.WithGetRetained())
		publish(t, publisher, topic, "next")
		if got, want := receive(t, early, 2), []seen{{arg: "kept"}, {arg: "next"}}; !slices.Equal(got, want) {
			t.Errorf("early: got %v, want %v", got, want)
		}
		if got, want := receive(t, late, 2), []seen{{arg: "kept", retained: true}, {arg: "next"}}; !slices.Equal(got, want) {
			t.Errorf("late: got %v, want %v", got, want)
		}
	})
}

// A procedure that another session has: refused, and taken over by force.
func TestForceReregister(t *testing.T) {
	over(t, func(t *testing.T, url string, format wamp.ConnectOption, name string) {
		first, second, caller := join(t, url, format), join(t, url, format), join(t, url, format)
		uri := "com.example.force." + name
		if _, err := first.Register(t.Context(), uri, answer("first")); err != nil {
			t.Fatal(err)
		}
		if _, err := second.Register(t.Context(), uri, answer("second")); !errors.Is(err, wamp.ErrProcedureAlreadyExists) {
			t.Fatalf("got %v", err)
		}
		if _, err := second.Register(t.Context(), uri, answer("second"), wamp.WithForceReregister()); err != nil {
			t.Fatal(err)
		}
		out, err := caller.Call(t.Context(), uri, nil, nil)
		if err != nil || len(out.Args) != 1 || out.Args[0] != "second" {
			t.Errorf("got %v, %v", out, err)
		}
	})
}

// gate is a network that the test can cut, and that stays down until it opens.
type gate struct {
	mu   sync.Mutex
	open chan struct{} // closed while connections are let through
	conn net.Conn      // the last one
}

func newGate() *gate {
	g := &gate{open: make(chan struct{})}
	close(g.open)
	return g
}

func (g *gate) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	g.mu.Lock()
	open := g.open
	g.mu.Unlock()
	select {
	case <-open:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, addr)
	g.mu.Lock()
	g.conn = conn
	g.mu.Unlock()
	return conn, err
}

// cut ends the connection and keeps the network down until the returned function
// is called.
func (g *gate) cut() (mend func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = make(chan struct{})
	_ = g.conn.Close()
	return sync.OnceFunc(func() { close(g.open) })
}

// A subscription that resumes gets what it missed while it was down, in order,
// each once, and then goes on live. R240; docs/requirements.md 5.3, 24.
func TestResumeOverDroppedConnection(t *testing.T) {
	over(t, func(t *testing.T, url string, format wamp.ConnectOption, _ string) {
		outage{url, format, "hist", "hist", 1}.play(t, wamp.WithResume())
	})
}

// With several subscribers the history of Crossbar.io holds an event several
// times; it still arrives once.
func TestResumeWithOtherSubscribers(t *testing.T) {
	n := node.Running(t)
	outage{n.WebSocket, wamp.WithSerializers(codec.CBOR), "hist.", "hist.others", 2}.play(t, wamp.WithResume(), wamp.WithPrefix())
}

// outage is a subscription whose connection breaks for a while.
type outage struct {
	url            string
	format         wamp.ConnectOption
	pattern, topic string
	others         int // subscribers meanwhile: the router keeps what somebody receives, once for each who does
}

func (o outage) play(t *testing.T, opts ...wamp.SubscribeOption) {
	const before, missed, after = 3, 20, 3
	g := newGate()
	publisher, subscriber := join(t, o.url, o.format), join(t, o.url, o.format, wamp.WithNetDial(g.dial))
	got := watch(t, subscriber, o.pattern, opts...)
	var want []seen
	some := func(n int, resumed bool) {
		for range n {
			ev := seen{arg: int64(len(want)), resumed: resumed}
			want = append(want, ev)
			publish(t, publisher, o.topic, ev.arg)
		}
	}
	some(before, false)
	have := receive(t, got, before)
	mend := g.cut()
	defer mend()
	await(t, subscriber, func(s wamp.Status) bool { return s.State != wamp.Ready })
	var others []*wamp.Client
	for range o.others {
		c := join(t, o.url, o.format)
		watch(t, c, o.pattern, opts[1:]...)
		others = append(others, c)
	}
	some(missed, true)
	for _, c := range others {
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	mend()
	await(t, subscriber, func(s wamp.Status) bool { return s.State == wamp.Ready })
	have = append(have, receive(t, got, missed)...)
	some(after, false)
	have = append(have, receive(t, got, after)...)
	if !slices.Equal(have, want) {
		t.Errorf("got  %v\nwant %v", have, want)
	}
}

// await waits until the client is where ok wants it.
func await(t *testing.T, c *wamp.Client, ok func(wamp.Status) bool) {
	t.Helper()
	for s := range c.Watch(t.Context()) {
		if ok(s) {
			return
		}
	}
	t.Fatal("the client closed")
}

// receive takes n events.
func receive(t *testing.T, from <-chan seen, n int) (all []seen) {
	t.Helper()
	late := time.After(2 * time.Minute)
	for len(all) < n {
		select {
		case ev := <-from:
			all = append(all, ev)
		case <-late:
			t.Fatalf("got %v, want %d events", all, n)
		}
	}
	return all
}
