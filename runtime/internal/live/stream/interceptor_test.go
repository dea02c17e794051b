package stream

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
)

// An interceptor sees one operation for a stream, at both ends; it ends with the
// stream and has its error.
func TestInterceptor_SpansTheStream(t *testing.T) {
	routed(t, func(t *testing.T, callee, caller func(...wamp.ConnectOption) *wamp.Client) {
		var mu sync.Mutex
		var seen []string
		note := func(s string) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, s)
		}
		watch := wamp.WithInterceptors(func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
			if op.URI != procedure || op.Kind == wamp.OperationRegister {
				return next(ctx)
			}
			note(op.Kind.String() + " begins")
			err := next(ctx)
			if err != nil {
				note(op.Kind.String() + " fails")
			} else {
				note(op.Kind.String() + " ends")
			}
			return err
		})
		register(t, callee(watch), procedure, count)
		c := caller(watch)
		for range c.CallStream(t.Context(), procedure, []any{2}, nil).All() {
			note("result")
			synctest.Wait()
		}
		want := []string{"call begins", "invocation begins", "invocation ends", "call ends", "result", "result"}
		slices.Sort(want)
		mu.Lock()
		slices.Sort(seen)
		if !slices.Equal(seen, want) {
			t.Errorf("seen %q", seen)
		}
		seen = nil
		mu.Unlock()
		s := c.CallStream(t.Context(), procedure, []any{100_000}, nil)
		for range s.All() {
			break
		}
		synctest.Wait()
		want = []string{"call begins", "call fails", "invocation begins", "invocation fails"}
		slices.Sort(seen)
		if !slices.Equal(seen, want) {
			t.Errorf("after the loop was left: %q", seen)
		}
	})
}

// An interceptor may try a stream again that brought nothing, and no other.
func TestInterceptor_TriesAgain(t *testing.T) {
	routed(t, func(t *testing.T, callee, caller func(...wamp.ConnectOption) *wamp.Client) {
		c := callee()
		tries := 0
		register(t, c, procedure, func(ctx context.Context, in wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			if tries++; tries == 1 {
				return wamp.Payload{}, wamp.NewError("com.example.error.once")
			}
			return count(ctx, in, out)
		})
		register(t, c, "com.example.late", func(ctx context.Context, in wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			_, _ = count(ctx, in, out)
			return wamp.Payload{}, wamp.NewError("com.example.error.late")
		})
		again := wamp.WithInterceptors(func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
			if err := next(ctx); err == nil {
				return nil
			}
			return next(ctx)
		})
		me := caller(again)
		if values, err := drained(t, me.CallStream(t.Context(), procedure, []any{2}, nil)); len(values) != 2 || err != nil || tries != 2 {
			t.Error(values, err, tries)
		}
		if values, err := drained(t, me.CallStream(t.Context(), "com.example.late", []any{2}, nil)); len(values) != 2 || err == nil {
			t.Error(values, err)
		}
	})
}

// A panic of an interceptor ends the stream with an error, not the process.
func TestInterceptor_Panics(t *testing.T) {
	routed(t, func(t *testing.T, _, caller func(...wamp.ConnectOption) *wamp.Client) {
		c := caller(wamp.WithInterceptors(func(context.Context, *wamp.Operation, func(context.Context) error) error { panic(errors.New("mine")) }))
		if _, err := drained(t, c.CallStream(t.Context(), procedure, nil, nil)); err == nil || wamp.IsPeer(err) {
			t.Error(err)
		}
	})
}
