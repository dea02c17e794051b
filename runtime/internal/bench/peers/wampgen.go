package main

import (
	"context"
	"errors"
	"log/slog"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/bench"
)

// wampgen is this client, by generated code.
type wampgen struct {
	url    string
	client *wamp.Client
	caller bench.Caller
	got    chan struct{}
}

func connect(ctx context.Context, url string) (*wamp.Client, error) {
	return wamp.Connect(ctx, url, "realm1", wamp.WithSerializers(codec.CBOR), wamp.WithLogger(slog.New(slog.DiscardHandler)))
}

func openWampgen(ctx context.Context, url string) (library, error) {
	serving, err := connect(ctx, url)
	if err != nil {
		return nil, err
	}
	calling, err := connect(ctx, url)
	if err != nil {
		return nil, err
	}
	w := &wampgen{url: url, client: calling, caller: bench.NewCaller(calling), got: make(chan struct{}, 1024)}
	_, err = wamp.Register(ctx, serving, bench.HandleEcho(
		func(_ context.Context, in bench.EchoArgs) (bench.EchoResult, error) { return bench.EchoResult(in), nil }))
	if err != nil {
		return nil, err
	}
	_, err = bench.SubscribeTick(ctx, serving, func(context.Context, bench.Tick) error {
		w.got <- struct{}{}
		return nil
	})
	return w, err
}

func (w *wampgen) call(ctx context.Context, text string) error {
	out, err := w.caller.Echo(ctx, bench.EchoArgs{Number: 1, Text: text, Flag: true})
	if err == nil && len(out.Text) != len(text) {
		return errors.New("another text came back")
	}
	return err
}

func (w *wampgen) publish(ctx context.Context, text string) error {
	return bench.PublishTick(ctx, w.client, bench.Tick{Number: 1, Text: text, Flag: true})
}

func (w *wampgen) events() <-chan struct{} { return w.got }

func (w *wampgen) idle(ctx context.Context, n int) (end func(), err error) {
	var all []*wamp.Client
	for range n {
		c, err := connect(ctx, w.url)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return func() {
		for _, c := range all {
			_ = c.Close(ctx)
		}
	}, nil
}

func (*wampgen) version() string { return "of this tree" }
