package closing

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// inside runs f inside every kind of user's code there is.
func inside(t *testing.T, f func(s *stage.Stage, c *wamp.Client, ctx context.Context)) {
	type place struct {
		name  string
		begin func(s *stage.Stage, c *wamp.Client, p *stage.Session, do func(context.Context))
	}
	none := map[string]any{}
	var hook, inHandler atomic.Value // what the interceptors and the handlers call
	handler := func(f func(context.Context)) { inHandler.Store(f) }
	hook.Store(func(context.Context, *wamp.Operation) {})
	intercepted := func(kind wamp.OperationKind, begin func(*stage.Stage, *wamp.Client, *stage.Session)) func(*stage.Stage, *wamp.Client, *stage.Session, func(context.Context)) {
		return func(s *stage.Stage, c *wamp.Client, p *stage.Session, do func(context.Context)) {
			hook.Store(func(ctx context.Context, op *wamp.Operation) {
				if op.Kind == kind {
					do(ctx)
				}
			})
			begin(s, c, p)
		}
	}
	call := func(s *stage.Stage, c *wamp.Client, _ *stage.Session) {
		_, _ = c.Call(s.T.Context(), "com.example.p", nil, nil)
	}
	invoke := func(_ *stage.Stage, _ *wamp.Client, p *stage.Session) {
		p.Peer.Send(wamptest.Message{wamptest.Invocation, 1, p.Of(wamptest.Register)[0].ID(1), none})
	}
	event := func(_ *stage.Stage, _ *wamp.Client, p *stage.Session) {
		p.Peer.Send(wamptest.Message{wamptest.Event, p.Of(wamptest.Subscribe)[0].ID(1), 1, none})
	}
	places := []place{
		{"watch", func(s *stage.Stage, c *wamp.Client, _ *stage.Session, do func(context.Context)) {
			for range c.Watch(s.T.Context()) {
				do(s.T.Context())
			}
		}},
		{"call", intercepted(wamp.OperationCall, call)},
		{"invocation", intercepted(wamp.OperationInvocation, invoke)},
		{"event", intercepted(wamp.OperationEvent, event)},
		{"handler of invocations", func(s *stage.Stage, c *wamp.Client, p *stage.Session, do func(context.Context)) {
			handler(func(ctx context.Context) { do(ctx) })
			invoke(s, c, p)
		}},
		{"handler of events", func(s *stage.Stage, c *wamp.Client, p *stage.Session, do func(context.Context)) {
			handler(func(ctx context.Context) { do(ctx) })
			event(s, c, p)
		}},
	}
	for _, place := range places {
		t.Run(place.name, func(t *testing.T) {
			stage.Transports(t, func(s *stage.Stage) {
				hook.Store(func(context.Context, *wamp.Operation) {})
				handler(func(context.Context) {})
				r := s.Play(nil)
				c := s.Connected(s.Dial(wamp.WithInterceptors(func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
					hook.Load().(func(context.Context, *wamp.Operation))(ctx, op)
					return next(ctx)
				})))
				_, err := c.Register(s.T.Context(), "com.example.p", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
					inHandler.Load().(func(context.Context))(ctx)
					return in, nil
				})
				if err != nil {
					s.T.Fatal(err)
				}
				_, err = c.Subscribe(s.T.Context(), "com.example.t", func(ctx context.Context, _ wamp.Payload) error {
					inHandler.Load().(func(context.Context))(ctx)
					return nil
				})
				if err != nil {
					s.T.Fatal(err)
				}
				done := make(chan struct{})
				var once sync.Once
				place.begin(s, c, <-r.Came, func(ctx context.Context) {
					once.Do(func() {
						f(s, c, ctx)
						close(done)
					})
				})
				<-done
				s.Closed(c)
			})
		})
	}
}

// ctx found there: no dead-lock, and nobody waits for himself.
func TestH12_CloseFromInside(t *testing.T) {
	inside(t, func(s *stage.Stage, c *wamp.Client, ctx context.Context) {
		begin := time.Now()
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() {
				if err := c.Close(ctx); err != nil {
					s.T.Error(err)
				}
			})
		}
		all.Wait()
		if took := time.Since(begin); took != 0 {
			s.T.Errorf("took %v", took)
		}
	})
}

// L2, H12: so may Drain be called.
func TestH12_DrainFromInside(t *testing.T) {
	inside(t, func(s *stage.Stage, c *wamp.Client, ctx context.Context) {
		begin := time.Now()
		if err := c.Drain(ctx); err != nil {
			s.T.Error(err)
		}
		if took := time.Since(begin); took != 0 {
			s.T.Errorf("took %v", took)
		}
	})
}

// deadline if it made one.
func TestH12_HandlerWaitsForOthers(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		release := make(chan struct{})
		c, r, _ := busy(s, false, release)
		closed := make(chan error, 1)
		_, err := c.Register(s.T.Context(), "com.example.stop", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			short, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			begin := time.Now()
			if err := c.Close(short); err == nil || !strings.Contains(err.Error(), "1 handler") || time.Since(begin) != time.Second {
				s.T.Errorf("first: %v after %v", err, time.Since(begin))
			}
			time.AfterFunc(2*time.Second, func() { close(release) })
			begin = time.Now()
			var all sync.WaitGroup
			for range 3 { // more often than there are others to wait for
				all.Go(func() {
					if err := c.Close(ctx); err != nil || time.Since(begin) != 2*time.Second {
						s.T.Errorf("second: %v after %v", err, time.Since(begin))
					}
				})
			}
			all.Wait()
			closed <- nil
			return in, nil
		})
		if err != nil {
			s.T.Fatal(err)
		}
		p := r.Last()
		p.Peer.Send(wamptest.Message{wamptest.Invocation, 2, p.Of(wamptest.Register)[1].ID(1), map[string]any{}})
		<-closed
		s.Closed(c)
	})
}
