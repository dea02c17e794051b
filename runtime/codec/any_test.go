package codec_test

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
)

// stamp encodes itself, by pointer as generated types do.
type stamp struct{ n int }

func (v *stamp) CodeWAMP(c *codec.Coder) {
	e := c.Encoder()
	if v.n < 0 {
		e.Fail("a negative stamp")
		return
	}
	e.Text(strings.Repeat("#", v.n))
}

// level encodes itself, by value as generated enums do.
type level int

func (v level) CodeWAMP(c *codec.Coder) { c.Encoder().Int(int64(v) * 100) }

type foreign struct {
	Name   string            `json:"name"`
	Blob   []byte            `codec:"blob"`
	At     time.Time         `json:"at"`
	Nil    []int             `json:"nil"`
	NilMap map[string]string `json:"nil_map"`
	Skip   string            `json:"skip,omitempty"`
	Big    uint64            `json:"big"`
	Low    int64             `json:"low"`
	Inner  *foreign          `json:"inner"`
	F      float64           `json:"f"`
}

type (
	name  string
	count int16
	id    [4]byte
)

// TestAnyRoundTrip sends dynamic values; what comes back has the types that Any documents.
func TestAnyRoundTrip(t *testing.T) {
	at := time.Date(2026, 8, 22, 1, 2, 3, 4, time.UTC)
	one := 1
	for _, c := range []struct{ in, want any }{
		{nil, nil}, {true, true}, {"a", "a"}, {[]byte{1}, []byte{1}}, {[]byte(nil), []byte{}},
		{1, int64(1)}, {int8(-1), int64(-1)}, {int16(-300), int64(-300)}, {int32(-70000), int64(-70000)}, {int64(math.MinInt64), int64(math.MinInt64)},
		{uint(1), int64(1)}, {uint8(200), int64(200)}, {uint16(60000), int64(60000)}, {uint32(math.MaxUint32), int64(math.MaxUint32)},
		{uint64(math.MaxInt64), int64(math.MaxInt64)}, {uint64(math.MaxUint64), uint64(math.MaxUint64)}, {int64(1<<53 + 1), int64(1<<53 + 1)},
		{1.0, 1.0}, {float32(0.5), 0.5}, {1.5, 1.5},
		{at, "2026-08-22T01:02:03.000000004Z"}, {time.Second, int64(1000)},
		{[]any(nil), []any{}}, {map[string]any(nil), map[string]any{}}, {[]int(nil), []any{}}, {map[string]int(nil), map[string]any{}},
		{[]any{1, "a", nil, []any{[]byte{2}}}, []any{int64(1), "a", nil, []any{[]byte{2}}}},
		{map[string]any{"b": 1, "a": map[string]any{}}, map[string]any{"b": int64(1), "a": map[string]any{}}},
		{[]string{"a", "b"}, []any{"a", "b"}}, {[2]int{1, 2}, []any{int64(1), int64(2)}}, {map[name]count{"k": 1}, map[string]any{"k": int64(1)}},
		{[]any{&one, (*int)(nil)}, []any{int64(1), nil}}, {name("n"), "n"}, {count(7), int64(7)}, {id{1, 2, 3, 4}, []byte{1, 2, 3, 4}},
		{stamp{2}, "##"}, {&stamp{2}, "##"}, {(*stamp)(nil), nil}, {[]stamp{{1}, {2}}, []any{"#", "##"}}, {map[string]*stamp{"a": {1}}, map[string]any{"a": "#"}},
		{level(3), int64(300)}, {[]level{1}, []any{int64(100)}},
		{codec.Raw{}, nil},
		{foreign{Name: "n", Blob: []byte{9}, At: at, Big: math.MaxUint64, Low: math.MinInt64, Inner: &foreign{At: at}, F: 1}, map[string]any{
			"name": "n", "blob": []byte{9}, "at": "2026-08-22T01:02:03.000000004Z", "nil": []any{}, "nil_map": map[string]any{}, "big": uint64(math.MaxUint64),
			"low": int64(math.MinInt64), "f": 1.0, "inner": map[string]any{"name": "", "blob": []byte{}, "at": "2026-08-22T01:02:03.000000004Z",
				"nil": []any{}, "nil_map": map[string]any{}, "big": int64(0), "low": int64(0), "f": 0.0, "inner": nil}}},
	} {
		each(t, func(t *testing.T, f codec.Format) {
			r := encode(t, f, func(e *codec.Encoder) { e.Any(c.in) })
			if err := codec.WellFormed(f, r.Data); err != nil {
				t.Fatalf("%#v: %v", c.in, err)
			}
			if got, err := r.Any(); err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("%#v: got %#v, %v, want %#v", c.in, got, err, c.want)
			}
			for _, other := range formats {
				spliced := encode(t, other, func(e *codec.Encoder) { e.List(2); e.Raw(r); e.Any(r); e.EndList() })
				if got, err := spliced.Any(); err != nil || !reflect.DeepEqual(got, []any{c.want, c.want}) {
					t.Errorf("%#v spliced from %v into %v: got %#v, %v", c.in, f, other, got, err)
				}
			}
		})
	}
}

// TestAnyIsSorted has the same bytes every time.
func TestAnyIsSorted(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		var first codec.Raw
		for i := range 20 {
			r := encode(t, f, func(e *codec.Encoder) {
				e.Any([]any{map[string]any{"c": 1, "a": 2, "b": 3}, map[string]int{"z": 1, "y": 2, "x": 3}, struct{ M map[string]int }{map[string]int{"q": 1, "p": 2, "o": 3}}})
			})
			if i == 0 {
				first = r
			}
			wantBytes(t, first, r)
		}
	})
}

type loop struct{ Next *loop }

type pointer *pointer

type broken struct{}

func (broken) MarshalBinary() ([]byte, error) { return nil, errors.New("broken") }

func (*broken) UnmarshalBinary([]byte) error { return nil }

type explosive struct{}

func (*explosive) UnmarshalBinary([]byte) error { return nil }

func (explosive) MarshalBinary() ([]byte, error) { panic("boom") }

// TestAnyRefuses has values that cannot be encoded: an error, no crash.
func TestAnyRefuses(t *testing.T) {
	ring := &loop{}
	ring.Next = ring
	var self pointer
	self = &self
	list := []any{nil}
	list[0] = list
	m := map[string]any{}
	m["m"] = m
	deep := &loop{}
	for range 100 {
		deep = &loop{deep}
	}
	for what, v := range map[string]any{
		"ring": ring, "pointer to itself": self, "list in itself": list, "map in itself": m, "list in a struct": struct{ L []any }{list}, "map in a struct": struct{ M map[string]any }{m},
		"deep": deep, "function": func() {}, "channel": make(chan int), "function in a list": []any{func() {}},
		"int keys": map[int]string{1: "a"}, "invalid text": "\xff", "invalid text as key": map[name]int{"\xff": 1}, "invalid text in a struct": struct{ S string }{"\xff"},
		"failing marshaler": stamp{-1}, "failing marshaler in a list": []stamp{{-1}}, "broken": broken{}, "explosive": explosive{}, "explosive in a list": []any{explosive{}},
		"truncated Raw": codec.Raw{Format: codec.MessagePack, Data: []byte{0x91}}, "Raw without format": codec.Raw{Data: []byte{1}},
		"two in a Raw": codec.Raw{Format: codec.JSON, Data: []byte("1,2")}, "bad text in a Raw": codec.Raw{Format: codec.CBOR, Data: []byte{0x61, 0xff}},
	} {
		each(t, func(t *testing.T, f codec.Format) {
			var e codec.Encoder
			e.Reset(f, nil)
			e.Any(v)
			if e.Err() == nil {
				t.Errorf("%s: no error", what)
			}
		})
	}
}

// TestAnyIsConcurrent shares what is known of a type. Run it with -race.
func TestAnyIsConcurrent(t *testing.T) {
	type fresh struct{ A, B int }
	results := make(chan string)
	for range 8 {
		go func() {
			var e codec.Encoder
			e.Reset(codec.JSON, nil)
			e.Any([]fresh{{1, 2}})
			results <- string(e.Bytes())
		}()
	}
	for range 8 {
		if got := <-results; got != `[{"A":1,"B":2}]` {
			t.Error(got)
		}
	}
}

// TestLookup finds the value of a key.
func TestLookup(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		r := encode(t, f, func(e *codec.Encoder) { e.Any(map[string]any{"a": []any{1}, "b\"": "x", "c": nil}) })
		for key, want := range map[string]any{"a": []any{int64(1)}, "b\"": "x"} {
			if got, err := r.Lookup(key).Any(); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %v, %v", key, got, err)
			}
		}
		if r.Lookup("c").Absent() || !r.Lookup("d").Absent() || !r.Lookup("a").Lookup("a").Absent() {
			t.Error("Lookup finds the wrong keys")
		}
		if clone := r.Lookup("a").Clone(); &clone.Data[0] == &r.Lookup("a").Data[0] {
			t.Error("a clone shares memory")
		}
	})
}

// TestNull moves over a null and over nothing else.
func TestNull(t *testing.T) {
	for f, literals := range map[codec.Format][]string{codec.JSON: {"null", " null "}, codec.MessagePack: {"c0"}, codec.CBOR: {"f6", "f7", "c2f6", "c0c1f6"}} {
		for _, literal := range literals {
			err := decode(doc(t, f, literal), "", func(d *codec.Decoder) {
				if d.Kind() != codec.KindNull || !d.Null() || d.Null() {
					t.Errorf("%v %s is not one null", f, literal)
				}
			})
			if err != nil {
				t.Errorf("%v %s: %v", f, literal, err)
			}
		}
	}
	each(t, func(t *testing.T, f codec.Format) {
		r := encode(t, f, func(e *codec.Encoder) { e.Text("null") })
		err := decode(r, "", func(d *codec.Decoder) {
			if d.Null() || d.Text() != "null" {
				t.Error("text is null")
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestKind tells what follows without moving.
func TestKind(t *testing.T) {
	for f, literals := range map[codec.Format][]string{
		codec.JSON:        {"null", "true", "1", "1.0", `"a"`, `"\u0000"`, "[]", "{}", "", "x"},
		codec.MessagePack: {"c0", "c2", "01", "ca00000000", "a0", "c400", "90", "80", "c1", "", "d40100"},
		codec.CBOR:        {"f6", "f4", "01", "f90000", "60", "40", "80", "a0", "ff", "", "e0"},
	} {
		kinds := []codec.Kind{codec.KindNull, codec.KindBool, codec.KindInt, codec.KindFloat, codec.KindText, codec.KindBinary, codec.KindList,
			codec.KindMap, codec.KindInvalid, codec.KindInvalid, codec.KindExt}
		for i, literal := range literals {
			var d codec.Decoder
			d.Start(doc(t, f, literal), "")
			if first, second := d.Kind(), d.Kind(); first != kinds[i] || second != kinds[i] || d.Err() != nil {
				t.Errorf("%v %q is %v, want %v", f, literal, first, kinds[i])
			}
		}
	}
}
