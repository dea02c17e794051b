package soak

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// 50 callers and one callee of an idempotent procedure, on nexus: the router is
// killed and started again (five times at full size), then the callee is replaced
// as often while the router stays. No caller gets no_such_procedure, and none has
// an error at all.
func TestGrace_FiftyCallersNoticeNothing(t *testing.T) {
	t.Parallel()
	r := router.NewProcess(t, router.Config{})
	url := r.RawSocketURL()
	serve := func() *wamp.Client {
		c := worker(t, url)
		_, err := wamp.Register(t.Context(), c, stage.Procedure(true).Handle(func(_ context.Context, in string) (string, error) { return in, nil }))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	callee := serve()
	ctx, stop := context.WithCancel(t.Context())
	var calls, noCallee, failed atomic.Int64
	var callers sync.WaitGroup
	for range 50 {
		caller := stage.Connect(t, url)
		callers.Go(func() {
			for ctx.Err() == nil {
				limit, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				err := <-stage.CallProcedure(limit, caller, true)
				cancel()
				calls.Add(1)
				if errors.Is(err, wamp.ErrNoSuchProcedure) {
					noCallee.Add(1)
				}
				if err != nil && failed.Add(1) == 1 {
					t.Error(err)
				}
				<-time.After(10 * time.Millisecond) // the pace of a caller
			}
		})
	}
	rounds := stage.Scale(5, 1)
	work := func() {
		for n := calls.Load(); calls.Load() < n+500; {
			<-time.After(time.Millisecond)
		}
	}
	for range rounds {
		work()
		before := callee.SessionID()
		r.Kill()
		if err := r.Start(); err != nil {
			t.Fatal(err)
		}
		stage.ReadyAgain(t, callee, before)
	}
	for range rounds {
		work()
		drained(t, callee)
		<-time.After(time.Second) // how long there is none
		callee = serve()
	}
	work()
	stop()
	callers.Wait()
	drained(t, callee)
	t.Logf("%d calls, %d failed, %d with no_such_procedure", calls.Load(), failed.Load(), noCallee.Load())
}
