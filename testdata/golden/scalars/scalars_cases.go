package scalars

import (
	"context"
	"math"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

var values = []All{
	{
		Bytes: []byte{}, Time: time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), Date: wamp.Date{Year: 1, Month: 1, Day: 1},
		Decimal: "0", URI: "a", ID: 1,
	},
	{
		Bool: true, Int: math.MaxInt, Int8: math.MaxInt8, Int16: math.MaxInt16, Int32: math.MaxInt32, Int64: math.MaxInt64,
		Uint: math.MaxUint, Uint8: math.MaxUint8, Uint16: math.MaxUint16, Uint32: math.MaxUint32, Uint64: math.MaxUint64,
		Float32: math.MaxFloat32, Float64: math.MaxFloat64,
		String: "ümläut \"quoted\" \\ \n\t\u2028 \U0001F600", Bytes: []byte{0, 1, 255},
		Time: time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC), Date: wamp.Date{Year: 9999, Month: 12, Day: 31},
		Duration: math.MaxInt64 / 1_000_000 * time.Millisecond, UUID: wamp.UUID{15: 255},
		Decimal: "123456789012345678901234567890.10", URI: "com.example.topic", ID: 1 << 53, Any: "text",
	},
	{
		Int: math.MinInt, Int8: math.MinInt8, Int16: math.MinInt16, Int32: math.MinInt32, Int64: math.MinInt64,
		Float32: math.SmallestNonzeroFloat32, Float64: -0.1, Bytes: []byte("text"), Time: time.Date(2026, 8, 22, 10, 30, 0, 1, time.UTC),
		Date: wamp.Date{Year: 2024, Month: 2, Day: 29}, Duration: -time.Hour, Decimal: "-0.5", URI: "x.y", ID: 42,
		Any: map[string]any{"list": []any{int64(1), "two", 3.5, true, nil}, "bytes": []byte{1}},
	},
}

func TestValues(t *testing.T) {
	roundtrip.Values(t, values...)
	roundtrip.Inputs[All](t, allProcedure, values...)
	roundtrip.Outputs[All](t, allProcedure, values...)
	roundtrip.Inputs[int8](t, int8Procedure, math.MinInt8, -1, 0, 1, math.MaxInt8)
	roundtrip.Inputs[uint64](t, uint64Procedure, 0, 1<<53+1, math.MaxUint64)
	roundtrip.Outputs[float64](t, float64Procedure, 0, -0.5, 1, 1e300)
	roundtrip.Outputs[string](t, stringProcedure, "", "text")
	roundtrip.Outputs[[]byte](t, bytes, []byte{}, []byte("x"))
	roundtrip.Outputs[any](t, anyProcedure, []any{nil, int64(-1), uint64(math.MaxUint64), "text", []any{}, map[string]any{}}...)
}

// The peers that have one kind of number send whole floats for integers.
func TestWholeFloats(t *testing.T) {
	roundtrip.Decodes[uint64](t, roundtrip.In(uint64Procedure), []any{float64(1 << 53)}, nil, 1<<53)
	roundtrip.Decodes[int](t, roundtrip.In(intProcedure), []any{float64(1 << 30)}, nil, 1<<30)
	roundtrip.Decodes[uint8](t, roundtrip.In(uint8Procedure), []any{255.0}, nil, 255)
	roundtrip.Decodes[float64](t, roundtrip.In(float64Procedure), []any{3}, nil, 3)
}

// F9: what a format cannot carry is refused, never changed.
func TestRefusedByTheEncoder(t *testing.T) {
	fails := func(name string, v All, want string) {
		t.Run(name, func(t *testing.T) {
			roundtrip.Fails(t, roundtrip.Put[All](roundtrip.In(allProcedure), v), want)
		})
	}
	v := values[1]
	v.URI = "not a uri"
	fails("uri", v, "all.uri: not a URI")
	v = values[1]
	v.ID = 0
	fails("id", v, "all.id: not an id: want 1 to 2^53")
	v = values[1]
	v.Date = wamp.Date{Year: 2026, Month: 2, Day: 30}
	fails("date", v, "all.date: not a date")
}

// wrongs are inputs that a callee refuses with an answer that names the path,
// the wanted and the found. (acceptance 5).
var wrongs = []struct {
	uri    string
	args   []any
	kwargs map[string]any
	text   string
}{
	{"int", nil, nil, "x: want int, missing"},
	{"int", []any{"1"}, nil, "x: want int, got string"},
	{"int", []any{nil}, nil, "x: want int, got null"},
	{"int", []any{1, 2}, nil, "args: want at most 1 positional argument, got more"},
	{"int", nil, map[string]any{"x": true}, "x: want int, got bool"},
	{"int", []any{1}, map[string]any{"x": 1}, "x: want one value, got one by position and one by name"},
	{"int8", []any{128}, nil, "x: want int8, got int out of range"},
	{"int8", []any{-129}, nil, "x: want int8, got int out of range"},
	{"uint8", []any{-1}, nil, "x: want uint8, got int out of range"},
	{"uint64", []any{-1}, nil, "x: want uint, got int out of range"},
	{"float32", []any{1e300}, nil, "x: want float32, got float out of range"},
	{"float64", []any{"1.5"}, nil, "x: want float64, got string"},
	{"bool", []any{1}, nil, "x: want bool, got int"},
	{"string", []any{[]byte("x")}, nil, "x: want string, got bytes"},
	{"bytes", []any{"x"}, nil, "x: want bytes, got string"},
	{"time", []any{"yesterday"}, nil, "x: want time, got invalid string"},
	{"date", []any{"2026-02-30"}, nil, "x: want date, got invalid string"},
	{"uuid", []any{"018f"}, nil, "x: want uuid, got invalid string"},
	{"decimal", []any{"1,5"}, nil, "x: want decimal, got invalid string"},
	{"uri", []any{"a..b"}, nil, "x: want uri, got invalid string"},
	{"id", []any{0}, nil, "x: want id, got invalid int"},
	{"all", []any{map[string]any{"bool": true}}, nil, "all.int: want int, missing"},
	{"all", []any{map[string]any{"int8": 1000}}, nil, "all.int8: want int8, got int out of range"},
}

// echo returns what it gets.
type echo struct{}

func (echo) All(_ context.Context, v All) (All, error)                          { return v, nil }
func (echo) Any(_ context.Context, x any) (any, error)                          { return x, nil }
func (echo) Bool(_ context.Context, x bool) (bool, error)                       { return x, nil }
func (echo) Bytes(_ context.Context, x []byte) ([]byte, error)                  { return x, nil }
func (echo) Date(_ context.Context, x wamp.Date) (wamp.Date, error)             { return x, nil }
func (echo) Decimal(_ context.Context, x wamp.Decimal) (wamp.Decimal, error)    { return x, nil }
func (echo) Duration(_ context.Context, x time.Duration) (time.Duration, error) { return x, nil }
func (echo) Float32(_ context.Context, x float32) (float32, error)              { return x, nil }
func (echo) Float64(_ context.Context, x float64) (float64, error)              { return x, nil }
func (echo) ID(_ context.Context, x wamp.ID) (wamp.ID, error)                   { return x, nil }
func (echo) Int(_ context.Context, x int) (int, error)                          { return x, nil }
func (echo) Int8(_ context.Context, x int8) (int8, error)                       { return x, nil }
func (echo) String(_ context.Context, x string) (string, error)                 { return x, nil }
func (echo) Time(_ context.Context, x time.Time) (time.Time, error)             { return x, nil }
func (echo) UUID(_ context.Context, x wamp.UUID) (wamp.UUID, error)             { return x, nil }
func (echo) URI(_ context.Context, x wamp.URI) (wamp.URI, error)                { return x, nil }
func (echo) Uint8(_ context.Context, x uint8) (uint8, error)                    { return x, nil }
func (echo) Uint64(_ context.Context, x uint64) (uint64, error)                 { return x, nil }

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, echo{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		roundtrip.Echoes(ctx, t, c.All, values...)
		roundtrip.Echoes(ctx, t, c.Uint64, 0, math.MaxUint64)
		roundtrip.Echoes(ctx, t, c.Bytes, []byte{}, []byte{0, 255})
		roundtrip.Echoes(ctx, t, c.Time, time.Date(2026, 8, 22, 10, 30, 0, 1, time.UTC))
		roundtrip.Echoes(ctx, t, c.Any, []any{nil, "x", int64(1)}...)
		for _, w := range wrongs { // a handler that ran would have answered with a result
			roundtrip.Wrong(ctx, t, caller, "com.example.scalars."+w.uri, w.args, w.kwargs, w.text)
		}
	})
}

// TestEncodesWithoutAllocation leaves out dates and uuids, whose text is made first.
func TestEncodesWithoutAllocation(t *testing.T) {
	v := values[1]
	roundtrip.NoAllocs(t, roundtrip.Put[time.Time](roundtrip.In(timeProcedure), v.Time))
	roundtrip.NoAllocs(t, roundtrip.Put[string](roundtrip.In(stringProcedure), v.String))
	roundtrip.NoAllocs(t, roundtrip.Put[[]byte](roundtrip.In(bytes), v.Bytes))
}
