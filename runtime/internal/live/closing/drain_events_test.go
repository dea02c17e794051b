package closing

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// obey answers what a client asks for on its way out, and returns what
// it had answered itself by then.
func obey(p *wamptest.Peer) (answers []wamptest.Message) {
	for {
		m, err := p.Next()
		if err != nil {
			return answers
		}
		if m.Type() == wamptest.Yield || m.Type() == wamptest.Error {
			answers = append(answers, m)
		} else if a := wamptest.Answer(m); a != nil {
			p.Send(a)
		}
	}
}

// loop ranges over the events of countTopic; the first one is held up
// until goOn is closed.
func loop(s *stage.Stage, c *wamp.Client, goOn <-chan struct{}) <-chan error {
	return stage.Begin(func() error {
		got := int64(0)
		for v, err := range wamp.Events[stage.Number](s.T.Context(), c, stage.Counts) {
			if err != nil {
				if got != 100 {
					s.T.Errorf("the loop got %d of 100 events, then %v", got, err)
				}
				return err
			}
			if int64(v.Data) != got {
				s.T.Errorf("event %d instead of %d", v.Data, got)
			}
			if got++; got == 1 {
				<-goOn
			}
		}
		return nil
	})
}

// A loop over Events gets all that has arrived before it ends: at Drain.
func TestDrain_EmptiesALoop(t *testing.T) {
	stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
		c, p := s.Connect()
		goOn := make(chan struct{})
		loop := loop(s, c, goOn)
		m := p.Expect(wamptest.Subscribe)
		p.Send(wamptest.Answer(m))
		p.Send(stage.Numbered(m.ID(1), 100)...)
		synctest.Wait()
		drained := stage.Begin(func() error { return c.Drain(s.T.Context()) })
		p.Send(wamptest.Answer(p.Expect(wamptest.Unsubscribe)))
		synctest.Wait()
		close(goOn)
		p.Send(wamptest.Answer(p.Expect(wamptest.Goodbye)))
		if err := <-drained; err != nil {
			s.T.Errorf("Drain: %v", err)
		}
		if err := <-loop; !errors.Is(err, wamp.ErrClosed) {
			s.T.Errorf("the loop ended with %v", err)
		}
	})
}

// The same when the router revokes the subscription.
func TestRevocation_EmptiesALoop(t *testing.T) {
	stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
		c, p := s.Connect()
		goOn := make(chan struct{})
		loop := loop(s, c, goOn)
		m := p.Expect(wamptest.Subscribe)
		p.Send(wamptest.Answer(m))
		p.Send(stage.Numbered(m.ID(1), 100)...)
		p.Send(wamptest.Message{wamptest.Unsubscribed, 0, stage.Dict{"subscription": m.ID(1), "reason": "wamp.subscription.revocation"}})
		synctest.Wait()
		close(goOn)
		if err := <-loop; !errors.Is(err, wamp.ErrRevoked) {
			s.T.Errorf("the loop ended with %v", err)
		}
		s.Works(c, p)
	})
}

// Drain with the ctx of a handler waits for what waits behind that handler.
func TestDrain_InsideAHandler(t *testing.T) {
	t.Run("events", func(t *testing.T) {
		stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
			c, p := s.Connect()
			got, goOn := 0, make(chan struct{})
			drained := make(chan error, 1)
			_, id := s.Subscribe(c, p, "com.example.t", func(ctx context.Context, _ wamp.Payload) error {
				if got++; got == 1 {
					<-goOn
					ctx, cancel := context.WithTimeout(ctx, time.Minute)
					defer cancel()
					drained <- c.Drain(ctx)
				}
				return nil
			})
			p.Send(stage.Numbered(id, 10)...)
			synctest.Wait()
			close(goOn)
			go obey(p)
			if err := <-drained; err != nil || got != 10 {
				s.T.Errorf("Drain returned %v; %d of 10 events were handled", err, got)
			}
		})
	})
	for name, opts := range map[string]struct {
		connect []wamp.ConnectOption
		reg     []wamp.RegisterOption
	}{
		"serial":     {reg: []wamp.RegisterOption{wamp.WithConcurrency(1)}},
		"one worker": {connect: []wamp.ConnectOption{wamp.WithLimits(wamp.Limits{Workers: 1})}},
		"many":       {},
	} {
		t.Run("calls/"+name, func(t *testing.T) {
			stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
				c, p := s.Connect(opts.connect...)
				drained := make(chan error, 1)
				goOn := make(chan struct{})
				_, id := s.Register(c, p, "com.example.p", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
					if in.Args[0] == int64(0) {
						<-goOn
						drained <- c.Drain(ctx)
					}
					return in, nil
				}, opts.reg...)
				for n := range 10 {
					p.Send(wamptest.Message{wamptest.Invocation, n + 1, id, stage.Dict{}, []any{n}})
				}
				synctest.Wait()
				close(goOn)
				answers := stage.Begin(func() []wamptest.Message { return obey(p) })
				if err := <-drained; err != nil {
					s.T.Errorf("Drain: %v", err)
				}
				if n := len(<-answers); n != 9 { // the tenth is the one that has ended the session
					s.T.Errorf("%d of 9 calls were answered", n)
				}
			})
		})
	}
	t.Run("two handlers", func(t *testing.T) {
		stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
			c, p := s.Connect()
			drained := make(chan error, 2)
			both := make(chan struct{}, 2)
			_, id := s.Register(c, p, "com.example.p", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
				both <- struct{}{}
				for len(both) < 2 {
					time.Sleep(time.Millisecond)
				}
				drained <- c.Drain(ctx)
				return in, nil
			})
			p.Send(wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{}}, wamptest.Message{wamptest.Invocation, 2, id, stage.Dict{}})
			go obey(p)
			for range 2 {
				if err := <-drained; err != nil {
					s.T.Errorf("Drain: %v", err)
				}
			}
		})
	})
}

// Without a session, or when it is lost meanwhile, what has arrived is handled.
func TestDrain_WithoutASessionHandlesWhatArrived(t *testing.T) {
	for name, want := range map[string]error{"before": wamp.ErrNotReady, "meanwhile": wamp.ErrLost} {
		t.Run(name, func(t *testing.T) {
			stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
				c, p := s.Connect()
				got := 0
				_, id := s.Subscribe(c, p, "com.example.other", func(ctx context.Context, _ wamp.Payload) error {
					time.Sleep(100 * time.Millisecond)
					if ctx.Err() == nil {
						got++
					}
					return nil
				})
				goOn := make(chan struct{})
				loop := loop(s, c, goOn)
				m := p.Expect(wamptest.Subscribe)
				p.Send(wamptest.Answer(m))
				p.Send(append(stage.Numbered(m.ID(1), 100), stage.Numbered(id, 100)...)...)
				synctest.Wait()
				if want == wamp.ErrNotReady {
					s.Stop()
					s.Until(c, stage.In(wamp.BackingOff))
				}
				drained := stage.Begin(func() error { return c.Drain(s.T.Context()) })
				go obey(p)
				synctest.Wait()
				close(goOn)
				s.Stop()
				if err := <-drained; !errors.Is(err, want) {
					s.T.Errorf("Drain: %v", err)
				}
				if err := <-loop; !errors.Is(err, wamp.ErrClosed) || got != 100 {
					s.T.Errorf("the loop ended with %v, the handler got %d of 100 events", err, got)
				}
			})
		})
	}
}
