// Package recovery shows what a client brings back after it lost its session, and
// what it says of that meanwhile.
package recovery

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// H1: the router is killed with 100 calls in flight, some of them not yet
// handed to the transport. All return at once and tell which is which.
func TestH1_RouterKilledMidCall(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		var errs [100]error
		var all sync.WaitGroup
		call := func(i int) {
			all.Go(func() { _, errs[i] = c.Call(s.T.Context(), "com.example.slow", []any{i}, nil) })
		}
		for i := range 60 {
			call(i)
		}
		for range 60 {
			p.Expect(wamptest.Call)
		}
		s.Net.Set(wamptest.Fault{StallWrites: true})
		call(60) // the writer takes this one and is stuck with it
		synctest.Wait()
		for i := 61; i < 100; i++ {
			call(i)
		}
		synctest.Wait()
		begin := time.Now()
		s.Stop()
		s.Net.Set(wamptest.Fault{})
		all.Wait()
		if took := time.Since(begin); took != 0 {
			s.T.Errorf("the last call returned after %v", took)
		}
		for i, err := range errs {
			if !stage.IsLost(err, i > 60) {
				s.T.Errorf("call %d: safe to retry %v: %v", i, wamp.SafeToRetry(err), err)
			}
		}
		if st := s.Until(c, stage.In(wamp.BackingOff)); st.Err == nil || st.Next.IsZero() || st.Session != 0 {
			s.T.Errorf("status %+v", st)
		}
		s.Start()
		s.Works(c, s.Rejoin())
	})
}

// H2: the other end is gone without a word. Pings find out within 25 s.
func TestH2_HalfOpen(t *testing.T) {
	faults := map[string]func(*wamptest.Faults){
		"gone":    (*wamptest.Faults).HalfOpen,
		"stalled": func(f *wamptest.Faults) { f.Set(wamptest.Fault{StallReads: true, StallWrites: true}) },
		"mute":    func(f *wamptest.Faults) { f.Set(wamptest.Fault{StallReads: true}) },
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			stage.Transports(t, func(s *stage.Stage) {
				c, p := s.Connect(wamp.WithRawSocketPing())
				called := make(chan error, 1)
				go func() {
					_, err := c.Call(s.T.Context(), "com.example.slow", nil, nil)
					called <- err
				}()
				p.Expect(wamptest.Call)
				time.Sleep(7 * time.Second) // somewhere between two pings
				begin := time.Now()
				fault(s.Net)
				if err := <-called; !stage.IsLost(err, false) {
					s.T.Errorf("call: %v", err)
				}
				if took := time.Since(begin); took > 25*time.Second || took < 10*time.Second {
					s.T.Errorf("found out after %v", took)
				}
				s.Net.Set(wamptest.Fault{})
				s.Works(c, s.Rejoin())
			})
		})
	}
}

// H2: a connection that is alive and idle is left alone, with pings and without.
func TestH2_IdleIsNotDead(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		for _, opts := range [][]wamp.ConnectOption{{wamp.WithRawSocketPing()}, nil, {wamp.WithPing(-1, 0)}} {
			c, p := s.Connect(opts...)
			before := c.SessionID()
			time.Sleep(time.Hour)
			if c.Status().State != wamp.Ready || c.SessionID() != before {
				s.T.Errorf("status %+v", c.Status())
			}
			s.Works(c, p)
		}
	})
}

// H2, R133: RawSocket is not probed unless that was asked for.
func TestH2_RawSocketPingIsAnOption(t *testing.T) {
	stage.Bubble(t, wamptest.RawSocket, codec.CBOR, func(s *stage.Stage) {
		c, p := s.Connect()
		time.Sleep(5 * time.Minute)
		if p.Pings() != 0 {
			s.T.Errorf("%d pings", p.Pings())
		}
		s.Works(c, p)
	})
}

// H3: the router stops reading. Every caller gets away with its ctx, the queue
// is bounded, and the write deadline ends the session.
func TestH3_PeerNeverReads(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		begin := time.Now()
		p.Hang()
		big := strings.Repeat("x", 1<<20)
		accepted := 0
		for {
			ctx, cancel := context.WithTimeout(s.T.Context(), 100*time.Millisecond)
			err := c.Publish(ctx, "com.example.big", []any{big}, nil)
			cancel()
			if err != nil {
				if !errors.Is(err, context.DeadlineExceeded) || !wamp.SafeToRetry(err) {
					s.T.Errorf("publish: %v", err)
				}
				break
			}
			accepted++
		}
		if accepted < 4 || accepted > 8 { // 4 MiB wait, the writer has what it took before
			s.T.Errorf("%d MiB were accepted", accepted)
		}
		ctx, cancel := context.WithTimeout(s.T.Context(), 300*time.Millisecond)
		defer cancel()
		at := time.Now()
		_, err := c.Call(ctx, "com.example.slow", nil, nil)
		if took := time.Since(at); !errors.Is(err, context.DeadlineExceeded) || took != 300*time.Millisecond {
			s.T.Errorf("call: %v after %v", err, took)
		}
		blocked := make(chan error, 1)
		go func() { blocked <- c.Publish(s.T.Context(), "com.example.big", []any{big}, nil) }()
		st := s.Until(c, stage.In(wamp.BackingOff))
		if took := time.Since(begin); took < 9*time.Second || took > 11*time.Second {
			s.T.Errorf("lost after %v: %v", took, st.Err)
		}
		if err := <-blocked; !errors.Is(err, wamp.ErrNotReady) || !wamp.SafeToRetry(err) {
			s.T.Errorf("publish that waited: %v", err)
		}
		s.Works(c, s.Rejoin())
	})
}

// E8: a publish whose PUBLISHED is lost has an unknown outcome and is not repeated.
func TestE8_AcknowledgedPublishAcrossLoss(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithPublishBuffer(1 << 20))
		done := make(chan error, 1)
		go func() { done <- c.Publish(s.T.Context(), "com.example.t", []any{1}, nil, wamp.WithAcknowledge()) }()
		p.Expect(wamptest.Publish)
		p.Reset()
		if err := <-done; !stage.IsLost(err, false) || !strings.Contains(err.Error(), "outcome unknown") {
			s.T.Errorf("publish: %v", err)
		}
		p = s.Rejoin()
		s.Works(c, p) // its CALL is the first message: nothing was repeated
	})
}

// An idempotent call is sent again until it has an answer; any other never.
func TestH1_IdempotentCallIsSentAgain(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		once, often := stage.CallProcedure(s.T.Context(), c, false), stage.CallProcedure(s.T.Context(), c, true)
		for range 2 {
			p.Expect(wamptest.Call)
		}
		for range 5 {
			p.Reset()
			p = s.Rejoin()
			m := p.Expect(wamptest.Call)
			if m.ID(1) != 1 || m.List(4)[0] != "in" {
				s.T.Errorf("sent again: %v", m)
			}
		}
		if err := <-once; !stage.IsLost(err, false) {
			s.T.Errorf("not idempotent: %v", err)
		}
		// The router may be there and the callee behind it not.
		for i := range int64(3) {
			p.Send(wamptest.Message{wamptest.Error, wamptest.Call, i + 1, map[string]any{}, "wamp.error.network_failure"})
			begin := time.Now()
			p.Expect(wamptest.Call)
			if took := time.Since(begin); took < 100*time.Millisecond || took > 20100*time.Millisecond {
				s.T.Errorf("sent again after %v", took)
			}
		}
		p.Send(wamptest.Message{wamptest.Result, 4, map[string]any{}, []any{"in"}})
		if err := <-often; err != nil {
			s.T.Error(err)
		}
		failing := stage.CallProcedure(s.T.Context(), c, false)
		p.Expect(wamptest.Call)
		p.Send(wamptest.Message{wamptest.Error, wamptest.Call, 5, map[string]any{}, "wamp.error.network_failure"})
		if err := <-failing; !errors.Is(err, wamp.ErrNetworkFailure) {
			s.T.Errorf("not idempotent: %v", err)
		}
	})
}

// What was sent once is never safe to retry, however its last try ended.
func TestH1_IdempotentCallTellsTheTruth(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		begin := func(opts ...wamp.CallOption) (<-chan error, *wamp.Client, context.CancelFunc) {
			ctx, cancel := context.WithTimeout(s.T.Context(), time.Minute)
			c, p := s.Connect()
			done := stage.CallProcedure(ctx, c, true, opts...)
			p.Expect(wamptest.Call)
			s.Stop() // and no other session
			return done, c, cancel
		}
		ctxEnded, _, cancel := begin()
		at := time.Now()
		if err := <-ctxEnded; !errors.Is(err, context.DeadlineExceeded) || wamp.SafeToRetry(err) || time.Since(at) != time.Minute {
			s.T.Errorf("ctx: %v, safe %v, after %v", err, wamp.SafeToRetry(err), time.Since(at))
		}
		cancel()
		s.Start()
		failed, _, cancel := begin(wamp.WithFailFast())
		if err := <-failed; !errors.Is(err, wamp.ErrNotReady) || wamp.SafeToRetry(err) {
			s.T.Errorf("fail fast: %v, safe %v", err, wamp.SafeToRetry(err))
		}
		cancel()
		s.Start()
		closed, c, cancel := begin()
		if err := c.Close(s.T.Context()); err != nil {
			s.T.Error(err)
		}
		if err := <-closed; !errors.Is(err, wamp.ErrClosed) || wamp.SafeToRetry(err) {
			s.T.Errorf("closed: %v, safe %v", err, wamp.SafeToRetry(err))
		}
		cancel()
		s.Start()
	})
}

// A session that ends the moment it was opened is not taken for a live one.
func TestH6_EndsRightAfterWelcome(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		var sessions atomic.Int64
		s.Serve(func(p *wamptest.Peer) {
			p.Join()
			if n := sessions.Add(1); n%10 != 0 {
				return // closed behind WELCOME
			}
			_ = p.Obey()
		})
		c := s.Connected(s.Dial())
		for range 10 {
			s.Until(c, stage.In(wamp.Ready))
			if _, err := c.Call(s.T.Context(), "com.example.alive", nil, nil); err != nil && !errors.Is(err, wamp.ErrLost) {
				s.T.Error(err)
			}
			s.Net.Reset()
			s.Until(c, stage.In(wamp.BackingOff))
		}
	})
}
