package call

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// typedEcho is a procedure of one integer, as generated code describes it.
var typedEcho = stage.Typed[int64, int64]{
	Procedure: &wamp.Procedure{URI: "a.typed", In: stage.One("value", "int"), Out: stage.One("value", "")},
	CodeIn:    codec.Int64, CodeOut: codePositive,
}

// codePositive codes a number that must not be negative.
func codePositive(p *int64, c *codec.Coder) {
	if e := c.Encoder(); e != nil && *p < 0 {
		e.Fail("want a positive value")
		return
	}
	codec.Int64(p, c)
}

// R192 to R197, R200, R211: each INVOCATION has one answer of the right shape,
// whatever happens. R014: unknown details harm nobody.
func TestInvocation_Answers(t *testing.T) {
	failure := func(uri string, payload ...any) wamptest.Message {
		return append(wamptest.Message{int64(wamptest.Error), int64(wamptest.Invocation), nil, stage.Dict{}, uri}, payload...)
	}
	yield := func(payload ...any) wamptest.Message {
		return append(wamptest.Message{int64(wamptest.Yield), nil, stage.Dict{}}, payload...)
	}
	rows := []struct {
		name    string
		handler func() (wamp.Payload, error)
		want    wamptest.Message
	}{
		{"void", func() (wamp.Payload, error) { return wamp.Payload{}, nil }, yield()}, // R193
		{"args", func() (wamp.Payload, error) { return wamp.Payload{Args: []any{"x"}}, nil }, yield([]any{"x"})},
		{"kwargs", func() (wamp.Payload, error) { return wamp.Payload{Kwargs: stage.Dict{"k": nil}}, nil }, yield([]any{}, stage.Dict{"k": nil})},
		{"error", func() (wamp.Payload, error) { return wamp.Payload{}, wamp.NewError("a.error", "x") }, failure("a.error", []any{"x"})},   // R194
		{"declined", func() (wamp.Payload, error) { return wamp.Payload{}, wamp.ErrUnavailable }, failure("wamp.error.unavailable")},       // R211
		{"plain error", func() (wamp.Payload, error) { return wamp.Payload{}, errors.New("secret") }, failure("wamp.error.runtime_error")}, // R196
		{"panic", func() (wamp.Payload, error) { panic("secret") }, failure("wamp.error.runtime_error")},                                   // R192
		{"unserializable", func() (wamp.Payload, error) { return wamp.Payload{Args: []any{make(chan int)}}, nil }, failure("wamp.error.runtime_error")},
		{"bad error payload", func() (wamp.Payload, error) { return wamp.Payload{}, wamp.NewError("a.error", make(chan int)) }, failure("a.error")},
		{"bad error URI", func() (wamp.Payload, error) { return wamp.Payload{}, wamp.NewError("a error", "x") }, failure("wamp.error.runtime_error")}, // R082
	}
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for i, row := range rows {
			_, id := s.Register(c, p, "a.b", func(context.Context, wamp.Payload) (wamp.Payload, error) { return row.handler() })
			p.Send(wamptest.Message{wamptest.Invocation, 1000 + i, id, stage.Dict{"receive_progress": true, "progress": false, "x_own": nil}}) // R199, R200
			m, err := p.Next()
			if err != nil {
				s.T.Fatal(err)
			}
			at := 1
			if m.Type() == wamptest.Error {
				at = 2
			}
			if m.ID(at) != int64(1000+i) {
				s.T.Errorf("%s: found %v", row.name, m)
			}
			m[at] = nil
			if !reflect.DeepEqual(m, row.want) {
				s.T.Errorf("%s: found %v, want %v", row.name, m, row.want)
			}
		}
		s.Works(c, p)
	})
}

// R192, R195: input that does not fit is told by path, and the handler does not
// run; a result that breaks the schema is a runtime error.
func TestInvocation_TypedInput(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		ran := 0
		done := stage.Begin(func() error {
			_, err := wamp.Register(s.T.Context(), c, typedEcho.Handle(func(_ context.Context, v int64) (int64, error) {
				ran++
				return v, nil
			}))
			return err
		})
		m := p.Expect(wamptest.Register)
		p.Send(wamptest.Answer(m))
		if err := <-done; err != nil {
			s.T.Fatal(err)
		}
		invocation := 100
		for text, args := range map[string][]any{
			"value: want int, got string": {"5"}, "value: want int, missing": {}, "value: want int, got null": {nil},
		} {
			invocation++
			p.Send(wamptest.Message{wamptest.Invocation, invocation, m.ID(1), stage.Dict{}, args})
			e := p.Expect(wamptest.Error)
			if e.Text(4) != "wamp.error.invalid_argument" || len(e.List(5)) != 1 || !strings.Contains(e.List(5)[0].(string), text) {
				s.T.Errorf("found %v, want %s", e, text)
			}
		}
		if ran != 0 {
			s.T.Errorf("the handler ran %d times", ran)
		}
		p.Send(wamptest.Message{wamptest.Invocation, invocation + 1, m.ID(1), stage.Dict{}, []any{-1}})
		if e := p.Expect(wamptest.Error); e.Text(4) != "wamp.error.runtime_error" || len(e) != 5 {
			s.T.Errorf("found %v", e)
		}
		p.Send(wamptest.Message{wamptest.Invocation, invocation + 2, m.ID(1), stage.Dict{}, []any{5}})
		if y := p.Expect(wamptest.Yield); y.List(3)[0] != int64(5) {
			s.T.Errorf("found %v", y)
		}
	})
}

// R197: a result or error that is too large for the router is said so in few
// bytes. WebSocket routers tell no limit.
func TestInvocation_TooLarge(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		if s.Kind == wamptest.WebSocket {
			return
		}
		s.Limit = 1024
		c, p := s.Connect()
		large := []any{strings.Repeat("x", 1024)}
		_, result := s.Register(c, p, "a.result", func(context.Context, wamp.Payload) (wamp.Payload, error) {
			return wamp.Payload{Args: large}, nil
		})
		_, failure := s.Register(c, p, "a.failure", func(context.Context, wamp.Payload) (wamp.Payload, error) {
			return wamp.Payload{}, wamp.NewError("a.error", large...)
		})
		p.Send(wamptest.Message{wamptest.Invocation, 1, result, stage.Dict{}})
		if m := p.Expect(wamptest.Error); m.ID(2) != 1 || m.Text(4) != "wamp.error.payload_size_exceeded" {
			s.T.Errorf("found %v", m)
		}
		p.Send(wamptest.Message{wamptest.Invocation, 2, failure, stage.Dict{}})
		if m := p.Expect(wamptest.Error); m.ID(2) != 2 || m.Text(4) != "a.error" || len(m) != 5 {
			s.T.Errorf("found %v", m)
		}
		s.Works(c, p)
	})
}

// R198: invocations begin in the order of their arrival and may end in any.
func TestInvocation_Order(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		const n = 100
		c, p := s.Connect()
		var begun []int64
		turn := make(chan struct{})
		_, serial := s.Register(c, p, "a.serial", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
			begun = append(begun, in.Args[0].(int64))
			return in, nil
		}, wamp.WithConcurrency(1))
		_, slow := s.Register(c, p, "a.slow", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
			<-turn
			return in, nil
		})
		p.Send(wamptest.Message{wamptest.Invocation, 1, slow, stage.Dict{}, []any{0}})
		var all []wamptest.Message
		for i := range n {
			all = append(all, wamptest.Message{wamptest.Invocation, 2 + i, serial, stage.Dict{}, []any{i}})
		}
		p.Send(all...)
		for i := range n {
			if m := p.Expect(wamptest.Yield); m.ID(1) != int64(2+i) {
				s.T.Errorf("found %v", m)
			}
		}
		close(turn)
		if m := p.Expect(wamptest.Yield); m.ID(1) != 1 {
			s.T.Errorf("found %v", m)
		}
		for i, v := range begun {
			if v != int64(i) {
				s.T.Fatalf("began %v", begun)
			}
		}
	})
}

// R202, R203, R207: who calls what is told where the router tells it.
func TestInvocation_Info(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		infos := make(chan wamp.CallInfo, 1)
		handler := func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			infos <- wamp.CallInfoFrom(ctx)
			return in, nil
		}
		_, pattern := s.Register(c, p, "a.", handler, wamp.WithPrefix())
		_, exact := s.Register(c, p, "a.b", handler)
		for i, row := range []struct {
			registration int64
			details      stage.Dict
			want         wamp.CallInfo
		}{
			{pattern, stage.Dict{"procedure": "a.b-c"}, wamp.CallInfo{Procedure: "a.b-c"}},
			{pattern, stage.Dict{}, wamp.CallInfo{}}, // R203
			{exact, stage.Dict{}, wamp.CallInfo{Procedure: "a.b"}},
			{exact, stage.Dict{"caller": 5, "caller_authid": "ann", "caller_authrole": "user", "trustlevel": 3, "timeout": 1000},
				wamp.CallInfo{Procedure: "a.b", Caller: 5, AuthID: "ann", AuthRole: "user", TrustLevel: 3, Timeout: 1e9}},
		} {
			p.Send(wamptest.Message{wamptest.Invocation, 1 + i, row.registration, row.details})
			got := <-infos
			p.Expect(wamptest.Yield)
			if len(got.Details()) != len(row.details) {
				s.T.Errorf("details %v, want %v", got.Details(), row.details)
			}
			if got.Procedure != row.want.Procedure || got.Caller != row.want.Caller || got.AuthID != row.want.AuthID ||
				got.AuthRole != row.want.AuthRole || got.TrustLevel != row.want.TrustLevel || got.Timeout != row.want.Timeout {
				s.T.Errorf("got %+v, want %+v", got, row.want)
			}
		}
	})
}
