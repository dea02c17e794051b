package call

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// K1: a callee that never answers. Every call ends with its ctx, with exactly
// one CANCEL, and leaves nothing behind. R168, R169.
func TestK1_CancellationLeak(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		const callers = 100
		each := stage.Scale(84, 20)                                           // a full run makes 100 800 calls in all
		c, p := s.Connect(wamp.WithLimits(wamp.Limits{Pending: 2 * callers})) // a leak would overflow it
		n := 2 * callers * each
		calls, cancels := make([]int8, n+1), make([]int8, n+1) // by request id
		var peer sync.WaitGroup
		peer.Go(func() {
			for {
				m, err := p.Next()
				if err != nil {
					return
				}
				switch m.Type() {
				case wamptest.Call:
					calls[m.ID(1)]++
				case wamptest.Cancel:
					cancels[m.ID(1)]++
				}
			}
		})
		storm := func() {
			var all sync.WaitGroup
			for range callers {
				all.Go(func() {
					for range each {
						ctx, cancel := context.WithTimeout(s.T.Context(), time.Millisecond)
						_, err := c.Call(ctx, "com.example.never", nil, nil)
						cancel()
						if !errors.Is(err, context.DeadlineExceeded) || wamp.SafeToRetry(err) {
							s.T.Errorf("got %v", err)
							return
						}
					}
				})
			}
			all.Wait()
			synctest.Wait()
		}
		storm()
		before := stage.Heap()
		storm()
		if after := stage.Heap(); after > before+before/10+256<<10 { // maps and pools settle
			s.T.Errorf("heap grew from %d to %d bytes", before, after)
		}
		p.Close()
		peer.Wait()
		for id := 1; id <= n; id++ {
			if calls[id] != 1 || cancels[id] != 1 {
				s.T.Fatalf("call %d: %d CALL, %d CANCEL", id, calls[id], cancels[id])
			}
		}
	})
}

// cancelled makes a call, cancels it when the peer has the CALL, and
// returns its id.
func cancelled(s *stage.Stage, c *wamp.Client, p *wamptest.Peer, opts ...wamp.CallOption) int64 {
	s.T.Helper()
	ctx, cancel := context.WithCancel(s.T.Context())
	done := make(chan error, 1)
	go func() {
		_, err := c.Call(ctx, "com.example.slow", nil, nil, opts...)
		done <- err
	}()
	id := p.Expect(wamptest.Call).ID(1)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		s.T.Fatalf("got %v", err)
	}
	return id
}

// K2: what comes after the caller has gone is dropped. R057, R172.
func TestK2_LateResult(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		c, p := s.Connect()
		none := map[string]any{}
		for _, mode := range []wamp.CancelMode{"", wamp.Skip, wamp.KillNoWait} {
			id := cancelled(s, c, p, wamp.WithCancelMode(mode))
			want := mode
			if mode == "" {
				want = wamp.KillNoWait
			}
			if m := p.Expect(wamptest.Cancel); m.ID(1) != id || m.Dict(2)["mode"] != string(want) {
				s.T.Errorf("mode %q: CANCEL %v", mode, m)
			}
			p.Send(wamptest.Message{wamptest.Result, id, none, []any{"late"}},
				wamptest.Message{wamptest.Error, wamptest.Call, id, none, "wamp.error.canceled"})
			s.Works(c, p)
		}
	})
}

// K2 with a dealer that knows no CANCEL: none is sent. R169.
func TestK2_LateResultWithoutCanceling(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		done := s.Dial()
		p := s.Accept()
		p.Join(wamptest.Without("call_canceling"))
		c := s.Connected(done)
		id := cancelled(s, c, p, wamp.WithCancelMode(wamp.Kill))
		p.Send(wamptest.Message{wamptest.Result, id, map[string]any{}, []any{"late"}})
		s.Works(c, p) // its CALL is the next message
	})
}

// Mode kill waits for the callee's answer, and not longer than 5 s.
func TestK2_KillWaits(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for _, answer := range []bool{true, false} {
			ctx, cancel := context.WithCancel(s.T.Context())
			done := make(chan error, 1)
			go func() {
				_, err := c.Call(ctx, "com.example.slow", nil, nil, wamp.WithCancelMode(wamp.Kill))
				done <- err
			}()
			id := p.Expect(wamptest.Call).ID(1)
			begin := time.Now()
			cancel()
			p.Expect(wamptest.Cancel)
			stage.Pass(time.Second)
			if answer {
				p.Send(wamptest.Message{wamptest.Error, wamptest.Call, id, map[string]any{}, "wamp.error.canceled"})
			}
			err := <-done
			took := time.Since(begin)
			if answer && (!errors.Is(err, wamp.ErrCanceled) || took != time.Second) {
				s.T.Errorf("answered: %v after %v", err, took)
			}
			if !answer && (!errors.Is(err, context.Canceled) || took != 5*time.Second) {
				s.T.Errorf("not answered: %v after %v", err, took)
			}
		}
	})
}

// K3 on the core: RESULT and the end of ctx at the same time have one outcome.
func TestK3_ResultCancelRaceCore(t *testing.T) {
	s := core.NewSession(codec.CBOR, core.Limits{})
	if err := s.Hello("realm1", nil); err != nil {
		t.Fatal(err)
	}
	s.TakeQueue(new(core.Out)) // nothing may be said before HELLO is written
	frame, err := wamptest.Message{wamptest.Welcome, 1, map[string]any{"roles": map[string]any{"dealer": map[string]any{
		"features": map[string]any{"call_canceling": true}}}}}.Encode(codec.CBOR)
	var m core.Message
	if err = errors.Join(err, core.Parse(codec.CBOR, frame, &m)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Receive(&m); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	outcomes := map[string]int{}
	for i := range stage.Scale(900_000, 30_000) {
		id, err := s.Call(i, "com.example.race", nil, core.Body{})
		if err != nil {
			t.Fatal(err)
		}
		var pending bool
		var effect core.Effect
		var both sync.WaitGroup
		racers := []func(){
			func() {
				mu.Lock()
				defer mu.Unlock()
				pending = s.Cancel(id, "killnowait")
			},
			func() {
				m := core.Message{Type: core.MsgResult, Request: id}
				mu.Lock()
				defer mu.Unlock()
				effect, err = s.Receive(&m)
			},
		}
		both.Go(racers[i%2]) // the one started last mostly wins
		both.Go(racers[1-i%2])
		both.Wait()
		settled := effect.Kind == core.Settled && effect.Waiter == i
		if err != nil || pending == settled || s.Pending() != 0 {
			t.Fatalf("call %d: cancelled %v, settled %v, %d pending: %v", id, pending, settled, s.Pending(), err)
		}
		outcomes[fmt.Sprint("cancelled ", pending)]++
		s.Queue().Clear()
	}
	t.Log(outcomes)
}

// K3 on a transport: the result or the end of ctx, and the next call is unharmed.
func TestK3_ResultCancelRaceTransport(t *testing.T) {
	s := stage.New(t, wamptest.RawSocket, codec.CBOR)
	c, p := s.Connect()
	cancels := make(chan context.CancelFunc, 1)
	go func() {
		for {
			m, err := p.Next()
			if err != nil {
				return
			}
			if m.Type() == wamptest.Call {
				cancel := <-cancels
				p.Send(wamptest.Answer(m))
				for range m.ID(1) % 64 * 8 { // sweeps over the moment of delivery
					runtime.Gosched()
				}
				cancel()
			}
		}
	}()
	results := 0
	n := stage.Scale(100_000, 3000)
	for i := range n {
		ctx, cancel := context.WithCancel(t.Context())
		cancels <- cancel
		out, err := c.Call(ctx, "com.example.race", []any{i}, nil)
		switch {
		case err == nil && len(out.Args) == 1 && out.Args[0] == int64(i):
			results++
		case errors.Is(err, context.Canceled) && out.Args == nil:
		default:
			t.Fatalf("call %d: got both or neither: %v, %v", i, out, err)
		}
		cancel()
	}
	t.Logf("%d results of %d", results, n)
}
