package stream

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
	"github.com/wampgen/wampgen/runtime/wamptest"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

const procedure = "com.example.stream"

// routed runs f with clients of the in-memory router, in a bubble.
func routed(t *testing.T, f func(t *testing.T, callee, caller func(...wamp.ConnectOption) *wamp.Client)) {
	synctest.Test(t, func(t *testing.T) {
		r := wamptest.NewRealm(t)
		join := func(opts ...wamp.ConnectOption) *wamp.Client {
			return r.Client(t, append(opts, wamp.WithLogger(slog.New(slog.DiscardHandler)))...)
		}
		f(t, join, join)
	})
}

// everywhere runs f on the in-memory router and on nexus.
func everywhere(t *testing.T, f func(t *testing.T, callee, caller *wamp.Client)) {
	t.Run("memory", func(t *testing.T) {
		routed(t, func(t *testing.T, callee, caller func(...wamp.ConnectOption) *wamp.Client) { f(t, callee(), caller()) })
	})
	t.Run("nexus", func(t *testing.T) {
		r := router.New(t, router.Config{})
		f(t, stage.Connect(t, r.WebSocketURL()), stage.Connect(t, r.RawSocketURL()))
	})
}

type handler = func(context.Context, wamp.Payload, wamp.Sender[wamp.Payload]) (wamp.Payload, error)

func register(t *testing.T, c *wamp.Client, uri string, f handler, opts ...wamp.RegisterOption) *wamp.Registration {
	t.Helper()
	r, err := c.RegisterStream(t.Context(), uri, f, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// count is a handler that sends as many numbers as it is told and returns how
// many they were.
func count(_ context.Context, in wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
	n := in.Args[0].(int64)
	for i := range n {
		if err := out.Send(wamp.Payload{Args: []any{i}}); err != nil {
			return wamp.Payload{}, err
		}
	}
	return wamp.Payload{Args: []any{n}}, nil
}

// endless sends without end and gives the error that ended it, and the cause of
// its ctx.
func endless(ended chan<- [2]error) handler {
	return func(ctx context.Context, _ wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
		for i := 0; ; i++ {
			if err := out.Send(wamp.Payload{Args: []any{i}}); err != nil {
				<-ctx.Done()
				ended <- [2]error{err, context.Cause(ctx)}
				return wamp.Payload{}, err
			}
		}
	}
}

// drained reads a stream to its end. It returns the first values and the error
// that All yielded.
func drained(t *testing.T, s wamp.Stream[wamp.Payload, wamp.Payload]) (values []any, err error) {
	t.Helper()
	for p, e := range s.All() {
		if err != nil {
			t.Error("All yields more after an error")
		}
		if err = e; err == nil {
			values = append(values, p.Args...)
		}
	}
	if _, again := s.Result(); !errors.Is(again, err) || (again == nil) != (err == nil) {
		t.Errorf("All ends with %v, Result with %v", err, again)
	}
	for p, e := range s.All() {
		t.Errorf("a second loop yields %v, %v", p, e)
	}
	return values, err
}
