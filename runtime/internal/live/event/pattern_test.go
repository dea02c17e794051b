package event

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// deviceState is an event with a parameter in its URI.
type deviceState struct{ id int }

// CodeURI codes the parameter.
func (s *deviceState) CodeURI(u *wamp.URICoder) { wamp.URIInt(u, &s.id) }

// CodeWAMP codes the payload, which is nothing.
func (s *deviceState) CodeWAMP(c *codec.Coder) { new(wamp.Payload).CodeWAMP(c) }

// anyDevice leaves the parameter open.
type anyDevice struct{}

// CodeURI codes no parameter.
func (anyDevice) CodeURI(u *wamp.URICoder) { wamp.URIInt[int](u, nil) }

// TestPattern_WithoutTopic: a typed event of a pattern needs the topic that it
// was published to. If the router leaves it out, or if it does not fit, the
// event is left out and the log says why. (R226).
func TestPattern_WithoutTopic(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		topic := &wamp.Topic{URI: "com.example.{id}.state", Template: true}
		seen := make(chan int, 10)
		handle := func(_ context.Context, ev deviceState) error { seen <- ev.id; return nil }
		done := stage.Begin(func() error {
			_, err := wamp.Subscribe(s.T.Context(), c, topic.Matching(anyDevice{}), handle)
			if err == nil {
				_, err = wamp.Subscribe(s.T.Context(), c, topic.Matching(&deviceState{7}), handle)
			}
			return err
		})
		pattern := p.Expect(wamptest.Subscribe)
		p.Send(wamptest.Answer(pattern))
		exact := p.Expect(wamptest.Subscribe)
		p.Send(wamptest.Answer(exact))
		if err := <-done; err != nil {
			s.T.Fatal(err)
		}
		if pattern.Dict(2)["match"] != "wildcard" || pattern[3] != "com.example..state" || exact.Dict(2)["match"] != nil {
			s.T.Errorf("subscribed to %v and %v", pattern, exact)
		}
		p.Send(
			wamptest.Message{wamptest.Event, exact.ID(1), 1, stage.Dict{}},
			wamptest.Message{wamptest.Event, pattern.ID(1), 2, stage.Dict{"topic": "com.example.8.state"}},
			wamptest.Message{wamptest.Event, pattern.ID(1), 3, stage.Dict{}},
			wamptest.Message{wamptest.Event, pattern.ID(1), 4, stage.Dict{"topic": "com.example.9.state"}},
			wamptest.Message{wamptest.Event, pattern.ID(1), 5, stage.Dict{"topic": "com.example.x.state"}},
		)
		synctest.Wait()
		if len(seen) != 3 {
			s.T.Fatalf("%d events, want 3", len(seen))
		}
		got := map[int]bool{<-seen: true, <-seen: true, <-seen: true}
		if !got[7] || !got[8] || !got[9] {
			s.T.Errorf("saw %v", got)
		}
		for _, want := range []string{
			"pattern_based_subscription: EVENT.Details has no topic",
			"parameter id of com.example.{id}.state must be an integer in range",
		} {
			if lines := s.Log.With(want); len(lines) != 1 {
				s.T.Errorf("logged %q, want %q once", lines, want)
			}
		}
	})
}
