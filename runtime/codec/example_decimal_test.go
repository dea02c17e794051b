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

// A bound of a decimal is exact, whatever the length of its text.
func ExampleDecimalBound() {
	checks := []codec.Check[string]{codec.DecimalBound[string](codec.RuleMin, "0.10")}
	for _, price := range []string{"0.1", "0.09999999999999999999"} {
		fmt.Println(codec.Validate(codec.Of(&price, func(p *string, c *codec.Coder) {
			codec.Checked(c, p, codec.String, checks)
		})))
	}
	// Output:
	// <nil>
	// want at least 0.10, got less
}

// The bounds of a Go type of another package are those of its text.
func ExampleDecimalTextBound() {
	checks := []codec.Check[big.Float]{codec.DecimalTextBound[big.Float](codec.RuleMultipleOf, "0.05")}
	for _, value := range []float64{2.25, 2.26} {
		fmt.Println(codec.Validate(codec.Of(big.NewFloat(value), func(p *big.Float, c *codec.Coder) {
			codec.Checked(c, p, codec.DecimalText, checks)
		})))
	}
	// Output:
	// <nil>
	// want a multiple of 0.05, got another number
}
