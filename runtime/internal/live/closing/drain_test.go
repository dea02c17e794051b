package closing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// work is a client with work in all its hands: n invocations that run for 2 s
// and n events that take 100 ms each.
func work(s *stage.Stage, n int, reply stage.Reply, opts ...wamp.ConnectOption) (*wamp.Client, *stage.Router, *atomic.Int64) {
	s.T.Helper()
	r := s.Play(reply)
	c := s.Connected(s.Dial(opts...))
	done := new(atomic.Int64)
	ctx := s.T.Context()
	for i := range 3 {
		_, err := c.Register(ctx, fmt.Sprint("com.example.p", i), func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			time.Sleep(2 * time.Second)
			if ctx.Err() == nil {
				done.Add(1)
			}
			return in, nil
		})
		if err != nil {
			s.T.Fatal(err)
		}
		_, err = c.Subscribe(ctx, fmt.Sprint("com.example.t", i), func(ctx context.Context, _ wamp.Payload) error {
			time.Sleep(100 * time.Millisecond)
			if err := c.Publish(ctx, "com.example.seen", nil, nil); err == nil {
				done.Add(1)
			}
			return nil
		})
		if err != nil {
			s.T.Fatal(err)
		}
	}
	p := r.Last()
	none := map[string]any{}
	for i := range n {
		p.Peer.Send(wamptest.Message{wamptest.Invocation, i + 1, p.Of(wamptest.Register)[i%3].ID(1), none},
			wamptest.Message{wamptest.Event, p.Of(wamptest.Subscribe)[i%3].ID(1), i + 1, none})
	}
	synctest.Wait()
	return c, r, done
}

// types are the types of the messages of a session, requests for work apart.
func types(p *stage.Session) []int {
	var types []int
	for _, m := range p.Of(wamptest.Unregister, wamptest.Unsubscribe, wamptest.Publish, wamptest.Yield, wamptest.Error, wamptest.Goodbye) {
		types = append(types, m.Type())
	}
	return types
}

// L2: what was begun is finished: everything is taken back, the handlers run
// to their end, their answers and publishes leave, and then GOODBYE.
func TestL2_Drain(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, r, done := work(s, 12, nil)
		ctx, cancel := context.WithTimeout(s.T.Context(), 5*time.Second)
		defer cancel()
		if err := c.Publish(ctx, "com.example.before", nil, nil); err != nil {
			s.T.Error(err)
		}
		begin := time.Now()
		if err := c.Drain(ctx); err != nil {
			s.T.Error(err)
		}
		if took := time.Since(begin); took != 2*time.Second || done.Load() != 24 {
			s.T.Errorf("took %v, %d of 24 handlers finished", took, done.Load())
		}
		types := types(r.Last())
		for kind, want := range map[int]int{wamptest.Unregister: 3, wamptest.Unsubscribe: 3, wamptest.Yield: 12,
			wamptest.Publish: 13, wamptest.Error: 0, wamptest.Goodbye: 1} {
			n := 0
			for _, t := range types {
				if t == kind {
					n++
				}
			}
			if n != want {
				s.T.Errorf("%d messages of type %d, want %d", n, kind, want)
			}
		}
		if types[0] != wamptest.Publish || types[len(types)-1] != wamptest.Goodbye {
			s.T.Errorf("order %v", types)
		}
		s.Closed(c)
	})
}

// L2: while it drains, the client still serves what it has not taken back; it
// takes back side by side, not one round trip after the other.
func TestL2_DrainOverASlowNetwork(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		const latency = 300 * time.Millisecond
		r := s.Play(func(sess *stage.Session, m wamptest.Message) []wamptest.Message {
			if t := m.Type(); t == wamptest.Unregister || t == wamptest.Unsubscribe {
				time.AfterFunc(latency, func() { sess.Peer.Send(wamptest.Answer(m)) })
				return stage.Silent
			}
			return stage.Remap(sess, m)
		})
		c := s.Connected(s.Dial())
		var w stage.Intents
		w.Add(s, c, 50)
		begin := time.Now()
		if err := c.Drain(s.T.Context()); err != nil {
			s.T.Error(err)
		}
		if took := time.Since(begin); took > 2*latency {
			s.T.Errorf("took %v for 100 at a latency of %v", took, latency)
		}
		if n := len(r.Last().Of(wamptest.Unregister, wamptest.Unsubscribe)); n != 100 {
			s.T.Errorf("%d were taken back", n)
		}
	})
}

// L2: the end of ctx: the error says what was left, and the client is closed.
func TestL2_DrainTellsWhatRemained(t *testing.T) {
	unanswered := func(types ...int) stage.Reply {
		return func(sess *stage.Session, m wamptest.Message) []wamptest.Message {
			if slices.Contains(types, m.Type()) {
				return stage.Silent
			}
			return nil
		}
	}
	cases := []struct {
		name   string
		Result stage.Reply
		limit  time.Duration
		want   []string
	}{
		{"unregister", unanswered(wamptest.Unregister), 5 * time.Second, []string{"com.example.p0", "com.example.p1", "com.example.p2"}},
		{"unsubscribe", unanswered(wamptest.Unsubscribe), 5 * time.Second, []string{"com.example.t0"}},
		{"handlers", nil, time.Second, []string{"12 handlers"}},
		{"goodbye", unanswered(wamptest.Goodbye), 5 * time.Second, []string{"GOODBYE"}},
		{"refusal", func(_ *stage.Session, m wamptest.Message) []wamptest.Message {
			if m.Type() != wamptest.Unregister {
				return nil
			}
			return []wamptest.Message{{wamptest.Error, m.Type(), m.ID(1), map[string]any{}, "wamp.error.not_authorized"}}
		}, 5 * time.Second, []string{"com.example.p0", "not_authorized"}},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			stage.Transports(t, func(s *stage.Stage) {
				c, _, _ := work(s, 12, test.Result)
				ctx, cancel := context.WithTimeout(s.T.Context(), test.limit)
				defer cancel()
				begin := time.Now()
				err := c.Drain(ctx)
				if took := time.Since(begin); took > test.limit+150*time.Millisecond || err == nil {
					s.T.Fatalf("%v after %v", err, took)
				}
				for _, want := range test.want {
					if !strings.Contains(err.Error(), want) {
						s.T.Errorf("want %s in %v", want, err)
					}
				}
				if strings.Contains(err.Error(), "%!") || test.name != "refusal" && !errors.Is(err, context.DeadlineExceeded) {
					s.T.Errorf("got %v", err)
				}
				s.Closed(c)
				time.Sleep(time.Minute) // for the handlers that stayed
			})
		})
	}
}

// L2: a router that does not read: the error counts what is unsent.
func TestL2_DrainWithAFullQueue(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		p.Hang()
		big := strings.Repeat("x", 200_000)
		for range 10 {
			if err := c.Publish(s.T.Context(), "com.example.big", []any{big}, nil); err != nil {
				s.T.Fatal(err)
			}
			synctest.Wait()
		}
		ctx, cancel := context.WithTimeout(s.T.Context(), time.Second)
		defer cancel()
		err := c.Drain(ctx)
		if err == nil || !strings.Contains(err.Error(), "unsent messages") || !errors.Is(err, context.DeadlineExceeded) {
			s.T.Errorf("got %v", err)
		}
		s.Closed(c)
	})
}

// L2: there must be somebody to take leave of, all the way.
func TestL2_DrainWithoutASession(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, _, _ := work(s, 0, nil)
		s.Stop()
		s.Until(c, stage.In(wamp.BackingOff))
		if err := c.Drain(s.T.Context()); !errors.Is(err, wamp.ErrNotReady) {
			s.T.Errorf("got %v", err)
		}
		s.Closed(c)
		if err := c.Drain(s.T.Context()); err != nil {
			s.T.Errorf("again: %v", err)
		}
	})
	stage.Transports(t, func(s *stage.Stage) {
		c, r, _ := work(s, 3, nil)
		time.AfterFunc(time.Second, func() { r.Last().Peer.Reset() })
		if err := c.Drain(s.T.Context()); !errors.Is(err, wamp.ErrLost) {
			s.T.Errorf("lost on the way: %v", err)
		}
		s.Closed(c)
	})
}

// L2: Drain and Close side by side end in either order.
func TestL2_DrainAndClose(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, _, _ := work(s, 12, nil)
		drained := make(chan error, 2)
		for range 2 {
			go func() { drained <- c.Drain(s.T.Context()) }()
		}
		time.Sleep(time.Second)
		if err := c.Close(s.T.Context()); err != nil {
			s.T.Errorf("close: %v", err)
		}
		for range 2 {
			if err := <-drained; err == nil || !errors.Is(err, wamp.ErrClosed) {
				s.T.Errorf("drain: %v", err)
			}
		}
		s.Closed(c)
	})
}
