package live

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// recInside runs f inside every kind of user's code there is.
func recInside(t *testing.T, f func(s *faultStage, c *wamp.Client, ctx context.Context)) {
	type place struct {
		name  string
		begin func(s *faultStage, c *wamp.Client, p *recSession, do func(context.Context))
	}
	none := map[string]any{}
	var hook, inHandler atomic.Value // what the interceptors and the handlers call
	handler := func(f func(context.Context)) { inHandler.Store(f) }
	hook.Store(func(context.Context, wamp.Operation) {})
	intercepted := func(kind wamp.OperationKind, begin func(*faultStage, *wamp.Client, *recSession)) func(*faultStage, *wamp.Client, *recSession, func(context.Context)) {
		return func(s *faultStage, c *wamp.Client, p *recSession, do func(context.Context)) {
			hook.Store(func(ctx context.Context, op wamp.Operation) {
				if op.Kind == kind {
					do(ctx)
				}
			})
			begin(s, c, p)
		}
	}
	call := func(s *faultStage, c *wamp.Client, _ *recSession) {
		_, _ = c.Call(s.t.Context(), "com.example.p", nil, nil)
	}
	invoke := func(_ *faultStage, _ *wamp.Client, p *recSession) {
		p.peer.Send(wamptest.Message{wamptest.Invocation, 1, p.of(wamptest.Register)[0].ID(1), none})
	}
	event := func(_ *faultStage, _ *wamp.Client, p *recSession) {
		p.peer.Send(wamptest.Message{wamptest.Event, p.of(wamptest.Subscribe)[0].ID(1), 1, none})
	}
	places := []place{
		{"watch", func(s *faultStage, c *wamp.Client, _ *recSession, do func(context.Context)) {
			for range c.Watch(s.t.Context()) {
				do(s.t.Context())
			}
		}},
		{"call", intercepted(wamp.OperationCall, call)},
		{"invocation", intercepted(wamp.OperationInvocation, invoke)},
		{"event", intercepted(wamp.OperationEvent, event)},
		{"handler of invocations", func(s *faultStage, c *wamp.Client, p *recSession, do func(context.Context)) {
			handler(func(ctx context.Context) { do(ctx) })
			invoke(s, c, p)
		}},
		{"handler of events", func(s *faultStage, c *wamp.Client, p *recSession, do func(context.Context)) {
			handler(func(ctx context.Context) { do(ctx) })
			event(s, c, p)
		}},
	}
	for _, place := range places {
		t.Run(place.name, func(t *testing.T) {
			recTransports(t, func(s *faultStage) {
				hook.Store(func(context.Context, wamp.Operation) {})
				handler(func(context.Context) {})
				r := s.serve(nil)
				c := s.connected(s.dial(wamp.WithInterceptors(func(ctx context.Context, op wamp.Operation, next func(context.Context) error) error {
					hook.Load().(func(context.Context, wamp.Operation))(ctx, op)
					return next(ctx)
				})))
				_, err := c.Register(s.t.Context(), "com.example.p", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
					inHandler.Load().(func(context.Context))(ctx)
					return in, nil
				})
				if err != nil {
					s.t.Fatal(err)
				}
				_, err = c.Subscribe(s.t.Context(), "com.example.t", func(ctx context.Context, _ wamp.Payload) error {
					inHandler.Load().(func(context.Context))(ctx)
					return nil
				})
				if err != nil {
					s.t.Fatal(err)
				}
				done := make(chan struct{})
				var once sync.Once
				place.begin(s, c, <-r.came, func(ctx context.Context) {
					once.Do(func() {
						f(s, c, ctx)
						close(done)
					})
				})
				<-done
				s.closed(c)
			})
		})
	}
}

// ctx found there: no dead-lock, and nobody waits for himself.
func TestH12_CloseFromInside(t *testing.T) {
	recInside(t, func(s *faultStage, c *wamp.Client, ctx context.Context) {
		begin := time.Now()
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() {
				if err := c.Close(ctx); err != nil {
					s.t.Error(err)
				}
			})
		}
		all.Wait()
		if took := time.Since(begin); took != 0 {
			s.t.Errorf("took %v", took)
		}
	})
}

// L2, H12: so may Drain be called.
func TestH12_DrainFromInside(t *testing.T) {
	recInside(t, func(s *faultStage, c *wamp.Client, ctx context.Context) {
		begin := time.Now()
		if err := c.Drain(ctx); err != nil {
			s.t.Error(err)
		}
		if took := time.Since(begin); took != 0 {
			s.t.Errorf("took %v", took)
		}
	})
}

// deadline if it made one.
func TestH12_HandlerWaitsForOthers(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		release := make(chan struct{})
		c, r, _ := recBusy(s, false, release)
		closed := make(chan error, 1)
		_, err := c.Register(s.t.Context(), "com.example.stop", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			short, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			begin := time.Now()
			if err := c.Close(short); err == nil || !strings.Contains(err.Error(), "1 handler") || time.Since(begin) != time.Second {
				s.t.Errorf("first: %v after %v", err, time.Since(begin))
			}
			time.AfterFunc(2*time.Second, func() { close(release) })
			begin = time.Now()
			var all sync.WaitGroup
			for range 3 { // more often than there are others to wait for
				all.Go(func() {
					if err := c.Close(ctx); err != nil || time.Since(begin) != 2*time.Second {
						s.t.Errorf("second: %v after %v", err, time.Since(begin))
					}
				})
			}
			all.Wait()
			closed <- nil
			return in, nil
		})
		if err != nil {
			s.t.Fatal(err)
		}
		p := r.last()
		p.peer.Send(wamptest.Message{wamptest.Invocation, 2, p.of(wamptest.Register)[1].ID(1), map[string]any{}})
		<-closed
		s.closed(c)
	})
}
