package recovery

import (
	"slices"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
)

// Crossbar.io answers runtime_error where the oldest events of a full history are
// asked for: those that several subscribers got are half forgotten. Fewer are had.
func TestResume_HalfForgottenHistory(t *testing.T) {
	resume(t, func(s *stage.Stage, h *history, c *wamp.Client, r *stage.Router, reader *reader) {
		if !h.crossbar {
			return // it knows no limit
		}
		fails := func(from int64) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.fails, h.limits = from, nil
		}
		asked := func(want ...int64) {
			h.mu.Lock()
			defer h.mu.Unlock()
			if !slices.Equal(h.limits, want) {
				s.T.Errorf("asked for %v, want %v", h.limits, want)
			}
		}
		fails(100)
		lose(s, c, r, func() { h.publish(nil, span(4, 20)...) })
		reader.expect(span(4, 20), between(4, 20), never)
		asked(100, 50)

		fails(13) // the place is not among the twelve
		lose(s, c, r, func() { h.publish(nil, span(21, 40)...) })
		reader.expect(span(29, 40), between(29, 40), between(29, 29))
		asked(100, 50, 25, 12)

		fails(1) // nothing can be had
		next := lose(s, c, r, func() { h.publish(nil, 41) })
		h.publish(next, 42)
		reader.expect(span(42, 42), never, between(42, 42))
		asked(100, 50, 25, 12, 6, 3, 1)

		fails(0)
		lose(s, c, r, func() { h.publish(nil, 43) })
		reader.expect(span(43, 43), between(43, 43), never)

		fails(110) // what is there already is not given up for fewer
		lose(s, c, r, func() { h.publish(nil, span(44, 160)...) })
		reader.expect(span(61, 160), between(61, 160), between(61, 61))
		asked(100, 1000, 500, 250, 125)
	})
}
