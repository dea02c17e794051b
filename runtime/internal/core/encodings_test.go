package core

import (
	"reflect"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

// One CALL in forms that other implementations may choose: wide integers and lengths, indefinite lengths, tags, escapes,
// white space. // R088, R089, R091, R095, R097, R098, R099.
func TestParse_OtherEncodings(t *testing.T) {
	want, err := parseAny(t, codec.JSON, []any{48, 7, dict{"progress": true}, "com.ä", []any{"x", []byte("hi")}, dict{"k": 1}})
	if err != nil {
		t.Fatal(err)
	}
	for frame, f := range map[string]codec.Format{
		" [ 48 ,\t7 , { \"progress\" : true } ,\r\n\"com.\\u00e4\" , [ \"\\u0078\" , \"\\u0000aGk=\" ] , { \"\\u006b\" : 1 } ] \n":                                                                                                                                                          codec.JSON,
		"[48,7,{\"progr\\u0065ss\":true},\"com.ä\",[\"x\",\"\\u0000aGk=\"],{\"k\":1}]":                                                                                                                                                                                                      codec.JSON,
		"\xdd\x00\x00\x00\x06\xcf\x00\x00\x00\x00\x00\x00\x00\x30\xd3\x00\x00\x00\x00\x00\x00\x00\x07\xdf\x00\x00\x00\x01\xdb\x00\x00\x00\x08progress\xc3\xda\x00\x06com.ä\xdc\x00\x02\xd9\x01x\xc6\x00\x00\x00\x02hi\xde\x00\x01\xa1k\xd0\x01":                                             codec.MessagePack,
		"\x9f\x1b\x00\x00\x00\x00\x00\x00\x00\x30\x19\x00\x07\xbf\x7f\x65progr\x63ess\xff\xf5\xff\x7f\x64com.\x62ä\xff\x9f\x61x\x5f\x41h\x41i\xff\xff\xbf\x61k\x01\xff\xff":                                                                                                                 codec.CBOR,
		"\xd9\xd9\xf7\x9b\x00\x00\x00\x00\x00\x00\x00\x06\x18\x30\x1a\x00\x00\x00\x07\xbb\x00\x00\x00\x00\x00\x00\x00\x01\x68progress\xf5\x7b\x00\x00\x00\x00\x00\x00\x00\x06com.ä\x99\x00\x02\x61x\x5b\x00\x00\x00\x00\x00\x00\x00\x02hi\xb8\x01\x61k\x1b\x00\x00\x00\x00\x00\x00\x00\x01": codec.CBOR,
	} {
		var m Message
		if err := Parse(f, []byte(frame), &m); err != nil {
			t.Errorf("%v %q: %v", f, frame, err)
			continue
		}
		if got, want := contentOf(t, &m), contentOf(t, want); !reflect.DeepEqual(got, want) || !m.DetailBool("progress") {
			t.Errorf("%v: %+v, want %+v", f, got, want)
		}
	}
}

// ERROR keeps its URI, Details and payload as they came, also for request types that only a session judges. // R044, R045, R139.
func TestParse_ErrorUnchanged(t *testing.T) {
	for _, f := range formats {
		for _, requestType := range []int{0, 16, 32, 34, 48, 49, 64, 66, 68, 70, 1000} {
			m, err := parseAny(t, f, []any{8, requestType, 7, dict{"own": 1}, "com.app.failed", []any{nil, 1.5}, dict{"why": "x"}})
			if err != nil {
				t.Fatal(err)
			}
			want := content{Type: MsgError, RequestType: Type(requestType), Request: 7, URI: "com.app.failed",
				Details: dict{"own": int64(1)}, Args: []any{nil, 1.5}, Kwargs: dict{"why": "x"}}
			if got := contentOf(t, m); !reflect.DeepEqual(got, want) {
				t.Errorf("%v: %+v, want %+v", f, got, want)
			}
		}
		wantViolation(t, []any{8, -1, 7, dict{}, "com.app.failed"}, "ERROR.REQUEST.Type")
	}
}
