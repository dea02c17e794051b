package core

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

// jsonOf appends m in JSON, which is easy to read.
func jsonOf(t *testing.T, m *Message) string {
	t.Helper()
	b, err := Append(nil, codec.JSON, m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Empty payloads are left out, and kwargs alone get an empty list in front. // R100, R101, R102, R135, R193, R194.
func TestAppend_EmptyPayload(t *testing.T) {
	heads := map[Type]string{
		MsgCall: `[48,7,{},"u"`, MsgPublish: `[16,7,{},"u"`, MsgYield: `[70,7,{}`, MsgError: `[8,68,7,{},"u"`,
		MsgAbort: `[3,{},"u"`, MsgResult: `[50,7,{}`, MsgEvent: `[36,8,9,{}`, MsgInvocation: `[68,7,8,{}`,
	}
	for typ, head := range heads {
		for _, f := range formats {
			none, noList, list := codec.Raw{}, raw(t, f, []any{}), raw(t, f, []any{1})
			noDict, dict := raw(t, f, Dict{}), raw(t, f, Dict{{"a", 1}})
			for _, c := range []struct {
				args, kwargs codec.Raw
				want         string
			}{
				{none, none, "]"}, {noList, none, "]"}, {none, noDict, "]"}, {noList, noDict, "]"},
				{list, none, ",[1]]"}, {list, noDict, ",[1]]"},
				{none, dict, `,[],{"a":1}]`}, {noList, dict, `,[],{"a":1}]`}, {list, dict, `,[1],{"a":1}]`},
			} {
				m := Message{Type: typ, Request: 7, ID: 8, Publication: 9, URI: "u", Args: c.args, Kwargs: c.kwargs}
				if typ == MsgError {
					m.RequestType = MsgInvocation
				}
				if got := jsonOf(t, &m); got != head+c.want {
					t.Errorf("%v: %s, want %s", caseName(f, typ), got, head+c.want)
				}
			}
		}
	}
}

// The bytes of every message in its longest form are those of the plain list. // R071, R086, R097.
func TestAppend_EveryType(t *testing.T) {
	for _, s := range samples {
		for _, f := range formats {
			want := encode(t, f, s.longest())
			m, err := parseAny(t, f, s.longest())
			if err != nil {
				t.Fatal(err)
			}
			prefix := []byte("before")
			got, err := Append(prefix, f, m)
			if err != nil || string(got) != "before"+string(want) {
				t.Errorf("%v: %q, %v, want %q", caseName(f, s.t), got, err, want)
			}
		}
	}
}

// A head and a payload made apart are the bytes of the whole message.
func TestAppendHead_Payload(t *testing.T) {
	values := []func(e *codec.Encoder){
		func(e *codec.Encoder) { e.List(1); e.Text("a,b"); e.EndList() },
		func(e *codec.Encoder) { e.Map(1); e.Key("k"); e.Null(); e.EndMap() },
	}
	for _, f := range formats {
		for n := range 3 {
			m := Message{Type: MsgCall, Request: 1 << 40, URI: "com.app.proc", Options: Dict{{"timeout", 300}}}
			head, err := AppendHead([]byte("x"), f, &m, n)
			if err != nil {
				t.Fatal(err)
			}
			var e codec.Encoder
			BeginPayload(&e, f, []byte("y"))
			for _, v := range values[:n] {
				v(&e)
			}
			EndPayload(&e, n)
			if e.Err() != nil {
				t.Fatal(e.Err())
			}
			body := e.Bytes()
			if head[0] != 'x' || body[0] != 'y' {
				t.Fatalf("%v: buffers overwritten", f)
			}
			list := []any{48, int64(1 << 40), Dict{{"timeout", 300}}, "com.app.proc", []any{"a,b"}, Dict{{"k", nil}}}
			if got, want := append(head[1:], body[1:]...), encode(t, f, list[:4+n]); !bytes.Equal(got, want) {
				t.Errorf("%v, %d values: %q, want %q", f, n, got, want)
			}
		}
	}
}

// Options go out in the order given, with booleans as booleans, nested dicts in their order. // R105, R168, R020.
func TestAppend_Options(t *testing.T) {
	for want, m := range map[string]Message{
		`[16,1,{"acknowledge":true,"exclude_me":false},"t"]`: {Type: MsgPublish, Request: 1, URI: "t", Options: Dict{{"acknowledge", true}, {"exclude_me", false}}},
		`[49,1,{"mode":"killnowait"}]`:                       {Type: MsgCancel, Request: 1, Options: Dict{{"mode", "killnowait"}}},
		`[70,1,{"progress":true}]`:                           {Type: MsgYield, Request: 1, Options: Dict{{"progress", true}}},
		`[6,{},"wamp.close.close_realm"]`:                    {Type: MsgGoodbye, URI: "wamp.close.close_realm"},
		`[3,{"message":"no"},"wamp.error.x"]`:                {Type: MsgAbort, URI: "wamp.error.x", Options: Dict{{"message", "no"}}},
		`[35,0,{"subscription":9}]`:                          {Type: MsgUnsubscribed, Options: Dict{{"subscription", 9}}},
		`[67,0,{}]`:                                          {Type: MsgUnregistered},
		`[67,5]`:                                             {Type: MsgUnregistered, Request: 5},
		`[34,5,6]`:                                           {Type: MsgUnsubscribe, Request: 5, ID: 6},
		`[1,"r",{"roles":{"z":{"features":{"b":true,"a":true}},"a":{}},"list":[1,{"y":1,"x":2}]}]`: {Type: MsgHello, URI: "r", Options: Dict{
			{"roles", Dict{{"z", Dict{{"features", Dict{{"b", true}, {"a", true}}}}}, {"a", Dict{}}}}, {"list", []any{1, Dict{{"y", 1}, {"x", 2}}}}}},
	} {
		if got := jsonOf(t, &m); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	m := Message{Type: MsgYield, Request: 1, Details: raw(t, codec.CBOR, Dict{{"a", 1}}), Options: Dict{{"b", 2}}}
	if got := jsonOf(t, &m); got != `[70,1,{"a":1}]` {
		t.Errorf("%s: Options count beside Details", got)
	}
}

// What is no message is not sent; dst comes back as it was. // R054, R067, R093, R094.
func TestAppend_Refuses(t *testing.T) {
	for want, m := range map[string]Message{
		"message 7":                 {Type: 7},
		"message 0":                 {},
		"message 300":               {Type: 300},
		"CALL.Request":              {Type: MsgCall, URI: "p"},
		"RESULT.CALL.Request":       {Type: MsgResult, Request: MaxID + 1},
		"EVENT.PUBLISHED.Publicati": {Type: MsgEvent, ID: 1},
		"UNSUBSCRIBED.UNSUBSCRIBE.": {Type: MsgUnsubscribed, Request: math.MaxUint64},
		"CALL.Procedure":            {Type: MsgCall, Request: 1, URI: "p\xff"},
		`CALL: Options: key "a"`:    {Type: MsgCall, Request: 1, URI: "p", Options: Dict{{"a", 1}, {"b", 1}, {"a", 2}}},
		"CALL: Options.a.b":         {Type: MsgCall, Request: 1, URI: "p", Options: Dict{{"a", Dict{{"b", "\xff"}}}}},
		"CALL: args":                {Type: MsgCall, Request: 1, URI: "p", Args: codec.Raw{Format: codec.JSON, Data: []byte("[1")}},
	} {
		for _, f := range formats {
			dst := make([]byte, 3, 100)
			got, err := Append(dst, f, &m)
			if err == nil || !strings.HasPrefix(err.Error(), "wamp: cannot encode "+want) || !bytes.Equal(got, dst) {
				t.Errorf("%v: %q, %v", caseName(f, want), got, err)
			}
		}
	}
	m := Message{Type: MsgAuthenticate, Text: "\x00x"}
	if _, err := Append(nil, codec.JSON, &m); err == nil { // R093
		t.Error("text that begins with NUL accepted for JSON")
	}
	for typ, n := range map[Type]int{MsgSubscribe: 1, MsgCall: 3, MsgYield: -1} {
		if _, err := AppendHead(nil, codec.CBOR, &Message{Type: typ, Request: 1}, n); err == nil {
			t.Errorf("%v with %d values accepted", typ, n)
		}
	}
	if _, err := Append(nil, 0, &Message{Type: MsgYield, Request: 1}); err == nil {
		t.Error("no format accepted")
	}
}

// A transparent payload is one binary element. // R090, R092, docs/requirements.md 4.4.
func TestAppend_TransparentPayload(t *testing.T) {
	m := Message{Type: MsgCall, Request: 1, URI: "p", Options: Dict{{"ppt_scheme", "mqtt"}},
		Payload: []byte("\x10\xe3\xff\x90\x53\x07\x5c\x52\x6f\x5f\xc0\x6d\x4f\xe3\x7c\xdb"), Args: raw(t, codec.JSON, []any{1})}
	if got := jsonOf(t, &m); got != `[48,1,{"ppt_scheme":"mqtt"},"p","\u0000EOP/kFMHXFJvX8BtT+N82w=="]` {
		t.Error(got)
	}
}

// Every message passes from every format to every other and back unchanged. // R086, R095.
func TestTranscode(t *testing.T) {
	for _, s := range samples {
		for _, f := range formats {
			m, err := parseAny(t, f, s.longest())
			if err != nil {
				t.Fatal(err)
			}
			checkTranscoded(t, m, contentOf(t, m))
		}
	}
}

// R011, R014: what is absent or of another type reads as zero; everything stays readable.
func TestDetails(t *testing.T) {
	for _, f := range formats {
		m := Message{Type: MsgInvocation, Details: raw(t, f, Dict{{"progress", true}, {"no", false}, {"timeout", 300}, {"procedure", "com.app"},
			{"negative", -1}, {"float", 2.0}, {"nothing", nil}, {"own", Dict{{"deep", []any{1}}}}})}
		for key, want := range map[string]any{"progress": true, "timeout": uint64(300), "procedure": "com.app", "no": false, "negative": nil,
			"float": nil, "nothing": nil, "own": nil, "absent": nil, "deep": nil} {
			wantBool, _ := want.(bool)
			wantUint, _ := want.(uint64)
			wantText, _ := want.(string)
			if b, n, s := m.DetailBool(key), m.DetailUint(key), m.DetailText(key); b != wantBool || n != wantUint || s != wantText {
				t.Errorf("%v %s: %v %v %q", f, key, b, n, s)
			}
		}
		got, err := m.DetailsDict() // R014
		want := dict{"progress": true, "no": false, "timeout": int64(300), "procedure": "com.app", "negative": int64(-1), "float": 2.0,
			"nothing": nil, "own": dict{"deep": []any{int64(1)}}}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%v: %v, %v", f, got, err)
		}
	}
	for _, m := range []Message{{}, {Details: codec.Raw{Format: codec.JSON, Data: []byte("{}")}}} {
		if got, err := m.DetailsDict(); got != nil || err != nil || m.DetailBool("a") || m.DetailText("a") != "" || m.DetailUint("a") != 0 {
			t.Errorf("%v, %v of empty Details", got, err)
		}
	}
	m := Message{Details: codec.Raw{Format: codec.JSON, Data: []byte(`{"a":`)}}
	if _, err := m.DetailsDict(); err == nil {
		t.Error("broken Details decoded")
	}
}

// The hot paths allocate nothing.
func TestAllocations(t *testing.T) {
	heads := []Message{{Type: MsgCall, Request: 7, URI: "com.app.proc"}, {Type: MsgYield, Request: 7}, {Type: MsgPublish, Request: 7, URI: "com.app.topic"}}
	for _, f := range formats {
		var m Message
		for _, d := range []Dict{nil, {{"x_cb_node", "n"}, {"x_list", []any{1, 2}}}, {{"progress", true}, {"caller", 4711}}} {
			for _, list := range [][]any{{50, 7, d, []any{1, "two"}}, {36, 7, 8, d, []any{1}, Dict{{"a", 2}}}, {68, 7, 8, d}} {
				frame := encode(t, f, list)
				if n := testing.AllocsPerRun(100, func() {
					if Parse(f, frame, &m) != nil || m.DetailUint("absent") != 0 {
						t.Fail()
					}
				}); n != 0 {
					t.Errorf("Parse of %v: %v allocations", caseName(f, list), n)
				}
			}
		}
		dst := make([]byte, 0, 200)
		for i := range heads {
			if n := testing.AllocsPerRun(100, func() {
				if _, err := AppendHead(dst, f, &heads[i], 1); err != nil {
					t.Fail()
				}
			}); n != 0 {
				t.Errorf("AppendHead of %v: %v allocations", caseName(f, heads[i].Type), n)
			}
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for _, f := range formats {
		for _, list := range [][]any{{50, 7, Dict{}, []any{1, "two"}}, {36, 7, 8, Dict{{"topic", "com.app.topic"}, {"publisher", 99}}, []any{}, Dict{{"a", 2}, {"b", "text"}}}} {
			frame := encode(b, f, list)
			b.Run(fmt.Sprintf("%v/%v", f, list[0]), func(b *testing.B) {
				var m Message
				for b.Loop() {
					if err := Parse(f, frame, &m); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkAppendHead(b *testing.B) {
	m := Message{Type: MsgCall, Request: 1 << 20, URI: "com.app.proc"}
	withOptions := m
	withOptions.Options = Dict{{"timeout", 300}, {"receive_progress", true}}
	dst := make([]byte, 0, 200)
	for _, f := range formats {
		for i, m := range []*Message{&m, &withOptions} {
			b.Run(fmt.Sprintf("%v/%d", f, i*2), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := AppendHead(dst, f, m, 1); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
