package fault

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// places are where a value may stand: what precedes it in RESULT for call 1
// and what follows.
var places = map[codec.Format][]struct{ name, before, after string }{
	codec.JSON: {
		{"top level", "", ""}, {"args", "[50,1,{},", "]"}, {"inside args", "[50,1,{},[", "]]"},
		{"kwargs", "[50,1,{},[],", "]"}, {"inside kwargs", `[50,1,{},[],{"k":`, "}]"},
		{"unknown detail", `[50,1,{"x":`, "}]"}, {"known detail", `[50,1,{"progress":`, "}]"}, {"surplus element", "[50,1,{},[],{},", "]"},
	},
	codec.MessagePack: {
		{"top level", "", ""}, {"args", "\x94\x32\x01\x80", ""}, {"inside args", "\x94\x32\x01\x80\x91", ""},
		{"kwargs", "\x95\x32\x01\x80\x90", ""}, {"inside kwargs", "\x95\x32\x01\x80\x90\x81\xa1k", ""},
		{"unknown detail", "\x93\x32\x01\x81\xa1x", ""}, {"known detail", "\x93\x32\x01\x81\xa8progress", ""}, {"surplus element", "\x96\x32\x01\x80\x90\x80", ""},
	},
	codec.CBOR: {
		{"top level", "", ""}, {"args", "\x84\x18\x32\x01\xa0", ""}, {"inside args", "\x84\x18\x32\x01\xa0\x81", ""},
		{"kwargs", "\x85\x18\x32\x01\xa0\x80", ""}, {"inside kwargs", "\x85\x18\x32\x01\xa0\x80\xa1\x61k", ""},
		{"unknown detail", "\x83\x18\x32\x01\xa1\x61x", ""}, {"known detail", "\x83\x18\x32\x01\xa1\x68progress", ""}, {"surplus element", "\x86\x18\x32\x01\xa0\x80\xa0", ""},
	},
}

// lengths are headers that announce far more than there is.
var lengths = map[codec.Format][]string{
	codec.JSON: {`"`, "[", "{", `{"k"`, `"\u`, "[1,"}, // no lengths in JSON: values without an end
	codec.MessagePack: {
		"\xdd\x7f\xff\xff\xff", "\xdd\xff\xff\xff\xff", "\xdf\x7f\xff\xff\xff", "\xdf\xff\xff\xff\xff",
		"\xc6\x7f\xff\xff\xff", "\xc6\xff\xff\xff\xff", "\xdb\x7f\xff\xff\xff", "\xdb\xff\xff\xff\xff",
		"\xc9\x7f\xff\xff\xff\x01", "\xc9\xff\xff\xff\xff\x01", "\xdc\xff\xff", "\xde\xff\xff", "\xda\xff\xff",
	},
	codec.CBOR: {
		"\x9a\x7f\xff\xff\xff", "\x9a\xff\xff\xff\xff", "\xba\x7f\xff\xff\xff", "\xba\xff\xff\xff\xff",
		"\x5a\x7f\xff\xff\xff", "\x5a\xff\xff\xff\xff", "\x7a\x7f\xff\xff\xff", "\x7a\xff\xff\xff\xff",
		"\x9b\x00\x00\x00\x00\x7f\xff\xff\xff", "\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
		"\xbb\x00\x00\x00\x00\x7f\xff\xff\xff", "\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
		"\x5b\x00\x00\x00\x00\x7f\xff\xff\xff", "\x5b\xff\xff\xff\xff\xff\xff\xff\xff",
		"\x7b\x00\x00\x00\x00\x7f\xff\xff\xff", "\x7b\xff\xff\xff\xff\xff\xff\xff\xff", "\xc0\x7b\x7f\xff\xff\xff\xff\xff\xff\xff",
		"\x9f", "\xbf", "\x5f", "\x7f", "\x9f\x01", "\xbf\x61k\x01", "\x5f\x41x", "\x7f\x61x",
	},
}

// bound is what refusing a frame may allocate.
const bound = 64 << 10

// refused checks that a frame of the format is refused within the bound.
func refused(t *testing.T, f codec.Format, bad faultFrame) {
	t.Helper()
	var before, after runtime.MemStats
	var m core.Message
	synctest.Wait() // nobody else allocates
	runtime.ReadMemStats(&before)
	err := core.Parse(f, bad.data, &m)
	runtime.ReadMemStats(&after)
	var v *core.Violation
	if n := after.TotalAlloc - before.TotalAlloc; !errors.As(err, &v) || n > bound {
		t.Errorf("%s: %v, %d bytes allocated", bad.name, err, n)
	}
}

// F2: lengths without the bytes. Each is refused before memory is taken for it,
// the session is aborted and comes again.
func TestF2_LengthBombs(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for _, place := range places[s.Format] {
			for _, bomb := range lengths[s.Format] {
				bad := faultFrame{fmt.Sprintf("%s: %x", place.name, bomb), []byte(place.before + bomb)}
				refused(s.T, s.Format, bad)
				p = violate(s, c, p, bad)
			}
		}
		s.Works(c, p)
	})
}

// nesting returns what opens one level of a list or a dict, and what may be
// at the bottom.
var nesting = map[codec.Format][][2]string{
	codec.JSON:        {{"[", "]"}, {`{"k":`, "}"}},
	codec.MessagePack: {{"\x91", ""}, {"\x81\xa1k", ""}},
	codec.CBOR:        {{"\x81", ""}, {"\xa1\x61k", ""}, {"\x9f", "\xff"}, {"\xc6", ""}}, // also indefinite, also tags
}

// F3: nesting from 1 000 to as many levels as fit into 16 MiB, closed or not, in
// every place. Refused at depth 64; the process lives. A payload that is only too
// deep costs its call and not the session: it is the work of a peer.
func TestF3_DepthBombs(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithReadLimit(16 << 20))
		for i, place := range places[s.Format] {
			for _, level := range nesting[s.Format] {
				p = violate(s, c, p, deep(s.T, s.Format, place.name, place.before, place.after, level, 64<<10, false))
				closed := deep(s.T, s.Format, place.name, place.before, place.after, level, 1<<10, true)
				if ofPeer(s, i, level[0]) {
					failsCall(s, c, p, closed)
				} else {
					p = violate(s, c, p, closed)
				}
			}
		}
		place := places[s.Format][5] // skipped fields killed others
		for _, level := range nesting[s.Format] {
			p = violate(s, c, p, deep(s.T, s.Format, place.name, place.before, place.after, level, 16<<20-64, false))
		}
		s.Works(c, p)
	})
}

// ofPeer reports whether a peer can put such a value into the place with index i:
// a list for Arguments, a dict for ArgumentsKw, anything inside them. Chains of
// tags are no nesting.
func ofPeer(s *stage.Stage, i int, opening string) bool {
	dict := strings.HasPrefix(opening, "{") || strings.HasPrefix(opening, "\x81\xa1") || strings.HasPrefix(opening, "\xa1")
	return opening != "\xc6" && (i == 2 || i == 4 || i == 1 && !dict || i == 3 && dict)
}

// failsCall sends a result that cannot be read: the call fails, the session goes on.
func failsCall(s *stage.Stage, c *wamp.Client, p *wamptest.Peer, bad faultFrame) {
	s.T.Helper()
	calls := stage.Calls(s, c, 1)
	id := p.Expect(wamptest.Call).ID(1)
	at := bytes.Index(bad.data, []byte{byte(wamptest.Result), 1})
	if s.Format == codec.JSON {
		at = len("[50,1,") - 3
		bad.data = append(fmt.Appendf(nil, "[50,%d", id), bad.data[at+2:]...)
	} else if id > 127 {
		s.T.Fatalf("%s: id %d does not fit", bad.name, id)
	} else {
		bad.data[at+1] = byte(id)
	}
	p.SendRaw(bad.data)
	if err := <-calls; err == nil || errors.Is(err, wamp.ErrLost) {
		s.T.Errorf("%s: the call got %v", bad.name, err)
	}
	s.Works(c, p)
}

// deep is one depth bomb of about so many bytes.
func deep(t *testing.T, f codec.Format, name, before, after string, level [2]string, size int, closed bool) faultFrame {
	n := size / len(level[0]+level[1])
	frame := append([]byte(before), bytes.Repeat([]byte(level[0]), n)...)
	if closed {
		frame = append(frame, '0') // a number in every format
		frame = append(append(frame, bytes.Repeat([]byte(level[1]), n)...), after...)
	}
	bad := faultFrame{fmt.Sprintf("%s: %d levels of %x", name, n, level[0]), frame}
	if !closed {
		refused(t, f, bad)
	}
	return bad
}

// F3, the other side of the limit: what is just deep enough arrives whole.
func TestF3_DepthAllowed(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		c, p := s.Connect()
		done := make(chan wamp.Payload, 1)
		go func() {
			out, err := c.Call(s.T.Context(), "com.example.deep", nil, nil)
			if err != nil {
				s.T.Error(err)
			}
			done <- out
		}()
		var deep any = "bottom"
		for range codec.MaxDepth - 3 { // the message, its args and the value
			deep = []any{deep}
		}
		p.Send(wamptest.Message{wamptest.Result, p.Expect(wamptest.Call).ID(1), map[string]any{}, []any{deep}})
		if out := <-done; fmt.Sprint(out.Args[0]) != fmt.Sprint(deep) {
			s.T.Errorf("got %v", out.Args)
		}
		s.Works(c, p)
	})
}

// A frame that is well-formed and large costs what it is worth: many small
// values in a payload nobody decodes are not decoded.
func TestF2_PayloadIsNotDecodedByTheReader(t *testing.T) {
	for f := range places {
		t.Run(f.String(), func(t *testing.T) {
			items := make([]any, 200_000)
			for i := range items {
				items[i] = i % 10
			}
			frame, err := wamptest.Message{wamptest.Result, 1, map[string]any{"x": items}, items}.Encode(f)
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			var m core.Message
			runtime.ReadMemStats(&before)
			err = core.Parse(f, frame, &m)
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc; err != nil || n > bound {
				t.Errorf("%v, %d bytes allocated", err, n)
			}
		})
	}
}
