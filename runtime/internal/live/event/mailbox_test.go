package event

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// An event larger than its whole mailbox is delivered when nothing waits: it
// would never find more room.
func TestOverflow_EventLargerThanItsMailbox(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		var got []int
		sub, id := s.Subscribe(c, p, "com.example.t", func(_ context.Context, in wamp.Payload) error {
			got = append(got, len(in.Args[0].(string)))
			return nil
		}, wamp.WithMailbox(0, 1000))
		for _, size := range []int{10, 5000, 20} {
			p.Send(wamptest.Message{wamptest.Event, id, size, stage.Dict{}, []any{strings.Repeat("x", size)}})
			synctest.Wait()
		}
		if len(got) != 3 || got[1] != 5000 || sub.Dropped() != 0 {
			s.T.Errorf("got events of %v bytes, %d were dropped", got, sub.Dropped())
		}
	})
}
