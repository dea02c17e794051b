package codec_test

import (
	"fmt"
	"math/big"

	"github.com/wampgen/wampgen/runtime/codec"
)

// price is a decimal with the Go type of another package.
type price struct{ big.Rat }

// CodeWAMP codes p as generated code does.
func (p *price) CodeWAMP(c *codec.Coder) { codec.DecimalText(&p.Rat, c) }

// A decimal is a string on the wire, and some peers send a number.
func ExampleDecimalText() {
	for _, text := range []string{`"12.50"`, `12.5`} {
		var p price
		var d codec.Decoder
		d.Start(codec.Raw{Format: codec.JSON, Data: []byte(text)}, "price")
		p.CodeWAMP(d.Coder())
		fmt.Println(p.FloatString(2), d.Err())
	}
	// Output:
	// 12.50 <nil>
	// 12.50 <nil>
}
