package tuples

import (
	"context"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

var _ = roundtrip.Null((*Point).CodeWAMP)

var (
	full = All{
		Point:   Point{52.5, 13.4},
		Entries: []Entry{{Key: "a", Value: 1, Note: new("x"), Tags: []string{"t"}}, {Key: "b"}, {Key: "c", Tags: []string{}}, {Key: "d", Note: new("")}},
		ByName:  map[string]Point{"home": {1, 2}}, Place: &Place{3, 4},
		Tree:     Tree{Name: "root", Children: []Tree{{Name: "leaf", Children: []Tree{}}}, Next: &Tree{Name: "next", Children: []Tree{}}},
		Wide:     Wide{A: 1, P: 16, Q: new(17), R: new(18)},
		Nullable: Nullable{A: new(1), B: "x", C: Point{5, 6}, D: &Point{7, 8}},
		Mixed:    Mixed{Limit: 5, Both: wamp.Null[int]()},
	}
	bare = All{
		Entries: []Entry{}, ByName: map[string]Point{}, Tree: Tree{Children: []Tree{}}, Wide: Wide{R: new(1)}, Mixed: Mixed{Limit: 50},
	}
)

func TestValues(t *testing.T) {
	roundtrip.Values(t, full, bare)
	roundtrip.Inputs(t, allProcedure, full, bare)
	roundtrip.Inputs(t, pointProcedure, Point{1, 2})
	roundtrip.Outputs(t, pointProcedure, &Point{1, 2}, nil)
	roundtrip.Events(t, moved, Moved{To: Point{1, 2}}, Moved{To: Point{1, 2}, From: &Point{3, 4}})
	roundtrip.Becomes(t, Mixed{}, Mixed{Limit: 50})
	roundtrip.Values(t, Mixed{Limit: 1, Both: wamp.Some(3)})
}

// A tuple is a list on the wire, without what is absent at its end.
func TestWire(t *testing.T) {
	roundtrip.Wire(t, roundtrip.Put(roundtrip.In(pointProcedure), Point{52.5, 13}), "[[52.5,13.0]]", "")
	roundtrip.Wire(t, roundtrip.Put(roundtrip.Event(moved), Moved{From: &Point{}}), "[[0.0,0.0]]", `{"from":[0.0,0.0]}`)
	b, err := Entry{Key: "k", Value: 1}.MarshalJSON()
	roundtrip.Same(t, err, string(b), `["k",1]`)
	b, err = Entry{Key: "k", Value: 1, Tags: []string{"t"}}.MarshalJSON()
	roundtrip.Same(t, err, string(b), `["k",1,null,["t"]]`)
	b, err = Mixed{Both: wamp.Null[int]()}.MarshalJSON()
	roundtrip.Same(t, err, string(b), `[50,null]`)
}

// Longer lists are accepted, and shorter ones if the end is optional.
func TestOtherLengths(t *testing.T) {
	in := roundtrip.In(pointProcedure)
	roundtrip.Decodes(t, in, []any{[]any{1, 2, "more", nil}}, nil, Point{1, 2})
	roundtrip.Refuses[Point](t, in, []any{[]any{1}}, nil, "point[1]: want float64, missing")
	roundtrip.Refuses[Point](t, in, []any{[]any{}}, nil, "point[0]: want float64, missing")
	roundtrip.Refuses[Point](t, in, []any{[]any{1, nil}}, nil, "point[1]: want float64, got null")
	roundtrip.Refuses[Point](t, in, []any{map[string]any{"lat": 1}}, nil, "point: want list, got map")
	var e Entry
	roundtrip.Same(t, "null", e.UnmarshalJSON([]byte(`["k",1,null,null,5]`)), nil)
	roundtrip.Same(t, "null", e, Entry{Key: "k", Value: 1})
	err := e.UnmarshalJSON([]byte(`["k"]`))
	roundtrip.Same(t, "missing", err.Error(), "[1]: want int, missing")
	roundtrip.Same(t, "constraint", (&Entry{Key: "k", Value: -1}).Validate().Error(), "[1]: want at least 0, got less")
}

func TestNoAllocs(t *testing.T) {
	roundtrip.NoAllocs(t, roundtrip.Put(roundtrip.In(pointProcedure), Point{1, 2}))
	roundtrip.NoAllocs(t, roundtrip.Put(roundtrip.Event(moved), Moved{To: Point{1, 2}, From: &Point{3, 4}}))
}

type echo struct{}

func (echo) All(_ context.Context, v All) (All, error)        { return v, nil }
func (echo) Point(_ context.Context, p Point) (*Point, error) { return &p, nil }

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, echo{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		roundtrip.Echoes(ctx, t, c.All, full, bare)
		p, err := c.Point(ctx, Point{1, 2})
		roundtrip.Same(t, err, p, &Point{1, 2})
		roundtrip.Wrong(ctx, t, caller, PointProcedure, []any{[]any{1}}, nil, "point[1]: want float64, missing")
	})
}
