package event

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// once fails unless one line of the log holds all of what.
func once(s *stage.Stage, log *stage.TextLog, what ...string) {
	s.T.Helper()
	if n := len(log.Lines(what...)); n != 1 {
		s.T.Errorf("want one line with %q, got %d of\n%s", what, n, log.String())
	}
}

// E3, E4: subscriptions whose handlers are stuck cost others nothing, whatever
// they hold: the fullest make room.
func TestE4_StuckSubscriptionsCostOthersNothing(t *testing.T) {
	stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
		c, p := s.Connect()
		stuck := make(chan struct{})
		defer close(stuck)
		big := []any{strings.Repeat("x", 500_000)}
		var slow []*wamp.Subscription
		for i := range 12 {
			sub, id := s.Subscribe(c, p, fmt.Sprint("com.example.slow", i), func(ctx context.Context, _ wamp.Payload) error {
				select {
				case <-stuck:
				case <-ctx.Done():
				}
				return nil
			})
			slow = append(slow, sub)
			for n := range 20 {
				p.Send(wamptest.Message{wamptest.Event, id, n + 1, stage.Dict{}, big})
			}
			synctest.Wait()
		}
		got := 0
		fast, id := s.Subscribe(c, p, "com.example.fast", func(context.Context, wamp.Payload) error { got++; return nil })
		sent := 0
		for _, burst := range []int{1, 2, 5, 8} { // 8 are what one mailbox holds by default
			var events []wamptest.Message
			for range burst {
				sent++
				events = append(events, wamptest.Message{wamptest.Event, id, sent, stage.Dict{}, big})
			}
			p.Send(events...)
			synctest.Wait()
		}
		if got != sent || fast.Dropped() != 0 {
			s.T.Errorf("a subscription that keeps up got %d of %d events, %d dropped", got, sent, fast.Dropped())
		}
		for i, sub := range slow {
			if n := sub.Dropped(); n < 11 || n > 19 {
				s.T.Errorf("the stuck subscription %d lost %d of 20", i, n)
			}
		}
		_, calls := s.Register(c, p, "com.example.p", stage.Echo)
		p.Send(wamptest.Message{wamptest.Invocation, 1, calls, stage.Dict{}, big})
		p.Expect(wamptest.Yield)
	})
}

// An overload is logged when it begins and when it ends, with what it has cost.
func TestE4_OverloadIsLoggedOncePerEpisode(t *testing.T) {
	stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
		var log stage.TextLog
		c, p := s.Connect(log.Option())
		goOn := make(chan struct{})
		_, id := s.Register(c, p, "com.example.slow", func(context.Context, wamp.Payload) (wamp.Payload, error) {
			<-goOn
			return wamp.Payload{}, nil
		})
		for n := range 2000 {
			p.Send(wamptest.Message{wamptest.Invocation, n + 1, id, stage.Dict{}})
		}
		synctest.Wait()
		once(s, &log, "com.example.slow", "calls are refused", "running=256 waiting=1024", "wamp.error.unavailable")
		close(goOn)
		for range 2000 {
			if _, err := p.Next(); err != nil {
				s.T.Fatal(err)
			}
		}
		time.Sleep(time.Second) // for so long it must cost nothing
		synctest.Wait()
		once(s, &log, "com.example.slow", "overload is over", "refused=720")
		once(s, &log, "com.example.slow", "calls are refused")
	})
}

// So is what the end of the client leaves of one.
func TestE4_OverloadThatEndsWithTheSubscription(t *testing.T) {
	stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
		var log stage.TextLog
		c, p := s.Connect(log.Option())
		release := make(chan struct{})
		defer close(release)
		sub, id := s.Subscribe(c, p, "com.example.t", func(context.Context, wamp.Payload) error {
			<-release
			return nil
		}, wamp.WithMailbox(10, 0), wamp.WithOverflow(wamp.DropOldest))
		p.Send(stage.Numbered(id, 1)...)
		synctest.Wait()
		p.Send(stage.Numbered(id, 100)...)
		synctest.Wait()
		once(s, &log, "com.example.t", "events are dropped", "take the place of the oldest")
		left := stage.Begin(func() error { return sub.Unsubscribe(s.T.Context()) })
		p.Send(wamptest.Answer(p.Expect(wamptest.Unsubscribe)))
		if err := <-left; err != nil {
			s.T.Error(err)
		}
		once(s, &log, "com.example.t", "overload is over", "dropped=90")
	})
}

// A row of events that do not decode is no failure of the handler, and is logged
// once, with how many they were.
func TestK10_UndecodableEventsAreLoggedAsSuch(t *testing.T) {
	stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
		var log stage.TextLog
		c, p := s.Connect(log.Option())
		done := stage.Begin(func() *wamp.Subscription {
			sub, err := wamp.Subscribe(s.T.Context(), c, stage.Counts, func(_ context.Context, v stage.Number) error {
				if v == 7 {
					return errors.New("not a seven")
				}
				return nil
			})
			if err != nil {
				s.T.Error(err)
			}
			return sub
		})
		m := p.Expect(wamptest.Subscribe)
		p.Send(wamptest.Answer(m))
		sub := <-done
		for n, v := range []any{1, "a", "b", "c", 2, 7, "d"} {
			p.Send(wamptest.Message{wamptest.Event, m.ID(1), n + 1, stage.Dict{}, []any{v}})
		}
		synctest.Wait()
		if n := sub.Failed(); n != 5 {
			s.T.Errorf("%d failed, want 5", n)
		}
		if n := len(log.Lines("event does not decode", "com.example.t", "n: want")); n != 2 {
			s.T.Errorf("%d lines for two rows of events:\n%s", n, log.String())
		}
		once(s, &log, "did not decode were left out", "events=3")
		once(s, &log, "event handler failed", "not a seven")
	})
}
