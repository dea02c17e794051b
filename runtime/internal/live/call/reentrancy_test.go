package call

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// K9: an INVOCATION nobody registered for is answered. R059.
func TestK9_UnknownRegistration(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		c, p := s.Connect()
		_, id := s.Register(c, p, "com.example.known", stage.Echo)
		none := map[string]any{}
		p.Send(wamptest.Message{wamptest.Invocation, 1, id + 1000, none, []any{"x"}},
			wamptest.Message{wamptest.Invocation, 2, id, none, []any{"known"}})
		m := p.Expect(wamptest.Error)
		if m.ID(1) != int64(wamptest.Invocation) || m.ID(2) != 1 || m.Text(4) != "wamp.error.no_such_procedure" {
			s.T.Errorf("got %v", m)
		}
		if m := p.Expect(wamptest.Yield); m.ID(1) != 2 {
			s.T.Errorf("got %v", m)
		}
		s.Works(c, p)
	})
}

// Interceptors wrap everything, the first one outermost, and may refuse.
func TestInterceptors_SeeEveryOperation(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		var mu sync.Mutex
		var seen []string
		names := map[wamp.OperationKind]string{
			wamp.OperationCall: "call", wamp.OperationPublish: "publish", wamp.OperationRegister: "register",
			wamp.OperationSubscribe: "subscribe", wamp.OperationInvocation: "invocation", wamp.OperationEvent: "event",
		}
		note := func(layer string) wamp.Interceptor {
			return func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
				err := next(context.WithValue(ctx, wamp.OperationCall, layer)) // any key
				mu.Lock()
				defer mu.Unlock()
				seen = append(seen, fmt.Sprint(names[op.Kind], " ", op.URI, " ", layer, " ", err))
				return err
			}
		}
		refused := errors.New("refused by the interceptor")
		veto := func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
			if op.URI == "com.example.forbidden" {
				return refused
			}
			return next(ctx)
		}
		c, p := s.Connect(wamp.WithInterceptors(note("outer"), veto), wamp.WithInterceptors(note("inner")))
		ctx := s.T.Context()
		expect := func(want ...string) {
			s.T.Helper()
			mu.Lock()
			defer mu.Unlock()
			if !slices.Equal(seen, want) {
				s.T.Errorf("want %q, got %q", want, seen)
			}
			seen = nil
		}
		_, id := s.Register(c, p, "com.example.p", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			if ctx.Value(wamp.OperationCall) != "inner" || wamp.CallInfoFrom(ctx).Procedure != "com.example.p" {
				s.T.Error("the ctx of the interceptors did not reach the handler")
			}
			return in, errors.New("bad luck")
		})
		expect("register com.example.p inner <nil>", "register com.example.p outer <nil>")
		go stage.Grant(p, 1)
		ran := make(chan struct{})
		sub, err := c.Subscribe(ctx, "com.example.t", func(context.Context, wamp.Payload) error {
			close(ran)
			return nil
		})
		if err != nil {
			s.T.Fatal(err)
		}
		expect("subscribe com.example.t inner <nil>", "subscribe com.example.t outer <nil>")
		if err := c.Publish(ctx, "com.example.t", nil, nil); err != nil {
			s.T.Error(err)
		}
		p.Expect(wamptest.Publish)
		expect("publish com.example.t inner <nil>", "publish com.example.t outer <nil>")
		s.Works(c, p)
		expect("call com.example.alive inner <nil>", "call com.example.alive outer <nil>")
		p.Send(wamptest.Message{wamptest.Invocation, 1, id, map[string]any{}})
		p.Expect(wamptest.Error)
		expect("invocation com.example.p inner bad luck", "invocation com.example.p outer bad luck")
		p.Send(wamptest.Message{wamptest.Event, 2, 1, map[string]any{}})
		<-ran
		if err := sub.Wait(ctx); err != nil {
			s.T.Error(err)
		}
		expect("event com.example.t inner <nil>", "event com.example.t outer <nil>")
		_, err = c.Call(ctx, "com.example.forbidden", nil, nil)
		if !errors.Is(err, refused) {
			s.T.Errorf("got %v", err)
		}
		s.Works(c, p) // the refused call was not sent
	})
}
