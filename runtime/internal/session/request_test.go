package session

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/internal/core"
)

// A waiter keeps nothing of the frame that settled it.
func TestPool_Waiter(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		w, done := r.call(r.t.Context(), "skip")
		r.expect(core.MsgCall)
		r.send(`[50,1,{"x":1},["out"]]`)
		<-done
		r.cfg.Pool.PutWaiter(w)
		if !w.Details.Absent() || !w.Payload.Args.Absent() || w.err != nil {
			r.t.Errorf("got %+v", w.Reply)
		}
		if again := r.cfg.Pool.Waiter(); len(again.done) != 0 {
			r.t.Error("a waiter from the pool is settled already")
		}
	})
}

// What is given back without a waiter is not waited for.
func TestPending_NobodyWaits(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		h := r.registered()
		r.subscribed()
		unregister := r.s.Unregister(nil, 7)
		r.expect(core.MsgUnregister)
		failed, none := Failed(context.Canceled), Pending{}
		for want, p := range map[error]*Pending{nil: &unregister, context.Canceled: &failed} {
			if replied, err := p.Wait(r.t.Context()); replied || err != want {
				r.t.Errorf("got %v, %v", replied, err)
			}
		}
		if replied, err := none.Wait(r.t.Context()); replied || err != nil {
			r.t.Errorf("got %v, %v", replied, err)
		}
		if saw := h.saw(); saw != "" {
			r.t.Errorf("got %s", saw)
		}
	})
}

// Who has said goodbye gives nothing back any more, and need not.
func TestPending_AfterGoodbye(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		r.registered()
		done := begin(func() bool { return r.s.Goodbye(r.t.Context(), ErrClosed) })
		r.expect(core.MsgGoodbye)
		p := r.s.Unregister(r.cfg.Pool.Waiter(), 7)
		if replied, err := p.Wait(r.t.Context()); replied || err != nil {
			r.t.Errorf("got %v, %v", replied, err)
		}
		r.send(`[6,{},"wamp.close.goodbye_and_out"]`)
		if !<-done {
			r.t.Error("not answered")
		}
	})
}

// A reply that is there already wins against the end of the ctx.
func TestPending_ReplyWins(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		ended, cancel := context.WithCancel(r.t.Context())
		cancel()
		for n := range 100 {
			w := r.cfg.Pool.Waiter()
			p := r.s.Register(r.t.Context(), w, newHandle(), "com.example.p", nil)
			m := r.expect(core.MsgRegister)
			r.send(fmt.Sprintf(`[65,%v,%d]`, m[1], n+1))
			synctest.Wait()
			if replied, err := p.Wait(ended); !replied || err != nil || w.ID != uint64(n+1) || len(w.done) != 0 {
				r.t.Fatalf("got %v, %v, %+v", replied, err, w.Reply)
			}
		}
	})
}
