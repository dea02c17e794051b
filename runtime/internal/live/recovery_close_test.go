package live

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// recCloseAll calls Close three times at once and once more, each with a ctx of
// its own that ends after limit, and returns how long the slowest took and what
// they returned.
func recCloseAll(s *faultStage, c *wamp.Client, limit time.Duration) (time.Duration, error) {
	begin := time.Now()
	var errs [3]error
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(s.t.Context(), limit)
			defer cancel()
			errs[i] = c.Close(ctx)
		})
	}
	all.Wait()
	took := time.Since(begin)
	if err := c.Close(s.t.Context()); err != nil || time.Since(begin) != took {
		s.t.Errorf("a second Close: %v after %v", err, time.Since(begin)-took)
	}
	return took, errors.Join(errs[:]...)
}

// H12: Close in every state.
func TestH12_CloseInEveryState(t *testing.T) {
	type setup func(*faultStage, *wamp.Client, *recSession)
	states := []struct {
		name    string
		state   wamp.State
		setup   setup
		goodbye bool
	}{
		{"connecting", wamp.Connecting, func(s *faultStage, _ *wamp.Client, _ *recSession) {
			s.net.Set(wamptest.Fault{StallDials: true})
			s.net.Reset()
		}, false},
		{"joining", wamp.Joining, func(s *faultStage, _ *wamp.Client, p *recSession) { p.peer.Close() }, false},
		{"recovering", wamp.Recovering, func(s *faultStage, _ *wamp.Client, p *recSession) { p.peer.Close() }, true},
		{"ready", wamp.Ready, func(*faultStage, *wamp.Client, *recSession) {}, true},
		{"backoff", wamp.BackingOff, func(s *faultStage, _ *wamp.Client, _ *recSession) { s.Stop() }, false},
	}
	for _, st := range states {
		t.Run(st.name, func(t *testing.T) {
			recTransports(t, func(s *faultStage) {
				r := &recRouter{stage: s, came: make(chan *recSession, 100)}
				r.reply = func(sess *recSession, m wamptest.Message) []wamptest.Message {
					if sess.index > 0 && m.Type() == wamptest.Subscribe {
						return recSilent // never restored
					}
					return nil
				}
				s.Serve(func(p *wamptest.Peer) {
					if st.state == wamp.Joining && r.count() > 0 {
						_, _ = p.Next()
						_, _ = p.Next() // HELLO has no answer
						return
					}
					r.play(p)
				})
				c := s.connected(s.dial())
				_, err := c.Subscribe(s.t.Context(), "com.example.t", func(context.Context, wamp.Payload) error { return nil })
				if err != nil {
					s.t.Fatal(err)
				}
				st.setup(s, c, <-r.came)
				s.until(c, recIn(st.state))
				synctest.Wait()
				waiting := make(chan error, 1)
				go func() { // a call that waits or is in flight
					_, err := c.Call(s.t.Context(), "com.example.p", nil, nil)
					waiting <- err
				}()
				synctest.Wait()
				took, err := recCloseAll(s, c, 2*time.Second)
				if err != nil || took != 0 {
					s.t.Errorf("%v after %v", err, took)
				}
				if err := <-waiting; err != nil && !errors.Is(err, wamp.ErrClosed) {
					s.t.Errorf("the call that waited: %v", err)
				}
				s.closed(c)
				synctest.Wait()
				if n := len(r.last().of(wamptest.Goodbye)); (n == 1) != st.goodbye || n > 1 {
					s.t.Errorf("%d GOODBYE", n)
				}
			})
		})
	}
}

// H12: a client whose router has refused for good may be closed too.
func TestH12_CloseAfterTheEnd(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		c, p := s.join()
		p.Close()
		refuse, _ := recRefuse(func(int64) string { return "wamp.error.no_such_realm" })
		s.Serve(refuse)
		s.until(c, recIn(wamp.Closed))
		if took, err := recCloseAll(s, c, time.Second); err != nil || took != 0 {
			s.t.Errorf("%v after %v", err, took)
		}
		if st := c.Status(); !errors.Is(st.Err, wamp.ErrNoSuchRealm) {
			s.t.Errorf("status %+v", st)
		}
	})
}

// H12: a router that does not answer GOODBYE, or that does not read any more,
// is not waited for longer than ctx says, give or take the time to say so.
func TestH12_CloseIsBounded(t *testing.T) {
	const slack = 150 * time.Millisecond
	faults := map[string]func(*faultStage, *wamp.Client, *wamptest.Peer){
		"no answer": func(*faultStage, *wamp.Client, *wamptest.Peer) {},
		"no reader": func(s *faultStage, c *wamp.Client, p *wamptest.Peer) {
			p.Hang()
			big := strings.Repeat("x", 200_000)
			for range 10 {
				if err := c.Publish(s.t.Context(), "com.example.big", []any{big}, nil); err != nil {
					s.t.Fatal(err)
				}
			}
			synctest.Wait()
		},
		"half open": func(s *faultStage, _ *wamp.Client, _ *wamptest.Peer) { s.net.HalfOpen() },
	}
	for name, fault := range faults {
		for _, limit := range []time.Duration{0, time.Millisecond, 2 * time.Second} {
			t.Run(name+"/"+limit.String(), func(t *testing.T) {
				recTransports(t, func(s *faultStage) {
					c, p := s.join()
					fault(s, c, p)
					if took, _ := recCloseAll(s, c, limit); took > limit+slack {
						s.t.Errorf("took %v", took)
					}
					s.closed(c)
				})
			})
		}
		t.Run(name+"/no end", func(t *testing.T) {
			recTransports(t, func(s *faultStage) {
				c, p := s.join()
				fault(s, c, p)
				begin := time.Now()
				err := c.Close(context.Background())
				if took := time.Since(begin); took > 5*time.Second+slack {
					s.t.Errorf("%v after %v", err, took)
				}
				s.closed(c)
			})
		})
	}
}

// H12: Close from inside a handler, an interceptor and a Watch loop, with the
// recBusy connects a client with one handler that runs until release is closed
// or, if it listens, until its ctx ends; it runs when recBusy returns.
func recBusy(s *faultStage, listens bool, release chan struct{}) (*wamp.Client, *recRouter, <-chan error) {
	s.t.Helper()
	r := s.serve(nil)
	c := s.connected(s.dial())
	causes := make(chan error, 10)
	_, err := c.Register(s.t.Context(), "com.example.p", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
		if listens {
			<-ctx.Done()
			causes <- context.Cause(ctx)
		} else {
			<-release
		}
		return in, nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	p := <-r.came
	p.peer.Send(wamptest.Message{wamptest.Invocation, 1, p.of(wamptest.Register)[0].ID(1), map[string]any{}})
	synctest.Wait()
	return c, r, causes
}

// L3: Close ends the ctx of handlers with ErrClosed and waits for them.
func TestL3_HandlerLearnsOfClose(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		c, r, causes := recBusy(s, true, nil)
		events := make(chan error, 1)
		_, err := c.Subscribe(s.t.Context(), "com.example.t", func(ctx context.Context, _ wamp.Payload) error {
			<-ctx.Done()
			time.Sleep(time.Second) // tidies up
			events <- context.Cause(ctx)
			return nil
		})
		if err != nil {
			s.t.Fatal(err)
		}
		r.last().peer.Send(wamptest.Message{wamptest.Event, r.last().of(wamptest.Subscribe)[0].ID(1), 1, map[string]any{}})
		synctest.Wait()
		begin := time.Now()
		if err := c.Close(s.t.Context()); err != nil || time.Since(begin) != time.Second {
			s.t.Errorf("%v after %v", err, time.Since(begin))
		}
		for _, ch := range []<-chan error{causes, events} {
			select {
			case err := <-ch:
				if err != wamp.ErrClosed {
					s.t.Errorf("cause %v", err)
				}
			default:
				s.t.Error("Close did not wait for a handler")
			}
		}
	})
}

// L3: who does not listen is waited for as long as ctx lasts, and counted.
func TestL3_HandlerThatStays(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		release := make(chan struct{})
		c, _, _ := recBusy(s, false, release)
		ctx, cancel := context.WithTimeout(s.t.Context(), 3*time.Second)
		defer cancel()
		begin := time.Now()
		err := c.Close(ctx)
		if took := time.Since(begin); err == nil || !strings.Contains(err.Error(), "1 handler") ||
			!errors.Is(err, context.DeadlineExceeded) || took != 3*time.Second {
			s.t.Errorf("%v after %v", err, took)
		}
		begin = time.Now()
		if err := c.Close(context.Background()); err == nil || time.Since(begin) != 5*time.Second {
			s.t.Errorf("without an end: %v after %v", err, time.Since(begin))
		}
		close(release)
		if err := c.Close(context.Background()); err != nil {
			s.t.Errorf("after it has returned: %v", err)
		}
		s.closed(c)
	})
}

// H12: a handler that closes the client waits for the others, under its own
// H12: no callback starts after Close has returned, whatever still comes in.
func TestH12_NoCallbackAfterClose(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		var closed atomic.Bool
		var ran atomic.Int64
		handler := func() {
			if ran.Add(1); closed.Load() {
				s.t.Error("a callback after Close")
			}
			time.Sleep(time.Millisecond)
		}
		flooded := make(chan struct{})
		s.Serve(func(p *wamptest.Peer) {
			p.Join()
			none := map[string]any{}
			sub, reg := int64(0), int64(0)
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
		c := s.connected(s.dial())
		_, err := c.Subscribe(s.t.Context(), "com.example.t", func(context.Context, wamp.Payload) error { handler(); return nil })
		if err != nil {
			s.t.Fatal(err)
		}
		_, err = c.Register(s.t.Context(), "com.example.p", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
			handler()
			return in, nil
		}, wamp.Concurrency(2))
		if err != nil {
			s.t.Fatal(err)
		}
		<-flooded
		ctx, cancel := context.WithTimeout(s.t.Context(), 50*time.Millisecond)
		defer cancel()
		_ = c.Close(ctx) // GOODBYE has no answer
		closed.Store(true)
		if ran.Load() == 0 {
			s.t.Error("nothing ran")
		}
		time.Sleep(time.Minute)
	})
}
