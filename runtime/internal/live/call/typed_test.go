package call

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// K10, the caller: one RESULT that does not fit fails one call.
func TestK10_UndecodableResult(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		c, p := s.Connect()
		none := map[string]any{}
		for _, bad := range []struct {
			payload []any
			want    string
		}{
			{[]any{[]any{map[string]any{"sku": "x", "quantity": "SECRET"}}}, "order.quantity: want int"},
			{[]any{[]any{map[string]any{"sku": "x", "quantity": int64(1) << 40}}}, "order.quantity: want int32"},
			{[]any{[]any{map[string]any{"quantity": 1}}}, "order.sku: want string, missing"},
			{[]any{[]any{nil}}, "order"},
			{[]any{[]any{"SECRET"}}, "order"},
			{[]any{}, "order"},
			{nil, "order"},
		} {
			fine := stage.Place(s, c, stage.Order{Sku: "fine", Quantity: 1})
			first := p.Expect(wamptest.Call)
			wrong := stage.Place(s, c, stage.Order{Sku: "wrong", Quantity: 2})
			second := p.Expect(wamptest.Call)
			p.Send(append(wamptest.Message{wamptest.Result, second.ID(1), none}, bad.payload...), wamptest.Answer(first))
			err := <-wrong
			if err == nil || wamp.IsPeer(err) || wamp.SafeToRetry(err) {
				s.T.Errorf("%v: got %v", bad.payload, err)
				continue
			}
			text := err.Error()
			if !strings.HasPrefix(text, "wamp: result of "+stage.PlaceOrder.URI+": "+bad.want) || strings.Contains(text, "SECRET") {
				s.T.Errorf("%v: got %s", bad.payload, text)
			}
			if err := <-fine; err != nil {
				s.T.Errorf("the other call: %v", err)
			}
		}
		s.Works(c, p)
	})
}

// K10 and acceptance 5, the callee: wrong input is answered with
// invalid_argument, which names path, wanted and found; no handler runs. R195.
func TestK10_WrongInput(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		c, p := s.Connect()
		var calls atomic.Int64
		registered := make(chan error, 1)
		go func() {
			_, err := wamp.Register(s.T.Context(), c, stage.PlaceOrder.Handle(func(_ context.Context, in stage.Order) (stage.Order, error) {
				calls.Add(1)
				return in, nil
			}, wamp.WithConcurrency(1)))
			registered <- err
		}()
		m := p.Expect(wamptest.Register)
		p.Send(wamptest.Answer(m))
		if err := <-registered; err != nil {
			s.T.Fatal(err)
		}
		good := map[string]any{"sku": "x", "quantity": 1, "unknown": []any{1, map[string]any{}}}
		for i, bad := range []struct {
			name string
			args any // nil: none at all
			want []string
		}{
			{"missing required field", []any{map[string]any{"sku": "x"}}, []string{"order.quantity: want int32, missing"}},
			{"wrong type", []any{map[string]any{"sku": "x", "quantity": "SECRET"}}, []string{"order.quantity: want int", "got string"}},
			{"wrong type, not a dict", []any{[]any{}}, []string{"order: want", "got list"}},
			{"int out of range", []any{map[string]any{"sku": "x", "quantity": int64(1) << 31}}, []string{"order.quantity: want int32", "out of range"}},
			{"fraction", []any{map[string]any{"sku": "x", "quantity": 1.5}}, []string{"order.quantity: want int", "got"}},
			{"surplus positional", []any{good, "SECRET"}, []string{"args: want at most 1 positional argument", "got more"}},
			{"null", []any{map[string]any{"sku": nil, "quantity": 1}}, []string{"order.sku: want string, got null"}},
			{"no arguments", nil, []string{"order: want Order, missing"}},
		} {
			invocation := wamptest.Message{wamptest.Invocation, i + 1, m.ID(1), map[string]any{}}
			if bad.args != nil {
				invocation = append(invocation, bad.args)
			}
			p.Send(invocation, wamptest.Message{wamptest.Invocation, 100 + i, m.ID(1), map[string]any{}, []any{good}})
			answer := p.Expect(wamptest.Error)
			text := ""
			if len(answer.List(5)) == 1 {
				text, _ = answer.List(5)[0].(string)
			}
			if answer.ID(2) != int64(i+1) || answer.Text(4) != "wamp.error.invalid_argument" || strings.Contains(text, "SECRET") {
				s.T.Errorf("%s: got %v", bad.name, answer)
			}
			for _, want := range bad.want {
				if !strings.Contains(text, want) {
					s.T.Errorf("%s: want %q in %q", bad.name, want, text)
				}
			}
			if y := p.Expect(wamptest.Yield); y.ID(1) != int64(100+i) {
				s.T.Errorf("%s: the next invocation: %v", bad.name, y)
			}
			if n := calls.Load(); n != int64(i+1) {
				s.T.Errorf("%s: the handler ran %d times, want %d", bad.name, n, i+1)
			}
		}
		s.Works(c, p)
	})
}

// K10 for events: one that does not decode is counted, the next is delivered.
func TestK10_UndecodableEvent(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		c, p := s.Connect()
		got := make(chan stage.Order, 1)
		go stage.Grant(p, 1)
		sub, err := wamp.Subscribe(s.T.Context(), c, stage.OrderPlaced, func(_ context.Context, ev stage.Order) error {
			got <- ev
			return nil
		})
		if err != nil {
			s.T.Fatal(err)
		}
		none := map[string]any{}
		p.Send(wamptest.Message{wamptest.Event, 1, 1, none, []any{"not an order"}},
			wamptest.Message{wamptest.Event, 1, 2, none},
			wamptest.Message{wamptest.Event, 1, 3, none, []any{map[string]any{"sku": "x", "quantity": 3}}})
		if ev := <-got; ev != (stage.Order{Sku: "x", Quantity: 3}) || sub.Failed() != 2 {
			s.T.Errorf("got %v after %d failures", ev, sub.Failed())
		}
		s.Works(c, p)
	})
}

// K11: an ERROR becomes the declared type, or *wamp.Error, and never a panic.
func TestK11_PeerErrors(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		c, p := s.Connect()
		none := map[string]any{}
		for _, e := range []struct {
			uri     string
			payload []any
			typed   bool
		}{
			{"com.example.error.sold_out", []any{[]any{}, map[string]any{"sku": "blue"}}, true},
			{"com.example.error.sold_out", []any{nil, map[string]any{"sku": "blue", "more": 1}}, true},
			{"com.example.error.sold_out", []any{}, false},                                  // does not fit the declaration
			{"com.example.error.sold_out", []any{[]any{}, map[string]any{"sku": 7}}, false}, // neither
			{"com.example.error.unknown", []any{[]any{"why", 7}, map[string]any{"k": "v"}}, false},
			{"com.example.error.unknown", []any{}, false},
			{"com.example.error.unknown", []any{[]any{}}, false},
			{"com.example.error.unknown", []any{nil, nil}, false},
			{"not an uri", []any{[]any{nil}}, false},
			{"", []any{}, false},
		} {
			done := stage.Place(s, c, stage.Order{Sku: "x", Quantity: 1})
			id := p.Expect(wamptest.Call).ID(1)
			p.Send(append(wamptest.Message{wamptest.Error, wamptest.Call, id, none, e.uri}, e.payload...))
			err := <-done
			var typed *stage.SoldOut
			var plain *wamp.Error
			switch {
			case !wamp.IsPeer(err) || wamp.SafeToRetry(err):
				s.T.Errorf("%v: got %v", e, err)
			case e.typed && (!errors.As(err, &typed) || typed.Sku != "blue"):
				s.T.Errorf("%v: want the declared error, got %#v", e, err)
			case !e.typed && (!errors.As(err, &plain) || plain.URI != e.uri):
				s.T.Errorf("%v: want *wamp.Error, got %#v", e, err)
			case len(e.payload) == 2 && plain != nil && e.uri == "com.example.error.unknown" && e.payload[0] != nil &&
				(plain.Args[1] != int64(7) || plain.Kwargs["k"] != "v"):
				s.T.Errorf("%v: lost its payload: %#v", e, plain)
			}
		}
		s.Works(c, p)
	})
}

// K11 for every other operation: the router's ERROR is found by errors.Is.
func TestK11_ErrorsOfEveryOperation(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		c, p := s.Connect()
		ctx := s.T.Context()
		for kind, operation := range map[int]func() error{
			wamptest.Publish: func() error { return c.Publish(ctx, "com.example.x", nil, nil, wamp.WithAcknowledge()) },
			wamptest.Subscribe: func() error {
				_, err := c.Subscribe(ctx, "com.example.x", func(context.Context, wamp.Payload) error { return nil })
				return err
			},
			wamptest.Register: func() error { _, err := c.Register(ctx, "com.example.x", stage.Echo); return err },
			wamptest.Call:     func() error { _, err := c.Call(ctx, "com.example.x", nil, nil); return err },
		} {
			done := make(chan error, 1)
			go func() { done <- operation() }()
			m := p.Expect(kind)
			p.Send(wamptest.Message{wamptest.Error, kind, m.ID(1), map[string]any{}, "wamp.error.not_authorized", []any{"no"}})
			var e *wamp.Error
			if err := <-done; !errors.Is(err, wamp.ErrNotAuthorized) || !errors.As(err, &e) || !wamp.IsPeer(err) || e.Args[0] != "no" {
				s.T.Errorf("message %d: got %v", kind, err)
			}
		}
		s.Works(c, p)
	})
}
