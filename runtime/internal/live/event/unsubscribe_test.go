package event

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// E7: after Unsubscribe and Wait no handler runs and none starts, however many
// events are on their way. R234.
func TestE7_UnsubscribeBarrier(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		c := s.Served(func(p *wamptest.Peer) {
			p.Join()
			for {
				m, err := p.Next()
				if err != nil {
					return
				}
				id := m.ID(1)
				if m.Type() == wamptest.Unsubscribe {
					id = m.ID(2)
				}
				flood := make([]wamptest.Message, 200, 401)
				for i := range flood {
					flood[i] = wamptest.Message{wamptest.Event, id, i + 1, map[string]any{}}
				}
				switch m.Type() {
				case wamptest.Subscribe:
					p.Send(append([]wamptest.Message{wamptest.Answer(m)}, flood...)...)
				case wamptest.Unsubscribe:
					p.Send(append(append(flood, wamptest.Answer(m)), flood...)...)
				default:
					p.Send(wamptest.Answer(m))
				}
			}
		})
		for range stage.Scale(1000, 20) {
			var gone atomic.Bool
			var calls atomic.Int64
			first := make(chan struct{}, 1)
			sub, err := c.Subscribe(s.T.Context(), "com.example.topic", func(context.Context, wamp.Payload) error {
				if gone.Load() {
					s.T.Error("a handler call started after the barrier")
				}
				if calls.Add(1) == 1 {
					first <- struct{}{}
				}
				if gone.Load() {
					s.T.Error("a handler call ran on after the barrier")
				}
				return nil
			})
			if err != nil {
				s.T.Fatal(err)
			}
			<-first
			if err := errors.Join(sub.Unsubscribe(s.T.Context()), sub.Wait(s.T.Context())); err != nil {
				s.T.Fatal(err)
			}
			gone.Store(true)
			if err := sub.Unsubscribe(s.T.Context()); err != nil {
				s.T.Error("not idempotent:", err)
			}
		}
	})
}

// E7: Unsubscribe does not wait for the call that runs, Wait does, and what
// waits behind it is never run.
func TestE7_RunningHandlerIsWaitedForByWait(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		release := make(chan struct{})
		calls := 0
		go stage.Grant(p, 2)
		sub, err := c.Subscribe(s.T.Context(), "com.example.topic", func(ctx context.Context, _ wamp.Payload) error {
			calls++
			<-release
			return nil
		})
		if err != nil {
			s.T.Fatal(err)
		}
		if err := sub.Wait(s.T.Context()); err != nil {
			s.T.Error("idle:", err)
		}
		event := wamptest.Message{wamptest.Event, 1, 1, map[string]any{}}
		p.Send(event, event, event)
		synctest.Wait()
		if err := sub.Unsubscribe(s.T.Context()); err != nil {
			s.T.Fatal(err)
		}
		short, cancel := context.WithTimeout(s.T.Context(), 1)
		defer cancel()
		if err := sub.Wait(short); !errors.Is(err, context.DeadlineExceeded) {
			s.T.Errorf("Wait while the handler runs: %v", err)
		}
		waited := make(chan error, 1)
		go func() { waited <- sub.Wait(s.T.Context()) }()
		synctest.Wait()
		select {
		case err := <-waited:
			s.T.Errorf("Wait returned while the handler ran: %v", err)
		default:
		}
		close(release)
		if err := <-waited; err != nil || calls != 1 {
			s.T.Errorf("Wait: %v after %d calls, want 1", err, calls)
		}
	})
}

// A handler may unsubscribe itself and ask for the barrier with its own ctx.
func TestE7_HandlerUnsubscribesItself(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		c, p := s.Connect()
		subs, done := make(chan *wamp.Subscription, 1), make(chan error, 1)
		go stage.Grant(p, 1)
		sub, err := c.Subscribe(s.T.Context(), "com.example.topic", func(ctx context.Context, _ wamp.Payload) error {
			sub := <-subs
			done <- errors.Join(sub.Unsubscribe(ctx), sub.Wait(ctx))
			return nil
		})
		if err != nil {
			s.T.Fatal(err)
		}
		subs <- sub
		event := wamptest.Message{wamptest.Event, 1, 1, map[string]any{}}
		p.Send(event, event, event)
		p.Send(wamptest.Answer(p.Expect(wamptest.Unsubscribe)))
		if err := errors.Join(<-done, sub.Wait(s.T.Context())); err != nil {
			s.T.Error(err)
		}
		s.Works(c, p)
	})
}
