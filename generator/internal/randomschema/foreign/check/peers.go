package check

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/fxamacker/cbor/v2"
	"github.com/vmihailenco/msgpack/v5"
	"github.com/wampgen/wampgen/runtime/codec"
)

// abroad decodes values with another library, as a peer that knows no schema
// does, and returns what that library encodes.
func abroad(values []codec.Raw) ([]codec.Raw, error) {
	out := make([]codec.Raw, len(values))
	for i, v := range values {
		data, err := through[v.Format](v.Data)
		if err != nil {
			return nil, fmt.Errorf("%w: %q", err, v.Data)
		}
		out[i] = codec.Raw{Format: v.Format, Data: data}
	}
	return out, nil
}

// through decodes and encodes with the library of a format.
var through = map[codec.Format]func(data []byte) ([]byte, error){
	codec.JSON: func(data []byte) ([]byte, error) {
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber() // a float64 has not all digits
		var v any
		if err := d.Decode(&v); err != nil {
			return nil, err
		}
		return json.Marshal(v)
	},
	codec.MessagePack: func(data []byte) ([]byte, error) {
		var v any
		if err := msgpack.Unmarshal(data, &v); err != nil {
			return nil, err
		}
		return msgpack.Marshal(v)
	},
	codec.CBOR: func(data []byte) ([]byte, error) {
		var v any
		if err := cbor.Unmarshal(data, &v); err != nil {
			return nil, err
		}
		return cbor.Marshal(v)
	},
}
