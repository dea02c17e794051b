package stream

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// Send returns how the call has ended: its error, or io.EOF; a chunk after CloseSend
// is refused, one that does not fit too, and the call goes on.
func TestBidi_Send(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithWriteLimit(64 << 10))
		b := c.CallBidi(s.T.Context(), procedure, nil, nil)
		id := p.Expect(wamptest.Call).ID(1)
		var bad *wamp.ValueError
		if err := b.Send(wamp.Payload{Args: []any{make(chan int)}}); !errors.As(err, &bad) {
			s.T.Error(err)
		}
		if err := b.Send(wamp.Payload{Args: []any{strings.Repeat("x", 64<<10)}}); !errors.Is(err, wamp.ErrTooLarge) {
			s.T.Error(err)
		}
		if err := errors.Join(b.CloseSend(), b.CloseSend()); err != nil {
			s.T.Error(err)
		}
		if m := p.Expect(wamptest.Call); m.ID(1) != id || m.Dict(2)["progress"] == true {
			s.T.Error(m)
		}
		if err := b.Send(wamp.Payload{}); err == nil || errors.Is(err, io.EOF) {
			s.T.Error(err)
		}
		p.Send(progress(id, "one"), wamptest.Message{wamptest.Result, id, stage.Dict{}})
		if values, err := drained(s.T, b); !slices.Equal(values, []any{"one"}) || err != nil {
			s.T.Error(values, err)
		}
		for _, answer := range []wamptest.Message{{wamptest.Result, 0, stage.Dict{}}, {wamptest.Error, wamptest.Call, 0, stage.Dict{}, "com.example.error.no"}} {
			b := c.CallBidi(s.T.Context(), procedure, nil, nil)
			id := p.Expect(wamptest.Call).ID(1)
			want := io.EOF
			if answer[0] == wamptest.Error {
				answer[2], want = id, error(wamp.NewError("com.example.error.no"))
			} else {
				answer[1] = id
			}
			p.Send(answer)
			_, _ = b.Result()
			if err := b.Send(wamp.Payload{}); !errors.Is(err, want) {
				s.T.Errorf("got %v, want %v", err, want)
			}
			if err := b.CloseSend(); err != nil {
				s.T.Error(err)
			}
		}
		s.Works(c, p)
	})
}

// Leaving the loop and Close cancel a call both of whose sides send, once.
func TestBidi_Leave(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for _, leaves := range []bool{true, false} {
			b := c.CallBidi(s.T.Context(), procedure, nil, nil)
			id := p.Expect(wamptest.Call).ID(1)
			over := stage.Begin(func() error {
				for {
					if err := b.Send(wamp.Payload{}); err != nil {
						return err
					}
					stage.Pass(time.Millisecond)
				}
			})
			p.Expect(wamptest.Call)
			p.Send(progress(id, 1), progress(id, 2))
			for range b.All() {
				if leaves {
					break
				}
				go b.Close() // joined by Close below
			}
			b.Close()
			if err := <-over; !errors.Is(err, context.Canceled) {
				s.T.Error(err)
			}
			onlyChunks(s, c, p, id, wamptest.Cancel)
		}
	})
}

// A typed Bidi whose first chunk is its first message begins with it.
func TestBidi_FirstChunk(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		d := uploading(true, true)
		d.Stream, d.Progress = true, stage.One("text", "")
		open := func(ctx context.Context) wamp.Bidi[string, string, string] {
			return wamp.CallBidi(ctx, c, d, nil, stage.StringValue, stage.StringValue, stage.StringValue)
		}
		b := open(s.T.Context())
		synctest.Wait()
		s.Works(c, p) // nothing was sent
		if err := b.Send("a"); err != nil {
			s.T.Error(err)
		}
		synctest.Wait()
		s.Works(c, p) // it may be the last
		if err := b.Send("b"); err != nil {
			s.T.Error(err)
		}
		m := p.Expect(wamptest.Call)
		if o := m.Dict(2); o["progress"] != true || o["receive_progress"] != true || m.List(4)[0] != "a" {
			s.T.Error(m)
		}
		if err := b.CloseSend(); err != nil {
			s.T.Error(err)
		}
		if m := p.Expect(wamptest.Call); m.Dict(2)["progress"] == true || m.List(4)[0] != "b" {
			s.T.Error(m)
		}
		p.Send(wamptest.Message{wamptest.Result, m.ID(1), stage.Dict{}, []any{"out"}})
		if out, err := b.Result(); out != "out" || err != nil {
			s.T.Error(out, err)
		}
		ctx, cancel := context.WithCancel(s.T.Context())
		b = open(ctx)
		cancel()
		if _, err := b.Result(); !errors.Is(err, context.Canceled) || !wamp.SafeToRetry(err) {
			s.T.Error(err)
		}
		none, one := open(s.T.Context()), open(s.T.Context()) // end with the client, too
		if err := one.Send("may be the last"); err != nil {
			s.T.Error(err)
		}
		synctest.Wait()
		closed := stage.Begin(func() error { return c.Close(s.T.Context()) })
		p.Send(wamptest.Answer(p.Expect(wamptest.Goodbye)))
		if err := <-closed; err != nil {
			s.T.Error(err)
		}
		for _, b := range []wamp.Bidi[string, string, string]{none, one} {
			if _, err := b.Result(); !errors.Is(err, wamp.ErrClosed) || !wamp.SafeToRetry(err) {
				s.T.Error(err)
			}
			if err := b.Send("late"); !errors.Is(err, wamp.ErrClosed) {
				s.T.Error(err)
			}
		}
	})
}

// bothWays lets both sides send until the caller leaves.
func bothWays(t *testing.T, callee, caller *wamp.Client) {
	t.Helper()
	ended := make(chan error, 1)
	if _, err := callee.RegisterBidi(t.Context(), "com.example.both", func(ctx context.Context, in wamp.Payload, chunks payloads, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
		var last error
		for chunk, err := range chunks {
			if err == nil {
				err = out.Send(chunk)
			}
			if err != nil {
				last = err
				break
			}
		}
		ended <- last
		return in, last
	}); err != nil {
		t.Fatal(err)
	}
	b := caller.CallBidi(t.Context(), "com.example.both", nil, nil)
	var sends sync.WaitGroup
	sends.Go(func() {
		for i := 0; ; i++ {
			if err := b.Send(wamp.Payload{Args: []any{i}}); err != nil {
				if !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				return
			}
			if i%100 == 99 {
				stage.Pass(time.Millisecond) // an echo takes as long as a chunk
			}
		}
	})
	next := int64(0)
	for p, err := range b.All() {
		if err != nil || p.Args[0] != next {
			t.Fatalf("result %d is %v, %v", next, p, err)
		}
		if next++; next == 1000 {
			break
		}
	}
	sends.Wait()
	if err := <-ended; !errors.Is(err, wamp.ErrCanceled) {
		t.Error(err)
	}
	if _, err := b.Result(); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// R166: a thousand chats at once on one callee, each with an answer to every line,
// keep no unary call waiting.
func TestBidi_ManyOpen(t *testing.T) {
	everywhere(t, func(t *testing.T, callee, caller *wamp.Client) {
		const n, lines = 1000, 3
		if _, err := callee.RegisterBidi(t.Context(), procedure, func(_ context.Context, in wamp.Payload, chunks payloads, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			for chunk, err := range chunks {
				if err == nil {
					err = out.Send(wamp.Payload{Args: append(in.Args, chunk.Args...)})
				}
				if err != nil {
					return in, err
				}
			}
			return in, nil
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := callee.Register(t.Context(), "com.example.echo", stage.Echo); err != nil {
			t.Fatal(err)
		}
		var open, over sync.WaitGroup
		unary := make(chan struct{})
		for i := range n {
			open.Add(1)
			over.Go(func() {
				b := caller.CallBidi(t.Context(), procedure, []any{i}, nil)
				defer b.Close()
				got := 0
				if err := b.Send(wamp.Payload{Args: []any{got}}); err != nil {
					t.Error(err)
				}
				for p, err := range b.All() {
					if err != nil || p.Args[0] != int64(i) || p.Args[1] != int64(got) {
						t.Errorf("line %d of chat %d is %v, %v", got, i, p, err)
						return
					}
					if got++; got == 1 {
						open.Done()
						<-unary
					}
					if got == lines {
						err = b.CloseSend()
					} else {
						err = b.Send(wamp.Payload{Args: []any{got}})
					}
					if err != nil {
						t.Error(err)
					}
				}
				if out, err := b.Result(); err != nil || out.Args[0] != int64(i) || got != lines {
					t.Errorf("chat %d ends after %d lines with %v, %v", i, got, out, err)
				}
			})
		}
		open.Wait()
		for i := range 100 {
			if out, err := caller.Call(t.Context(), "com.example.echo", []any{i}, nil); err != nil || out.Args[0] != int64(i) {
				t.Fatal(out, err)
			}
		}
		close(unary)
		over.Wait()
	})
}
