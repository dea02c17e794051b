package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// recAsks are what REGISTERs and SUBSCRIBEs ask for, without their ids.
func recAsks(ms []wamptest.Message) []string {
	var out []string
	for _, m := range ms {
		out = append(out, fmt.Sprint(m.Type(), m.Dict(2), m.Text(3)))
	}
	return out
}

// recLosses are the ways in which a router can go.
var recLosses = []func(*faultStage, *recSession){
	func(s *faultStage, _ *recSession) { s.Stop(); s.Start() },
	func(_ *faultStage, p *recSession) { p.peer.Close() },
	func(_ *faultStage, p *recSession) {
		p.peer.Send(wamptest.Message{wamptest.Goodbye, map[string]any{}, "wamp.close.system_shutdown"})
	},
	func(_ *faultStage, p *recSession) {
		p.peer.Send(wamptest.Message{wamptest.Abort, map[string]any{}, "wamp.close.killed"})
	},
	func(_ *faultStage, p *recSession) { p.peer.SendRaw([]byte("\x00nonsense")) },
	func(s *faultStage, _ *recSession) { s.net.HalfOpen() },
}

// H4: 20 losses, each time all 100 are back once, in order, with their options
// and new ids; their events and invocations flow, those of old ids do not.
func TestH4_FullRecovery(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
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
	recTransports(t, func(s *faultStage) {
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
	recTransports(t, func(s *faultStage) {
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
