package check

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"time"
	"unsafe"

	wamp "github.com/wampgen/wampgen/runtime"
)

var (
	variants = map[reflect.Type][]func() reflect.Value{}

	enums = map[reflect.Type][]reflect.Value{}
	bases = map[reflect.Type]reflect.Type{}
)

// Enum registers a value of an enum.
func Enum[T any](v T) {
	t := reflect.TypeFor[T]()
	enums[t] = append(enums[t], reflect.ValueOf(v))
}

// Variant registers a variant of a union.
func Variant[T any](fresh func() T) {
	t := reflect.TypeFor[T]()
	variants[t] = append(variants[t], func() reflect.Value { return reflect.ValueOf(fresh()) })
}

// NewType registers what a new type stands for.
func NewType[T, Base any]() { bases[reflect.TypeFor[T]()] = reflect.TypeFor[Base]() }

// special makes values of types that not every value of their kind is valid for.
var special = map[reflect.Type]func(r *rand.Rand) any{
	reflect.TypeFor[time.Time](): func(r *rand.Rand) any { return time.Unix(r.Int64N(4e9), r.Int64N(1e9)).UTC() },
	reflect.TypeFor[time.Duration](): func(r *rand.Rand) any {
		return time.Duration(r.Int64N(1e9)-5e8) * time.Millisecond
	},
	reflect.TypeFor[wamp.Date](): func(r *rand.Rand) any { return wamp.DateOf(time.Unix(r.Int64N(4e9), 0).UTC()) },
	reflect.TypeFor[wamp.ID]():   func(r *rand.Rand) any { return wamp.ID(1 + r.Uint64N(1<<53)) },
	reflect.TypeFor[wamp.URI]():  func(r *rand.Rand) any { return wamp.URI(fmt.Sprintf("com.example.%d", r.IntN(100))) },
	reflect.TypeFor[wamp.Decimal](): func(r *rand.Rand) any {
		return wamp.Decimal(fmt.Sprintf("%d.%02d", r.Int64N(1e12)-5e11, r.IntN(100)))
	},
}

// fill fills v with a random value that its type allows.
func fill(r *rand.Rand, v reflect.Value, depth int) {
	t := v.Type()
	if values := enums[t]; values != nil {
		v.Set(values[r.IntN(len(values))])
		return
	}
	if fresh := variants[t]; fresh != nil {
		x := fresh[r.IntN(len(fresh))]()
		fill(r, x.Elem(), depth+1)
		v.Set(x)
		return
	}
	if base := bases[t]; base != nil {
		x := reflect.New(base).Elem()
		fill(r, x, depth)
		v.Set(x.Convert(t))
		return
	}
	if value := special[t]; value != nil {
		v.Set(reflect.ValueOf(value(r)))
		return
	}
	if strings.HasPrefix(t.Name(), "Opt[") {
		fillOpt(r, v, depth)
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			fill(r, v.Field(i), depth+1)
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(r, v.Index(i), depth+1)
		}
	case reflect.Slice, reflect.Map, reflect.Pointer, reflect.Interface:
		fillReference(r, v, depth)
	default:
		fillScalar(r, v)
	}
}

// few is how many elements something has at a depth.
func few(r *rand.Rand, depth int) int {
	if depth > 5 {
		return 0
	}
	return r.IntN(4)
}

func fillReference(r *rand.Rand, v reflect.Value, depth int) {
	t := v.Type()
	switch t.Kind() {
	case reflect.Slice:
		v.Set(reflect.MakeSlice(t, few(r, depth), 4))
		for i := range v.Len() {
			fill(r, v.Index(i), depth+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(t))
		for range few(r, depth) {
			key, value := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
			fill(r, key, depth+1)
			fill(r, value, depth+1)
			v.SetMapIndex(key, value)
		}
	case reflect.Pointer:
		if few(r, depth) > 0 {
			v.Set(reflect.New(t.Elem()))
			fill(r, v.Elem(), depth+1)
		}
	case reflect.Interface:
		if x := dynamic(r, depth); x != nil {
			v.Set(reflect.ValueOf(x))
		}
	}
}

func fillScalar(r *rand.Rand, v reflect.Value) {
	switch {
	case v.Kind() == reflect.String:
		v.SetString(text(r))
	case v.Kind() == reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case v.CanInt():
		v.SetInt(int64(r.Uint64()) >> (64 - v.Type().Bits()) >> r.IntN(v.Type().Bits()))
	case v.CanUint():
		v.SetUint(r.Uint64() >> (64 - v.Type().Bits()) >> r.IntN(v.Type().Bits()))
	case v.CanFloat():
		v.SetFloat(float64(float32(r.NormFloat64() * math.Pow(10, float64(r.IntN(20)-10)))))
	}
}

// fillOpt makes a wamp.Opt absent, null or set, by its fields.
func fillOpt(r *rand.Rand, v reflect.Value, depth int) {
	field := func(name string) reflect.Value {
		f := v.FieldByName(name)
		return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem()
	}
	state := uint64(min(r.IntN(3), 2))
	field("state").SetUint(state)
	if state != 2 {
		return
	}
	value := field("value")
	fill(r, value, depth+1)
	if k := value.Kind(); k == reflect.Interface && value.IsNil() {
		field("state").SetUint(1)
	}
}

// text is a string of all kinds of characters but digits: as a keyword of a catch_all
// it is none that a random schema has.
func text(r *rand.Rand) string {
	const letters = "abc XYZ\"\\/<>&\n\té€😀'"
	runes := []rune(letters)
	out := make([]rune, r.IntN(12))
	for i := range out {
		out[i] = runes[r.IntN(len(runes))]
	}
	return string(out)
}

// dynamic is a value of type any that means the same in all formats.
func dynamic(r *rand.Rand, depth int) any {
	switch r.IntN(6) {
	case 0:
		return nil
	case 1:
		return r.IntN(2) == 0
	case 2:
		return r.Int64N(1e6) - 5e5
	case 3:
		list := make([]any, few(r, depth))
		for i := range list {
			list[i] = dynamic(r, depth+1)
		}
		return list
	case 4:
		m := map[string]any{}
		for range few(r, depth) {
			m[text(r)] = dynamic(r, depth+1)
		}
		return m
	}
	return text(r)
}
