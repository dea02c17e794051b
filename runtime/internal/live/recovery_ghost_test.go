package live

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// recGhost refuses REGISTERs of uri on later sessions until allowed.
func recGhost(uri string, allowed *atomic.Bool) recReply {
	return func(s *recSession, m wamptest.Message) []wamptest.Message {
		if s.index > 0 && m.Type() == wamptest.Register && m.Text(3) == uri && !allowed.Load() {
			return []wamptest.Message{{wamptest.Error, wamptest.Register, m.ID(1), map[string]any{},
				"wamp.error.procedure_already_exists"}}
		}
		return recRemap(s, m)
	}
}

// status says what is missing and why, and it is tried until it is there.
func TestH5_GhostRegistration(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		var allowed atomic.Bool
		r := s.serve(recGhost("com.example.p3", &allowed)) // of those with ForceReregister
		c := s.connected(s.dial())
		var w recWanted
		w.add(s, c, 6)
		(<-r.came).peer.Reset()
		next := <-r.came
		st := s.until(c, func(st wamp.Status) bool { return st.State == wamp.Recovering && st.Err != nil })
		if !errors.Is(st.Err, wamp.ErrProcedureAlreadyExists) || st.Session == 0 {
			s.t.Errorf("status %+v", st)
		}
		synctest.Wait()
		if asks := next.of(wamptest.Register, wamptest.Subscribe); len(asks) != 12 {
			s.t.Errorf("%d of 12 were asked for", len(asks))
		}
		if _, err := c.Call(s.t.Context(), "com.example.alive", nil, nil); err != nil {
			s.t.Error(err)
		}
		w.use(s, next, next.of(wamptest.Subscribe))
		if got := recCount(&w.events, "com.example.t3").Load(); got != 1 {
			s.t.Errorf("%d events", got)
		}
		begin := time.Now()
		time.Sleep(10 * time.Minute)
		tries := next.of(wamptest.Register)[6:]
		if n := len(tries); n < 600/21 || n > 80 {
			s.t.Errorf("%d tries in %v", n, time.Since(begin))
		}
		for _, m := range tries {
			if m.Text(3) != "com.example.p3" || m.Dict(2)["force_reregister"] != true {
				s.t.Errorf("tried %v", m)
			}
		}
		if c.Status().State != wamp.Recovering {
			s.t.Errorf("status %+v", c.Status())
		}
		allowed.Store(true)
		at := time.Now()
		if st := s.until(c, recIn(wamp.Ready)); st.Err != nil || time.Since(at) > 20100*time.Millisecond {
			s.t.Errorf("ready after %v: %+v", time.Since(at), st)
		}
		if lines := s.log.with("not restored yet", "com.example.p3", "procedure_already_exists"); len(lines) == 0 {
			s.t.Error("the log does not tell")
		}
		if r.count() != 2 {
			s.t.Errorf("%d sessions", r.count())
		}
	})
}

// H5: who gives up the procedure does not hold up the client any longer.
func TestH5_GhostIsGivenUp(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		var never atomic.Bool
		r := s.serve(recGhost("com.example.p0", &never))
		c := s.connected(s.dial())
		var w recWanted
		w.add(s, c, 2)
		(<-r.came).peer.Reset()
		next := <-r.came
		s.until(c, func(st wamp.Status) bool { return st.State == wamp.Recovering && st.Err != nil })
		time.Sleep(time.Minute)
		if err := w.regs[0].Unregister(s.t.Context()); err != nil {
			s.t.Error(err)
		}
		synctest.Wait()
		before := len(next.of(wamptest.Register))
		at := time.Now()
		s.until(c, recIn(wamp.Ready))
		if took := time.Since(at); took > 20100*time.Millisecond {
			s.t.Errorf("ready after %v", took)
		}
		if n := len(next.of(wamptest.Register)) - before; n != 0 {
			s.t.Errorf("%d more tries", n)
		}
	})
}

// H6: the session ends after 30 of 100 are restored. The next one starts clean.
func TestH6_LossDuringRecovery(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		r := s.serve(func(sess *recSession, m wamptest.Message) []wamptest.Message {
			if sess.index >= 1 && sess.index <= 3 && len(sess.of(wamptest.Register, wamptest.Subscribe)) == 31 {
				sess.peer.Reset()
				return recSilent
			}
			return recRemap(sess, m)
		})
		c := s.connected(s.dial())
		var w recWanted
		w.add(s, c, 50)
		first := <-r.came
		watched := recWatch(s, c)
		first.peer.Reset()
		s.until(c, func(st wamp.Status) bool { return st.State == wamp.Ready && st.Session == 5 })
		var last *recSession
		for range 4 {
			last = <-r.came
		}
		asks := last.of(wamptest.Register, wamptest.Subscribe)
		if want := recAsks(first.of(wamptest.Register, wamptest.Subscribe)); !slices.Equal(recAsks(asks), want) {
			s.t.Errorf("asked for %v", recAsks(asks))
		}
		w.use(s, last, asks)
		w.expect(s, 1)
		seen := watched()
		if n := len(recOf(seen, wamp.Ready)); n != 2 {
			s.t.Errorf("Ready %d times in %v", n, seen)
		}
		if n := len(recOf(seen, wamp.BackingOff)); n != 4 {
			s.t.Errorf("Backoff %d times in %v", n, seen)
		}
	})
}

// Options are sent as they were given, the first time and every other.
func TestH4_OptionsOnTheWire(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		r := s.serve(recRemap)
		c := s.connected(s.dial())
		var w recWanted
		w.add(s, c, 4)
		(<-r.came).peer.Reset()
		next := <-r.came
		s.until(c, recIn(wamp.Ready))
		want := []map[string]any{
			{"invoke": "single"}, {},
			{"invoke": "roundrobin", "match": "prefix"}, {"match": "prefix"},
			{"invoke": "random", "match": "wildcard"}, {"match": "wildcard"},
			{"invoke": "first", "disclose_caller": true, "force_reregister": true}, {"get_retained": true},
		}
		for i, m := range next.of(wamptest.Register, wamptest.Subscribe) {
			if !reflect.DeepEqual(m.Dict(2), want[i]) {
				s.t.Errorf("%d: want %v, got %v", i, want[i], m.Dict(2))
			}
		}
	})
}

// gets every event once, and the last one that leaves takes the topic back.
func TestH4_SharedSubscription(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		r := s.serve(func(sess *recSession, m wamptest.Message) []wamptest.Message {
			if m.Type() == wamptest.Subscribe {
				return []wamptest.Message{{wamptest.Subscribed, m.ID(1), 500 + sess.index}}
			}
			return nil
		})
		c := s.connected(s.dial())
		var subs [2]*wamp.Subscription
		var seen [2]atomic.Int64
		for i := range subs {
			var err error
			subs[i], err = c.Subscribe(s.t.Context(), "com.example.t", func(context.Context, wamp.Payload) error {
				seen[i].Add(1)
				return nil
			})
			if err != nil {
				s.t.Fatal(err)
			}
		}
		for range 3 {
			(<-r.came).peer.Reset()
			s.until(c, recIn(wamp.BackingOff))
			s.until(c, recIn(wamp.Ready))
			last := r.last()
			last.peer.Send(wamptest.Message{wamptest.Event, 500 + last.index, 1, map[string]any{}})
			synctest.Wait()
		}
		if err := subs[0].Unsubscribe(s.t.Context()); err != nil {
			s.t.Error(err)
		}
		last := r.last()
		last.peer.Send(wamptest.Message{wamptest.Event, 500 + last.index, 2, map[string]any{}})
		synctest.Wait()
		if a, b := seen[0].Load(), seen[1].Load(); a != 3 || b != 4 {
			s.t.Errorf("%d and %d events", a, b)
		}
		if n := len(last.of(wamptest.Unsubscribe)); n != 0 {
			s.t.Errorf("%d UNSUBSCRIBE", n)
		}
		if err := subs[1].Unsubscribe(s.t.Context()); err != nil {
			s.t.Error(err)
		}
		if n := len(last.of(wamptest.Unsubscribe)); n != 1 {
			s.t.Errorf("%d UNSUBSCRIBE", n)
		}
	})
}
