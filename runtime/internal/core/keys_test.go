package core

import (
	"maps"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

// sampleWith makes a message of a type with the dict given.
func sampleWith(t Type, d dict) []any {
	for _, s := range samples {
		if s.t != t {
			continue
		}
		list := s.longest()
		if s.revocable {
			return []any{list[0], 0, d}
		}
		for i, v := range list {
			old, ok := v.(dict)
			if !ok {
				continue
			}
			all := dict{}
			maps.Copy(all, old)
			maps.Copy(all, d)
			return replaced(list, i, all)
		}
	}
	return nil
}

// keyValues are, for each kind of value, what is right and what is wrong.
var keyValues = map[string]struct{ right, wrong []any }{
	"bool":   {[]any{true, false}, []any{nil, 0, 1, "true", []any{}, dict{}}},
	"text":   {[]any{"", "x"}, []any{nil, 1, true, []byte("x"), []any{"x"}, dict{}}},
	"word":   {[]any{"", "x", nil}, []any{1, true, []byte("x"), []any{"x"}, dict{}}},
	"id":     {[]any{1, int64(MaxID)}, []any{nil, 0, -1, int64(MaxID + 1), 1.5, 2.0, "1", true}},
	"uint":   {[]any{0, 1, 60_000}, []any{nil, -1, 1.5, 300.0, "1", true}},
	"ids":    {[]any{[]any{}, []any{1, 2}}, []any{nil, 1, "x", []any{"x"}, []any{1, 0}, []any{1, nil}, dict{}}},
	"texts":  {[]any{[]any{}, []any{"a", "b"}}, []any{nil, 1, "x", []any{1}, []any{"a", nil}, dict{}}},
	"match":  {[]any{"exact", "prefix", "wildcard"}, []any{nil, "", "Exact", "regex", 1, true}},
	"invoke": {[]any{"single", "roundrobin", "random", "first", "last"}, []any{nil, "", "all", 1}},
	"cancel": {[]any{"skip", "kill", "killnowait"}, []any{nil, "", "abort", 1}},
	"stop":   {[]any{"kill", "killnowait"}, []any{nil, "", "skip", 1}},
	"algo":   {[]any{"null", "cryptobox", "mqtt", "xbr", "x_own"}, []any{nil, "", "invalid", 1}},
	"serial": {[]any{"null", "json", "msgpack", "cbor", "ubjson", "opaque", "flatbuffers", "x_own"}, []any{nil, "", "xml", 1}},
	"extra":  {[]any{dict{}, dict{"a": nil}, nil}, []any{1, "x", []any{}}},
	"dict":   {[]any{dict{}, dict{"a": nil}}, []any{nil, 1, "x", []any{}}},
	"forward": {[]any{[]any{}, []any{dict{"session": 1, "authid": "a", "authrole": "b", "more": 1.5}}},
		[]any{nil, 1, "x", dict{}, []any{1}, []any{dict{}}, []any{dict{"session": 1, "authid": "a"}},
			[]any{dict{"session": "1", "authid": "a", "authrole": "b"}}, []any{dict{"session": 1, "authid": 2, "authrole": "b"}},
			[]any{dict{"session": 1, "authid": "a", "authrole": nil}}}},
}

// keyTable is docs/requirements.md 1.3, by message; "ppt" stands for the keys of payload passthru.
var keyTable = map[Type]string{
	MsgHello:        "agent:text authmethods:texts authid:text authrole:text authextra:extra transport:dict",
	MsgWelcome:      "agent:word realm:word authid:word authrole:word authmethod:word authprovider:word authextra:extra",
	MsgAbort:        "message:text scram:text",
	MsgGoodbye:      "message:text resumable:bool",
	MsgError:        "callee:id callee_authid:text callee_authrole:text ppt",
	MsgPublish:      "acknowledge:bool exclude_me:bool exclude:ids eligible:ids exclude_authid:texts exclude_authrole:texts eligible_authid:texts eligible_authrole:texts disclose_me:bool retain:bool rkey:text transaction_hash:text forward_for:forward ppt",
	MsgSubscribe:    "match:match get_retained:bool nkey:text forward_for:forward",
	MsgUnsubscribed: "subscription:id reason:text",
	MsgEvent:        "topic:text publisher:id publisher_authid:text publisher_authrole:text trustlevel:uint retained:bool payload_limit_exceeded:bool transaction_hash:text x_acknowledged_delivery:bool forward_for:forward ppt",
	MsgCall:         "timeout:uint receive_progress:bool progress:bool disclose_me:bool runmode:text rkey:text ppt",
	MsgCancel:       "mode:cancel",
	MsgResult:       "progress:bool callee:id callee_authid:text callee_authrole:text ppt",
	MsgRegister:     "match:match invoke:invoke disclose_caller:bool forward_timeout:bool concurrency:uint force_reregister:bool",
	MsgUnregistered: "registration:id reason:text",
	MsgInvocation:   "receive_progress:bool progress:bool timeout:uint caller:id caller_authid:text caller_authrole:text trustlevel:uint procedure:text ppt",
	MsgInterrupt:    "mode:stop reason:text",
	MsgYield:        "progress:bool ppt",
}

const pptKeys = "ppt_scheme:text ppt_serializer:text ppt_cipher:text ppt_keyid:text enc_algo:algo enc_serializer:serial enc_key:text"

// Every known key of every message takes the values of its type and no others, and is named when it is wrong. // R053, R087.
func TestF4_KnownKeys(t *testing.T) {
	count := 0
	for typ, keys := range keyTable {
		for entry := range strings.FieldsSeq(strings.Replace(keys, "ppt", pptKeys, 1)) {
			key, kind, _ := strings.Cut(entry, ":")
			count++
			for _, v := range keyValues[kind].right {
				wantMessage(t, sampleWith(typ, dict{key: v}))
			}
			for _, v := range keyValues[kind].wrong {
				wantViolation(t, sampleWith(typ, dict{key: v}), typ.String(), "."+key+":")
			}
		}
		if n := len(layoutOf(typ).keys); n != len(strings.Fields(strings.Replace(keys, "ppt", pptKeys, 1)))+map[Type]int{MsgHello: 1, MsgWelcome: 1}[typ] {
			t.Errorf("%v knows %d keys, this test others", typ, n)
		}
	}
	t.Logf("%d known keys", count)
}

// A key that another message has is unknown here, and so free. // R014.
func TestKeys_Foreign(t *testing.T) {
	wantMessage(t, sampleWith(MsgCall, dict{"match": 1, "acknowledge": "x"}))
	wantMessage(t, sampleWith(MsgChallenge, dict{"message": 1}))
	wantMessage(t, sampleWith(MsgAuthenticate, dict{"nonce": nil}))
}

// Bad text in Details is a violation although nobody reads it; in a payload it is the reader's affair. // R051.
func TestDetails_UTF8(t *testing.T) {
	for _, f := range formats {
		list := []any{50, 7, dict{"note": "abcd"}, []any{"wxyz"}}
		frame := encode(t, f, list)
		for word, wantErr := range map[string]bool{"abcd": true, "note": true, "wxyz": false} {
			broken := []byte(strings.Replace(string(frame), word, "a\xffbc", 1))
			var m Message
			if err := Parse(f, broken, &m); (err != nil) != wantErr {
				t.Errorf("%v %q: %v", f, word, err)
			}
		}
	}
}

// One binary element may stand for the payload if the message says so. // docs/requirements.md 4.4.
func TestTransparentPayload(t *testing.T) {
	bytes := []byte{0xa1, 0x66}
	for _, s := range samples {
		if len(s.optional) != 2 {
			continue
		}
		list := sampleWith(s.t, dict{"ppt_scheme": "x_own"})[:len(s.fixed)]
		list = append(list, bytes)
		if s.t == MsgAbort { // has no passthru
			wantViolation(t, list, "Arguments")
			continue
		}
		for _, f := range formats {
			m, err := parseAny(t, f, list)
			if err != nil || string(m.Payload) != string(bytes) || !m.Args.Absent() || !m.Kwargs.Absent() {
				t.Errorf("%v: %+v, %v", caseName(f, s.t), m, err)
			}
			m, err = parseAny(t, f, replaced(list, len(list)-1, []byte{}))
			if err != nil || m.Payload == nil || len(m.Payload) != 0 {
				t.Errorf("%v: empty payload: %+v, %v", caseName(f, s.t), m, err)
			}
		}
		wantMessage(t, append(sampleWith(s.t, dict{"enc_algo": "cryptobox"})[:len(s.fixed)], bytes))
		wantMessage(t, append(sampleWith(s.t, dict{"enc_algo": "cryptobox"})[:len(s.fixed)], []any{"args"}))
		wantViolation(t, append(sampleWith(s.t, dict{"enc_serializer": "cbor"})[:len(s.fixed)], bytes), "Arguments", "enc_algo")
		wantViolation(t, append(list, dict{}), s.t.String())
		wantViolation(t, replaced(list, len(list)-1, "text"), "Arguments")
		wantViolation(t, append(list[:len(list)-1:len(list)-1], []any{}, bytes), "ArgumentsKw")
	}
	var m Message
	if err := Parse(codec.JSON, []byte(`[50,7,{"ppt_scheme":"mqtt"},"\u0000!!"]`), &m); err == nil {
		t.Error("bad base64 accepted") // R093
	}
}
