package event

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// vector is a file of testdata/vectors/multisession: what clients and a router say
// to each other, one message a step.
type vector struct {
	Sessions []struct {
		ID string `json:"session_id"`
	} `json:"sessions"`
	Sequence []struct {
		From, To string
		Message  map[string]any
	} `json:"sequence"`
	Outcome struct {
		Events     int      `json:"event_count"`
		Recipients []string `json:"event_recipients"`
	} `json:"expected_outcome"`
}

// elements are the elements of a message by the names that vectors have for them.
var elements = map[string][]any{
	"SUBSCRIBE":  {wamptest.Subscribe, "request_id", "options", "topic"},
	"SUBSCRIBED": {wamptest.Subscribed, "request_id", "subscription_id"},
	"PUBLISH":    {wamptest.Publish, "request_id", "options", "topic", "args"},
	"EVENT":      {wamptest.Event, "subscription_id", "publication_id", "details", "args"},
}

// F10: sessions behave as the sequences of the WAMP project say, R222. The ids of
// requests are the client's own.
func TestF10_MultiSession(t *testing.T) {
	files, err := filepath.Glob("../../../../testdata/vectors/multisession/*/*.json")
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files, want 1: %v", len(files), err)
	}
	for _, file := range files {
		var v vector
		text, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(text, &v)
		}
		if err != nil {
			t.Fatal(file, err)
		}
		stage.Bubbles(t, func(s *stage.Stage) { v.play(s) })
	}
}

// actor is one session of a vector.
type actor struct {
	*wamp.Client
	peer   *wamptest.Peer
	id     int64        // of the last request
	done   <-chan error // of what it does
	events []any        // arguments
}

func (v *vector) play(s *stage.Stage) {
	actors := map[string]*actor{}
	for _, session := range v.Sessions {
		a := &actor{}
		a.Client, a.peer = s.Connect()
		actors[session.ID] = a
	}
	for i, step := range v.Sequence {
		if step.To == "router" {
			a := actors[step.From]
			a.act(s, step.Message)
			got := a.peer.Expect(elements[step.Message["type"].(string)][0].(int))
			a.id = got.ID(1)
			if want := a.message(s, step.Message); !reflect.DeepEqual(got, want) {
				s.T.Errorf("step %d: found %v, want %v", i+1, got, want)
			}
			continue
		}
		a := actors[step.To]
		a.peer.Send(a.message(s, step.Message))
		synctest.Wait()
		if n := len(a.events); step.Message["type"] == "EVENT" && (n == 0 || !reflect.DeepEqual(a.events[n-1], step.Message["args"])) {
			s.T.Errorf("step %d: the handler got %v, want %v at the end", i+1, a.events, step.Message["args"])
		}
	}
	events := 0
	for name, a := range actors {
		if err := <-a.done; err != nil {
			s.T.Errorf("%s: %v", name, err)
		}
		events += len(a.events)
	}
	for _, name := range v.Outcome.Recipients {
		if len(actors[name].events) == 0 {
			s.T.Errorf("%s got no event", name)
		}
	}
	if events != v.Outcome.Events {
		s.T.Errorf("%d events, want %d", events, v.Outcome.Events)
	}
}

// message is a message of a vector on the wire, with the id of the client's last
// request.
func (a *actor) message(s *stage.Stage, of map[string]any) wamptest.Message {
	var m wamptest.Message
	for _, name := range elements[of["type"].(string)] {
		switch name {
		case "request_id":
			m = append(m, a.id)
		case "subscription_id", "publication_id":
			m = append(m, int64(of[name.(string)].(float64)))
		default:
			if key, ok := name.(string); ok {
				m = append(m, of[key])
			} else {
				m = append(m, int64(name.(int)))
			}
		}
	}
	if len(m) == 0 {
		s.T.Fatalf("this test does not know %v", of["type"])
	}
	return m
}

// act makes the client send a message of a vector. What it did before has ended.
func (a *actor) act(s *stage.Stage, m map[string]any) {
	if a.done != nil {
		if err := <-a.done; err != nil {
			s.T.Fatal(err)
		}
	}
	topic, options := m["topic"].(string), m["options"].(map[string]any)
	switch m["type"] {
	case "SUBSCRIBE":
		a.done = stage.Begin(func() error {
			_, err := a.Subscribe(s.T.Context(), topic, func(_ context.Context, p wamp.Payload) error {
				a.events = append(a.events, p.Args)
				return nil
			})
			return err
		})
	case "PUBLISH":
		var opts []wamp.PublishOption
		if exclude, ok := options["exclude_me"].(bool); ok {
			opts = append(opts, wamp.WithExcludeMe(exclude))
		}
		a.done = stage.Begin(func() error { return a.Publish(s.T.Context(), topic, m["args"].([]any), nil, opts...) })
	default:
		s.T.Fatalf("this test does not know how a client sends %v", m["type"])
	}
}
