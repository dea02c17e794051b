// Package closing shows how clients and handles end: Close, Drain, and what is on
// its way meanwhile.
package closing

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
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// closeAll calls Close three times at once and once more, each with a ctx of
// its own that ends after limit, and returns how long the slowest took and what
// they returned.
func closeAll(s *stage.Stage, c *wamp.Client, limit time.Duration) (time.Duration, error) {
	begin := time.Now()
	var errs [3]error
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(s.T.Context(), limit)
			defer cancel()
			errs[i] = c.Close(ctx)
		})
	}
	all.Wait()
	took := time.Since(begin)
	if err := c.Close(s.T.Context()); err != nil || time.Since(begin) != took {
		s.T.Errorf("a second Close: %v after %v", err, time.Since(begin)-took)
	}
	return took, errors.Join(errs[:]...)
}

// H12: Close in every state.
func TestH12_CloseInEveryState(t *testing.T) {
	type setup func(*stage.Stage, *wamp.Client, *stage.Session)
	states := []struct {
		name    string
		state   wamp.State
		setup   setup
		goodbye bool
	}{
		{"connecting", wamp.Connecting, func(s *stage.Stage, _ *wamp.Client, _ *stage.Session) {
			s.Net.Set(wamptest.Fault{StallDials: true})
			s.Net.Reset()
		}, false},
		{"joining", wamp.Joining, func(s *stage.Stage, _ *wamp.Client, p *stage.Session) { p.Peer.Close() }, false},
		{"recovering", wamp.Recovering, func(s *stage.Stage, _ *wamp.Client, p *stage.Session) { p.Peer.Close() }, true},
		{"ready", wamp.Ready, func(*stage.Stage, *wamp.Client, *stage.Session) {}, true},
		{"backoff", wamp.BackingOff, func(s *stage.Stage, _ *wamp.Client, _ *stage.Session) { s.Stop() }, false},
	}
	for _, st := range states {
		t.Run(st.name, func(t *testing.T) {
			stage.Transports(t, func(s *stage.Stage) {
				r := &stage.Router{Stage: s, Came: make(chan *stage.Session, 100)}
				r.Result = func(sess *stage.Session, m wamptest.Message) []wamptest.Message {
					if sess.Index > 0 && m.Type() == wamptest.Subscribe {
						return stage.Silent // never restored
					}
					return nil
				}
				s.Serve(func(p *wamptest.Peer) {
					if st.state == wamp.Joining && r.Count() > 0 {
						_, _ = p.Next()
						_, _ = p.Next() // HELLO has no answer
						return
					}
					r.Play(p)
				})
				c := s.Connected(s.Dial())
				_, err := c.Subscribe(s.T.Context(), "com.example.t", func(context.Context, wamp.Payload) error { return nil })
				if err != nil {
					s.T.Fatal(err)
				}
				st.setup(s, c, <-r.Came)
				s.Until(c, stage.In(st.state))
				synctest.Wait()
				waiting := make(chan error, 1)
				go func() { // a call that waits or is in flight
					_, err := c.Call(s.T.Context(), "com.example.p", nil, nil)
					waiting <- err
				}()
				synctest.Wait()
				took, err := closeAll(s, c, 2*time.Second)
				if err != nil || took != 0 {
					s.T.Errorf("%v after %v", err, took)
				}
				if err := <-waiting; err != nil && !errors.Is(err, wamp.ErrClosed) {
					s.T.Errorf("the call that waited: %v", err)
				}
				s.Closed(c)
				synctest.Wait()
				if n := len(r.Last().Of(wamptest.Goodbye)); (n == 1) != st.goodbye || n > 1 {
					s.T.Errorf("%d GOODBYE", n)
				}
			})
		})
	}
}

// H12: a client whose router has refused for good may be closed too.
func TestH12_CloseAfterTheEnd(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		p.Close()
		refuse, _ := stage.Refuse(func(int64) string { return "wamp.error.no_such_realm" })
		s.Serve(refuse)
		s.Until(c, stage.In(wamp.Closed))
		if took, err := closeAll(s, c, time.Second); err != nil || took != 0 {
			s.T.Errorf("%v after %v", err, took)
		}
		if st := c.Status(); !errors.Is(st.Err, wamp.ErrNoSuchRealm) {
			s.T.Errorf("status %+v", st)
		}
	})
}

// H12: a router that does not answer GOODBYE, or that does not read any more,
// is not waited for longer than ctx says, give or take the time to say so.
func TestH12_CloseIsBounded(t *testing.T) {
	const slack = 150 * time.Millisecond
	faults := map[string]func(*stage.Stage, *wamp.Client, *wamptest.Peer){
		"no answer": func(*stage.Stage, *wamp.Client, *wamptest.Peer) {},
		"no reader": func(s *stage.Stage, c *wamp.Client, p *wamptest.Peer) {
			p.Hang()
			big := strings.Repeat("x", 200_000)
			for range 10 {
				if err := c.Publish(s.T.Context(), "com.example.big", []any{big}, nil); err != nil {
					s.T.Fatal(err)
				}
			}
			synctest.Wait()
		},
		"half open": func(s *stage.Stage, _ *wamp.Client, _ *wamptest.Peer) { s.Net.HalfOpen() },
	}
	for name, fault := range faults {
		for _, limit := range []time.Duration{0, time.Millisecond, 2 * time.Second} {
			t.Run(name+"/"+limit.String(), func(t *testing.T) {
				stage.Transports(t, func(s *stage.Stage) {
					c, p := s.Connect()
					fault(s, c, p)
					if took, _ := closeAll(s, c, limit); took > limit+slack {
						s.T.Errorf("took %v", took)
					}
					s.Closed(c)
				})
			})
		}
		t.Run(name+"/no end", func(t *testing.T) {
			stage.Transports(t, func(s *stage.Stage) {
				c, p := s.Connect()
				fault(s, c, p)
				begin := time.Now()
				err := c.Close(context.Background())
				if took := time.Since(begin); took > 5*time.Second+slack {
					s.T.Errorf("%v after %v", err, took)
				}
				s.Closed(c)
			})
		})
	}
}

// H12: Close from inside a handler, an interceptor and a Watch loop, with the
// busy connects a client with one handler that runs until release is closed
// or, if it listens, until its ctx ends; it runs when busy returns.
func busy(s *stage.Stage, listens bool, release chan struct{}) (*wamp.Client, *stage.Router, <-chan error) {
	s.T.Helper()
	r := s.Play(nil)
	c := s.Connected(s.Dial())
	causes := make(chan error, 10)
	_, err := c.Register(s.T.Context(), "com.example.p", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
		if listens {
			<-ctx.Done()
			causes <- context.Cause(ctx)
		} else {
			<-release
		}
		return in, nil
	})
	if err != nil {
		s.T.Fatal(err)
	}
	p := <-r.Came
	p.Peer.Send(wamptest.Message{wamptest.Invocation, 1, p.Of(wamptest.Register)[0].ID(1), map[string]any{}})
	synctest.Wait()
	return c, r, causes
}

// L3: Close ends the ctx of handlers with ErrClosed and waits for them.
func TestL3_HandlerLearnsOfClose(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, r, causes := busy(s, true, nil)
		events := make(chan error, 1)
		_, err := c.Subscribe(s.T.Context(), "com.example.t", func(ctx context.Context, _ wamp.Payload) error {
			<-ctx.Done()
			time.Sleep(time.Second) // tidies up
			events <- context.Cause(ctx)
			return nil
		})
		if err != nil {
			s.T.Fatal(err)
		}
		r.Last().Peer.Send(wamptest.Message{wamptest.Event, r.Last().Of(wamptest.Subscribe)[0].ID(1), 1, map[string]any{}})
		synctest.Wait()
		begin := time.Now()
		if err := c.Close(s.T.Context()); err != nil || time.Since(begin) != time.Second {
			s.T.Errorf("%v after %v", err, time.Since(begin))
		}
		for _, ch := range []<-chan error{causes, events} {
			select {
			case err := <-ch:
				if err != wamp.ErrClosed {
					s.T.Errorf("cause %v", err)
				}
			default:
				s.T.Error("Close did not wait for a handler")
			}
		}
	})
}

// L3: who does not listen is waited for as long as ctx lasts, and counted.
func TestL3_HandlerThatStays(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		release := make(chan struct{})
		c, _, _ := busy(s, false, release)
		ctx, cancel := context.WithTimeout(s.T.Context(), 3*time.Second)
		defer cancel()
		begin := time.Now()
		err := c.Close(ctx)
		if took := time.Since(begin); err == nil || !strings.Contains(err.Error(), "1 handler") ||
			!errors.Is(err, context.DeadlineExceeded) || took != 3*time.Second {
			s.T.Errorf("%v after %v", err, took)
		}
		begin = time.Now()
		if err := c.Close(context.Background()); err == nil || time.Since(begin) != 5*time.Second {
			s.T.Errorf("without an end: %v after %v", err, time.Since(begin))
		}
		close(release)
		if err := c.Close(context.Background()); err != nil {
			s.T.Errorf("after it has returned: %v", err)
		}
		s.Closed(c)
	})
}

// H12: a handler that closes the client waits for the others, under its own
// H12: no callback starts after Close has returned, whatever still comes in.
func TestH12_NoCallbackAfterClose(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		var closed atomic.Bool
		var ran atomic.Int64
		handler := func() {
			if ran.Add(1); closed.Load() {
				s.T.Error("a callback after Close")
			}
			time.Sleep(time.Millisecond)
		}
		flooded := make(chan struct{})
		s.Serve(func(p *wamptest.Peer) {
			p.Join()
			none := map[string]any{}
			var sub, reg int64
			for {
				m, err := p.Next()
				if err != nil {
					return
				}
				switch m.Type() {
				case wamptest.Goodbye: // no answer: it goes on
				case wamptest.Subscribe:
					sub = m.ID(1)
					p.Send(wamptest.Answer(m))
				case wamptest.Register:
					reg = m.ID(1)
					p.Send(wamptest.Answer(m))
					for i := range 2000 {
						p.Send(wamptest.Message{wamptest.Event, sub, i + 1, none},
							wamptest.Message{wamptest.Invocation, i + 1, reg, none})
						if i == 200 {
							close(flooded)
						}
						if i%10 == 0 {
							time.Sleep(time.Millisecond)
						}
					}
				}
			}
		})
		c := s.Connected(s.Dial())
		_, err := c.Subscribe(s.T.Context(), "com.example.t", func(context.Context, wamp.Payload) error { handler(); return nil })
		if err != nil {
			s.T.Fatal(err)
		}
		_, err = c.Register(s.T.Context(), "com.example.p", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
			handler()
			return in, nil
		}, wamp.WithConcurrency(2))
		if err != nil {
			s.T.Fatal(err)
		}
		<-flooded
		ctx, cancel := context.WithTimeout(s.T.Context(), 50*time.Millisecond)
		defer cancel()
		_ = c.Close(ctx) // GOODBYE has no answer
		closed.Store(true)
		if ran.Load() == 0 {
			s.T.Error("nothing ran")
		}
		time.Sleep(time.Minute)
	})
}
