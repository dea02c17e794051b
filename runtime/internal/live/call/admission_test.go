package call

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
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

// fullCallees are the answers to a call of callees that are there and have no room.
var fullCallees = map[string]wamptest.Message{
	"a callee":    {"wamp.error.unavailable", []any{}, stage.Dict{"retry_after_ms": 100}},
	"Crossbar.io": {"crossbar.error.max_concurrency_reached"},
	"rerouted":    {"wamp.error.no_available_callee"},
}

// Callers of callees that are all full do not make it worse: for each call that is
// served two or three are sent, not all that wait.
func TestAdmission_FullCalleesAreNotStormed(t *testing.T) {
	for name, refusal := range fullCallees {
		t.Run(name, func(t *testing.T) {
			stage.InBubble(t, wamptest.RawSocket, codec.CBOR, func(s *stage.Stage) {
				var running, sent, served atomic.Int64
				c := s.Served(func(p *wamptest.Peer) {
					p.Join()
					for {
						m, err := p.Next()
						if err != nil {
							return
						}
						sent.Add(1)
						if running.Load() == 4 {
							p.Send(append(wamptest.Message{wamptest.Error, wamptest.Call, m.ID(1), stage.Dict{}}, refusal...))
							continue
						}
						running.Add(1)
						time.AfterFunc(100*time.Millisecond, func() {
							running.Add(-1)
							p.Send(wamptest.Message{wamptest.Result, m.ID(1), stage.Dict{}, []any{"in"}})
						})
					}
				})
				ctx, cancel := context.WithTimeout(s.T.Context(), 20*time.Second)
				defer cancel()
				var callers sync.WaitGroup
				for range 100 {
					callers.Go(func() {
						for ctx.Err() == nil {
							if <-stage.CallProcedure(ctx, c, true) == nil {
								served.Add(1)
							}
						}
					})
				}
				callers.Wait()
				time.Sleep(time.Second) // the last ones
				t.Logf("%d calls of 800 were served, %d sent", served.Load(), sent.Load())
				if served.Load() < 700 || sent.Load() > 4*served.Load() {
					s.T.Errorf("%d calls of 800 were served, %d sent", served.Load(), sent.Load())
				}
			})
		})
	}
}

// When callees that were full have room, the calls that wait do not wait for the results
// of those before them, and neither does a new one.
func TestAdmission_RoomForSlowCalls(t *testing.T) {
	for name, refusal := range fullCallees {
		t.Run(name, func(t *testing.T) {
			stage.InBubble(t, wamptest.RawSocket, codec.CBOR, func(s *stage.Stage) {
				var room atomic.Bool
				var running atomic.Int64
				c := s.Served(func(p *wamptest.Peer) {
					p.Join()
					for {
						m, err := p.Next()
						switch {
						case err != nil:
							return
						case !room.Load():
							p.Send(append(wamptest.Message{wamptest.Error, wamptest.Call, m.ID(1), stage.Dict{}}, refusal...))
						default:
							running.Add(1)
							time.AfterFunc(time.Hour, func() {
								p.Send(wamptest.Message{wamptest.Result, m.ID(1), stage.Dict{}, []any{"in"}})
							})
						}
					}
				})
				var calls []<-chan error
				for range 200 {
					calls = append(calls, stage.CallProcedure(s.T.Context(), c, true))
				}
				time.Sleep(10 * time.Second)
				room.Store(true)
				time.Sleep(3 * time.Second)
				calls = append(calls, stage.CallProcedure(s.T.Context(), c, true))
				time.Sleep(time.Second)
				if running.Load() != 201 || c.Stats().CallsHeld != 0 {
					s.T.Errorf("%d calls of 201 run, %d are held", running.Load(), c.Stats().CallsHeld)
				}
				for _, done := range calls {
					if err := <-done; err != nil {
						s.T.Error(err)
					}
				}
			})
		})
	}
}

// An overload at the callee is logged once by the caller, and so is its end.
func TestAdmission_LogOfTheCaller(t *testing.T) {
	stage.InBubble(t, wamptest.RawSocket, codec.CBOR, func(s *stage.Stage) {
		var room atomic.Bool
		refusing(s, func() wamptest.Message {
			if room.Load() {
				return nil
			}
			return wamptest.Message{"wamp.error.unavailable", []any{}, stage.Dict{"retry_after_ms": 100}}
		})
		c := s.Connected(s.Dial())
		var calls []<-chan error
		for range 20 {
			calls = append(calls, stage.CallProcedure(s.T.Context(), c, true))
		}
		time.Sleep(10 * time.Second)
		room.Store(true)
		for _, done := range calls {
			if err := <-done; err != nil {
				s.T.Error(err)
			}
		}
		lines := s.Log.With("callee")
		if len(lines) != 2 || !strings.Contains(lines[0], "calls wait for one") || !strings.Contains(lines[1], "has a callee again") {
			s.T.Errorf("%q", lines)
		}
	})
}
