package codec_test

import (
	"fmt"

	"github.com/wampgen/wampgen/runtime/codec"
)

// addArgs is the input of a Python function add(first, *rest, **more).
type addArgs struct {
	First int
	Rest  []int
	More  map[string]string
}

var addTable = codec.Table{Args: 2, Variadic: true, Unknown: codec.Keep, Fields: []string{"first:int", "rest:"}}

func (v *addArgs) CodeWAMP(c *codec.Coder) {
	var s codec.Walk
	for c.Payload(&s, &addTable) {
		s.Int(0, &v.First)
		codec.Variadic(&s, 1, &v.Rest, codec.Int)
		s.Kwargs()
		codec.CatchAll(&s, &v.More, codec.String)
	}
}

// Further arguments are elements of the list of arguments.
func ExampleVariadic() {
	var e codec.Encoder
	e.Reset(codec.JSON, nil)
	n := e.Payload(&addArgs{First: 1, Rest: []int{2, 3}}, nil)
	fmt.Println(n, string(e.Bytes()), e.Err())
	// Output: 1 [1,2,3] <nil>
}

// Keywords without a name in the schema are kept.
func ExampleCatchAll() {
	var v addArgs
	var d codec.Decoder
	d.Payload(codec.Payload{
		Args:   codec.Raw{Format: codec.JSON, Data: []byte(`[1]`)},
		Kwargs: codec.Raw{Format: codec.JSON, Data: []byte(`{"unit":"m"}`)},
	}, &v, nil, codec.Input)
	fmt.Println(v, d.Err())
	// Output: {1 [] map[unit:m]} <nil>
}
