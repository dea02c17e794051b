// Package peers shows clients on a real router, with each other and with a
// foreign client.
package peers

import (
	"context"
	"errors"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// overAll runs a test over both transports and all formats against one router.
func overAll(t *testing.T, f func(t *testing.T, url string, format codec.Format)) {
	r := router.New(t, router.Config{})
	for _, url := range []string{r.WebSocketURL(), r.RawSocketURL()} {
		for _, format := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
			t.Run(url[:3]+"/"+format.String(), func(t *testing.T) { f(t, url, format) })
		}
	}
}

func TestUntyped_CallPublish(t *testing.T) {
	overAll(t, func(t *testing.T, url string, format codec.Format) {
		ctx := t.Context()
		callee := stage.Connect(t, url, wamp.WithSerializers(format))
		caller := stage.Connect(t, url, wamp.WithSerializers(format))
		reg, err := callee.Register(ctx, "com.example.add", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
			if len(in.Args) != 2 {
				return wamp.Payload{}, wamp.NewError("com.example.error.count", int64(len(in.Args)))
			}
			return wamp.Payload{Args: []any{in.Args[0].(int64) + in.Args[1].(int64)}, Kwargs: in.Kwargs}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		out, err := caller.Call(ctx, "com.example.add", []any{2, 3}, map[string]any{"note": "x"})
		if err != nil || out.Args[0] != int64(5) || out.Kwargs["note"] != "x" {
			t.Fatalf("got %v, %v", out, err)
		}
		_, err = caller.Call(ctx, "com.example.add", []any{2}, nil)
		if !errors.Is(err, &wamp.Error{URI: "com.example.error.count"}) || !wamp.IsPeer(err) {
			t.Fatalf("got %v", err)
		}
		got := make(chan wamp.Payload, 1)
		sub, err := callee.Subscribe(ctx, "com.example.topic", func(_ context.Context, ev wamp.Payload) error {
			got <- ev
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var id wamp.ID
		if err := caller.Publish(ctx, "com.example.topic", []any{"hello"}, nil, wamp.WithPublicationTo(&id)); err != nil {
			t.Fatal(err)
		}
		if ev := <-got; ev.Args[0] != "hello" || id == 0 {
			t.Fatalf("got %v, %v", ev, id)
		}
		if err := errors.Join(sub.Unsubscribe(ctx), reg.Unregister(ctx)); err != nil {
			t.Fatal(err)
		}
		if _, err = caller.Call(ctx, "com.example.add", nil, nil); !errors.Is(err, wamp.ErrNoSuchProcedure) {
			t.Fatalf("got %v", err)
		}
	})
}
