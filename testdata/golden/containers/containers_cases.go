package containers

import (
	"context"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

var boxes = []Box{
	{
		Names: []string{}, Counts: map[string]int{}, Points: []Point{}, ByName: map[string]Point{}, Matrix: [][]int{},
		Index: map[string][]string{}, Deep: []map[string][]map[string]uint8{}, Blobs: [][]byte{}, Times: []time.Time{},
		IDs: map[string]wamp.UUID{}, Mixed: []any{}, Loose: map[string]any{}, Gaps: []*int{}, Holes: map[string]*string{},
		Rows: [][]int{}, Places: []*Point{}, Days: []*wamp.Date{}, Outline: Polygon{}, Layers: Layers{}, Polygons: []Polygon{},
	},
	{
		Names: []string{"", "a"}, Counts: map[string]int{"": 0, "a": 1}, Points: []Point{{1, 2}, {}},
		ByName: map[string]Point{"here": {X: 0.5}}, Matrix: [][]int{{}, {1, 2}}, Index: map[string][]string{"a": {"b"}, "c": {}},
		Deep: []map[string][]map[string]uint8{{"x": {{"y": 255}, {}}}, {}}, Blobs: [][]byte{{}, {0, 1}},
		Times: []time.Time{time.Date(2026, 8, 22, 1, 2, 3, 4, time.UTC)}, IDs: map[string]wamp.UUID{"a": {1}},
		Mixed: []any{nil, int64(1), "x", []any{}}, Loose: map[string]any{"a": nil, "b": 1.5},
		Gaps: []*int{nil, new(1), nil}, Holes: map[string]*string{"a": nil, "b": new("")},
		Rows: [][]int{nil, {}, {1}}, Places: []*Point{nil, {X: 1}}, Days: []*wamp.Date{nil, {Year: 2026, Month: 1, Day: 2}},
		Outline: Polygon{{1, 2}}, Layers: Layers{"a": {{1, 2}}, "b": {}}, Polygons: []Polygon{{}, {{3, 4}}},
	},
}

var trees = []Tree{
	{Name: "root", Children: []Tree{{Name: "leaf", Children: []Tree{}}}, Parent: &Tree{Children: []Tree{}}},
}

func TestValues(t *testing.T) {
	roundtrip.Values(t, boxes...)
	roundtrip.Values(t, trees...)
	roundtrip.Values(t, Polygon{}, Polygon{{1, 2}})
	roundtrip.Inputs[[][]float64](t, matrix, [][]float64{}, [][]float64{{1}, {}})
	roundtrip.Outputs[map[string][]Point](t, indexProcedure, map[string][]Point{"a": {{1, 2}}})
}

// A nil list is [] and a nil map {} on the wire, and neither comes back as nil.
func TestNilIsEmpty(t *testing.T) {
	roundtrip.Becomes(t, Box{}, boxes[0])
	roundtrip.Becomes(t, Polygon(nil), Polygon{})
	roundtrip.Wire(t, roundtrip.Put[[][]float64](roundtrip.In(matrix), [][]float64(nil)), `[[]]`, "")
	roundtrip.Wire(t, roundtrip.Put[map[string][]Point](roundtrip.In(indexProcedure), map[string][]Point(nil)), `[{}]`, "")
}

// F9: a key that comes twice counts once, the last one.
func TestLastKeyWins(t *testing.T) {
	p := codec.Payload{Args: codec.Raw{Format: codec.JSON, Data: []byte(
		`[{"name":"a","parent":{"name":"p","children":[]},"name":"b","children":[{"name":"x","children":[]}],"children":[],"parent":null}]`)}}
	got, err := roundtrip.Get[Tree](roundtrip.In(treeProcedure), p)
	if err != nil {
		t.Fatal(err)
	}
	roundtrip.Same(t, "tree", got, Tree{Name: "b", Children: []Tree{}})
}

var wrongs = []struct {
	uri  string
	args []any
	text string
}{
	{"matrix", []any{[]any{[]any{1.5}, []any{2.5, "x"}}}, "rows[1][1]: want float64, got string"},
	{"matrix", []any{[]any{nil}}, "rows[0]: want list, got null"},
	{"matrix", []any{map[string]any{}}, "rows: want list, got map"},
	{"index", []any{map[string]any{"a": []any{map[string]any{"x": 1}}}}, `index["a"][0].y: want float64, missing`},
	{"tree", []any{map[string]any{"name": "", "children": []any{map[string]any{"name": 1}}}}, "tree.children[0].name: want string, got int"},
	{"outline", []any{[]any{nil}}, "outline[0]: want map, got null"},
}

type echo struct{}

func (echo) Box(_ context.Context, v Box) (Box, error)                                 { return v, nil }
func (echo) Index(_ context.Context, v map[string][]Point) (map[string][]Point, error) { return v, nil }
func (echo) Matrix(_ context.Context, v [][]float64) ([][]float64, error)              { return v, nil }
func (echo) Outline(_ context.Context, v Polygon) (Polygon, error)                     { return v, nil }
func (echo) Tree(_ context.Context, v Tree) (Tree, error)                              { return v, nil }

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, echo{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		roundtrip.Echoes(ctx, t, c.Box, boxes...)
		roundtrip.Echoes(ctx, t, c.Tree, trees...)
		roundtrip.Echoes(ctx, t, c.Outline, Polygon{}, Polygon{{1, 2}})
		for _, w := range wrongs {
			roundtrip.Wrong(ctx, t, caller, "com.example.containers."+w.uri, w.args, nil, w.text)
		}
	})
}

func TestEncodesWithoutAllocation(t *testing.T) {
	roundtrip.NoAllocs(t, roundtrip.Put[Tree](roundtrip.In(treeProcedure), trees[0]))
	rows := [][]float64{{1, 2}, {3}}
	roundtrip.NoAllocs(t, roundtrip.Put[[][]float64](roundtrip.In(matrix), rows))
}

// A value that contains itself is an error of the encoder, not the end of the
// process.
func TestEndlessValue(t *testing.T) {
	loop := &Tree{Name: "loop"}
	loop.Parent = loop
	for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
		var e codec.Encoder
		e.Reset(f, nil)
		loop.CodeWAMP(e.Coder())
		if e.Err() == nil {
			t.Errorf("%v: no error", f)
		}
	}
}

// The types without a name, for the helpers of the tests.
var (
	_ = roundtrip.Know(func(p *[][]float64) codec.Value { return (*listOfListOfFloat64)(p) })
	_ = roundtrip.Know(func(p *map[string][]Point) codec.Value { return (*mapOfListOfPoint)(p) })
)
