package peers

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// A real router passes payloads on as they are, in calls, progressive results,
// results, errors and events, from one format to another. nexus makes text of the
// bytes where JSON is one of them, which is read all the same.
func TestPassthru_OnNexus(t *testing.T) {
	t.Run("to JSON", func(t *testing.T) { passesOn(t, codec.CBOR, codec.JSON) })
	t.Run("from JSON", func(t *testing.T) { passesOn(t, codec.JSON, codec.MessagePack) })
}

func passesOn(t *testing.T, from, to codec.Format) {
	r := router.New(t, router.Config{History: []router.History{{Topic: "com.example.t", Limit: 10}}})
	handles := wamp.WithPayloadCodec("x_mine", nil)
	callee := stage.Connect(t, r.WebSocketURL(), handles, wamp.WithSerializers(to))
	caller := stage.Connect(t, r.RawSocketURL(), handles, wamp.WithSerializers(from))
	mode := wamp.WithPassthru(wamp.Passthru{Scheme: "x_mine", Serializer: "msgpack", KeyID: "k"})
	want := []any{"Grüße", []byte{0, 1}, int64(1) << 60}
	_, err := callee.RegisterStream(t.Context(), "com.example.p", func(ctx context.Context, in wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
		if info := wamp.CallInfoFrom(ctx); info.Passthru.KeyID != "k" || len(in.Args) == 0 {
			return in, wamp.NewError("com.example.error.no", want...)
		}
		return in, out.Send(in)
	})
	if err != nil {
		t.Fatal(err)
	}
	stream := caller.CallStream(t.Context(), "com.example.p", want, nil, mode, wamp.WithPassthruOnly())
	for item, err := range stream.All() {
		if err != nil || !reflect.DeepEqual(item.Args, want) {
			t.Errorf("progressive result: got %v, %v", item, err)
		}
	}
	if out, err := stream.Result(); err != nil || !reflect.DeepEqual(out.Args, want) {
		t.Errorf("result: got %v, %v", out, err)
	}
	var no *wamp.Error
	if _, err := caller.Call(t.Context(), "com.example.p", nil, nil, mode); !errors.As(err, &no) || !reflect.DeepEqual(no.Args, want) || no.Details()["ppt_scheme"] != "x_mine" {
		t.Errorf("error: got %v", err)
	}
	events := make(chan wamp.EventInfo, 10)
	_, err = callee.Subscribe(t.Context(), "com.example.t", func(ctx context.Context, in wamp.Payload) error {
		if !reflect.DeepEqual(in.Args, want) {
			t.Errorf("event: got %v", in)
		}
		events <- wamp.EventInfoFrom(ctx)
		return nil
	}, wamp.WithPassthruOnly(), wamp.WithResume())
	if err != nil {
		t.Fatal(err)
	}
	publish := func() {
		if err := caller.Publish(t.Context(), "com.example.t", want, nil, mode, wamp.WithAcknowledge()); err != nil {
			t.Fatal(err)
		}
	}
	publish()
	if info := waitFor(t, events); info.Resumed || info.Passthru != (wamp.Passthru{Scheme: "x_mine", Serializer: "msgpack", KeyID: "k"}) {
		t.Errorf("got %+v", info.Passthru)
	}
}

// waitFor takes an event, which must come.
func waitFor(t *testing.T, events <-chan wamp.EventInfo) wamp.EventInfo {
	t.Helper()
	select {
	case info := <-events:
		return info
	case <-time.After(time.Minute):
		t.Fatal("no event")
	}
	return wamp.EventInfo{}
}
