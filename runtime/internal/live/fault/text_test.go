package fault

import (
	"bytes"
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// F9 on the wire: the same, numbers in JSON included, dynamic and typed.
func TestF9_ValuesOnTheWire(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		c := s.Served(func(p *wamptest.Peer) {
			p.Join()
			_ = p.Obey()
		})
		for _, v := range stage.Values {
			out, err := c.Call(s.T.Context(), "com.example.echo", []any{v}, nil)
			if err != nil || !reflect.DeepEqual(out.Args, []any{v}) {
				s.T.Errorf("%#v: got %#v, %v", v, out, err)
			}
		}
		roundTrip(s, c, codec.Int64, math.MinInt64, math.MaxInt64, 1<<53+1)
		roundTrip(s, c, codec.Uint64, 0, math.MaxUint64, 1<<63, 1<<53+1)
		roundTrip(s, c, codec.Float64, 0.1, -1e300, 3)
		roundTrip(s, c, codec.String, "", "a\x00b", "\u2028")
	})
}

// roundTrip sends values through a typed procedure with one argument.
func roundTrip[T comparable](s *stage.Stage, c *wamp.Client, code func(*T, *codec.Coder), values ...T) {
	s.T.Helper()
	p := stage.Typed[T, T]{Procedure: &wamp.Procedure{URI: "com.example.typed", In: stage.One("v", ""), Out: stage.One("v", "")}, CodeIn: code, CodeOut: code}
	for _, v := range values {
		if out, err := p.Call(s.T.Context(), c, v); err != nil || out != v {
			s.T.Errorf("%v: got %v, %v", v, out, err)
		}
	}
}

// F9: what has no form in a format is refused here, by name; nothing is sent.
func TestF9_Unsayable(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		c, p := s.Connect()
		bad := []any{"\xff", "a\xc3", "\xed\xa0\x80", []any{"\xff"}, map[string]any{"\xff": 1}}
		numbers := []any{math.NaN(), math.Inf(1), math.Inf(-1)}
		if s.Format == codec.JSON {
			bad = append(append(bad, numbers...), "\x00looks like binary")
		}
		for _, v := range bad {
			_, err := c.Call(s.T.Context(), "com.example.echo", []any{v}, nil)
			if err == nil || !wamp.SafeToRetry(err) || wamp.IsPeer(err) {
				s.T.Errorf("%#v: got %v", v, err)
			}
		}
		if s.Format != codec.JSON {
			go func() { p.Send(wamptest.Answer(p.Expect(wamptest.Call))) }()
			out, err := c.Call(s.T.Context(), "com.example.echo", numbers, nil)
			if err != nil || !math.IsNaN(out.Args[0].(float64)) || out.Args[1] != math.Inf(1) || out.Args[2] != math.Inf(-1) {
				s.T.Errorf("got %v, %v", out, err)
			}
		}
		s.Works(c, p)
	})
}

// texts are frames, each a RESULT for call 1, that are no text where text
// has to be: in the payload, and elsewhere.
var texts = map[codec.Format]struct{ payload, frame []faultFrame }{
	codec.JSON: {
		payload: []faultFrame{
			{"invalid UTF-8", []byte("[50,1,{},[\"\xff\"]]")}, {"surrogate in UTF-8", []byte("[50,1,{},[\"\xed\xa0\x80\"]]")},
			{"lone surrogate", []byte(`[50,1,{},["\ud800"]]`)}, {"half a pair", []byte(`[50,1,{},["\ud83dx"]]`)},
			{"key", []byte("[50,1,{},[{\"\xff\":1}]]")}, {"keyword", []byte("[50,1,{},[],{\"\xff\":1}]")}, {"lone surrogate in a keyword", []byte(`[50,1,{},[],{"\ud83d":1}]`)},
		},
		frame: []faultFrame{
			{"detail", []byte("[50,1,{\"x\":\"\xff\"}]")}, {"key of a detail", []byte("[50,1,{\"\xff\":1}]")}, {"URI", []byte("[8,48,1,{},\"\xff\"]")},
			{"control character", []byte("[50,1,{},[\"\x01\"]]")}, {"NaN", []byte("[50,1,{},[NaN]]")},
			{"leading zero", []byte("[50,1,{},[01]]")}, {"BOM", []byte("\xef\xbb\xbf[50,1,{}]")}, {"trailing comma", []byte("[50,1,{},]")},
		},
	},
	codec.MessagePack: {
		payload: []faultFrame{
			{"invalid UTF-8", []byte("\x94\x32\x01\x80\x91\xa1\xff")}, {"overlong", []byte("\x94\x32\x01\x80\x91\xa2\xc0\x80")},
			{"key", []byte("\x94\x32\x01\x80\x91\x81\xa1\xff\x01")}, {"keyword", []byte("\x95\x32\x01\x80\x90\x81\xa1\xff\x01")},
		},
		frame: []faultFrame{
			{"key of a detail", []byte("\x93\x32\x01\x81\xa1\xff\x01")}, {"key that is a number", []byte("\x93\x32\x01\x81\x01\x01")},
			{"URI", []byte("\x95\x08\x30\x01\x80\xa1\xff")},
		},
	},
	codec.CBOR: {
		payload: []faultFrame{
			{"invalid UTF-8", []byte("\x84\x18\x32\x01\xa0\x81\x61\xff")}, {"overlong", []byte("\x84\x18\x32\x01\xa0\x81\x62\xc0\x80")},
			{"cut inside a rune", []byte("\x84\x18\x32\x01\xa0\x81\x7f\x61\xc3\x61\xa9\xff")}, {"key", []byte("\x84\x18\x32\x01\xa0\x81\xa1\x61\xff\x01")},
			{"keyword", []byte("\x85\x18\x32\x01\xa0\x80\xa1\x61\xff\x01")},
		},
		frame: []faultFrame{
			{"key of a detail", []byte("\x83\x18\x32\x01\xa1\x61\xff\x01")}, {"key that is a number", []byte("\x83\x18\x32\x01\xa1\x01\x01")},
			{"URI", []byte("\x85\x08\x18\x30\x01\xa0\x61\xff")},
		},
	},
}

// F9: bad text is refused: in a payload by the call that decodes it, anywhere
// else with the session. R051.
func TestF9_InvalidText(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for _, bad := range texts[s.Format].frame {
			p = violate(s, c, p, bad)
		}
		for _, bad := range texts[s.Format].payload {
			calls := stage.Calls(s, c, 1)
			p.Expect(wamptest.Call)
			p.SendRaw(bad.data)
			err := <-calls
			var place *codec.ValueError
			if !errors.As(err, &place) || !strings.HasPrefix(err.Error(), "wamp: result of com.example.slow: ") || wamp.IsPeer(err) {
				s.T.Errorf("%s: got %v", bad.name, err)
			}
			s.Works(c, p)
			p.Close() // the next call shall be call 1 again
			p = s.Accept()
			p.Join()
		}
		s.Works(c, p)
	})
}

// F9: of two equal keys the last one counts, in every format, dynamic or typed.
func TestF9_DuplicateKeys(t *testing.T) {
	frames := map[codec.Format]string{
		codec.JSON:        `[36,1,1,{"topic":"a","topic":"b"},[{"sku":"a","quantity":1,"quantity":2,"sku":"b"}],{"k":1,"k":2}]`,
		codec.MessagePack: "\x96\x24\x01\x01\x82\xa5topic\xa1a\xa5topic\xa1b\x91\x84\xa3sku\xa1a\xa8quantity\x01\xa8quantity\x02\xa3sku\xa1b\x82\xa1k\x01\xa1k\x02",
		codec.CBOR:        "\x86\x18\x24\x01\x01\xa2\x65topic\x61a\x65topic\x61b\x81\xa4\x63sku\x61a\x68quantity\x01\x68quantity\x02\x63sku\x61b\xa2\x61k\x01\x61k\x02",
	}
	stage.Sockets(t, func(s *stage.Stage) {
		c, p := s.Connect()
		got := make(chan stage.Order, 1)
		go stage.Grant(p, 2)
		_, err := wamp.Subscribe(s.T.Context(), c, stage.OrderPlaced, func(ctx context.Context, ev stage.Order) error {
			if topic := wamp.EventInfoFrom(ctx).Topic; topic != "b" {
				s.T.Errorf("topic %q", topic)
			}
			got <- ev
			return nil
		})
		if err != nil {
			s.T.Fatal(err)
		}
		dynamic := make(chan wamp.Payload, 1)
		_, err = c.Subscribe(s.T.Context(), "com.example.other", func(_ context.Context, ev wamp.Payload) error {
			dynamic <- ev
			return nil
		})
		if err != nil {
			s.T.Fatal(err)
		}
		frame := []byte(frames[s.Format])
		other := bytes.Clone(frame)
		i := bytes.IndexByte(frame, ',')
		if s.Format != codec.JSON {
			i = bytes.IndexByte(frame, 0x24)
			other[i+1] = 2
		} else {
			other[i+1] = '2'
		}
		p.SendRaw(frame, other)
		if ev := <-got; ev != (stage.Order{Sku: "b", Quantity: 2}) {
			s.T.Errorf("typed: got %v", ev)
		}
		want := wamp.Payload{Args: []any{map[string]any{"sku": "b", "quantity": int64(2)}}, Kwargs: map[string]any{"k": int64(2)}}
		if ev := <-dynamic; !reflect.DeepEqual(ev, want) {
			s.T.Errorf("dynamic: got %v", ev)
		}
		s.Works(c, p)
	})
}
