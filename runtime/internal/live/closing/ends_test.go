package closing

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// Registrations, subscriptions and loops of a client that gave up by itself say
// why, as its operations do.
func TestErr_SaysWhyTheClientEnded(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		reg, _ := s.Register(c, p, "com.example.p", stage.Echo)
		sub, _ := s.Subscribe(c, p, "com.example.t", func(context.Context, wamp.Payload) error { return nil })
		loop := stage.Begin(func() (last error) {
			for _, err := range wamp.Events[stage.Number](s.T.Context(), c, stage.Counts) {
				last = err
			}
			return last
		})
		p.Send(wamptest.Answer(p.Expect(wamptest.Subscribe)))
		synctest.Wait()
		s.Serve(func(p *wamptest.Peer) {
			p.Expect(wamptest.Hello)
			p.Send(wamptest.Message{wamptest.Abort, stage.Dict{}, "wamp.error.authentication_failed"})
			_, _ = p.Next()
		})
		p.Reset()
		<-reg.Done()
		<-sub.Done()
		for what, err := range map[string]error{"registration": reg.Err(), "subscription": sub.Err(), "loop": <-loop} {
			if !errors.Is(err, wamp.ErrClosed) || !errors.Is(err, wamp.ErrAuthenticationFailed) {
				s.T.Errorf("%s: %v", what, err)
			}
		}
	})
}

// A loop over Events ends with its ctx, whatever the router does about UNSUBSCRIBE;
// a loop that is left waits no longer than its ctx lasts.
func TestEvents_EndWithTheirContext(t *testing.T) {
	for name, leave := range map[string]bool{"the ctx ends": false, "the loop is left": true} {
		t.Run(name, func(t *testing.T) {
			stage.Bubbles(t, func(s *stage.Stage) {
				c, p := s.Connect()
				ctx, cancel := context.WithTimeout(s.T.Context(), time.Second)
				defer cancel()
				loop := stage.Begin(func() time.Time {
					for range wamp.Events[stage.Number](ctx, c, stage.Counts) {
						if leave {
							break
						}
					}
					return time.Now()
				})
				m := p.Expect(wamptest.Subscribe)
				p.Send(wamptest.Answer(m))
				if leave {
					p.Send(wamptest.Message{wamptest.Event, m.ID(1), 1, stage.Dict{}, []any{1}})
				}
				p.Expect(wamptest.Unsubscribe) // never answered
				deadline, _ := ctx.Deadline()
				if ended := <-loop; ended.After(deadline) {
					s.T.Errorf("the loop ended %v after its ctx", ended.Sub(deadline))
				}
				s.Works(c, p)
			})
		})
	}
}

// Close and Drain leave out the handler whose ctx they are given only while it
// runs: with the ctx of one that has returned they wait for all that do.
func TestClose_WithTheContextOfAHandlerThatHasReturned(t *testing.T) {
	for name, end := range map[string]func(*wamp.Client, context.Context) error{
		"close": (*wamp.Client).Close, "drain": (*wamp.Client).Drain,
	} {
		t.Run(name, func(t *testing.T) {
			stage.Bubbles(t, func(s *stage.Stage) {
				c, p := s.Connect()
				kept, finished := make(chan context.Context, 1), false
				_, id := s.Subscribe(c, p, "com.example.t", func(ctx context.Context, _ wamp.Payload) error {
					kept <- ctx
					return nil
				})
				p.Send(wamptest.Message{wamptest.Event, id, 1, stage.Dict{}})
				ctx := <-kept
				_, slow := s.Subscribe(c, p, "com.example.slow", func(context.Context, wamp.Payload) error {
					time.Sleep(time.Second)
					finished = true
					return nil
				})
				p.Send(wamptest.Message{wamptest.Event, slow, 2, stage.Dict{}})
				synctest.Wait()
				go stage.Grant(p, 3)
				if err := end(c, ctx); err != nil || !finished {
					s.T.Errorf("%v; the other handler has finished: %v", err, finished)
				}
			})
		})
	}
}
