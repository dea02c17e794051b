package stream

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// WithChunkTimeout bounds the wait for a chunk; a handler that sends progressive
// results meanwhile has a caller. Below 0 there is no bound.
func TestInput_ChunkTimeout(t *testing.T) {
	for _, bound := range []time.Duration{time.Second, 0, -1} {
		t.Run(bound.String(), func(t *testing.T) {
			stage.Transports(t, func(s *stage.Stage) {
				c, p := s.Connect()
				type end struct {
					err   error
					after time.Duration
				}
				ended := make(chan end, 1)
				done := stage.Begin(func() error {
					_, err := c.RegisterBidi(s.T.Context(), procedure, func(ctx context.Context, in wamp.Payload, chunks payloads, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
						begin := time.Now()
						go func() { // ends with the sends
							for range 5 {
								stage.Pass(900 * time.Millisecond)
								_ = out.Send(wamp.Payload{})
							}
						}()
						_, err := gather(chunks)
						ended <- end{err, time.Since(begin)}
						return in, err
					}, wamp.WithChunkTimeout(bound))
					return err
				})
				m := p.Expect(wamptest.Register)
				p.Send(wamptest.Answer(m))
				if err := <-done; err != nil {
					s.T.Fatal(err)
				}
				first := invocation(1, m.ID(1), true)
				first.Dict(3)["receive_progress"] = true
				p.Send(first)
				for range 5 {
					p.Expect(wamptest.Yield)
				}
				want := 4500*time.Millisecond + bound
				switch bound {
				case 0:
					want = 4500*time.Millisecond + 10*time.Minute
				case -1:
					stage.Pass(time.Hour)
					p.Send(wamptest.Message{wamptest.Interrupt, 1, stage.Dict{"mode": "killnowait"}})
					if e := <-ended; !errors.Is(e.err, wamp.ErrCanceled) {
						s.T.Error(e)
					}
					return
				}
				if e := <-ended; !errors.Is(e.err, wamp.ErrTimeout) || e.after != want {
					s.T.Errorf("%v after %v, want it after %v", e.err, e.after, want)
				}
			})
		})
	}
}

// Chunks that nobody takes are bounded: beyond 4 MiB the invocation ends with
// ErrOverflow, its caller gets wamp.error.unavailable, the log says so once, and the
// session goes on.
func TestInput_Overflow(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		logs := new(stage.TextLog)
		c, p := s.Connect(logs.Option())
		ended := make(chan [2]error, 1)
		id := taking(s, c, p, func(ctx context.Context, in wamp.Payload, chunks payloads) (wamp.Payload, error) {
			<-ctx.Done()
			_, err := gather(chunks)
			ended <- [2]error{err, context.Cause(ctx)}
			return in, err
		})
		p.Send(invocation(1, id, true))
		chunk := strings.Repeat("x", 1<<19)
		for range 64 {
			p.Send(invocation(1, id, true, chunk))
		}
		if m := p.Expect(wamptest.Error); m[4] != "wamp.error.unavailable" || len(m) > 5 {
			s.T.Error(m)
		}
		for _, err := range <-ended {
			if !errors.Is(err, wamp.ErrOverflow) {
				s.T.Error(err)
			}
		}
		s.Works(c, p)
		synctest.Wait()
		if n := c.Stats(); n.InboundBytes != 0 {
			s.T.Errorf("%d bytes wait", n.InboundBytes)
		}
		if lines := logs.Lines("do not keep up"); len(lines) != 1 {
			s.T.Errorf("logged %q", lines)
		}
	})
}

// All streams together hold half of Limits.InboundBytes; the fullest one gives way,
// and those that keep up, and other calls, go on.
func TestInput_OverflowOfAll(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithLimits(wamp.Limits{InboundBytes: 1 << 20}))
		id := taking(s, c, p, func(ctx context.Context, in wamp.Payload, chunks payloads) (wamp.Payload, error) {
			if in.Args[0] == "stuck" {
				<-ctx.Done()
				return in, ctx.Err()
			}
			return all(ctx, in, chunks)
		})
		chunk := strings.Repeat("x", 32<<10)
		p.Send(invocation(1, id, true, "works"))
		for i := range 30 {
			p.Send(invocation(i+2, id, true, "stuck"))
		}
		for range 3 {
			for i := range 30 {
				p.Send(invocation(i+2, id, true, chunk))
			}
			p.Send(invocation(1, id, true, "a"))
		}
		p.Send(invocation(1, id, false))
		synctest.Wait()
		done, refused := s.Call(c, "com.example.marker"), 0
		var m wamptest.Message
		for m = next(s, p); m.Type() != wamptest.Call; m = next(s, p) {
			switch {
			case m.Type() == wamptest.Error && m[4] == "wamp.error.unavailable":
				refused++
			case m.Type() != wamptest.Yield || fmt.Sprint(m.List(3)) != "[works a a a]":
				s.T.Error(m)
			}
		}
		p.Send(wamptest.Answer(m))
		<-done
		if n := c.Stats(); refused == 0 || n.InboundBytes > 1<<20 {
			s.T.Errorf("%d streams gave way, %d bytes wait", refused, n.InboundBytes)
		}
	})
}

// next returns the next message of the client.
func next(s *stage.Stage, p *wamptest.Peer) wamptest.Message {
	s.T.Helper()
	m, err := p.Next()
	if err != nil {
		s.T.Fatal(err)
	}
	return m
}

// A handler that waits for a chunk holds no worker, and 4 096 of them may wait.
func TestInput_WaitsWithoutWorker(t *testing.T) {
	stage.Bubble(t, wamptest.WebSocket, codec.MessagePack, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithLimits(wamp.Limits{Workers: 1}))
		id := taking(s, c, p, all)
		_, unary := s.Register(c, p, "com.example.unary", stage.Echo)
		const n = 4096
		for i := range n {
			p.Send(invocation(i+1, id, true, i))
		}
		synctest.Wait()
		p.Send(invocation(n+1, unary, false, "still here"))
		if y := p.Expect(wamptest.Yield); y.List(3)[0] != "still here" {
			s.T.Error(y)
		}
		for i := range n {
			p.Send(invocation(i+1, id, false, "last"))
			if y := p.Expect(wamptest.Yield); y.ID(1) != int64(i+1) || fmt.Sprint(y.List(3)) != fmt.Sprintf("[%d last]", i) {
				s.T.Fatal(y)
			}
		}
	})
}

// K12: ten thousand chunks reach a slow handler in order, and the result comes after
// them; then both directions send at once until the caller leaves.
func TestK12_SlowHandler(t *testing.T) {
	everywhere(t, func(t *testing.T, callee, caller *wamp.Client) {
		const n = 10_000
		sentAll := make(chan struct{})
		if _, err := callee.RegisterChunks(t.Context(), procedure, func(ctx context.Context, in wamp.Payload, chunks payloads) (wamp.Payload, error) {
			<-sentAll // before any of them is taken
			return all(ctx, in, chunks)
		}); err != nil {
			t.Fatal(err)
		}
		out, err := caller.CallChunks(t.Context(), procedure, nil, nil, func(yield func(wamp.Payload, error) bool) {
			for i := range n {
				if !yield(wamp.Payload{Args: []any{i}}, nil) {
					return
				}
			}
			close(sentAll)
		})
		if err != nil || len(out.Args) != n {
			t.Fatal(len(out.Args), err)
		}
		for i, v := range out.Args {
			if v != int64(i) {
				t.Fatalf("chunk %d is %v", i, v)
			}
		}
		if a, b := caller.Stats(), callee.Stats(); a.ChunksSent != n || b.Chunks != n {
			t.Errorf("sent %d, arrived %d", a.ChunksSent, b.Chunks)
		}
		bothWays(t, callee, caller)
	})
}
