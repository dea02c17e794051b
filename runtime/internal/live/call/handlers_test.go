package call

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

const panicCanary = "CANARY-in-a-panic"

// panics are the ways in which a handler may go down.
var panics = []struct {
	name string
	f    func()
}{

	{"text", func() { panic(panicCanary) }},

	{"error", func() { panic(errors.New(panicCanary)) }},

	{"nil", func() { panic(error(nil)) }},

	{"runtime.Error", func() { var l []int; _ = 7 / len(l) }},

	{"index", func() { var l []int; _ = l[len(panicCanary)] }},

	{"typed error", func() { panic(wamp.NewError("com.example.error.own", panicCanary)) }},

	{"Goexit", runtime.Goexit},
}

// K5: a handler that panics harms nobody. R192, R196.
func TestK5_HandlerPanics(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		var log stage.TextLog
		c, p := s.Connect(log.Option(), wamp.WithErrorText()) // not even then
		release := make(chan struct{})
		_, other := s.Register(c, p, "com.example.other", func(context.Context, wamp.Payload) (wamp.Payload, error) {
			<-release
			return wamp.Payload{Args: []any{"fine"}}, nil
		})
		none := map[string]any{}
		p.Send(wamptest.Message{wamptest.Invocation, 999, other, none})
		for i, bad := range panics {
			_, id := s.Register(c, p, "com.example.panics"+fmt.Sprint(i), func(context.Context, wamp.Payload) (wamp.Payload, error) {
				bad.f()
				return wamp.Payload{}, nil
			}, wamp.WithConcurrency(1+i%2))
			before := strings.Count(log.String(), "\n")
			for n := range 2 { // the second one finds a lane in order
				p.Send(wamptest.Message{wamptest.Invocation, 2*i + n + 1, id, none})
				m := p.Expect(wamptest.Error)
				if m.ID(1) != int64(wamptest.Invocation) || m.ID(2) != int64(2*i+n+1) || m.Text(4) != "wamp.error.runtime_error" {
					s.T.Errorf("%s: %v", bad.name, m)
				}
				if text := fmt.Sprint(m); strings.Contains(text, panicCanary) || strings.Contains(text, ".go") {
					s.T.Errorf("%s: the caller learns %s", bad.name, text)
				}
			}
			if got := strings.Count(log.String(), "\n") - before; got != 2 {
				s.T.Errorf("%s: want one log line each, got %d for 2", bad.name, got)
			}
		}
		close(release)
		if m := p.Expect(wamptest.Yield); m.ID(1) != 999 || m.List(3)[0] != "fine" {
			s.T.Errorf("the other invocation: %v", m)
		}
		s.Works(c, p)
		text := log.String()
		if n := strings.Count(text, "handlers_test.go"); n < len(panics)-1 || strings.Count(text, "value="+panicCanary) != 2*2 {
			s.T.Errorf("want stacks and the values of the panics in the log: %d stacks", n)
		}
	})
}

// brokenError is an error of a user whose methods go wrong.
type brokenError struct{ text *string }

func (e *brokenError) Error() string { return *e.text }

// results are handlers' results that cannot be sent as they are, and what
// the caller gets instead.
var results = []struct {
	name string
	out  []any
	err  error
	uri  string
}{

	{"no encoding", []any{make(chan int)}, nil, "wamp.error.runtime_error"},

	{"no UTF-8", []any{"\xff"}, nil, "wamp.error.runtime_error"},

	{"error without URI", nil, wamp.NewError(""), "wamp.error.runtime_error"},

	{"error with a bad URI", nil, wamp.NewError("no spaces please", panicCanary), "wamp.error.runtime_error"},

	{"error without encoding", nil, wamp.NewError("com.example.error.own", make(chan int)), "com.example.error.own"},

	{"nil *Error", nil, (*wamp.Error)(nil), "wamp.error.runtime_error"},

	{"nil pointer", nil, (*brokenError)(nil), "wamp.error.runtime_error"},

	{"text that panics", nil, &brokenError{}, "wamp.error.runtime_error"},

	{"undeclared", nil, errors.New(panicCanary), "wamp.error.runtime_error"},
}

// K5: every invocation is answered, whatever the handler returns. R192, R196.
func TestK5_UnsendableResults(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		var log stage.TextLog
		c, p := s.Connect(log.Option())
		_, id := s.Register(c, p, "com.example.results", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
			r := results[in.Args[0].(int64)]
			return wamp.Payload{Args: r.out}, r.err
		})
		go stage.Grant(p, 1)
		sub, err := c.Subscribe(s.T.Context(), "com.example.topic", func(_ context.Context, in wamp.Payload) error {
			return results[in.Args[0].(int64)].err
		})
		if err != nil {
			s.T.Fatal(err)
		}
		none := map[string]any{}
		for i, r := range results {
			p.Send(wamptest.Message{wamptest.Invocation, i + 1, id, none, []any{i}}, wamptest.Message{wamptest.Event, 2, i + 1, none, []any{i}})
			m := p.Expect(wamptest.Error)
			if m.ID(2) != int64(i+1) || m.Text(4) != r.uri || len(m) > 5 {
				s.T.Errorf("%s: got %v", r.name, m)
			}
		}
		if err := sub.Wait(s.T.Context()); err != nil {
			s.T.Error(err)
		}
		s.Works(c, p)
	})
}

// A result that is too large for the router, and an error: R197.
func TestK5_TooLargeResults(t *testing.T) {
	for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
		t.Run(f.String(), func(t *testing.T) {
			s := stage.New(t, wamptest.RawSocket, f)
			s.Limit = 1 << 11
			c, p := s.Connect()
			large := strings.Repeat("x", 3000)
			_, id := s.Register(c, p, "com.example.large", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
				if len(in.Args) > 0 {
					return wamp.Payload{}, wamp.NewError(in.Args[0].(string)+large[:in.Args[1].(int64)], large)
				}
				return wamp.Payload{Args: []any{large}}, nil
			})
			none := map[string]any{}
			p.Send(wamptest.Message{wamptest.Invocation, 1, id, none},
				wamptest.Message{wamptest.Invocation, 2, id, none, []any{"com.example.error.", 1}},
				wamptest.Message{wamptest.Invocation, 3, id, none, []any{"com.example.error.", 2500}})
			want := map[int64]string{1: "wamp.error.payload_size_exceeded", 2: "com.example.error.x", 3: "wamp.error.runtime_error"}
			for range want {
				if m := p.Expect(wamptest.Error); m.Text(4) != want[m.ID(2)] || len(m) > 5 {
					t.Errorf("want %s, got %v", want[m.ID(2)], m)
				}
			}
			s.Works(c, p)
		})
	}
}

// K5 for event handlers: the next event finds a handler in order.
func TestK5_EventHandlerPanics(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		var log stage.TextLog
		c, p := s.Connect(log.Option())
		got := make(chan int64, 1)
		go stage.Grant(p, 1)
		sub, err := c.Subscribe(s.T.Context(), "com.example.topic", func(_ context.Context, ev wamp.Payload) error {
			i := ev.Args[0].(int64)
			got <- i
			panics[i].f()
			return nil
		})
		if err != nil {
			s.T.Fatal(err)
		}
		for i := range panics {
			p.Send(wamptest.Message{wamptest.Event, 1, i + 1, map[string]any{}, []any{i}})
		}
		for i := range panics {
			if n := <-got; n != int64(i) {
				s.T.Errorf("want event %d, got %d", i, n)
			}
		}
		if err := sub.Wait(s.T.Context()); err != nil {
			s.T.Fatal(err)
		}
		if n := sub.Failed(); n != uint64(len(panics)) {
			s.T.Errorf("want %d failed, got %d", len(panics), n)
		}
		if n := strings.Count(log.String(), "value="+panicCanary); n != 2 {
			s.T.Errorf("the log has the values of %d panics with a text or an error, want 2", n)
		}
		s.Works(c, p)
	})
}

// K6: INTERRUPT ends the ctx of the handler; with killnowait nothing is
// answered, with kill exactly once. R177-R180.
func TestK6_Interrupt(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		c, p := s.Connect()
		started, ended := make(chan struct{}), make(chan error)
		_, id := s.Register(c, p, "com.example.slow", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			if len(in.Args) > 0 {
				return in, nil
			}
			started <- struct{}{}
			<-ctx.Done()
			ended <- context.Cause(ctx)
			return wamp.Payload{Args: []any{"late"}}, ctx.Err()
		}, wamp.WithConcurrency(1)) // one slot: it must come back
		none := map[string]any{}
		for i, mode := range []string{"kill", "killnowait", "", "kill"} {
			options := map[string]any{"mode": mode}
			if mode == "" {
				options = none
			}
			request := 10 * (i + 1)
			p.Send(wamptest.Message{wamptest.Invocation, request, id, none})
			<-started
			interrupt := wamptest.Message{wamptest.Interrupt, request, options}
			p.Send(interrupt, interrupt)
			if err := <-ended; !errors.Is(err, wamp.ErrCanceled) {
				s.T.Errorf("cause of the ctx: %v", err)
			}
			if mode != "killnowait" {
				m := p.Expect(wamptest.Error)
				if m.ID(2) != int64(request) || m.Text(4) != "wamp.error.canceled" {
					s.T.Errorf("mode %q: %v", mode, m)
				}
			}
			p.Send(interrupt, wamptest.Message{wamptest.Invocation, request + 1, id, none, []any{"next"}})
			if m := p.Expect(wamptest.Yield); m.ID(1) != int64(request+1) {
				s.T.Errorf("mode %q: the slot is not back: %v", mode, m)
			}
		}
		s.Works(c, p)
	})
}

// K6: what ends its ctx does not end the handler: a result that comes in spite
// of kill is the one answer.
func TestK6_InterruptIgnored(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		c, p := s.Connect()
		started := make(chan struct{})
		_, id := s.Register(c, p, "com.example.stubborn", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			close(started)
			<-ctx.Done()
			return in, nil
		})
		none := map[string]any{}
		p.Send(wamptest.Message{wamptest.Invocation, 5, id, none, []any{"x"}})
		<-started
		p.Send(wamptest.Message{wamptest.Interrupt, 5, map[string]any{"mode": "kill"}})
		if m := p.Expect(wamptest.Yield); m.ID(1) != 5 || m.List(3)[0] != "x" {
			s.T.Errorf("got %v", m)
		}
		s.Works(c, p)
	})
}

// K7: a flood of invocations. Never more than the limit run, they begin in
// arrival order, what the lane does not hold is refused, and the answers to our
// own calls come through. R198.
func TestK7_InvocationFlood(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		const n, workers, waiting = 10_000, 256, 1024
		c, p := s.Connect()
		var mu sync.Mutex
		var begun []int64
		var running, most int
		gate := make(chan struct{})
		_, id := s.Register(c, p, "com.example.flood", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			mu.Lock()
			running++
			most = max(most, running)
			begun = append(begun, in.Args[0].(int64))
			mu.Unlock()
			select {
			case <-gate:
			case <-ctx.Done():
			}
			mu.Lock()
			defer mu.Unlock()
			running--
			return wamp.Payload{}, nil
		})
		called := make(chan error, 1)
		go func() {
			_, err := c.Call(s.T.Context(), "com.example.ours", nil, nil)
			called <- err
		}()
		call := p.Expect(wamptest.Call)
		var flood []wamptest.Message
		for i := range n {
			flood = append(flood, wamptest.Message{wamptest.Invocation, i + 1, id, map[string]any{}, []any{i}})
		}
		p.Send(append(flood, wamptest.Answer(call))...)
		if err := <-called; err != nil {
			s.T.Errorf("our own call: %v", err)
		}
		for range n - workers - waiting {
			m := p.Expect(wamptest.Error)
			if m.Text(4) != "wamp.error.unavailable" {
				s.T.Fatalf("got %v", m)
			}
		}
		synctest.Wait()
		if most != workers || len(begun) != workers {
			s.T.Errorf("want %d running, got %d, at most %d", workers, len(begun), most)
		}
		slices.Sort(begun) // they run side by side, so who writes first is open
		for range waiting {
			gate <- struct{}{}
			p.Expect(wamptest.Yield)
			synctest.Wait() // the one free worker takes the oldest
		}
		for i, v := range begun {
			if int64(i) != v {
				s.T.Fatalf("invocation %d began as number %d", v, i)
			}
		}
		close(gate)
		for range workers {
			p.Expect(wamptest.Yield)
		}
		if most != workers || len(begun) != workers+waiting {
			s.T.Errorf("%d begun, at most %d at a time", len(begun), most)
		}
		s.Works(c, p)
	})
}

// Concurrency(1) is strictly serial and in order, beside everything else.
func TestK7_SerialProcedure(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		c, p := s.Connect()
		var running atomic.Int64
		var seen []int64 // no lock: the race detector proves that there is one worker at a time
		_, id := s.Register(c, p, "com.example.serial", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
			if running.Add(1) != 1 {
				s.T.Error("two at a time")
			}
			seen = append(seen, in.Args[0].(int64))
			runtime.Gosched()
			running.Add(-1)
			return in, nil
		}, wamp.WithConcurrency(1))
		const n = 500
		for i := range n {
			p.Send(wamptest.Message{wamptest.Invocation, i + 1, id, map[string]any{}, []any{i}})
		}
		for i := range n {
			if m := p.Expect(wamptest.Yield); m.ID(1) != int64(i+1) {
				s.T.Fatalf("want the answer to %d, got %v", i+1, m)
			}
		}
		if running.Load() != 0 || len(seen) != n || !slices.IsSorted(seen) { // the atomic orders us behind the handlers
			s.T.Errorf("%d begun, in order %v", len(seen), slices.IsSorted(seen))
		}
	})
}
