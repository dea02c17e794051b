package params

import (
	"context"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

func TestValues(t *testing.T) {
	roundtrip.Inputs[PingArgs](t, ping, PingArgs{})
	roundtrip.Inputs[GetArgs](t, get, GetArgs{}, GetArgs{ID: 7})
	roundtrip.Inputs[SearchArgs](t, search, SearchArgs{ID: "x"})
}

// On the wire nothing is different from a procedure that has no struct.
func TestWire(t *testing.T) {
	roundtrip.Wire(t, roundtrip.Put[PingArgs](roundtrip.In(ping), PingArgs{}), "", "")
	roundtrip.Wire(t, roundtrip.Put[GetArgs](roundtrip.In(get), GetArgs{ID: 7}), "[7]", "")
	roundtrip.Wire(t, roundtrip.Put[int](roundtrip.In(plain), 7), "[7]", "")
}

type service struct{}

func (service) Ping(context.Context, PingArgs) error           { return nil }
func (service) Get(_ context.Context, in GetArgs) (int, error) { return in.ID, nil }
func (service) List(_ context.Context, in Filter) (int, error) { return in.Limit, nil }
func (service) Plain(_ context.Context, id int) (int, error)   { return id, nil }
func (service) Search(_ context.Context, in SearchArgs, out wamp.Sender[int]) error {
	return out.Send(len(in.ID))
}

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, service{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		if err := c.Ping(ctx, PingArgs{}); err != nil {
			t.Error(err)
		}
		if got, err := c.Get(ctx, GetArgs{ID: 7}); got != 7 || err != nil {
			t.Error(got, err)
		}
		if got, err := c.List(ctx, Filter{}); got != 50 || err != nil {
			t.Error(got, err)
		}
		for got, err := range c.SearchStream(ctx, SearchArgs{ID: "abc"}).All() {
			if got != 3 || err != nil {
				t.Error(got, err)
			}
		}
		roundtrip.Wrong(ctx, t, caller, PingProcedure, []any{1}, nil, "args: want at most 0 positional arguments, got more")
		roundtrip.Wrong(ctx, t, caller, GetProcedure, []any{"x"}, nil, "id: want int, got string")
	})
}
