package core

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

// sample is one message type in its shortest and, where there is one, longest form. The lists are written out here, apart
// from the layouts of the code, from docs/requirements.md 1.2.
type sample struct {
	t         Type
	fixed     []any // every mandatory element
	optional  []any // what may follow, in order
	sends     bool  // a client sends it
	receives  bool
	revocable bool
}

type dict = map[string]any

var clientHello = dict{"roles": dict{"caller": dict{}}}
var routerHello = dict{"roles": dict{"broker": dict{}, "dealer": dict{"features": dict{"call_canceling": true}}}}
var samplePayload = []any{[]any{int64(1), "two"}, dict{"three": 3.5}}

var samples = []sample{
	{t: 1, fixed: []any{1, "realm1", clientHello}, sends: true},
	{t: 2, fixed: []any{2, 912913733, routerHello}, receives: true},
	{t: 3, fixed: []any{3, dict{}, "wamp.error.no_such_realm"}, optional: samplePayload, sends: true, receives: true},
	{t: 4, fixed: []any{4, "ticket", dict{}}, receives: true},
	{t: 5, fixed: []any{5, "secret", dict{}}, sends: true},
	{t: 6, fixed: []any{6, dict{}, "wamp.close.close_realm"}, sends: true, receives: true},
	{t: 8, fixed: []any{8, 48, 7, dict{}, "com.app.failed"}, optional: samplePayload, sends: true, receives: true},
	{t: 16, fixed: []any{16, 7, dict{}, "com.app.topic"}, optional: samplePayload, sends: true},
	{t: 17, fixed: []any{17, 7, 8}, receives: true},
	{t: 32, fixed: []any{32, 7, dict{}, "com.app.topic"}, sends: true},
	{t: 33, fixed: []any{33, 7, 8}, receives: true},
	{t: 34, fixed: []any{34, 7, 8}, optional: []any{dict{}}, sends: true},
	{t: 35, fixed: []any{35, 7}, optional: []any{dict{}}, receives: true, revocable: true},
	{t: 36, fixed: []any{36, 8, 9, dict{}}, optional: samplePayload, receives: true},
	{t: 48, fixed: []any{48, 7, dict{}, "com.app.proc"}, optional: samplePayload, sends: true},
	{t: 49, fixed: []any{49, 7, dict{"mode": "kill"}}, sends: true},
	{t: 50, fixed: []any{50, 7, dict{}}, optional: samplePayload, receives: true},
	{t: 64, fixed: []any{64, 7, dict{}, "com.app.proc"}, sends: true},
	{t: 65, fixed: []any{65, 7, 8}, receives: true},
	{t: 66, fixed: []any{66, 7, 8}, optional: []any{dict{}}, sends: true},
	{t: 67, fixed: []any{67, 7}, optional: []any{dict{}}, receives: true, revocable: true},
	{t: 68, fixed: []any{68, 7, 8, dict{}}, optional: samplePayload, receives: true},
	{t: 69, fixed: []any{69, 7, dict{}}, receives: true},
	{t: 70, fixed: []any{70, 7, dict{}}, optional: samplePayload, sends: true},
	{t: 337, fixed: []any{337, 9}, sends: true},
}

func (s sample) longest() []any { return slices.Concat(s.fixed, s.optional) }

// replaced returns the list with element i replaced.
func replaced(list []any, i int, v any) []any {
	list = slices.Clone(list)
	list[i] = v
	return list
}

// wantViolation checks that the list is refused in every format, and that the text names everything in names.
func wantViolation(t *testing.T, list any, names ...string) {
	t.Helper()
	for _, f := range formats {
		_, err := parseAny(t, f, list)
		if err == nil {
			t.Errorf("%v accepted, want a violation", caseName(f, list))
			continue
		}
		if !strings.HasPrefix(err.Error(), "wamp: protocol violation: ") {
			t.Errorf("%v: %q", caseName(f, list), err)
		}
		for _, n := range names {
			if !strings.Contains(err.Error(), n) {
				t.Errorf("%v: %q does not name %s", caseName(f, list), err, n)
			}
		}
	}
}

// wantMessage checks that the list is accepted in every format.
func wantMessage(t *testing.T, list any) {
	t.Helper()
	for _, f := range formats {
		if _, err := parseAny(t, f, list); err != nil {
			t.Errorf("%v: %v", caseName(f, list), err)
		}
	}
}

// The table has all 24 standard types and the directions of docs/requirements.md 1.2. // R049.
func TestTypes(t *testing.T) {
	if n := len(samples); n != 25 {
		t.Errorf("%d message types, want 24 and EVENT_RECEIVED", n)
	}
	known := map[Type]sample{}
	for _, s := range samples {
		known[s.t] = s
	}
	for code := range Type(1100) {
		s, want := known[code]
		sends, receives := Direction(code)
		if Known(code) != want || sends != s.sends || receives != s.receives {
			t.Errorf("%v: known %v, sends %v, receives %v", code, Known(code), sends, receives)
		}
		if anonymous := strings.HasPrefix(code.String(), "message "); anonymous == want {
			t.Errorf("type %d is called %q", uint64(code), code)
		}
	}
	if MsgUnregistered.String() != "UNREGISTERED" || Type(7).String() != "message 7" {
		t.Error(MsgUnregistered.String(), Type(7).String())
	}
}

// Every message is taken in each of its lengths and in no other. // R052, R103.
func TestF4_Arity(t *testing.T) {
	for _, s := range samples {
		all := s.longest()
		for n := len(s.fixed); n <= len(all); n++ {
			wantMessage(t, all[:n])
		}
		for n := 1; n < len(s.fixed); n++ {
			wantViolation(t, all[:n], s.t.String())
		}
		for _, surplus := range []any{nil, 1, "x", []any{}, dict{}} {
			wantViolation(t, append(slices.Clone(all), surplus), s.t.String())
		}
	}
}

// Every element is refused with a value of any other type; nothing is coerced. // R052, R054.
func TestF4_ElementTypes(t *testing.T) {
	values := []any{nil, true, false, 1, 1.0, 1.5, "x", "1", []byte("x"), []any{}, dict{}}
	for _, s := range samples {
		all := s.longest()
		for i, right := range all {
			for _, v := range values {
				nullable := i >= len(s.fixed) && len(s.optional) == 2 || s.t == MsgHello && i == 1
				if fmt.Sprintf("%T", v) == fmt.Sprintf("%T", right) || v == nil && nullable {
					continue
				}
				wantViolation(t, replaced(all, i, v))
			}
		}
	}
}

// The envelope must be a list that begins with an integer. // R046.
func TestF4_Envelope(t *testing.T) {
	for _, v := range []any{nil, true, 48, 1.5, "x", dict{}, dict{"48": 1}, []any{}, []byte{48}} {
		wantViolation(t, v, "message")
	}
	for _, code := range []any{nil, true, "48", 1.5, 48.0, -1, -48, []any{}, dict{}, []byte{48}} {
		wantViolation(t, []any{code, 1, dict{}, "com.app.proc"}, "message type")
	}
}

// Unknown codes are violations, those of the extension range among them. // R047, R048.
func TestF4_UnknownTypes(t *testing.T) {
	for _, code := range []uint64{0, 7, 9, 15, 18, 31, 37, 47, 51, 63, 71, 128, 255, 256, 336, 338, 1023, 1024, 1 << 53, 1 << 63, 1<<64 - 1} {
		for _, f := range formats {
			m, err := parseAny(t, f, []any{code, 1, dict{}})
			v, ok := err.(*Violation)
			if !ok {
				t.Fatalf("%v: %v", caseName(f, code), err)
			}
			if v.Type != Type(code) || m.Type != Type(code) {
				t.Errorf("%v: types %v and %v", caseName(f, code), v.Type, m.Type)
			}
		}
	}
}

// Ids of Appendix B at every place where a message has one. // R054, R071, R095.
func TestF4_Ids(t *testing.T) {
	bad := []any{0, -1, int64(MaxID + 1), uint64(1 << 63), 1.5, 1.0, float64(MaxID), "1", true, nil}
	places := 0
	for _, s := range samples {
		for i, v := range s.fixed {
			if _, isInt := v.(int); !isInt || i == 0 || s.t == 8 && i == 1 {
				continue
			}
			places++
			for _, id := range bad {
				wantViolation(t, replaced(s.fixed, i, id), s.t.String())
			}
			for _, id := range []any{1, int64(MaxID - 1), int64(MaxID)} {
				wantMessage(t, replaced(s.fixed, i, id))
			}
			for _, f := range formats {
				m, err := parseAny(t, f, replaced(s.fixed, i, int64(MaxID)))
				if err != nil || m.Request|m.ID|m.Publication < MaxID {
					t.Errorf("%v: id %d is %+v, %v", s.t, i, m, err)
				}
			}
		}
	}
	if places != 27 {
		t.Errorf("%d places for ids, want 27", places)
	}
}

// 0 is a request id only in a revocation, which needs its Details. // R054.
func TestF4_Revocation(t *testing.T) {
	for _, s := range samples {
		if !s.revocable {
			continue
		}
		wantViolation(t, []any{int(s.t), 0}, s.t.String(), "Details")
		wantMessage(t, []any{int(s.t), 0, dict{}})
		key := map[Type]string{MsgUnsubscribed: "subscription", MsgUnregistered: "registration"}[s.t]
		for _, f := range formats {
			m, err := parseAny(t, f, []any{int(s.t), 0, dict{key: 42, "reason": "com.app.gone"}})
			if err != nil || m.Request != 0 || m.DetailUint(key) != 42 || m.DetailText("reason") != "com.app.gone" {
				t.Errorf("%v: %+v, %v", caseName(f, s.t), m, err)
			}
		}
		wantViolation(t, []any{int(s.t), 0, dict{key: true}}, key) // the specification's "registration|bool" is a slip
		wantViolation(t, []any{int(s.t), 0, nil})
	}
}

// Bytes that are no document of the format. // R051, R094.
func TestF4_Undecodable(t *testing.T) {
	frames := map[codec.Format][]string{
		codec.JSON: {"", " ", "[", "]", "[50,7,{}", "[50,7,{}]]", "[50,7,{}] x", "[50,7,{},]", "[50 7,{}]", "[50,7,{},[1,]]", "[50,,7,{}]",
			"[50,7,{1:2}]", "[50,7,{\"a\"}]", "[50,7,{},[],{1:2}]", "[50,7,{\"a\":\"\xff\"}]", "[48,7,{},\"\xff\"]", "[48,7,{},\"\\ud800\"]",
			"[50,7,{},[nul]]", "[50,7,{},[\"\n\"]]", "\xef\xbb\xbf[50,7,{}]", "[050,7,{}]", "[50,7,{}]\x00"},
		codec.MessagePack: {"", "\x90", "\xc0", "\x80", "\x93\x32\x07", "\x93\x32\x07\x80\x80", "\xdd\xff\xff\xff\xff\x32", "\x93\x32\x07\xdf\xff\xff\xff\xff",
			"\x93\x32\x07\x81\x01\x02", "\x95\x32\x07\x80\x90\x81\x01\x02", "\x93\x32\x07\x81\xa1\x61\xa1\xff", "\x94\x30\x07\x80\xa1\xff", "\x94\x32\x07\x80\xc1",
			"\x94\x32\x07\x80\x91\xdb\xff\xff\xff\xff"},
		codec.CBOR: {"", "\x80", "\xf6", "\xa0", "\x83\x18\x32\x07", "\x83\x18\x32\x07\xa0\xa0", "\x9b\xff\xff\xff\xff\xff\xff\xff\xff\x18\x32",
			"\x83\x18\x32\x07\xbb\xff\xff\xff\xff\xff\xff\xff\xff", "\x83\x18\x32\x07\xa1\x01\x02", "\x85\x18\x32\x07\xa0\x80\xa1\x01\x02",
			"\x83\x18\x32\x07\xa1\x61\x61\x61\xff", "\x84\x18\x30\x07\xa0\x61\xff", "\x84\x18\x32\x07\xa0\xff", "\x9f\x18\x32\x07\xa0", "\x84\x18\x32\x07\xa0\x1c"},
	}
	for f, list := range frames {
		for _, frame := range list {
			var m Message
			if err := Parse(f, []byte(frame), &m); err == nil {
				t.Errorf("%v %q accepted", f, frame)
			}
		}
	}
	for _, f := range formats { // no frame that breaks off is a message
		whole := encode(t, f, samples[len(samples)-2].longest())
		for n := range whole {
			var m Message
			if err := Parse(f, whole[:n], &m); err == nil {
				t.Errorf("%v %q accepted", f, whole[:n])
			}
		}
	}
}

// Nesting beyond the limit is a violation, not a stack overflow. // R051.
func TestF4_Depth(t *testing.T) {
	opening := map[codec.Format]string{codec.JSON: "[", codec.MessagePack: "\x91", codec.CBOR: "\x81"}
	for _, f := range formats {
		frame := append(encode(t, f, []any{50, 7, dict{}, nil})[:0:0], encode(t, f, []any{50, 7, dict{}, nil})...)
		tail := len(encode(t, f, nil))
		if f == codec.JSON {
			tail++ // the bracket
		}
		frame = append(frame[:len(frame)-tail], strings.Repeat(opening[f], 1_000_000)...)
		var m Message
		if err := Parse(f, frame, &m); err == nil || len(err.Error()) > 200 {
			t.Errorf("%v: %v", f, err)
		}
	}
}

// What a client must tolerate: unknown keys, any received URI, null for a missing payload, vendor keys. // R014, R104, R080.
func TestTolerance(t *testing.T) {
	wantMessage(t, []any{50, 7, dict{"x_cb_node": 1, "resume-token": nil, "_own": dict{"a": []any{1.5, nil}}, "z": true}})
	wantMessage(t, []any{48, 7, dict{}, ""})
	wantMessage(t, []any{48, 7, dict{}, "not a.. URI #"})
	wantMessage(t, []any{2, 1, dict{"roles": dict{"dealer": dict{"features": dict{"a": nil, "b": 1}}, "other": 3}, "authextra": nil}})
	wantMessage(t, []any{4, "wamp-scram", dict{"memory": nil, "iterations": 4096, "channel_binding": nil}})
	for _, f := range formats {
		m, err := parseAny(t, f, []any{50, 7, dict{}, nil, nil})
		if err != nil || !m.Args.Absent() || !m.Kwargs.Absent() {
			t.Errorf("%v: null payload: %+v, %v", f, m, err)
		}
		m, err = parseAny(t, f, []any{50, 7, dict{}, nil, dict{"a": 1}})
		if err != nil || !m.Args.Absent() || m.Kwargs.Absent() {
			t.Errorf("%v: null Arguments: %+v, %v", f, m, err)
		}
	}
}

// The roles of HELLO and WELCOME must be there. // R004, R005, R010.
func TestRoles(t *testing.T) {
	for _, roles := range []any{nil, 1, dict{}, []any{"caller"}, dict{"dealer": 1}, dict{"dealer": nil}, dict{"caller": true}, dict{"other": dict{}}} {
		wantViolation(t, []any{1, "realm1", dict{"roles": roles}}, "HELLO.Details.roles")
		wantViolation(t, []any{2, 1, dict{"roles": roles}}, "WELCOME.Details.roles")
	}
	wantViolation(t, []any{1, "realm1", dict{}}, "HELLO.Details.roles")
	wantViolation(t, []any{2, 1, dict{"agent": "x"}}, "WELCOME.Details.roles")
	wantViolation(t, []any{2, 1, clientHello}, "WELCOME.Details.roles")
	wantViolation(t, []any{1, "realm1", routerHello}, "HELLO.Details.roles")
}

// A violation names what is wrong and never shows content.
func TestViolation_NoContent(t *testing.T) {
	const secret = "S3CRET"
	lists := []any{
		secret, []any{secret}, []any{5, []any{secret}, dict{}}, []any{5, secret}, []any{48, 7, dict{}, "p", secret},
		[]any{48, 7, dict{"timeout": secret}, "p"}, []any{32, 7, dict{"match": secret}, "p"}, []any{48, 7, dict{}, "p", []any{}, dict{}, secret},
		[]any{36, 1, 2, dict{"forward_for": []any{dict{secret: secret}}}}, []any{50, 7, dict{}, []byte(secret)}, []any{50, secret, dict{}},
	}
	for _, list := range lists {
		for _, f := range formats {
			_, err := parseAny(t, f, list)
			if err == nil || strings.Contains(err.Error(), secret) {
				t.Errorf("%v: %v", caseName(f, list), err)
			}
		}
	}
}

// A Message can be used again and again: nothing is left of the one before.
func TestParse_Reuse(t *testing.T) {
	for _, f := range formats {
		var m Message
		for _, s := range samples {
			if err := Parse(f, encode(t, f, s.longest()), &m); err != nil {
				t.Fatal(err)
			}
			var fresh Message
			if err := Parse(f, encode(t, f, s.longest()), &fresh); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(m) != fmt.Sprint(fresh) {
				t.Errorf("%v: %+v, want %+v", caseName(f, s.t), m, fresh)
			}
		}
	}
}
