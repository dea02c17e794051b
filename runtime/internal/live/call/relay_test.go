package call

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// declaredError is a generated error type: a URI and nothing else.
type declaredError string

func (e declaredError) Error() string         { return "declared " + string(e) }
func (e declaredError) ErrorURI() string      { return string(e) }
func (e declaredError) CodeWAMP(*codec.Coder) {}

// declares returns a procedure that declares errors with these URIs.
func declares(procedure string, uris ...string) stage.Typed[string, string] {
	p := stage.Procedure(false)
	p.URI = procedure
	for _, uri := range uris {
		p.Errors = append(p.Errors, wamp.DeclaredError{URI: uri, New: func() wamp.TypedError { return declaredError(uri) }})
	}
	return p
}

// What a handler says on purpose reaches its caller; what a nested call answered
// does only where the handler relays it. An interceptor knows what that is.
func TestInvocation_AnswersOnlyWhatIsMeantForItsCaller(t *testing.T) {
	for name, row := range map[string]struct {
		err  func(error) error
		want string
	}{
		"a nested error":              {func(err error) error { return err }, "wamp.error.runtime_error"},
		"a nested error, wrapped":     {func(err error) error { return fmt.Errorf("stock: %w", err) }, "wamp.error.runtime_error"},
		"a nested error, joined":      {func(err error) error { return errors.Join(errors.New("x"), err) }, "wamp.error.runtime_error"},
		"a copy of a nested error":    {copyOfNested, "wamp.error.runtime_error"},
		"a relayed error":             {wamp.Relay, "a.nested"},
		"a relayed error, wrapped":    {func(err error) error { return fmt.Errorf("x: %w", wamp.Relay(err)) }, "a.nested"},
		"a wrapped error, relayed":    {func(err error) error { return wamp.Relay(fmt.Errorf("x: %w", err)) }, "a.nested"},
		"nothing to relay":            {func(error) error { return wamp.Relay(errors.New("x")) }, "wamp.error.runtime_error"},
		"its own error":               {func(error) error { return wamp.NewError("a.own") }, "a.own"},
		"its own error, wrapped":      {func(error) error { return fmt.Errorf("x: %w", wamp.NewError("a.own")) }, "a.own"},
		"its own beside the nested":   {func(err error) error { return errors.Join(err, wamp.NewError("a.own")) }, "a.own"},
		"its own because of a nested": {func(err error) error { return fmt.Errorf("%w: %w", wamp.ErrUnavailable, err) }, "wamp.error.unavailable"},
		"declared":                    {func(error) error { return declaredError("a.declared") }, "a.declared"},
		"declared, wrapped":           {func(error) error { return fmt.Errorf("x: %w", declaredError("a.declared")) }, "a.declared"},
		"declared elsewhere":          {func(error) error { return declaredError("a.foreign") }, "wamp.error.runtime_error"},
		"declared elsewhere, relayed": {func(error) error { return wamp.Relay(declaredError("a.foreign")) }, "a.foreign"},
		"too large elsewhere":         {func(error) error { return fmt.Errorf("x: %w", wamp.ErrTooLarge) }, "wamp.error.runtime_error"},
	} {
		t.Run(name, func(t *testing.T) {
			stage.Bubbles(t, func(s *stage.Stage) {
				uris := map[wamp.OperationKind]string{}
				c, p := s.Connect(wamp.WithInterceptors(func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
					err := next(ctx)
					uris[op.Kind] = op.ErrorURI(err)
					return err
				}))
				handle := func(ctx context.Context, in string) (string, error) {
					_, err := c.Call(ctx, "com.example.nested", nil, nil)
					return in, row.err(err)
				}
				done := stage.Begin(func() error {
					_, err := wamp.Register(s.T.Context(), c, declares("com.example.p", "a.declared").Handle(handle))
					return err
				})
				m := p.Expect(wamptest.Register)
				p.Send(wamptest.Answer(m))
				if err := <-done; err != nil {
					s.T.Fatal(err)
				}
				p.Send(wamptest.Message{wamptest.Invocation, 1, m.ID(1), stage.Dict{}, []any{"x"}})
				call := p.Expect(wamptest.Call)
				p.Send(wamptest.Message{wamptest.Error, wamptest.Call, call.ID(1), stage.Dict{}, "a.nested", []any{"secret"}})
				answer := p.Expect(wamptest.Error)
				if answer[4] != row.want {
					s.T.Errorf("answered %v, want %s", answer, row.want)
				}
				if of := uris[wamp.OperationInvocation]; of != row.want || uris[wamp.OperationCall] != "a.nested" || uris[wamp.OperationRegister] != "" {
					s.T.Errorf("interceptors saw %v, want %s", uris, row.want)
				}
				relayed := row.want == "a.nested"
				if payload := len(answer) > 5; payload != relayed {
					s.T.Errorf("answered %v: payload %v", answer, payload)
				}
			})
		})
	}
}

func copyOfNested(err error) error {
	var e *wamp.Error
	errors.As(err, &e)
	copied := *e
	return &copied
}

// A procedure without a schema declares nothing: an error type that its handler
// returns is meant for its caller, one that it wraps is not.
func TestInvocation_TypedErrorsWithoutASchema(t *testing.T) {
	for want, err := range map[string]error{
		"a.declared":               declaredError("a.declared"),
		"wamp.error.runtime_error": fmt.Errorf("x: %w", declaredError("a.declared")),
	} {
		stage.Bubbles(t, func(s *stage.Stage) {
			c, p := s.Connect()
			_, id := s.Register(c, p, "com.example.p", func(context.Context, wamp.Payload) (wamp.Payload, error) {
				return wamp.Payload{}, err
			})
			p.Send(wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{}})
			if m := p.Expect(wamptest.Error); m[4] != want {
				s.T.Errorf("answered %v, want %s", m, want)
			}
		})
	}
}

// That a nested call found no callee is never passed on, however it is relayed: the
// caller would send a call again that has run.
func TestRelay_NeverSaysThatThereIsNoCallee(t *testing.T) {
	for uri, want := range map[string]string{
		"wamp.error.no_such_procedure":           "wamp.error.runtime_error",
		"wamp.error.no_available_callee":         "wamp.error.runtime_error",
		"crossbar.error.max_concurrency_reached": "wamp.error.runtime_error",
		"wamp.error.unavailable":                 "wamp.error.unavailable",
	} {
		for name, relay := range map[string]func(error) error{
			"relayed":          wamp.Relay,
			"relayed, wrapped": func(err error) error { return fmt.Errorf("x: %w", wamp.Relay(err)) },
			"wrapped, relayed": func(err error) error { return wamp.Relay(fmt.Errorf("x: %w", err)) },
		} {
			t.Run(uri+"/"+name, func(t *testing.T) {
				stage.Transports(t, func(s *stage.Stage) {
					c, p := s.Connect()
					_, id := s.Register(c, p, "com.example.p", func(ctx context.Context, _ wamp.Payload) (wamp.Payload, error) {
						_, err := c.Call(ctx, "com.example.nested", nil, nil, wamp.WithGrace(0))
						return wamp.Payload{}, relay(err)
					})
					p.Send(wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{}})
					call := p.Expect(wamptest.Call)
					p.Send(wamptest.Message{wamptest.Error, wamptest.Call, call.ID(1), stage.Dict{}, uri, []any{"text"}, stage.Dict{"retry_after_ms": 5, "k": 1}})
					m := p.Expect(wamptest.Error)
					if m[4] != want {
						s.T.Errorf("answered %v, want %s", m, want)
					}
					if want == uri && (len(m) != 7 || len(m.Dict(6)) != 1) {
						s.T.Errorf("answered %v", m)
					}
				})
			})
		}
	}
}
