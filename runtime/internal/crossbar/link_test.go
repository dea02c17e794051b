//go:build unix

package crossbar

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/internal/crossbar/node"
)

// TestLink: what crosses a link between two nodes and what does not, which is what
// the lint rule cluster-rlink warns of.
func TestLink(t *testing.T) {
	hub := node.Running(t)
	other, err := node.StartLinked(hub)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := other.Stop(); err != nil {
			t.Error(err)
		}
	})
	for name, nodes := range map[string][2]string{
		"from": {other.WebSocket, hub.WebSocket},
		"to":   {hub.WebSocket, other.WebSocket},
	} {
		t.Run(name+" the linked node", func(t *testing.T) {
			l := link{nodes[0], nodes[1], join(t, nodes[0]), join(t, nodes[1]), "com.example.link." + name}
			t.Run("calls", l.calls)
			t.Run("cancel", func(t *testing.T) { l.cancel(t, name == "to") })
			t.Run("progress", l.progress)
			t.Run("pattern of procedures", l.procedures)
			t.Run("events", l.events)
			t.Run("retained", l.retained)
			if name == "from" { // once: the link keeps the subscription
				t.Run("history", l.history)
			}
		})
	}
}

// link is a client at each of two nodes.
type link struct {
	url, farURL string       // of the nodes
	near, far   *wamp.Client // who calls and publishes, and who serves and subscribes
	uri         string       // with which everything begins
}

// crossed waits until the near node knows what the far one has, a "registration"
// or a "subscription".
func (l link) crossed(t *testing.T, kind, uri string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for {
		out, err := l.near.Call(ctx, "wamp."+kind+".lookup", []any{uri}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Args) == 1 && out.Args[0] != nil {
			return
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("the %s of %s did not cross the link", kind, uri)
		}
	}
}

// A payload comes through whole. An error does not: the caller gets a result, null.
func (l link) calls(t *testing.T) {
	uri := l.uri + ".echo"
	_, err := l.far.Register(t.Context(), uri, func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
		if len(in.Args) == 0 {
			return wamp.Payload{}, wamp.NewError("com.example.error.empty", int64(1))
		}
		return in, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	l.crossed(t, "registration", uri)
	out, err := l.near.Call(t.Context(), uri, []any{int64(1)<<53 - 1, []byte{0, 1}, "ä"}, map[string]any{"k": true})
	if err != nil || len(out.Args) != 3 || out.Args[0] != int64(1)<<53-1 || out.Args[2] != "ä" || out.Kwargs["k"] != true {
		t.Errorf("got %v, %v", out, err)
	}
	out, err = l.near.Call(t.Context(), uri, nil, nil)
	if err != nil || len(out.Args) != 1 || out.Args[0] != nil {
		t.Errorf("an error: got %v, %v; want null", out, err)
	}
}

// A call that is given up ends. Its callee hears of it only at the linked node; at
// the other one it goes on.
func (l link) cancel(t *testing.T, heard bool) {
	uri, other := l.uri+".hang", l.uri+".other"
	if _, err := l.far.Register(t.Context(), other, answer("other")); err != nil {
		t.Fatal(err)
	}
	begun, release, ended := make(chan bool, 1), make(chan bool), make(chan error, 1)
	_, err := l.far.Register(t.Context(), uri, func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
		begun <- true
		select {
		case <-ctx.Done():
		case <-release:
		}
		ended <- context.Cause(ctx)
		return in, context.Cause(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	l.crossed(t, "registration", other)
	l.crossed(t, "registration", uri)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := l.near.Call(ctx, uri, nil, nil, wamp.WithCancelMode(wamp.KillNoWait))
		done <- err
	}()
	<-begun
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("the call ended with %v", err)
	}
	if heard {
		if err := <-ended; !errors.Is(err, wamp.ErrCanceled) {
			t.Errorf("the handler ended with %v", err)
		}
		return
	}
	// What crosses after the CANCEL has crossed when this call has its result.
	if _, err := l.near.Call(t.Context(), other, nil, nil); err != nil {
		t.Error(err)
	}
	close(release)
	if err := <-ended; err != nil {
		t.Errorf("the handler was ended by %v", err)
	}
}

// The callee does not learn that progressive results are wanted.
func (l link) progress(t *testing.T) {
	uri, wanted := l.uri+".stream", make(chan bool, 1)
	_, err := l.far.RegisterStream(t.Context(), uri, func(_ context.Context, _ wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
		wanted <- out.Wanted()
		return wamp.Payload{Args: []any{"last"}}, out.Send(wamp.Payload{Args: []any{"first"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	l.crossed(t, "registration", uri)
	stream := l.near.CallStream(t.Context(), uri, nil, nil)
	for progress, err := range stream.All() {
		t.Errorf("got %v, %v", progress, err)
	}
	out, err := stream.Result()
	if err != nil || len(out.Args) != 1 || out.Args[0] != "last" || <-wanted {
		t.Errorf("got %v, %v, or progress was wanted", out, err)
	}
}

// A pattern is not announced to the other node, whose callers find nobody.
func (l link) procedures(t *testing.T) {
	marker := l.uri + ".marker" // crosses after what was registered before it
	if _, err := l.far.Register(t.Context(), l.uri+".device..reset", answer("reset"), wamp.WithWildcard()); err != nil {
		t.Fatal(err)
	}
	if _, err := l.far.Register(t.Context(), marker, answer("marker")); err != nil {
		t.Fatal(err)
	}
	l.crossed(t, "registration", marker)
	if out, err := l.near.Call(t.Context(), l.uri+".device.7.reset", nil, nil); !errors.Is(err, wamp.ErrNoSuchProcedure) {
		t.Errorf("got %v, %v", out, err)
	}
}

// An event reaches who subscribed to its topic, and not who has a pattern.
func (l link) events(t *testing.T) {
	topic := l.uri + ".reading"
	wildcard := watch(t, l.far, l.uri+".device..value", wamp.WithWildcard())
	prefix := watch(t, l.far, l.uri+".room", wamp.WithPrefix())
	exact := watch(t, l.far, topic)
	l.crossed(t, "subscription", topic)
	publish(t, l.near, l.uri+".device.7.value", "wildcard")
	publish(t, l.near, l.uri+".room.7", "prefix")
	publish(t, l.near, topic, "exact")
	if got, want := receive(t, exact, 1), []seen{{arg: "exact"}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if len(wildcard)+len(prefix) != 0 {
		t.Error("an event came for a pattern")
	}
}

// A retained event is for subscribers of the node where it was published.
func (l link) retained(t *testing.T) {
	topic := l.uri + ".state"
	publish(t, l.near, topic, "kept", wamp.WithRetain())
	here := watch(t, join(t, l.url), topic, wamp.WithGetRetained())
	if got, want := receive(t, here, 1), []seen{{arg: "kept", retained: true}}; !slices.Equal(got, want) {
		t.Errorf("here: got %v, want %v", got, want)
	}
	there := watch(t, l.far, topic, wamp.WithGetRetained())
	watch(t, l.far, topic+".marker") // crosses after it
	l.crossed(t, "subscription", topic+".marker")
	publish(t, l.near, topic, "next")
	if got, want := receive(t, there, 1), []seen{{arg: "next"}}; !slices.Equal(got, want) {
		t.Errorf("there: got %v, want %v", got, want)
	}
}

// A subscriber that was away gets what it missed from the history of its own node, as
// long as somebody else there has subscribed.
func (l link) history(t *testing.T) {
	const topic = "hist"
	g := newGate()
	got := watch(t, join(t, l.farURL, wamp.WithNetDial(g.dial)), topic, wamp.WithResume())
	watch(t, l.far, topic)
	l.crossed(t, "subscription", topic)
	publish(t, l.near, topic, l.uri)
	have := receive(t, got, 1)
	mend := g.cut()
	publish(t, l.near, topic, "missed")
	mend()
	want := []seen{{arg: l.uri}, {arg: "missed", resumed: true}}
	if have = append(have, receive(t, got, 1)...); !slices.Equal(have, want) {
		t.Errorf("got %v, want %v", have, want)
	}
}
