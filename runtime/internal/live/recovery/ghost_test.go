package recovery

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// ghost refuses REGISTERs of uri on later sessions until allowed.
func ghost(uri string, allowed *atomic.Bool) stage.Reply {
	return func(s *stage.Session, m wamptest.Message) []wamptest.Message {
		if s.Index > 0 && m.Type() == wamptest.Register && m.Text(3) == uri && !allowed.Load() {
			return []wamptest.Message{{wamptest.Error, wamptest.Register, m.ID(1), map[string]any{},
				"wamp.error.procedure_already_exists"}}
		}
		return stage.Remap(s, m)
	}
}

// status says what is missing and why, and it is tried until it is there.
func TestH5_GhostRegistration(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		var allowed atomic.Bool
		r := s.Play(ghost("com.example.p3", &allowed)) // of those with ForceReregister
		c := s.Connected(s.Dial())
		var w stage.Intents
		w.Add(s, c, 6)
		(<-r.Came).Peer.Reset()
		next := <-r.Came
		st := s.Until(c, func(st wamp.Status) bool { return st.State == wamp.Recovering && st.Err != nil })
		if !errors.Is(st.Err, wamp.ErrProcedureAlreadyExists) || st.Session == 0 {
			s.T.Errorf("status %+v", st)
		}
		synctest.Wait()
		if asks := next.Of(wamptest.Register, wamptest.Subscribe); len(asks) != 12 {
			s.T.Errorf("%d of 12 were asked for", len(asks))
		}
		if _, err := c.Call(s.T.Context(), "com.example.alive", nil, nil); err != nil {
			s.T.Error(err)
		}
		w.Use(s, next, next.Of(wamptest.Subscribe))
		if got := stage.Count(&w.Events, "com.example.t3").Load(); got != 1 {
			s.T.Errorf("%d events", got)
		}
		begin := time.Now()
		time.Sleep(10 * time.Minute)
		tries := next.Of(wamptest.Register)[6:]
		if n := len(tries); n < 600/21 || n > 100 { // 64 on the average, with a deviation of 5
			s.T.Errorf("%d tries in %v", n, time.Since(begin))
		}
		for _, m := range tries {
			if m.Text(3) != "com.example.p3" || m.Dict(2)["force_reregister"] != true {
				s.T.Errorf("tried %v", m)
			}
		}
		if c.Status().State != wamp.Recovering {
			s.T.Errorf("status %+v", c.Status())
		}
		allowed.Store(true)
		at := time.Now()
		if st := s.Until(c, stage.In(wamp.Ready)); st.Err != nil || time.Since(at) > 20100*time.Millisecond {
			s.T.Errorf("ready after %v: %+v", time.Since(at), st)
		}
		if lines := s.Log.With("cannot restore this yet", "com.example.p3", "procedure_already_exists"); len(lines) == 0 {
			s.T.Error("the log does not say so")
		}
		if r.Count() != 2 {
			s.T.Errorf("%d sessions", r.Count())
		}
	})
}

// H5: who gives up the procedure does not hold up the client any longer.
func TestH5_GhostIsGivenUp(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		var never atomic.Bool
		r := s.Play(ghost("com.example.p0", &never))
		c := s.Connected(s.Dial())
		var w stage.Intents
		w.Add(s, c, 2)
		(<-r.Came).Peer.Reset()
		next := <-r.Came
		s.Until(c, func(st wamp.Status) bool { return st.State == wamp.Recovering && st.Err != nil })
		time.Sleep(time.Minute)
		if err := w.Regs[0].Unregister(s.T.Context()); err != nil {
			s.T.Error(err)
		}
		synctest.Wait()
		before := len(next.Of(wamptest.Register))
		at := time.Now()
		s.Until(c, stage.In(wamp.Ready))
		if took := time.Since(at); took > 20100*time.Millisecond {
			s.T.Errorf("ready after %v", took)
		}
		if n := len(next.Of(wamptest.Register)) - before; n != 0 {
			s.T.Errorf("%d more tries", n)
		}
	})
}

// H6: the session ends after 30 of 100 are restored. The next one starts clean.
func TestH6_LossDuringRecovery(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		r := s.Play(func(sess *stage.Session, m wamptest.Message) []wamptest.Message {
			if sess.Index >= 1 && sess.Index <= 3 && len(sess.Of(wamptest.Register, wamptest.Subscribe)) == 31 {
				sess.Peer.Reset()
				return stage.Silent
			}
			return stage.Remap(sess, m)
		})
		c := s.Connected(s.Dial())
		var w stage.Intents
		w.Add(s, c, 50)
		first := <-r.Came
		watched := stage.Watch(s, c)
		first.Peer.Reset()
		s.Until(c, func(st wamp.Status) bool { return st.State == wamp.Ready && st.Session == 5 })
		var last *stage.Session
		for range 4 {
			last = <-r.Came
		}
		asks := last.Of(wamptest.Register, wamptest.Subscribe)
		if want := recAsks(first.Of(wamptest.Register, wamptest.Subscribe)); !slices.Equal(recAsks(asks), want) {
			s.T.Errorf("asked for %v", recAsks(asks))
		}
		w.Use(s, last, asks)
		w.Expect(s, 1)
		seen := watched()
		if n := len(stage.Of(seen, wamp.Ready)); n != 2 {
			s.T.Errorf("Ready %d times in %v", n, seen)
		}
		if n := len(stage.Of(seen, wamp.BackingOff)); n != 4 {
			s.T.Errorf("Backoff %d times in %v", n, seen)
		}
	})
}

// Options are sent as they were given, the first time and every other.
func TestH4_OptionsOnTheWire(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		r := s.Play(stage.Remap)
		c := s.Connected(s.Dial())
		var w stage.Intents
		w.Add(s, c, 4)
		(<-r.Came).Peer.Reset()
		next := <-r.Came
		s.Until(c, stage.In(wamp.Ready))
		want := []map[string]any{
			{"invoke": "single"}, {},
			{"invoke": "roundrobin", "match": "prefix"}, {"match": "prefix"},
			{"invoke": "random", "match": "wildcard"}, {"match": "wildcard"},
			{"invoke": "first", "disclose_caller": true, "force_reregister": true}, {"get_retained": true},
		}
		for i, m := range next.Of(wamptest.Register, wamptest.Subscribe) {
			if !reflect.DeepEqual(m.Dict(2), want[i]) {
				s.T.Errorf("%d: want %v, got %v", i, want[i], m.Dict(2))
			}
		}
	})
}

// gets every event once, and the last one that leaves takes the topic back.
func TestH4_SharedSubscription(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		r := s.Play(func(sess *stage.Session, m wamptest.Message) []wamptest.Message {
			if m.Type() == wamptest.Subscribe {
				return []wamptest.Message{{wamptest.Subscribed, m.ID(1), 500 + sess.Index}}
			}
			return nil
		})
		c := s.Connected(s.Dial())
		var subs [2]*wamp.Subscription
		var seen [2]atomic.Int64
		for i := range subs {
			var err error
			subs[i], err = c.Subscribe(s.T.Context(), "com.example.t", func(context.Context, wamp.Payload) error {
				seen[i].Add(1)
				return nil
			})
			if err != nil {
				s.T.Fatal(err)
			}
		}
		for range 3 {
			(<-r.Came).Peer.Reset()
			s.Until(c, stage.In(wamp.BackingOff))
			s.Until(c, stage.In(wamp.Ready))
			last := r.Last()
			last.Peer.Send(wamptest.Message{wamptest.Event, 500 + last.Index, 1, map[string]any{}})
			synctest.Wait()
		}
		if err := subs[0].Unsubscribe(s.T.Context()); err != nil {
			s.T.Error(err)
		}
		last := r.Last()
		last.Peer.Send(wamptest.Message{wamptest.Event, 500 + last.Index, 2, map[string]any{}})
		synctest.Wait()
		if a, b := seen[0].Load(), seen[1].Load(); a != 3 || b != 4 {
			s.T.Errorf("%d and %d events", a, b)
		}
		if n := len(last.Of(wamptest.Unsubscribe)); n != 0 {
			s.T.Errorf("%d UNSUBSCRIBE", n)
		}
		if err := subs[1].Unsubscribe(s.T.Context()); err != nil {
			s.T.Error(err)
		}
		if n := len(last.Of(wamptest.Unsubscribe)); n != 1 {
			s.T.Errorf("%d UNSUBSCRIBE", n)
		}
	})
}
