package live

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// An event larger than its whole mailbox is delivered when nothing waits: it
// would never find more room.
func TestReview_EventLargerThanItsMailbox(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		c, p := s.join()
		var got []int
		sub, id := s.subscribed(c, p, "com.example.t", func(_ context.Context, in wamp.Payload) error {
			got = append(got, len(in.Args[0].(string)))
			return nil
		}, wamp.Mailbox(0, 1000))
		for _, size := range []int{10, 5000, 20} {
			p.Send(wamptest.Message{wamptest.Event, id, size, dict{}, []any{strings.Repeat("x", size)}})
			synctest.Wait()
		}
		if len(got) != 3 || got[1] != 5000 || sub.Dropped() != 0 {
			s.t.Errorf("got events of %v bytes, %d were dropped", got, sub.Dropped())
		}
	})
}
