package soak

import (
	"context"
	"errors"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// chats are callers that talk to one callee in both directions, in every way that a
// call can end.
type chats struct {
	t                   *testing.T
	callee, caller      *wamp.Client
	lines, whole, ended atomic.Int64
}

// silence is how long a handler waits for a line: nexus does not say that a caller is
// gone. It is longer than any line takes on a busy machine.
const silence = 20 * time.Second

// TestChats lets both sides of many calls send at once over nexus, for a moment or
// as long as WAMPGEN_CHATS says. Calls end by CloseSend, by leaving, by their ctx,
// by an answer before the last line and, in a long run, with a session that is given up.
// Lines stay in order, unary calls are answered meanwhile, and nothing is left.
func TestChats(t *testing.T) {
	length := 500 * time.Millisecond
	if v := os.Getenv("WAMPGEN_CHATS"); v != "" {
		d, err := time.ParseDuration(v)
		if err != nil {
			t.Fatal(err)
		}
		length = d
	}
	r := router.New(t, router.Config{})
	c := &chats{t: t, callee: stage.Connect(t, r.WebSocketURL()), caller: stage.Connect(t, r.RawSocketURL())}
	ctx := t.Context()
	if _, err := c.callee.RegisterBidi(ctx, "com.soak.chat", c.handle, wamp.WithChunkTimeout(silence)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.callee.Register(ctx, "com.soak.unary", stage.Echo); err != nil {
		t.Fatal(err)
	}
	end := time.Now().Add(length)
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(i), 1))
			for again := true; again; again = time.Now().Before(end) {
				c.talk(rng)
			}
		})
	}
	all.Go(func() {
		for n := int64(0); time.Now().Before(end); n++ {
			out, err := c.caller.Call(ctx, "com.soak.unary", []any{n}, nil)
			if err == nil && out.Args[0] != n || err != nil && !errors.Is(err, wamp.ErrLost) {
				t.Errorf("unary call %d: %v, %v", n, out, err)
			}
			if n%1000 == 999 && length > silence {
				c.caller.Reconnect()
			}
		}
	})
	all.Wait()
	t.Logf("%d lines in chats, %d of which ended whole and %d otherwise", c.lines.Load(), c.whole.Load(), c.ended.Load())
	if c.whole.Load() == 0 || c.ended.Load() == 0 {
		t.Error("not every way to end a chat was taken")
	}
	for deadline := time.Now().Add(3 * silence); c.callee.Stats().Running > 0 || c.callee.Stats().InboundBytes > 0; {
		if time.Now().After(deadline) {
			t.Fatalf("left behind: %+v", c.callee.Stats())
		}
		stage.Pass(10 * time.Millisecond)
	}
	if n := c.caller.Stats().PendingRequests; n > 0 {
		t.Errorf("%d calls are pending", n)
	}
}

// handle answers each line, and returns at the word enough.
func (c *chats) handle(_ context.Context, in wamp.Payload, lines iter.Seq2[wamp.Payload, error], out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
	next := int64(0)
	for line, err := range lines {
		if err != nil {
			return in, err
		}
		switch n := line.Args[0].(type) {
		case int64:
			if n != next {
				c.t.Errorf("line %d, want %d", n, next)
			}
			next++
		default:
			return in, nil
		}
		if err := out.Send(line); err != nil {
			return in, err
		}
	}
	return in, nil
}

// talk is one chat that ends in a random way.
func (c *chats) talk(rng *rand.Rand) {
	ctx, cancel := context.WithCancel(c.t.Context())
	defer cancel()
	b := c.caller.CallBidi(ctx, "com.soak.chat", nil, nil)
	defer b.Close()
	way, want := rng.IntN(5), rng.Int64N(100)
	var sender sync.WaitGroup
	sender.Go(func() { c.send(b, cancel, way, want) })
	got := int64(0)
	var last error
	for line, err := range b.All() {
		if last = err; err != nil {
			break
		}
		if line.Args[0] != got {
			c.t.Errorf("answer %v, want %d", line.Args[0], got)
		}
		if got++; way == 2 && got > want/2 {
			break // leaves
		}
	}
	sender.Wait()
	c.lines.Add(got)
	_, err := b.Result()
	switch {
	case err == nil && way < 2 && (got == want || way == 1):
		c.whole.Add(1)
	case err == nil && way < 2, last != nil && err == nil:
		c.t.Errorf("way %d: %d of %d answers, %v, %v", way, got, want, last, err)
	case err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, wamp.ErrLost) && !errors.Is(err, wamp.ErrCanceled):
		c.t.Errorf("way %d: %v", way, err)
	default:
		c.ended.Add(1)
	}
}

// send sends lines, and ends as way says.
func (c *chats) send(b wamp.Bidi[wamp.Payload, wamp.Payload, wamp.Payload], cancel context.CancelFunc, way int, n int64) {
	for i := range n {
		if err := b.Send(wamp.Payload{Args: []any{i}}); err != nil {
			if way != 1 && errors.Is(err, io.EOF) {
				c.t.Errorf("way %d: line %d: %v", way, i, err)
			}
			return
		}
	}
	switch way {
	case 1: // the callee ends it, and more lines are on their way
		for _, word := range []string{"enough", "late", "later"} {
			if b.Send(wamp.Payload{Args: []any{word}}) != nil {
				return
			}
		}
	case 3:
		cancel()
	case 4:
		b.Close()
	default:
		if err := b.CloseSend(); err != nil {
			c.t.Error(err)
		}
	}
}
