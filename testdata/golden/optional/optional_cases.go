package optional

import (
	"context"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

var (
	at  = time.Date(2026, 8, 22, 10, 30, 0, 0, time.UTC)
	day = wamp.Date{Year: 2026, Month: 8, Day: 22}
)

var absents = []Absent{
	{},
	{
		Flag: new(false), Count: new(0), Text: new(""), Blob: []byte{}, At: &at, Day: &day, Point: &Point{},
		List: []int{}, Map: map[string]int{}, Tags: Tags{}, Any: false,
	},
}

var nulls = []Null{
	{},
	{
		Flag: new(true), Count: new(1), Text: new("x"), Blob: []byte{1}, At: &at, Day: &day, Point: &Point{1, 2},
		List: []int{}, Map: map[string]int{"a": 1}, Tags: Tags{"a"}, Any: "x",
	},
}

var boths = []Both{
	{},
	{
		Flag: wamp.Null[bool](), Count: wamp.Null[int](), Text: wamp.Null[string](), Blob: wamp.Null[[]byte](),
		At: wamp.Null[time.Time](), Day: wamp.Null[wamp.Date](), Point: wamp.Null[Point](), List: wamp.Null[[]int](),
		Map: wamp.Null[map[string]int](), Tags: wamp.Null[Tags](), Any: wamp.Null[any](),
	},
	{
		Flag: wamp.Some(false), Count: wamp.Some(0), Text: wamp.Some(""), Blob: wamp.Some([]byte{}), At: wamp.Some(at),
		Day: wamp.Some(day), Point: wamp.Some(Point{1, 2}), List: wamp.Some([]int{}), Map: wamp.Some(map[string]int{}),
		Tags: wamp.Some(Tags{}), Any: wamp.Some[any]("x"),
	},
}

func TestValues(t *testing.T) {
	roundtrip.Values(t, absents...)
	roundtrip.Values(t, nulls...)
	roundtrip.Values(t, boths...)
	roundtrip.Inputs[*int](t, single, nil, new(0))
	roundtrip.Outputs[*string](t, single, nil, new(""))
	roundtrip.Inputs[MaybeArgs](t, maybe, MaybeArgs{}, MaybeArgs{X: new(0)})
	roundtrip.Outputs(t, maybe, maybeInt{}, maybeInt{new(0)})
	roundtrip.Inputs[TailArgs](t, tail,
		TailArgs{A: 1},
		TailArgs{A: 1, B: new(2), K: new("k"), N: new(3)},
		TailArgs{A: 1, C: &Point{1, 2}},
		TailArgs{A: 1, D: new("d")},
		TailArgs{A: 1, B: new(2), C: &Point{}, D: new("")})
}

// Absent is no key and null is a null; what stands before something is null
// and what stands at the end is left out.
func TestWire(t *testing.T) {
	wire := func(v TailArgs, args string) {
		roundtrip.Wire(t, roundtrip.Put[TailArgs](roundtrip.In(tail), v), args, `{"n":null}`)
	}
	wire(TailArgs{A: 1}, `[1]`)
	wire(TailArgs{A: 1, B: new(2)}, `[1,2]`)
	wire(TailArgs{A: 1, C: &Point{1, 2}}, `[1,null,{"x":1,"y":2}]`)
	wire(TailArgs{A: 1, D: new("d")}, `[1,null,null,"d"]`)
	roundtrip.Wire(t, roundtrip.Put[MaybeArgs](roundtrip.In(maybe), MaybeArgs{}), "", "")
	roundtrip.Wire(t, roundtrip.Put(roundtrip.Out(maybe), maybeInt{}), "", "")
	roundtrip.Wire(t, roundtrip.Put[*int](roundtrip.In(single), (*int)(nil)), "[null]", "")
	roundtrip.Wire(t, roundtrip.Put[Absent](roundtrip.In(absent), Absent{}), "[{}]", "")
	roundtrip.Wire(t, roundtrip.Put[Both](roundtrip.In(both), Both{Text: wamp.Null[string]()}), `[{"text":null}]`, "")
}

// Where a value may be absent, null means the same.
func TestNullAsAbsent(t *testing.T) {
	roundtrip.Decodes[Absent](t, roundtrip.In(absent), []any{map[string]any{
		"flag": nil, "count": nil, "text": nil, "blob": nil, "at": nil, "day": nil, "point": nil, "list": nil, "map": nil, "tags": nil, "any": nil,
	}}, nil, Absent{})
	roundtrip.Decodes[TailArgs](t, roundtrip.In(tail), []any{1, nil, nil, nil}, map[string]any{"n": nil, "k": nil}, TailArgs{A: 1})
	roundtrip.Decodes(t, roundtrip.Out(maybe), []any{nil}, nil, maybeInt{})
	roundtrip.Decodes(t, roundtrip.Out(maybe), nil, nil, maybeInt{})
}

// Where a value may be null it must be there; where it may be neither, null is refused.
func TestRefuses(t *testing.T) {
	roundtrip.Refuses[Null](t, roundtrip.In(null), []any{map[string]any{}}, nil, "x.flag: want bool, missing")
	roundtrip.Refuses[TailArgs](t, roundtrip.In(tail), []any{1}, nil, "kwargs.n: want int, missing")
	roundtrip.Refuses[TailArgs](t, roundtrip.In(tail), []any{nil}, map[string]any{"n": 1}, "a: want int, got null")
	roundtrip.Refuses[*string](t, roundtrip.Out(single), nil, nil, "result: want string, missing")
	roundtrip.Refuses[Absent](t, roundtrip.In(absent), []any{map[string]any{"point": map[string]any{"x": 1, "y": nil}}}, nil, "x.point.y: want int, got null")
}

type echo struct{}

func (echo) Absent(_ context.Context, v Absent) (Absent, error)  { return v, nil }
func (echo) Both(_ context.Context, v Both) (Both, error)        { return v, nil }
func (echo) Maybe(_ context.Context, in MaybeArgs) (*int, error) { return in.X, nil }
func (echo) Null(_ context.Context, v Null) (Null, error)        { return v, nil }
func (echo) Single(_ context.Context, x *int) (*string, error) {
	if x == nil {
		return nil, nil
	}
	return new("x"), nil
}
func (echo) Tail(_ context.Context, in TailArgs) (TailResult, error) {
	return TailResult{in.A, in.B, in.C, in.D}, nil
}

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, echo{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		roundtrip.Echoes(ctx, t, c.Absent, absents...)
		roundtrip.Echoes(ctx, t, c.Null, nulls...)
		roundtrip.Echoes(ctx, t, c.Both, boths...)
		got, err := c.Tail(ctx, TailArgs{A: 1, D: new("d")})
		roundtrip.Same(t, err, got, TailResult{A: 1, D: new("d")})
		none, err := c.Single(ctx, nil)
		roundtrip.Same(t, err, none, (*string)(nil))
		few, err := c.Maybe(ctx, MaybeArgs{})
		roundtrip.Same(t, err, few, (*int)(nil))
		roundtrip.Wrong(ctx, t, caller, "com.example.optional.null", []any{map[string]any{}}, nil, "x.flag: want bool, missing")
		roundtrip.Wrong(ctx, t, caller, "com.example.optional.tail", []any{nil}, map[string]any{"n": nil}, "a: want int, got null")
	})
}

func TestEncodesWithoutAllocation(t *testing.T) {
	v := TailArgs{A: 1, C: &Point{1, 2}, D: new("d"), K: new("k")}
	roundtrip.NoAllocs(t, roundtrip.Put[TailArgs](roundtrip.In(tail), v))
}

// Of a key that comes twice the last value wins, also if that is null.
func TestDuplicateKey(t *testing.T) {
	roundtrip.LastWins(t, absents[1], Absent{})
	roundtrip.LastWins(t, nulls[1], Null{})
	roundtrip.LastWins(t, boths[2], boths[1])
}

// The types without a name, for the helpers of the tests.
var (
	_ = roundtrip.Null(codec.Int)
	_ = roundtrip.Null(codec.String)
)

// maybeInt is a result that may be absent, as the generated methods code it.
type maybeInt struct{ p *int }

func (v *maybeInt) CodeWAMP(c *codec.Coder) { codeMaybeResult(&v.p, c) }
