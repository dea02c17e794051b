package stream

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
)

// An interceptor that runs a handler again which has taken chunks gets an error: they
// are not there any more. One that has taken none gets them.
func TestInput_RunsAgain(t *testing.T) {
	routed(t, func(t *testing.T, callee, caller func(...wamp.ConnectOption) *wamp.Client) {
		again := wamp.WithInterceptors(func(ctx context.Context, _ *wamp.Operation, next func(context.Context) error) error {
			if err := next(ctx); err == nil {
				return nil
			}
			return next(ctx)
		})
		c := callee(again)
		for _, takes := range []bool{false, true} {
			uri, runs := fmt.Sprint("com.example.", takes), 0
			if _, err := c.RegisterChunks(t.Context(), uri, func(ctx context.Context, in wamp.Payload, chunks payloads) (wamp.Payload, error) {
				if runs++; runs > 1 {
					return all(ctx, in, chunks)
				}
				for range chunks {
					if takes {
						break
					}
				}
				return in, errors.New("once more")
			}); err != nil {
				t.Fatal(err)
			}
			if !takes {
				continue // its loop took all of them
			}
			_, err := caller().CallChunks(t.Context(), uri, nil, nil, chunks(1, 2))
			if err == nil || runs != 2 {
				t.Errorf("after %d runs: %v", runs, err)
			}
		}
	})
}

// Drain waits for a stream that ends in time, whose chunks still come; one that does
// not end is interrupted at the deadline.
func TestInput_Drain(t *testing.T) {
	for _, ends := range []bool{true, false} {
		t.Run(fmt.Sprint("ends ", ends), func(t *testing.T) {
			routed(t, func(t *testing.T, callee, caller func(...wamp.ConnectOption) *wamp.Client) {
				c := callee()
				if _, err := c.RegisterChunks(t.Context(), procedure, all); err != nil {
					t.Fatal(err)
				}
				done := sending(t.Context(), caller(), func(yield func(wamp.Payload, error) bool) {
					for i := 0; i < 5 || !ends; i++ {
						if !yield(wamp.Payload{Args: []any{i}}, nil) {
							return
						}
						stage.Pass(time.Second)
					}
				})
				synctest.Wait()
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				err, got := c.Drain(ctx), <-done
				switch {
				case ends && (err != nil || got.err != nil || len(got.out.Args) != 6):
					t.Error(err, got)
				case !ends && (!errors.Is(err, context.DeadlineExceeded) || !errors.Is(got.err, wamp.ErrCanceled)):
					t.Error(err, got)
				}
			})
		})
	}
}

// Chunks that fail, or whose loop panics, are a cancel for the handler, never an end.
func TestInput_ChunksFail(t *testing.T) {
	routed(t, func(t *testing.T, callee, caller func(...wamp.ConnectOption) *wamp.Client) {
		ended := make(chan error, 1)
		if _, err := callee().RegisterChunks(t.Context(), procedure, func(_ context.Context, in wamp.Payload, chunks payloads) (wamp.Payload, error) {
			_, err := gather(chunks)
			ended <- err
			return in, err
		}); err != nil {
			t.Fatal(err)
		}
		mine := errors.New("disk failed")
		got := <-sending(t.Context(), caller(), func(yield func(wamp.Payload, error) bool) {
			yield(wamp.Payload{}, nil)
			stage.Pass(time.Second) // the handler runs
			yield(wamp.Payload{}, mine)
		})
		if err := <-ended; !errors.Is(err, wamp.ErrCanceled) || !errors.Is(got.err, mine) {
			t.Error(err, got.err)
		}
	})
}

// Close of the caller ends its calls, and their handlers; later ones are refused.
func TestChunks_CloseOfTheCaller(t *testing.T) {
	routed(t, func(t *testing.T, callee, caller func(...wamp.ConnectOption) *wamp.Client) {
		ended := make(chan error, 1)
		if _, err := callee().RegisterChunks(t.Context(), procedure, func(_ context.Context, in wamp.Payload, chunks payloads) (wamp.Payload, error) {
			_, err := gather(chunks)
			ended <- err
			return in, err
		}); err != nil {
			t.Fatal(err)
		}
		c := caller()
		done := sending(t.Context(), c, forever)
		stage.Pass(time.Second)
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if got := <-done; !errors.Is(got.err, wamp.ErrLost) || !errors.Is(got.err, wamp.ErrClosed) {
			t.Error(got.err)
		}
		if err := <-ended; !errors.Is(err, wamp.ErrCanceled) {
			t.Error(err)
		}
		if got := <-sending(t.Context(), c, chunks(1)); !errors.Is(got.err, wamp.ErrClosed) {
			t.Error(got.err)
		}
	})
}

// A call with chunks does not wait for a callee, even while others do: it cannot be
// sent again.
func TestChunks_NoCallee(t *testing.T) {
	routed(t, func(t *testing.T, callee, caller func(...wamp.ConnectOption) *wamp.Client) {
		c := caller()
		unary := stage.Begin(func() error {
			_, err := c.Call(t.Context(), procedure, []any{"unary"}, nil, wamp.WithGrace(time.Minute))
			return err
		})
		stage.Pass(time.Second)
		if got := <-sending(t.Context(), c, forever, wamp.WithGrace(time.Minute)); !errors.Is(got.err, wamp.ErrNoSuchProcedure) {
			t.Error(got.err)
		}
		if _, err := callee().RegisterChunks(t.Context(), procedure, all); err != nil {
			t.Fatal(err)
		}
		if err := <-unary; err != nil {
			t.Error(err)
		}
	})
}

// An interceptor sees one operation for a call with chunks, at both ends, and all the
// bytes.
func TestInterceptor_SpansChunks(t *testing.T) {
	routed(t, func(t *testing.T, callee, caller func(...wamp.ConnectOption) *wamp.Client) {
		var mu sync.Mutex
		seen := map[wamp.OperationKind][]int64{}
		watch := wamp.WithInterceptors(func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
			err := next(ctx)
			mu.Lock()
			defer mu.Unlock()
			seen[op.Kind] = append(seen[op.Kind], op.BytesOut, op.BytesIn)
			return err
		})
		if _, err := callee(watch).RegisterChunks(t.Context(), procedure, func(_ context.Context, _ wamp.Payload, chunks payloads) (wamp.Payload, error) {
			_, err := gather(chunks)
			return wamp.Payload{}, err
		}); err != nil {
			t.Fatal(err)
		}
		chunk := strings.Repeat("x", 1000)
		if got := <-sending(t.Context(), caller(watch), chunks(chunk, chunk)); got.err != nil {
			t.Fatal(got.err)
		}
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		call, inv := seen[wamp.OperationCall], seen[wamp.OperationInvocation]
		if len(call) != 2 || len(inv) != 2 || call[0] != inv[1] || call[0] < 2000 || call[0] > 2100 {
			t.Errorf("call %v, invocation %v", call, inv)
		}
	})
}
