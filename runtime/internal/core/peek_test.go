package core

import (
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

// What stands in front of the options is known as soon as it has come, in every
// format and at every length; before that nothing is claimed.
func TestPeek_EveryLength(t *testing.T) {
	for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
		frame := encode(t, f, []any{36, 123456789, 987654321, map[string]any{"topic": "com.example.t"}, []any{"payload"}})
		known := false
		for n := range frame {
			var m Message
			got := Peek(f, frame[:n], &m)
			if got && (m.Type != MsgEvent || m.ID != 123456789 || m.Publication != 987654321) {
				t.Errorf("%v: %d bytes are taken for %+v", f, n, m)
			}
			if known && !got {
				t.Errorf("%v: %d bytes say less than fewer did", f, n)
			}
			known = got
		}
		if !known {
			t.Errorf("%v: never known", f)
		}
	}
}

// Bytes that are no message name nobody.
func TestPeek_Malformed(t *testing.T) {
	for _, text := range []string{"", "{", "[", "[]", "[36", "[36,", "[36,1", "[36,1,", "[36,1.5,2,{", `["36",1,2,{`, "[999999,1,2,{", "[36,0,1,{"} {
		var m Message
		if Peek(codec.JSON, []byte(text), &m) {
			t.Errorf("%s is taken for %+v", text, m)
		}
	}
}
