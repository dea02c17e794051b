package lenient

import (
	"context"
	"slices"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

var (
	_ = roundtrip.Know(func(p *Key) codec.Value { return codec.Of(p, KeyCodeWAMP) })
	_ = roundtrip.Know(func(p *[]int) codec.Value { return (*listOfInt)(p) })
)

func TestValues(t *testing.T) {
	roundtrip.Inputs(t, events, EventsArgs{7, 10}, EventsArgs{7, 1})
	roundtrip.Outputs(t, events, EventsResult{}, EventsResult{[]Event{{Publication: 1, Args: []any{}}}})
	roundtrip.Inputs[Key](t, get, new(KeyName("a")), new(KeySerial(1)))
	roundtrip.Inputs(t, find, FindArgs{Key: new(KeyName("a"))}, FindArgs{new(KeyName("a")), new(true)})
	roundtrip.Inputs(t, cells, Cell{1, 2})
	roundtrip.Outputs(t, watch, WatchResult{1, "x", nil}, WatchResult{1, "x", new(true)})
	roundtrip.Events(t, moved, Moved{At: 1, To: "b"}, Moved{1, "b", new("wind")})
}

// event is what a peer sends, and first how it is read.
var (
	event = map[string]any{"publication": 1, "args": []any{"x"}}
	first = Event{1, []any{"x"}}
)

// TestWrapped: arguments in one more list are the arguments.
func TestWrapped(t *testing.T) {
	roundtrip.Decodes(t, roundtrip.Out(events), []any{event, event}, nil, EventsResult{[]Event{first, first}})
	roundtrip.Decodes(t, roundtrip.Out(events), []any{[]any{event, event}}, nil, EventsResult{[]Event{first, first}})
	roundtrip.Decodes(t, roundtrip.Out(events), []any{[]any{event}}, nil, EventsResult{[]Event{first}})
	roundtrip.Decodes(t, roundtrip.Out(events), []any{[]any{}}, nil, EventsResult{})
	roundtrip.Decodes(t, roundtrip.In(events), []any{[]any{7, 3}}, nil, EventsArgs{7, 3})
	roundtrip.Decodes(t, roundtrip.In(find), []any{[]any{"a"}}, map[string]any{"deep": true}, FindArgs{new(KeyName("a")), new(true)})
	roundtrip.Decodes(t, roundtrip.Out(watch), []any{[]any{1, "x"}}, map[string]any{"more": true}, WatchResult{1, "x", new(true)})
	roundtrip.Decodes(t, roundtrip.Event(moved), []any{[]any{1, "b"}}, map[string]any{"why": "wind"}, Moved{1, "b", new("wind")})
}

// TestBare: only one list that holds everything is unwrapped, and no value that
// is a list itself.
func TestBare(t *testing.T) {
	roundtrip.Decodes(t, roundtrip.In(cells), []any{[]any{1, 2}}, nil, Cell{1, 2})
	roundtrip.Decodes(t, roundtrip.Out(cells), []any{[]any{1, 2}}, nil, []int{1, 2})
	roundtrip.Decodes(t, roundtrip.Event(raw), []any{[]any{"x"}}, nil, Raw{[]any{"x"}})
	roundtrip.Refuses[EventsResult](t, roundtrip.Out(events), []any{[]any{event}, event}, nil, "all: want map, got list")
	roundtrip.Refuses[EventsResult](t, roundtrip.Out(events), []any{[]any{[]any{event}}}, nil, "all: want map, got list")
	roundtrip.Refuses[EventsArgs](t, roundtrip.In(events), []any{[]any{7, 3, 1}}, nil, "args: want at most 2 positional arguments, got more")
	roundtrip.Refuses[EventsArgs](t, roundtrip.In(events), []any{[]any{}}, nil, "subscription: want id, missing")
	roundtrip.Refuses[WatchResult](t, roundtrip.Out(watch), []any{[]any{1, 2}}, nil, "last: want string, got int")
}

// service implements all procedures.
type service struct{}

func (service) Cells(_ context.Context, cell Cell) ([]int, error) { return []int{cell.X, cell.Y}, nil }
func (service) Events(_ context.Context, in EventsArgs) (EventsResult, error) {
	return EventsResult{slices.Repeat([]Event{first}, in.Limit)}, nil
}
func (service) Find(context.Context, FindArgs) (*Event, error) { return &first, nil }
func (service) Get(_ context.Context, key Key) (string, error) {
	return string(*key.(*KeyName)), nil
}
func (service) Watch(_ context.Context, in WatchArgs, out wamp.Sender[int]) (WatchResult, error) {
	return WatchResult{N: in.From}, out.Send(in.From)
}

// TestLive meets peers that wrap what they send, and our own, which do not.
func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		registered, err := Register(ctx, callee, service{})
		if err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		if got, err := c.Events(ctx, EventsArgs{7, 2}); err != nil || len(got.All) != 2 {
			t.Errorf("%+v, %v", got, err)
		}
		if got, err := caller.Call(ctx, GetProcedure, []any{[]any{"a"}}, nil); err != nil || got.Args[0] != "a" {
			t.Errorf("%+v, %v", got, err)
		}
		got := make(chan Moved, 1)
		if _, err := SubscribeMoved(ctx, callee, func(_ context.Context, ev Moved) error { got <- ev; return nil }); err != nil {
			t.Fatal(err)
		}
		if err := caller.Publish(ctx, MovedTopic, []any{[]any{1, "b"}}, nil, wamp.WithAcknowledge()); err != nil {
			t.Fatal(err)
		}
		roundtrip.Same(t, "event", roundtrip.Receive(ctx, t, got), Moved{At: 1, To: "b"})

		if err := registered.Unregister(ctx); err != nil {
			t.Fatal(err)
		}
		_, err = callee.Register(ctx, EventsProcedure, func(context.Context, wamp.Payload) (wamp.Payload, error) {
			return wamp.Payload{Args: []any{[]any{event}}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		wrapped, err := c.Events(ctx, EventsArgs{7, 2})
		if err != nil {
			t.Fatal(err)
		}
		roundtrip.Same(t, "result", wrapped, EventsResult{[]Event{first}})
	})
}
