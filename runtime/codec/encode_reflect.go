package codec

import (
	"bytes"
	"encoding"
	"encoding/json"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"time"
)

// reflect appends a value of a type that Any has no case for.
func (e *Encoder) reflect(v any) {
	rv := reflect.ValueOf(v)
	// A pointer type may point to itself without end.
	n := 0
	for ; rv.Kind() == reflect.Pointer || rv.Kind() == reflect.Interface; n++ {
		switch {
		case rv.IsNil():
			e.Null()
			return
		case n == MaxDepth:
			e.reject(RuleLimit, wantShallow, foundDeep)
			return
		case rv.Kind() == reflect.Pointer && !known(rv.Type().Elem()) && e.byMethod(rv):
			return
		}
		rv = rv.Elem()
	}
	switch {
	case n > 0:
		e.Any(rv.Interface())
	case !e.byMethod(rv):
		e.byKind(rv)
	}
}

// known reports whether Any has a case for t that goes before the methods of a
// pointer to it.
func known(t reflect.Type) bool {
	return t == reflect.TypeFor[time.Time]() || t == reflect.TypeFor[big.Int]()
}

// byMethod appends v by one of its own methods, if it has one.
func (e *Encoder) byMethod(v reflect.Value) bool {
	if e.err != nil {
		return true
	}
	if m, ok := method[Value](v); ok {
		m.CodeWAMP(e.Coder())
		return true
	}
	m := marshaled(v)
	if m == nil {
		return false
	}
	out, err := e.safely(m)
	if err != nil {
		e.fail("", "a value of type "+v.Type().String()+" cannot be encoded: its own method failed")
		return true
	}
	e.Any(out)
	return true
}

// marshaled finds the method by which v makes a value of itself that Any knows.
func marshaled(v reflect.Value) func() (any, error) {
	if m, ok := method[json.Marshaler](v); ok {
		return func() (out any, err error) {
			b, err := m.MarshalJSON()
			if err != nil {
				return nil, err
			}
			d := json.NewDecoder(bytes.NewReader(b))
			d.UseNumber()
			return out, d.Decode(&out)
		}
	}
	if m, ok := method[encoding.TextMarshaler](v); ok {
		return func() (any, error) {
			b, err := m.MarshalText()
			return string(b), err
		}
	}
	if m, ok := method[encoding.BinaryMarshaler](v); ok {
		return func() (any, error) { return m.MarshalBinary() }
	}
	return nil
}

// safely calls a method of a type that is not ours.
func (e *Encoder) safely(m func() (any, error)) (out any, err error) {
	defer func() {
		if recover() != nil {
			err = errPanicked
		}
	}()
	return m()
}

// method finds the interface M on the value or on a pointer to it.
func method[M any](v reflect.Value) (M, bool) {
	m, ok := reflect.TypeAssert[M](v)
	if ok || v.Kind() == reflect.Pointer || !reflect.PointerTo(v.Type()).Implements(reflect.TypeFor[M]()) {
		return m, ok
	}
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	m, ok = reflect.TypeAssert[M](p)
	return m, ok
}

// byKind appends a value that has no method of its own.
func (e *Encoder) byKind(v reflect.Value) {
	if _, bad := method[error](v); bad {
		e.fail("", "a value of type "+v.Type().String()+" is an error and cannot be encoded: encode its text")
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		e.Bool(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		e.Int(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		e.Uint(v.Uint())
	case reflect.Float32:
		e.Float32(float32(v.Float()))
	case reflect.Float64:
		e.Float64(v.Float())
	case reflect.String:
		e.Text(v.String())
	case reflect.Slice, reflect.Array:
		e.reflectList(v)
	case reflect.Map:
		e.reflectMap(v)
	case reflect.Struct:
		e.reflectStruct(v)
	default:
		e.fail("", "a value of type "+v.Type().String()+" cannot be encoded")
	}
}

func (e *Encoder) reflectList(v reflect.Value) {
	if elem := v.Type().Elem(); elem.Kind() == reflect.Uint8 && plainType(elem) {
		b := make([]byte, v.Len())
		reflect.Copy(reflect.ValueOf(b), v)
		e.Binary(b)
		return
	}
	e.List(v.Len())
	for i := 0; i < v.Len() && e.err == nil; i++ {
		e.Any(v.Index(i).Interface())
	}
	e.EndList()
}

// plainType reports whether values of t have no method that encodes them.
func plainType(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return !p.Implements(reflect.TypeFor[Value]()) && !p.Implements(reflect.TypeFor[json.Marshaler]()) &&
		!p.Implements(reflect.TypeFor[encoding.TextMarshaler]()) && !p.Implements(reflect.TypeFor[encoding.BinaryMarshaler]())
}

// pair is a key of a map or struct and its value.
type pair struct {
	key   string
	value reflect.Value
}

func (e *Encoder) reflectMap(v reflect.Value) {
	pairs := make([]pair, 0, v.Len())
	for i := v.MapRange(); i.Next(); {
		key, ok := e.keyText(i.Key())
		if !ok {
			return
		}
		pairs = append(pairs, pair{key, i.Value()})
	}
	e.pairs(pairs)
}

// keyText is the text of a map's key.
func (e *Encoder) keyText(k reflect.Value) (string, bool) {
	if k.Kind() == reflect.String {
		return k.String(), true
	}
	if m, ok := method[encoding.TextMarshaler](k); ok && !(k.Kind() == reflect.Pointer && k.IsNil()) {
		out, err := e.safely(func() (any, error) { return m.MarshalText() })
		if text, ok := out.([]byte); ok && err == nil {
			return string(text), true
		}
	}
	e.fail(wantKey, "a key of type "+k.Type().String())
	return "", false
}

// pairs appends a map, its keys sorted.
func (e *Encoder) pairs(pairs []pair) {
	slices.SortFunc(pairs, func(a, b pair) int { return strings.Compare(a.key, b.key) })
	e.Map(len(pairs))
	for _, p := range pairs {
		e.Key(p.key)
		if e.err != nil {
			return
		}
		e.Any(p.value.Interface())
	}
	e.EndMap()
}
