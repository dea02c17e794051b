package options

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// TestOptions: options have the types of the schema and are sent as its values
// are in a payload.
func TestOptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := wamptest.NewPipeScript(t, wamptest.RawSocket, codec.CBOR)
		got := make(chan map[string]any, 3)
		go func() { // ends with the connection
			p := s.Accept()
			p.Join()
			for range 3 {
				m, err := p.Next()
				if err != nil {
					return
				}
				got <- m.Dict(2)
				if m.Type() == wamptest.Call {
					p.Send(wamptest.Message{wamptest.Result, m.ID(1), map[string]any{}, []any{}, map[string]any{"return": []any{}}})
				} else if answer := wamptest.Answer(m); answer != nil {
					p.Send(answer)
				}
			}
		}()
		c, err := wamp.Connect(t.Context(), s.URL(), "realm1", wamp.WithNetDial(s.NetDial))
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			s.Stop()
			_ = c.Close(context.Background()) // nobody answers its GOODBYE
		}()
		_, err = NewCaller(c).ObjectGet(t.Context(), ObjectGetArgs{Waql: "$"}, WithObjectGetReturn([]string{"id", "name"}),
			WithObjectGetPlatform(wamp.UUID{15: 1}), WithObjectGetLevel(LevelHigh), WithObjectGetRange(Range{1, 2}))
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]any{
			"return": []any{"id", "name"}, "platform": "00000000-0000-0000-0000-000000000001", "_level": "high",
			"range": map[string]any{"from": int64(1), "to": int64(2)},
		}
		if call := <-got; !reflect.DeepEqual(call, want) {
			t.Errorf("CALL %v", call)
		}
		_, err = SubscribeObjectCreated(t.Context(), c, func(context.Context, ObjectCreated) error { return nil }, WithObjectCreatedReturn([]string{"id"}))
		if err != nil {
			t.Fatal(err)
		}
		if err := PublishObjectCreated(t.Context(), c, ObjectCreated{}, WithObjectCreatedReturn(nil)); err != nil {
			t.Fatal(err)
		}
		if subscribe, publish := <-got, <-got; !reflect.DeepEqual(subscribe["return"], []any{"id"}) || !reflect.DeepEqual(publish["return"], []any{}) {
			t.Errorf("SUBSCRIBE %v, PUBLISH %v", subscribe, publish)
		}
		_, err = NewCaller(c).ObjectGet(t.Context(), ObjectGetArgs{}, WithObjectGetLevel("SECRET"))
		if err == nil || !strings.Contains(err.Error(), "one of low, high") || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("an enum without the value: %v", err)
		}
	})
}
