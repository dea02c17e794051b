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
	codec.Value
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
	others := foreign{t: t, what: reflect.TypeFor[T]().String()}
	for _, f := range Formats {
		var e codec.Encoder
		e.Reset(f, nil)
		P(&v).CodeWAMP(e.Coder())
		if err := e.Err(); err != nil {
			t.Errorf("%s: encode %#v: %v", f, v, err)
			continue
		}
		others.hear(f, codec.Payload{Args: codec.Raw{Format: f, Data: e.Bytes()}})
		if f == codec.JSON {
			exportedType[T, P](t, e.Bytes())
		}
		var got T
		var d codec.Decoder
		d.Start(codec.Raw{Format: f, Data: e.Bytes()}, "")
		P(&got).CodeWAMP(d.Coder())
		d.End()
		if err := d.Err(); err != nil {
			t.Errorf("%s: decode %q: %v", f, e.Bytes(), err)
			continue
		}
		Same(t, f, got, want)
	}
}

// Side is one kind of payload of a procedure or topic: how it is encoded and
// decoded.
type Side struct {
	kind   string // as in the name of a definition of the JSON Schema
	uri    string
	table  *codec.Table
	strict codec.Strictness
}

// In is the input of a procedure.
func In(p *wamp.Procedure) Side { return Side{"procedure", p.URI, p.In, codec.Input} }

// Out is the result of a procedure.
func Out(p *wamp.Procedure) Side { return Side{"result", p.URI, p.Out, codec.Lenient} }

// Event is the event of a topic.
func Event(t *wamp.Topic) Side { return Side{"topic", t.URI, t.Payload, codec.Lenient} }

// Fault is the payload of an error.
func Fault(e wamp.DeclaredError) Side { return Side{"error", e.URI, nil, codec.Lenient} }

// Put returns the encoder of v on a side.
func Put[T any](s Side, v T) func(*codec.Encoder) int {
	x := value(&v)
	return func(e *codec.Encoder) int { return e.Payload(x, s.table) }
}

// Get reads a payload of a side.
func Get[T any](s Side, p codec.Payload) (v T, err error) {
	var d codec.Decoder
	d.Payload(p, value(&v), s.table, s.strict)
	return v, d.Err()
}

// refusal returns what decodes a payload of a side and holds it against the
// constraints.
func refusal[T any](s Side) func(codec.Payload) error {
	s.strict = max(s.strict, codec.Closed)
	return func(p codec.Payload) error {
		_, err := Get[T](s, p)
		return err
	}
}

// known are the types without a method that codes them, by the type of a pointer.
var known = map[reflect.Type]func(any) codec.Value{}

// Know says how a package codes a type without a name.
func Know[T any](as func(*T) codec.Value) bool {
	known[reflect.TypeFor[*T]()] = func(p any) codec.Value { return as(p.(*T)) }
	return true
}

// Null says how a package codes a result that may be null.
func Null[T any](code func(*T, *codec.Coder)) bool {
	return Know(func(p **T) codec.Value { return codec.OfNull(p, code) })
}

func know[T any](code func(*T, *codec.Coder)) bool {
	return Know(func(p *T) codec.Value { return codec.Of(p, code) })
}

var _ = know(codec.Bool) && know(codec.Int) && know(codec.Int8) && know(codec.Uint8) && know(codec.Uint64) &&
	know(codec.Float64) && know(codec.String) && know(codec.Bytes) && know(codec.Time) && know(codec.Any)

// value is how p is coded; nil if there is nothing to code.
func value(p any) codec.Value {
	if v, ok := p.(codec.Value); ok {
		return v
	}
	if as := known[reflect.TypeOf(p)]; as != nil {
		return as(p)
	}
	if reflect.TypeOf(p) != reflect.TypeFor[*struct{}]() {
		panic("nothing codes " + reflect.TypeOf(p).String())
	}
	return nil
}

// Inputs sends inputs of a procedure through all formats.
func Inputs[T any](t *testing.T, p *wamp.Procedure, values ...T) {
	t.Helper()
	payloads(t, In(p), values)
}

// Outputs sends results of a procedure through all formats.
func Outputs[T any](t *testing.T, p *wamp.Procedure, values ...T) {
	t.Helper()
	payloads(t, Out(p), values)
}

// Events sends events of a topic through all formats.
func Events[T any](t *testing.T, topic *wamp.Topic, values ...T) {
	t.Helper()
	payloads(t, Event(topic), values)
}

// Errors sends errors through all formats.
func Errors(t *testing.T, kind wamp.DeclaredError, values ...wamp.TypedError) {
	t.Helper()
	for _, v := range values {
		others := foreign{t: t, what: kind.URI}
		for _, f := range Formats {
			p := Encode(t, f, func(e *codec.Encoder) int { return e.Payload(v, nil) })
			others.hear(f, p)
			if f == codec.JSON {
				exportedPayload(t, Fault(kind), p, func(p codec.Payload) error {
					var d codec.Decoder
					d.Payload(p, kind.New(), nil, codec.Closed)
					return d.Err()
				})
			}
			got := kind.New()
			var d codec.Decoder
			d.Payload(p, got, nil, codec.Lenient)
			if err := d.Err(); err != nil {
				t.Errorf("%s: %s: decode %q %q: %v", kind.URI, f, p.Args.Data, p.Kwargs.Data, err)
				continue
			}
			Same(t, kind.URI+" "+f.String(), got, v)
		}
	}
}

func payloads[T any](t *testing.T, s Side, values []T) {
	t.Helper()
	for _, v := range values {
		others := foreign{t: t, what: s.uri}
		for _, f := range Formats {
			p := Encode(t, f, Put(s, v))
			others.hear(f, p)
			if f == codec.JSON {
				exportedPayload(t, s, p, refusal[T](s))
			}
			got, err := Get[T](s, p)
			if err != nil {
				t.Errorf("%s: %s: decode %q %q: %v", s.uri, f, p.Args.Data, p.Kwargs.Data, err)
				continue
			}
			Same(t, s.uri+" "+f.String(), got, v)
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
func Decodes[T any](t *testing.T, s Side, args []any, kwargs map[string]any, want T) {
	t.Helper()
	for _, f := range Formats {
		p := Payload(t, f, args, kwargs)
		if f == codec.JSON {
			agreeOn(t, s, p, refusal[T](s))
		}
		got, err := Get[T](s, p)
		if err != nil {
			t.Errorf("%s: %v %v: %v", f, args, kwargs, err)
			continue
		}
		Same(t, f, got, want)
	}
}

// Refuses reads a payload of dynamic values in all formats and wants that error.
func Refuses[T any](t *testing.T, s Side, args []any, kwargs map[string]any, want string) {
	t.Helper()
	for _, f := range Formats {
		p := Payload(t, f, args, kwargs)
		if f == codec.JSON {
			agreeOn(t, s, p, refusal[T](s))
		}
		if _, err := Get[T](s, p); err == nil || err.Error() != want {
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
