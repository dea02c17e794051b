package realm_test

import (
	"bytes"
	"iter"

	"github.com/wampgen/wampgen/runtime/codec"
)

// lines yields the lines of b that are not empty.
func lines(b []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for line := range bytes.SplitSeq(b, []byte("\n")) {
			if len(line) > 0 && !yield(line) {
				return
			}
		}
	}
}

// encode encodes a decoded value as CBOR.
func encode(v any) []byte {
	var e codec.Encoder
	e.Reset(codec.CBOR, nil)
	e.Any(v)
	return e.Bytes()
}
