package codec_test

import (
	"fmt"

	"github.com/wampgen/wampgen/runtime/codec"
)

// A payload as one document, and back.
func ExampleUnpack() {
	item := lineItem{"tea", 2}
	var e codec.Encoder
	e.Reset(codec.JSON, nil)
	e.Pack(e.Payload(&item, &codec.Table{Args: 1, Fields: []string{"item:LineItem"}}))
	fmt.Println(string(e.Bytes()))

	p, err := codec.Unpack(codec.Raw{Format: codec.JSON, Data: e.Bytes()})
	fmt.Println(string(p.Args.Data), err)
	// Output:
	// {"args":[{"sku":"tea","quantity":2}],"kwargs":{}}
	// [{"sku":"tea","quantity":2}] <nil>
}
