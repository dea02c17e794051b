package live

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// recWanted is what a test's client registers and subscribes to, with counters
// of what its handlers saw.
type recWanted struct {
	calls, events sync.Map // uri -> *atomic.Int64
	regs          []*wamp.Registration
	subs          []*wamp.Subscription
}

func recCount(m *sync.Map, uri string) *atomic.Int64 {
	n, _ := m.LoadOrStore(uri, new(atomic.Int64))
	return n.(*atomic.Int64)
}

// add makes n registrations and n subscriptions in turn, with all kinds of options.
func (w *recWanted) add(s *recStage, c *wamp.Client, n int) {
	s.t.Helper()
	policies := []wamp.InvokePolicy{
		wamp.InvokeSingle, wamp.InvokeRoundRobin, wamp.InvokeRandom, wamp.InvokeFirst, wamp.InvokeLast,
	}
	for i := range n {
		opts := []wamp.RegisterOption{wamp.Invoke(policies[i%5])}
		uri := fmt.Sprintf("com.example.p%d", i)
		subOpts := []wamp.SubscribeOption{}
		topic := fmt.Sprintf("com.example.t%d", i)
		switch i % 4 {
		case 1:
			opts, subOpts = append(opts, wamp.Prefix()), append(subOpts, wamp.Prefix())
		case 2:
			uri, topic = uri+"..x", topic+"..x"
			opts, subOpts = append(opts, wamp.Wildcard()), append(subOpts, wamp.Wildcard())
		case 3:
			opts = append(opts, wamp.DiscloseCaller(), wamp.ForceReregister(), wamp.Concurrency(3))
			subOpts = append(subOpts, wamp.GetRetained())
		}
		reg, err := c.Register(s.t.Context(), uri, func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			recCount(&w.calls, uri).Add(1)
			return in, nil
		}, opts...)
		if err != nil {
			s.t.Fatal(err)
		}
		sub, err := c.Subscribe(s.t.Context(), topic, func(context.Context, wamp.Payload) error {
			recCount(&w.events, topic).Add(1)
			return nil
		}, subOpts...)
		if err != nil {
			s.t.Fatal(err)
		}
		w.regs, w.subs = append(w.regs, reg), append(w.subs, sub)
	}
}

// recAsks are what REGISTERs and SUBSCRIBEs ask for, without their ids.
func recAsks(ms []wamptest.Message) []string {
	var out []string
	for _, m := range ms {
		out = append(out, fmt.Sprint(m.Type(), m.Dict(2), m.Text(3)))
	}
	return out
}

// recRemap grants ids that no session shares with another.
func recRemap(s *recSession, m wamptest.Message) []wamptest.Message {
	switch m.Type() {
	case wamptest.Register:
		return []wamptest.Message{{wamptest.Registered, m.ID(1), recID(s.index, m.ID(1))}}
	case wamptest.Subscribe:
		return []wamptest.Message{{wamptest.Subscribed, m.ID(1), recID(s.index, m.ID(1))}}
	}
	return nil
}

func recID(session int, request int64) int64 { return int64(session+1)*100_000 + request }

// use sends one INVOCATION and one EVENT for everything a session asked for,
// and as many for the ids of the session before, which mean nothing any more.
func (w *recWanted) use(s *recStage, sess *recSession, asks []wamptest.Message) {
	s.t.Helper()
	none := map[string]any{}
	var out []wamptest.Message
	for i, m := range asks {
		for _, index := range []int{sess.index, sess.index - 1} {
			id := recID(index, m.ID(1))
			if m.Type() == wamptest.Register {
				out = append(out, wamptest.Message{wamptest.Invocation, len(out) + 1, id, none, []any{i}})
			} else {
				out = append(out, wamptest.Message{wamptest.Event, id, i + 1, none, []any{i}})
			}
		}
	}
	sess.peer.Send(out...)
	synctest.Wait()
}

// expect checks that every handler has run n times.
func (w *recWanted) expect(s *recStage, n int64) {
	s.t.Helper()
	for i := range w.regs {
		if got := recCount(&w.calls, w.regs[i].Procedure()).Load(); got != n {
			s.t.Errorf("procedure %s ran %d times, want %d", w.regs[i].Procedure(), got, n)
		}
		if got := recCount(&w.events, w.subs[i].Topic()).Load(); got != n {
			s.t.Errorf("handler of %s ran %d times, want %d", w.subs[i].Topic(), got, n)
		}
	}
}

// recLosses are the ways in which a router can go.
var recLosses = []func(*recStage, *recSession){
	func(s *recStage, _ *recSession) { s.Stop(); s.Start() },
	func(_ *recStage, p *recSession) { p.peer.Close() },
	func(_ *recStage, p *recSession) {
		p.peer.Send(wamptest.Message{wamptest.Goodbye, map[string]any{}, "wamp.close.system_shutdown"})
	},
	func(_ *recStage, p *recSession) {
		p.peer.Send(wamptest.Message{wamptest.Abort, map[string]any{}, "wamp.close.killed"})
	},
	func(_ *recStage, p *recSession) { p.peer.SendRaw([]byte("\x00nonsense")) },
	func(s *recStage, _ *recSession) { s.net.HalfOpen() },
}

// R4: 20 losses, each time all 100 are back once, in order, with their options
// and new ids; their events and invocations flow, those of old ids do not.
func TestR4_FullRecovery(t *testing.T) {
	recFormats(t, func(s *recStage) {
		r := s.serve(recRemap)
		c := s.connected(s.dial(wamp.WithRawSocketPing()))
		var w recWanted
		w.add(s, c, 50)
		first := <-r.came
		want := recAsks(first.of(wamptest.Register, wamptest.Subscribe))
		if len(want) != 100 {
			s.t.Fatalf("%d requests", len(want))
		}
		last := first
		for i := range 20 {
			recLosses[i%len(recLosses)](s, last)
			last = <-r.came
			s.until(c, func(st wamp.Status) bool { return st.State == wamp.Ready && int(st.Session) == i+2 })
			asks := last.of(wamptest.Register, wamptest.Subscribe)
			if got := recAsks(asks); !slices.Equal(got, want) {
				s.t.Fatalf("loss %d: want\n%v\ngot\n%v", i, want, got)
			}
			w.use(s, last, asks)
			w.expect(s, int64(i+1))
		}
		if answered := len(last.of(wamptest.Error)); answered != 50 { // R059: the ids of the session before
			s.t.Errorf("%d invocations of old ids were refused, want 50", answered)
		}
	})
}

// R4: an invocation that waits behind a serial one when its session ends never
// runs; the one that runs learns of the loss and its answer goes nowhere.
func TestR4_NoHandlerForTheOldSession(t *testing.T) {
	recTransports(t, func(s *recStage) {
		r := s.serve(recRemap)
		c := s.connected(s.dial())
		var ran []int64
		causes := make(chan error, 10)
		_, err := c.Register(s.t.Context(), "com.example.serial", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			ran = append(ran, in.Args[0].(int64))
			if len(ran) == 1 {
				<-ctx.Done()
				causes <- context.Cause(ctx)
				time.Sleep(time.Hour) // it does not hurry
			}
			return in, nil
		}, wamp.Concurrency(1))
		if err != nil {
			s.t.Fatal(err)
		}
		old := <-r.came
		id := recID(0, old.of(wamptest.Register)[0].ID(1))
		for i := range 5 {
			old.peer.Send(wamptest.Message{wamptest.Invocation, i + 1, id, map[string]any{}, []any{i}})
		}
		synctest.Wait()
		old.peer.Reset()
		if err := <-causes; !errors.Is(err, wamp.ErrLost) {
			s.t.Errorf("cause %v", err)
		}
		next := <-r.came
		s.until(c, recIn(wamp.Ready))
		id = recID(1, next.of(wamptest.Register)[0].ID(1))
		next.peer.Send(wamptest.Message{wamptest.Invocation, 1, id, map[string]any{}, []any{100}})
		synctest.Wait()
		if !slices.Equal(ran, []int64{0}) { // still serial, over the reconnect
			s.t.Errorf("ran %v", ran)
		}
		time.Sleep(2 * time.Hour)
		if !slices.Equal(ran, []int64{0, 100}) {
			s.t.Errorf("ran %v", ran)
		}
		if yields := next.of(wamptest.Yield, wamptest.Error); len(yields) != 1 || yields[0].Text(3) == "late" {
			s.t.Errorf("answers on the new session: %v", yields)
		}
	})
}

// R4: what was withdrawn while there was no session, or while it was being
// restored, is not there afterwards, and what was added is.
func TestR4_ChangesDuringTheOutage(t *testing.T) {
	recTransports(t, func(s *recStage) {
		hold := make(chan struct{})
		r := s.serve(func(sess *recSession, m wamptest.Message) []wamptest.Message {
			if sess.index == 1 && m.Text(3) == "com.example.p1" {
				<-hold // answered while the test withdraws it
			}
			return recRemap(sess, m)
		})
		c := s.connected(s.dial())
		var w recWanted
		w.add(s, c, 4)
		<-r.came
		s.Stop()
		s.until(c, recIn(wamp.Backoff))
		ctx := s.t.Context()
		if err := errors.Join(w.regs[0].Unregister(ctx), w.subs[3].Unsubscribe(ctx)); err != nil {
			s.t.Error(err)
		}
		added := make(chan error, 1)
		go func() {
			_, err := c.Subscribe(ctx, "com.example.late", func(context.Context, wamp.Payload) error { return nil })
			added <- err
		}()
		synctest.Wait()
		s.Start()
		next := <-r.came
		synctest.Wait()
		if err := w.regs[1].Unregister(ctx); err != nil { // REGISTER is under way
			s.t.Error(err)
		}
		close(hold)
		if err := <-added; err != nil {
			s.t.Error(err)
		}
		s.until(c, recIn(wamp.Ready))
		synctest.Wait()
		var asked []string
		for _, m := range next.of(wamptest.Register, wamptest.Subscribe) {
			asked = append(asked, m.Text(3))
		}
		want := []string{"com.example.t0", "com.example.p1", "com.example.t1", "com.example.p2..x", "com.example.t2..x",
			"com.example.p3", "com.example.late"}
		if !slices.Equal(asked, want) {
			s.t.Errorf("asked for %v", asked)
		}
		back := next.of(wamptest.Unregister)
		if len(back) != 1 || back[0].ID(2) != recID(1, next.of(wamptest.Register)[0].ID(1)) {
			s.t.Errorf("taken back: %v", back)
		}
		for _, done := range []<-chan struct{}{w.regs[0].Done(), w.regs[1].Done(), w.subs[3].Done()} {
			select {
			case <-done:
			default:
				s.t.Error("not done")
			}
		}
	})
}

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

// R5: the router still holds the dead session. Everything else works, the
// status says what is missing and why, and it is tried until it is there.
func TestR5_GhostRegistration(t *testing.T) {
	recTransports(t, func(s *recStage) {
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

// R5: who gives up the procedure does not hold up the client any longer.
func TestR5_GhostIsGivenUp(t *testing.T) {
	recTransports(t, func(s *recStage) {
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

// R6: the session ends after 30 of 100 are restored. The next one starts clean.
func TestR6_LossDuringRecovery(t *testing.T) {
	recFormats(t, func(s *recStage) {
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
		if n := len(recOf(seen, wamp.Backoff)); n != 4 {
			s.t.Errorf("Backoff %d times in %v", n, seen)
		}
	})
}

// Options are sent as they were given, the first time and every other.
func TestR4_OptionsOnTheWire(t *testing.T) {
	recTransports(t, func(s *recStage) {
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
