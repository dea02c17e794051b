package live

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

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// recWork is a client with work in all its hands: n invocations that run for 2 s
// and n events that take 100 ms each.
func recWork(s *faultStage, n int, reply recReply, opts ...wamp.ConnectOption) (*wamp.Client, *recRouter, *atomic.Int64) {
	s.t.Helper()
	r := s.serve(reply)
	c := s.connected(s.dial(opts...))
	done := new(atomic.Int64)
	ctx := s.t.Context()
	for i := range 3 {
		_, err := c.Register(ctx, fmt.Sprint("com.example.p", i), func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			time.Sleep(2 * time.Second)
			if ctx.Err() == nil {
				done.Add(1)
			}
			return in, nil
		})
		if err != nil {
			s.t.Fatal(err)
		}
		_, err = c.Subscribe(ctx, fmt.Sprint("com.example.t", i), func(ctx context.Context, _ wamp.Payload) error {
			time.Sleep(100 * time.Millisecond)
			if err := c.Publish(ctx, "com.example.seen", nil, nil); err == nil {
				done.Add(1)
			}
			return nil
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	p := r.last()
	none := map[string]any{}
	for i := range n {
		p.peer.Send(wamptest.Message{wamptest.Invocation, i + 1, p.of(wamptest.Register)[i%3].ID(1), none},
			wamptest.Message{wamptest.Event, p.of(wamptest.Subscribe)[i%3].ID(1), i + 1, none})
	}
	synctest.Wait()
	return c, r, done
}

// recTypes are the types of the messages of a session, requests for work apart.
func recTypes(p *recSession) []int {
	var types []int
	for _, m := range p.of(wamptest.Unregister, wamptest.Unsubscribe, wamptest.Publish, wamptest.Yield, wamptest.Error, wamptest.Goodbye) {
		types = append(types, m.Type())
	}
	return types
}

// L2: what was begun is finished: everything is taken back, the handlers run
// to their end, their answers and publishes leave, and then GOODBYE.
func TestL2_Drain(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		c, r, done := recWork(s, 12, nil)
		ctx, cancel := context.WithTimeout(s.t.Context(), 5*time.Second)
		defer cancel()
		if err := c.Publish(ctx, "com.example.before", nil, nil); err != nil {
			s.t.Error(err)
		}
		begin := time.Now()
		if err := c.Drain(ctx); err != nil {
			s.t.Error(err)
		}
		if took := time.Since(begin); took != 2*time.Second || done.Load() != 24 {
			s.t.Errorf("took %v, %d of 24 handlers finished", took, done.Load())
		}
		types := recTypes(r.last())
		for kind, want := range map[int]int{wamptest.Unregister: 3, wamptest.Unsubscribe: 3, wamptest.Yield: 12,
			wamptest.Publish: 13, wamptest.Error: 0, wamptest.Goodbye: 1} {
			n := 0
			for _, t := range types {
				if t == kind {
					n++
				}
			}
			if n != want {
				s.t.Errorf("%d messages of type %d, want %d", n, kind, want)
			}
		}
		if types[0] != wamptest.Publish || types[len(types)-1] != wamptest.Goodbye {
			s.t.Errorf("order %v", types)
		}
		s.closed(c)
	})
}

// L2: while it drains, the client still serves what it has not taken back; it
// takes back side by side, not one round trip after the other.
func TestL2_DrainOverASlowNetwork(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		const latency = 300 * time.Millisecond
		r := s.serve(func(sess *recSession, m wamptest.Message) []wamptest.Message {
			if t := m.Type(); t == wamptest.Unregister || t == wamptest.Unsubscribe {
				time.AfterFunc(latency, func() { sess.peer.Send(wamptest.Answer(m)) })
				return recSilent
			}
			return recRemap(sess, m)
		})
		c := s.connected(s.dial())
		var w recWanted
		w.add(s, c, 50)
		begin := time.Now()
		if err := c.Drain(s.t.Context()); err != nil {
			s.t.Error(err)
		}
		if took := time.Since(begin); took > 2*latency {
			s.t.Errorf("took %v for 100 at a latency of %v", took, latency)
		}
		if n := len(r.last().of(wamptest.Unregister, wamptest.Unsubscribe)); n != 100 {
			s.t.Errorf("%d were taken back", n)
		}
	})
}

// L2: the end of ctx: the error says what was left, and the client is closed.
func TestL2_DrainTellsWhatRemained(t *testing.T) {
	unanswered := func(types ...int) recReply {
		return func(sess *recSession, m wamptest.Message) []wamptest.Message {
			if slices.Contains(types, m.Type()) {
				return recSilent
			}
			return nil
		}
	}
	cases := []struct {
		name  string
		reply recReply
		limit time.Duration
		want  []string
	}{
		{"unregister", unanswered(wamptest.Unregister), 5 * time.Second, []string{"com.example.p0", "com.example.p1", "com.example.p2"}},
		{"unsubscribe", unanswered(wamptest.Unsubscribe), 5 * time.Second, []string{"com.example.t0"}},
		{"handlers", nil, time.Second, []string{"12 handlers"}},
		{"goodbye", unanswered(wamptest.Goodbye), 5 * time.Second, []string{"GOODBYE"}},
		{"refusal", func(_ *recSession, m wamptest.Message) []wamptest.Message {
			if m.Type() != wamptest.Unregister {
				return nil
			}
			return []wamptest.Message{{wamptest.Error, m.Type(), m.ID(1), map[string]any{}, "wamp.error.not_authorized"}}
		}, 5 * time.Second, []string{"com.example.p0", "not_authorized"}},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			recTransports(t, func(s *faultStage) {
				c, _, _ := recWork(s, 12, test.reply)
				ctx, cancel := context.WithTimeout(s.t.Context(), test.limit)
				defer cancel()
				begin := time.Now()
				err := c.Drain(ctx)
				if took := time.Since(begin); took > test.limit+150*time.Millisecond || err == nil {
					s.t.Fatalf("%v after %v", err, took)
				}
				for _, want := range test.want {
					if !strings.Contains(err.Error(), want) {
						s.t.Errorf("want %s in %v", want, err)
					}
				}
				if strings.Contains(err.Error(), "%!") || test.name != "refusal" && !errors.Is(err, context.DeadlineExceeded) {
					s.t.Errorf("got %v", err)
				}
				s.closed(c)
				time.Sleep(time.Minute) // for the handlers that stayed
			})
		})
	}
}

// L2: a router that does not read: the error counts what is unsent.
func TestL2_DrainWithAFullQueue(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		c, p := s.join()
		p.Hang()
		big := strings.Repeat("x", 200_000)
		for range 10 {
			if err := c.Publish(s.t.Context(), "com.example.big", []any{big}, nil); err != nil {
				s.t.Fatal(err)
			}
			synctest.Wait()
		}
		ctx, cancel := context.WithTimeout(s.t.Context(), time.Second)
		defer cancel()
		err := c.Drain(ctx)
		if err == nil || !strings.Contains(err.Error(), "unsent messages") || !errors.Is(err, context.DeadlineExceeded) {
			s.t.Errorf("got %v", err)
		}
		s.closed(c)
	})
}

// L2: there must be somebody to take leave of, all the way.
func TestL2_DrainWithoutASession(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		c, _, _ := recWork(s, 0, nil)
		s.Stop()
		s.until(c, recIn(wamp.BackingOff))
		if err := c.Drain(s.t.Context()); !errors.Is(err, wamp.ErrNotReady) {
			s.t.Errorf("got %v", err)
		}
		s.closed(c)
		if err := c.Drain(s.t.Context()); err != nil {
			s.t.Errorf("again: %v", err)
		}
	})
	recTransports(t, func(s *faultStage) {
		c, r, _ := recWork(s, 3, nil)
		time.AfterFunc(time.Second, func() { r.last().peer.Reset() })
		if err := c.Drain(s.t.Context()); !errors.Is(err, wamp.ErrLost) {
			s.t.Errorf("lost on the way: %v", err)
		}
		s.closed(c)
	})
}

// L2: Drain and Close side by side end in either order.
func TestL2_DrainAndClose(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		c, _, _ := recWork(s, 12, nil)
		drained := make(chan error, 2)
		for range 2 {
			go func() { drained <- c.Drain(s.t.Context()) }()
		}
		time.Sleep(time.Second)
		if err := c.Close(s.t.Context()); err != nil {
			s.t.Errorf("close: %v", err)
		}
		for range 2 {
			if err := <-drained; err == nil || !errors.Is(err, wamp.ErrClosed) {
				s.t.Errorf("drain: %v", err)
			}
		}
		s.closed(c)
	})
}
