package recovery

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// H1: the router dies under 100 calls, an acknowledged publish and a register.
// All return at once; afterwards there is a new session. R026, R027.
func TestH1_InFlightIsSettled(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		calls := stage.Calls(s, c, 100)
		acked := make(chan error, 1)
		go func() { acked <- c.Publish(s.T.Context(), "com.example.topic", nil, nil, wamp.WithAcknowledge()) }()
		for range 101 {
			if _, err := p.Next(); err != nil {
				s.T.Fatal(err)
			}
		}
		begin := time.Now()
		p.Reset()
		s.Lost(calls, 100, false)
		s.Lost(acked, 1, false)
		if took := time.Since(begin); took != 0 {
			s.T.Errorf("it took %v", took)
		}
		if st := c.Status(); st.State != wamp.BackingOff || st.Err == nil || st.Next.IsZero() {
			s.T.Errorf("status %+v", st)
		}
		if err := c.Publish(s.T.Context(), "com.example.topic", nil, nil); !errors.Is(err, wamp.ErrNotReady) || !wamp.SafeToRetry(err) {
			s.T.Errorf("publish without a session: %v", err)
		}
		p = s.Accept()
		p.Join()
		s.Works(c, p)
	})
}

// H1: what the transport had not been given can be repeated, and only that.
func TestH1_UnsentIsSafeToRetry(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		seen := stage.Calls(s, c, 50)
		for range 50 {
			p.Expect(wamptest.Call)
		}
		p.Hang()
		stuck := stage.Calls(s, c, 1, strings.Repeat("x", 1<<20)) // more than the connection holds
		synctest.Wait()                                           // the writer is in the middle of it
		queued := stage.Calls(s, c, 50)
		synctest.Wait()
		p.Close()
		s.Lost(seen, 50, false)
		s.Lost(stuck, 1, false)
		s.Lost(queued, 50, true)
		p = s.Accept()
		p.Join()
		s.Works(c, p)
	})
}

// H1 again: a router that says GOODBYE or ABORT, or only closes, and one that
// was told to kill the session. R021, R025, R249.
func TestH1_EveryWayToLeave(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		none := map[string]any{}
		for name, leave := range map[string]func(){
			"close": func() { p.Close() },
			"reset": func() { p.Reset() },
			"GOODBYE": func() {
				p.Send(wamptest.Message{wamptest.Goodbye, none, "wamp.close.system_shutdown"})
				if m := p.Expect(wamptest.Goodbye); m.Text(2) != "wamp.close.goodbye_and_out" {
					s.T.Errorf("answer %v", m)
				}
			},
			"killed": func() {
				p.Send(wamptest.Message{wamptest.Goodbye, map[string]any{"message": "by an operator"}, "wamp.close.killed"})
				if m := p.Expect(wamptest.Goodbye); m.Text(2) != "wamp.close.goodbye_and_out" {
					s.T.Errorf("answer %v", m)
				}
			},
			"ABORT": func() { p.Send(wamptest.Message{wamptest.Abort, none, "wamp.error.not_authorized"}) },
		} {
			calls := stage.Calls(s, c, 10)
			for range 10 {
				p.Expect(wamptest.Call)
			}
			leave()
			s.Lost(calls, 10, false)
			if _, err := p.Next(); err == nil {
				s.T.Errorf("%s: the client goes on", name)
			}
			p = s.Accept()
			p.Join()
			s.Works(c, p)
		}
	})
}

// H3: a router that reads nothing. Callers wait under their ctx and no longer,
// the queue ends at its bound, and then the write deadline ends the session.
func TestH3_QueueStopsAtItsBound(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		begin := time.Now()
		lost := make(chan time.Duration, 1)
		go func() {
			for st := range c.Watch(s.T.Context()) {
				if st.State == wamp.BackingOff {
					lost <- time.Since(begin)
					return
				}
			}
		}()
		p.Hang()
		large := []any{strings.Repeat("x", 1<<20)}
		var publishers sync.WaitGroup
		var mu sync.Mutex
		taken, refused := 0, 0
		for range 30 {
			publishers.Go(func() {
				ctx, cancel := context.WithTimeout(s.T.Context(), 2*time.Second)
				defer cancel()
				err := c.Publish(ctx, "com.example.topic", large, nil)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					taken++
				case errors.Is(err, context.DeadlineExceeded) && wamp.SafeToRetry(err) && time.Since(begin) == 2*time.Second:
					refused++
				default:
					s.T.Errorf("publish: %v after %v", err, time.Since(begin))
				}
			})
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(s.T.Context(), 300*time.Millisecond)
		defer cancel()
		_, err := c.Call(ctx, "com.example.slow", nil, nil)
		if took := time.Since(begin); !errors.Is(err, context.DeadlineExceeded) || !wamp.SafeToRetry(err) || took != 300*time.Millisecond {
			s.T.Errorf("call: %v after %v", err, took)
		}
		publishers.Wait()
		// 4 MiB may wait and as much may be with the writer; each may be passed by one message.
		if taken < 5 || taken > 11 || taken+refused != 30 {
			s.T.Errorf("%d MiB taken, %d refused", taken, refused)
		}
		if took := <-lost; took != 10*time.Second {
			s.T.Errorf("the session was lost after %v, want the write timeout of 10 s", took)
		}
		p = s.Accept()
		p.Join()
		s.Works(c, p)
	})
}

// H3: also a call that is in the queue already ends with its ctx.
func TestH3_QueuedCallEndsWithItsContext(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		p.Hang()
		stuck := stage.Calls(s, c, 1, strings.Repeat("x", 1<<20))
		synctest.Wait()
		begin := time.Now()
		ctx, cancel := context.WithTimeout(s.T.Context(), 300*time.Millisecond)
		defer cancel()
		_, err := c.Call(ctx, "com.example.slow", nil, nil)
		if took := time.Since(begin); !errors.Is(err, context.DeadlineExceeded) || took != 300*time.Millisecond {
			s.T.Errorf("call: %v after %v", err, took)
		}
		closing := time.Now()
		short, cancel := context.WithTimeout(s.T.Context(), time.Second)
		defer cancel()
		if err := c.Close(short); !errors.Is(err, context.DeadlineExceeded) { // GOODBYE was not answered
			s.T.Error(err)
		}
		if took := time.Since(closing); took > 1100*time.Millisecond { // its ctx, and a tenth for the last word
			s.T.Errorf("Close took %v", took)
		}
		s.Lost(stuck, 1, false)
	})
}
