package inherited

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

func TestValues(t *testing.T) {
	roundtrip.Inputs(t, add, AddArgs{A: 1, B: 2})
	roundtrip.Outputs(t, add, 3)
	roundtrip.Events(t, added, Added{Sum: 3})
	roundtrip.Errors(t, busyError, &BusyError{Left: 5})
	roundtrip.Decodes(t, roundtrip.In(add), []any{[]any{1, 2}}, map[string]any{"a": "x"}, AddArgs{A: 1, B: 2}) // lenient, and strict
	roundtrip.Decodes(t, roundtrip.Event(added), []any{[]any{3}}, nil, Added{Sum: 3})
}

// TestSame: what inherits everything has the code of what says everything itself.
func TestSame(t *testing.T) {
	text, err := os.ReadFile("inherited/inherited_codec.wamp.go")
	if err != nil {
		t.Fatal(err)
	}
	declared := func(name string) string {
		_, after, found := strings.Cut(string(text), "\nvar "+name+" = &wamp.")
		body, _, ended := strings.Cut(after, "\n}\n")
		if !found || !ended {
			t.Fatalf("%s is not declared", name)
		}
		return body
	}
	for inherits, says := range map[string]string{"add": "same", "added": "sameTopic"} {
		named := strings.NewReplacer("SameProcedure", "AddProcedure", "SameTopic", "AddedTopic")
		if got, want := declared(inherits), named.Replace(declared(says)); got != want {
			t.Errorf("%s is\n%s\nwant\n%s", inherits, got, want)
		}
	}
}

// service implements both procedures.
type service struct{ caller wamp.ID }

func (s service) Add(ctx context.Context, in AddArgs) (int, error) {
	if wamp.CallInfoFrom(ctx).Caller != s.caller {
		return 0, &BusyError{Left: in.A}
	}
	return in.A + in.B, nil
}

func (s service) Same(ctx context.Context, in SameArgs) (int, error) {
	return s.Add(ctx, AddArgs(in))
}

// TestLive: callers are disclosed, the error that all have is declared, and a
// publisher gets its own event. (Nexus retains none.)
func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, service{caller.SessionID()}); err != nil {
			t.Fatal(err)
		}
		sum, err := NewCaller(caller).Add(ctx, AddArgs{A: 1, B: 2})
		roundtrip.Same(t, err, sum, 3)
		_, err = NewCaller(callee).Add(ctx, AddArgs{A: 7})
		var busy *BusyError
		if !errors.As(err, &busy) || busy.Left != 7 {
			t.Errorf("got %v", err)
		}
		events := make(chan Added, 1)
		_, err = SubscribeAdded(ctx, caller, func(_ context.Context, ev Added) error { events <- ev; return nil })
		if err != nil {
			t.Fatal(err)
		}
		if err := PublishAdded(ctx, caller, Added{Sum: 3}); err != nil {
			t.Fatal(err)
		}
		roundtrip.Same(t, "own event", roundtrip.Receive(ctx, t, events), Added{Sum: 3})
	})
}
