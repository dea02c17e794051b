package interop

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
)

// Every router is killed and restarted under load, WAMPGEN_RESTARTS times (default
// 2). After each time the procedure and the subscription are there once. (H4).
func TestH4_ForeignRouterKilled(t *testing.T) {
	times := 2
	if n, err := strconv.Atoi(os.Getenv("WAMPGEN_RESTARTS")); err == nil {
		times = n
	}
	for _, r := range routers {
		t.Run(r.name, func(t *testing.T) {
			running, err := r.start()
			if missing(err) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := restarts(t.Context(), running, times); err != nil {
				t.Error(err)
			}
		})
	}
}

func restarts(ctx context.Context, r *running, times int) error {
	const procedure, topic = "com.example.restart.echo", "com.example.restart.news"
	join := func() (*wamp.Client, error) {
		return wamp.Connect(ctx, r.urls["ws"], realm, wamp.WithLogger(slog.New(slog.DiscardHandler)),
			wamp.WithBackoff(wamp.Backoff{Max: time.Second}))
	}
	callee, err := join()
	if err != nil {
		return err
	}
	seen := make(chan int64, 100)
	_, err = callee.Register(ctx, procedure, echo)
	if err == nil {
		_, err = callee.Subscribe(ctx, topic, func(_ context.Context, p wamp.Payload) error {
			seen <- p.Args[0].(int64)
			return nil
		})
	}
	if err != nil {
		return err
	}
	caller, err := join()
	if err != nil {
		return err
	}
	load, end := context.WithCancel(ctx)
	var loading sync.WaitGroup
	for i := range 4 {
		loading.Go(func() {
			for load.Err() == nil {
				_, _ = caller.Call(load, procedure, []any{i}, nil) // lost in a crash
			}
		})
	}
	for i := range times {
		sessions := [2]wamp.ID{callee.SessionID(), caller.SessionID()}
		if err = errors.Join(r.kill(), r.restart()); err != nil {
			break
		}
		if err = errors.Join(another(ctx, callee, sessions[0]), another(ctx, caller, sessions[1])); err != nil {
			break
		}
		if err = arrivesOnce(ctx, caller, procedure, topic, int64(i), seen); err != nil {
			break
		}
	}
	end()
	loading.Wait()
	return errors.Join(err, caller.Close(ctx), callee.Close(ctx))
}

// another waits for a session other than this one.
func another(ctx context.Context, c *wamp.Client, old wamp.ID) error {
	ctx, cancel := context.WithTimeout(ctx, exerciseLimit)
	defer cancel()
	for s := range c.Watch(ctx) {
		if s.State == wamp.Ready && s.Session != old {
			return nil
		}
	}
	return fmt.Errorf("not ready again: %+v", c.Status())
}

// arrivesOnce calls, and publishes twice: both events come once and in order.
func arrivesOnce(ctx context.Context, c *wamp.Client, procedure, topic string, i int64, seen <-chan int64) error {
	ctx, cancel := context.WithTimeout(ctx, exerciseLimit)
	defer cancel()
	if out, err := c.Call(ctx, procedure, []any{i}, nil); err != nil || out.Args[0] != i {
		return fmt.Errorf("call %d gives %v: %w", i, out, err)
	}
	for _, n := range []int64{2 * i, 2*i + 1} {
		if err := c.Publish(ctx, topic, []any{n}, nil, wamp.WithAcknowledge()); err != nil {
			return err
		}
		if got, err := receive(ctx, "an event", seen); err != nil || got != n {
			return fmt.Errorf("want event %d, found %d: %w", n, got, err)
		}
	}
	return nil
}
