package call

import (
	"context"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// device has a parameter in its URI.
var device = &wamp.Procedure{URI: "com.example.{id}.get", Template: true}

// deviceID is that parameter.
type deviceID int

// CodeURI codes the parameter.
func (id *deviceID) CodeURI(u *wamp.URICoder) { wamp.URIInt(u, id) }

// TestPattern_WithoutProcedure: a handler of a pattern cannot know its
// parameters if the router does not say what was called. The log names the
// feature that the router lacks; one procedure needs no word of the router.
// (R202).
func TestPattern_WithoutProcedure(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		handler := wamp.Handle(device, nil, func(_ context.Context, x *wamp.Exchange) error {
			var id deviceID
			if err := x.At(&id).In(nil); err != nil {
				return err
			}
			return x.Out(&wamp.Payload{Args: []any{int(id)}}, nil)
		})
		done := stage.Begin(func() error {
			_, err := wamp.Register(s.T.Context(), c, handler, handler.At(new(deviceID(7))))
			return err
		})
		pattern := p.Expect(wamptest.Register)
		exact := p.Expect(wamptest.Register)
		p.Send(wamptest.Answer(pattern), wamptest.Answer(exact))
		if err := <-done; err != nil {
			s.T.Fatal(err)
		}
		if pattern.Dict(2)["match"] != "wildcard" || pattern[3] != "com.example..get" {
			s.T.Errorf("registered %v", pattern)
		}
		if exact.Dict(2)["match"] != nil || exact[3] != "com.example.7.get" {
			s.T.Errorf("registered %v", exact)
		}
		p.Send(wamptest.Message{wamptest.Invocation, 1, exact.ID(1), stage.Dict{}})
		if m := p.Expect(wamptest.Yield); m.List(3)[0] != int64(7) {
			s.T.Errorf("got %v", m)
		}
		p.Send(wamptest.Message{wamptest.Invocation, 2, pattern.ID(1), stage.Dict{"procedure": "com.example.8.get"}})
		if m := p.Expect(wamptest.Yield); m.List(3)[0] != int64(8) {
			s.T.Errorf("got %v", m)
		}
		p.Send(wamptest.Message{wamptest.Invocation, 3, pattern.ID(1), stage.Dict{}})
		if m := p.Expect(wamptest.Error); m[4] != wamp.ErrRuntime.URI {
			s.T.Errorf("got %v", m)
		}
		if lines := s.Log.With("pattern_based_registration: INVOCATION.Details has no procedure"); len(lines) != 1 {
			s.T.Errorf("logged %q", lines)
		}
	})
}
