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

// recAsks are what REGISTERs and SUBSCRIBEs ask for, without their ids.
func recAsks(ms []wamptest.Message) []string {
	var out []string
	for _, m := range ms {
		out = append(out, fmt.Sprint(m.Type(), m.Dict(2), m.Text(3)))
	}
	return out
}

// losses are the ways in which a router can go.
var losses = []func(*stage.Stage, *stage.Session){
	func(s *stage.Stage, _ *stage.Session) { s.Stop(); s.Start() },
	func(_ *stage.Stage, p *stage.Session) { p.Peer.Close() },
	func(_ *stage.Stage, p *stage.Session) {
		p.Peer.Send(wamptest.Message{wamptest.Goodbye, map[string]any{}, "wamp.close.system_shutdown"})
	},
	func(_ *stage.Stage, p *stage.Session) {
		p.Peer.Send(wamptest.Message{wamptest.Abort, map[string]any{}, "wamp.close.killed"})
	},
	func(_ *stage.Stage, p *stage.Session) { p.Peer.SendRaw([]byte("\x00nonsense")) },
	func(s *stage.Stage, _ *stage.Session) { s.Net.HalfOpen() },
}

// H4: 20 losses, each time all 100 are back once, in order, with their options
// and new ids; their events and invocations flow, those of old ids do not.
func TestH4_FullRecovery(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		r := s.Play(stage.Remap)
		c := s.Connected(s.Dial(wamp.WithRawSocketPing()))
		var w stage.Intents
		w.Add(s, c, 50)
		first := <-r.Came
		want := recAsks(first.Of(wamptest.Register, wamptest.Subscribe))
		if len(want) != 100 {
			s.T.Fatalf("%d requests", len(want))
		}
		last := first
		for i := range 20 {
			losses[i%len(losses)](s, last)
			last = <-r.Came
			s.Until(c, func(st wamp.Status) bool { return st.State == wamp.Ready && int(st.Session) == i+2 })
			asks := last.Of(wamptest.Register, wamptest.Subscribe)
			if got := recAsks(asks); !slices.Equal(got, want) {
				s.T.Fatalf("loss %d: want\n%v\ngot\n%v", i, want, got)
			}
			w.Use(s, last, asks)
			w.Expect(s, int64(i+1))
		}
		if answered := len(last.Of(wamptest.Error)); answered != 50 { // R059: the ids of the session before
			s.T.Errorf("%d invocations of old ids were refused, want 50", answered)
		}
	})
}

// H4: an invocation that waits behind a serial one when its session ends never
// runs; the one that runs learns of the loss and its answer goes nowhere.
func TestH4_NoHandlerForTheOldSession(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		r := s.Play(stage.Remap)
		c := s.Connected(s.Dial())
		var mu sync.Mutex
		var ran []int64
		runs := func() []int64 {
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(ran)
		}
		causes := make(chan error, 10)
		_, err := c.Register(s.T.Context(), "com.example.serial", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			mu.Lock()
			ran = append(ran, in.Args[0].(int64))
			mu.Unlock()
			if len(runs()) == 1 {
				<-ctx.Done()
				causes <- context.Cause(ctx)
				time.Sleep(time.Hour) // it does not hurry
			}
			return in, nil
		}, wamp.WithConcurrency(1))
		if err != nil {
			s.T.Fatal(err)
		}
		old := <-r.Came
		id := stage.ID(0, old.Of(wamptest.Register)[0].ID(1))
		for i := range 5 {
			old.Peer.Send(wamptest.Message{wamptest.Invocation, i + 1, id, map[string]any{}, []any{i}})
		}
		synctest.Wait()
		old.Peer.Reset()
		if err := <-causes; !errors.Is(err, wamp.ErrLost) {
			s.T.Errorf("cause %v", err)
		}
		next := <-r.Came
		s.Until(c, stage.In(wamp.Ready))
		id = stage.ID(1, next.Of(wamptest.Register)[0].ID(1))
		next.Peer.Send(wamptest.Message{wamptest.Invocation, 1, id, map[string]any{}, []any{100}})
		synctest.Wait()
		if got := runs(); !slices.Equal(got, []int64{0}) { // still serial, over the reconnect
			s.T.Errorf("ran %v", got)
		}
		time.Sleep(2 * time.Hour)
		if got := runs(); !slices.Equal(got, []int64{0, 100}) {
			s.T.Errorf("ran %v", got)
		}
		if yields := next.Of(wamptest.Yield, wamptest.Error); len(yields) != 1 || yields[0].Text(3) == "late" {
			s.T.Errorf("answers on the new session: %v", yields)
		}
	})
}

// H4: what was withdrawn while there was no session, or while it was being
// restored, is not there afterwards, and what was added is.
func TestH4_ChangesDuringTheOutage(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		hold := make(chan struct{})
		r := s.Play(func(sess *stage.Session, m wamptest.Message) []wamptest.Message {
			if sess.Index == 1 && m.Text(3) == "com.example.p1" {
				<-hold // answered while the test withdraws it
			}
			return stage.Remap(sess, m)
		})
		c := s.Connected(s.Dial())
		var w stage.Intents
		w.Add(s, c, 4)
		<-r.Came
		s.Stop()
		s.Until(c, stage.In(wamp.BackingOff))
		ctx := s.T.Context()
		if err := errors.Join(w.Regs[0].Unregister(ctx), w.Subs[3].Unsubscribe(ctx)); err != nil {
			s.T.Error(err)
		}
		added := make(chan error, 1)
		go func() {
			_, err := c.Subscribe(ctx, "com.example.late", func(context.Context, wamp.Payload) error { return nil })
			added <- err
		}()
		synctest.Wait()
		s.Start()
		next := <-r.Came
		synctest.Wait()
		if err := w.Regs[1].Unregister(ctx); err != nil { // REGISTER is under way
			s.T.Error(err)
		}
		close(hold)
		if err := <-added; err != nil {
			s.T.Error(err)
		}
		s.Until(c, stage.In(wamp.Ready))
		synctest.Wait()
		var asked []string
		for _, m := range next.Of(wamptest.Register, wamptest.Subscribe) {
			asked = append(asked, m.Text(3))
		}
		want := []string{"com.example.t0", "com.example.p1", "com.example.t1", "com.example.p2..x", "com.example.t2..x",
			"com.example.p3", "com.example.late"}
		if !slices.Equal(asked, want) {
			s.T.Errorf("asked for %v", asked)
		}
		back := next.Of(wamptest.Unregister)
		if len(back) != 1 || back[0].ID(2) != stage.ID(1, next.Of(wamptest.Register)[0].ID(1)) {
			s.T.Errorf("taken back: %v", back)
		}
		for _, done := range []<-chan struct{}{w.Regs[0].Done(), w.Regs[1].Done(), w.Subs[3].Done()} {
			select {
			case <-done:
			default:
				s.T.Error("not done")
			}
		}
	})
}

// H5: the router still holds the dead session. Everything else works, the
// H4: two subscriptions of one topic share the router's id on every session; each
