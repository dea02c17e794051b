package codec

import (
	"maps"
	"reflect"
	"slices"
	"time"

	ugorji "github.com/ugorji/go/codec"
)

// Any appends a value whose type is not known before. nil, bool, numbers,
// string, []byte, []any, map[string]any (keys sorted), time.Time,
// time.Duration, [Raw] and [Marshaler] (also where the method is on the pointer)
// encode as their own methods do; pointers, slices, arrays and string-keyed maps
// of anything by their elements, a nil slice or map as an empty one. Everything
// else, structs above all, goes through ugorji/go/codec with its struct tags
// codec and json; a Marshaler inside is not seen there, and a zero time is null.
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

// reflect appends a value of a type that has no case above.
func (e *Encoder) reflect(v any) {
	rv := reflect.ValueOf(v)
	// A pointer type may point to itself without end.
	for n := 0; ; n++ {
		if rv.Kind() == reflect.Pointer && rv.IsNil() {
			e.Null()
			return
		}
		if m, ok := marshaler(rv); ok {
			m.MarshalWAMP(e)
			return
		}
		if rv.Kind() != reflect.Pointer || n == MaxDepth {
			break
		}
		rv = rv.Elem()
	}
	switch {
	case e.err != nil:
	case rv.Kind() == reflect.Slice && rv.Type().Elem().Kind() != reflect.Uint8, rv.Kind() == reflect.Array && rv.Type().Elem().Kind() != reflect.Uint8:
		e.reflectList(rv)
	case rv.Kind() == reflect.Map && rv.Type().Key().Kind() == reflect.String:
		e.reflectMap(rv)
	default:
		e.reflectOther(rv)
	}
}

// marshaler finds MarshalWAMP on the value or on a pointer to it.
func marshaler(v reflect.Value) (Marshaler, bool) {
	if m, ok := v.Interface().(Marshaler); ok {
		return m, true
	}
	if !reflect.PointerTo(v.Type()).Implements(reflect.TypeFor[Marshaler]()) {
		return nil, false
	}
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	m, ok := p.Interface().(Marshaler)
	return m, ok
}

func (e *Encoder) reflectList(v reflect.Value) {
	e.List(v.Len())
	for i := 0; i < v.Len() && e.err == nil; i++ {
		e.Any(v.Index(i).Interface())
	}
	e.EndList()
}

func (e *Encoder) reflectMap(v reflect.Value) {
	e.Map(v.Len())
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		if a.String() < b.String() {
			return -1
		}
		return 1
	})
	for _, k := range keys {
		e.Key(k.String())
		if e.err != nil {
			return
		}
		e.Any(v.MapIndex(k).Interface())
	}
	e.EndMap()
}

// handle makes ugorji write CBOR, from which our own encoder makes the format
// of the session: that is how bytes become WAMP's in JSON. Not MessagePack: there
// ugorji makes a text of nil bytes.
var handle = func() *ugorji.CborHandle {
	h := new(ugorji.CborHandle)
	h.TimeRFC3339 = true
	h.NilCollectionToZeroLength = true
	h.CheckCircularRef = true
	return h
}()

func (e *Encoder) reflectOther(v reflect.Value) {
	switch v.Kind() { // ugorji makes something of them
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		e.fail("", "a value of type "+v.Type().String()+" cannot be encoded")
		return
	}
	if !shallow(v, 4*MaxDepth) {
		e.fail(wantShallow, foundDeep)
		return
	}
	var out []byte
	if err := ugorji.NewEncoderBytes(&out, handle).Encode(v.Interface()); err != nil {
		e.fail("", "a value of type "+v.Type().String()+" cannot be encoded")
		return
	}
	dynamic, err := Raw{CBOR, out}.Any()
	if err != nil {
		e.fail("", "a value of type "+v.Type().String()+" cannot be encoded: "+err.Error())
		return
	}
	e.Any(dynamic)
}

// shallow tells whether v ends within n steps. ugorji follows a list that holds
// itself until the stack overflows, which ends the process.
func shallow(v reflect.Value, n int) bool {
	if n == 0 {
		return false
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return v.IsNil() || shallow(v.Elem(), n-1)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); (f.IsExported() || f.Anonymous) && !shallow(v.Field(i), n-1) {
				return false
			}
		}
	case reflect.Slice, reflect.Array:
		for i := 0; i < v.Len() && nests(v.Type().Elem()); i++ {
			if !shallow(v.Index(i), n-1) {
				return false
			}
		}
	case reflect.Map:
		for i := v.MapRange(); nests(v.Type().Elem()) && i.Next(); {
			if !shallow(i.Value(), n-1) {
				return false
			}
		}
	}
	return true
}

// nests tells whether a value of type t can hold others.
func nests(t reflect.Type) bool { return t.Kind() > reflect.Complex128 && t.Kind() != reflect.String }

// Raw appends an encoded value: as it is if it has the Encoder's format and is
// well-formed, otherwise by way of [Decoder.Any]. An absent Raw is null.
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
