package roundtrip

import (
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

// LastWins sends every key of v twice, with its value and then with null, and
// expects what null alone means.
func LastWins[T any, P Type[T]](t testing.TB, v, want T) {
	t.Helper()
	for _, f := range Formats {
		whole := Encode(t, f, func(e *codec.Encoder) int { P(&v).CodeWAMP(e.Coder()); return 1 })
		var d codec.Decoder
		d.Start(whole.Args, "")
		var keys []string
		var values []codec.Raw
		for s := d.Map(); d.Next(&s); {
			keys = append(keys, string(d.Key()))
			values = append(values, d.Raw())
		}
		twice := Encode(t, f, func(e *codec.Encoder) int {
			e.Map(2 * len(keys))
			for i, k := range keys {
				e.Key(k)
				e.Raw(values[i])
				e.Key(k)
				e.Null()
			}
			e.EndMap()
			return 1
		})
		var got T
		d.Start(twice.Args, "")
		P(&got).CodeWAMP(d.Coder())
		if err := d.Err(); err != nil {
			t.Errorf("%v: %v", f, err)
		}
		Same(t, f, got, want)
	}
}
