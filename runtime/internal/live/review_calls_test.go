package live

import (
	"errors"
	"strings"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// An idempotent call whose result is beyond the read limit costs two sessions,
// not every one that follows; another one that was in flight beside it the first
// time is served.
func TestReview_IdempotentCallWithATooLargeResult(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		c, p := s.join(wamp.WithReadLimit(4096))
		large := recCall(s.t.Context(), c, true)
		p.Expect(wamptest.Call)
		innocent := recCall(s.t.Context(), c, true)
		p.Expect(wamptest.Call)
		tooLarge := []any{strings.Repeat("x", 10_000)}
		p.Send(wamptest.Message{wamptest.Result, 1, dict{}, tooLarge})

		p = s.again()
		for range 2 { // in whatever order
			p.Expect(wamptest.Call)
		}
		p.Send(wamptest.Message{wamptest.Result, 1, dict{}, []any{"in"}})
		p.Send(wamptest.Message{wamptest.Result, 2, dict{}, tooLarge})

		p = s.again()
		var failed error
		for _, done := range []<-chan error{large, innocent} {
			failed = errors.Join(failed, <-done)
		}
		if !errors.Is(failed, wamp.ErrLost) || wamp.SafeToRetry(failed) {
			s.t.Errorf("got %v", failed)
		}
		s.works(c, p)
	})
}
