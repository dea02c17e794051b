package roundtrip

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	ugorji "github.com/ugorji/go/codec"

	"github.com/wampgen/wampgen/runtime/codec"
)

// handles decode with a library that others wrote.
var handles = func() map[codec.Format]ugorji.Handle {
	pack, cbor := &ugorji.MsgpackHandle{WriteExt: true}, &ugorji.CborHandle{}
	pack.MapType, cbor.MapType = reflect.TypeFor[map[string]any](), reflect.TypeFor[map[string]any]()
	return map[codec.Format]ugorji.Handle{codec.MessagePack: pack, codec.CBOR: cbor}
}()

// foreign holds what the libraries of others decode from one value in all formats.
type foreign struct {
	t    *testing.T
	what string
	json [2]any // of encoding/json, which comes first
}

// hear decodes a payload, which must be what it is in JSON.
func (h *foreign) hear(f codec.Format, p codec.Payload) {
	h.t.Helper()
	for i, raw := range []codec.Raw{p.Args, p.Kwargs} {
		v, err := decodeForeign(f, raw.Data)
		switch {
		case err != nil:
			h.t.Errorf("%s: %s: another library cannot read %q: %v", h.what, f, raw.Data, err)
		case f == codec.JSON:
			h.json[i] = v
		case !alike(h.json[i], v):
			h.t.Errorf("%s: another library reads %#v in %s and %#v in JSON", h.what, v, f, h.json[i])
		}
	}
}

// decodeForeign decodes a value with a library that others wrote.
func decodeForeign(f codec.Format, data []byte) (v any, err error) {
	if len(data) == 0 {
		return nil, nil
	}
	if f == codec.JSON {
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		err = d.Decode(&v)
	} else {
		err = ugorji.NewDecoderBytes(data, handles[f]).Decode(&v)
	}
	return v, err
}

// alike reports whether a value of encoding/json means what another library has
// decoded from a binary format.
func alike(text, v any) bool {
	switch v := v.(type) {
	case []byte:
		s, ok := text.(string)
		b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s, "\x00"))
		return ok && strings.HasPrefix(s, "\x00") && err == nil && bytes.Equal(b, v)
	case float64, int64, uint64:
		n, ok := text.(json.Number)
		return ok && sameNumber(n.String(), v)
	case time.Time:
		s, _ := text.(string)
		at, err := time.Parse(time.RFC3339Nano, s)
		return err == nil && at.Sub(v).Abs() < time.Microsecond // a float of CBOR has no more
	case []any:
		list, ok := text.([]any)
		for i := range v {
			ok = ok && len(list) == len(v) && alike(list[i], v[i])
		}
		return ok && len(list) == len(v)
	case map[string]any:
		object, ok := text.(map[string]any)
		for key := range v {
			there, has := object[key]
			ok = ok && has && alike(there, v[key])
		}
		return ok && len(object) == len(v)
	}
	return text == v
}

// sameNumber reports whether a number of JSON is v. The library makes a float64 of a
// float32, whose text has fewer digits.
func sameNumber(text string, v any) bool {
	f, isFloat := v.(float64)
	if !isFloat {
		return text == fmt.Sprint(v)
	}
	double, err := strconv.ParseFloat(text, 64)
	single, _ := strconv.ParseFloat(text, 32)
	return err == nil && (double == f || single == f && float64(float32(f)) == f)
}
