package call

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// An interceptor that keeps a handler's error to itself leaves no result. What
// the peer gets is an error, and never what another invocation left behind in
// the buffer.
func TestInterceptors_ThatSwallowAnInvocation(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		swallow := func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
			if err := next(ctx); err != nil && op.Kind != wamp.OperationInvocation {
				return err
			}
			return nil
		}
		c, p := s.Connect(wamp.WithInterceptors(swallow))
		_, id := s.Register(c, p, "com.example.p", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
			if len(in.Args) > 0 {
				return in, nil
			}
			return wamp.Payload{}, errors.New("no")
		})
		for n := int64(1); n < 50; n++ {
			p.Send(wamptest.Message{wamptest.Invocation, 2 * n, id, stage.Dict{}, []any{"the secret of another"}})
			p.Expect(wamptest.Yield)
			p.Send(wamptest.Message{wamptest.Invocation, 2*n + 1, id, stage.Dict{}})
			if m := p.Expect(wamptest.Error); m.Text(4) != "wamp.error.runtime_error" || len(m) != 5 {
				s.T.Fatalf("got %v", m)
			}
		}
	})
}

// An interceptor that tries again gets one whole result to the peer.
func TestInterceptors_ThatRepeatAnInvocation(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		twice := func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
			if op.Kind == wamp.OperationInvocation {
				_ = next(ctx)
			}
			return next(ctx)
		}
		c, p := s.Connect(wamp.WithInterceptors(twice))
		_, id := s.Register(c, p, "com.example.p", stage.Echo)
		p.Send(wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{}, []any{"once"}})
		if m := p.Expect(wamptest.Yield); len(m) != 4 || len(m.List(3)) != 1 || m.List(3)[0] != "once" {
			s.T.Errorf("got %v", m)
		}
		s.Works(c, p)
	})
}

// An invocation that was interrupted while it waited for its turn does not begin
// any more; killed ones are still answered, once (R177, R178, R183, R192).
func TestInvocation_InterruptedBeforeItsTurn(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		var begun atomic.Int64
		goOn := make(chan struct{})
		c, p := s.Connect()
		_, id := s.Register(c, p, "com.example.p", func(context.Context, wamp.Payload) (wamp.Payload, error) {
			begun.Add(1)
			<-goOn
			return wamp.Payload{}, nil
		}, wamp.WithConcurrency(1))
		for n := int64(1); n <= 3; n++ {
			p.Send(wamptest.Message{wamptest.Invocation, n, id, stage.Dict{}})
		}
		p.Send(wamptest.Message{wamptest.Interrupt, 2, stage.Dict{"mode": "kill"}},
			wamptest.Message{wamptest.Interrupt, 3, stage.Dict{"mode": "killnowait"}})
		synctest.Wait()
		close(goOn)
		p.Expect(wamptest.Yield)
		if m := p.Expect(wamptest.Error); m.ID(2) != 2 || m.Text(4) != "wamp.error.canceled" {
			s.T.Errorf("got %v", m)
		}
		s.Works(c, p)
		if n := begun.Load(); n != 1 {
			s.T.Errorf("%d handlers were begun, want 1", n)
		}
	})
}

// What waits for a worker counts against the client's inbound bytes: a flood of
// large invocations is refused long before the lane's thousand are full.
func TestInvocation_WaitingOnesAreBoundedInBytes(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		const each, limit, sent = 100_000, 1 << 20, 40
		goOn := make(chan struct{})
		c, p := s.Connect(wamp.WithLimits(wamp.Limits{InboundBytes: limit}))
		_, id := s.Register(c, p, "com.example.p", func(context.Context, wamp.Payload) (wamp.Payload, error) {
			<-goOn
			return wamp.Payload{}, nil
		}, wamp.WithConcurrency(1))
		big := []any{strings.Repeat("x", each)}
		for n := int64(1); n <= sent; n++ {
			p.Send(wamptest.Message{wamptest.Invocation, n, id, stage.Dict{}, big})
			if n == 1 {
				synctest.Wait() // it has its worker
			}
		}
		synctest.Wait()
		close(goOn)
		taken, refused := 0, 0
		for range sent {
			m, err := p.Next()
			switch {
			case err != nil:
				s.T.Fatal(err)
			case m.Type() == wamptest.Yield:
				taken++
			case m.Text(4) == "wamp.error.unavailable":
				refused++
			}
		}
		if most := limit/each + 1; taken < 2 || taken > most || refused != sent-taken {
			s.T.Errorf("%d were taken and %d refused, want at most %d taken", taken, refused, most)
		}
		p.Send(wamptest.Message{wamptest.Invocation, sent + 1, id, stage.Dict{}, big}) // room again
		p.Expect(wamptest.Yield)
		s.Works(c, p)
	})
}

// R184, R186: the timeout that a dealer forwards ends the handler's ctx, and the
// caller is told why. One beyond all clocks is as good as none.
func TestInvocation_ForwardedTimeout(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		_, id := s.Register(c, p, "com.example.p", func(ctx context.Context, _ wamp.Payload) (wamp.Payload, error) {
			wait := time.Hour
			if got := wamp.CallInfoFrom(ctx).Timeout; got != 2*time.Second {
				wait = time.Millisecond
			}
			select {
			case <-ctx.Done():
				return wamp.Payload{}, ctx.Err()
			case <-time.After(wait):
				return wamp.Payload{}, nil
			}
		})
		start := time.Now()
		p.Send(wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{"timeout": 2000}})
		if m := p.Expect(wamptest.Error); m.Text(4) != "wamp.error.timeout" || time.Since(start) != 2*time.Second {
			s.T.Errorf("got %v after %v", m, time.Since(start))
		}
		p.Send(wamptest.Message{wamptest.Invocation, 2, id, stage.Dict{"timeout": uint64(1) << 53}})
		p.Expect(wamptest.Yield)
	})
}
