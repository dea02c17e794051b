package live

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// resumeNote is a handler that notes events: "7", "r7" if resumed, "gap" before
// one, "kept" if retained.
func resumeNote(got *[]string) func(context.Context, wamp.Payload) error {
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

// resumeSubscribe subscribes with Resume and the help of the peer.
func resumeSubscribe(s *faultStage, c *wamp.Client, p *wamptest.Peer, h *reviewHistory, f func(context.Context, wamp.Payload) error, opts ...wamp.SubscribeOption) *wamp.Subscription {
	s.t.Helper()
	done := begin(func() *wamp.Subscription {
		sub, err := c.Subscribe(s.t.Context(), "com.example.t", f, append(opts, wamp.Resume())...)
		if err != nil {
			s.t.Error(err)
		}
		return sub
	})
	h.answers(p, 2)
	return <-done
}

func resumeExpect(s *faultStage, got, want []string) {
	s.t.Helper()
	if !slices.Equal(got, want) {
		s.t.Errorf("got %q, want %q", got, want)
	}
}

// A session that ends while Subscribe asks where the history stands: what came on
// it is the place, and nothing behind it is lost.
func TestResume_LossWhileSubscribeAsks(t *testing.T) {
	for name, live := range map[string][]string{"with an event": {"4", "r5", "r6", "7"}, "without one": {"gap 7"}} {
		t.Run(name, func(t *testing.T) {
			dispatchBubble(t, wamptest.WebSocket, codec.JSON, func(s *faultStage) {
				c, p := s.join()
				h := &reviewHistory{published: 3}
				var got []string
				done := begin(func() error {
					_, err := c.Subscribe(s.t.Context(), "com.example.t", resumeNote(&got), wamp.Resume())
					return err
				})
				h.answers(p, 1)
				p.Expect(wamptest.Call) // get_events: never answered
				h.published = 4
				if len(live) > 1 {
					p.Send(reviewEvent(4))
				}
				synctest.Wait()
				p.Reset()
				if err := <-done; err != nil {
					s.t.Fatal(err)
				}
				h.published = 6 // 5 and 6 come when Subscribe has returned
				p = s.Accept()
				p.Join()
				h.answers(p, 2)
				h.published = 7
				p.Send(reviewEvent(7))
				synctest.Wait()
				resumeExpect(s, got, live)
			})
		})
	}
}

// With Disconnect nothing is lost: the event that found no room, and what was
// missed, come on the next session, even if the handler is not ready yet.
func TestResume_DisconnectLosesNothing(t *testing.T) {
	for _, ready := range []bool{true, false} {
		dispatchBubble(t, wamptest.WebSocket, codec.JSON, func(s *faultStage) {
			c, p := s.join()
			h := &reviewHistory{}
			var got []string
			note, release := resumeNote(&got), make(chan struct{})
			sub := resumeSubscribe(s, c, p, h, func(ctx context.Context, in wamp.Payload) error {
				<-release
				return note(ctx, in)
			}, wamp.OnOverflow(wamp.Disconnect), wamp.Mailbox(4, 0))
			for n := 1; n <= 6; n++ { // 1 runs, 2 to 5 wait, 6 has no room
				h.published = n
				p.Send(reviewEvent(n))
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
			p.Send(reviewEvent(7))
			synctest.Wait()
			resumeExpect(s, got, strings.Fields("1 2 3 4 5 r6 7"))
			if n := sub.Dropped(); n != 0 {
				s.t.Errorf("%d dropped, none was", n)
			}
		})
	}
}

// DropOldest hands the mark of a gap on to the next event.
func TestResume_DropOldestKeepsTheGap(t *testing.T) {
	dispatchBubble(t, wamptest.WebSocket, codec.JSON, func(s *faultStage) {
		c, p := s.join()
		h := &reviewHistory{published: 3}
		var got []string
		note, release := resumeNote(&got), make(chan struct{})
		resumeSubscribe(s, c, p, h, func(ctx context.Context, in wamp.Payload) error {
			<-release
			return note(ctx, in)
		}, wamp.OnOverflow(wamp.DropOldest), wamp.Mailbox(2, 0))
		p.Send(reviewEvent(4))
		synctest.Wait() // 4 runs
		p.Reset()
		p = s.Accept()
		p.Join()
		p.Send(wamptest.Answer(p.Expect(wamptest.Subscribe)))
		m := p.Expect(wamptest.Call)
		p.Send(wamptest.Message{wamptest.Error, wamptest.Call, m.ID(1), dict{}, "wamp.error.history_unavailable"})
		synctest.Wait()
		p.Send(reviewEvent(8), reviewEvent(9), reviewEvent(10)) // 8 has the mark and is dropped
		synctest.Wait()
		close(release)
		synctest.Wait()
		resumeExpect(s, got, []string{"4", "gap 9", "10"})
	})
}

// A retained event is older than what follows: it does not move the place back.
func TestResume_RetainedEventsDoNotMoveThePlace(t *testing.T) {
	dispatchBubble(t, wamptest.WebSocket, codec.JSON, func(s *faultStage) {
		c, p := s.join()
		h := &reviewHistory{published: 3}
		var got []string
		resumeSubscribe(s, c, p, h, resumeNote(&got), wamp.GetRetained())
		retained := wamptest.Message{wamptest.Event, 1, 2, dict{"retained": true}, []any{2}}
		p.Send(retained, reviewEvent(4), reviewEvent(5))
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
		resumeExpect(s, got, []string{"kept 2", "4", "5", "kept 2", "r6", "kept 2", "r7"})
	})
}
