package event

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// E5: 1 000 subscriptions get events of 1 MiB each and have handlers that hang. The
// heap stays within the bound of the session and 20 % all the time, the events
// that have room wait, and the session lives.
func TestE5_TotalMemory(t *testing.T) {
	over := stage.Transports
	if stage.Full {
		over = stage.Bubbles // in every format
	}
	over(t, func(s *stage.Stage) {
		const budget = 32 << 20 // Limits.InboundBytes by default
		c, p := s.Connect()
		text := strings.Repeat("x", 1<<20-64) // a frame of the read limit, nearly
		hang := make(chan struct{})
		defer close(hang)
		subs := make([]*wamp.Subscription, stage.Scale(1000, 60))
		ids := make([]int64, len(subs))
		for i := range subs {
			subs[i], ids[i] = s.Subscribe(c, p, fmt.Sprint("com.example.t", i), func(context.Context, wamp.Payload) error {
				<-hang
				return nil
			})
		}
		before := stage.Heap()
		for round := range 3 {
			for i, id := range ids {
				p.Send(wamptest.Message{wamptest.Event, id, round + 1, stage.Dict{}, []any{text}})
				synctest.Wait()
				if i%20 != 19 {
					continue
				}
				if grown := int64(stage.Heap()) - int64(before); grown > budget*12/10 {
					s.T.Errorf("after event %d of round %d the heap has grown by %.1f MiB", i, round, float64(grown)/(1<<20))
				}
			}
		}
		var dropped uint64
		for _, sub := range subs {
			dropped += sub.Dropped()
		}
		if n := uint64(3 * len(subs)); dropped == 0 || dropped > n-8 {
			s.T.Errorf("%d of %d events were dropped", dropped, n)
		}
		s.Works(c, p)
	})
}
