package results

import (
	"context"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

func TestValues(t *testing.T) {
	roundtrip.Outputs[struct{}](t, void, struct{}{})
	roundtrip.Outputs[int](t, one, 0, -7)
	roundtrip.Outputs[[]Point](t, oneList, []Point{}, []Point{{1, 2}})
	roundtrip.Outputs(t, oneNull, nullPoint{}, nullPoint{&Point{1, 2}})
	roundtrip.Outputs(t, oneMaybe, maybePoint{}, maybePoint{&Point{1, 2}})
	roundtrip.Outputs[ArgsTailResult](t, argsTail, ArgsTailResult{X: 1}, ArgsTailResult{X: 1, Z: new(3)}, ArgsTailResult{1, new(2), new(3)})
	roundtrip.Outputs[ArgsNoneResult](t, argsNone, ArgsNoneResult{}, ArgsNoneResult{Y: new(1)})
	roundtrip.Outputs[KwargsNoneResult](t, kwargsNone, KwargsNoneResult{}, KwargsNoneResult{X: new(1)})
	roundtrip.Outputs[Loose](t, kwargsLoose, Loose{}, Loose{B: new("")})
	roundtrip.Outputs[BothLooseResult](t, bothLoose, BothLooseResult{}, BothLooseResult{X: new(1)}, BothLooseResult{Y: new(1)}, BothLooseResult{new(1), new(2)})
}

// The forms on the wire; "" is absent.
func TestWire(t *testing.T) {
	wire := func(encode func(e *codec.Encoder) int, args, kwargs string) {
		t.Helper()
		roundtrip.Wire(t, encode, args, kwargs)
	}
	wire(roundtrip.Put[struct{}](roundtrip.Out(void), struct{}{}), "", "")
	wire(roundtrip.Put[int](roundtrip.Out(one), 7), "[7]", "")
	wire(roundtrip.Put[[]Point](roundtrip.Out(oneList), []Point{{1, 2}}), `[[{"x":1,"y":2}]]`, "")
	wire(roundtrip.Put(roundtrip.Out(oneNull), nullPoint{}), "[null]", "")
	wire(roundtrip.Put(roundtrip.Out(oneMaybe), maybePoint{}), "", "")
	wire(roundtrip.Put[ArgsResult](roundtrip.Out(args), ArgsResult{1, "a"}), `[1,"a"]`, "")
	wire(roundtrip.Put[ArgsNoneResult](roundtrip.Out(argsNone), ArgsNoneResult{}), "", "")
	wire(roundtrip.Put[ArgsNoneResult](roundtrip.Out(argsNone), ArgsNoneResult{Y: new(1)}), "[null,1]", "")
	wire(roundtrip.Put[KwargsResult](roundtrip.Out(kwargs), KwargsResult{X: 1}), "[]", `{"x":1}`)
	wire(roundtrip.Put[KwargsNoneResult](roundtrip.Out(kwargsNone), KwargsNoneResult{}), "", "")
	wire(roundtrip.Put[Point](roundtrip.Out(kwargsType), Point{1, 2}), "[]", `{"x":1,"y":2}`)
	wire(roundtrip.Put[Loose](roundtrip.Out(kwargsLoose), Loose{}), "", "")
	wire(roundtrip.Put[BothResult](roundtrip.Out(both), BothResult{1, 2}), "[1]", `{"y":2}`)
	wire(roundtrip.Put[BothLooseResult](roundtrip.Out(bothLoose), BothLooseResult{X: new(1)}), "[1]", "")
	wire(roundtrip.Put[BothLooseResult](roundtrip.Out(bothLoose), BothLooseResult{Y: new(1)}), "[]", `{"y":1}`)
	wire(roundtrip.Put[BothTypeResult](roundtrip.Out(bothType), BothTypeResult{3, 1, 2}), "[3]", `{"x":1,"y":2}`)
}

// No result accepts anything: other clients send [null]. What is surplus is
// ignored, since the callee may be newer.
func TestLenient(t *testing.T) {
	roundtrip.Decodes[struct{}](t, roundtrip.Out(void), []any{nil}, nil, struct{}{})
	roundtrip.Decodes[struct{}](t, roundtrip.Out(void), []any{1, "x"}, map[string]any{"a": 1}, struct{}{})
	roundtrip.Decodes[int](t, roundtrip.Out(one), []any{1, 2, "x"}, map[string]any{"a": 1}, 1)
	roundtrip.Decodes[ArgsResult](t, roundtrip.Out(args), []any{1}, map[string]any{"y": "a", "x": 2}, ArgsResult{1, "a"})
	roundtrip.Decodes[BothTypeResult](t, roundtrip.Out(bothType), nil, map[string]any{"z": 3, "x": 1, "y": 2, "more": nil}, BothTypeResult{3, 1, 2})
}

func TestRefuses(t *testing.T) {
	roundtrip.Refuses[int](t, roundtrip.Out(one), nil, nil, "result: want int, missing")
	roundtrip.Refuses[int](t, roundtrip.Out(one), []any{nil}, nil, "result: want int, got null")
	roundtrip.Refuses[Point](t, roundtrip.Out(oneStruct), []any{[]any{}}, nil, "result: want map, got list")
	roundtrip.Refuses[Point](t, roundtrip.Out(kwargsType), nil, map[string]any{"x": 1}, "kwargs.y: want int, missing")
	roundtrip.Refuses[Point](t, roundtrip.Out(kwargsType), nil, nil, "kwargs.x: want int, missing")
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

// The types without a name, for the helpers of the tests.
var (
	_ = roundtrip.Know(func(p *[]Point) codec.Value { return (*listOfPoint)(p) })
)

// Results that may be null or absent, as the generated methods code them.
type (
	nullPoint  struct{ p *Point }
	maybePoint struct{ p *Point }
)

func (v *nullPoint) CodeWAMP(c *codec.Coder)  { codec.Null(&v.p, c, (*Point).CodeWAMP) }
func (v *maybePoint) CodeWAMP(c *codec.Coder) { codeOneMaybeResult(&v.p, c) }
