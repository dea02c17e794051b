package passthru

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// R250: a router that does not announce the mode gets nothing of it, and every
// operation says what is missing.
func TestPassthru_RouterWithoutIt(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(append([]wamp.ConnectOption{
			wamp.WithDenyFeatures("broker", "payload_passthru_mode"), wamp.WithDenyFeatures("dealer", "payload_passthru_mode")}, handled...)...)
		ctx, mode := s.T.Context(), wamp.WithPassthru(wamp.Passthru{Scheme: "x_plain"})
		_, call := c.Call(ctx, "com.example.p", nil, nil, mode)
		_, only := c.Call(ctx, "com.example.p", nil, nil, wamp.WithPassthruOnly())
		_, stream := c.CallStream(ctx, "com.example.p", nil, nil, mode).Result()
		_, register := c.Register(ctx, "com.example.p", stage.Echo, mode)
		_, subscribe := c.Subscribe(ctx, "com.example.t", func(context.Context, wamp.Payload) error { return nil }, wamp.WithPassthruOnly())
		for what, err := range map[string]error{
			"call": call, "call only": only, "stream": stream, "register": register, "subscribe": subscribe,
			"publish": c.Publish(ctx, "com.example.t", nil, nil, mode),
		} {
			if !errors.Is(err, wamp.ErrUnsupported) || !wamp.SafeToRetry(err) || !strings.Contains(err.Error(), "payload_passthru_mode") {
				s.T.Errorf("%s: got %v", what, err)
			}
		}
		s.Works(c, p) // nothing else was sent
	})
}

// R254, R255, R256: what must not be sent is refused here, and the error says
// why.
func TestPassthru_Invalid(t *testing.T) {
	stage.Bubble(t, wamptest.WebSocket, codec.CBOR, func(s *stage.Stage) {
		c, p := s.Connect(handled...)
		for want, mode := range map[string]wamp.Passthru{
			"begin with x_": {Scheme: "mine"}, "wamp, mqtt or": {},
			"no codec":                     {Scheme: "x_other"},
			"not \"flatbuffers\"":          {Scheme: "x_plain", Serializer: "flatbuffers"},
			"scheme wamp must be cbor":     {Scheme: "wamp", Serializer: "json"},
			"xsalsa20poly1305 or aes256":   {Scheme: "wamp", Cipher: "rot13"},
			"neither a cipher":             {Scheme: "mqtt", KeyID: "k"},
			"no codec that could encrypt":  {Scheme: "x_plain", Cipher: "aes256gcm"},
			"that could encrypt":           {Scheme: "wamp", Cipher: "aes256gcm"},
			"cbor, msgpack, json or nativ": {Scheme: "mqtt", Serializer: "ubjson"},
		} {
			_, call := c.Call(s.T.Context(), "com.example.p", nil, nil, wamp.WithPassthru(mode))
			_, register := c.Register(s.T.Context(), "com.example.p", stage.Echo, wamp.WithPassthru(mode))
			for _, err := range []error{call, register, c.Publish(s.T.Context(), "com.example.t", nil, nil, wamp.WithPassthru(mode))} {
				if err == nil || !wamp.SafeToRetry(err) || !strings.Contains(err.Error(), want) {
					s.T.Errorf("%+v: got %v", mode, err)
				}
			}
		}
		s.Works(c, p)
	})
	if _, err := wamp.Connect(t.Context(), "ws://127.0.0.1:1/", "realm1", wamp.WithPayloadCodec("mine", nil)); err == nil || !strings.Contains(err.Error(), "x_") {
		t.Errorf("got %v", err)
	}
}

// R256, R261: an invocation that cannot be opened is answered, each with the
// reason that may be said; the codec's own text stays here.
func TestPassthru_InvocationsThatDoNotOpen(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect(handled...)
		ran := 0
		_, id := s.Register(c, p, "com.example.p", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) { ran++; return in, nil })
		const unsupported, invalid = "wamp.error.feature_not_supported", "wamp.error.invalid_argument"
		good := packed(s.T, codec.CBOR, []any{1}, nil)
		for i, bad := range []struct {
			marks   stage.Dict
			payload []any
			uri     string
		}{
			{stage.Dict{"ppt_scheme": "x_other"}, []any{[]any{good}}, unsupported},
			{stage.Dict{"ppt_scheme": "x_plain", "ppt_serializer": "flatbuffers"}, []any{[]any{good}}, unsupported},
			{stage.Dict{"ppt_scheme": "x_plain", "ppt_serializer": "cbor", "ppt_cipher": "aes256gcm"}, []any{[]any{good}}, unsupported},
			{stage.Dict{"ppt_scheme": "wamp"}, []any{[]any{good}}, invalid},
			{stage.Dict{"ppt_scheme": "x_flip", "ppt_serializer": "cbor"}, []any{[]any{good}}, invalid},
			{stage.Dict{"ppt_scheme": "x_plain", "ppt_serializer": "json"}, []any{[]any{good}}, invalid},
			{stage.Dict{"ppt_scheme": "x_plain"}, []any{[]any{[]byte("\x82\x01")}}, invalid},
			{stage.Dict{"ppt_scheme": "x_plain"}, []any{[]any{[]byte("\xa1\x64args\x01")}}, invalid},
			{stage.Dict{"ppt_scheme": "x_plain"}, []any{[]any{append(good, good...)}}, invalid},
			{stage.Dict{"ppt_scheme": "x_plain"}, []any{[]any{good, 2}}, invalid},
			{stage.Dict{"ppt_scheme": "x_plain"}, []any{[]any{"text"}}, invalid},
			{stage.Dict{"ppt_scheme": "x_plain"}, []any{[]any{good}, stage.Dict{"k": 1}}, invalid},
		} {
			p.Send(append(wamptest.Message{wamptest.Invocation, 1 + i, id, bad.marks}, bad.payload...))
			m := p.Expect(wamptest.Error)
			if m.Text(4) != bad.uri || len(m.Dict(3)) != 0 || strings.Contains(m.List(5)[0].(string), "secret") {
				s.T.Errorf("%v: answered %v", bad.marks, m)
			}
		}
		if ran != 0 {
			s.T.Errorf("the handler ran %d times", ran)
		}
		s.Works(c, p)
	})
}

// R256, R260: of a call, the result that cannot be opened is an error of that
// call, and so is the refusal of a dealer whose callee lacks the mode.
func TestPassthru_AnswersThatDoNotOpen(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(handled...)
		sealed := wamp.WithPassthru(wamp.Passthru{Scheme: "x_flip"})
		for _, marks := range []stage.Dict{{"ppt_scheme": "x_other"}, {"ppt_scheme": "x_flip", "ppt_serializer": "cbor"}} {
			call := s.Call(c, "com.example.p", sealed)
			p.Send(wamptest.Message{wamptest.Result, p.Expect(wamptest.Call).ID(1), marks, []any{[]byte("?")}})
			if err := (<-call).Err; !errors.Is(err, wamp.ErrPassthru) || !strings.Contains(err.Error(), "com.example.p") || wamp.SafeToRetry(err) {
				s.T.Errorf("%v: got %v", marks, err)
			}
			call = s.Call(c, "com.example.p", sealed)
			p.Send(wamptest.Message{wamptest.Error, wamptest.Call, p.Expect(wamptest.Call).ID(1), marks, "com.example.error", []any{[]byte("?")}})
			var plain *wamp.Error
			if err := (<-call).Err; !errors.As(err, &plain) || plain.URI != "com.example.error" || plain.Args != nil {
				s.T.Errorf("%v: got %v", marks, err)
			}
		}
		call := s.Call(c, "com.example.p", sealed)
		p.Send(wamptest.Message{wamptest.Error, wamptest.Call, p.Expect(wamptest.Call).ID(1), stage.Dict{}, "wamp.error.feature_not_supported"})
		if err := (<-call).Err; !errors.Is(err, wamp.ErrFeatureNotSupported) {
			s.T.Errorf("got %v", err)
		}
		s.Works(c, p)
	})
}

// What comes without the mode is refused where only the mode is accepted; a
// plain error still arrives.
func TestPassthru_Only(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(handled...)
		only := wamp.WithPassthruOnly()
		call := s.Call(c, "com.example.p", only)
		p.Send(wamptest.Message{wamptest.Result, p.Expect(wamptest.Call).ID(1), stage.Dict{}, []any{"made up"}})
		if err := (<-call).Err; !errors.Is(err, wamp.ErrPassthru) {
			s.T.Errorf("got %v", err)
		}
		call = s.Call(c, "com.example.p", only)
		p.Send(wamptest.Message{wamptest.Error, wamptest.Call, p.Expect(wamptest.Call).ID(1), stage.Dict{}, "wamp.error.no_such_procedure"})
		if err := (<-call).Err; !errors.Is(err, wamp.ErrNoSuchProcedure) {
			s.T.Errorf("got %v", err)
		}
		ran := 0
		_, procedure := s.Register(c, p, "com.example.p", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) { ran++; return in, nil }, only)
		sub, topic := s.Subscribe(c, p, "com.example.t", func(context.Context, wamp.Payload) error { ran++; return nil }, only)
		p.Send(wamptest.Message{wamptest.Invocation, 1, procedure, stage.Dict{}, []any{"made up"}})
		if m := p.Expect(wamptest.Error); m.Text(4) != "wamp.error.invalid_argument" {
			s.T.Errorf("answered %v", m)
		}
		p.Send(wamptest.Message{wamptest.Event, topic, 1, stage.Dict{}, []any{"made up"}},
			wamptest.Message{wamptest.Event, topic, 2, stage.Dict{}},
			wamptest.Message{wamptest.Event, topic, 3, stage.Dict{"ppt_scheme": "x_plain"}, []any{packed(s.T, codec.CBOR, nil, nil)}})
		synctest.Wait()
		if ran != 1 || sub.Failed() != 2 {
			s.T.Errorf("handlers ran %d times, %d events failed", ran, sub.Failed())
		}
		s.Works(c, p)
	})
}

// A result that nobody reads, since the procedure has none, is refused all the same: it
// says that the callee has done its work.
func TestPassthru_ResultOfNothing(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(handled...)
		nothing := &wamp.Procedure{URI: "com.example.p"}
		for name, answer := range map[string]struct {
			marks   stage.Dict
			payload []any
			want    error
		}{
			"plain":  {stage.Dict{}, nil, wamp.ErrPassthru},
			"forged": {stage.Dict{"ppt_scheme": "x_flip"}, []any{[]any{[]byte("?")}}, wamp.ErrPassthru},
			"sealed": {stage.Dict{"ppt_scheme": "x_plain"}, []any{[]any{packed(s.T, codec.CBOR, nil, nil)}}, nil},
		} {
			call := stage.Begin(func() error { return wamp.Call(s.T.Context(), c, nothing, nil, nil, wamp.WithPassthruOnly()) })
			p.Send(append(wamptest.Message{wamptest.Result, p.Expect(wamptest.Call).ID(1), answer.marks}, answer.payload...))
			if err := <-call; !errors.Is(err, answer.want) {
				s.T.Errorf("%s: a call got %v", name, err)
			}
			none := func(*struct{}) codec.Value { return nil }
			stream := wamp.CallStream(s.T.Context(), c, nothing, nil, none, none, wamp.WithPassthruOnly())
			id := p.Expect(wamptest.Call).ID(1)
			progress := maps.Clone(answer.marks)
			progress["progress"] = true
			p.Send(append(wamptest.Message{wamptest.Result, id, progress}, answer.payload...))
			for _, err := range stream.All() {
				if !errors.Is(err, answer.want) {
					s.T.Errorf("%s: a progressive result got %v", name, err)
				}
				if err == nil {
					p.Send(wamptest.Message{wamptest.Result, id, answer.marks, []any{packed(s.T, codec.CBOR, nil, nil)}})
				}
			}
			if answer.want != nil {
				p.Expect(wamptest.Cancel)
			}
		}
		s.Works(c, p)
	})
}

// broken is a codec that panics.
type broken struct{}

func (broken) Seal(context.Context, *wamp.PassthruMessage, []byte) ([]byte, error) { panic("seal") }
func (broken) Open(_ context.Context, _ *wamp.PassthruMessage, b []byte) ([]byte, error) {
	if len(b) == 0 {
		panic("open")
	}
	return b, nil
}

// A codec that panics fails its message, at every place where it may run, and
// what it was to seal does not leave unsealed.
func TestPassthru_CodecPanics(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithPayloadCodec("x_broken", broken{}))
		mode := wamp.WithPassthru(wamp.Passthru{Scheme: "x_broken"})
		if _, err := c.Call(s.T.Context(), "com.example.p", nil, nil, mode); !errors.Is(err, wamp.ErrPassthru) || !wamp.SafeToRetry(err) {
			s.T.Errorf("got %v", err)
		}
		if err := c.Publish(s.T.Context(), "com.example.t", nil, nil, mode); !errors.Is(err, wamp.ErrPassthru) {
			s.T.Errorf("got %v", err)
		}
		_, id := s.Register(c, p, "com.example.p", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
			if len(in.Args) > 0 {
				return in, wamp.NewError("com.example.error.mine", "my secret")
			}
			return wamp.Payload{Args: []any{"my secret"}}, nil
		})
		marks := stage.Dict{"ppt_scheme": "x_broken"}
		for i, sent := range [][]byte{{}, packed(s.T, codec.CBOR, nil, nil), packed(s.T, codec.CBOR, []any{1}, nil)} {
			p.Send(wamptest.Message{wamptest.Invocation, 1 + i, id, marks, []any{sent}})
			want := []string{"wamp.error.invalid_argument", "wamp.error.runtime_error", "com.example.error.mine"}[i]
			if m := p.Expect(wamptest.Error); m.Text(4) != want || i > 0 && len(m) > 5 {
				s.T.Errorf("answered %v", m)
			}
		}
		s.Works(c, p)
	})
}
