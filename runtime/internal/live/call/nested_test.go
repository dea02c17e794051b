package call

import (
	"context"
	"errors"
	"fmt"
	"math"
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

// A handler that calls another procedure of its own client holds no worker while
// it waits, however deep the calls are nested and whatever was made of its ctx:
// none is refused, and never more than Limits.Workers run.
func TestNestedCalls_DoNotStarveEachOther(t *testing.T) {
	realm := wamptest.NewRealm(t)
	serve, caller := realm.Client(t), realm.Client(t)
	var running, most atomic.Int64
	run := func() (stop func()) {
		for n := running.Add(1); ; {
			if m := most.Load(); n <= m || most.CompareAndSwap(m, n) {
				return func() { running.Add(-1) }
			}
		}
	}
	const depth, inFlight, total = 3, 1000, 4000
	for level := range depth {
		_, err := serve.Register(t.Context(), fmt.Sprint("com.example.level", level), func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			stop := run()
			if level == depth-1 {
				defer stop()
				return in, nil
			}
			ctx, cancel := context.WithTimeout(context.WithValue(ctx, t, level), time.Minute)
			defer cancel()
			stop()
			out, err := serve.Call(ctx, fmt.Sprint("com.example.level", level+1), in.Args, nil)
			defer run()()
			return out, err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var next atomic.Int64
	var callers sync.WaitGroup
	for range inFlight {
		callers.Go(func() {
			for n := next.Add(1); n <= total; n = next.Add(1) {
				if out, err := caller.Call(t.Context(), "com.example.level0", []any{n}, nil); err != nil || out.Args[0] != n {
					t.Errorf("call %d: %v, %v", n, out.Args, err)
				}
			}
		})
	}
	callers.Wait()
	if m := most.Load(); m > 256 {
		t.Errorf("%d handlers ran at a time, at most 256", m)
	}
}

// A handler that comes back goes before invocations that have not begun, and a
// call whose ctx ends does not wait for a worker.
func TestNestedCalls_ComeBackFirst(t *testing.T) {
	stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithLimits(wamp.Limits{Workers: 1}))
		var mu sync.Mutex // two run at a time when one has given up
		var order []string
		note := func(what string) {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, what)
		}
		expect := func(want string) {
			s.T.Helper()
			mu.Lock()
			defer mu.Unlock()
			if got := strings.Join(order, ", "); got != want {
				s.T.Errorf("order %s, want %s", got, want)
			}
			order = nil
		}
		goOn := make(chan struct{})
		_, id := s.Register(c, p, "com.example.p", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			name := in.Args[0].(string)
			note(name)
			switch name {
			case "calls", "gives up":
				ctx, cancel := context.WithTimeout(ctx, time.Minute)
				defer cancel()
				_, err := c.Call(ctx, "com.example.other", nil, nil)
				note(name + " " + fmt.Sprint(err == nil))
			case "waits":
				<-goOn
			}
			return in, nil
		})
		invoke := func(n int, name string) {
			p.Send(wamptest.Message{wamptest.Invocation, n, id, stage.Dict{}, []any{name}})
			synctest.Wait()
		}
		invoke(1, "calls")
		call := p.Expect(wamptest.Call)
		invoke(2, "waits")
		invoke(3, "last")
		p.Send(wamptest.Answer(call)) // 1 has its result, and no worker
		synctest.Wait()
		close(goOn)
		for range 3 {
			p.Expect(wamptest.Yield)
		}
		expect("calls, waits, calls true, last")
		goOn = make(chan struct{})
		invoke(4, "gives up")
		p.Expect(wamptest.Call)
		invoke(5, "waits")
		time.Sleep(2 * time.Minute)
		p.Expect(wamptest.Cancel)
		p.Expect(wamptest.Yield) // of 4, although 5 has the only worker
		expect("gives up, waits, gives up false")
		close(goOn)
	})
}

// Lanes made by Concurrency stay serial: a handler that waits keeps its place.
func TestNestedCalls_SerialStaysSerial(t *testing.T) {
	stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
		c, p := s.Connect()
		begun := 0
		_, id := s.Register(c, p, "com.example.p", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			begun++
			_, err := c.Call(ctx, "com.example.other", nil, nil)
			return in, err
		}, wamp.WithConcurrency(1))
		p.Send(wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{}}, wamptest.Message{wamptest.Invocation, 2, id, stage.Dict{}})
		for n := 1; n <= 2; n++ {
			call := p.Expect(wamptest.Call)
			synctest.Wait()
			if begun != n {
				s.T.Errorf("%d handlers have begun, want %d", begun, n)
			}
			p.Send(wamptest.Answer(call))
			p.Expect(wamptest.Yield)
		}
	})
}

// Handlers that wait are bounded by Limits.Pending: one more fails at once.
func TestNestedCalls_AreBounded(t *testing.T) {
	stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithLimits(wamp.Limits{Workers: 1, Pending: 2}))
		var failed error
		_, id := s.Register(c, p, "com.example.p", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			_, err := c.Call(ctx, "com.example.other", nil, nil)
			if err != nil {
				failed = err
			}
			return in, nil
		})
		for n := 1; n <= 2; n++ {
			p.Send(wamptest.Message{wamptest.Invocation, n, id, stage.Dict{}})
		}
		one, two := p.Expect(wamptest.Call), p.Expect(wamptest.Call)
		p.Send(wamptest.Message{wamptest.Invocation, 3, id, stage.Dict{}})
		if m := p.Expect(wamptest.Yield); m.ID(1) != 3 || !errors.Is(failed, wamp.ErrOverflow) || !wamp.SafeToRetry(failed) {
			s.T.Errorf("got %v, the call failed with %v", m, failed)
		}
		p.Send(wamptest.Answer(one), wamptest.Answer(two))
		p.Expect(wamptest.Yield)
		p.Expect(wamptest.Yield)
	})
}

// As many as you like is a limit like any other.
func TestLimits_LargestInt(t *testing.T) {
	for name, o := range map[string]struct {
		connect []wamp.ConnectOption
		reg     []wamp.RegisterOption
		sub     []wamp.SubscribeOption
	}{
		"Workers": {connect: []wamp.ConnectOption{wamp.WithLimits(wamp.Limits{Workers: math.MaxInt})}},
		"Waiting": {connect: []wamp.ConnectOption{wamp.WithLimits(wamp.Limits{Waiting: math.MaxInt})}},
		"all": {connect: []wamp.ConnectOption{wamp.WithLimits(wamp.Limits{
			QueueFrames: math.MaxInt, QueueBytes: math.MaxInt, MailboxEvents: math.MaxInt, MailboxBytes: math.MaxInt,
			InboundBytes: math.MaxInt, Workers: math.MaxInt, Waiting: math.MaxInt, Pending: math.MaxInt,
		})}},
		"Concurrency": {reg: []wamp.RegisterOption{wamp.WithConcurrency(math.MaxInt)}},
		"Mailbox":     {sub: []wamp.SubscribeOption{wamp.WithMailbox(math.MaxInt, math.MaxInt)}},
	} {
		t.Run(name, func(t *testing.T) {
			stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
				c, p := s.Connect(o.connect...)
				_, id := s.Register(c, p, "com.example.p", stage.Echo, o.reg...)
				p.Send(wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{}, []any{1}})
				p.Expect(wamptest.Yield)
				got := 0
				_, sub := s.Subscribe(c, p, "com.example.t", func(context.Context, wamp.Payload) error {
					got++
					return nil
				}, o.sub...)
				p.Send(wamptest.Message{wamptest.Event, sub, 1, stage.Dict{}}, wamptest.Message{wamptest.Event, sub, 2, stage.Dict{}})
				synctest.Wait()
				if got != 2 {
					s.T.Errorf("%d of 2 events", got)
				}
			})
		})
	}
}

// Nor does it hold one in the pause before an idempotent call is sent again.
func TestNestedCalls_PauseWithoutAWorker(t *testing.T) {
	stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithLimits(wamp.Limits{Workers: 1}))
		_, id := s.Register(c, p, "com.example.p", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			if in.Args[0] == "nests" {
				_, err := stage.Procedure(true).Call(ctx, c, "x")
				return in, err
			}
			return in, nil
		})
		p.Send(wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{}, []any{"nests"}})
		call := p.Expect(wamptest.Call)
		p.Send(wamptest.Message{wamptest.Error, wamptest.Call, call.ID(1), stage.Dict{}, "wamp.error.network_failure"})
		synctest.Wait() // the handler has begun to pause
		p.Send(wamptest.Message{wamptest.Invocation, 2, id, stage.Dict{}, []any{"other"}})
		if m := p.Expect(wamptest.Yield); m.ID(1) != 2 {
			s.T.Errorf("invocation %d was answered, want 2", m.ID(1))
		}
		p.Send(wamptest.Answer(p.Expect(wamptest.Call)))
		p.Expect(wamptest.Yield)
	})
}
