package codec_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

// sum is the input of a function such as def sum(first, second=None, *rest,
// **more).
type sum struct {
	First  int
	Second *int
	Rest   []int
	Named  *string
	More   map[string]int
}

var sumTable = codec.Table{Args: 3, Variadic: true, Unknown: codec.Keep, Fields: []string{"first:int", "second:", "rest:", "named:"}}

func (v *sum) CodeWAMP(c *codec.Coder) {
	if c.Decoding() {
		*v = sum{}
	}
	var s codec.Walk
	for c.Payload(&s, &sumTable) {
		s.Int(0, &v.First)
		codec.Optional(&s, 1, &v.Second, codec.Int)
		codec.Variadic(&s, 2, &v.Rest, codec.Int)
		s.Kwargs()
		codec.Optional(&s, 3, &v.Named, codec.String)
		codec.CatchAll(&s, &v.More, codec.Int)
	}
}

// TestVariadic: further arguments and keywords are part of the lists of the
// message, in every format, and come back.
func TestVariadic(t *testing.T) {
	for json, v := range map[string]sum{
		`[1]`:                         {First: 1},
		`[1,2]`:                       {First: 1, Second: new(2)},
		`[1,2,3,4]`:                   {First: 1, Second: new(2), Rest: []int{3, 4}},
		`[1,null,3]`:                  {First: 1, Rest: []int{3}},
		`[1],{"x":5}`:                 {First: 1, More: map[string]int{"x": 5}},
		`[1],{"named":"n"}`:           {First: 1, Named: new("n")},
		`[1,2,3],{"named":"n","x":5}`: {First: 1, Second: new(2), Rest: []int{3}, Named: new("n"), More: map[string]int{"x": 5}},
		`[1],{"rest":5}`:              {First: 1, More: map[string]int{"rest": 5}},
	} {
		for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
			var e codec.Encoder
			e.Reset(f, nil)
			n := e.Payload(&v, nil)
			if err := e.Err(); err != nil {
				t.Fatalf("%v %v: %v", f, v, err)
			}
			if f == codec.JSON && string(e.Bytes()) != json {
				t.Errorf("got %s, want %s", e.Bytes(), json)
			}
			got, err := sumOf(f, e.Bytes(), n)
			if err != nil || !reflect.DeepEqual(got, v) {
				t.Errorf("%v %x: got %+v, %v, want %+v", f, e.Bytes(), got, err, v)
			}
		}
	}
}

// sumOf decodes n values that stand one after the other.
func sumOf(f codec.Format, b []byte, n int) (sum, error) {
	var parts [2]codec.Raw
	for i := range n {
		var d codec.Decoder
		b = []byte(strings.TrimPrefix(string(b), map[bool]string{true: ","}[f == codec.JSON]))
		d.Start(codec.Raw{Format: f, Data: b}, "")
		parts[i] = d.Raw()
		b = b[len(parts[i].Data):]
	}
	var v sum
	var d codec.Decoder
	d.Payload(codec.Payload{Args: parts[0], Kwargs: parts[1]}, &v, nil, codec.Input)
	return v, d.Err()
}

// TestVariadic_Wrong: a further argument that does not fit is found by its
// position, a keyword by its name.
func TestVariadic_Wrong(t *testing.T) {
	for payload, want := range map[string]string{
		`[1,2,3,"x"]`:        "args[3]: want int, got string",
		`[1],{"x":"y"}`:      "x: want int, got string",
		`[1],{"named":1}`:    "named: want string, got int",
		`[]`:                 "first: want int, missing",
		`[1,2],{"second":1}`: "second: want one value, got one by position and one by name",
	} {
		n := 1 + strings.Count(payload, "],{")
		if v, err := sumOf(codec.JSON, []byte(payload), n); err == nil || err.Error() != want {
			t.Errorf("%s: got %+v, %v, want %s", payload, v, err, want)
		}
	}
}

// TestCatchAll_Taken: a keyword of the schema among the others would come
// twice.
func TestCatchAll_Taken(t *testing.T) {
	for _, name := range []string{"named", "first"} {
		v := sum{More: map[string]int{name: 1}}
		var e codec.Encoder
		e.Reset(codec.CBOR, nil)
		e.Payload(&v, nil)
		if err := e.Err(); err == nil || !strings.Contains(err.Error(), "a keyword beside those of the schema") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestVariadic_JSON: as one map, further arguments are a list and further
// keywords are keys.
func TestVariadic_JSON(t *testing.T) {
	v := sum{First: 1, Rest: []int{2, 3}, More: map[string]int{"x": 4}}
	b, err := codec.MarshalJSON(&v)
	if err != nil || string(b) != `{"first":1,"rest":[2,3],"x":4}` {
		t.Errorf("%s, %v", b, err)
	}
	var got sum
	if err := codec.UnmarshalJSON(b, &got); err != nil || !reflect.DeepEqual(got, v) {
		t.Errorf("%+v, %v", got, err)
	}
}
