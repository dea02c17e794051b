package unknown

import (
	"context"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

var (
	more = map[string]any{"x": int64(1), "y": nil, "z": map[string]any{"id": []any{"a"}}}
	full = Wwise{
		Inclusion: new(true), TheReturn: []string{"id"}, Kept: Kept{ID: 1, Note: new("n"), Extra: more}, Only: Only{Extra: more}, Ignored: Ignored{2},
		Wide: Wide{A: new(1), R: 18, Extra: more}, Either: &Kept{ID: 3, Extra: more},
	}
	bare = Wwise{TheReturn: []string{}, Either: &Rejected{1}}
)

func TestValues(t *testing.T) {
	roundtrip.Values(t, full, bare)
	roundtrip.Inputs(t, wwise, WwiseArgs{Of: "x", To: full}, WwiseArgs{To: bare})
	roundtrip.Inputs(t, options, Kept{ID: 1, Extra: map[string]any{"other": "x"}})
	roundtrip.Outputs(t, options, Kept{ID: 1, Extra: map[string]any{"other": "x"}})
}

// Keys have the name that the schema gives them on the wire, also in errors.
func TestWire(t *testing.T) {
	b, err := bare.MarshalJSON()
	roundtrip.Same(t, err, string(b), `{"return":[],"kept":{"id":0},"only":{},"ignored":{"id":0},"wide":{"r":0},"either":{"kind":"rejected","id":1}}`)
	b, err = Wwise{Inclusion: new(false), Either: &Rejected{}}.MarshalJSON()
	roundtrip.Same(t, err, string(b[:19]), `{"@Inclusion":false`)
	in := roundtrip.In(wwise)
	roundtrip.Refuses[WwiseArgs](t, in, nil, nil, "from: want string, missing")
	roundtrip.Refuses[WwiseArgs](t, in, []any{"x"}, map[string]any{}, `kwargs["@to"]: want map, missing`)
	roundtrip.Refuses[WwiseArgs](t, in, nil, map[string]any{"from": 5}, "from: want string, got int")
}

// What a struct does not know is kept, ignored or refused.
func TestUnknown(t *testing.T) {
	strange := map[string]any{"id": 1, "color": "red"}
	roundtrip.Decodes(t, roundtrip.In(keptProcedure), []any{strange}, nil, Kept{ID: 1, Extra: map[string]any{"color": "red"}})
	roundtrip.Refuses[Rejected](t, roundtrip.In(rejected), []any{strange}, nil, "in.color: unknown key")
	roundtrip.Decodes(t, roundtrip.Out(rejected), []any{strange}, nil, Rejected{1})
	roundtrip.Decodes(t, roundtrip.In(options), nil, strange, Kept{ID: 1, Extra: map[string]any{"color": "red"}})
	var v Ignored
	roundtrip.Same(t, "ignored", v.UnmarshalJSON([]byte(`{"id":1,"color":"red"}`)), nil)
	for want, extra := range map[string]map[string]any{
		"id: want a key beside those of the type, got a key of the type": {"id": 2},
		"x: a value of type chan int cannot be encoded":                  {"x": make(chan int)},
	} {
		roundtrip.Fails(t, roundtrip.Put(roundtrip.Out(keptProcedure), Kept{Extra: extra}), "result."+want)
	}
	roundtrip.Fails(t, roundtrip.Put(roundtrip.In(wwise), WwiseArgs{To: Wwise{Either: &Kept{Extra: map[string]any{"kind": "x"}}}}),
		`["@to"].either.kind: want a key beside those of the type, got a key of the type`)
}

type echo struct{}

func (echo) Kept(_ context.Context, v Kept) (Kept, error)             { return v, nil }
func (echo) Rejected(_ context.Context, v Rejected) (Rejected, error) { return v, nil }
func (echo) Wwise(_ context.Context, in WwiseArgs) (Wwise, error)     { return in.To, nil }
func (echo) Options(_ context.Context, in Kept) (Kept, error)         { return in, nil }

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, echo{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		got, err := c.Wwise(ctx, WwiseArgs{Of: "x", To: full})
		roundtrip.Same(t, err, got, full)
		roundtrip.Echoes(ctx, t, c.Kept, full.Kept)
		roundtrip.Echoes(ctx, t, c.Options, full.Kept)
		roundtrip.Wrong(ctx, t, caller, RejectedProcedure, []any{map[string]any{"id": 1, "color": "red"}}, nil, "in.color: unknown key")
	})
}
