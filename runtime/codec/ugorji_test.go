package codec_test

import (
	"math"
	"reflect"
	"testing"

	ugorji "github.com/ugorji/go/codec"

	"github.com/wampgen/wampgen/runtime/codec"
)

// TestAgainstUgorji reads our documents with an independent decoder, and its
// documents with ours. nexus and with it many routers speak through it.
func TestAgainstUgorji(t *testing.T) {
	js, mp, cb := new(ugorji.JsonHandle), new(ugorji.MsgpackHandle), new(ugorji.CborHandle)
	mp.WriteExt = true
	for _, o := range []*ugorji.DecodeOptions{&js.DecodeOptions, &mp.DecodeOptions, &cb.DecodeOptions} {
		o.MapType = reflect.TypeFor[map[string]any]()
	}
	for f, h := range map[codec.Format]ugorji.Handle{codec.JSON: js, codec.MessagePack: mp, codec.CBOR: cb} {
		values := []any{nil, true, int64(-1), int64(1 << 40), int64(math.MinInt64), uint64(math.MaxUint64), 0.5, 1e300, "", "ä\"\\\n😀",
			[]any{}, []any{int64(1), "a", nil}, map[string]any{}, map[string]any{"a": []any{map[string]any{"b": 1.25}}}}
		if f != codec.JSON { // ugorji does not know WAMP's binary there
			values = append(values, []byte{1, 2, 3}, []any{[]byte{}})
		}
		for _, v := range values {
			r := encode(t, f, func(e *codec.Encoder) { e.Any(v) })
			var got any
			if err := ugorji.NewDecoderBytes(r.Data, h).Decode(&got); err != nil {
				t.Errorf("%v: ugorji of %#v: %v", f, v, err)
			}
			// As bytes, since it makes unsigned what we make signed.
			wantBytes(t, r, encode(t, f, func(e *codec.Encoder) { e.Any(got) }))
			var theirs []byte
			if err := ugorji.NewEncoderBytes(&theirs, h).Encode(v); err != nil {
				t.Fatal(err)
			}
			if got, err := (codec.Raw{Format: f, Data: theirs}).Any(); err != nil || !reflect.DeepEqual(got, v) {
				t.Errorf("%v: we read ugorji's %#v as %#v, %v", f, v, got, err)
			}
		}
	}
}
