package call

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// busy is a callee with one worker and two places behind it, whose handler
// returns when the gate opens.
func busy(s *stage.Stage) (c *wamp.Client, p *wamptest.Peer, id int64, gate chan struct{}) {
	c, p = s.Connect(wamp.WithLimits(wamp.Limits{Workers: 1, Waiting: 2}))
	gate = make(chan struct{})
	_, id = s.Register(c, p, "com.example.slow", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
		<-gate
		return in, nil
	})
	return c, p, id, gate
}

// A full lane says when to call again: when the one that has waited longest has
// waited as long again, within bounds.
func TestAdmission_RetryAfter(t *testing.T) {
	for waited, want := range map[time.Duration]int64{0: 100, 3 * time.Second: 3000, time.Hour: 10_000} {
		stage.Transports(t, func(s *stage.Stage) {
			_, p, id, gate := busy(s)
			defer close(gate)
			for i := range 3 {
				p.Send(wamptest.Message{wamptest.Invocation, i + 1, id, stage.Dict{}})
			}
			time.Sleep(waited)
			p.Send(wamptest.Message{wamptest.Invocation, 4, id, stage.Dict{}})
			m := p.Expect(wamptest.Error)
			if m.ID(2) != 4 || m.Text(4) != "wamp.error.unavailable" || m.Dict(6)["retry_after_ms"] != want {
				s.T.Errorf("after %v: %v", waited, m)
			}
		})
	}
}

// A registration of high priority is served beside a full lane, and is bounded
// itself.
func TestAdmission_HighPriority(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p, id, gate := busy(s)
		var running atomic.Int64
		_, urgent := s.Register(c, p, "com.example.urgent", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
			running.Add(1)
			defer running.Add(-1)
			<-gate
			return in, nil
		}, wamp.WithPriority(wamp.PriorityHigh))
		for i := range 3 {
			p.Send(wamptest.Message{wamptest.Invocation, i + 1, id, stage.Dict{}})
		}
		for i := range 4 {
			p.Send(wamptest.Message{wamptest.Invocation, i + 4, urgent, stage.Dict{}})
		}
		if m := p.Expect(wamptest.Error); m.ID(2) != 7 {
			s.T.Errorf("refused %v", m)
		}
		synctest.Wait()
		if n := running.Load(); n != 1 {
			s.T.Errorf("%d of high priority run", n)
		}
		close(gate)
		s.Yields(p, 6)
	})
}

// A priority that is none is refused before anything is sent.
func TestAdmission_NoSuchPriority(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, _ := s.Connect()
		_, err := c.Register(s.T.Context(), "com.example.p", stage.Echo, wamp.WithPriority(7))
		if err == nil || wamp.IsPeer(err) || !wamp.SafeToRetry(err) {
			s.T.Errorf("got %v", err)
		}
	})
}

// One callee of several that has no room keeps no call from the others: only what
// it refused itself comes again.
func TestAdmission_OneOfSeveralIsFull(t *testing.T) {
	realm(t, func(t *testing.T, r *wamptest.Realm) {
		serve := func(name string, f func() error) {
			_, err := wamp.Register(t.Context(), r.Client(t), stage.Procedure(true).Handle(func(_ context.Context, in string) (string, error) {
				return in, f()
			}, wamp.WithInvokePolicy(wamp.InvokeRoundRobin)))
			if err != nil {
				t.Fatal(name, err)
			}
		}
		full := &wamp.Error{URI: wamp.ErrUnavailable.URI, Kwargs: map[string]any{"retry_after_ms": 10_000}}
		serve("full", func() error { return full })
		serve("free", func() error { return nil })
		caller := r.Client(t)
		refused := stage.CallProcedure(t.Context(), caller, true)
		synctest.Wait()
		if took, err := callFor(t, caller, time.Minute, true); err != nil || took > 0 {
			t.Errorf("after %v: %v", took, err)
		}
		if err := <-refused; err != nil {
			t.Error(err)
		}
	})
}

// Far more calls of an idempotent procedure than fit are all served, each once:
// what finds no room comes again.
func TestAdmission_EveryCallIsServed(t *testing.T) {
	realm(t, func(t *testing.T, r *wamptest.Realm) {
		callee, caller := r.Client(t, wamp.WithLimits(wamp.Limits{Workers: 4, Waiting: 16})), r.Client(t)
		var served atomic.Int64
		_, err := wamp.Register(t.Context(), callee, stage.Procedure(true).Handle(func(_ context.Context, in string) (string, error) {
			time.Sleep(10 * time.Millisecond)
			served.Add(1)
			return in, nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		n := int64(stage.Scale(1000, 300))
		var calls sync.WaitGroup
		for range n {
			calls.Go(func() {
				if took, err := callFor(t, caller, time.Minute, true); err != nil {
					t.Errorf("after %v: %v", took, err)
				}
			})
		}
		begin := time.Now()
		calls.Wait()
		t.Logf("%d calls served in %v", n, time.Since(begin))
		if served.Load() != n {
			t.Errorf("%d served", served.Load())
		}
	})
}
