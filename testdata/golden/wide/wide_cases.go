package wide

import (
	"context"
	"fmt"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

var (
	full = Wide{F0: 1, F63: 2, F64: 3, F69: 4, Last: new("x")}
	most = ManyArgs{A0: 1, A63: 2, A64: 3, A65: 4, K: 5}
)

func TestValues(t *testing.T) {
	roundtrip.Values(t, Wide{}, full)
	roundtrip.Inputs[ManyArgs](t, many, ManyArgs{}, most)
}

// Each of the required is missed, in whichever word its bit is.
func TestMissing(t *testing.T) {
	fields := func() map[string]any {
		m := map[string]any{}
		for i := range 70 {
			m[fmt.Sprintf("f%d", i)] = i
		}
		return m
	}
	for i := range 70 {
		m := fields()
		delete(m, fmt.Sprintf("f%d", i))
		roundtrip.Refuses[Wide](t, roundtrip.In(wideProcedure), []any{m}, nil, fmt.Sprintf("wide.f%d: want int, missing", i))
	}
	args := make([]any, 66)
	for i := range args {
		args[i] = i
	}
	for i := range args {
		roundtrip.Refuses[ManyArgs](t, roundtrip.In(many), args[:i], map[string]any{"k": 1}, fmt.Sprintf("a%d: want int, missing", i))
	}
	roundtrip.Refuses[ManyArgs](t, roundtrip.In(many), args, nil, "kwargs.k: want int, missing")
	roundtrip.Refuses[ManyArgs](t, roundtrip.In(many), append(args, 1), nil, "args: want at most 66 positional arguments, got more")
}

type echo struct{}

func (echo) Many(_ context.Context, in ManyArgs) (int, error) { return in.A65 + in.K, nil }
func (echo) Wide(_ context.Context, v Wide) (Wide, error)     { return v, nil }

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, echo{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		roundtrip.Echoes(ctx, t, c.Wide, Wide{}, full)
		sum, err := c.Many(ctx, most)
		roundtrip.Same(t, err, sum, 9)
	})
}
