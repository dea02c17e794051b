package recovery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// history is a topic with history at a router of one of two kinds.
type history struct {
	crossbar bool

	mu     sync.Mutex
	events []int64                   // publication ids, which are the events' values too
	keep   int                       // the most events that are kept, 0 for all
	refuse string                    // the error that get_events is answered with
	fails  int64                     // so many events or more cannot be had, 0 for no such number
	during func(sess *stage.Session) // runs before a get_events is answered
	limits []int64                   // that were asked for
}

// publish adds events to the history, and sends them to sess if there is one.
func (h *history) publish(sess *stage.Session, ids ...int64) {
	h.mu.Lock()
	h.events = append(h.events, ids...)
	if h.keep > 0 && len(h.events) > h.keep {
		h.events = h.events[len(h.events)-h.keep:]
	}
	h.mu.Unlock()
	h.send(sess, ids...)
}

// send sends events on the subscription of sess.
func (h *history) send(sess *stage.Session, ids ...int64) {
	if sess == nil {
		return
	}
	asked := sess.Of(wamptest.Subscribe)
	sub := stage.ID(sess.Index, asked[len(asked)-1].ID(1))
	for _, id := range ids {
		sess.Peer.Send(wamptest.Message{wamptest.Event, sub, id, map[string]any{}, []any{id}, map[string]any{"n": id}})
	}
}

func (h *history) reply(sess *stage.Session, m wamptest.Message) []wamptest.Message {
	if m.Type() != wamptest.Call || m.Text(3) != "wamp.subscription.get_events" {
		return stage.Remap(sess, m)
	}
	h.mu.Lock()
	during := h.during
	h.mu.Unlock()
	if during != nil {
		during(sess)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	kwargs := m.Dict(5)
	limit, _ := kwargs["limit"].(int64)
	h.limits = append(h.limits, limit)
	failed := func(uri string) []wamptest.Message {
		return []wamptest.Message{{wamptest.Error, wamptest.Call, m.ID(1), map[string]any{}, uri}}
	}
	asked := sess.Of(wamptest.Subscribe)
	switch {
	case h.refuse != "":
		return failed(h.refuse)
	case len(m.List(4)) != 1 || m.List(4)[0] != stage.ID(sess.Index, asked[len(asked)-1].ID(1)):
		return failed("wamp.error.invalid_argument")
	case h.crossbar && (len(kwargs) != 1 || limit < 1):
		return failed("wamp.error.runtime_error") // it knows no other keyword
	case h.fails > 0 && limit >= h.fails:
		return failed("wamp.error.runtime_error")
	}
	if !h.crossbar {
		answer := wamptest.Message{wamptest.Result, m.ID(1), map[string]any{}, []any{}, map[string]any{"is_limit_reached": false}}
		for _, id := range h.events {
			answer[3] = append(answer[3].([]any), map[string]any{"Subscription": 7, "Publication": id, "Details": map[string]any{"x_old": true},
				"Arguments": []any{id}, "ArgumentsKw": map[string]any{"n": id}})
		}
		return []wamptest.Message{answer}
	}
	newest := slices.Clone(h.events)
	slices.Reverse(newest)
	list := []any{}
	for _, id := range newest[:min(len(newest), int(limit))] {
		list = append(list, map[string]any{"time_ns": 1, "realm": "realm1", "session_id": 1, "authid": nil, "authrole": "a",
			"publication": id, "topic": "com.example.t", "args": []any{id}, "kwargs": map[string]any{"n": id}})
	}
	return []wamptest.Message{{wamptest.Result, m.ID(1), map[string]any{}, []any{list}}}
}

// seenEvent is what a handler saw of an event.
type seenEvent struct {
	id           int64
	resumed, gap bool
}

// reader is a subscription that resumes, and what its handler saw.
type reader struct {
	s    *stage.Stage
	mu   sync.Mutex
	seen []seenEvent
}

func (r *reader) subscribe(c *wamp.Client, opts ...wamp.SubscribeOption) error {
	_, err := c.Subscribe(r.s.T.Context(), "com.example.t", func(ctx context.Context, ev wamp.Payload) error {
		info := wamp.EventInfoFrom(ctx)
		id, _ := ev.Args[0].(int64)
		if ev.Kwargs["n"] != id || int64(info.Publication) != id || info.Topic != "com.example.t" {
			r.s.T.Errorf("event %v, %+v", ev, info)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.seen = append(r.seen, seenEvent{id, info.Resumed, info.Gap})
		return nil
	}, append(opts, wamp.WithResume())...)
	return err
}

// expect checks what has been seen since the last time: the ids in order, which
// of them came from the history, and which told of a gap.
func (r *reader) expect(ids []int64, resumed func(int64) bool, gap func(int64) bool) {
	r.s.T.Helper()
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	var got []int64
	for _, ev := range r.seen {
		got = append(got, ev.id)
		if ev.resumed != resumed(ev.id) || ev.gap != gap(ev.id) {
			r.s.T.Errorf("event %+v", ev)
		}
	}
	if !slices.Equal(got, ids) {
		r.s.T.Errorf("want %v, got %v", ids, got)
	}
	r.seen = nil
}

func between(from, to int64) func(int64) bool {
	return func(id int64) bool { return from <= id && id <= to }
}

func never(int64) bool { return false }

func span(from, to int64) []int64 {
	var ids []int64
	for id := from; id <= to; id++ {
		ids = append(ids, id)
	}
	return ids
}

// resume runs f for both kinds of routers with a client that has seen the
// events 1 to 3 of a topic with history, 0 being older than the subscription.
func resume(t *testing.T, f func(s *stage.Stage, h *history, c *wamp.Client, r *stage.Router, reader *reader)) {
	for _, crossbar := range []bool{false, true} {
		t.Run(fmt.Sprint("crossbar=", crossbar), func(t *testing.T) {
			stage.Bubbles(t, func(s *stage.Stage) {
				h := &history{crossbar: crossbar, events: []int64{1 << 40}}
				r := s.Play(h.reply)
				c := s.Connected(s.Dial(wamp.WithRawSocketPing()))
				reader := &reader{s: s}
				if err := reader.subscribe(c); err != nil {
					s.T.Fatal(err)
				}
				h.publish(<-r.Came, 1, 2, 3)
				reader.expect(span(1, 3), never, never)
				f(s, h, c, r, reader)
			})
		})
	}
}

// lose ends the session and waits until the next one is ready.
func lose(s *stage.Stage, c *wamp.Client, r *stage.Router, meanwhile func()) *stage.Session {
	s.T.Helper()
	last := r.Last()
	last.Peer.Reset()
	s.Until(c, stage.In(wamp.BackingOff))
	meanwhile()
	next := <-r.Came
	s.Until(c, stage.In(wamp.Ready))
	return next
}

// Missed events come in order before live ones, once each, whatever comes how
// often and when.
func TestResume_InOrderWithoutDoubles(t *testing.T) {
	resume(t, func(s *stage.Stage, h *history, c *wamp.Client, r *stage.Router, reader *reader) {
		h.during = func(sess *stage.Session) { h.publish(sess, 8, 9) } // between SUBSCRIBED and the answer
		next := lose(s, c, r, func() { h.publish(nil, 4, 5, 6, 7) })
		h.mu.Lock()
		h.during = nil
		h.mu.Unlock()
		h.send(next, 9) // a slow broker: the history had it already
		h.publish(next, 10, 11)
		reader.expect(span(4, 11), between(4, 9), never)
		next = lose(s, c, r, func() {}) // nothing was missed
		h.publish(next, 12)
		reader.expect(span(12, 12), never, never)
		lose(s, c, r, func() { h.publish(nil, 13) })
		reader.expect(span(13, 13), between(13, 13), never)
	})
}

// More is asked for until the last event that was seen is met.
func TestResume_AsksForMore(t *testing.T) {
	resume(t, func(s *stage.Stage, h *history, c *wamp.Client, r *stage.Router, reader *reader) {
		lose(s, c, r, func() { h.publish(nil, span(4, 900)...) })
		reader.expect(span(4, 900), between(4, 900), never)
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.crossbar && len(h.limits) != 3 || h.limits[len(h.limits)-1] < 100 || !slices.IsSorted(h.limits) {
			s.T.Errorf("asked for %v", h.limits)
		}
	})
}

// A gap that cannot be closed is told by the first event behind it.
func TestResume_TellsOfAGap(t *testing.T) {
	resume(t, func(s *stage.Stage, h *history, c *wamp.Client, r *stage.Router, reader *reader) {
		h.keep = 10
		next := lose(s, c, r, func() { h.publish(nil, span(4, 50)...) })
		h.publish(next, 51)
		reader.expect(span(41, 51), between(41, 50), between(41, 41))
		// The router has forgotten everything: nobody knows what was missed.
		next = lose(s, c, r, func() { h.mu.Lock(); h.events = nil; h.mu.Unlock() })
		h.publish(next, 60, 61)
		reader.expect([]int64{60, 61}, never, between(60, 60))
		if lines := s.Log.With("missed", "com.example.t"); len(lines) != 2 {
			s.T.Errorf("the log says %v", lines)
		}
	})
}

// A history that is refused later is a gap, and no reason not to go on.
func TestResume_HistoryRefusedLater(t *testing.T) {
	for _, uri := range []string{"wamp.error.no_such_procedure", "wamp.error.not_authorized", "wamp.error.history_unavailable"} {
		resume(t, func(s *stage.Stage, h *history, c *wamp.Client, r *stage.Router, reader *reader) {
			h.refuse = uri
			next := lose(s, c, r, func() { h.publish(nil, 4) })
			h.publish(next, 5, 6)
			reader.expect([]int64{5, 6}, never, between(5, 5))
			h.mu.Lock()
			h.refuse = ""
			h.mu.Unlock()
			lose(s, c, r, func() { h.publish(nil, 7) })
			reader.expect([]int64{7}, between(7, 7), never)
		})
	}
}

// A topic without history cannot be resumed, and Subscribe says so.
func TestResume_RefusedAtOnce(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		h := &history{refuse: "wamp.error.no_such_procedure"}
		r := s.Play(h.reply)
		c := s.Connected(s.Dial())
		reader := &reader{s: s}
		if err := reader.subscribe(c); !errors.Is(err, wamp.ErrNoSuchProcedure) {
			s.T.Errorf("subscribe: %v", err)
		}
		synctest.Wait()
		sess := r.Last()
		if un := sess.Of(wamptest.Unsubscribe); len(un) != 1 || un[0].ID(2) != stage.ID(0, sess.Of(wamptest.Subscribe)[0].ID(1)) {
			s.T.Errorf("taken back: %v", un)
		}
		<-r.Came
		next := lose(s, c, r, func() {})
		if n := len(next.Of(wamptest.Subscribe)); n != 0 {
			s.T.Errorf("subscribed again %d times", n)
		}
	})
}

// The session that was to resume ends as well, once before and once after it has
// live events: the next one closes the gap.
func TestResume_LossWhileResuming(t *testing.T) {
	resume(t, func(s *stage.Stage, h *history, c *wamp.Client, r *stage.Router, reader *reader) {
		losses := 0
		h.during = func(sess *stage.Session) {
			if losses++; losses > 2 {
				return
			}
			if losses == 2 {
				h.publish(sess, 5, 6)
				synctest.Wait()
			}
			sess.Peer.Reset()
			h.publish(nil, int64(losses)*10)
		}
		r.Last().Peer.Reset()
		s.Until(c, stage.In(wamp.BackingOff))
		h.publish(nil, 4)
		s.Until(c, func(st wamp.Status) bool { return st.State == wamp.Ready && st.Session == 4 })
		h.publish(r.Last(), 30)
		reader.expect([]int64{4, 10, 5, 6, 20, 30}, func(id int64) bool { return id != 30 }, never)
	})
}

// A router that does not answer get_events holds the client up for no longer
// than a handshake may take.
func TestResume_HistoryHangs(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		hang := false
		h := &history{events: []int64{1}}
		r := s.Play(func(sess *stage.Session, m wamptest.Message) []wamptest.Message {
			if hang && m.Type() == wamptest.Call {
				return stage.Silent
			}
			return h.reply(sess, m)
		})
		c := s.Connected(s.Dial(wamp.WithHandshakeTimeout(4 * time.Second)))
		reader := &reader{s: s}
		if err := reader.subscribe(c); err != nil {
			s.T.Fatal(err)
		}
		h.publish(<-r.Came, 2)
		reader.expect([]int64{2}, never, never)
		hang = true
		r.Last().Peer.Reset()
		next := <-r.Came
		begin := time.Now()
		s.Until(c, stage.In(wamp.Ready))
		if took := time.Since(begin); took != 4*time.Second {
			s.T.Errorf("ready after %v", took)
		}
		h.publish(next, 3)
		reader.expect([]int64{3}, never, between(3, 3))
	})
}

// A gap that was feared and that nothing came behind is closed by the next history.
func TestResume_FalseAlarm(t *testing.T) {
	resume(t, func(s *stage.Stage, h *history, c *wamp.Client, r *stage.Router, reader *reader) {
		h.refuse = "wamp.error.history_unavailable"
		lose(s, c, r, func() { h.publish(nil, 4, 5) })
		h.mu.Lock()
		h.refuse = ""
		h.mu.Unlock()
		next := lose(s, c, r, func() { h.publish(nil, 6) })
		h.publish(next, 7)
		reader.expect(span(4, 7), between(4, 6), never)
	})
}

// What is missed counts against the mailbox like anything else, and is counted.
func TestResume_MailboxIsBounded(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		h := &history{events: []int64{1}}
		r := s.Play(h.reply)
		c := s.Connected(s.Dial())
		release := make(chan struct{})
		n := 0
		sub, err := c.Subscribe(s.T.Context(), "com.example.t", func(context.Context, wamp.Payload) error {
			<-release
			n++
			return nil
		}, wamp.WithResume(), wamp.WithMailbox(50, 0))
		if err != nil {
			s.T.Fatal(err)
		}
		<-r.Came
		lose(s, c, r, func() { h.publish(nil, span(2, 201)...) })
		synctest.Wait()
		close(release)
		synctest.Wait()
		if got := sub.Dropped(); got != 150 || n != 50 {
			s.T.Errorf("%d dropped, %d handled of 200", got, n)
		}
		if lines := s.Log.With("does not keep up", "com.example.t"); len(lines) != 1 {
			s.T.Errorf("the log says %v", lines)
		}
	})
}
