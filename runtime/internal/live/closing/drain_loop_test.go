package closing

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// Drain in the body of a loop, with the ctx of the event: the loop cannot ask
// for what waits behind that event meanwhile, so the error says how much it is.
func TestDrain_InsideALoop(t *testing.T) {
	for name, behind := range map[string]int{"nothing behind": 0, "one behind": 1, "many behind": 9} {
		t.Run(name, func(t *testing.T) {
			stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
				c, p := s.Connect()
				goOn := make(chan struct{})
				drained := make(chan error, 1)
				ended := stage.Begin(func() error {
					for ev, err := range wamp.Events[stage.Number](s.T.Context(), c, stage.Counts) {
						if err != nil {
							return err
						}
						<-goOn
						ctx, cancel := context.WithTimeout(ev.Context(), time.Hour)
						drained <- c.Drain(ctx)
						cancel()
					}
					return nil
				})
				m := p.Expect(wamptest.Subscribe)
				p.Send(wamptest.Answer(m))
				p.Send(stage.Numbered(m.ID(1), 1+behind)...)
				synctest.Wait()
				begin := time.Now()
				close(goOn)
				go obey(p)
				err := <-drained
				if took := time.Since(begin); took != 0 {
					s.T.Errorf("Drain took %v", took)
				}
				switch {
				case behind == 0 && err != nil:
					s.T.Errorf("Drain: %v", err)
				case behind > 0 && (err == nil || !strings.Contains(err.Error(), "com.example.t")):
					s.T.Errorf("Drain with %d events behind: %v", behind, err)
				}
				if err := <-ended; !errors.Is(err, wamp.ErrClosed) {
					s.T.Errorf("the loop ended with %v", err)
				}
			})
		})
	}
}

// With a ctx of its own the drain cannot know that the loop is what waits for it.
// It waits until that ctx ends, and says so.
func TestDrain_InsideALoopWithAnotherContext(t *testing.T) {
	stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
		c, p := s.Connect()
		drained := make(chan error, 1)
		ended := stage.Begin(func() error {
			for _, err := range wamp.Events[stage.Number](s.T.Context(), c, stage.Counts) {
				if err != nil {
					return err
				}
				ctx, cancel := context.WithTimeout(s.T.Context(), time.Minute)
				drained <- c.Drain(ctx)
				cancel()
			}
			return nil
		})
		m := p.Expect(wamptest.Subscribe)
		p.Send(wamptest.Answer(m))
		p.Send(stage.Numbered(m.ID(1), 10)...)
		go obey(p)
		if err := <-drained; !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "left 9 handlers or events") {
			s.T.Errorf("Drain: %v", err)
		}
		if n := len(s.Log.With("drain waits for handlers", "running=1 waiting=8")); n != 1 {
			s.T.Errorf("%d lines say that it waits", n)
		}
		if err := <-ended; !errors.Is(err, wamp.ErrClosed) {
			s.T.Errorf("the loop ended with %v", err)
		}
	})
}

// The other loops of the client get all that has arrived.
func TestDrain_InsideOneOfTwoLoops(t *testing.T) {
	stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
		c, p := s.Connect()
		got := [2]int{}
		drained := make(chan error, 1)
		var ended [2]<-chan error
		for i := range 2 {
			ended[i] = stage.Begin(func() error {
				for ev, err := range wamp.Events[stage.Number](s.T.Context(), c, stage.Counts) {
					if err != nil {
						return err
					}
					got[i]++
					if i == 0 && got[0] == 5 {
						drained <- c.Drain(ev.Context())
					}
				}
				return nil
			})
			m := p.Expect(wamptest.Subscribe)
			p.Send(wamptest.Message{wamptest.Subscribed, m.ID(1), 77})
			synctest.Wait()
		}
		p.Send(stage.Numbered(77, 20)...)
		go obey(p)
		if err := <-drained; err == nil || !strings.Contains(err.Error(), "left 15 events of com.example.t") {
			s.T.Errorf("Drain: %v", err)
		}
		<-ended[0]
		<-ended[1]
		if got != [2]int{5, 20} {
			s.T.Errorf("the loops got %v events", got)
		}
	})
}
