package defaults

import (
	"context"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

// filled is what the zero Options mean.
var filled = Options{
	Limit: 50, Small: -5, Big: 18446744073709551615, Ratio: 0.5, Factor: 1.5, Name: "anonymous", Quoted: "a \"b\" \\ %s\n",
	At: time.Date(2026, 8, 22, 8, 30, 0, 500_000_000, time.UTC), Day: wamp.Date{Year: 2026, Month: 8, Day: 22}, Wait: 90 * time.Second,
	Key:   wamp.UUID{0x01, 0x8f, 0x2c, 0x7a, 0x9b, 0x3d, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1},
	Price: "12.50", Topic: "com.example.topic", Level: LevelHigh, Color: ColorGreen, Max: 7, Title: "untitled",
	Pause: Wait(250 * time.Millisecond), Moment: Moment(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)),
	ID: Key{0x01, 0x8f, 0x2c, 0x7a, 0x9b, 0x3d, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 2},
}

// set is Options of which none is a default.
var set = Options{
	Limit: 1, Small: 1, Big: 1, Ratio: 1, Factor: 1, Name: "x", Quoted: "x", Off: true, Zero: 1, At: time.Unix(1, 0).UTC(),
	Day: wamp.Date{Year: 1, Month: 1, Day: 1}, Wait: time.Second, Key: wamp.UUID{1}, Price: "1", Topic: "x", Level: LevelLow,
	Color: ColorRed, Max: 1, Title: "x", Pause: Wait(time.Second), Moment: Moment(time.Unix(2, 0).UTC()), ID: Key{2},
}

var pointed = Pointers{
	Limit: new(50), Small: new(int8(-5)), Name: new("anonymous"), On: new(true), At: new(time.Date(2026, 8, 22, 10, 30, 0, 0, time.UTC)),
	Day: &wamp.Date{Year: 2026, Month: 8, Day: 22}, Level: new(LevelHigh), Max: new(Limit(7)),
}

var zeros = Pointers{
	Limit: new(0), Small: new(int8(0)), Name: new(""), On: new(false), At: new(time.Unix(1, 0).UTC()),
	Day: &wamp.Date{Year: 1, Month: 1, Day: 1}, Level: new(LevelLow), Max: new(Limit(0)),
}

func TestValues(t *testing.T) {
	roundtrip.Values(t, filled, set)
	roundtrip.Values(t, pointed, zeros)
	roundtrip.Inputs[Options](t, options, filled, set)
	roundtrip.Inputs[OneArgs](t, one, OneArgs{X: 5})
}

// Go's zero value is sent as the default, so that a peer with other defaults
// understands it.
func TestZeroMeansTheDefault(t *testing.T) {
	roundtrip.Becomes(t, Options{}, filled)
	roundtrip.Becomes(t, Pointers{}, pointed)
	roundtrip.Wire(t, roundtrip.Put[OneArgs](roundtrip.In(one), OneArgs{}), "[1]", "")
	roundtrip.Wire(t, roundtrip.Put[PositionalArgs](roundtrip.In(positional), PositionalArgs{}), `[0,2,3,"four"]`, "")
}

// What is absent, or null, is filled in.
func TestAbsentMeansTheDefault(t *testing.T) {
	roundtrip.Decodes[Options](t, roundtrip.In(options), nil, nil, filled)
	roundtrip.Decodes[Options](t, roundtrip.In(options), nil, map[string]any{"limit": nil, "name": nil, "color": nil}, filled)
	roundtrip.Decodes[Pointers](t, roundtrip.In(pointers), []any{map[string]any{}}, nil, pointed)
	roundtrip.Decodes[PositionalArgs](t, roundtrip.In(positional), []any{1}, nil, PositionalArgs{1, 2, new(3), "four"})
	roundtrip.Decodes[PositionalArgs](t, roundtrip.In(positional), []any{1, nil, nil, "x"}, nil, PositionalArgs{1, 2, new(3), "x"})
	roundtrip.Decodes[PositionalArgs](t, roundtrip.In(positional), []any{1}, map[string]any{"d": "x"}, PositionalArgs{1, 2, new(3), "x"})
}

func TestRefuses(t *testing.T) {
	roundtrip.Refuses[PositionalArgs](t, roundtrip.In(positional), []any{nil}, nil, "a: want int, got null")
	roundtrip.Refuses[Options](t, roundtrip.In(options), nil, map[string]any{"max": int64(1) << 40}, "max: want int32, got int out of range")
	roundtrip.Refuses[Options](t, roundtrip.In(options), nil, map[string]any{"color": "blue"}, "color: want one of red, green")
}

type echo struct{}

func (echo) One(_ context.Context, in OneArgs) (int, error)            { return in.X, nil }
func (echo) Options(_ context.Context, in Options) (Options, error)    { return in, nil }
func (echo) Pointers(_ context.Context, in Pointers) (Pointers, error) { return in, nil }
func (echo) Positional(_ context.Context, in PositionalArgs) (PositionalResult, error) {
	return PositionalResult{in.A, in.B, *in.C, in.D}, nil
}

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, echo{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		roundtrip.Echoes(ctx, t, c.Options, filled, set)
		roundtrip.Echoes(ctx, t, c.Pointers, pointed, zeros)
		got, err := c.Options(ctx, Options{})
		roundtrip.Same(t, err, got, filled)
		n, err := c.One(ctx, OneArgs{})
		roundtrip.Same(t, err, n, 1)
		all, err := c.Positional(ctx, PositionalArgs{A: 1, D: "x"})
		roundtrip.Same(t, err, all, PositionalResult{1, 2, 3, "x"})
	})
}

// Of a key that comes twice the last value wins, also if that is null.
func TestDuplicateKey(t *testing.T) {
	roundtrip.LastWins(t, set, filled)
	roundtrip.LastWins(t, zeros, pointed)
}
