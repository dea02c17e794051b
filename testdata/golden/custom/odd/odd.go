// Package odd has types of its own for numbers.
package odd

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/wampgen/wampgen/runtime/codec"
)

// Number is an odd number.
type Number struct{ Half int64 }

// CodeWAMP codes the number that n stands for.
func (n *Number) CodeWAMP(c *codec.Coder) {
	v := 2*n.Half + 1
	codec.Int64(&v, c)
	if c.Decoding() {
		if n.Half = (v - 1) / 2; v%2 == 0 && c.Decoder().Err() == nil {
			c.Decoder().Invalid("odd number")
		}
	}
}

// Cents is an amount of money.
type Cents int64

// MarshalText returns the amount with two decimals.
func (c Cents) MarshalText() ([]byte, error) {
	return []byte(big.NewRat(int64(c), 100).FloatString(2)), nil
}

// UnmarshalText reads what MarshalText returns.
func (c *Cents) UnmarshalText(text []byte) error {
	whole, fraction, _ := strings.Cut(string(text), ".")
	n, err := strconv.ParseInt(whole+(fraction + "00")[:max(2, len(fraction))], 10, 64)
	if whole == "" || len(fraction) > 2 {
		return strconv.ErrSyntax
	}
	*c = Cents(n)
	return err
}
