package recovery

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// drainAmidHistory lets a client miss 3 and 4, and drains it while it fetches
// them. It returns the request for the history.
func drainAmidHistory(s *stage.Stage, got *[]string, within time.Duration, live ...wamptest.Message) (*plainHistory, *wamptest.Peer, wamptest.Message, <-chan error) {
	c, p := s.Connect()
	h := &plainHistory{}
	subscribeWith(s, c, p, h, note(got))
	h.published = 2
	p.Send(numbered(1), numbered(2))
	synctest.Wait()
	p.Reset()
	h.published = 4
	p = s.Accept()
	p.Join()
	h.answers(p, 1)
	ask := p.Expect(wamptest.Call)
	p.Send(live...)
	synctest.Wait()
	drained := stage.Begin(func() error {
		ctx, cancel := context.WithTimeout(s.T.Context(), within)
		defer cancel()
		return c.Drain(ctx)
	})
	synctest.Wait()
	return h, p, ask, drained
}

// A Drain that comes while missed events are being fetched waits for them.
func TestDrain_WaitsForAHistory(t *testing.T) {
	for name, live := range map[string][]wamptest.Message{"nothing live": nil, "an event waits": {numbered(5)}} {
		t.Run(name, func(t *testing.T) {
			stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
				var got []string
				h, p, ask, drained := drainAmidHistory(s, &got, time.Minute, live...)
				p.Send(h.answer(ask))
				h.answers(p, 2) // UNSUBSCRIBE, GOODBYE
				if err := <-drained; err != nil {
					s.T.Errorf("Drain: %v", err)
				}
				want := []string{"1", "2", "r3", "r4"}
				if live != nil {
					want = append(want, "5")
				}
				expectNotes(s, got, want)
			})
		})
	}
}

// If they do not come in time, its error says so.
func TestDrain_HistoryDoesNotCome(t *testing.T) {
	for name, within := range map[string]time.Duration{"a short ctx": time.Second, "a long one": time.Hour} {
		t.Run(name, func(t *testing.T) {
			stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
				var got []string
				h, p, _, drained := drainAmidHistory(s, &got, within)
				begin := time.Now()
				go func() { _ = p.Obey() }()
				err := <-drained
				if within == time.Second && (!errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "com.example.t")) {
					s.T.Errorf("Drain: %v", err)
				}
				if within == time.Hour && len(s.Log.With("events were missed", "com.example.t")) != 1 {
					s.T.Errorf("Drain: %v; nothing is logged", err)
				}
				if took := time.Since(begin); took > min(within, 20*time.Second) {
					s.T.Errorf("took %v", took)
				}
				expectNotes(s, got, []string{"1", "2"})
				_ = h
			})
		})
	}
}

// What a subscription missed that the router does not take back is named, too.
func TestDrain_AmidRefusals(t *testing.T) {
	stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
		var got []string
		c, p := s.Connect()
		h := &plainHistory{}
		subscribeWith(s, c, p, h, note(&got))
		h.published = 1
		p.Send(numbered(1))
		synctest.Wait()
		p.Reset()
		p = s.Accept()
		p.Join()
		m := p.Expect(wamptest.Subscribe)
		p.Send(wamptest.Message{wamptest.Error, wamptest.Subscribe, m.ID(1), stage.Dict{}, "wamp.error.not_authorized"})
		synctest.Wait()
		go func() { _ = p.Obey() }()
		if err := c.Drain(s.T.Context()); err == nil || !strings.Contains(err.Error(), "com.example.t") {
			s.T.Errorf("Drain: %v", err)
		}
	})
}
