package names

import (
	"context"
	"errors"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

// G3: the case compiles, and what is named oddly still arrives.

var (
	keys     = Keys{Inclusion: 1, WithSpace: 2, DashEd: 3, DotTed: 4, Upper: 5, Namae: 6, PercentS: IntTrue, UserIDs: 7, HTTPURL: 8}
	locals   = Context{Ctx: 1, Err: "e", E: 2, D: 3, V: 4, N: 5, S: 6, X: 7, Ok: true, M: 8, Seen: 9, K: 10, I: 11}
	lists    = ListOfString{A: []string{"a"}, B: [][]string{{"b"}}, C: []ListOfString{}}
	keywords = Type{Type: "t", Func: 1, Range: true, Interface: 0.5, Select: []byte{}}
)

func TestValues(t *testing.T) {
	roundtrip.Values(t, keys)
	roundtrip.Values(t, locals)
	roundtrip.Values(t, lists)
	roundtrip.Values(t, keywords)
	roundtrip.Values(t, List{"a"})
	roundtrip.Inputs[CmpArgs](t, cmpProcedure, CmpArgs{Cmp: 3})
	roundtrip.Inputs[time.Time](t, timeProcedure, time.Unix(1, 0).UTC())
	roundtrip.Inputs[int](t, encodeListOfString, 1)
	roundtrip.Inputs[int](t, encodeListsIn, 1)
	roundtrip.Outputs[Int](t, intProcedure, IntNil, IntTrue, IntIota)
	roundtrip.Events(t, varTopic, Var{1})
	roundtrip.Events(t, events, Events{1})
	roundtrip.Errors(t, nilError, &NilError{Message: "m", V: 1})
	roundtrip.Events(t, ownEvent, OwnEvent{Own: Own{A: 1}})
	roundtrip.Errors(t, ownFailure, &OwnFailure{Own: Own{A: 2}})
}

func TestPathsOfOddKeys(t *testing.T) {
	roundtrip.Refuses[Keys](t, roundtrip.In(keysProcedure), []any{map[string]any{"with space": "x"}}, nil, `keys["with space"]: want int, got string`)
	bad := keys
	bad.PercentS = 9
	if err := bad.Validate(); err == nil || err.Error() != `["percent%s"]: want one of 0, 1, 2` {
		t.Errorf("got %v", err)
	}
}

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		_, err := wamp.Register(ctx, callee,
			HandleKeys(func(_ context.Context, k Keys) (Keys, error) { return k, nil }),
			HandleType(func(_ context.Context, v Type) (Type, error) { return v, nil }),
			HandleErr(func(_ context.Context, s string) (string, error) { return s, nil }),
			HandleCallOwn(func(_ context.Context, v Own) (Own, error) { return v, &OwnFailure{Own: v} }),
			HandleCaller(func(context.Context) error { return nil }))
		if err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		roundtrip.Echoes(ctx, t, c.Keys, keys)
		roundtrip.Echoes(ctx, t, c.Type, keywords)
		roundtrip.Echoes(ctx, t, c.Err, "x")
		roundtrip.Same(t, "caller", c.Caller(ctx), nil)
		_, err = c.CallOwn(ctx, Own{A: 3})
		var failure *OwnFailure
		if !errors.As(err, &failure) || failure.Own.A != 3 {
			t.Errorf("got %v", err)
		}
	})
}
