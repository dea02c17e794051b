package codec_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
)

// color has a text of its own, as enums have; its Go kind is that of a byte.
type color uint8

func (c color) MarshalText() ([]byte, error) {
	if c > 1 {
		return nil, errors.New("secret")
	}
	return []byte([]string{"red", "green"}[c]), nil
}

// money has a JSON form of its own and nothing exported.
type money struct{ cents int64 }

func (m *money) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"cents":%d,"of":1.0}`, m.cents), nil
}

type opaque struct{ hidden int }

type failure struct{ Code int }

func (*failure) Error() string { return "failed" }

type inner struct {
	A int `json:"a"`
	B int `json:"b"`
}

type tagged struct {
	inner
	*deeper
	B     string        `json:"b"`
	Wait  time.Duration `json:"wait"`
	Stamp stamp         `codec:"stamp" json:"other"`
	Num   json.Number   `json:"num,omitzero"`
	At    time.Time     `json:"at,omitzero"`
	Quote int           `json:"quote,string"`
	Gone  []int         `json:"gone,omitempty"`
	Dash  string        `json:"-"`
	dark  int
}

type deeper struct{ Deep int }

// everywhere puts v where a value can be: alone, behind pointers, in lists, maps and structs.
func everywhere(v any) map[string]any {
	typ := reflect.TypeOf(v)
	slice := reflect.Append(reflect.MakeSlice(reflect.SliceOf(typ), 0, 1), reflect.ValueOf(v))
	dict := reflect.MakeMap(reflect.MapOf(reflect.TypeFor[string](), typ))
	dict.SetMapIndex(reflect.ValueOf("k"), reflect.ValueOf(v))
	pointer := reflect.New(typ)
	pointer.Elem().Set(reflect.ValueOf(v))
	record := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "K", Type: typ, Tag: `json:"k"`}})).Elem()
	record.Field(0).Set(reflect.ValueOf(v))
	return map[string]any{
		"itself": v, "pointer": pointer.Interface(), "pointer to any": &v, "list": []any{v}, "typed list": slice.Interface(), "map": map[string]any{"k": v},
		"typed map": dict.Interface(), "struct": record.Interface(), "struct of any": struct {
			K any `json:"k"`
		}{v}, "list of pointers": []any{pointer.Interface()},
	}
}

// strip takes the list or map around a value off again.
func strip(v any, where string) any {
	switch {
	case strings.Contains(where, "list"):
		return v.([]any)[0]
	case strings.Contains(where, "map"), strings.Contains(where, "struct"):
		return v.(map[string]any)["k"]
	}
	return v
}

// TestAnyEncodesByMeaning has types of other packages: each means the same
// wherever it stands.
func TestAnyEncodesByMeaning(t *testing.T) {
	long, _ := new(big.Int).SetString("-9223372036854775808", 10)
	at := time.Date(2026, 8, 22, 1, 2, 3, 4, time.UTC)
	for _, c := range []struct{ in, want any }{
		{*big.NewInt(5), int64(5)}, {long, int64(-1 << 63)}, {new(big.Int).SetUint64(1<<64 - 1), uint64(1<<64 - 1)},
		{json.Number("7"), int64(7)}, {json.Number("1.50"), 1.5}, {json.Number("1e3"), 1000.0}, {json.Number("-0"), 0.0},
		{1500 * time.Millisecond, int64(1500)}, {at, "2026-08-22T01:02:03.000000004Z"}, {time.Time{}, "0001-01-01T00:00:00Z"},
		{netip.MustParseAddr("127.0.0.1"), "127.0.0.1"}, {net.IPv4(10, 0, 0, 1), "10.0.0.1"}, {big.NewFloat(1.5), "1.5"}, {big.NewRat(3, 2), "3/2"},
		{color(1), "green"}, {[]color{0, 1}, []any{"red", "green"}}, {[2]color{1, 0}, []any{"green", "red"}}, {map[color]int{1: 2}, map[string]any{"green": int64(2)}},
		{money{7}, map[string]any{"cents": int64(7), "of": 1.0}}, {&money{8}, map[string]any{"cents": int64(8), "of": 1.0}},
		{json.RawMessage(`{"a":[1,null]}`), map[string]any{"a": []any{int64(1), nil}}}, {stamp{2}, "##"}, {level(2), int64(200)},
		{url.URL{Scheme: "https", Host: "example.com"}, []byte("https://example.com")}, {struct{}{}, map[string]any{}}, {id{1, 2, 3, 4}, []byte{1, 2, 3, 4}},
	} {
		each(t, func(t *testing.T, f codec.Format) {
			for where, v := range everywhere(c.in) {
				r := encode(t, f, func(e *codec.Encoder) { e.Any(v) })
				if got, err := r.Any(); err != nil || !reflect.DeepEqual(strip(got, where), c.want) {
					t.Errorf("%T as %s: got %#v, %v, want %#v", c.in, where, got, err, c.want)
				}
			}
		})
	}
}

// TestAnyNeverLosesAValue refuses what would arrive as an empty map or another number.
func TestAnyNeverLosesAValue(t *testing.T) {
	huge, _ := new(big.Int).SetString("10000000000000000000000000", 10)
	for _, v := range []any{
		errors.New("x"), fmt.Errorf("a: %w", fs.ErrNotExist), &failure{1}, failure{1}, &fs.PathError{Err: fs.ErrExist}, opaque{1}, &sync.Mutex{},
		huge, json.Number("123456789012345678901"), json.Number("12345678901234567.89"), json.Number("1e999"), json.Number("x"), json.Number(" 1"), json.Number(""),
		color(7), map[color]int{7: 1}, complex(1, 2), map[int]string{1: "a"}, map[any]any{"a": 1}, func() {}, json.RawMessage("{"),
	} {
		each(t, func(t *testing.T, f codec.Format) {
			for where, v := range everywhere(v) {
				var e codec.Encoder
				e.Reset(f, nil)
				e.Any(v)
				if e.Err() == nil {
					t.Errorf("%T as %s became %q", v, where, e.Bytes())
				} else if strings.Contains(e.Err().Error(), "secret") {
					t.Errorf("the error holds what the value's own method said: %v", e.Err())
				}
			}
		})
	}
}

// TestAnyReadsTags follows the tags of a struct and the rules of embedding.
func TestAnyReadsTags(t *testing.T) {
	want := map[string]any{"a": int64(1), "b": "outer", "wait": int64(2000), "stamp": "#", "quote": "9"}
	each(t, func(t *testing.T, f codec.Format) {
		v := tagged{inner: inner{A: 1, B: 2}, B: "outer", Wait: 2 * time.Second, Stamp: stamp{1}, Quote: 9, Dash: "x", dark: 1}
		for range 2 {
			r := encode(t, f, func(e *codec.Encoder) { e.Any(v) })
			if got, err := r.Any(); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got %#v, %v", got, err)
			}
		}
	})
}
