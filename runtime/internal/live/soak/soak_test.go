// Package soak runs clients for long against a real router: under faults, restarts
// and rolling deployments.
package soak

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// soak is clients behind two bad networks: a callee and a caller, with a load of
// calls and events between them, and a crowd whose members call each other now and
// then.
type soak struct {
	t              *testing.T
	callee, caller *wamp.Client
	crowd          []*wamp.Client
	inFlight       atomic.Int64
	// outcomes
	calls, lost, events, skipped atomic.Int64
	// last is the newest event number that arrived.
	last int64
}

// callTime is the ctx of a call of the soak. A call that ends slack after its ctx
// has hung.
const (
	callTime = 2 * time.Second
	slack    = 5 * time.Second
)

func newSoak(t *testing.T, url string, calleeNet, callerNet *wamptest.Faults) *soak {
	s := &soak{t: t}
	// A connection that died without a word is found by pings alone, on
	// RawSocket too. Faults come so often that the default backoff would grow until
	// clients are away most of the time.
	opts := []wamp.ConnectOption{wamp.WithHandshakeTimeout(3 * time.Second), wamp.WithPing(time.Second, time.Second), wamp.WithRawSocketPing(),
		wamp.WithBackoff(wamp.Backoff{Max: time.Second})}
	s.callee = stage.Connect(t, url, append(opts, wamp.WithNetDial(calleeNet.NetDial))...)
	s.caller = stage.Connect(t, url, append(opts, wamp.WithNetDial(callerNet.NetDial))...)
	_, err := s.callee.Register(t.Context(), "com.soak.echo", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
		return in, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.callee.Subscribe(t.Context(), "com.soak.count", func(_ context.Context, ev wamp.Payload) error {
		n := ev.Args[0].(int64)
		if n <= s.last { // one handler at a time
			t.Errorf("event %d after %d", n, s.last)
		}
		s.skipped.Add(n - s.last - 1)
		s.last = n
		s.events.Add(1)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range number("WAMPGEN_SOAK_CLIENTS", 10) - 2 {
		net := []*wamptest.Faults{calleeNet, callerNet}[i%2]
		c := stage.Connect(t, url, append(opts, wamp.WithNetDial(net.NetDial))...)
		_, err := c.Register(t.Context(), crowdURI(i), func(_ context.Context, in wamp.Payload) (wamp.Payload, error) { return in, nil })
		if err != nil {
			t.Fatal(err)
		}
		s.crowd = append(s.crowd, c)
	}
	return s
}

func crowdURI(i int) string { return fmt.Sprint("com.soak.crowd.", i) }

// call makes one call, which must end within its ctx with its own answer or
// with an error that says why not.
func (s *soak) call(ctx context.Context, c *wamp.Client, procedure string, n int64) {
	defer s.inFlight.Add(-1)
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	// The end of ctx as this process sees it: a busy machine may stop all of it.
	var over atomic.Pointer[time.Time]
	defer context.AfterFunc(ctx, func() { now := time.Now(); over.Store(&now) })()
	out, err := c.Call(ctx, procedure, []any{n}, nil)
	if end := over.Load(); end != nil && time.Since(*end) > slack {
		s.t.Errorf("call ended %v after its ctx", time.Since(*end))
	}
	switch {
	case err == nil && len(out.Args) == 1 && out.Args[0] == n:
		s.calls.Add(1)
	case err == nil:
		s.t.Errorf("call %d got the answer %v", n, out.Args)
	case errors.Is(err, wamp.ErrLost), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), wamp.IsPeer(err):
		s.lost.Add(1)
	default:
		s.t.Errorf("call %d: %v", n, err)
	}
}

// load makes 1 000 messages a second, every other one a call, until ctx ends.
func (s *soak) load(ctx context.Context) {
	var calls sync.WaitGroup
	defer calls.Wait()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for n := int64(1); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for range 5 {
			if s.inFlight.Add(1) > 4000 {
				s.inFlight.Add(-1) // what an outage has piled up is bounded
			} else {
				id, c, procedure := n, s.caller, "com.soak.echo"
				if i := int(n); len(s.crowd) > 0 && i%10 == 0 {
					c, procedure = s.crowd[i%len(s.crowd)], crowdURI((i+1)%len(s.crowd))
				}
				calls.Go(func() { s.call(context.WithoutCancel(ctx), c, procedure, id) })
			}
			err := s.caller.Publish(ctx, "com.soak.count", []any{n}, nil)
			if err != nil && !errors.Is(err, wamp.ErrNotReady) && ctx.Err() == nil {
				s.t.Errorf("publish %d: %v", n, err)
			}
			n++
		}
	}
}

// heap returns the live heap in MiB.
func heap() float64 { return float64(stage.Heap()) / (1 << 20) }

// TestL1_Soak: random faults every 1 to 5 s under 1 000 messages a second, for
// WAMPGEN_SOAK (default 2 s), with WAMPGEN_SOAK_CLIENTS (default 10). Afterwards no
// goroutine and no file is left.
func TestL1_Soak(t *testing.T) {
	length := 2 * time.Second
	if d, err := time.ParseDuration(os.Getenv("WAMPGEN_SOAK")); err == nil {
		length = d
	}
	r := router.NewProcess(t, router.Config{})
	before := stage.Held()
	for _, url := range []string{r.RawSocketURL(), r.WebSocketURL()} {
		t.Run(url[:3], func(t *testing.T) { soakOver(t, url, length/2) })
	}
	before.Left(t)
}

func soakOver(t *testing.T, url string, length time.Duration) {
	calleeNet, callerNet := &wamptest.Faults{Seed: 1}, &wamptest.Faults{Seed: 2}
	s := newSoak(t, url, calleeNet, callerNet)
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	var running sync.WaitGroup
	faults := map[string]int{}
	var mu sync.Mutex
	for _, f := range []*wamptest.Faults{calleeNet, callerNet} {
		running.Go(func() {
			played := f.Play(ctx, time.Second, 5*time.Second)
			mu.Lock()
			defer mu.Unlock()
			for name, n := range played {
				faults[name] += n
			}
		})
	}
	running.Go(func() { s.load(ctx) })
	heaps := sampleHeap(ctx, length/8)
	running.Wait()
	s.settled()
	t.Logf("%v: %d calls answered, %d lost, %d events, %d numbers skipped; faults %v; heap MiB %.1f; open %+v",
		length, s.calls.Load(), s.lost.Load(), s.events.Load(), s.skipped.Load(), faults, heaps, stage.Held())
	if n := len(heaps); n >= 4 && heaps[n-1] > 1.5*heaps[1]+8 {
		t.Errorf("the heap grew from %.1f to %.1f MiB", heaps[1], heaps[n-1])
	}
	if s.calls.Load() == 0 || s.events.Load() == 0 {
		t.Error("nothing got through")
	}
}

// sampleHeap measures the heap at an interval until ctx ends.
func sampleHeap(ctx context.Context, every time.Duration) (mib []float64) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			mib = append(mib, heap())
		case <-ctx.Done():
			return append(mib, heap())
		}
	}
}

// settled proves that both clients are ready and work once the network is in
// good health, and that nothing waits any more.
func (s *soak) settled() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	for _, c := range append([]*wamp.Client{s.callee, s.caller}, s.crowd...) {
		for st := range c.Watch(ctx) {
			if st.State == wamp.Ready {
				break
			}
		}
	}
	for {
		out, err := s.caller.Call(ctx, "com.soak.echo", []any{int64(-1)}, nil)
		if err == nil && out.Args[0] == int64(-1) {
			break
		}
		if ctx.Err() != nil {
			s.t.Fatalf("no call after the faults: %v; callee %+v, caller %+v", err, s.callee.Status(), s.caller.Status())
		}
	}
	if n := s.inFlight.Load(); n != 0 {
		s.t.Errorf("%d calls never ended", n)
	}
}
