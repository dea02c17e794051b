package roundtrip

import (
	"bytes"
	"reflect"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
)

// Formats are the serializations.
var Formats = []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR}

// Type is a generated type by pointer.
type Type[T any] interface {
	*T
	codec.Marshaler
	codec.Unmarshaler
}

// Encode returns the payload that a generated encoder makes in a format, taken
// apart as the runtime does.
func Encode(t testing.TB, f codec.Format, encode func(*codec.Encoder) int) codec.Payload {
	t.Helper()
	var e codec.Encoder
	e.Reset(f, nil)
	n := encode(&e)
	if err := e.Err(); err != nil {
		t.Fatalf("%s: encode: %v", f, err)
	}
	return split(t, f, e.Bytes(), n)
}

// split cuts the n values of a payload apart.
func split(t testing.TB, f codec.Format, b []byte, n int) codec.Payload {
	t.Helper()
	var parts [2]codec.Raw
	for i := range n {
		var d codec.Decoder
		d.Start(codec.Raw{Format: f, Data: bytes.TrimPrefix(b, []byte(","))}, "")
		parts[i] = d.Raw()
		if err := d.Err(); err != nil {
			t.Fatalf("%s: value %d of %q: %v", f, i, b, err)
		}
		b = bytes.TrimPrefix(b, []byte(","))[len(parts[i].Data):]
	}
	if len(b) > 0 {
		t.Fatalf("%s: the encoder says %d values, %d bytes more are there", f, n, len(b))
	}
	return codec.Payload{Args: parts[0], Kwargs: parts[1]}
}

// Same fails the test unless got is want, by reflect.DeepEqual.
func Same(t testing.TB, what any, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v:\n got %#v\nwant %#v", what, got, want)
	}
}

// Values sends values of a generated type through all formats.
func Values[T any, P Type[T]](t *testing.T, values ...T) {
	t.Helper()
	for _, v := range values {
		Becomes[T, P](t, v, v)
	}
}

// Becomes sends v through all formats and wants another value to come out.
func Becomes[T any, P Type[T]](t *testing.T, v, want T) {
	t.Helper()
	for _, f := range Formats {
		var e codec.Encoder
		e.Reset(f, nil)
		P(&v).MarshalWAMP(&e)
		if err := e.Err(); err != nil {
			t.Errorf("%s: encode %#v: %v", f, v, err)
			continue
		}
		var got T
		var d codec.Decoder
		d.Start(codec.Raw{Format: f, Data: e.Bytes()}, "")
		P(&got).UnmarshalWAMP(&d)
		d.End()
		if err := d.Err(); err != nil {
			t.Errorf("%s: decode %q: %v", f, e.Bytes(), err)
			continue
		}
		Same(t, f, got, want)
	}
}

// Inputs sends inputs of a procedure through all formats.
func Inputs[In, Out any](t *testing.T, p *wamp.Procedure[In, Out], values ...In) {
	t.Helper()
	payloads(t, p.URI, p.EncodeIn, p.DecodeIn, values)
}

// Outputs sends results of a procedure through all formats.
func Outputs[In, Out any](t *testing.T, p *wamp.Procedure[In, Out], values ...Out) {
	t.Helper()
	payloads(t, p.URI, p.EncodeOut, p.DecodeOut, values)
}

// Events sends events of a topic through all formats.
func Events[T any](t *testing.T, topic *wamp.Topic[T], values ...T) {
	t.Helper()
	payloads(t, topic.URI, topic.Encode, topic.Decode, values)
}

// Errors sends errors through all formats.
func Errors(t *testing.T, kind wamp.ErrorType, values ...wamp.TypedError) {
	t.Helper()
	encode := func(e *codec.Encoder, v wamp.TypedError) int { return v.EncodePayload(e) }
	payloads(t, kind.URI, encode, kind.Decode, values)
}

func payloads[T any](t *testing.T, uri string, encode func(*codec.Encoder, T) int, decode func(codec.Payload) (T, error), values []T) {
	t.Helper()
	for _, v := range values {
		for _, f := range Formats {
			p := Encode(t, f, func(e *codec.Encoder) int { return encode(e, v) })
			got, err := decode(p)
			if err != nil {
				t.Errorf("%s: %s: decode %q %q: %v", uri, f, p.Args.Data, p.Kwargs.Data, err)
				continue
			}
			Same(t, uri+" "+f.String(), got, v)
		}
	}
}

// Payload is a payload of dynamic values in a format; nil is absent.
func Payload(t testing.TB, f codec.Format, args []any, kwargs map[string]any) codec.Payload {
	t.Helper()
	var parts [2]codec.Raw
	for i, v := range []any{args, kwargs} {
		if reflect.ValueOf(v).IsNil() {
			continue
		}
		var e codec.Encoder
		e.Reset(f, nil)
		e.Any(v)
		if err := e.Err(); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		parts[i] = codec.Raw{Format: f, Data: e.Bytes()}
	}
	return codec.Payload{Args: parts[0], Kwargs: parts[1]}
}

// Decodes reads a payload of dynamic values in all formats and wants v.
func Decodes[T any](t *testing.T, decode func(codec.Payload) (T, error), args []any, kwargs map[string]any, want T) {
	t.Helper()
	for _, f := range Formats {
		got, err := decode(Payload(t, f, args, kwargs))
		if err != nil {
			t.Errorf("%s: %v %v: %v", f, args, kwargs, err)
			continue
		}
		Same(t, f, got, want)
	}
}

// Refuses reads a payload of dynamic values in all formats and wants that error.
func Refuses[T any](t *testing.T, decode func(codec.Payload) (T, error), args []any, kwargs map[string]any, want string) {
	t.Helper()
	for _, f := range Formats {
		if _, err := decode(Payload(t, f, args, kwargs)); err == nil || err.Error() != want {
			t.Errorf("%s: %v %v: got %v, want %s", f, args, kwargs, err, want)
		}
	}
}

// Wire encodes as JSON and wants these texts; "" is absent.
func Wire(t *testing.T, encode func(*codec.Encoder) int, args, kwargs string) {
	t.Helper()
	p := Encode(t, codec.JSON, encode)
	if string(p.Args.Data) != args || string(p.Kwargs.Data) != kwargs {
		t.Errorf("got %q %q, want %q %q", p.Args.Data, p.Kwargs.Data, args, kwargs)
	}
}

// Fails encodes in all formats and wants that error.
func Fails(t *testing.T, encode func(*codec.Encoder) int, want string) {
	t.Helper()
	for _, f := range Formats {
		var e codec.Encoder
		e.Reset(f, nil)
		encode(&e)
		if err := e.Err(); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", f, err, want)
		}
	}
}

// NoAllocs encodes in all formats and wants that no memory is taken.
func NoAllocs(t *testing.T, encode func(*codec.Encoder) int) {
	t.Helper()
	for _, f := range Formats {
		buf := make([]byte, 0, 64<<10)
		var e codec.Encoder
		if n := testing.AllocsPerRun(100, func() {
			e.Reset(f, buf)
			encode(&e)
		}); n != 0 {
			t.Errorf("%s: %v allocations, want none", f, n)
		}
		if err := e.Err(); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}
