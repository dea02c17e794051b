package core

import (
	"fmt"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

func FuzzParse_JSON(f *testing.F)        { fuzzParse(f, codec.JSON) }
func FuzzParse_MessagePack(f *testing.F) { fuzzParse(f, codec.MessagePack) }
func FuzzParse_CBOR(f *testing.F)        { fuzzParse(f, codec.CBOR) }

// fuzzParse: no frame makes Parse panic, and what it takes is appended to the same message again. What can be said in
// another format is a message there too.
func fuzzParse(f *testing.F, format codec.Format) {
	for _, s := range samples {
		f.Add(encode(f, format, s.fixed))
		f.Add(encode(f, format, s.longest()))
	}
	f.Add(encode(f, format, []any{16, 1, dict{"enc_algo": "x_own", "forward_for": []any{dict{"session": 1, "authid": "a", "authrole": "b"}}}, "t", []byte("x")}))
	f.Fuzz(func(t *testing.T, frame []byte) {
		var m Message
		if err := Parse(format, frame, &m); err != nil {
			if _, ok := err.(*Violation); !ok {
				t.Fatalf("%T", err)
			}
			return
		}
		if !decodable(&m) {
			return
		}
		want := fmt.Sprintf("%#v", contentOf(t, &m))
		for _, to := range formats {
			b, err := Append(nil, to, &m)
			if err != nil {
				if to == format {
					t.Fatalf("%q: %v", frame, err)
				}
				continue // JSON has no NaN, for one
			}
			var again Message
			if err := Parse(to, b, &again); err != nil {
				t.Fatalf("%q became %q in %v: %v", frame, b, to, err)
			}
			// Compared as text, in which NaN equals NaN.
			if got := fmt.Sprintf("%#v", contentOf(t, &again)); to == format && got != want {
				t.Fatalf("%q: %s, want %s", frame, got, want)
			}
		}
	})
}

// decodable reports whether the dynamic parts of m can be read; their text is judged by who reads it.
func decodable(m *Message) bool {
	for _, r := range []codec.Raw{m.Details, m.Args, m.Kwargs} {
		if _, err := r.Any(); err != nil {
			return false
		}
	}
	return true
}
