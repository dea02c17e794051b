package newtypes

import (
	"context"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

var (
	moment = Moment(time.Date(2026, 8, 22, 10, 30, 0, 0, time.UTC))
	day    = Day{Year: 2026, Month: 8, Day: 22}
)

var values = []All{
	{
		Flag: true, Count: -1, Small: 255, Big: 1 << 60, Ratio: 0.5, Name: "ann", Blob: Blob{1}, Moment: moment, Day: day,
		Span: Span(time.Second), Key: Key{1}, Amount: "1.50", Link: "a.b", Handle: 7, Whatever: "x", Nickname: "annie",
		Names: Names{"a"}, Scores: Scores{"a": 1}, Matrix: Matrix{{"a"}, {}}, Friend: Friend{Name: "bob"}, Temper: Temper(MoodGood),
		Pitch: "odd", Days: []Day{day}, Friends: map[string]Friend{"x": {Score: 1}}, Tempers: []Temper{Temper(MoodBad)},
		Old: &day, Nil: &moment, Both: wamp.Some(Key{2}), Some: Names{},
	},
}

func TestValues(t *testing.T) {
	roundtrip.Values(t, values...)
	roundtrip.Values(t, Friend{Name: "x", Score: 1})
	roundtrip.Values(t, Names{}, Names{"a", "b"})
	roundtrip.Values(t, Scores{"a": 1})
	roundtrip.Inputs[Nickname](t, nameProcedure, "x")
	roundtrip.Outputs[*Day](t, dayProcedure, nil, &day)
	roundtrip.Same(t, "valid", Temper("odd").Valid(), false)
	roundtrip.Same(t, "valid", Pitch(ToneHigh).Valid(), true)
	roundtrip.Same(t, "text", day.String()+" "+Span(time.Second).String(), "2026-08-22 1s")
}

func TestRefuses(t *testing.T) {
	v := values[0]
	v.Tempers = []Temper{"odd"}
	if err := v.Validate(); err == nil || err.Error() != "tempers[0]: want one of good, bad" {
		t.Errorf("got %v", err)
	}
	roundtrip.Fails(t, roundtrip.Put[All](roundtrip.In(allProcedure), v), "all.tempers[0]: want one of good, bad")
	roundtrip.Refuses[Day](t, roundtrip.In(dayProcedure), []any{"x"}, nil, "day: want date, got invalid string")
	roundtrip.Refuses[Nickname](t, roundtrip.In(nameProcedure), []any{1}, nil, "name: want string, got int")
}

type echo struct{}

func (echo) All(_ context.Context, v All) (All, error)          { return v, nil }
func (echo) Day(_ context.Context, v Day) (*Day, error)         { return &v, nil }
func (echo) Friend(_ context.Context, v Friend) (Friend, error) { return v, nil }
func (echo) Matrix(_ context.Context, v Matrix) (Matrix, error) { return v, nil }
func (echo) Name(_ context.Context, v Nickname) (Name, error)   { return Name(v), nil }

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, echo{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		roundtrip.Echoes(ctx, t, c.All, values...)
		roundtrip.Echoes(ctx, t, c.Friend, Friend{Name: "x"})
		roundtrip.Echoes(ctx, t, c.Matrix, Matrix{}, Matrix{{"a"}})
		name, err := c.Name(ctx, "x")
		roundtrip.Same(t, err, name, Name("x"))
		roundtrip.Wrong(ctx, t, caller, "com.example.newtypes.day", []any{1}, nil, "day: want string, got int")
	})
}

// The types without a name, for the helpers of the tests.
var (
	_ = roundtrip.Null((*Day).CodeWAMP)
)

// A newtype in a value of type any is on the wire what it is anywhere else.
func TestNewtypesInAny(t *testing.T) {
	at := time.Date(2026, 8, 22, 10, 30, 0, 0, time.UTC)
	in := []any{Span(1500 * time.Millisecond), Moment(at), Day{Year: 2026, Month: 8, Day: 22}, Key{1}, Amount("1.50"), Link("a.b"), Handle(7)}
	for _, v := range in {
		in = append(in, &v)
	}
	want := []any{int64(1500), "2026-08-22T10:30:00Z", "2026-08-22", "01000000-0000-0000-0000-000000000000", "1.50", "a.b", int64(7)}
	want = append(want, want...)
	for _, f := range roundtrip.Formats {
		p := roundtrip.Encode(t, f, func(e *codec.Encoder) int { e.Any(in); return 1 })
		got, err := p.Args.Any()
		if err != nil {
			t.Error(err)
		}
		roundtrip.Same(t, f, got, want)
	}
}
