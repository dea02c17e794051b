package live

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
	"github.com/wampgen/wampgen/testdata/golden/enums"
)

// newer are what a peer with a newer schema sends where ours has a closed enum.
func newer(s *faultStage, validate bool) {
	var log faultLog
	opts := []wamp.ConnectOption{log.option()}
	if validate {
		opts = append(opts, wamp.WithValidateResults())
	}
	c, p := s.join(opts...)
	caller := enums.NewCaller(c)
	call := func(f func(context.Context) error, kind int, rest ...any) error {
		done := begin(func() error { return f(s.t.Context()) })
		id := p.Expect(wamptest.Call).ID(1)
		head := wamptest.Message{kind, id, dict{}}
		if kind == wamptest.Error {
			head = wamptest.Message{kind, wamptest.Call, id, dict{}}
		}
		p.Send(append(head, rest...))
		return <-done
	}
	var one enums.State
	single := func(ctx context.Context) (err error) { one, err = caller.State(ctx, enums.StatePaid); return err }
	for _, value := range []string{"paid", "lost"} {
		err := call(single, wamptest.Result, []any{value})
		refused := validate && value == "lost"
		if refused != (err != nil) || refused && !strings.Contains(err.Error(), "com.example.enums.state: want one of pending, paid, shipped") {
			s.t.Errorf("%s: got %v", value, err)
		}
		if !refused && string(one) != value {
			s.t.Errorf("got %q, want %q", one, value)
		}
	}
	list := func(ctx context.Context) error { _, err := caller.States(ctx, nil); return err }
	if err := call(list, wamptest.Result, []any{[]any{"paid", "lost"}}); validate != (err != nil) {
		s.t.Errorf("list: got %v", err)
	}
	var stuck *enums.StuckError
	err := call(single, wamptest.Error, "com.example.enums.error.stuck", []any{}, dict{"state": "lost"})
	if !errors.As(err, &stuck) || stuck.State != "lost" || stuck.State.Valid() {
		s.t.Errorf("error: got %v", err)
	}
	got := 0
	done := begin(func() *wamp.Subscription {
		sub, err := enums.SubscribeChanged(s.t.Context(), c, func(context.Context, enums.Changed) error { got++; return nil })
		if err != nil {
			s.t.Error(err)
		}
		return sub
	})
	m := p.Expect(wamptest.Subscribe)
	p.Send(wamptest.Answer(m))
	sub := <-done
	for i, state := range []string{"lost", "paid"} {
		p.Send(wamptest.Message{wamptest.Event, m.ID(1), i + 1, dict{}, []any{state}})
	}
	synctest.Wait()
	want, failed := 2, uint64(0)
	if validate {
		want, failed = 1, 1
	}
	if got != want || sub.Failed() != failed {
		s.t.Errorf("%d events handled, %d failed", got, sub.Failed())
	}
	if logged := strings.Contains(log.String(), "want one of pending, paid, shipped"); logged != validate {
		s.t.Errorf("log: %s", log.String())
	}
}

// A closed enum holds for what is sent and for the input of a procedure. Results
// and events may have values of a newer schema; they arrive as they are.
func TestUnknownEnumValueArrives(t *testing.T) {
	faultBubbles(t, func(s *faultStage) { newer(s, false) })
}

// WithValidateResults refuses them: the call fails, the event is counted.
func TestUnknownEnumValueIsRefusedOnRequest(t *testing.T) {
	faultBubbles(t, func(s *faultStage) { newer(s, true) })
}
