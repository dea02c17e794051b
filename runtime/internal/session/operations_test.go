package session

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/core"
)

// registered returns a registration with id 7.
func (r *rig) registered() *handle {
	r.t.Helper()
	h, w := newHandle(), r.cfg.Pool.Waiter()
	p := r.s.Register(r.t.Context(), w, h, "com.example.p", nil)
	m := r.expect(core.MsgRegister)
	r.send(fmt.Sprintf(`[65,%v,7]`, m[1]))
	r.replied(&p, w, 7)
	return h
}

// subscribed returns a subscription with id 8.
func (r *rig) subscribed() *handle {
	r.t.Helper()
	h, w := newHandle(), r.cfg.Pool.Waiter()
	p := r.s.Subscribe(r.t.Context(), w, h, "com.example.t", nil)
	m := r.expect(core.MsgSubscribe)
	r.send(fmt.Sprintf(`[33,%v,8]`, m[1]))
	r.replied(&p, w, 8)
	return h
}

// replied waits for the reply to a request, which names id.
func (r *rig) replied(p *Pending, w *Waiter, id uint64) {
	r.t.Helper()
	if replied, err := p.Wait(r.t.Context()); !replied || err != nil || w.Failed || w.ID != id {
		r.t.Fatalf("got %v, %v, %+v", replied, err, w.Reply)
	}
}

func TestCall_Replies(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		w, done := r.call(r.t.Context(), "killnowait")
		if m := r.expect(core.MsgCall); fmt.Sprint(m[3:]) != "[com.example.p [in]]" {
			r.t.Errorf("got %v", m)
		}
		r.send(`[50,1,{},["out"]]`)
		if err := <-done; err != nil || w.Failed || string(w.Payload.Args.Data) != `["out"]` {
			r.t.Errorf("got %v, %+v", err, w.Reply)
		}
		w, done = r.call(r.t.Context(), "killnowait")
		r.expect(core.MsgCall)
		r.send(`[8,48,2,{"x":1},"com.example.error",["why"]]`)
		if err := <-done; err != nil || !w.Failed || w.URI != "com.example.error" || string(w.Details.Data) != `{"x":1}` || string(w.Payload.Args.Data) != `["why"]` {
			r.t.Errorf("got %v, %+v", err, w.Reply)
		}
	})
}

// The end of its ctx ends a call, and the router is told how.
func TestCall_EndsWithItsContext(t *testing.T) {
	for _, mode := range []string{"skip", "killnowait"} {
		bubble(t, func(r *rig) {
			r.join()
			ctx, cancel := context.WithCancel(r.t.Context())
			_, done := r.call(ctx, mode)
			r.expect(core.MsgCall)
			cancel()
			if err := <-done; err != context.Canceled || safe(err) {
				r.t.Errorf("got %v", err)
			}
			if m := r.expect(core.MsgCancel); fmt.Sprint(m[1:]) != fmt.Sprintf("[1 map[mode:%s]]", mode) {
				r.t.Errorf("got %v", m)
			}
			r.send(`[50,1,{}]`) // a late reply is no violation
			_, again := r.call(r.t.Context(), mode)
			r.expect(core.MsgCall)
			r.send(`[50,2,{}]`)
			if err := <-again; err != nil {
				r.t.Error(err)
			}
		})
	}
}

// A router that does not know CANCEL gets none.
func TestCall_WithoutCanceling(t *testing.T) {
	bubble(t, func(r *rig) {
		r.joinWith(`[2,1,{"roles":{"dealer":{}}}]`)
		ctx, cancel := context.WithCancel(r.t.Context())
		_, done := r.call(ctx, "kill")
		r.expect(core.MsgCall)
		cancel()
		if err := <-done; err != context.Canceled {
			r.t.Errorf("got %v", err)
		}
		_, again := r.call(r.t.Context(), "kill")
		r.expect(core.MsgCall)
		r.send(`[50,2,{}]`)
		if err := <-again; err != nil {
			r.t.Error(err)
		}
	})
}

// Mode kill waits for the callee's answer, within bounds.
func TestCall_Kill(t *testing.T) {
	for _, answer := range []string{`[8,48,1,{},"wamp.error.canceled"]`, `[50,1,{}]`, ""} {
		bubble(t, func(r *rig) {
			r.join()
			ctx, cancel := context.WithCancel(r.t.Context())
			w, done := r.call(ctx, "kill")
			r.expect(core.MsgCall)
			cancel()
			r.expect(core.MsgCancel)
			begin := time.Now()
			if answer != "" {
				r.send(answer)
				if err := <-done; err != nil || w.Stopped != context.Canceled || w.Failed != strings.HasPrefix(answer, "[8") {
					r.t.Errorf("got %v, %+v", err, w.Reply)
				}
				return
			}
			if err := <-done; err != context.Canceled || w.Stopped != nil || time.Since(begin) != killGrace {
				r.t.Errorf("after %v: %v, %+v", time.Since(begin), err, w.Reply)
			}
		})
	}
}

// A session that ends while a cancelled call awaits its answer ends the call.
func TestCall_KillAndLost(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		ctx, cancel := context.WithCancel(r.t.Context())
		w, done := r.call(ctx, "kill")
		r.expect(core.MsgCall)
		cancel()
		r.expect(core.MsgCancel)
		r.router.Close()
		if err := <-done; !errors.Is(err, ErrLost) || w.Stopped != context.Canceled {
			r.t.Errorf("got %v, %v", err, w.Stopped)
		}
	})
}

// The reply and the end of the ctx may come at once: one of them wins, and the
// next call is unharmed.
func TestCall_ReplyAtTheEndOfItsContext(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		for range 100 {
			ctx, cancel := context.WithCancel(r.t.Context())
			w, done := r.call(ctx, "skip")
			id := r.expect(core.MsgCall)[1]
			all := begin(func() bool { cancel(); return true })
			r.send(fmt.Sprintf(`[50,%v,{},["out"]]`, id))
			switch err := <-done; {
			case err == nil && string(w.Payload.Args.Data) == `["out"]`:
			case err == context.Canceled:
				if m := r.expect(core.MsgCancel); m[1] != id {
					r.t.Errorf("got %v", m)
				}
			default:
				r.t.Errorf("got %v, %+v", err, w.Reply)
			}
			<-all
			synctest.Wait()
			if len(w.done) != 0 {
				r.t.Error("the call was settled after it returned")
			}
		}
	})
}

func TestCall_Pending(t *testing.T) {
	bubble(t, func(r *rig) {
		r.cfg.Limits.Pending = 2
		r.join()
		for range 2 {
			r.call(r.t.Context(), "skip")
			r.expect(core.MsgCall)
		}
		_, third := r.call(r.t.Context(), "skip")
		if err := <-third; !errors.Is(err, ErrOverflow) || !safe(err) {
			r.t.Errorf("got %v", err)
		}
		w := r.cfg.Pool.Waiter() // what a subscription fetches has places of its own
		fetched := begin(func() error { return r.s.Fetch(r.t.Context(), w, "wamp.subscription.get_events", nil, r.payload()) })
		r.expect(core.MsgCall)
		r.send(`[50,3,{},[[]]]`)
		if err := <-fetched; err != nil {
			r.t.Error(err)
		}
	})
}

// What the router has not announced is refused here.
func TestOperations_Unsupported(t *testing.T) {
	for _, role := range []string{"broker", "dealer"} {
		bubble(t, func(r *rig) {
			r.joinWith(`[2,1,{"roles":{"` + role + `":{}}}]`)
			w, ctx := r.cfg.Pool.Waiter(), r.t.Context()
			errs := make(map[string]error)
			if role == "broker" {
				errs["call"] = r.s.Call(ctx, w, "com.example.p", nil, "skip", r.payload())
				errs["fetch"] = r.s.Fetch(ctx, w, "com.example.p", nil, r.payload())
			} else {
				errs["publish"] = r.s.Publish(ctx, w, "com.example.t", nil, r.payload())
			}
			for name, err := range errs {
				if !errors.Is(err, ErrUnsupported) || !safe(err) || !strings.Contains(err.Error(), "the router is not a") {
					r.t.Errorf("%s of a %s: %v", name, role, err)
				}
			}
		})
	}
}

func TestPublish(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		if err := r.publish(r.t.Context()); err != nil {
			r.t.Error(err)
		}
		r.expect(core.MsgPublish)
		w := r.cfg.Pool.Waiter()
		done := begin(func() error {
			return r.s.Publish(r.t.Context(), w, "com.example.t", core.Dict{{Key: "acknowledge", Value: true}}, r.payload())
		})
		if m := r.expect(core.MsgPublish); fmt.Sprint(m[1:4]) != "[2 map[acknowledge:true] com.example.t]" {
			r.t.Errorf("got %v", m)
		}
		r.send(`[17,2,99]`)
		if err := <-done; err != nil || w.ID != 99 {
			r.t.Errorf("got %v, %+v", err, w.Reply)
		}
		ctx, cancel := context.WithCancel(r.t.Context())
		done = begin(func() error { return r.s.Publish(ctx, w, "com.example.t", nil, r.payload()) })
		r.expect(core.MsgPublish)
		cancel()
		if err := <-done; err != context.Canceled {
			r.t.Errorf("got %v", err)
		}
	})
}

func TestRegistration(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		h := r.registered()
		const first = `[68,1,7,{},["a"]]`
		r.send(first, `[68,2,7,{},["b"]]`, `[68,3,7,{},["c"]]`)
		want := fmt.Sprintf(`invoke 1 ["a"], start %d, invoke 2 ["b"], start %d, invoke 3 ["c"], start %d`, len(first), len(first), len(first))
		if saw := h.saw(); saw != want {
			r.t.Errorf("got %s", saw)
		}
		if err := r.s.Yield(1, r.payload("result")); err != nil {
			r.t.Error(err)
		}
		if m := r.expect(core.MsgYield); fmt.Sprint(m[1:]) != "[1 map[] [result]]" {
			r.t.Errorf("got %v", m)
		}
		if err := r.s.Fail(2, "com.example.error", r.payload("why")); err != nil {
			r.t.Error(err)
		}
		if m := r.expect(core.MsgError); fmt.Sprint(m[1:]) != "[68 2 map[] com.example.error [why]]" {
			r.t.Errorf("got %v", m)
		}
		r.s.Refuse(3, "wamp.error.unavailable", r.payload("later"))
		if m := r.expect(core.MsgError); fmt.Sprint(m[1:]) != "[68 3 map[] wamp.error.unavailable [later]]" {
			r.t.Errorf("got %v", m)
		}
		r.send(`[68,4,7,{}]`, `[69,4,{"mode":"kill"}]`)
		if saw := h.saw(); !strings.HasSuffix(saw, ", interrupt") {
			r.t.Errorf("got %s", saw)
		}
		w := r.cfg.Pool.Waiter()
		p := r.s.Unregister(w, 7)
		m := r.expect(core.MsgUnregister)
		r.send(fmt.Sprintf(`[67,%v]`, m[1]))
		if replied, err := p.Wait(r.t.Context()); !replied || err != nil {
			r.t.Errorf("got %v, %v", replied, err)
		}
		p = r.s.Unregister(w, 7) // it is not there any more
		if replied, err := p.Wait(r.t.Context()); replied || err != nil {
			r.t.Errorf("got %v, %v", replied, err)
		}
	})
}

// An answer waits for room as long as its session lives.
func TestRegistration_AnswerWaitsForRoom(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		r.registered()
		r.send(`[68,1,7,{}]`)
		r.fill()
		done := begin(func() error { return r.s.Yield(1, r.payload("result")) })
		time.Sleep(time.Hour)
		if len(done) > 0 {
			r.t.Error("found room in a full queue")
		}
		r.line.free()
		if err := <-done; err != nil {
			r.t.Error(err)
		}
	})
}

func TestRegistration_Revoked(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		h := r.registered()
		r.send(`[67,0,{"registration":7}]`)
		if saw := h.saw(); saw != "revoked" {
			r.t.Errorf("got %s", saw)
		}
	})
}

func TestSubscription(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		one, two := r.subscribed(), r.subscribed() // of one topic
		const event = `[36,8,100,{},["a"]]`
		r.send(event)
		want := fmt.Sprintf(`event ["a"] of %d bytes`, len(event))
		if saw := one.saw() + "; " + two.saw(); saw != want+"; "+want {
			r.t.Errorf("got %s", saw)
		}
		first := r.s.Unsubscribe(r.cfg.Pool.Waiter(), 8, one) // the other one stays
		if replied, err := first.Wait(r.t.Context()); replied || err != nil {
			r.t.Errorf("got %v, %v", replied, err)
		}
		r.send(event)
		if saw := one.saw() + "; " + two.saw(); saw != "; "+want {
			r.t.Errorf("got %s", saw)
		}
		last := r.s.Unsubscribe(r.cfg.Pool.Waiter(), 8, two)
		m := r.expect(core.MsgUnsubscribe)
		r.send(fmt.Sprintf(`[35,%v]`, m[1]))
		if replied, err := last.Wait(r.t.Context()); !replied || err != nil {
			r.t.Errorf("got %v, %v", replied, err)
		}
	})
}

func TestSubscription_Revoked(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		one, two := r.subscribed(), r.subscribed()
		r.send(`[35,0,{"subscription":8}]`)
		if saw := one.saw() + "; " + two.saw(); saw != "revoked; revoked" {
			r.t.Errorf("got %s", saw)
		}
	})
}

// A request that nobody waits for is undone when it succeeds late.
func TestSubscription_GivenUp(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		ctx, cancel := context.WithCancel(r.t.Context())
		p := r.s.Subscribe(ctx, r.cfg.Pool.Waiter(), newHandle(), "com.example.t", nil)
		r.expect(core.MsgSubscribe)
		cancel()
		if replied, err := p.Wait(ctx); replied || err != context.Canceled {
			r.t.Errorf("got %v, %v", replied, err)
		}
		r.send(`[33,1,8]`)
		if m := r.expect(core.MsgUnsubscribe); m[2] != 8.0 {
			r.t.Errorf("got %v", m)
		}
	})
}
