package live

import (
	"context"
	"errors"
	"fmt"
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

// H4: 20 losses, each time all 100 are back once, in order, with their options
// and new ids; their events and invocations flow, those of old ids do not.
func TestH4_FullRecovery(t *testing.T) {
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

// H4: an invocation that waits behind a serial one when its session ends never
// runs; the one that runs learns of the loss and its answer goes nowhere.
func TestH4_NoHandlerForTheOldSession(t *testing.T) {
	recTransports(t, func(s *recStage) {
		r := s.serve(recRemap)
		c := s.connected(s.dial())
		var mu sync.Mutex
		var ran []int64
		runs := func() []int64 {
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(ran)
		}
		causes := make(chan error, 10)
		_, err := c.Register(s.t.Context(), "com.example.serial", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			mu.Lock()
			ran = append(ran, in.Args[0].(int64))
			mu.Unlock()
			if len(runs()) == 1 {
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
		if got := runs(); !slices.Equal(got, []int64{0}) { // still serial, over the reconnect
			s.t.Errorf("ran %v", got)
		}
		time.Sleep(2 * time.Hour)
		if got := runs(); !slices.Equal(got, []int64{0, 100}) {
			s.t.Errorf("ran %v", got)
		}
		if yields := next.of(wamptest.Yield, wamptest.Error); len(yields) != 1 || yields[0].Text(3) == "late" {
			s.t.Errorf("answers on the new session: %v", yields)
		}
	})
}

// H4: what was withdrawn while there was no session, or while it was being
// restored, is not there afterwards, and what was added is.
func TestH4_ChangesDuringTheOutage(t *testing.T) {
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
		s.until(c, recIn(wamp.BackingOff))
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

// H5: the router still holds the dead session. Everything else works, the
// H4: two subscriptions of one topic share the router's id on every session; each
