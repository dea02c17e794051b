// Package odd has a type that codes itself.
package odd

import "github.com/wampgen/wampgen/runtime/codec"

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
