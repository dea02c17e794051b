package fault

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// unreadable are payloads that a peer is free to send and nobody can read: what
// Details hold, the rest of the message, and what of its bytes becomes what.
var unreadable = map[string]struct {
	details stage.Dict
	payload []any
	from    string
	to      map[codec.Format]string
	answer  string // to an invocation, "" for invalid_argument
}{
	"nested 63 deep":              {nil, []any{[]any{"deep!"}}, "deep!", nested(63), ""},
	"nested 63 deep in a keyword": {nil, []any{[]any{}, stage.Dict{"k": "deep!"}}, "deep!", nested(63), ""},
	"nested 5000 deep":            {nil, []any{[]any{"deep!"}, stage.Dict{"k": 1}}, "deep!", nested(5000), ""},
	"a keyword that is no Unicode": {nil, []any{[]any{}, stage.Dict{"kk": 1}}, "kk", map[codec.Format]string{
		codec.JSON: `"\ud83d"`, codec.MessagePack: "\xa2\xff\xff", codec.CBOR: "\x62\xff\xff"}, ""},
	"a sealed payload":      {stage.Dict{"ppt_scheme": "x_e2ee"}, []any{[]byte("sealed")}, "", nil, "wamp.error.feature_not_supported"},
	"a sealed argument":     {stage.Dict{"ppt_scheme": "x_e2ee", "ppt_serializer": "cbor"}, []any{[]any{[]byte("sealed")}}, "", nil, "wamp.error.feature_not_supported"},
	"a transparent payload": {stage.Dict{"enc_algo": "cryptobox"}, []any{[]byte("sealed")}, "", nil, ""},
}

// nested is a value of so many lists, one in the other.
func nested(n int) map[codec.Format]string {
	return map[codec.Format]string{
		codec.JSON:        strings.Repeat("[", n) + "0" + strings.Repeat("]", n),
		codec.MessagePack: strings.Repeat("\x91", n) + "\x00",
		codec.CBOR:        strings.Repeat("\x81", n) + "\x00",
	}
}

// sendUnreadable sends a message with one of these payloads.
func sendUnreadable(s *stage.Stage, p *wamptest.Peer, what string, head ...any) {
	s.T.Helper()
	bad := unreadable[what]
	m := append(wamptest.Message{}, head...)
	for i, v := range m {
		if d, ok := v.(stage.Dict); ok {
			d = maps.Clone(d)
			maps.Copy(d, bad.details)
			m[i] = d
		}
	}
	frame, err := append(m, bad.payload...).Encode(s.Format)
	if err != nil {
		s.T.Fatal(err)
	}
	if bad.from != "" {
		text, _ := wamptest.Message{bad.from}.Encode(s.Format)
		text = text[1:]
		if s.Format == codec.JSON {
			text = text[:len(text)-1]
		}
		if bytes.Count(frame, text) != 1 {
			s.T.Fatalf("%q in %q", text, frame)
		}
		frame = bytes.Replace(frame, text, []byte(bad.to[s.Format]), 1)
	}
	p.SendRaw(frame)
}

// R256, R261: what nobody can read fails the message that holds it, visibly and with a
// reason, and never the session: any peer may send it.
func TestUnreadablePayloadFailsItsMessage(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		var log stage.TextLog
		c, p := s.Connect(log.Option())
		ran := 0
		sub, topic := s.Subscribe(c, p, "com.example.t", func(context.Context, wamp.Payload) error { ran++; return nil })
		_, procedure := s.Register(c, p, "com.example.p", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) { ran++; return in, nil })
		request := 0
		for what := range unreadable {
			failed := sub.Failed()
			sendUnreadable(s, p, what, wamptest.Event, topic, 1+request, stage.Dict{})
			synctest.Wait()
			if sub.Failed() != failed+1 {
				s.T.Errorf("%s: %d events failed, want %d", what, sub.Failed(), failed+1)
			}
			request++
			sendUnreadable(s, p, what, wamptest.Invocation, request, procedure, stage.Dict{})
			if m := p.Expect(wamptest.Error); m.Text(4) != cmp.Or(unreadable[what].answer, "wamp.error.invalid_argument") {
				s.T.Errorf("%s: the caller gets %v", what, m)
			}
			calls := stage.Calls(s, c, 1)
			sendUnreadable(s, p, what, wamptest.Result, p.Expect(wamptest.Call).ID(1), stage.Dict{})
			if err := <-calls; err == nil || errors.Is(err, wamp.ErrLost) || !strings.Contains(err.Error(), "com.example.slow") {
				s.T.Errorf("%s: a call got %v", what, err)
			}
			calls = stage.Calls(s, c, 1)
			sendUnreadable(s, p, what, wamptest.Error, wamptest.Call, p.Expect(wamptest.Call).ID(1), stage.Dict{}, "com.example.error")
			var plain *wamp.Error
			if err := <-calls; !errors.As(err, &plain) || plain.URI != "com.example.error" {
				s.T.Errorf("%s: a call got %v", what, err)
			}
		}
		if ran != 0 {
			s.T.Errorf("handlers ran %d times", ran)
		}
		if strings.Contains(log.String(), "sealed\"") || !strings.Contains(log.String(), "com.example.t") {
			s.T.Errorf("log: %s", log.String())
		}
		s.Works(c, p)
	})
}

// One as the last chunk ends its call with an error, also if it is the only one: it is
// not taken for the end of the chunks, which has no payload.
func TestUnreadableLastChunkFailsItsCall(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		ids := make(map[bool]int64) // of a procedure whose first message is a chunk, and another
		for _, first := range []bool{true, false} {
			d := &wamp.Procedure{URI: fmt.Sprint("com.example.", first), Chunks: true, FirstChunk: first}
			done := stage.Begin(func() error {
				_, err := wamp.Register(s.T.Context(), c, wamp.Handle(d, nil, func(_ context.Context, x *wamp.Exchange) error {
					for _, err := range wamp.NewChunks(x, func(p *wamp.Payload) codec.Value { return p }) {
						if err != nil {
							return err
						}
					}
					return x.Out(nil, nil)
				}))
				return err
			})
			m := p.Expect(wamptest.Register)
			p.Send(wamptest.Answer(m))
			if err := <-done; err != nil {
				s.T.Fatal(err)
			}
			ids[first] = m.ID(1)
		}
		request := 0
		for what, bad := range unreadable {
			for first, id := range ids {
				request++
				if !first {
					p.Send(wamptest.Message{wamptest.Invocation, request, id, stage.Dict{"progress": true}, []any{"in"}})
				}
				sendUnreadable(s, p, what, wamptest.Invocation, request, id, stage.Dict{})
				if m, _ := p.Next(); m.Type() != wamptest.Error || m.Text(4) != cmp.Or(bad.answer, "wamp.error.invalid_argument") {
					s.T.Errorf("%s, first %v: the caller gets %v", what, first, m)
				}
			}
		}
		s.Works(c, p)
	})
}

// One among progressive results ends its call, and nothing else.
func TestUnreadableProgressFailsItsCall(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for what := range unreadable {
			calls := c.CallStream(s.T.Context(), "com.example.slow", nil, nil)
			id := p.Expect(wamptest.Call).ID(1)
			p.Send(wamptest.Message{wamptest.Result, id, stage.Dict{"progress": true}, []any{1}})
			sendUnreadable(s, p, what, wamptest.Result, id, stage.Dict{"progress": true})
			n := 0
			var last error
			for _, err := range calls.All() {
				if last = err; err == nil {
					n++
				}
			}
			if n != 1 || last == nil || errors.Is(last, wamp.ErrLost) || !strings.Contains(last.Error(), "com.example.slow") {
				s.T.Errorf("%s: %d progressive results, then %v", what, n, last)
			}
			p.Send(wamptest.Answer(p.Expect(wamptest.Cancel)))
		}
		s.Works(c, p)
	})
}

// lostStock is a declared error in the shape that wampgen writes.
type lostStock struct{ Left int64 }

func (*lostStock) Error() string    { return "wamp: com.example.error.stock" }
func (*lostStock) ErrorURI() string { return "com.example.error.stock" }

var lostStockTable = codec.Table{Args: 1, Fields: []string{"left:int"}}

func (v *lostStock) CodeWAMP(c *codec.Coder) {
	var s codec.Walk
	for c.Payload(&s, &lostStockTable) {
		s.Int64(0, &v.Left)
	}
}

var stockProcedure = &wamp.Procedure{
	URI:    "com.example.stock",
	Errors: []wamp.DeclaredError{{URI: "com.example.error.stock", New: func() wamp.TypedError { return new(lostStock) }}},
}

// A declared error is found by its URI even if its payload does not fit: the
// error says what does not, and the log does once until a payload fits again.
func TestDeclaredErrorWithAnotherPayload(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		var log stage.TextLog
		c, p := s.Connect(log.Option())
		call := func(payload ...any) error {
			done := stage.Begin(func() error {
				return wamp.Call(s.T.Context(), c, stockProcedure, nil, nil)
			})
			id := p.Expect(wamptest.Call).ID(1)
			p.Send(append(wamptest.Message{wamptest.Error, wamptest.Call, id, stage.Dict{}, "com.example.error.stock"}, payload...))
			return <-done
		}
		for _, payload := range [][]any{{[]any{"three"}}, {}, {[]any{"secret"}}} {
			err := call(payload...)
			var typed *lostStock
			var plain *wamp.Error
			var value *codec.ValueError
			if !errors.As(err, &typed) || !errors.As(err, &plain) || !errors.As(err, &value) || !wamp.IsPeer(err) {
				s.T.Errorf("%v: got %v", payload, err)
				continue
			}
			if text := err.Error(); !strings.Contains(text, "com.example.error.stock") || !strings.Contains(text, "its payload does not fit: ") || !strings.Contains(text, "want int") || strings.Contains(text, "secret") {
				s.T.Errorf("%v: the text is %q", payload, text)
			}
			if len(payload) > 0 && len(plain.Args) != 1 {
				s.T.Errorf("the payload as it came is %v", plain.Args)
			}
		}
		const line = "the payload of a declared error does not fit"
		if n := strings.Count(log.String(), line); n != 1 {
			s.T.Errorf("logged %d times: %s", n, log.String())
		}
		var typed *lostStock
		if err := call([]any{3}); !errors.As(err, &typed) || typed.Left != 3 {
			s.T.Errorf("got %v", err)
		}
		_ = call()
		if n := strings.Count(log.String(), line); n != 2 {
			s.T.Errorf("logged %d times", n)
		}
	})
}
