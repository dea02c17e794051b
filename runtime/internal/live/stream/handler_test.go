package stream

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// registered registers a handler on a scripted router and returns the id of its
// registration.
func registered(s *stage.Stage, c *wamp.Client, p *wamptest.Peer, f handler) int64 {
	s.T.Helper()
	done := stage.Begin(func() error {
		_, err := c.RegisterStream(s.T.Context(), procedure, f)
		return err
	})
	m := p.Expect(wamptest.Register)
	p.Send(wamptest.Answer(m))
	if err := <-done; err != nil {
		s.T.Fatal(err)
	}
	return m.ID(1)
}

// R181, R199: progressive results leave in order before the result, and none after
// INTERRUPT; the handler learns why.
func TestSender_Interrupted(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		sent := make(chan error, 1)
		id := registered(s, c, p, func(ctx context.Context, _ wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			if err := out.Send(wamp.Payload{Args: []any{1}}); err != nil {
				return wamp.Payload{}, err
			}
			<-ctx.Done()
			err := out.Send(wamp.Payload{Args: []any{2}})
			sent <- err
			return wamp.Payload{}, err
		})
		for request, mode := range []string{"kill", "killnowait"} {
			p.Send(wamptest.Message{wamptest.Invocation, request + 1, id, stage.Dict{"receive_progress": true}})
			if m := p.Expect(wamptest.Yield); m.Dict(2)["progress"] != true {
				s.T.Error(m)
			}
			p.Send(wamptest.Message{wamptest.Interrupt, request + 1, stage.Dict{"mode": mode}})
			if mode == "kill" {
				if m := p.Expect(wamptest.Error); m[4] != "wamp.error.canceled" {
					s.T.Error(m)
				}
			}
			if err := <-sent; !errors.Is(err, wamp.ErrCanceled) {
				s.T.Errorf("%s: %v", mode, err)
			}
		}
		s.Works(c, p)
	})
}

// R185: a timeout that the dealer leaves to the callee bounds the gaps.
func TestSender_ForwardedTimeout(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		id := registered(s, c, p, func(ctx context.Context, _ wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			for range 5 {
				stage.Pass(900 * time.Millisecond)
				if err := out.Send(wamp.Payload{}); err != nil {
					return wamp.Payload{}, err
				}
			}
			<-ctx.Done()
			return wamp.Payload{}, ctx.Err()
		})
		p.Send(wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{"receive_progress": true, "timeout": 1000}})
		for range 5 {
			p.Expect(wamptest.Yield)
		}
		if m := p.Expect(wamptest.Error); m[4] != "wamp.error.timeout" {
			s.T.Error(m)
		}
	})
}

// What cannot be sent is an error of Send, and the invocation goes on.
func TestSender_Refused(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithWriteLimit(64 << 10))
		id := registered(s, c, p, func(_ context.Context, _ wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			var bad *wamp.ValueError
			if err := out.Send(wamp.Payload{Args: []any{make(chan int)}}); !errors.As(err, &bad) {
				s.T.Error(err)
			}
			if err := out.Send(wamp.Payload{Args: []any{strings.Repeat("x", 64<<10)}}); !errors.Is(err, wamp.ErrTooLarge) {
				s.T.Error(err)
			}
			return wamp.Payload{}, out.Send(wamp.Payload{Args: []any{"fits"}})
		})
		p.Send(wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{"receive_progress": true}})
		if m := p.Expect(wamptest.Yield); m.List(3)[0] != "fits" {
			s.T.Error(m)
		}
		p.Expect(wamptest.Yield)
	})
}

// After the handler has returned nothing is sent any more.
func TestSender_AfterTheHandler(t *testing.T) {
	routed(t, func(t *testing.T, callee, caller func(...wamp.ConnectOption) *wamp.Client) {
		kept := make(chan wamp.Sender[wamp.Payload], 1)
		register(t, callee(), procedure, func(_ context.Context, _ wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			kept <- out
			return wamp.Payload{}, nil
		})
		if values, err := drained(t, caller().CallStream(t.Context(), procedure, nil, nil)); err != nil || len(values) != 0 {
			t.Error(values, err)
		}
		synctest.Wait()
		if err := (<-kept).Send(wamp.Payload{}); err == nil {
			t.Error("Send after the end returned no error")
		}
	})
}

// A thousand open streams on one callee keep no unary call waiting.
func TestSender_ManyOpen(t *testing.T) {
	everywhere(t, func(t *testing.T, callee, caller *wamp.Client) {
		const n = 1000
		ended := make(chan [2]error, n)
		register(t, callee, procedure, func(ctx context.Context, _ wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			if err := out.Send(wamp.Payload{Args: []any{"open"}}); err != nil {
				return wamp.Payload{}, err
			}
			<-ctx.Done()
			ended <- [2]error{nil, context.Cause(ctx)}
			return wamp.Payload{}, ctx.Err()
		})
		if _, err := callee.Register(t.Context(), "com.example.echo", stage.Echo); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var open, over sync.WaitGroup
		for range n {
			open.Add(1)
			over.Go(func() {
				for _, err := range caller.CallStream(ctx, procedure, nil, nil).All() {
					if err == nil {
						open.Done()
					} else if !errors.Is(err, context.Canceled) {
						t.Error(err)
					}
				}
			})
		}
		open.Wait()
		for i := range 100 {
			if out, err := caller.Call(t.Context(), "com.example.echo", []any{i}, nil); err != nil || out.Args[0] != int64(i) {
				t.Fatal(out, err)
			}
		}
		cancel()
		over.Wait()
		for range n {
			if e := <-ended; !errors.Is(e[1], wamp.ErrCanceled) {
				t.Error(e)
			}
		}
	})
}

// A handler that waits to send, since the router does not read, holds no worker.
func TestSender_WaitsWithoutWorker(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithLimits(wamp.Limits{Workers: 1, QueueFrames: 4}))
		ended := make(chan [2]error, 3)
		id := registered(s, c, p, endless(ended))
		ran := make(chan bool, 1)
		_, unary := s.Register(c, p, "com.example.unary", func(context.Context, wamp.Payload) (wamp.Payload, error) {
			ran <- true
			return wamp.Payload{}, nil
		})
		p.Hang()
		for i := range 3 {
			p.Send(wamptest.Message{wamptest.Invocation, i + 1, id, stage.Dict{"receive_progress": true}})
		}
		synctest.Wait()
		p.Send(wamptest.Message{wamptest.Invocation, 4, unary, stage.Dict{}})
		<-ran
		p.Reset()
		for range 3 {
			if e := <-ended; !errors.Is(e[0], wamp.ErrLost) || !errors.Is(e[1], wamp.ErrLost) {
				s.T.Error(e)
			}
		}
	})
}

// Drain interrupts an endless stream at its deadline, with a cause, and the caller
// learns that it ended.
func TestSender_Drain(t *testing.T) {
	routed(t, func(t *testing.T, callee, caller func(...wamp.ConnectOption) *wamp.Client) {
		ended := make(chan [2]error, 1)
		c := callee()
		register(t, c, procedure, func(ctx context.Context, _ wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			for {
				if err := out.Send(wamp.Payload{Args: []any{"tick"}}); err != nil {
					ended <- [2]error{err, context.Cause(ctx)}
					return wamp.Payload{}, err
				}
				stage.Pass(time.Second)
			}
		})
		s := caller().CallStream(t.Context(), procedure, nil, nil)
		done := stage.Begin(func() int { values, _ := drained(t, s); return len(values) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second+time.Millisecond)
		defer cancel()
		if err := c.Drain(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if e := <-ended; !errors.Is(e[0], wamp.ErrClosed) || !errors.Is(e[1], wamp.ErrClosed) {
			t.Error(e)
		}
		if n := <-done; n < 10 {
			t.Errorf("%d results until the deadline", n)
		}
		if _, err := s.Result(); !errors.Is(err, wamp.ErrCanceled) {
			t.Error(err)
		}
	})
}

// Drain waits for a stream that ends in time.
func TestSender_DrainInTime(t *testing.T) {
	routed(t, func(t *testing.T, callee, caller func(...wamp.ConnectOption) *wamp.Client) {
		c := callee()
		register(t, c, procedure, func(ctx context.Context, in wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			stage.Pass(time.Second)
			return count(ctx, in, out)
		})
		s := caller().CallStream(t.Context(), procedure, []any{100}, nil)
		synctest.Wait()
		if err := c.Drain(t.Context()); err != nil {
			t.Error(err)
		}
		if values, err := drained(t, s); len(values) != 100 || err != nil {
			t.Error(len(values), err)
		}
	})
}
