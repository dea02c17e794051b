package recovery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// A Subscribe that waits for the history ends with its ctx, whatever the router
// does not answer, and its handler never runs.
func TestResume_EndsWithItsContext(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		ctx, cancel := context.WithTimeout(s.T.Context(), time.Second)
		defer cancel()
		start := time.Now()
		done := stage.Begin(func() error {
			_, err := c.Subscribe(ctx, "com.example.t", func(context.Context, wamp.Payload) error {
				s.T.Error("the handler ran")
				return nil
			}, wamp.WithResume())
			return err
		})
		m := p.Expect(wamptest.Subscribe)
		p.Send(wamptest.Answer(m), wamptest.Message{wamptest.Event, m.ID(1), 5, stage.Dict{}})
		p.Expect(wamptest.Call)
		if err := <-done; !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			s.T.Errorf("Subscribe: %v after %v", err, time.Since(start))
		}
		p.Expect(wamptest.Cancel)
		p.Expect(wamptest.Unsubscribe)
	})
}

// plainHistory is a router with one topic's history, as nexus has it: all of it
// in every answer, oldest first.
type plainHistory struct {
	published int // events 1 to so many have been published
	first     int // the oldest that is still kept
	pad       string
	asked     int
}

func (h *plainHistory) answer(m wamptest.Message) wamptest.Message {
	if m.Type() != wamptest.Call {
		return wamptest.Answer(m)
	}
	h.asked++
	events := []any{}
	for n := max(1, h.first); n <= h.published; n++ {
		events = append(events, stage.Dict{"Subscription": 1, "Publication": n, "Arguments": []any{n, h.pad}})
	}
	return wamptest.Message{wamptest.Result, m.ID(1), stage.Dict{}, events}
}

// answers plays n messages of the client.
func (h *plainHistory) answers(p *wamptest.Peer, n int) {
	for range n {
		m, err := p.Next()
		if err != nil {
			return
		}
		p.Send(h.answer(m))
	}
}

// subscribeNoting subscribes with Resume; what arrives is noted as "7", resumed
// events as "r7", and "gap" in front of the first after a gap.
func subscribeNoting(s *stage.Stage, c *wamp.Client, p *wamptest.Peer, h *plainHistory) *[]string {
	s.T.Helper()
	var got []string
	done := stage.Begin(func() error {
		_, err := c.Subscribe(s.T.Context(), "com.example.t", func(ctx context.Context, in wamp.Payload) error {
			info := wamp.EventInfoFrom(ctx)
			text := fmt.Sprint(in.Args[0])
			if info.Resumed {
				text = "r" + text
			}
			if info.Gap {
				got = append(got, "gap")
			}
			got = append(got, text)
			return nil
		}, wamp.WithResume())
		return err
	})
	h.answers(p, 2)
	if err := <-done; err != nil {
		s.T.Fatal(err)
	}
	return &got
}

func numbered(n int) wamptest.Message {
	return wamptest.Message{wamptest.Event, 1, n, stage.Dict{}, []any{n}}
}

// Missed events come once and in order, before live ones, also when the session
// is lost again while they are being fetched. A gap is told.
func TestResume_LossOfTheResumingSession(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		h := &plainHistory{published: 3}
		got := subscribeNoting(s, c, p, h)
		p.Send(numbered(4), numbered(5))
		synctest.Wait()
		p.Reset()
		h.published = 7 // 6 and 7 are missed

		p = s.Accept()
		p.Join()
		h.answers(p, 1)
		p.Send(numbered(8)) // held back
		p.Expect(wamptest.Call)
		p.Reset()
		h.published = 9

		p = s.Accept()
		p.Join()
		p.Expect(wamptest.Subscribe)
		h.published = 10
		p.Send(wamptest.Message{wamptest.Subscribed, 1, 1}, numbered(10), numbered(11))
		h.answers(p, 1)
		synctest.Wait()
		if want := strings.Fields("4 5 r6 r7 r8 r9 r10 11"); !slices.Equal(*got, want) {
			s.T.Errorf("got %v, want %v", *got, want)
		}
		*got = nil
		p.Reset()
		h.published, h.first = 15, 14

		p = s.Accept()
		p.Join()
		h.answers(p, 2)
		p.Send(numbered(16))
		synctest.Wait()
		if want := strings.Fields("gap r14 r15 16"); !slices.Equal(*got, want) {
			s.T.Errorf("got %v, want %v", *got, want)
		}
	})
}

// A history beyond the read limit costs one session, not one after the other:
// it is a gap.
func TestResume_HistoryBeyondTheReadLimit(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithReadLimit(4096))
		h := &plainHistory{published: 3}
		got := subscribeNoting(s, c, p, h)
		p.Reset()
		h.published, h.pad = 20, strings.Repeat("x", 1000)

		p = s.Accept()
		p.Join()
		h.answers(p, 2)
		asked := h.asked

		p = s.Accept()
		p.Join()
		h.answers(p, 1)
		p.Send(numbered(21))
		synctest.Wait()
		if want := []string{"gap", "21"}; !slices.Equal(*got, want) || h.asked != asked || c.Status().State != wamp.Ready {
			s.T.Errorf("got %v, want %v; asked %d times more; %v", *got, want, h.asked-asked, c.Status())
		}
	})
}
