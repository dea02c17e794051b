package variadic

import (
	"context"
	"errors"
	"reflect"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

var one, two = Point{1, 2}, Point{3, 4}

func TestValues(t *testing.T) {
	roundtrip.Inputs(t, sum, SumArgs{First: 1}, SumArgs{1, []int{2, 3}, map[string]any{"rest": "x", "y": []any{true}}})
	roundtrip.Inputs(t, all, AllArgs{}, AllArgs{[]*Point{nil, &one}}, AllArgs{[]*Point{&one, nil}})
	roundtrip.Outputs(t, all, AllResult{}, AllResult{nil, []*Point{&one, nil}}, AllResult{First: &two})
	roundtrip.Inputs(t, tags, TagsArgs{Base: "b"}, TagsArgs{"b", map[string][]string{"x": {}, "y": {"z"}}})
	roundtrip.Outputs(t, tags, TagsResult{}, TagsResult{map[string]*Small{"a": nil, "b": new(Small(9))}})
	roundtrip.Inputs(t, mixed, MixedArgs{A: 1, C: 5}, MixedArgs{1, new(2), 3, []Point{one, two}, new("k"), map[string]int{"s": 9}}, MixedArgs{1, nil, 5, []Point{one}, nil, nil})
	wideArgs := WideArgs{A1: 1, A6: 6, Rest: []int{7, 8}, K1: 1, K11: 11, More: map[string]int{"a": 1, "b": 2}}
	roundtrip.Inputs(t, wide, WideArgs{}, wideArgs, WideArgs{More: wideArgs.More}, WideArgs{Rest: wideArgs.Rest})
	roundtrip.Events(t, logged, Logged{Level: "info"}, Logged{"warn", []any{"a", int64(1), nil}, map[string]any{"k": nil}})
	roundtrip.Errors(t, oddError, &OddError{Why: "x"}, &OddError{"x", []int{1}, map[string]string{"h": "y"}})
}

func TestWire(t *testing.T) {
	roundtrip.Wire(t, roundtrip.Put(roundtrip.In(sum), SumArgs{1, []int{2, 3}, map[string]any{"x": 4}}), "[1,2,3]", `{"x":4}`)
	roundtrip.Wire(t, roundtrip.Put(roundtrip.In(all), AllArgs{}), "", "")
	roundtrip.Wire(t, roundtrip.Put(roundtrip.In(all), AllArgs{[]*Point{nil}}), "[null]", "")
	roundtrip.Wire(t, roundtrip.Put(roundtrip.In(tags), TagsArgs{"b", map[string][]string{"m": nil}}), "[]", `{"base":"b","m":[]}`)
	roundtrip.Wire(t, roundtrip.Put(roundtrip.Out(tags), TagsResult{}), "", "")
	roundtrip.Fails(t, roundtrip.Put(roundtrip.In(mixed), MixedArgs{Small: map[string]int{"s": 10}}), "s: want at most 9, got more")
}

func TestWrong(t *testing.T) {
	roundtrip.Refuses[SumArgs](t, roundtrip.In(sum), []any{1, 2, "x"}, nil, "args[2]: want int, got string")
	roundtrip.Refuses[SumArgs](t, roundtrip.In(sum), nil, map[string]any{"rest": 1}, "first: want int, missing")
	roundtrip.Refuses[TagsArgs](t, roundtrip.In(tags), []any{1}, map[string]any{"base": "b"}, "args: want at most 0 positional arguments, got more")
	roundtrip.Refuses[TagsArgs](t, roundtrip.In(tags), nil, map[string]any{"base": "b", "x": 1}, "x: want list, got int")
	roundtrip.Refuses[MixedArgs](t, roundtrip.In(mixed), []any{1}, map[string]any{"s": 10}, "s: want at most 9, got more")
}

// service implements all procedures.
type service struct{}

func (service) All(_ context.Context, in AllArgs) (AllResult, error) {
	return AllResult{in.All[0], in.All[1:]}, nil
}

func (service) Mixed(_ context.Context, in MixedArgs, out wamp.Sender[MixedProgress]) error {
	return out.Send(MixedProgress{N: []int{in.A, in.C}})
}

func (service) Sum(_ context.Context, in SumArgs) (int, error) {
	if len(in.Opts) > 0 {
		return 0, &OddError{"no options", in.Rest, map[string]string{"left": "out"}}
	}
	n := in.First
	for _, v := range in.Rest {
		n += v
	}
	return n, nil
}

func (service) Tags(_ context.Context, in TagsArgs) (TagsResult, error) {
	return TagsResult{map[string]*Small{in.Base: new(Small(len(in.More)))}}, nil
}

func (service) Wide(context.Context, WideArgs) error { return nil }

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, service{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		if n, err := c.Sum(ctx, SumArgs{First: 1, Rest: []int{2, 3}}); n != 6 || err != nil {
			t.Error(n, err)
		}
		_, err := c.Sum(ctx, SumArgs{First: 1, Rest: []int{2}, Opts: map[string]any{"x": true}})
		var odd *OddError
		if !errors.As(err, &odd) || !reflect.DeepEqual(odd, &OddError{"no options", []int{2}, map[string]string{"left": "out"}}) {
			t.Errorf("got %v %+v", err, odd)
		}
		points, err := c.All(ctx, AllArgs{[]*Point{&one, nil, &two}})
		if err != nil || !reflect.DeepEqual(points, AllResult{&one, []*Point{nil, &two}}) {
			t.Errorf("%+v, %v", points, err)
		}
		tagged, err := c.Tags(ctx, TagsArgs{"b", map[string][]string{"x": nil, "y": nil}})
		if err != nil || *tagged.Out["b"] != 2 {
			t.Errorf("%+v, %v", tagged, err)
		}
		for p, err := range c.MixedStream(ctx, MixedArgs{A: 1}).All() {
			if err != nil || !reflect.DeepEqual(p.N, []int{1, 5}) {
				t.Errorf("%+v, %v", p, err)
			}
		}
		events := make(chan Logged, 1)
		if _, err := SubscribeLogged(ctx, callee, func(_ context.Context, ev Logged) error { events <- ev; return nil }); err != nil {
			t.Fatal(err)
		}
		want := Logged{"info", []any{"a", true}, map[string]any{"k": "v"}}
		if err := PublishLogged(ctx, caller, want, wamp.WithAcknowledge()); err != nil {
			t.Fatal(err)
		}
		roundtrip.Same(t, "event", roundtrip.Receive(ctx, t, events), want)
	})
}
