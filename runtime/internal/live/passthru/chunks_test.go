package passthru

import (
	"context"
	"iter"
	"reflect"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// echoAll sends every chunk back.
func echoAll(_ context.Context, in wamp.Payload, chunks iter.Seq2[wamp.Payload, error], out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
	for chunk, err := range chunks {
		if err != nil {
			return in, err
		}
		if err := out.Send(chunk); err != nil {
			return in, err
		}
	}
	return in, nil
}

// R158, R258: both ways at once, and every chunk is sealed as the first message
// of the call.
func TestPassthru_Bidi(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		realm := wamptest.NewRealm(t)
		caller := realm.Client(t, append(slices.Clip(handled), quiet())...)
		callee := realm.Client(t, append(slices.Clip(handled), quiet(), wamp.WithSerializers(codec.JSON))...)
		if _, err := callee.RegisterBidi(t.Context(), "com.example.p", echoAll, wamp.WithPassthruOnly()); err != nil {
			t.Fatal(err)
		}
		b := caller.CallBidi(t.Context(), "com.example.p", []any{"in"}, nil, wamp.WithPassthru(wamp.Passthru{Scheme: "x_flip"}), wamp.WithPassthruOnly())
		for n := range 3 {
			if err := b.Send(wamp.Payload{Args: []any{n}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.CloseSend(); err != nil {
			t.Fatal(err)
		}
		var got []any
		for item, err := range b.All() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, item.Args...)
		}
		if out, err := b.Result(); err != nil || out.Args[0] != "in" || !slices.Equal(got, []any{int64(0), int64(1), int64(2)}) {
			t.Errorf("got %v, then %v and %v", got, out, err)
		}
	})
}

// R258: a handler may send results on one goroutine while it takes chunks on
// another; all of them are sealed as the call came.
func TestPassthru_SendsWhileItTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		realm := wamptest.NewRealm(t)
		c := realm.Client(t, append(slices.Clip(handled), quiet())...)
		if _, err := c.RegisterBidi(t.Context(), "com.example.p", func(_ context.Context, in wamp.Payload, chunks iter.Seq2[wamp.Payload, error], out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			var sends sync.WaitGroup
			sends.Go(func() {
				for n := range 3 {
					if err := out.Send(wamp.Payload{Args: []any{n}}); err != nil {
						t.Error(err)
					}
				}
			})
			defer sends.Wait()
			for _, err := range chunks {
				if err != nil {
					return in, err
				}
			}
			return in, nil
		}); err != nil {
			t.Fatal(err)
		}
		b := c.CallBidi(t.Context(), "com.example.p", []any{"in"}, nil, wamp.WithPassthru(wamp.Passthru{Scheme: "x_flip"}), wamp.WithPassthruOnly())
		for n := range 3 {
			if err := b.Send(wamp.Payload{Args: []any{n}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.CloseSend(); err != nil {
			t.Fatal(err)
		}
		var got []any
		for item, err := range b.All() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, item.Args...)
		}
		if out, err := b.Result(); err != nil || out.Args[0] != "in" || !slices.Equal(got, []any{int64(0), int64(1), int64(2)}) {
			t.Errorf("got %v, then %v and %v", got, out, err)
		}
	})
}

// R158, R163: the marks go, and come, with the first message only.
func TestPassthru_ChunksHaveNoMarks(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(handled...)
		plain := wamp.WithPassthru(wamp.Passthru{Scheme: "x_plain", Serializer: "json"})
		b := c.CallBidi(s.T.Context(), "com.example.p", nil, nil, plain)
		m := p.Expect(wamptest.Call)
		if d := m.Dict(2); d["ppt_scheme"] != "x_plain" || d["progress"] != true {
			s.T.Errorf("sent %v", m)
		}
		if err := b.Send(wamp.Payload{Args: []any{5}}); err != nil {
			s.T.Fatal(err)
		}
		m = p.Expect(wamptest.Call)
		if got := unpacked(s.T, codec.JSON, sealed(s.T, m, 4)); !reflect.DeepEqual(m.Dict(2), stage.Dict{"progress": true}) || got["args"].([]any)[0] != int64(5) {
			s.T.Errorf("sent %v", m)
		}
		b.Close()
		p.Send(wamptest.Answer(p.Expect(wamptest.Cancel)))

		var got []any
		done := stage.Begin(func() error {
			_, err := c.RegisterChunks(s.T.Context(), "com.example.c", func(_ context.Context, in wamp.Payload, chunks iter.Seq2[wamp.Payload, error]) (wamp.Payload, error) {
				for chunk, err := range chunks {
					if err != nil {
						return in, err
					}
					got = append(got, chunk.Args...)
				}
				return in, nil
			})
			return err
		})
		r := p.Expect(wamptest.Register)
		p.Send(wamptest.Message{wamptest.Registered, r.ID(1), 77})
		if err := <-done; err != nil {
			s.T.Fatal(err)
		}
		marks := stage.Dict{"ppt_scheme": "x_plain", "ppt_serializer": "cbor", "progress": true}
		part := func(d stage.Dict, args ...any) wamptest.Message {
			return wamptest.Message{wamptest.Invocation, 1, 77, d, []any{packed(s.T, codec.CBOR, args, nil)}}
		}
		p.Send(part(marks, "in"), part(stage.Dict{"progress": true}, 1), part(stage.Dict{}, 2))
		y := p.Expect(wamptest.Yield)
		if in := unpacked(s.T, codec.CBOR, sealed(s.T, y, 3)); in["args"].([]any)[0] != "in" || !slices.Equal(got, []any{int64(1), int64(2)}) {
			s.T.Errorf("got %v, answered %v", got, y)
		}
		// A chunk in plain text behind a sealed message is refused.
		got = nil
		marked := part(marks, "in")
		marked[1] = 2
		p.Send(marked, wamptest.Message{wamptest.Invocation, 2, 77, stage.Dict{}, []any{"made up"}})
		if m := p.Expect(wamptest.Error); m.Text(4) != "wamp.error.invalid_argument" || got != nil {
			s.T.Errorf("got %v, answered %v", got, m)
		}
		s.Works(c, p)
	})
}
