package enums

import (
	"context"
	"errors"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

func held() Held {
	return Held{
		State: StatePaid, Priority: PriorityHigh, Mood: "unheard of", Code: 77, List: []State{StateShipped},
		Map: map[string]Priority{"a": PriorityLow}, Deep: map[string][]*State{"a": {nil, new(StatePaid)}},
		States: States{StatePending}, Optional: new(StatePaid), Both: wamp.Some(StatePaid), Level: PriorityNormal,
	}
}

func TestValues(t *testing.T) {
	roundtrip.Values(t, held())
	roundtrip.Values(t, Outer{Held: held(), Maybe: new(held()), Items: []Held{held()}})
	roundtrip.Values(t, Free{Mood: MoodSad, Codes: []Code{CodeNo, CodeOk, 12}})
	roundtrip.Inputs[State](t, stateProcedure, StateValues()...)
	roundtrip.Events(t, changed, Changed{State: StatePaid, Priority: new(PriorityLow)})
	roundtrip.Errors(t, stuckError, &StuckError{State: StatePaid})
}

func TestValid(t *testing.T) {
	for _, v := range PriorityValues() {
		roundtrip.Same(t, v, v.Valid(), true)
	}
	roundtrip.Same(t, "closed", State("lost").Valid(), false)
	roundtrip.Same(t, "open", Mood("odd").Valid(), false)
	roundtrip.Same(t, "values", CodeValues(), []Code{CodeOk, CodeNo})
}

// wrong returns a Held that f has spoiled.
func wrong(f func(*Held)) Held {
	h := held()
	f(&h)
	return h
}

const (
	states     = "want one of pending, paid, shipped"
	priorities = "want one of 1, 5, 9"
)

var spoiled = []struct {
	held Held
	path string
	want string
}{
	{wrong(func(h *Held) { h.State = "lost" }), "state", states},
	{wrong(func(h *Held) { h.Priority = 0 }), "priority", priorities},
	{wrong(func(h *Held) { h.List = append(h.List, "") }), "list[1]", states},
	{wrong(func(h *Held) { h.Map = map[string]Priority{"k": 2} }), `map["k"]`, priorities},
	{wrong(func(h *Held) { h.Deep["a"][1] = new(State("x")) }), `deep["a"][1]`, states},
	{wrong(func(h *Held) { h.States = States{"x"} }), "states[0]", states},
	{wrong(func(h *Held) { h.Optional = new(State("x")) }), "optional", states},
	{wrong(func(h *Held) { h.Nullable = new(State("x")) }), "nullable", states},
	{wrong(func(h *Held) { h.Both = wamp.Some(State("x")) }), "both", states},
	{wrong(func(h *Held) { h.Level = 2 }), "level", priorities},
}

// A closed enum is checked where a value leaves, and by Validate.
func TestClosedEnums(t *testing.T) {
	for _, s := range spoiled {
		if err := s.held.Validate(); err == nil || err.Error() != s.path+": "+s.want {
			t.Errorf("Validate: got %v, want %s: %s", err, s.path, s.want)
		}
		roundtrip.Fails(t, roundtrip.Put[Held](roundtrip.In(heldProcedure), s.held), "held."+s.path+": "+s.want)
		outer := Outer{Held: held(), Items: []Held{held(), s.held}}
		if err := outer.Validate(); err == nil || err.Error() != "items[1]."+s.path+": "+s.want {
			t.Errorf("Validate: got %v, want items[1].%s: %s", err, s.path, s.want)
		}
	}
	ok := held()
	roundtrip.Same(t, "valid", ok.Validate(), nil)
	ok.Level = 0 // means normal
	roundtrip.Same(t, "zero means the default", ok.Validate(), nil)
	roundtrip.Fails(t, roundtrip.Put(roundtrip.Event(changed), Changed{State: "x"}), "state: "+states)
}

// On its way in a closed enum is refused by the callee alone: a subscriber or
// caller may be older than who sends.
func TestOnlyTheCalleeRefuses(t *testing.T) {
	roundtrip.Refuses[State](t, roundtrip.In(stateProcedure), []any{"lost"}, nil, "state: "+states)
	roundtrip.Refuses[[]State](t, roundtrip.In(statesProcedure), []any{[]any{"paid", "lost"}}, nil, "states[1]: "+states)
	roundtrip.Refuses[MixedArgs](t, roundtrip.In(mixed), []any{"paid", "odd"}, map[string]any{"priority": 2}, "priority: "+priorities)
	roundtrip.Decodes[MixedArgs](t, roundtrip.In(mixed), []any{"paid", "odd"}, nil, MixedArgs{StatePaid, "odd", PriorityLow})
	roundtrip.Decodes[State](t, roundtrip.Out(stateProcedure), []any{"lost"}, nil, State("lost"))
	roundtrip.Decodes[Changed](t, roundtrip.Event(changed), []any{"lost"}, nil, Changed{State: "lost"})
	roundtrip.Refuses[Changed](t, roundtrip.Event(changed), []any{1}, nil, "state: want string, got int")
}

type echo struct{}

func (echo) Free(_ context.Context, v Free) (Free, error)        { return v, nil }
func (echo) Held(_ context.Context, v Held) (Held, error)        { return v, nil }
func (echo) Mixed(_ context.Context, in MixedArgs) (Code, error) { return Code(in.Priority), nil }
func (echo) Outer(_ context.Context, v Outer) (Outer, error)     { return v, nil }
func (echo) State(_ context.Context, v State) (State, error) {
	if v == StateShipped {
		return "", &StuckError{State: v}
	}
	return v, nil
}
func (echo) States(_ context.Context, v []State) (States, error) { return v, nil }

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, echo{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		roundtrip.Echoes(ctx, t, c.Held, held())
		roundtrip.Echoes(ctx, t, c.Outer, Outer{Held: held(), Items: []Held{}})
		roundtrip.Echoes(ctx, t, c.Free, Free{Mood: "odd", Codes: []Code{5}})
		code, err := c.Mixed(ctx, MixedArgs{State: StatePaid})
		roundtrip.Same(t, err, code, Code(PriorityLow))

		_, err = c.State(ctx, StateShipped)
		stuck, ok := errors.AsType[*StuckError](err)
		if !ok || stuck.State != StateShipped {
			t.Errorf("got %v, want a StuckError", err)
		}
		if _, err := c.State(ctx, "lost"); err == nil {
			t.Error("a closed enum left with another value")
		}
		roundtrip.Wrong(ctx, t, caller, "com.example.enums.state", []any{"lost"}, nil, "state: "+states)
		roundtrip.Wrong(ctx, t, caller, "com.example.enums.states", []any{[]any{"lost"}}, nil, "states[0]: "+states)
	})
}

// The types without a name, for the helpers of the tests.
var _ = roundtrip.Know(func(p *[]State) codec.Value { return (*listOfState)(p) })
