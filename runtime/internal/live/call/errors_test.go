package call

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// Whatever ends an operation, its error says which, on which URI, and says "wamp:"
// once.
func TestErrors_NameTheOperation(t *testing.T) {
	refuse := func(p *wamptest.Peer, m wamptest.Message) {
		p.Send(wamptest.Message{wamptest.Error, m.Type(), m.ID(1), stage.Dict{}, "wamp.error.not_authorized"})
	}
	check := func(s *stage.Stage, err error, begin string, is error) {
		s.T.Helper()
		if err == nil || !strings.HasPrefix(err.Error(), begin) || strings.Count(err.Error(), "wamp: ") != 1 || !errors.Is(err, is) {
			s.T.Errorf("got %v, want %s…", err, begin)
		}
	}
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		ctx := s.T.Context()
		call := stage.Begin(func() error { _, err := c.Call(ctx, "com.example.p", nil, nil); return err })
		refuse(p, p.Expect(wamptest.Call))
		check(s, <-call, "wamp: call com.example.p: wamp.error.not_authorized", wamp.ErrNotAuthorized)

		call = stage.Begin(func() error {
			_, err := c.Call(ctx, "com.example.p", nil, nil, wamp.WithCallTimeout(time.Second))
			return err
		})
		p.Expect(wamptest.Call)
		p.Expect(wamptest.Cancel)
		check(s, <-call, "wamp: call com.example.p: context deadline exceeded", context.DeadlineExceeded)

		publish := stage.Begin(func() error { return c.Publish(ctx, "com.example.t", nil, nil, wamp.WithAcknowledge()) })
		refuse(p, p.Expect(wamptest.Publish))
		check(s, <-publish, "wamp: publish com.example.t: wamp.error.not_authorized", wamp.ErrNotAuthorized)

		subscribe := stage.Begin(func() error {
			_, err := c.Subscribe(ctx, "com.example.t", func(context.Context, wamp.Payload) error { return nil })
			return err
		})
		refuse(p, p.Expect(wamptest.Subscribe))
		check(s, <-subscribe, "wamp: subscribe com.example.t: wamp.error.not_authorized", wamp.ErrNotAuthorized)

		sub, _ := s.Subscribe(c, p, "com.example.t", func(context.Context, wamp.Payload) error { return nil })
		gone := stage.Begin(func() error { return sub.Unsubscribe(ctx) })
		refuse(p, p.Expect(wamptest.Unsubscribe))
		check(s, <-gone, "wamp: unsubscribe com.example.t: wamp.error.not_authorized", wamp.ErrNotAuthorized)

		reg, _ := s.Register(c, p, "com.example.p", stage.Echo)
		gone = stage.Begin(func() error { return reg.Unregister(ctx) })
		refuse(p, p.Expect(wamptest.Unregister))
		check(s, <-gone, "wamp: unregister com.example.p: wamp.error.not_authorized", wamp.ErrNotAuthorized)

		_, err := c.Call(ctx, "not a uri", nil, nil)
		check(s, err, "wamp: call not a uri: ", wamp.ErrInvalidURI)
		check(s, c.Publish(ctx, "wamp.topic", nil, nil), "wamp: publish wamp.topic: ", wamp.ErrInvalidURI)
		_, err = c.Call(ctx, "com.example.p", []any{make(chan int)}, nil)
		if !strings.HasPrefix(err.Error(), "wamp: arguments of com.example.p: args[0]") || !wamp.SafeToRetry(err) {
			s.T.Errorf("got %v", err)
		}
	})
}

// Of twelve procedures that are registered together, the error names the one that
// the router refused.
func TestErrors_NameTheProcedureThatWasRefused(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		s.Serve(func(p *wamptest.Peer) {
			p.Join()
			for {
				m, err := p.Next()
				if err != nil {
					return
				}
				if m.Type() == wamptest.Register && m[3] == "com.example.p7" {
					p.Send(wamptest.Message{wamptest.Error, m.Type(), m.ID(1), stage.Dict{}, "wamp.error.procedure_already_exists"})
				} else if a := wamptest.Answer(m); a != nil {
					p.Send(a)
				}
			}
		})
		c := s.Connected(s.Dial())
		var all []wamp.Handler
		for i := range 12 {
			all = append(all, declares(fmt.Sprint("com.example.p", i)).Handle(func(_ context.Context, in string) (string, error) { return in, nil }))
		}
		_, err := wamp.Register(s.T.Context(), c, all...)
		if !errors.Is(err, wamp.ErrProcedureAlreadyExists) || err.Error() != "wamp: register com.example.p7: wamp.error.procedure_already_exists" {
			s.T.Errorf("got %v", err)
		}
	})
}

// A call that was cancelled with Kill ends with the error of its ctx, whatever the
// callee answers; who asks for the answer finds it too. A result wins.
func TestCall_KilledEndsWithItsContext(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for _, uri := range []string{"wamp.error.canceled", "a.declared", "a.other", ""} {
			ctx, cancel := context.WithCancel(s.T.Context())
			done := stage.Begin(func() error {
				_, err := declares("com.example.p", "a.declared").Call(ctx, c, "x", wamp.WithCancelMode(wamp.Kill))
				return err
			})
			id := p.Expect(wamptest.Call).ID(1)
			cancel()
			p.Expect(wamptest.Cancel)
			if uri == "" {
				p.Send(wamptest.Message{wamptest.Result, id, stage.Dict{}, []any{"x"}})
				if err := <-done; err != nil {
					s.T.Errorf("with a result: %v", err)
				}
				continue
			}
			p.Send(wamptest.Message{wamptest.Error, wamptest.Call, id, stage.Dict{}, uri})
			err := <-done
			var typed declaredError
			if declared := errors.As(err, &typed); declared != (uri == "a.declared") {
				s.T.Errorf("%s: declared error %v", uri, declared)
			}
			if !errors.Is(err, context.Canceled) || typed == "" && !errors.Is(err, wamp.NewError(uri)) || !wamp.IsPeer(err) {
				s.T.Errorf("%s: got %v", uri, err)
			}
		}
		done := stage.Begin(func() error {
			_, err := c.Call(s.T.Context(), "com.example.p", nil, nil, wamp.WithCancelMode(wamp.Kill), wamp.WithCallTimeout(time.Second))
			return err
		})
		p.Expect(wamptest.Call)
		m := p.Expect(wamptest.Cancel)
		p.Send(wamptest.Message{wamptest.Error, wamptest.Call, m.ID(1), stage.Dict{}, "wamp.error.canceled"})
		if err := <-done; !errors.Is(err, context.DeadlineExceeded) {
			s.T.Errorf("after its timeout: %v", err)
		}
	})
}

// A kind of operation prints as its name.
func TestOperationKind_Names(t *testing.T) {
	want := map[wamp.OperationKind]string{
		wamp.OperationCall: "call", wamp.OperationPublish: "publish", wamp.OperationRegister: "register",
		wamp.OperationSubscribe: "subscribe", wamp.OperationInvocation: "invocation", wamp.OperationEvent: "event",
		0: "OperationKind(0)", 99: "OperationKind(99)", -1: "OperationKind(-1)",
	}
	for kind, name := range want {
		if got := fmt.Sprint(kind); got != name {
			t.Errorf("%d prints as %s, want %s", int(kind), got, name)
		}
	}
}
