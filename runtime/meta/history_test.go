package meta_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/meta"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// R237, R238, R240: what routers answer, as it was recorded.
func TestHistory_FormsOfRouters(t *testing.T) {
	at := time.Date(2026, 11, 26, 3, 15, 37, 303557351, time.UTC)
	for router, test := range map[string]struct {
		answer string
		want   []meta.StoredEvent
	}{
		"the specification": {
			`[{"timestamp":"2026-11-26T03:15:37.303557351Z","subscription":1,"publication":5,"details":{"topic":"hist","publisher":9},"args":[1],"kwargs":{"k":1}},{"publication":6}]`,
			[]meta.StoredEvent{{Publication: 5, Time: at, Topic: "hist", Publisher: 9, Args: []any{int64(1)}, Kwargs: map[string]any{"k": int64(1)}}, {Publication: 6}},
		},
		"nexus": {
			`[{"Arguments":[1],"ArgumentsKw":null,"Details":{},"Publication":5,"Subscription":1},{"Arguments":null,"ArgumentsKw":{"k":1},"Details":{},"Publication":6,"Subscription":1}],{"is_limit_reached":false}`,
			[]meta.StoredEvent{{Publication: 5, Args: []any{int64(1)}}, {Publication: 6, Kwargs: map[string]any{"k": int64(1)}}},
		},
		"Crossbar.io": {
			`[[{"args":null,"authid":"65FE","authrole":"anonymous","kwargs":null,"publication":6,"realm":"realm1","session_id":9,"time_ns":1795662937303557351,"topic":"hist"},` +
				`{"args":[2],"kwargs":{"k":1},"publication":5,"session_id":9,"time_ns":1795662937303557351,"topic":"hist"},{"publication":5}]]`,
			[]meta.StoredEvent{
				{Publication: 5, Time: at, Topic: "hist", Publisher: 9, Args: []any{int64(2)}, Kwargs: map[string]any{"k": int64(1)}},
				{Publication: 6, Time: at, Topic: "hist", Publisher: 9},
			},
		},
		"nothing": {`[]`, nil},
		"null":    {`[null]`, nil},
		"no list": {`[7,{"publication":"x"},{"publication":-1},{"publication":0}]`, nil},
	} {
		t.Run(router, func(t *testing.T) {
			events, err := meta.History(t.Context(), meta.NewCaller(answering(t, test.answer)), meta.SubscriptionGetEventsArgs{Subscription: 1})
			if err != nil {
				t.Fatal(err)
			}
			for i := range events {
				if len(events[i].Record) == 0 {
					t.Errorf("event %d has no record", i)
				}
				events[i].Record = nil
			}
			if got, want := text(t, events), text(t, test.want); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// R239: not everybody may read a history.
func TestHistory_NotAuthorized(t *testing.T) {
	client := replying(t, `[8,48,%d,{},"wamp.error.not_authorized"]`)
	_, err := meta.History(t.Context(), meta.NewCaller(client), meta.SubscriptionGetEventsArgs{Subscription: 1})
	if !errors.Is(err, wamp.ErrNotAuthorized) {
		t.Errorf("got %v", err)
	}
}

func text(t *testing.T, events []meta.StoredEvent) string {
	t.Helper()
	b, err := json.Marshal(events)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// answering returns a client whose router answers the one call with this payload.
func answering(t *testing.T, payload string) *wamp.Client {
	t.Helper()
	return replying(t, "[50,%d,{},"+payload+"]")
}

// replying returns a client whose router replies to the one call, %d in the reply.
func replying(t *testing.T, reply string) *wamp.Client {
	t.Helper()
	script := wamptest.NewScript(t, wamptest.RawSocket, codec.JSON)
	script.Serve(func(p *wamptest.Peer) {
		p.Join()
		call := p.Expect(wamptest.Call)
		p.SendRaw(fmt.Appendf(nil, reply, call[1]))
		_ = p.Obey()
	})
	client, err := wamp.Connect(t.Context(), script.URL(), "realm1", wamp.WithSerializers(codec.JSON),
		wamp.WithNetDial(script.NetDial), wamp.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(context.Background()) })
	return client
}
