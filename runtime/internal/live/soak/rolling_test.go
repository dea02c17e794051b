package soak

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// rollingLength is how long the rolling drains go on.
func rollingLength() time.Duration { return time.Duration(stage.Scale(60, 1)) * time.Second }

// rolling drains one of two workers and replaces it, then the other, and so on
// until ctx ends; up is called when both are there. It returns how often it did
// and what drains those that are left.
func rolling(ctx context.Context, start func() (drain func()), up func()) (drains int, rest func()) {
	pair := [2]func(){start(), start()}
	up()
	for ; ctx.Err() == nil; drains++ {
		pair[drains%2]()
		pair[drains%2] = start()
	}
	return drains, func() { pair[0](); pair[1]() }
}

// worker connects a client that its test drains itself; there are thousands, and
// their logs say nothing new.
func worker(t *testing.T, url string) *wamp.Client {
	t.Helper()
	c, err := wamp.Connect(t.Context(), url, "realm1", wamp.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// drained ends a client without losing work.
func drained(t *testing.T, c *wamp.Client) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := c.Drain(ctx); err != nil {
		t.Errorf("drain: %v", err)
	}
}

// Two callees share a procedure; one of them is drained and replaced all the time
// under 8 callers. No call fails.
func TestDrain_RollingCalleesFailNoCall(t *testing.T) {
	r := router.NewProcess(t, router.Config{})
	for _, url := range []string{r.RawSocketURL(), r.WebSocketURL()} {
		t.Run(url[:3], func(t *testing.T) {
			rollCallees(t, url, rollingLength()/2)
		})
	}
}

func rollCallees(t *testing.T, url string, length time.Duration) {
	start := func() func() {
		c := worker(t, url)
		if _, err := c.Register(t.Context(), "com.example.work", stage.Echo, wamp.WithInvokePolicy(wamp.InvokeRoundRobin)); err != nil {
			t.Error(err)
		}
		return func() { drained(t, c) }
	}
	ctx, stop := context.WithTimeout(t.Context(), length)
	defer stop()
	var callers sync.WaitGroup
	var calls, failed atomic.Int64
	up := make(chan struct{}) // both callees are there
	for range 8 {
		caller := stage.Connect(t, url)
		callers.Go(func() {
			<-up
			for n := int64(0); ctx.Err() == nil; n++ {
				out, err := caller.Call(t.Context(), "com.example.work", []any{n}, nil)
				if calls.Add(1); err != nil || len(out.Args) != 1 || out.Args[0] != n {
					if failed.Add(1) == 1 {
						t.Errorf("call %d: %v, %v", n, out, err)
					}
				}
			}
		})
	}
	drains, rest := rolling(ctx, start, func() { close(up) })
	callers.Wait()
	rest()
	t.Logf("%d calls during %d drains in %v, %d failed", calls.Load(), drains, length, failed.Load())
}

// A loop over Events gets every event that was acknowledged to its publisher before
// its client was drained, without a hole and in order.
func TestDrain_RollingLoopsMissNoEvent(t *testing.T) {
	r := router.NewProcess(t, router.Config{})
	url := r.RawSocketURL()
	publisher := stage.Connect(t, url)
	ctx, stop := context.WithTimeout(t.Context(), rollingLength())
	defer stop()
	var acknowledged, events atomic.Int64
	var publishing sync.WaitGroup
	publishing.Go(func() {
		pace := time.NewTicker(500 * time.Microsecond)
		defer pace.Stop()
		for n := int64(1); ctx.Err() == nil; n++ {
			<-pace.C
			if err := publisher.Publish(t.Context(), "com.example.t", []any{n}, nil, wamp.WithAcknowledge()); err != nil {
				t.Error(err)
			}
			acknowledged.Store(n)
		}
	})
	start := func() func() {
		c := worker(t, url)
		begun, last := make(chan struct{}), make(chan int64, 1)
		go func() {
			var previous int64
			for n, err := range wamp.Events[stage.Number](t.Context(), c, stage.Counts) {
				if err != nil {
					break
				}
				got := int64(n.Data)
				if previous == 0 {
					close(begun)
				} else if got != previous+1 {
					t.Errorf("event %d follows %d", got, previous)
				}
				previous = got
				events.Add(1)
			}
			last <- previous
		}()
		select {
		case <-begun:
		case <-ctx.Done(): // no event comes any more
		}
		return func() {
			before := acknowledged.Load()
			drained(t, c)
			if got := <-last; got != 0 && got < before {
				t.Errorf("the loop ended with event %d, and %d was acknowledged before the drain", got, before)
			}
		}
	}
	drains, rest := rolling(ctx, start, func() {})
	publishing.Wait()
	rest()
	t.Logf("%d events published, %d handed out during %d drains", acknowledged.Load(), events.Load(), drains)
}
