package live

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// rollingLength is how long the rolling drains go on.
func rollingLength() time.Duration { return time.Duration(faultScale(60, 1)) * time.Second }

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

// worker connects a client that its test drains itself.
func worker(t *testing.T, url string) *wamp.Client {
	t.Helper()
	c, err := wamp.Connect(t.Context(), url, "realm1")
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
		if _, err := c.Register(t.Context(), "com.example.work", faultEcho, wamp.Invoke(wamp.InvokeRoundRobin)); err != nil {
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
		caller := connect(t, url)
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
