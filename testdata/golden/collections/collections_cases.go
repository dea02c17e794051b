package collections

import (
	"context"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

// filled is what the zero Filter means.
func filled() Filter {
	return Filter{
		Tags: []string{"new", `a "b"`}, None: []int{}, Colors: []Color{ColorGreen}, Levels: []Level{LevelHigh, LevelLow}, Skus: Skus{"AB", "CD"},
		Waits: []time.Duration{time.Second, 5 * time.Minute}, Days: []wamp.Date{{Year: 2026, Month: 8, Day: 22}},
		IDs: []wamp.UUID{{0x01, 0x8f, 0x2c, 0x7a, 0x9b, 0x3d, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1}}, Rates: []float32{0.5, 1},
		Limits: map[string]int{"all": 9, "some": 5}, Stock: Stock{"AB": 1}, Empty: map[string]bool{}, Names: map[string]Color{"a": ColorRed},
	}
}

var empty = Filter{
	Tags: []string{}, None: []int{}, Colors: []Color{}, Levels: []Level{}, Skus: Skus{}, Waits: []time.Duration{}, Days: []wamp.Date{}, IDs: []wamp.UUID{},
	Rates: []float32{}, Limits: map[string]int{}, Stock: Stock{}, Empty: map[string]bool{}, Names: map[string]Color{},
}

// Nil is sent as the default, and what is empty as it is.
func TestValues(t *testing.T) {
	roundtrip.Values(t, filled(), empty)
	roundtrip.Becomes(t, Filter{}, filled())
	roundtrip.Wire(t, roundtrip.Put(roundtrip.In(tags), TagsArgs{}), `[["new"]]`, "")
	roundtrip.Wire(t, roundtrip.Put(roundtrip.In(tags), TagsArgs{Tags: []string{}}), `[[]]`, "")
}

// What is absent or null is the default, of which every value has its own copy.
func TestAbsent(t *testing.T) {
	in := roundtrip.In(filter)
	roundtrip.Decodes(t, in, nil, nil, filled())
	roundtrip.Decodes(t, in, nil, map[string]any{"tags": nil, "limits": nil, "stock": nil, "skus": nil}, filled())
	roundtrip.Decodes(t, roundtrip.In(tags), nil, nil, TagsArgs{Tags: []string{"new"}})
	for _, text := range []string{`{}`, `{"tags":null,"limits":null}`} {
		var a, b Filter
		roundtrip.Same(t, "decode", a.UnmarshalJSON([]byte(text)), nil)
		a.Tags[0], a.Limits["all"] = "spoilt", 0
		roundtrip.Same(t, "decode", b.UnmarshalJSON([]byte(text)), nil)
		roundtrip.Same(t, text, b, filled())
	}
	roundtrip.Becomes(t, Filter{}, filled())
	roundtrip.Refuses[Filter](t, in, nil, map[string]any{"stock": map[string]any{"A": 1}}, `stock["A"]: want a key: at least 2 characters, got fewer`)
	roundtrip.LastWins(t, empty, filled())
}

func TestNoAllocs(t *testing.T) { roundtrip.NoAllocs(t, roundtrip.Put(roundtrip.In(tags), TagsArgs{})) }

type echo struct{}

func (echo) Filter(_ context.Context, in Filter) (Filter, error)   { return in, nil }
func (echo) Tags(_ context.Context, in TagsArgs) ([]string, error) { return in.Tags, nil }

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, echo{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		roundtrip.Echoes(ctx, t, c.Filter, filled(), empty)
		got, err := c.Filter(ctx, Filter{})
		roundtrip.Same(t, err, got, filled())
		list, err := c.Tags(ctx, TagsArgs{})
		roundtrip.Same(t, err, list, []string{"new"})
	})
}
