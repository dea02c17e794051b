package recovery

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// heavyHistory is the histories of many topics at a router, each event of which
// has size bytes. Subscriptions have the number of their topic as id.
type heavyHistory struct {
	limited bool // it knows the keyword limit
	size    func(topic int, id int64) int

	mu     sync.Mutex
	events map[int][]int64
}

// heavyTopic is the name of a topic.
func heavyTopic(n int) string { return fmt.Sprintf("com.example.t%d", n) }

func (h *heavyHistory) reply(_ *stage.Session, m wamptest.Message) []wamptest.Message {
	switch {
	case m.Type() == wamptest.Subscribe:
		var n int
		_, _ = fmt.Sscanf(m.Text(3), "com.example.t%d", &n)
		return []wamptest.Message{{wamptest.Subscribed, m.ID(1), n}}
	case m.Type() != wamptest.Call || m.Text(3) != "wamp.subscription.get_events":
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	topic, _ := m.List(4)[0].(int64)
	limit, _ := m.Dict(5)["limit"].(int64)
	events := h.events[int(topic)]
	if h.limited && int(limit) < len(events) {
		events = events[len(events)-int(limit):]
	}
	var list []any
	for _, id := range events {
		list = append(list, map[string]any{"publication": id, "args": []any{id, strings.Repeat("x", h.size(int(topic), id))}})
	}
	return []wamptest.Message{append(wamptest.Message{wamptest.Result, m.ID(1), map[string]any{}}, list)}
}

// heavyRun loses the session of a client with n subscriptions while missed events
// are published on each, and returns the sessions that were needed, and which
// topics got all of them.
func heavyRun(s *stage.Stage, h *heavyHistory, n, missed int) (sessions int, whole map[int]bool) {
	h.events = make(map[int][]int64)
	var mu sync.Mutex
	got, gaps := make(map[int]int), make(map[int]bool)
	for topic := 1; topic <= n; topic++ {
		h.events[topic] = []int64{1}
	}
	r := s.Play(h.reply)
	c := s.Connected(s.Dial())
	for topic := 1; topic <= n; topic++ {
		_, err := c.Subscribe(s.T.Context(), heavyTopic(topic), func(ctx context.Context, _ wamp.Payload) error {
			mu.Lock()
			defer mu.Unlock()
			got[topic]++
			gaps[topic] = gaps[topic] || wamp.EventInfoFrom(ctx).Gap
			return nil
		}, wamp.WithResume())
		if err != nil {
			s.T.Fatal(err)
		}
	}
	for topic := 1; topic <= n; topic++ {
		for id := range missed {
			h.events[topic] = append(h.events[topic], int64(id+2))
		}
	}
	before := r.Count()
	r.Last().Peer.Reset()
	time.Sleep(10 * time.Minute)
	s.Until(c, stage.In(wamp.Ready))
	for topic := 1; topic <= n; topic++ { // the next event shows the gap
		r.Last().Peer.Send(wamptest.Message{wamptest.Event, topic, 1000, map[string]any{}, []any{1000}})
	}
	synctest.Wait()
	whole = make(map[int]bool)
	for topic := 1; topic <= n; topic++ {
		whole[topic] = got[topic] == missed+1 && !gaps[topic]
		if !whole[topic] && !gaps[topic] {
			s.T.Errorf("topic %d got %d of %d events, and no gap", topic, got[topic], missed+1)
		}
	}
	return r.Count() - before, whole
}

// Histories that are larger than a message cost one session together, and come in
// pages that fit.
func TestHeavyHistory_Pages(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		h := &heavyHistory{limited: true, size: func(int, int64) int { return 20 << 10 }}
		sessions, whole := heavyRun(s, h, 10, 40)
		if sessions > 1 {
			t.Errorf("%d sessions where each answer could have fitted", sessions)
		}
		for topic, all := range whole {
			if !all {
				t.Errorf("topic %d has a gap", topic)
			}
		}
	})
}

// The same where a hundred of them do not fit, but all that were missed do.
func TestHeavyHistory_OneLessonForAll(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		h := &heavyHistory{limited: true, size: func(int, int64) int { return 12 << 10 }}
		sessions, whole := heavyRun(s, h, 20, 100)
		if sessions > 2 {
			t.Errorf("%d sessions, want 2", sessions)
		}
		for topic, all := range whole {
			if all {
				t.Errorf("topic %d got more than a message holds", topic)
			}
		}
	})
}

// A history that can never fit costs no other subscription its own, and all of
// them together two sessions, also where the router knows no limit.
func TestHeavyHistory_BesideOthers(t *testing.T) {
	for name, limited := range map[string]bool{"with limit": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			stage.Transports(t, func(s *stage.Stage) {
				h := &heavyHistory{limited: limited, size: func(topic int, id int64) int {
					if topic == 7 && id > 1 {
						return 2 << 20
					}
					return 10
				}}
				sessions, whole := heavyRun(s, h, 10, 5)
				if sessions > 3 {
					t.Errorf("%d sessions", sessions)
				}
				for topic, all := range whole {
					if all != (topic != 7) {
						t.Errorf("topic %d got everything: %v", topic, all)
					}
				}
			})
		})
	}
}
