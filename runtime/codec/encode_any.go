package codec

import (
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"time"
)

// Any appends a value whose type is not known at build time. The same rules
// hold at the top and inside lists, maps and structs:
//
//   - nil, bool, numbers, string, []byte, [time.Time], [time.Duration], [Raw]
//     and [Value] encode as their own methods do.
//   - [big.Int] and [json.Number] are numbers. They fail if 64 bits, or the
//     digits of a float64, do not hold them.
//   - [json.Marshaler], [encoding.TextMarshaler] and [encoding.BinaryMarshaler],
//     the first that the type has, encode as the JSON value, the string or the
//     bytes that they return. A method of the pointer counts too.
//   - Pointers encode as what they point to, nil as null; slices, arrays and maps
//     with string keys by their elements, nil as empty. Keys are sorted.
//   - Structs encode as a map of their exported fields, with the names and the
//     options omitempty, omitzero and string of their tags codec or json.
//     Embedded structs are part of the outer one, as in encoding/json.
//
// Everything else is an error, so that no value is lost silently: an error
// value without one of these methods, a struct whose fields are all unexported,
// a whole payload, a function, a channel, a complex number, or a map with other
// keys.
func (e *Encoder) Any(v any) {
	switch v := v.(type) {
	case nil:
		e.Null()
	case bool:
		e.Bool(v)
	case string:
		e.Text(v)
	case []byte:
		e.Binary(v)
	case []any:
		e.anyList(v)
	case map[string]any:
		e.anyMap(v)
	case time.Time:
		e.Time(v)
	case time.Duration:
		e.Duration(v)
	case Raw:
		e.Raw(v)
	case json.Number:
		e.anyDigits(string(v))
	case big.Int:
		e.anyDigits(v.String())
	default:
		e.anyNumber(v)
	}
}

func (e *Encoder) anyNumber(v any) {
	switch v := v.(type) {
	case int:
		e.Int(int64(v))
	case int8:
		e.Int(int64(v))
	case int16:
		e.Int(int64(v))
	case int32:
		e.Int(int64(v))
	case int64:
		e.Int(v)
	case uint:
		e.Uint(uint64(v))
	case uint8:
		e.Uint(uint64(v))
	case uint16:
		e.Uint(uint64(v))
	case uint32:
		e.Uint(uint64(v))
	case uint64:
		e.Uint(v)
	case float32:
		e.Float32(v)
	case float64:
		e.Float64(v)
	default:
		e.reflect(v)
	}
}

func (e *Encoder) anyList(list []any) {
	e.List(len(list))
	for _, v := range list {
		if e.err != nil { // a list may hold itself
			return
		}
		e.Any(v)
	}
	e.EndList()
}

func (e *Encoder) anyMap(m map[string]any) {
	e.Map(len(m))
	if e.err != nil {
		return
	}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		e.Key(k)
		if e.err != nil {
			return
		}
		e.Any(m[k])
	}
	e.EndMap()
}

// Raw appends an encoded value. A value of another format, or one that is not
// well-formed, is decoded with [Decoder.Any] first. An absent [Raw] is null.
func (e *Encoder) Raw(r Raw) {
	switch {
	case e.err != nil:
	case r.Absent():
		e.Null()
	case r.Format != e.f:
		v, err := r.Any()
		if err != nil {
			e.fail("", "an encoded value is not valid: "+err.Error())
			return
		}
		e.Any(v)
	default:
		if err := WellFormed(r.Format, r.Data); err != nil {
			e.fail("", "an encoded value is not valid: "+err.Error())
			return
		}
		e.ready()
		e.buf = append(e.buf, r.Data...)
	}
}
