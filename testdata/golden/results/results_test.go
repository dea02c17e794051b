package results

import (
	"context"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

func TestValues(t *testing.T) {
	roundtrip.Outputs(t, void, wamp.None{})
	roundtrip.Outputs(t, one, 0, -7)
	roundtrip.Outputs(t, oneList, []Point{}, []Point{{1, 2}})
	roundtrip.Outputs(t, oneNull, nil, &Point{1, 2})
	roundtrip.Outputs(t, oneMaybe, nil, &Point{1, 2})
	roundtrip.Outputs(t, argsTail, ArgsTailResult{X: 1}, ArgsTailResult{X: 1, Z: new(3)}, ArgsTailResult{1, new(2), new(3)})
	roundtrip.Outputs(t, argsNone, ArgsNoneResult{}, ArgsNoneResult{Y: new(1)})
	roundtrip.Outputs(t, kwargsNone, KwargsNoneResult{}, KwargsNoneResult{X: new(1)})
	roundtrip.Outputs(t, kwargsLoose, Loose{}, Loose{B: new("")})
	roundtrip.Outputs(t, bothLoose, BothLooseResult{}, BothLooseResult{X: new(1)}, BothLooseResult{Y: new(1)}, BothLooseResult{new(1), new(2)})
}

// The forms on the wire; "" is absent.
func TestWire(t *testing.T) {
	wire := func(encode func(e *codec.Encoder) int, args, kwargs string) {
		t.Helper()
		roundtrip.Wire(t, encode, args, kwargs)
	}
	wire(func(e *codec.Encoder) int { return void.EncodeOut(e, wamp.None{}) }, "", "")
	wire(func(e *codec.Encoder) int { return one.EncodeOut(e, 7) }, "[7]", "")
	wire(func(e *codec.Encoder) int { return oneList.EncodeOut(e, []Point{{1, 2}}) }, `[[{"x":1,"y":2}]]`, "")
	wire(func(e *codec.Encoder) int { return oneNull.EncodeOut(e, nil) }, "[null]", "")
	wire(func(e *codec.Encoder) int { return oneMaybe.EncodeOut(e, nil) }, "", "")
	wire(func(e *codec.Encoder) int { return args.EncodeOut(e, ArgsResult{1, "a"}) }, `[1,"a"]`, "")
	wire(func(e *codec.Encoder) int { return argsNone.EncodeOut(e, ArgsNoneResult{}) }, "", "")
	wire(func(e *codec.Encoder) int { return argsNone.EncodeOut(e, ArgsNoneResult{Y: new(1)}) }, "[null,1]", "")
	wire(func(e *codec.Encoder) int { return kwargs.EncodeOut(e, KwargsResult{X: 1}) }, "[]", `{"x":1}`)
	wire(func(e *codec.Encoder) int { return kwargsNone.EncodeOut(e, KwargsNoneResult{}) }, "", "")
	wire(func(e *codec.Encoder) int { return kwargsType.EncodeOut(e, Point{1, 2}) }, "[]", `{"x":1,"y":2}`)
	wire(func(e *codec.Encoder) int { return kwargsLoose.EncodeOut(e, Loose{}) }, "", "")
	wire(func(e *codec.Encoder) int { return both.EncodeOut(e, BothResult{1, 2}) }, "[1]", `{"y":2}`)
	wire(func(e *codec.Encoder) int { return bothLoose.EncodeOut(e, BothLooseResult{X: new(1)}) }, "[1]", "")
	wire(func(e *codec.Encoder) int { return bothLoose.EncodeOut(e, BothLooseResult{Y: new(1)}) }, "[]", `{"y":1}`)
	wire(func(e *codec.Encoder) int { return bothType.EncodeOut(e, BothTypeResult{3, 1, 2}) }, "[3]", `{"x":1,"y":2}`)
}

// No result accepts anything: other clients send [null]. What is surplus is
// ignored, since the callee may be newer.
func TestLenient(t *testing.T) {
	roundtrip.Decodes(t, void.DecodeOut, []any{nil}, nil, wamp.None{})
	roundtrip.Decodes(t, void.DecodeOut, []any{1, "x"}, map[string]any{"a": 1}, wamp.None{})
	roundtrip.Decodes(t, one.DecodeOut, []any{1, 2, "x"}, map[string]any{"a": 1}, 1)
	roundtrip.Decodes(t, args.DecodeOut, []any{1}, map[string]any{"y": "a", "x": 2}, ArgsResult{1, "a"})
	roundtrip.Decodes(t, bothType.DecodeOut, nil, map[string]any{"z": 3, "x": 1, "y": 2, "more": nil}, BothTypeResult{3, 1, 2})
}

func TestRefuses(t *testing.T) {
	roundtrip.Refuses(t, one.DecodeOut, nil, nil, "result: want int, missing")
	roundtrip.Refuses(t, one.DecodeOut, []any{nil}, nil, "args[0]: want int, got null")
	roundtrip.Refuses(t, oneStruct.DecodeOut, []any{[]any{}}, nil, "args[0]: want map, got list")
	roundtrip.Refuses(t, kwargsType.DecodeOut, nil, map[string]any{"x": 1}, "kwargs.y: want int, missing")
	roundtrip.Refuses(t, kwargsType.DecodeOut, nil, nil, "kwargs.x: want int, missing")
}

type service struct{}

func (service) Args(context.Context) (ArgsResult, error)         { return ArgsResult{1, "a"}, nil }
func (service) ArgsNone(context.Context) (ArgsNoneResult, error) { return ArgsNoneResult{}, nil }
func (service) ArgsOne(context.Context) (ArgsOneResult, error)   { return ArgsOneResult{1}, nil }
func (service) ArgsTail(context.Context) (ArgsTailResult, error) {
	return ArgsTailResult{1, nil, new(3)}, nil
}
func (service) Both(context.Context) (BothResult, error) { return BothResult{1, 2}, nil }
func (service) BothLoose(context.Context) (BothLooseResult, error) {
	return BothLooseResult{Y: new(2)}, nil
}
func (service) BothType(context.Context) (BothTypeResult, error)     { return BothTypeResult{3, 1, 2}, nil }
func (service) Kwargs(context.Context) (KwargsResult, error)         { return KwargsResult{X: 1}, nil }
func (service) KwargsLoose(context.Context) (Loose, error)           { return Loose{A: new(1)}, nil }
func (service) KwargsNone(context.Context) (KwargsNoneResult, error) { return KwargsNoneResult{}, nil }
func (service) KwargsType(context.Context) (Point, error)            { return Point{1, 2}, nil }
func (service) One(context.Context) (int, error)                     { return 7, nil }
func (service) OneList(context.Context) ([]Point, error)             { return []Point{{1, 2}}, nil }
func (service) OneMap(context.Context) (map[string]string, error) {
	return map[string]string{"a": "b"}, nil
}
func (service) OneMaybe(context.Context) (*Point, error) { return nil, nil }
func (service) OneNull(context.Context) (*Point, error)  { return nil, nil }
func (service) OneStruct(context.Context) (Point, error) { return Point{1, 2}, nil }
func (service) Void(context.Context) error               { return nil }
func (service) VoidWithInput(context.Context, int) error { return nil }

// returns calls a procedure over the router and wants what the service
// returns itself.
func returns[T any](ctx context.Context, t *testing.T, remote func(context.Context, ...wamp.CallOption) (T, error), local func(context.Context) (T, error)) {
	t.Helper()
	want, _ := local(ctx)
	got, err := remote(ctx)
	if err != nil {
		t.Error(err)
	}
	roundtrip.Same(t, "result", got, want)
}

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		var s service
		if _, err := Register(ctx, callee, s); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		returns(ctx, t, c.Args, s.Args)
		returns(ctx, t, c.ArgsNone, s.ArgsNone)
		returns(ctx, t, c.ArgsOne, s.ArgsOne)
		returns(ctx, t, c.ArgsTail, s.ArgsTail)
		returns(ctx, t, c.Both, s.Both)
		returns(ctx, t, c.BothLoose, s.BothLoose)
		returns(ctx, t, c.BothType, s.BothType)
		returns(ctx, t, c.Kwargs, s.Kwargs)
		returns(ctx, t, c.KwargsLoose, s.KwargsLoose)
		returns(ctx, t, c.KwargsNone, s.KwargsNone)
		returns(ctx, t, c.KwargsType, s.KwargsType)
		returns(ctx, t, c.One, s.One)
		returns(ctx, t, c.OneList, s.OneList)
		returns(ctx, t, c.OneMap, s.OneMap)
		returns(ctx, t, c.OneMaybe, s.OneMaybe)
		returns(ctx, t, c.OneNull, s.OneNull)
		returns(ctx, t, c.OneStruct, s.OneStruct)
		roundtrip.Same(t, "void", c.Void(ctx), nil)
		roundtrip.Same(t, "void", c.VoidWithInput(ctx, 1), nil)
		roundtrip.Wrong(ctx, t, caller, "com.example.results.void", []any{1}, nil, "args: want at most 0 positional arguments, got more")
	})
}
