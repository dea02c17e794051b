package peers

import (
	"context"
	"errors"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
)

// K8 on a real router: handlers use the client that runs them, in every way.
func TestK8_HandlersUseTheirClient(t *testing.T) {
	overAll(t, func(t *testing.T, url string, format codec.Format) {
		ctx := t.Context()
		c := stage.Connect(t, url, wamp.WithSerializers(format))
		procedure, topic := "com.example.k8.factorial", "com.example.k8.topic"
		_, err := c.Register(ctx, procedure, func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			n := in.Args[0].(int64)
			if n <= 1 {
				return wamp.Payload{Args: []any{int64(1)}}, nil
			}
			out, err := c.Call(ctx, procedure, []any{n - 1}, nil) // its own procedure
			if err != nil {
				return out, err
			}
			return wamp.Payload{Args: []any{n * out.Args[0].(int64)}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		subs, done, inner := make(chan *wamp.Subscription, 1), make(chan error, 1), make(chan wamp.Payload, 1)
		sub, err := c.Subscribe(ctx, topic, func(ctx context.Context, _ wamp.Payload) error {
			sub := <-subs
			_, err1 := c.Subscribe(ctx, topic+".inner", func(_ context.Context, ev wamp.Payload) error {
				inner <- ev
				return nil
			})
			out, err2 := c.Call(ctx, procedure, []any{10}, nil)
			err3 := c.Publish(ctx, topic+".inner", out.Args, nil, wamp.WithExcludeMe(false), wamp.WithAcknowledge())
			reg, err4 := c.Register(ctx, topic+".new", stage.Echo)
			done <- errors.Join(err1, err2, err3, err4, reg.Unregister(ctx), sub.Unsubscribe(ctx))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		subs <- sub
		if err := c.Publish(ctx, topic, nil, nil, wamp.WithExcludeMe(false)); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if ev := <-inner; ev.Args[0] != int64(3628800) {
			t.Errorf("10! = %v", ev.Args)
		}
	})
}
