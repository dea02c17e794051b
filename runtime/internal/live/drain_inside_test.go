package live

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// dispatchObey answers what a client asks for on its way out, and returns what
// it had answered itself by then.
func dispatchObey(p *wamptest.Peer) (answers []wamptest.Message) {
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

// dispatchLoop ranges over the events of countTopic; the first one is held up
// until goOn is closed.
func dispatchLoop(s *faultStage, c *wamp.Client, goOn <-chan struct{}) <-chan error {
	return begin(func() error {
		got := int64(0)
		for v, err := range wamp.Events(s.t.Context(), c, countTopic) {
			if err != nil {
				if got != 100 {
					s.t.Errorf("the loop got %d of 100 events, then %v", got, err)
				}
				return err
			}
			if v != got {
				s.t.Errorf("event %d instead of %d", v, got)
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
	dispatchBubble(t, wamptest.WebSocket, codec.JSON, func(s *faultStage) {
		c, p := s.join()
		goOn := make(chan struct{})
		loop := dispatchLoop(s, c, goOn)
		m := p.Expect(wamptest.Subscribe)
		p.Send(wamptest.Answer(m))
		p.Send(dispatchEvents(m.ID(1), 100)...)
		synctest.Wait()
		drained := begin(func() error { return c.Drain(s.t.Context()) })
		p.Send(wamptest.Answer(p.Expect(wamptest.Unsubscribe)))
		synctest.Wait()
		close(goOn)
		p.Send(wamptest.Answer(p.Expect(wamptest.Goodbye)))
		if err := <-drained; err != nil {
			s.t.Errorf("Drain: %v", err)
		}
		if err := <-loop; !errors.Is(err, wamp.ErrClosed) {
			s.t.Errorf("the loop ended with %v", err)
		}
	})
}

// The same when the router revokes the subscription.
func TestRevocation_EmptiesALoop(t *testing.T) {
	dispatchBubble(t, wamptest.WebSocket, codec.JSON, func(s *faultStage) {
		c, p := s.join()
		goOn := make(chan struct{})
		loop := dispatchLoop(s, c, goOn)
		m := p.Expect(wamptest.Subscribe)
		p.Send(wamptest.Answer(m))
		p.Send(dispatchEvents(m.ID(1), 100)...)
		p.Send(wamptest.Message{wamptest.Unsubscribed, 0, dict{"subscription": m.ID(1), "reason": "wamp.subscription.revocation"}})
		synctest.Wait()
		close(goOn)
		if err := <-loop; !errors.Is(err, wamp.ErrRevoked) {
			s.t.Errorf("the loop ended with %v", err)
		}
		s.works(c, p)
	})
}

// Drain with the ctx of a handler waits for what waits behind that handler.
func TestDrain_InsideAHandler(t *testing.T) {
	t.Run("events", func(t *testing.T) {
		dispatchBubble(t, wamptest.WebSocket, codec.JSON, func(s *faultStage) {
			c, p := s.join()
			got, goOn := 0, make(chan struct{})
			drained := make(chan error, 1)
			_, id := s.subscribed(c, p, "com.example.t", func(ctx context.Context, _ wamp.Payload) error {
				if got++; got == 1 {
					<-goOn
					ctx, cancel := context.WithTimeout(ctx, time.Minute)
					defer cancel()
					drained <- c.Drain(ctx)
				}
				return nil
			})
			p.Send(dispatchEvents(id, 10)...)
			synctest.Wait()
			close(goOn)
			go dispatchObey(p)
			if err := <-drained; err != nil || got != 10 {
				s.t.Errorf("Drain returned %v; %d of 10 events were handled", err, got)
			}
		})
	})
	for name, opts := range map[string]struct {
		connect []wamp.ConnectOption
		reg     []wamp.RegisterOption
	}{
		"serial":     {reg: []wamp.RegisterOption{wamp.Concurrency(1)}},
		"one worker": {connect: []wamp.ConnectOption{wamp.WithLimits(wamp.Limits{Workers: 1})}},
		"many":       {},
	} {
		t.Run("calls/"+name, func(t *testing.T) {
			dispatchBubble(t, wamptest.WebSocket, codec.JSON, func(s *faultStage) {
				c, p := s.join(opts.connect...)
				drained := make(chan error, 1)
				goOn := make(chan struct{})
				_, id := s.granted(c, p, "com.example.p", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
					if in.Args[0] == int64(0) {
						<-goOn
						drained <- c.Drain(ctx)
					}
					return in, nil
				}, opts.reg...)
				for n := range 10 {
					p.Send(wamptest.Message{wamptest.Invocation, n + 1, id, dict{}, []any{n}})
				}
				synctest.Wait()
				close(goOn)
				answers := begin(func() []wamptest.Message { return dispatchObey(p) })
				if err := <-drained; err != nil {
					s.t.Errorf("Drain: %v", err)
				}
				if n := len(<-answers); n != 9 { // the tenth is the one that has ended the session
					s.t.Errorf("%d of 9 calls were answered", n)
				}
			})
		})
	}
	t.Run("two handlers", func(t *testing.T) {
		dispatchBubble(t, wamptest.WebSocket, codec.JSON, func(s *faultStage) {
			c, p := s.join()
			drained := make(chan error, 2)
			both := make(chan struct{}, 2)
			_, id := s.granted(c, p, "com.example.p", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
				both <- struct{}{}
				for len(both) < 2 {
					time.Sleep(time.Millisecond)
				}
				drained <- c.Drain(ctx)
				return in, nil
			})
			p.Send(wamptest.Message{wamptest.Invocation, 1, id, dict{}}, wamptest.Message{wamptest.Invocation, 2, id, dict{}})
			go dispatchObey(p)
			for range 2 {
				if err := <-drained; err != nil {
					s.t.Errorf("Drain: %v", err)
				}
			}
		})
	})
}
