package stream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// K12: ten thousand progressive results reach a slow consumer in order, and the
// result comes after them. Then an endless stream is cancelled in the middle. R143,
// R147.
func TestK12_SlowConsumer(t *testing.T) {
	everywhere(t, func(t *testing.T, callee, caller *wamp.Client) {
		const n = 10_000
		register(t, callee, procedure, count)
		s := caller.CallStream(t.Context(), procedure, []any{n}, nil)
		if out, err := s.Result(); err != nil || out.Args[0] != int64(n) { // before any of them is taken
			t.Fatal(out, err)
		}
		values, err := drained(t, s)
		if err != nil || len(values) != n {
			t.Fatalf("%d results, %v", len(values), err)
		}
		for i, v := range values {
			if v != int64(i) {
				t.Fatalf("result %d is %v", i, v)
			}
		}

		ended := make(chan [2]error, 1)
		register(t, callee, "com.example.endless", endless(ended))
		s = caller.CallStream(t.Context(), "com.example.endless", nil, nil)
		i := int64(0)
		for p, err := range s.All() {
			if err != nil || p.Args[0] != i {
				t.Fatalf("result %d is %v, %v", i, p, err)
			}
			if i++; i == 1000 {
				break
			}
		}
		if _, err := s.Result(); !errors.Is(err, context.Canceled) {
			t.Errorf("a stream whose loop was left ends with %v", err)
		}
		for p, err := range s.All() {
			if err == nil {
				t.Errorf("after the cancel comes %v", p)
			}
		}
		if e := <-ended; !errors.Is(e[0], wamp.ErrCanceled) || !errors.Is(e[1], wamp.ErrCanceled) {
			t.Errorf("the handler ends with %v", e)
		}
	})
}

// R142, R200: the unary call of a procedure with progressive results asks for none,
// and the handler's Send does nothing.
func TestStream_UnaryCall(t *testing.T) {
	everywhere(t, func(t *testing.T, callee, caller *wamp.Client) {
		register(t, callee, procedure, func(ctx context.Context, in wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			if out.Wanted() {
				t.Error("progressive results are wanted")
			}
			return count(ctx, in, out)
		})
		if out, err := caller.Call(t.Context(), procedure, []any{3}, nil); err != nil || out.Args[0] != int64(3) {
			t.Error(out, err)
		}
	})
}

// R144: a callee that makes no progress answers a stream with its result alone.
func TestStream_WithoutProgress(t *testing.T) {
	everywhere(t, func(t *testing.T, callee, caller *wamp.Client) {
		if _, err := callee.Register(t.Context(), procedure, stage.Echo); err != nil {
			t.Fatal(err)
		}
		s := caller.CallStream(t.Context(), procedure, []any{"in"}, nil)
		if values, err := drained(t, s); err != nil || len(values) != 0 {
			t.Error(values, err)
		}
		if out, err := s.Result(); err != nil || out.Args[0] != "in" {
			t.Error(out, err)
		}
	})
}

// An error of the callee after progressive results reaches All and Result.
func TestStream_Error(t *testing.T) {
	everywhere(t, func(t *testing.T, callee, caller *wamp.Client) {
		register(t, callee, procedure, func(ctx context.Context, in wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			_, _ = count(ctx, in, out)
			return wamp.Payload{}, wamp.NewError("com.example.error.no", "words")
		})
		values, err := drained(t, caller.CallStream(t.Context(), procedure, []any{2}, nil))
		var e *wamp.Error
		if len(values) != 2 || !errors.As(err, &e) || e.URI != "com.example.error.no" || !strings.Contains(err.Error(), procedure) {
			t.Error(values, err)
		}
	})
}

// started begins a stream on a scripted router and returns the id of its CALL.
func started(s *stage.Stage, c *wamp.Client, p *wamptest.Peer, opts ...wamp.CallOption) (wamp.Stream[wamp.Payload, wamp.Payload], int64) {
	s.T.Helper()
	st := c.CallStream(s.T.Context(), procedure, nil, nil, opts...)
	m := p.Expect(wamptest.Call)
	if m.Dict(2)["receive_progress"] != true {
		s.T.Errorf("CALL without receive_progress: %v", m)
	}
	return st, m.ID(1)
}

func progress(id int64, args ...any) wamptest.Message {
	return wamptest.Message{wamptest.Result, id, stage.Dict{"progress": true}, args}
}

// Leaving the loop, by break and by panic, and Close each send one CANCEL, with the
// mode of the call; what still comes is dropped. R169, R173.
func TestStream_Leave(t *testing.T) {
	leave := map[string]func(wamp.Stream[wamp.Payload, wamp.Payload]){
		"break": func(st wamp.Stream[wamp.Payload, wamp.Payload]) {
			for range st.All() {
				break
			}
		},
		"panic": func(st wamp.Stream[wamp.Payload, wamp.Payload]) {
			defer func() { _ = recover() }()
			for range st.All() {
				panic("left")
			}
		},
		"Close": func(st wamp.Stream[wamp.Payload, wamp.Payload]) { st.Close() },
	}
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for name, f := range leave {
			for _, mode := range []wamp.CancelMode{wamp.KillNoWait, wamp.Skip} {
				st, id := started(s, c, p, wamp.WithCancelMode(mode))
				p.Send(progress(id, 1), progress(id, 2))
				synctest.Wait()
				f(st)
				st.Close()
				if m := p.Expect(wamptest.Cancel); m.ID(1) != id || m.Dict(2)["mode"] != string(mode) {
					s.T.Errorf("%s: %v", name, m)
				}
				p.Send(progress(id, 3), wamptest.Message{wamptest.Error, wamptest.Call, id, stage.Dict{}, "wamp.error.canceled"})
				if _, err := st.Result(); !errors.Is(err, context.Canceled) {
					s.T.Errorf("%s: %v", name, err)
				}
				s.Works(c, p)
			}
		}
	})
}

// The end of the ctx of a stream cancels it; what has come before is still there.
func TestStream_Context(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		ctx, cancel := context.WithTimeout(s.T.Context(), time.Minute)
		defer cancel()
		st := c.CallStream(ctx, procedure, nil, nil)
		id := p.Expect(wamptest.Call).ID(1)
		p.Send(progress(id, 1))
		values, err := drained(s.T, st)
		if len(values) != 1 || !errors.Is(err, context.DeadlineExceeded) {
			s.T.Error(values, err)
		}
		p.Expect(wamptest.Cancel)
		s.Works(c, p)
	})
}

// A caller that never reads is not the reader's trouble: beyond 4 MiB the call ends
// with ErrOverflow and one CANCEL, what had room is still there, and the session
// goes on. R147.
func TestStream_Overflow(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		st, id := started(s, c, p)
		const size = 1 << 19
		chunk := strings.Repeat("x", size)
		for range stage.Scale(2048, 64) { // a gigabyte in a full run
			p.Send(progress(id, chunk))
		}
		if m := p.Expect(wamptest.Cancel); m.ID(1) != id {
			s.T.Error(m)
		}
		p.Send(wamptest.Message{wamptest.Error, wamptest.Call, id, stage.Dict{}, "wamp.error.canceled"})
		s.Works(c, p)
		values, err := drained(s.T, st)
		if !errors.Is(err, wamp.ErrOverflow) || wamp.SafeToRetry(err) {
			s.T.Error(err)
		}
		if len(values) == 0 || len(values)*size > 4<<20 {
			s.T.Errorf("%d KiB had waited", len(values)*size>>10)
		}
	})
}

// R149: the timeout of a stream bounds the gaps, not the call; the router, which
// may read it otherwise, is not asked to keep it.
func TestStream_TimeoutBoundsGaps(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		st := c.CallStream(s.T.Context(), procedure, nil, nil, wamp.WithCallTimeout(time.Second))
		m := p.Expect(wamptest.Call)
		if _, sent := m.Dict(2)["timeout"]; sent {
			s.T.Error(m)
		}
		for i := range 5 {
			stage.Pass(900 * time.Millisecond)
			p.Send(progress(m.ID(1), i))
		}
		values, err := drained(s.T, st)
		if len(values) != 5 || !errors.Is(err, context.DeadlineExceeded) {
			s.T.Error(values, err)
		}
		if cancel := p.Expect(wamptest.Cancel); cancel.ID(1) != m.ID(1) {
			s.T.Error(cancel)
		}
	})
}

// The session is lost: Result is ErrLost, All yields what came and then that, once.
// A call that brought something is not sent again, idempotent or not.
func TestStream_Lost(t *testing.T) {
	for _, idempotent := range []bool{false, true} {
		t.Run(fmt.Sprint("idempotent ", idempotent), func(t *testing.T) {
			stage.Transports(t, func(s *stage.Stage) {
				c, p := s.Connect()
				st := begin(s, c, idempotent)
				p.Send(progress(p.Expect(wamptest.Call).ID(1), "one"))
				synctest.Wait()
				p.Reset()
				var values []string
				var errs []error
				for v, err := range st.All() {
					if err != nil {
						errs = append(errs, err)
					} else {
						values = append(values, v)
					}
				}
				for _, err := range st.All() {
					errs = append(errs, err)
				}
				_, err := st.Result()
				if !slices.Equal(values, []string{"one"}) || len(errs) != 1 || !stage.IsLost(errs[0], false) || !stage.IsLost(err, false) {
					s.T.Errorf("All: %q, %v; Result: %v", values, errs, err)
				}
				s.Works(c, s.Rejoin())
			})
		})
	}
}

// begin begins a typed stream of strings.
func begin(s *stage.Stage, c *wamp.Client, idempotent bool) wamp.Stream[string, string] {
	text := stage.One("text", "")
	p := &wamp.Procedure{URI: procedure, Idempotent: idempotent, Stream: true, Progress: text, Out: text}
	return wamp.CallStream(s.T.Context(), c, p, nil, stage.StringValue, stage.StringValue)
}

// An idempotent stream that brought nothing yet is sent again.
func TestStream_LostBeforeItBegan(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		st := begin(s, c, true)
		p.Expect(wamptest.Call)
		p.Reset()
		p = s.Rejoin()
		id := p.Expect(wamptest.Call).ID(1)
		p.Send(progress(id, "one"), wamptest.Message{wamptest.Result, id, stage.Dict{}, []any{"all"}})
		var values []string
		for v := range st.All() {
			values = append(values, v)
		}
		if out, err := st.Result(); err != nil || out != "all" || !slices.Equal(values, []string{"one"}) {
			s.T.Error(values, out, err)
		}
	})
}

// A progressive result that does not fit ends the call, and is an error of one
// that has ended already.
func TestStream_Misfit(t *testing.T) {
	for _, ended := range []bool{false, true} {
		t.Run(fmt.Sprint("ended ", ended), func(t *testing.T) {
			stage.Transports(t, func(s *stage.Stage) { misfit(s, ended) })
		})
	}
}

func misfit(s *stage.Stage, ended bool) {
	s.T.Helper()
	c, p := s.Connect()
	st := begin(s, c, false)
	id := p.Expect(wamptest.Call).ID(1)
	p.Send(progress(id, "one"), progress(id, 2), progress(id, "three"))
	if ended {
		p.Send(wamptest.Message{wamptest.Result, id, stage.Dict{}, []any{"all"}})
	}
	synctest.Wait()
	var values []string
	var last error
	for v, err := range st.All() {
		if last = err; err == nil {
			values = append(values, v)
		}
	}
	var bad *wamp.ValueError
	if _, err := st.Result(); !slices.Equal(values, []string{"one"}) || !errors.As(last, &bad) || !errors.Is(err, last) {
		s.T.Error(values, last, err)
	}
	if !ended {
		p.Expect(wamptest.Cancel)
	}
	s.Works(c, p)
}

// Close of the client ends its streams.
func TestStream_CloseOfTheCaller(t *testing.T) {
	routed(t, func(t *testing.T, callee, caller func(...wamp.ConnectOption) *wamp.Client) {
		ended := make(chan [2]error, 1)
		register(t, callee(), procedure, func(ctx context.Context, _ wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			err := out.Send(wamp.Payload{Args: []any{1}})
			<-ctx.Done()
			ended <- [2]error{err, context.Cause(ctx)}
			return wamp.Payload{}, ctx.Err()
		})
		c := caller()
		s := c.CallStream(t.Context(), procedure, nil, nil)
		synctest.Wait()
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if values, err := drained(t, s); len(values) != 1 || !errors.Is(err, wamp.ErrLost) || !errors.Is(err, wamp.ErrClosed) {
			t.Error(values, err)
		}
		if e := <-ended; e[0] != nil || !errors.Is(e[1], wamp.ErrCanceled) {
			t.Error(e)
		}
		if _, err := drained(t, c.CallStream(t.Context(), procedure, nil, nil)); !errors.Is(err, wamp.ErrClosed) {
			t.Error(err)
		}
	})
}

// A procedure that is not a URI, and a negative timeout, are refused.
func TestStream_Refused(t *testing.T) {
	routed(t, func(t *testing.T, _, caller func(...wamp.ConnectOption) *wamp.Client) {
		c := caller()
		if _, err := drained(t, c.CallStream(t.Context(), "not a uri", nil, nil)); !errors.Is(err, wamp.ErrInvalidURI) {
			t.Error(err)
		}
		if _, err := drained(t, c.CallStream(t.Context(), procedure, nil, nil, wamp.WithCallTimeout(-1))); !wamp.SafeToRetry(err) {
			t.Error(err)
		}
	})
}
