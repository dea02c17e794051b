package kwargs

import (
	"context"
	"fmt"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

var full = NamedArgs{First: 1, Second: "two", Third: new(true), Fourth: new(4)}

func TestValues(t *testing.T) {
	roundtrip.Inputs[OnlyArgs](t, only, OnlyArgs{}, OnlyArgs{A: 1, B: new("")})
	roundtrip.Inputs[Filter](t, filter, Filter{Limit: 5, Inclusion: new(false)}, Filter{Limit: 50, State: new("x")})
	roundtrip.Inputs[Loose](t, loose, Loose{}, Loose{A: new(1)})
	roundtrip.Inputs[Strict](t, strict, Strict{}, Strict{A: 1, B: "b"})
	roundtrip.Inputs[MixedArgs](t, mixed, MixedArgs{X: 1, Y: []int{}, A: 2, B: "b"})
	roundtrip.Inputs[NamedArgs](t, named, full, NamedArgs{})
}

func TestWire(t *testing.T) {
	roundtrip.Wire(t, roundtrip.Put[OnlyArgs](roundtrip.In(only), OnlyArgs{A: 1}), "[]", `{"a":1}`)
	roundtrip.Wire(t, roundtrip.Put[Filter](roundtrip.In(filter), Filter{Inclusion: new(true)}), "[]", `{"limit":50,"@Inclusion":true}`)
	roundtrip.Wire(t, roundtrip.Put[Loose](roundtrip.In(loose), Loose{}), "", "")
	roundtrip.Wire(t, roundtrip.Put[Loose](roundtrip.In(loose), Loose{B: new(1)}), "[]", `{"b":1}`)
	roundtrip.Wire(t, roundtrip.Put[MixedArgs](roundtrip.In(mixed), MixedArgs{X: 1}), "[1,[]]", `{"a":0,"b":""}`)
	roundtrip.Wire(t, roundtrip.Put[NamedArgs](roundtrip.In(named), NamedArgs{First: 1}), `[1,""]`, "")
	roundtrip.Wire(t, roundtrip.Put[struct{}](roundtrip.In(ping), struct{}{}), "", "")
}

// Any named parameter may come by position or by name, as from Python.
func TestByName(t *testing.T) {
	roundtrip.Decodes[NamedArgs](t, roundtrip.In(named), []any{1, "two", true}, map[string]any{"fourth": 4}, full)
	roundtrip.Decodes[NamedArgs](t, roundtrip.In(named), []any{1}, map[string]any{"second": "two", "third": true, "fourth": 4}, full)
	roundtrip.Decodes[NamedArgs](t, roundtrip.In(named), nil, map[string]any{"first": 1, "second": "two", "third": true, "fourth": 4}, full)
	roundtrip.Decodes[NamedArgs](t, roundtrip.In(named), nil, map[string]any{"first": 1, "second": "two", "unknown": []any{1}}, NamedArgs{First: 1, Second: "two"})
}

var wrongs = []struct {
	uri    string
	args   []any
	kwargs map[string]any
	text   string
}{
	{"named", []any{1}, nil, "second: want string, missing"},
	{"named", nil, map[string]any{"second": "x"}, "first: want int, missing"},
	{"named", []any{1, "x"}, map[string]any{"second": "x"}, "second: want one value, got one by position and one by name"},
	{"named", []any{1, "x", true, 4}, nil, "args: want at most 3 positional arguments, got more"},
	{"named", []any{1, nil}, nil, "second: want string, got null"},
	{"named", []any{1, "x"}, map[string]any{"fourth": "x"}, "fourth: want int, got string"},
	{"only", []any{1}, nil, "args: want at most 0 positional arguments, got more"},
	{"only", nil, nil, "kwargs.a: want int, missing"},
	{"strict", nil, map[string]any{"a": 1}, "kwargs.b: want string, missing"},
	{"strict", nil, map[string]any{"a": nil, "b": ""}, "a: want int, got null"},
	{"mixed", []any{1, []any{}}, map[string]any{"a": 1.5, "b": ""}, "a: want int, got float"},
	{"ping", []any{1}, nil, "args: want at most 0 positional arguments, got more"},
}

type service struct{}

func (service) Filter(_ context.Context, in Filter) (Filter, error)   { return in, nil }
func (service) Loose(_ context.Context, in Loose) (Loose, error)      { return in, nil }
func (service) Mixed(_ context.Context, in MixedArgs) (Strict, error) { return Strict{in.A, in.B}, nil }
func (service) Named(_ context.Context, in NamedArgs) (string, error) {
	return fmt.Sprintf("%d %s %t", in.First, in.Second, *in.Third), nil
}
func (service) Only(_ context.Context, in OnlyArgs) (int, error)    { return in.A, nil }
func (service) Ping(context.Context) error                          { return nil }
func (service) Strict(_ context.Context, in Strict) (Strict, error) { return in, nil }

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, service{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		roundtrip.Echoes(ctx, t, c.Filter, Filter{Limit: 1}, Filter{Limit: 50, State: new("x"), Inclusion: new(true)})
		roundtrip.Echoes(ctx, t, c.Loose, Loose{}, Loose{A: new(0)})
		roundtrip.Echoes(ctx, t, c.Strict, Strict{1, "b"})
		text, err := c.Named(ctx, full)
		roundtrip.Same(t, err, text, "1 two true")
		roundtrip.Same(t, "ping", c.Ping(ctx), nil)

		got, err := caller.Call(ctx, "com.example.kwargs.named", []any{1}, map[string]any{"third": true, "second": "two"})
		roundtrip.Same(t, err, got.Args, []any{"1 two true"})
		for _, w := range wrongs {
			roundtrip.Wrong(ctx, t, caller, "com.example.kwargs."+w.uri, w.args, w.kwargs, w.text)
		}
	})
}
