package codec_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

// item is a type as the generator makes it, to decode hostile bytes into.
type item struct {
	name string
	tags []string
	sub  *item
}

func (v *item) read(d *codec.Decoder) {
	s := d.Map()
	for d.Next(&s) {
		switch string(d.Key()) {
		case "name":
			v.name = d.Text()
		case "tags":
			l := d.List()
			v.tags = make([]string, 0, l.Cap())
			for d.Next(&l) {
				v.tags = append(v.tags, d.Text())
			}
		case "sub":
			if !d.Null() {
				v.sub = new(item)
				v.sub.read(d)
			}
		default:
			d.Skip()
		}
	}
}

// readers are all the ways in which bytes from a peer are read.
var readers = map[string]func(r codec.Raw) error{
	"WellFormed": func(r codec.Raw) error { return codec.WellFormed(r.Format, r.Data) },
	"Raw":        func(r codec.Raw) error { return decode(r, "", func(d *codec.Decoder) { d.Raw() }) },
	"Skip":       func(r codec.Raw) error { return decode(r, "", (*codec.Decoder).Skip) },
	"Any":        func(r codec.Raw) error { _, err := r.Any(); return err },
	"Lookup": func(r codec.Raw) error {
		if r.Lookup("name").Absent() {
			return fmt.Errorf("absent")
		}
		return nil
	},
	"struct": func(r codec.Raw) error { return decode(r, "", new(item).read) },
	"list of struct": func(r codec.Raw) error {
		return decode(r, "", func(d *codec.Decoder) {
			s := d.List()
			list := make([]item, 0, s.Cap())
			for d.Next(&s) {
				list = append(list, item{})
				list[len(list)-1].read(d)
			}
		})
	},
	"text":   func(r codec.Raw) error { return decode(r, "", func(d *codec.Decoder) { d.Text() }) },
	"binary": func(r codec.Raw) error { return decode(r, "", func(d *codec.Decoder) { d.Binary() }) },
	"time":   func(r codec.Raw) error { return decode(r, "", func(d *codec.Decoder) { d.Time() }) },
}

// allocated returns how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestF2_LengthBombs announces what is not there: at top level, inside args,
// inside a known and inside an unknown field.
func TestF2_LengthBombs(t *testing.T) {
	bombs := map[codec.Format][]string{
		codec.MessagePack: {"dd7fffffff", "ddffffffff", "df7fffffff", "dfffffffff", "c67fffffff", "c6ffffffff", "db7fffffff",
			"dbffffffff", "c97fffffffff", "c9ffffffffff", "dcffff", "deffff", "daffff", "c5ffff", "c8ffffff", "9f", "8f", "bf", "d8ff"},
		codec.CBOR: {"9a7fffffff", "9affffffff", "ba7fffffff", "baffffffff", "5a7fffffff", "5affffffff", "7a7fffffff", "7affffffff",
			"9b7fffffffffffffff", "9bffffffffffffffff", "bb7fffffffffffffff", "bbffffffffffffffff", "bb8000000000000000",
			"5b7fffffffffffffff", "5bffffffffffffffff", "7b7fffffffffffffff", "7bffffffffffffffff",
			"9f", "bf", "5f", "7f", "5f5f", "7f7f", "5f5bffffffffffffffff", "7f7bffffffffffffffff", "bf6161", "bf6161ff", "c1", "d8", "c19bffffffffffffffff"},
		codec.JSON: {`[`, `{`, `"`, `"\`, `"\u`, `{"a"`, `{"a":`, `[1,`, `[[[[`, `"\u0000`},
	}
	around := map[codec.Format][]string{
		codec.MessagePack: {"%s", "9201%s", "82a161 01 a161 %s", "81 a4 6e616d65 %s", "81a474616773%s", "81a474616773 91 %s", "81a3737562%s", "91 81a3737562%s"},
		codec.CBOR:        {"%s", "8201%s", "a26161 01 6161 %s", "a1 64 6e616d65 %s", "a16474616773%s", "a16474616773 81 %s", "a163737562%s", "9f bf63737562%s"},
		codec.JSON:        {"%s", "[1,%s", `{"a":1,"b":%s`, `{"name":%s`, `{"tags":%s`, `{"tags":[%s`, `{"sub":%s`, `[{"sub":%s`},
	}
	each(t, func(t *testing.T, f codec.Format) {
		for _, bomb := range bombs[f] {
			for _, frame := range around[f] {
				r := doc(t, f, fmt.Sprintf(frame, bomb))
				for name, read := range readers {
					var err error
					if n := allocated(func() { err = read(r) }); n > 64<<10 {
						t.Errorf("%s of %s in %s allocates %d bytes", name, bomb, frame, n)
					}
					if err == nil {
						t.Errorf("%s of %s in %s: no error", name, bomb, frame)
					}
				}
			}
		}
	})
}

// TestCap believes a count as far as the bytes go, and to 1024.
func TestCap(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		for n, want := range map[int]int{0: 0, 3: 3, 1024: 1024, 5000: 1024} {
			r := encode(t, f, func(e *codec.Encoder) {
				e.List(1)
				ints(e, n)
				e.EndList()
			})
			if f == codec.JSON {
				want = min(n, 4)
			}
			err := decode(r, "", func(d *codec.Decoder) {
				outer := d.List()
				d.Next(&outer)
				s := d.List()
				if s.Cap() != want {
					t.Errorf("%d elements: room for %d, want %d", n, s.Cap(), want)
				}
				for d.Next(&s) {
					d.Skip()
				}
				d.Next(&outer)
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
}

// TestF2_HonestHeaders has the announced counts true but for the last element,
// so that a reader that believes the count has room for a megabyte.
func TestF2_HonestHeaders(t *testing.T) {
	body := bytes.Repeat([]byte{0xa0}, 1<<16-2) // empty texts in MessagePack
	r := codec.Raw{Format: codec.MessagePack, Data: append([]byte{0x81, 0xa4, 't', 'a', 'g', 's', 0xdc, 0xff, 0xff}, body...)}
	for name, read := range readers {
		var err error
		n := allocated(func() { err = read(r) })
		if limit := uint64(16*len(r.Data) + 64<<10); n > limit {
			t.Errorf("%s allocates %d bytes, more than %d", name, n, limit)
		}
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestF3_DepthBombs nests lists, maps and tags from one level too many to 16 Mi.
func TestF3_DepthBombs(t *testing.T) {
	type shape struct{ open, core, end string }
	shapes := map[codec.Format][]shape{
		codec.JSON:        {{"[", "1", "]"}, {`{"a":`, "1", "}"}, {`{"sub":`, "{}", "}"}, {"[[],", "1", "]"}},
		codec.MessagePack: {{"\x91", "\x01", ""}, {"\x81\xa1a", "\x01", ""}, {"\x81\xa3sub", "\x80", ""}, {"\x92\x90", "\x01", ""}},
		codec.CBOR: {{"\x81", "\x01", ""}, {"\xa1\x61a", "\x01", ""}, {"\xa1\x63sub", "\xa0", ""}, {"\x9f", "\x01", "\xff"},
			{"\xbf\x61a", "\x01", "\xff"}, {"\xc2", "\x41\x01", ""}, {"\x81\xc2", "\x01", ""}},
	}
	prefix := map[codec.Format]string{codec.JSON: `{"unknown":`, codec.MessagePack: "\x81\xa7unknown", codec.CBOR: "\xa1\x67unknown"}
	sizes := []int{codec.MaxDepth + 2, 1 << 10, 1 << 20}
	if !testing.Short() {
		sizes = append(sizes, 16<<20)
	}
	each(t, func(t *testing.T, f codec.Format) {
		for _, s := range shapes[f] {
			for _, n := range sizes {
				if n*len(s.open) > 32<<20 {
					n = 16 << 20 / len(s.open)
				}
				bomb := strings.Repeat(s.open, n) + s.core + strings.Repeat(s.end, n)
				for _, data := range []string{bomb, prefix[f] + bomb} {
					r := codec.Raw{Format: f, Data: []byte(data)}
					for name, read := range readers {
						var err error
						if m := allocated(func() { err = read(r) }); m > 64<<10 {
							t.Errorf("%s of %d %q allocates %d bytes", name, n, s.open, m)
						}
						if err == nil {
							t.Errorf("%s of %d %q: no error", name, n, s.open)
						}
					}
				}
			}
		}
	})
}

// TestF3_DeepestAllowed nests exactly as deep as allowed, and once more.
func TestF3_DeepestAllowed(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		build := func(e *codec.Encoder, n int) {
			for i := range n {
				if i%2 == 0 {
					e.List(1)
				} else {
					e.Map(1)
					e.Key("k")
				}
			}
			e.Int(1)
			for i := n - 1; i >= 0; i-- {
				if i%2 == 0 {
					e.EndList()
				} else {
					e.EndMap()
				}
			}
		}
		r := encode(t, f, func(e *codec.Encoder) { build(e, codec.MaxDepth) })
		for _, name := range []string{"WellFormed", "Raw", "Skip", "Any"} {
			if err := readers[name](r); err != nil {
				t.Errorf("%s of %d levels: %v", name, codec.MaxDepth, err)
			}
		}
		var e codec.Encoder
		e.Reset(f, nil)
		build(&e, codec.MaxDepth+1)
		if e.Err() == nil {
			t.Errorf("%d levels are written", codec.MaxDepth+1)
		}
	})
}

// TestF3_WideIsNotDeep has many lists beside each other.
func TestF3_WideIsNotDeep(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		r := encode(t, f, func(e *codec.Encoder) {
			e.List(1000)
			for range 1000 {
				e.Map(1)
				e.Key("a")
				e.List(0)
				e.EndList()
				e.EndMap()
			}
			e.EndList()
		})
		for _, name := range []string{"WellFormed", "Raw", "Any", "list of struct"} {
			if err := readers[name](r); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestMalformed has documents that are none. // R094.
func TestMalformed(t *testing.T) {
	bad := map[codec.Format][]string{
		codec.JSON: {``, ` `, `]`, `}`, `,`, `[1,]`, `[,1]`, `[1 2]`, `[1}`, `{"a":1]`, `{"a":1,}`, `{,}`, `{a:1}`, `{1:2}`, `{"a" 1}`, `{"a":}`,
			`{[]:1}`, `tru`, `trux`, `nul`, `nulll`, `01`, `-`, `-a`, `+1`, `.5`, `1.`, `1.e1`, `1e`, `1e+`, `0x1`, `NaN`, `Infinity`, `'a'`,
			`"\x"`, `"\u12"`, `"\u12g4"`, "\"\n\"", "\"\x00\"", "\"\x1f\"", `"a`, `1 2`, `[] []`, "\ufeff1", `[1]x`, "/**/1"},
		codec.MessagePack: {"", "c1", "91", "9201", "81", "81a161", "8190 01", "8180 01", "a1", "d9", "d901", "cc", "cd00", "ce000000", "cf00000000000000",
			"ca000000", "cb00", "c4", "c401", "c7", "c701", "c70101", "d4", "d401", "0101"},
		codec.CBOR: {"", "18", "1900", "1a000000", "1b00000000000000", "1c", "1d", "1e", "1f", "3f", "41", "5c", "61", "81", "8201", "a1", "a16161",
			"a1 80 01", "a1 a0 01", "df", "ff", "f8", "f800", "f81f", "f814", "f9", "f900", "fa000000", "fb00", "fc", "9f01", "bf6161ff", "5f01ff", "5f1cff", "5f6161ff",
			"7f4161ff", "7f7f6161ffff", "0101", "c1", "9fff ff"},
	}
	each(t, func(t *testing.T, f codec.Format) {
		for _, literal := range bad[f] {
			r := doc(t, f, literal)
			for _, name := range []string{"WellFormed", "Raw", "Skip"} {
				if readers[name](r) == nil {
					t.Errorf("%s accepts %s", name, literal)
				}
			}
			if !r.Absent() && readers["Any"](r) == nil {
				t.Errorf("Any accepts %s", literal)
			}
		}
	})
}

// TestPartMovesOverWhatIsTooDeep finds the end of a value of any depth, and
// refuses one that has none.
func TestPartMovesOverWhatIsTooDeep(t *testing.T) {
	for f, levels := range map[codec.Format][][2]string{
		codec.JSON:        {{"[", "]"}, {`{"k":`, "}"}, {"[1,", `,"a]"]`}},
		codec.MessagePack: {{"\x91", ""}, {"\x81\xa1k", ""}, {"\x93\x01", "\x02"}, {"\x82\xa1k\x01\xa1l", ""}},
		codec.CBOR: {{"\x81", ""}, {"\xa1\x61k", ""}, {"\x83\x01", "\x02"}, {"\x9f", "\xff"}, {"\xbf\x61k", "\xff"}, {"\x82\x9f", "\xff\x01"},
			{"\x9f\x01\x9f", "\xff\x02\xff"}, {"\x9f\x82\x9f\x01", "\xff\x02\xff"}},
	} {
		zero := map[codec.Format]string{codec.JSON: "0", codec.MessagePack: "\x00", codec.CBOR: "\x00"}[f]
		for _, level := range levels {
			for _, n := range []int{1, 30, 65, 1000} {
				deep := strings.Repeat(level[0], n) + zero + strings.Repeat(level[1], n)
				open, next := map[codec.Format]string{codec.JSON: "[", codec.MessagePack: "\x92", codec.CBOR: "\x82"}[f], map[codec.Format]string{codec.JSON: ",7]"}[f]
				if f != codec.JSON {
					next = "\x07"
				}
				var d codec.Decoder
				d.Start(codec.Raw{Format: f, Data: []byte(open + deep + next)}, "")
				s := d.List()
				d.Next(&s)
				part, shallow := d.Part()
				if (string(part.Data) == deep) != shallow || shallow != (codec.WellFormed(f, []byte(open+deep+next)) == nil) {
					t.Errorf("%v %q %d times: %d bytes, %v", f, level, n, len(part.Data), shallow)
				}
				if !d.Next(&s) || d.Int(64) != 7 || d.Next(&s) || d.Err() != nil {
					t.Errorf("%v %q %d times: what follows is lost: %v", f, level, n, d.Err())
				}
				d = codec.Decoder{}
				d.Start(codec.Raw{Format: f, Data: []byte(strings.Repeat(level[0], 100))}, "")
				if _, _ = d.Part(); d.Err() == nil {
					t.Errorf("%v %q without an end is accepted", f, level)
				}
			}
		}
	}
}
