package recovery

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// note is a handler that notes events: "7", "r7" if resumed, "gap" before
// one, "kept" if retained.
func note(got *[]string) func(context.Context, wamp.Payload) error {
	return func(ctx context.Context, in wamp.Payload) error {
		info := wamp.EventInfoFrom(ctx)
		text := fmt.Sprint(in.Args[0])
		if info.Resumed {
			text = "r" + text
		}
		if info.Retained {
			text = "kept " + text
		}
		if info.Gap {
			text = "gap " + text
		}
		*got = append(*got, text)
		return nil
	}
}

// subscribeWith subscribes with Resume and the help of the peer.
func subscribeWith(s *stage.Stage, c *wamp.Client, p *wamptest.Peer, h *plainHistory, f func(context.Context, wamp.Payload) error, opts ...wamp.SubscribeOption) *wamp.Subscription {
	s.T.Helper()
	done := stage.Begin(func() *wamp.Subscription {
		sub, err := c.Subscribe(s.T.Context(), "com.example.t", f, append(opts, wamp.WithResume())...)
		if err != nil {
			s.T.Error(err)
		}
		return sub
	})
	h.answers(p, 2)
	return <-done
}

func expectNotes(s *stage.Stage, got, want []string) {
	s.T.Helper()
	if !slices.Equal(got, want) {
		s.T.Errorf("got %q, want %q", got, want)
	}
}

// A session that ends while Subscribe asks where the history stands: what came on
// it is the place, and nothing behind it is lost.
func TestResume_LossWhileSubscribeAsks(t *testing.T) {
	for name, live := range map[string][]string{"with an event": {"4", "r5", "r6", "7"}, "without one": {"gap 7"}} {
		t.Run(name, func(t *testing.T) {
			stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
				c, p := s.Connect()
				h := &plainHistory{published: 3}
				var got []string
				done := stage.Begin(func() error {
					_, err := c.Subscribe(s.T.Context(), "com.example.t", note(&got), wamp.WithResume())
					return err
				})
				h.answers(p, 1)
				p.Expect(wamptest.Call) // get_events: never answered
				h.published = 4
				if len(live) > 1 {
					p.Send(numbered(4))
				}
				synctest.Wait()
				p.Reset()
				if err := <-done; err != nil {
					s.T.Fatal(err)
				}
				h.published = 6 // 5 and 6 come when Subscribe has returned
				p = s.Accept()
				p.Join()
				h.answers(p, 2)
				h.published = 7
				p.Send(numbered(7))
				synctest.Wait()
				expectNotes(s, got, live)
			})
		})
	}
}

// With Disconnect nothing is lost: the event that found no room, and what was
// missed, come on the next session, even if the handler is not ready yet.
func TestResume_DisconnectLosesNothing(t *testing.T) {
	for _, ready := range []bool{true, false} {
		stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
			c, p := s.Connect()
			h := &plainHistory{}
			var got []string
			note, release := note(&got), make(chan struct{})
			sub := subscribeWith(s, c, p, h, func(ctx context.Context, in wamp.Payload) error {
				<-release
				return note(ctx, in)
			}, wamp.WithOverflow(wamp.Disconnect), wamp.WithMailbox(4, 0))
			for n := 1; n <= 6; n++ { // 1 runs, 2 to 5 wait, 6 has no room
				h.published = n
				p.Send(numbered(n))
				synctest.Wait()
			}
			if ready {
				close(release)
			}
			p = s.Accept()
			p.Join()
			h.answers(p, 2)
			synctest.Wait()
			if !ready {
				close(release)
				synctest.Wait()
			}
			h.published = 7
			p.Send(numbered(7))
			synctest.Wait()
			expectNotes(s, got, strings.Fields("1 2 3 4 5 r6 7"))
			if n := sub.Dropped(); n != 0 {
				s.T.Errorf("%d dropped, none was", n)
			}
		})
	}
}

// DropOldest hands the mark of a gap on to the next event.
func TestResume_DropOldestKeepsTheGap(t *testing.T) {
	stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
		c, p := s.Connect()
		h := &plainHistory{published: 3}
		var got []string
		note, release := note(&got), make(chan struct{})
		subscribeWith(s, c, p, h, func(ctx context.Context, in wamp.Payload) error {
			<-release
			return note(ctx, in)
		}, wamp.WithOverflow(wamp.DropOldest), wamp.WithMailbox(2, 0))
		p.Send(numbered(4))
		synctest.Wait() // 4 runs
		p.Reset()
		p = s.Accept()
		p.Join()
		p.Send(wamptest.Answer(p.Expect(wamptest.Subscribe)))
		m := p.Expect(wamptest.Call)
		p.Send(wamptest.Message{wamptest.Error, wamptest.Call, m.ID(1), stage.Dict{}, "wamp.error.history_unavailable"})
		synctest.Wait()
		p.Send(numbered(8), numbered(9), numbered(10)) // 8 has the mark and is dropped
		synctest.Wait()
		close(release)
		synctest.Wait()
		expectNotes(s, got, []string{"4", "gap 9", "10"})
	})
}

// A retained event is older than what follows: it does not move the place back.
func TestResume_RetainedEventsDoNotMoveThePlace(t *testing.T) {
	stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
		c, p := s.Connect()
		h := &plainHistory{published: 3}
		var got []string
		subscribeWith(s, c, p, h, note(&got), wamp.WithGetRetained())
		retained := wamptest.Message{wamptest.Event, 1, 2, stage.Dict{"retained": true}, []any{2}}
		p.Send(retained, numbered(4), numbered(5))
		synctest.Wait()
		h.published = 5
		for range 2 {
			h.published++
			p.Reset()
			p = s.Accept()
			p.Join()
			p.Send(wamptest.Answer(p.Expect(wamptest.Subscribe)), retained)
			h.answers(p, 1)
			synctest.Wait()
		}
		expectNotes(s, got, []string{"kept 2", "4", "5", "kept 2", "r6", "kept 2", "r7"})
	})
}

// A session that the program gives up is resumed as a lost one is.
func TestResume_Reconnect(t *testing.T) {
	stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
		var got []string
		c, p := s.Connect()
		h := &plainHistory{}
		subscribeWith(s, c, p, h, note(&got))
		h.published = 2
		p.Send(numbered(1), numbered(2))
		synctest.Wait()
		c.Reconnect()
		p.Send(numbered(3)) // crosses: it arrives once, as it is or from the history
		h.published = 4
		p.Send(wamptest.Answer(p.Expect(wamptest.Goodbye)))
		p = s.Accept()
		p.Join()
		h.answers(p, 2)
		h.published = 5
		p.Send(numbered(5))
		synctest.Wait()
		if len(got) > 2 {
			got[2] = strings.TrimPrefix(got[2], "r")
		}
		expectNotes(s, got, []string{"1", "2", "3", "r4", "5"})
		s.Works(c, p)
	})
}

// Two subscriptions of one topic share their id at the router, and each gets what
// it has missed.
func TestResume_TwoOfOneTopic(t *testing.T) {
	stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
		var a, b []string
		c, p := s.Connect()
		h := &plainHistory{}
		subscribeWith(s, c, p, h, note(&a))
		done := stage.Begin(func() error {
			_, err := c.Subscribe(s.T.Context(), "com.example.t", note(&b), wamp.WithResume())
			return err
		})
		m := p.Expect(wamptest.Subscribe)
		p.Send(wamptest.Message{wamptest.Subscribed, m.ID(1), 1})
		p.Send(h.answer(p.Expect(wamptest.Call)))
		if err := <-done; err != nil {
			s.T.Fatal(err)
		}
		h.published = 2
		p.Send(numbered(1), numbered(2))
		synctest.Wait()
		p.Reset()
		h.published = 4
		p = s.Accept()
		p.Join()
		for range 2 {
			m := p.Expect(wamptest.Subscribe)
			p.Send(wamptest.Message{wamptest.Subscribed, m.ID(1), 1})
		}
		p.Send(numbered(5))
		h.published = 5
		h.answers(p, 2)
		synctest.Wait()
		p.Send(numbered(6))
		synctest.Wait()
		for _, got := range [][]string{a, b} {
			expectNotes(s, got, []string{"1", "2", "r3", "r4", "r5", "6"})
		}
	})
}
