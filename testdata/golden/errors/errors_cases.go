package errors

import (
	"context"
	"errors"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

// failures are all errors by the word that the procedure fail takes.
var failures = map[string]wamp.TypedError{
	"empty":   &EmptyError{},
	"plain":   &PlainError{Message: "sold out"},
	"full":    &FullError{Message: "m", Retry: new(time.Second), Detail: Detail{Code: 1, Hint: new("h")}, Tags: []string{"a"}, Limit: 3},
	"spread":  &SpreadError{Code: 7},
	"both":    &BothError{ID: 1, Code: 2, Hint: new("h")},
	"foreign": &ForeignError{},
}

func TestValues(t *testing.T) {
	for _, kind := range fail.Errors {
		for _, err := range failures {
			if err.ErrorURI() == kind.URI {
				roundtrip.Errors(t, kind, err)
			}
		}
	}
	roundtrip.Same(t, "errors", len(fail.Errors), len(failures))
}

func TestText(t *testing.T) {
	roundtrip.Same(t, "text", failures["plain"].Error(), "wamp: com.example.errors.error.plain")
	roundtrip.Same(t, "text", failures["foreign"].Error(), "wamp: org.other.failure")
}

func TestWire(t *testing.T) {
	wire := func(name, args, kwargs string) {
		roundtrip.Wire(t, func(e *codec.Encoder) int { return e.Payload(failures[name], nil) }, args, kwargs)
	}
	wire("empty", "", "")
	wire("plain", `["sold out"]`, "")
	wire("full", `["m",1000]`, `{"detail":{"code":1,"hint":"h"},"tags":["a"],"limit":3}`)
	wire("spread", `[]`, `{"code":7}`)
	wire("foreign", `[null]`, "")
}

// A newer peer may send more than this schema knows.
func TestSurplusIsIgnored(t *testing.T) {
	roundtrip.Decodes[PlainError](t, roundtrip.Fault(plainError), []any{"m", 2, 3}, map[string]any{"x": 1, "message": "other"}, PlainError{Message: "m"})
	roundtrip.Decodes[EmptyError](t, roundtrip.Fault(emptyError), []any{"m"}, map[string]any{"x": 1}, EmptyError{})
	roundtrip.Decodes[PlainError](t, roundtrip.Fault(plainError), nil, map[string]any{"message": "m"}, PlainError{Message: "m"})
	roundtrip.Refuses[PlainError](t, roundtrip.Fault(plainError), nil, nil, "message: want string, missing")
}

type service struct{}

func (service) Fail(_ context.Context, which string) error     { return failures[which] }
func (service) Sum(_ context.Context, in SumArgs) (int, error) { return 0, failures["full"] } // not declared

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, service{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		for name, want := range failures {
			roundtrip.Same(t, name, c.Fail(ctx, name), error(want))
		}
		_, err := c.Sum(ctx, SumArgs{A: 1, B: 2})
		if peer, ok := errors.AsType[*wamp.Error](err); !ok {
			t.Errorf("an undeclared error: got %#v, want a *wamp.Error", peer)
		}
	})
}
