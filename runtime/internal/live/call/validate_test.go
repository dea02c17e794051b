package call

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
	"github.com/wampgen/wampgen/testdata/golden/enums"
)

// newer are what a peer with a newer schema sends where ours has a closed enum.
func newer(s *stage.Stage, validate bool) {
	var log stage.TextLog
	opts := []wamp.ConnectOption{log.Option()}
	if validate {
		opts = append(opts, wamp.WithValidateResults())
	}
	c, p := s.Connect(opts...)
	caller := enums.NewCaller(c)
	call := func(f func(context.Context) error, kind int, rest ...any) error {
		done := stage.Begin(func() error { return f(s.T.Context()) })
		id := p.Expect(wamptest.Call).ID(1)
		head := wamptest.Message{kind, id, stage.Dict{}}
		if kind == wamptest.Error {
			head = wamptest.Message{kind, wamptest.Call, id, stage.Dict{}}
		}
		p.Send(append(head, rest...))
		return <-done
	}
	var one enums.State
	single := func(ctx context.Context) (err error) { one, err = caller.State(ctx, enums.StatePaid); return err }
	for _, value := range []string{"paid", "lost"} {
		err := call(single, wamptest.Result, []any{value})
		refused := validate && value == "lost"
		if refused != (err != nil) || refused && !strings.Contains(err.Error(), "com.example.enums.state: result: want one of pending, paid, shipped") {
			s.T.Errorf("%s: got %v", value, err)
		}
		if !refused && string(one) != value {
			s.T.Errorf("got %q, want %q", one, value)
		}
	}
	list := func(ctx context.Context) error { _, err := caller.States(ctx, nil); return err }
	if err := call(list, wamptest.Result, []any{[]any{"paid", "lost"}}); validate != (err != nil) {
		s.T.Errorf("list: got %v", err)
	}
	var stuck *enums.StuckError
	err := call(single, wamptest.Error, "com.example.enums.error.stuck", []any{}, stage.Dict{"state": "lost"})
	if !errors.As(err, &stuck) || stuck.State != "lost" || stuck.State.Valid() {
		s.T.Errorf("error: got %v", err)
	}
	got := 0
	done := stage.Begin(func() *wamp.Subscription {
		sub, err := enums.SubscribeChanged(s.T.Context(), c, func(context.Context, enums.Changed) error { got++; return nil })
		if err != nil {
			s.T.Error(err)
		}
		return sub
	})
	m := p.Expect(wamptest.Subscribe)
	p.Send(wamptest.Answer(m))
	sub := <-done
	for i, state := range []string{"lost", "paid"} {
		p.Send(wamptest.Message{wamptest.Event, m.ID(1), i + 1, stage.Dict{}, []any{state}})
	}
	synctest.Wait()
	want, failed := 2, uint64(0)
	if validate {
		want, failed = 1, 1
	}
	if got != want || sub.Failed() != failed {
		s.T.Errorf("%d events handled, %d failed", got, sub.Failed())
	}
	if logged := strings.Contains(log.String(), "want one of pending, paid, shipped"); logged != validate {
		s.T.Errorf("log: %s", log.String())
	}
}

// A closed enum holds for what is sent and for the input of a procedure. Results
// and events may have values of a newer schema; they arrive as they are.
func TestUnknownEnumValueArrives(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) { newer(s, false) })
}

// WithValidateResults refuses them: the call fails, the event is counted.
func TestUnknownEnumValueIsRefusedOnRequest(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) { newer(s, true) })
}
