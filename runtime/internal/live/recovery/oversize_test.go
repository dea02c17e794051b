package recovery

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// oversized is larger than any client of these tests reads.
var oversized = []any{strings.Repeat("x", 1<<20)}

// oversizeTopics subscribes c to topics and returns their subscriptions.
func oversizeTopics(s *stage.Stage, c *wamp.Client, topics ...string) map[string]*wamp.Subscription {
	subs := make(map[string]*wamp.Subscription)
	for _, topic := range topics {
		sub, err := c.Subscribe(s.T.Context(), topic, func(context.Context, wamp.Payload) error { return nil })
		if err != nil {
			s.T.Fatal(err)
		}
		subs[topic] = sub
	}
	return subs
}

// oversizeEnded checks that only the subscription of topic has ended.
func oversizeEnded(s *stage.Stage, subs map[string]*wamp.Subscription, topic string) {
	s.T.Helper()
	for name, sub := range subs {
		switch err := sub.Err(); {
		case name == topic && (!errors.Is(err, wamp.ErrTooLarge) || !strings.Contains(err.Error(), topic)):
			s.T.Errorf("%s: %v, want ErrTooLarge", name, err)
		case name != topic && err != nil:
			s.T.Errorf("%s: %v, want nothing", name, err)
		}
	}
}

// A retained event that is too large ends the session twice, and the subscription
// that it was for, whatever else is restored beside it and in which order.
func TestOversize_RetainedEvent(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		large := false
		r := s.Play(func(_ *stage.Session, m wamptest.Message) []wamptest.Message {
			if m.Type() != wamptest.Subscribe || m.Text(3) != "com.example.b" || !large {
				return nil
			}
			answer := wamptest.Answer(m)
			return []wamptest.Message{answer, {wamptest.Event, answer[2], 1, map[string]any{"retained": true}, oversized}}
		})
		c := s.Connected(s.Dial())
		subs := oversizeTopics(s, c, "com.example.a", "com.example.b", "com.example.c", "com.example.d")
		large = true
		before := r.Count()
		r.Last().Peer.Reset()
		time.Sleep(10 * time.Minute)
		oversizeEnded(s, subs, "com.example.b")
		if n := r.Count() - before; n > 3 {
			t.Errorf("%d sessions for one event", n)
		}
		s.Until(c, stage.In(wamp.Ready))
	})
}

// Events that are too large and come later count too, however much time passes
// between them, and every subscriber of the topic learns it.
func TestOversize_LiveEvents(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		ids := map[string]int{"com.example.a": 11, "com.example.b": 12, "com.example.c": 13} // as of a router
		r := s.Play(func(_ *stage.Session, m wamptest.Message) []wamptest.Message {
			if m.Type() != wamptest.Subscribe {
				return nil
			}
			return []wamptest.Message{{wamptest.Subscribed, m.ID(1), ids[m.Text(3)]}}
		})
		c := s.Connected(s.Dial())
		subs := oversizeTopics(s, c, "com.example.a", "com.example.b", "com.example.c")
		twin, err := c.Subscribe(s.T.Context(), "com.example.b", func(context.Context, wamp.Payload) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			time.Sleep(5 * time.Minute)
			sess := r.Last()
			sess.Peer.Send(wamptest.Message{wamptest.Event, ids["com.example.b"], 1, map[string]any{}, oversized})
			synctest.Wait()
			s.Until(c, stage.In(wamp.Ready))
		}
		time.Sleep(time.Minute)
		oversizeEnded(s, subs, "com.example.b")
		if !errors.Is(twin.Err(), wamp.ErrTooLarge) {
			t.Errorf("its second subscription: %v", twin.Err())
		}
		for _, m := range r.Last().Of(wamptest.Subscribe) {
			if m.Text(3) == "com.example.b" {
				t.Error("subscribed again")
			}
		}
	})
}

// A call that is too large convicts nobody: not the procedure, whose callers are
// not its choice, nor the subscription that was made just before.
func TestOversize_Invocation(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		r := s.Play(nil)
		c := s.Connected(s.Dial())
		reg, err := c.Register(s.T.Context(), "com.example.p", stage.Echo)
		if err != nil {
			t.Fatal(err)
		}
		subs := oversizeTopics(s, c, "com.example.a")
		for range 4 {
			s.Until(c, stage.In(wamp.Ready))
			sess := r.Last()
			registered := wamptest.Answer(sess.Of(wamptest.Register)[0])[2]
			sess.Peer.Send(wamptest.Message{wamptest.Invocation, 1, registered, map[string]any{}, oversized})
			s.Until(c, func(st wamp.Status) bool { return st.State != wamp.Ready })
		}
		s.Until(c, stage.In(wamp.Ready))
		oversizeEnded(s, subs, "")
		if reg.Err() != nil {
			t.Error(reg.Err())
		}
		if n := len(s.Log.With("larger than the read limit", "procedure=com.example.p")); n != 4 {
			t.Errorf("%d lines name the procedure, want 4", n)
		}
	})
}

// A result that is too large is the error of its own call; the others are lost as
// with any session, and the idempotent ones are repeated.
func TestOversize_Result(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		r := s.Play(func(sess *stage.Session, m wamptest.Message) []wamptest.Message {
			if m.Type() != wamptest.Call {
				return nil
			}
			switch {
			case m.Text(3) == "com.example.large":
				return []wamptest.Message{{wamptest.Result, m.ID(1), map[string]any{}, oversized}}
			case sess.Index == 0:
				return []wamptest.Message{}
			}
			return nil
		})
		c := s.Connected(s.Dial())
		before := c.SessionID()
		subs := oversizeTopics(s, c, "com.example.a")
		other := make(chan error, 1)
		go func() {
			_, err := c.Call(s.T.Context(), "com.example.other", nil, nil)
			other <- err
		}()
		synctest.Wait()
		if _, err := c.Call(s.T.Context(), "com.example.large", nil, nil); !errors.Is(err, wamp.ErrLost) || !strings.Contains(err.Error(), "too large") {
			t.Errorf("its own call: %v", err)
		}
		if err := <-other; !errors.Is(err, wamp.ErrLost) {
			t.Errorf("the other call: %v", err)
		}
		s.Until(c, func(st wamp.Status) bool { return st.State == wamp.Ready && st.Session != before })
		oversizeEnded(s, subs, "")
		if n := r.Count(); n != 2 {
			t.Errorf("%d sessions", n)
		}
	})
}
