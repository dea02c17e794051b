package option

import (
	"context"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// R155, R166: calls in parts are not built. The client does not announce them, never
// sends one, whatever the dealer has, and is not confused by a dealer that sends one
// all the same: the first part is the call.
func TestR155_R166_NotBuilt(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		done := s.Dial()
		p := s.Accept()
		roles, _ := p.Join().Dict(2)["roles"].(stage.Dict)
		c := s.Connected(done)
		for _, role := range []string{"caller", "callee"} {
			features, _ := roles[role].(stage.Dict)["features"].(stage.Dict)
			if features["progressive_call_results"] != true || features["progressive_call_invocations"] != nil {
				s.T.Errorf("%s announces %v", role, features)
			}
		}
		if _, err := c.Call(s.T.Context(), "com.example.p", nil, nil, wamp.WithOption("progress", true)); err == nil || !wamp.SafeToRetry(err) {
			s.T.Errorf("got %v", err)
		}
		stream := c.CallStream(s.T.Context(), "com.example.p", []any{1}, nil)
		m := p.Expect(wamptest.Call)
		if m.Dict(2)["receive_progress"] != true || m.Dict(2)["progress"] != nil {
			s.T.Errorf("sent %v", m)
		}
		p.Send(wamptest.Message{wamptest.Result, m.ID(1), stage.Dict{}})
		if _, err := stream.Result(); err != nil {
			s.T.Error(err)
		}
		calls := 0
		_, id := s.Register(c, p, "com.example.p", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
			calls++
			return in, nil
		})
		part := func(progress bool, n int) wamptest.Message {
			return wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{"progress": progress}, []any{n}}
		}
		p.Send(part(true, 1), part(true, 2), part(false, 3))
		if y := p.Expect(wamptest.Yield); y.List(3)[0] != int64(1) || calls != 1 {
			s.T.Errorf("answered %v after %d calls", y, calls)
		}
		s.Works(c, p)
	})
}
