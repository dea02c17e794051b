package main

import (
	"context"
	"errors"
	"runtime/debug"

	"github.com/gammazero/nexus/v3/client"
	"github.com/gammazero/nexus/v3/wamp"
)

// nexus is the client of the router nexus.
type nexus struct {
	url    string
	client *client.Client
	got    chan struct{}
}

func dial(ctx context.Context, url string) (*client.Client, error) {
	return client.ConnectNet(ctx, url, client.Config{Realm: "realm1", Serialization: client.CBOR})
}

func openNexus(ctx context.Context, url string) (library, error) {
	serving, err := dial(ctx, url)
	if err != nil {
		return nil, err
	}
	calling, err := dial(ctx, url)
	if err != nil {
		return nil, err
	}
	n := &nexus{url: url, client: calling, got: make(chan struct{}, 1024)}
	echo := func(_ context.Context, inv *wamp.Invocation) client.InvokeResult {
		number, _ := wamp.AsInt64(inv.Arguments[0])
		text, _ := wamp.AsString(inv.Arguments[1])
		flag, _ := wamp.AsBool(inv.Arguments[2])
		return client.InvokeResult{Args: wamp.List{number, text, flag}}
	}
	if err := serving.Register("com.example.bench.nexus", echo, nil); err != nil {
		return nil, err
	}
	err = serving.Subscribe("com.example.bench.nexus", func(ev *wamp.Event) {
		if text, ok := wamp.AsString(ev.Arguments[1]); ok && text != "" {
			n.got <- struct{}{}
		}
	}, nil)
	return n, err
}

func (n *nexus) call(ctx context.Context, text string) error {
	result, err := n.client.Call(ctx, "com.example.bench.nexus", nil, wamp.List{int64(1), text, true}, nil, nil)
	if err != nil {
		return err
	}
	if got, _ := wamp.AsString(result.Arguments[1]); len(got) != len(text) {
		return errors.New("another text came back")
	}
	return nil
}

func (n *nexus) publish(_ context.Context, text string) error {
	return n.client.Publish("com.example.bench.nexus", nil, wamp.List{int64(1), text, true}, nil)
}

func (n *nexus) events() <-chan struct{} { return n.got }

func (n *nexus) idle(ctx context.Context, sessions int) (end func(), err error) {
	var all []*client.Client
	for range sessions {
		c, err := dial(ctx, n.url)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return func() {
		for _, c := range all {
			_ = c.Close()
		}
	}, nil
}

func (*nexus) version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == "github.com/gammazero/nexus/v3" {
			return m.Version
		}
	}
	return ""
}
