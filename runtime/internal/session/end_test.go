package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/transport"
)

// ends are all the ways in which a session can end but by its client's will.
var ends = map[string]func(*rig){
	"hang up":   func(r *rig) { r.router.Close() },
	"goodbye":   func(r *rig) { r.send(`[6,{"message":"maintenance"},"wamp.close.system_shutdown"]`) },
	"abort":     func(r *rig) { r.send(`[3,{},"wamp.error.system_overload"]`) },
	"violation": func(r *rig) { r.send(`[50,99]`) },
	"lost":      func(r *rig) { r.s.Lose(os.ErrDeadlineExceeded) },
	"lost by several": func(r *rig) {
		done := make(chan bool, 10)
		for range cap(done) {
			go func() { r.s.Lose(os.ErrDeadlineExceeded); done <- true }()
		}
		for range cap(done) {
			<-done
		}
	},
}

// However a session ends, whoever waits learns it once, and whether his request
// was written.
func TestEnd_SettlesEveryWaiterOnce(t *testing.T) {
	for name, end := range ends {
		bubble(t, func(r *rig) {
			r.join()
			pool, ctx, h := r.cfg.Pool, r.t.Context(), newHandle()
			type asked struct {
				w    *Waiter
				done <-chan error
			}
			ask := func() []asked {
				ws := []*Waiter{pool.Waiter(), pool.Waiter(), pool.Waiter(), pool.Waiter()}
				register := r.s.Register(ctx, ws[2], h, "com.example.p", nil)
				subscribe := r.s.Subscribe(ctx, ws[3], h, "com.example.t", nil)
				return []asked{
					{ws[0], begin(func() error { return r.s.Call(ctx, ws[0], "com.example.p", nil, "killnowait", r.payload()) })},
					{ws[1], begin(func() error { return r.s.Publish(ctx, ws[1], "com.example.t", nil, r.payload()) })},
					{ws[2], begin(func() error { _, err := register.Wait(ctx); return err })},
					{ws[3], begin(func() error { _, err := subscribe.Wait(ctx); return err })},
				}
			}
			sent := ask()
			r.hold()
			unsent := ask()
			synctest.Wait()
			go r.line.free() // an ended session writes its last word
			end(r)
			for i, a := range append(sent, unsent...) {
				err := <-a.done
				if !errors.Is(err, ErrLost) || !strings.HasPrefix(err.Error(), "wamp: session lost") {
					r.t.Errorf("%s: request %d: %v", name, i, err)
				}
				if i < len(sent) && safe(err) {
					r.t.Errorf("%s: request %d was sent: %v", name, i, err)
				}
				if peer, ok := errors.AsType[*peerError](err); ok { // it is no answer to the request
					r.t.Errorf("%s: request %d unwraps to %v", name, i, peer)
				}
			}
			r.s.Wait()
			for _, a := range append(sent, unsent...) {
				if len(a.w.done) != 0 {
					r.t.Errorf("%s: a waiter was settled twice", name)
				}
			}
		})
	}
}

// A request that the writer had not taken is safe to retry.
func TestEnd_Unsent(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		r.hold()
		_, done := r.call(r.t.Context(), "killnowait")
		synctest.Wait()
		r.s.Lose(os.ErrDeadlineExceeded)
		if err := <-done; !errors.Is(err, ErrLost) || !safe(err) || !errors.Is(err, os.ErrDeadlineExceeded) {
			r.t.Errorf("got %v", err)
		}
	})
}

// The first cause stays, and Ending comes before it.
func TestEnd_FirstCause(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		r.cfg.Ending = func(s *Session) {
			if s == r.s {
				r.ending.Add(1)
			}
			if s.Life().Err() != nil && r.ending.Load() == 1 {
				r.t.Error("the session had ended before")
			}
		}
		r.s.Lose(io.EOF)
		r.s.Lose(os.ErrDeadlineExceeded)
		if r.s.Cause() != io.EOF || r.s.Life().Err() == nil || r.ending.Load() == 0 {
			r.t.Errorf("got %v", r.s.Cause())
		}
	})
}

// Invocations learn of the end; what their handlers answer then is of no
// interest and no error.
func TestEnd_Invocations(t *testing.T) {
	for name, end := range ends {
		bubble(t, func(r *rig) {
			r.join()
			h := r.registered()
			r.send(`[68,1,7,{},["a"]]`)
			if saw := h.saw(); !strings.HasPrefix(saw, "invoke 1") {
				r.t.Errorf("%s: %s", name, saw)
			}
			end(r)
			if saw := h.saw(); saw != "lose" {
				r.t.Errorf("%s: %s", name, saw)
			}
			if err := errors.Join(r.s.Yield(1, r.payload()), r.s.Fail(1, "com.example.error", r.payload())); err != nil {
				r.t.Errorf("%s: %v", name, err)
			}
			r.s.Refuse(1, "com.example.error", r.payload())
			for _, p := range []Pending{r.s.Unregister(r.cfg.Pool.Waiter(), 7), r.s.Unsubscribe(r.cfg.Pool.Waiter(), 7, h)} {
				if replied, err := p.Wait(r.t.Context()); replied || err != nil {
					r.t.Errorf("%s: gave back on an ended session: %v, %v", name, replied, err)
				}
			}
		})
	}
}

// The router's last word is the cause; GOODBYE is answered, ABORT is not.
func TestEnd_WordOfTheRouter(t *testing.T) {
	for name, want := range map[string]peerError{
		"goodbye": {"wamp.close.system_shutdown", "maintenance"}, "abort": {"wamp.error.system_overload", ""},
	} {
		bubble(t, func(r *rig) {
			r.join()
			ends[name](r)
			if name == "goodbye" {
				if m := r.expect(core.MsgGoodbye); m[2] != "wamp.close.goodbye_and_out" {
					r.t.Errorf("got %v", m)
				}
			}
			r.expectEnd(closeNormal)
			if got, ok := errors.AsType[*peerError](r.s.Cause()); !ok || *got != want {
				r.t.Errorf("got %v, want %v", r.s.Cause(), want)
			}
			if text := r.s.Cause().Error(); strings.Count(text, "wamp: ") != 1 || !strings.HasSuffix(text, want.uri+" ("+want.text+")") {
				r.t.Errorf("the cause is %s", text)
			}
		})
	}
}

// A router that shuts down, or says goodbye, sends its clients away; one that
// ends a session otherwise does not.
func TestDismissed(t *testing.T) {
	for name, end := range ends {
		bubble(t, func(r *rig) {
			r.join()
			end(r)
			<-r.s.Done()
			if got := Dismissed(r.s.Cause()); got != (name == "goodbye") {
				r.t.Errorf("%s: got %v", name, got)
			}
		})
	}
	for _, uri := range []string{"wamp.close.system_shutdown", "wamp.error.system_shutdown"} {
		bubble(t, func(r *rig) {
			r.join()
			r.send(fmt.Sprintf(`[3,{},%q]`, uri))
			<-r.s.Done()
			if !Dismissed(r.s.Cause()) || !Dismissed(fmt.Errorf("around it: %w", r.s.Cause())) {
				r.t.Errorf("%s: got %v", uri, r.s.Cause())
			}
		})
	}
	if Dismissed(nil) || Dismissed(io.EOF) {
		t.Error("what no router said sends clients away")
	}
}

// What a session that has ended can not begin any more had no effect.
func TestLostUnsent(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		r.s.Lose(os.ErrDeadlineExceeded)
		err := r.s.LostUnsent()
		if !errors.Is(err, ErrLost) || !errors.Is(err, os.ErrDeadlineExceeded) || !safe(err) {
			r.t.Errorf("got %v", err)
		}
	})
}

// A violation is answered with ABORT, unless it is in the router's own.
func TestEnd_Violation(t *testing.T) {
	for message, answered := range map[string]bool{
		`nonsense`: true, `[]`: true, `[99,1]`: true, `[70,1,{}]`: true, welcome: true, `[3,{}]`: false, `[3,1,"a.b"]`: false,
	} {
		bubble(t, func(r *rig) {
			r.join()
			r.send(message)
			if answered {
				if m := r.expect(core.MsgAbort); m[2] != "wamp.error.protocol_violation" || m[1].(map[string]any)["message"] == "" {
					r.t.Errorf("%s: %v", message, m)
				}
			}
			r.expectEnd(closeViolation)
			if _, ok := errors.AsType[*core.Violation](r.s.Cause()); !ok {
				r.t.Errorf("%s: %T %v", message, r.s.Cause(), r.s.Cause())
			}
		})
	}
}

func TestGoodbye_Answered(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		_, call := r.call(r.t.Context(), "killnowait")
		r.expect(core.MsgCall)
		done := begin(func() bool { return r.s.Goodbye(r.t.Context(), ErrClosed) })
		if m := r.expect(core.MsgGoodbye); m[2] != "wamp.close.close_realm" {
			r.t.Errorf("got %v", m)
		}
		if err := r.publish(r.t.Context()); err == nil || !Gone(err) {
			r.t.Errorf("behind GOODBYE: %v", err)
		}
		r.send(`[6,{},"wamp.close.goodbye_and_out"]`)
		if !<-done {
			r.t.Error("not answered")
		}
		r.expectEnd(closeNormal)
		if err := <-call; !errors.Is(err, ErrLost) || !errors.Is(err, ErrClosed) || r.s.Cause() != ErrClosed {
			r.t.Errorf("got %v", err)
		}
		if !r.s.Goodbye(r.t.Context(), ErrClosed) {
			r.t.Error("a session that has ended has nothing to say")
		}
	})
}

// Without an answer, the session ends with the ctx.
func TestGoodbye_Unanswered(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
		defer cancel()
		begin := time.Now()
		if r.s.Goodbye(ctx, ErrClosed) || time.Since(begin) != time.Minute {
			r.t.Errorf("answered after %v", time.Since(begin))
		}
		r.expect(core.MsgGoodbye)
		r.expectEnd(closeNormal)
		if r.s.Cause() != ErrClosed {
			r.t.Errorf("got %v", r.s.Cause())
		}
	})
}

// A client that is closed while its session is being replaced says GOODBYE once, behind
// what was queued, and waits for the answer.
func TestGoodbye_Twice(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		r.hold()
		if err := r.publish(r.t.Context()); err != nil {
			r.t.Fatal(err)
		}
		replaced := begin(func() bool { return r.s.Goodbye(r.t.Context(), io.EOF) })
		synctest.Wait()
		closed := begin(func() bool { return r.s.Goodbye(r.t.Context(), ErrClosed) })
		synctest.Wait()
		r.line.free()
		r.expect(core.MsgPublish)
		r.expect(core.MsgPublish)
		r.expect(core.MsgGoodbye)
		r.send(`[6,{},"wamp.close.goodbye_and_out"]`)
		if !<-replaced || !<-closed {
			r.t.Error("not answered")
		}
		r.expectEnd(closeNormal)
	})
}

// Both sides leave at once: neither answers.
func TestGoodbye_Crosses(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		r.hold()
		done := begin(func() bool { return r.s.Goodbye(r.t.Context(), ErrClosed) })
		synctest.Wait()
		r.send(`[6,{},"wamp.close.system_shutdown"]`)
		r.line.free()
		r.expect(core.MsgPublish)
		if !<-done {
			r.t.Error("not answered")
		}
		if r.s.Cause() != ErrClosed {
			r.t.Errorf("got %v", r.s.Cause())
		}
	})
}

// A session that has ended takes its time for its last word, up to a bound that
// depends on whether anybody waits for it.
func TestWait_IsBounded(t *testing.T) {
	for name, c := range map[string]struct {
		patience time.Duration // ends then
		want     time.Duration
	}{"patient": {time.Hour, linger}, "in a hurry": {300 * time.Millisecond, 400 * time.Millisecond}, "in a hurry from the start": {0, lingerInHurry}} {
		bubble(t, func(r *rig) {
			ctx, cancel := context.WithTimeout(r.t.Context(), c.patience)
			defer cancel()
			r.cfg.Patience = ctx
			r.join()
			r.hold()
			r.send(`[50,99]`) // is answered with ABORT
			begin := time.Now()
			synctest.Wait()
			r.s.Wait()
			if took := time.Since(begin); took != c.want {
				r.t.Errorf("%s: took %v, want %v", name, took, c.want)
			}
		})
	}
}

func TestOversize(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{transport.ErrTooLarge, true},
		{fmt.Errorf("wamp: read: %w", transport.ErrTooLarge), true},
		{&transport.CloseError{Code: 1009}, true},
		{Lost(&transport.CloseError{Code: 1009}), true},
		{&transport.CloseError{Code: 1002}, false},
		{ErrTooLarge, false}, // of ours: it ended nothing
		{io.EOF, false},
		{nil, false},
	} {
		if got := Oversize(c.err); got != c.want {
			t.Errorf("%v: got %v", c.err, got)
		}
	}
}

// What a message larger than the client takes ended is known by its error.
func TestOversize_OfASession(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		err := fmt.Errorf("wamp: read: %w", transport.ErrTooLarge)
		r.s.Lose(err)
		if !Oversize(r.s.Cause()) {
			r.t.Errorf("got %v", r.s.Cause())
		}
	})
}

func TestErrors(t *testing.T) {
	cause := errors.New("cause")
	for _, c := range []struct {
		err  error
		is   error
		safe bool
		text string
	}{
		{Unsent(cause), cause, true, "cause"},
		{Lost(cause), ErrLost, false, "wamp: session lost, outcome unknown: cause"},
		{Lost(cause), cause, false, "wamp: session lost, outcome unknown: cause"},
		{&lostError{cause, true}, ErrLost, true, "wamp: session lost before it was sent: cause"},
		{refusal(core.ErrPending), ErrOverflow, true, "wamp: too many requests are pending"},
		{refusal(&core.TooLarge{Size: 9, Limit: 5}), ErrTooLarge, true, "wamp: message too large: 9 bytes, the limit is 5"},
		{refusal(core.ErrClosed), ErrGone, false, ErrGone.Error()},
		{refusal(cause), cause, true, "cause"},
	} {
		if !errors.Is(c.err, c.is) || safe(c.err) != c.safe || c.err.Error() != c.text {
			t.Errorf("got %v (%v), want %q", c.err, safe(c.err), c.text)
		}
	}
	if err := Lost(said{error: cause}); errors.Is(err, cause) || !errors.Is(err, ErrLost) {
		t.Errorf("the router's word answers the request: %v", err)
	}
}
