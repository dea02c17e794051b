package session

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/transport"
)

// publish queues a message that nobody waits for.
func (r *rig) publish(ctx context.Context) error {
	return r.s.Publish(ctx, nil, "com.example.t", nil, r.payload("text"))
}

// fill queues messages while the writer is held until there is no room.
func (r *rig) fill() {
	r.t.Helper()
	r.hold()
	for range r.cfg.Limits.QueueFrames {
		if err := r.publish(r.t.Context()); err != nil {
			r.t.Fatal(err)
		}
	}
}

// What finds no room waits for the writer.
func TestQueue_WaitsForRoom(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		r.fill()
		var waiting []<-chan error
		for range 3 {
			waiting = append(waiting, begin(func() error { return r.publish(r.t.Context()) }))
		}
		synctest.Wait()
		for _, done := range waiting {
			if len(done) > 0 {
				r.t.Error("a message found room in a full queue")
			}
		}
		r.line.free()
		for range 1 + r.cfg.Limits.QueueFrames + len(waiting) {
			r.expect(core.MsgPublish)
		}
		for _, done := range waiting {
			if err := <-done; err != nil {
				r.t.Error(err)
			}
		}
	})
}

// The queue is bounded in bytes, and takes one message of any size.
func TestQueue_Bytes(t *testing.T) {
	bubble(t, func(r *rig) {
		r.cfg.Limits.QueueBytes = 10
		r.join()
		r.hold()
		if err := r.publish(r.t.Context()); err != nil {
			r.t.Error(err)
		}
		second := begin(func() error { return r.publish(r.t.Context()) })
		synctest.Wait()
		if len(second) > 0 {
			r.t.Error("a message found room in a full queue")
		}
		r.line.free()
		if err := <-second; err != nil {
			r.t.Error(err)
		}
	})
}

// Who waits for room waits no longer than for his ctx, or the session, and
// nothing was sent.
func TestQueue_WaitEnds(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		r.fill()
		ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
		defer cancel()
		if err := r.publish(ctx); !errors.Is(err, context.DeadlineExceeded) || !safe(err) {
			r.t.Errorf("after the ctx: %v", err)
		}
		waiting := begin(func() error { return r.publish(r.t.Context()) })
		synctest.Wait()
		r.s.Lose(os.ErrClosed)
		if err := <-waiting; !Gone(err) {
			r.t.Errorf("after the session: %v", err)
		}
		if err := r.publish(r.t.Context()); !Gone(err) {
			r.t.Errorf("on an ended session: %v", err)
		}
	})
}

// All kinds of operations wait for room in the same way.
func TestQueue_EveryOperationWaits(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		r.fill()
		ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
		defer cancel()
		w, h := r.cfg.Pool.Waiter(), newHandle()
		register, subscribe := r.s.Register(ctx, w, h, "com.example.p", nil), r.s.Subscribe(ctx, w, h, "com.example.t", nil)
		_, registered := register.Wait(r.t.Context())
		_, subscribed := subscribe.Wait(r.t.Context())
		for name, err := range map[string]error{
			"call":      r.s.Call(ctx, w, "com.example.p", nil, "killnowait", r.payload()),
			"fetch":     r.s.Fetch(ctx, w, "wamp.subscription.get_events", nil, r.payload()),
			"publish":   r.s.Publish(ctx, w, "com.example.t", nil, r.payload()),
			"register":  registered,
			"subscribe": subscribed,
		} {
			if !errors.Is(err, context.DeadlineExceeded) || !safe(err) {
				r.t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// What is queued while a write is under way leaves in one write.
func TestWriter_Coalesces(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		r.fill()
		before := r.line.flushes.Load()
		r.line.free()
		for range 1 + r.cfg.Limits.QueueFrames {
			r.expect(core.MsgPublish)
		}
		synctest.Wait()
		if n := r.line.flushes.Load() - before; n != 1 {
			r.t.Errorf("%d messages left in %d writes, want 1", r.cfg.Limits.QueueFrames, n)
		}
	})
}

// A failure of the connection ends the session with its error, also one that
// only the writer sees.
func TestWriter_Failure(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		want := errors.New("the wire is cut")
		r.line.broken.Store(&want)
		w, done := r.call(r.t.Context(), "killnowait")
		if err := <-done; !errors.Is(err, ErrLost) || !errors.Is(err, want) || safe(err) {
			r.t.Errorf("got %v", err)
		}
		if r.s.Cause() != want || len(w.done) != 0 {
			r.t.Errorf("got %v", r.s.Cause())
		}
		r.expectEnd(-1)
	})
}

func TestDepths(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		if pending, messages, bytes := r.s.Depths(); pending != 0 || messages != 0 || bytes != 0 {
			r.t.Errorf("idle: got %d, %d, %d", pending, messages, bytes)
		}
		r.call(r.t.Context(), "skip")
		r.expect(core.MsgCall)
		r.hold()
		if err := errors.Join(r.publish(r.t.Context()), r.publish(r.t.Context())); err != nil {
			r.t.Fatal(err)
		}
		want := len(`[16,3,{},"com.example.t",["text"]]`) * 2
		if pending, messages, bytes := r.s.Depths(); pending != 1 || messages != 2 || bytes != want {
			r.t.Errorf("got %d, %d, %d, want 1, 2, %d", pending, messages, bytes, want)
		}
	})
}

func TestUnwritten(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		if n := r.s.Unwritten(r.t.Context()); n != 0 {
			r.t.Errorf("%d messages wait in an idle session", n)
		}
		r.fill()
		ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
		defer cancel()
		if n := r.s.Unwritten(ctx); n != r.cfg.Limits.QueueFrames {
			r.t.Errorf("%d messages wait, want %d", n, r.cfg.Limits.QueueFrames)
		}
		left := begin(func() int { return r.s.Unwritten(r.t.Context()) })
		synctest.Wait()
		r.line.free()
		if n := <-left; n != 0 {
			r.t.Errorf("%d messages wait after they were written", n)
		}
	})
}

func TestUnwritten_SessionEnds(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		r.fill()
		left := begin(func() int { return r.s.Unwritten(r.t.Context()) })
		synctest.Wait()
		r.s.Lose(os.ErrClosed)
		if n := <-left; n != 0 {
			r.t.Errorf("%d messages wait in an ended session", n)
		}
	})
}

// The smaller of what the router takes and what the client wants to send is the
// limit. A larger message fails alone.
func TestSendLimit(t *testing.T) {
	for _, c := range []struct{ link, client, want int }{{0, 200, 200}, {200, 300, 200}, {300, 200, 200}} {
		if got := (&Config{SendLimit: c.client}).sendLimit(&transport.Link{SendLimit: c.link}); got != c.want {
			t.Errorf("%+v: got %d", c, got)
		}
	}
}

func TestSendLimit_Refuses(t *testing.T) {
	bubble(t, func(r *rig) {
		r.cfg.SendLimit = 2000 // HELLO must fit
		r.join()
		large := func(n int) error {
			return r.s.Publish(r.t.Context(), nil, "com.example.t", nil, r.payload(strings.Repeat("x", n)))
		}
		if err := large(2000); !errors.Is(err, ErrTooLarge) || !safe(err) || Oversize(err) {
			r.t.Errorf("got %v", err)
		}
		fetch := r.s.Fetch(r.t.Context(), r.cfg.Pool.Waiter(), "wamp.subscription.get_events", nil, r.payload(strings.Repeat("x", 2000)))
		if !errors.Is(fetch, ErrTooLarge) || !safe(fetch) {
			r.t.Errorf("got %v", fetch)
		}
		if err := r.publish(r.t.Context()); err != nil {
			r.t.Error(err)
		}
		if m := r.expect(core.MsgPublish); m[1] != 1.0 { // no id was used up
			r.t.Errorf("got %v", m)
		}
	})
}

// pinging is a line that can ping.
type pinging struct {
	*line
	pings chan error // results to come
}

func (p *pinging) Ping() error {
	select {
	case err := <-p.pings:
		return err
	default:
		return errors.New("one ping too many")
	}
}

// A connection that can is pinged in the interval; a ping that fails ends the
// session.
func TestWriter_Pings(t *testing.T) {
	broken := errors.New("no more pings")
	for interval, want := range map[time.Duration]time.Duration{
		0: 3 * transport.DefaultPingInterval, time.Minute: 3 * time.Minute, -1: 0,
	} {
		bubble(t, func(r *rig) {
			pings := &pinging{r.line, make(chan error, 3)}
			for _, err := range []error{nil, nil, broken} {
				pings.pings <- err
			}
			open := r.cfg.Dialer
			r.cfg.Link.PingInterval = interval
			r.cfg.Dialer = dialer(func() (*transport.Link, error) {
				link, err := open.Dial(r.t.Context(), "", transport.Options{})
				link.Conn = pings
				return link, err
			})
			r.join()
			begin := time.Now()
			select {
			case <-r.s.Done():
			case <-time.After(24 * time.Hour):
				if want != 0 {
					r.t.Error("the session has not ended")
				}
				return
			}
			if took := time.Since(begin); took != want || r.s.Cause() != broken {
				r.t.Errorf("interval %v: ended after %v: %v", interval, took, r.s.Cause())
			}
		})
	}
}
