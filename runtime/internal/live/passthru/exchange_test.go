package passthru

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

var formats = []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR}

// R253, R254, R257, R258, R259: calls, progressive results, results, errors and
// events, in every serializer, inside every format of the caller's session and
// of the callee's.
func TestPassthru_EveryPair(t *testing.T) {
	for _, at := range formats {
		for _, here := range formats {
			for _, inner := range formats {
				t.Run(fmt.Sprintf("%v in %v and %v", inner, here, at), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { everything(t, here, at, inner.String()) })
				})
			}
		}
	}
}

// everything does all of it once.
func everything(t *testing.T, here, at codec.Format, serializer string) {
	realm := wamptest.NewRealm(t)
	join := func(f codec.Format) *wamp.Client {
		return realm.Client(t, append(slices.Clip(handled), quiet(), wamp.WithSerializers(f))...)
	}
	caller, callee := join(here), join(at)
	mode := wamp.Passthru{Scheme: "x_flip", Serializer: serializer}
	want := wamp.Payload{Args: []any{"Grüße", int64(1) << 60, []byte{0, 255}, nil}, Kwargs: map[string]any{"k": []any{1.5}}}
	came := func(p wamp.Passthru) {
		if (p != wamp.Passthru{Scheme: "x_flip", Serializer: serializer, Cipher: "x_flip", KeyID: "k1"}) {
			t.Errorf("it came as %+v", p)
		}
	}
	_, err := callee.RegisterStream(t.Context(), "com.example.p", func(ctx context.Context, in wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
		came(wamp.CallInfoFrom(ctx).Passthru)
		if len(in.Args) == 0 {
			return in, &wamp.Error{URI: "com.example.error.no", Args: want.Args, Kwargs: want.Kwargs}
		}
		return in, out.Send(in)
	})
	if err != nil {
		t.Fatal(err)
	}
	stream := caller.CallStream(t.Context(), "com.example.p", want.Args, want.Kwargs, wamp.WithPassthru(mode), wamp.WithPassthruOnly())
	for item, err := range stream.All() {
		same(t, "progressive result", item, want, err)
	}
	out, err := stream.Result()
	same(t, "result", out, want, err)
	var no *wamp.Error
	if _, err = caller.Call(t.Context(), "com.example.p", nil, nil, wamp.WithPassthru(mode)); !errors.As(err, &no) || no.URI != "com.example.error.no" {
		t.Fatalf("got %v", err)
	}
	same(t, "error", wamp.Payload{Args: no.Args, Kwargs: no.Kwargs}, want, nil)
	events := make(chan wamp.Payload, 1)
	_, err = callee.Subscribe(t.Context(), "com.example.t", func(ctx context.Context, in wamp.Payload) error {
		came(wamp.EventInfoFrom(ctx).Passthru)
		events <- in
		return nil
	}, wamp.WithPassthruOnly())
	if err != nil {
		t.Fatal(err)
	}
	err = caller.Publish(t.Context(), "com.example.t", want.Args, want.Kwargs, wamp.WithPassthru(mode))
	same(t, "event", <-events, want, err)
}

func same(t *testing.T, what string, got, want wamp.Payload, err error) {
	t.Helper()
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %v and %v", what, got, err)
	}
}

// R251, R252, R255: what leaves is marked with all attributes, and is one
// argument of bytes; so is the answer to what comes.
func TestPassthru_OnTheWire(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect(handled...)
		marks := stage.Dict{"ppt_scheme": "wamp", "ppt_serializer": "cbor"}
		call := s.Call(c, "com.example.p", wamp.WithPassthru(wamp.Passthru{Scheme: "wamp"}))
		m := p.Expect(wamptest.Call)
		if got := m.Dict(2); !reflect.DeepEqual(got, marks) {
			s.T.Errorf("sent %v", got)
		}
		if got := unpacked(s.T, codec.CBOR, sealed(s.T, m, 4)); len(got["args"].([]any)) != 0 || got["kwargs"] == nil {
			s.T.Errorf("the payload is %v", got)
		}
		// A serializer and a scheme of the peer's own choice.
		p.Send(wamptest.Message{wamptest.Result, m.ID(1), stage.Dict{"ppt_scheme": "x_plain", "ppt_serializer": "json"},
			[]any{packed(s.T, codec.JSON, []any{7}, nil)}, stage.Dict{}})
		if r := <-call; r.Err != nil || r.Payload.Args[0] != int64(7) {
			s.T.Errorf("got %v", r)
		}
		_, id := s.Register(c, p, "com.example.p", stage.Echo)
		marks = stage.Dict{"ppt_scheme": "x_plain", "ppt_serializer": "msgpack", "ppt_keyid": "k9"}
		p.Send(wamptest.Message{wamptest.Invocation, 1, id, marks, []any{packed(s.T, codec.MessagePack, []any{8}, nil)}})
		y := p.Expect(wamptest.Yield)
		if got := unpacked(s.T, codec.MessagePack, sealed(s.T, y, 3)); !reflect.DeepEqual(y.Dict(2), marks) || got["args"].([]any)[0] != int64(8) {
			s.T.Errorf("answered %v with %v", y, got)
		}
		p.Send(wamptest.Message{wamptest.Invocation, 2, id, stage.Dict{}, []any{9}})
		if y := p.Expect(wamptest.Yield); len(y.Dict(2)) != 0 || y.List(3)[0] != int64(9) {
			s.T.Errorf("answered %v", y)
		}
		s.Works(c, p)
	})
}

// R254: native bytes go as they are, both ways, and an empty payload goes
// without marks.
func TestPassthru_Native(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(handled...)
		mqtt := wamp.WithPassthru(wamp.Passthru{Scheme: "mqtt"})
		if err := c.Publish(s.T.Context(), "com.example.t", []any{[]byte("as it is")}, nil, mqtt); err != nil {
			s.T.Fatal(err)
		}
		m := p.Expect(wamptest.Publish)
		if d := m.Dict(2); d["ppt_scheme"] != "mqtt" || d["ppt_serializer"] != "native" || string(sealed(s.T, m, 4)) != "as it is" {
			s.T.Errorf("sent %v", m)
		}
		if err := c.Publish(s.T.Context(), "com.example.t", nil, nil, mqtt); err != nil {
			s.T.Fatal(err)
		}
		if m := p.Expect(wamptest.Publish); len(m) != 4 || len(m.Dict(2)) != 0 {
			s.T.Errorf("sent %v", m)
		}
		for _, bad := range [][]any{{"text"}, {[]byte{1}, 2}, {[]byte{1}, []byte{2}}} {
			if err := c.Publish(s.T.Context(), "com.example.t", bad, nil, mqtt); err == nil || !wamp.SafeToRetry(err) {
				s.T.Errorf("%v: got %v", bad, err)
			}
		}
		var got []any
		_, id := s.Subscribe(c, p, "com.example.t", func(_ context.Context, in wamp.Payload) error { got = in.Args; return nil })
		p.Send(wamptest.Message{wamptest.Event, id, 1, stage.Dict{"ppt_scheme": "mqtt"}, []any{[]byte("raw")}})
		synctest.Wait()
		if !reflect.DeepEqual(got, []any{[]byte("raw")}) {
			s.T.Errorf("got %v", got)
		}
		s.Works(c, p)
	})
}
