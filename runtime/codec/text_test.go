package codec_test

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
)

// TestF9_InvalidText refuses what is not Unicode when it is read as text, as
// value and as key; Raw and Skip leave that to the one who reads.
func TestF9_InvalidText(t *testing.T) {
	bad := map[codec.Format][]string{
		codec.JSON: {"\"\xff\"", "\"\xc3\"", "\"a\xed\xa0\x80\"", "\"\xc0\x80\"", "\"\xf4\x90\x80\x80\"",
			`"\ud800"`, `"\udc00"`, `"\ud800a"`, `"\ud800\n"`, `"\ud800\u0041"`, `"\ud800\ud800"`, `"\udc00\ud800"`},
		codec.MessagePack: {"a1ff", "a1c3", "a3eda080", "d902c080"},
		codec.CBOR:        {"61ff", "61c3", "63eda080", "62c080", "7f 61c3 61a4 ff", "7f61ffff"},
	}
	each(t, func(t *testing.T, f codec.Format) {
		for _, literal := range bad[f] {
			r := doc(t, f, literal)
			wantError(t, codec.WellFormed(f, r.Data), "want string, got invalid Unicode")
			_, err := r.Any()
			wantError(t, err, "want string, got invalid Unicode")
			wantError(t, decode(r, "", func(d *codec.Decoder) { d.Text() }), "want string, got invalid Unicode")
			for _, name := range []string{"Raw", "Skip"} {
				if err := readers[name](r); err != nil {
					t.Errorf("%s of %s: %v", name, literal, err)
				}
			}
			head, tail := map[codec.Format]string{codec.JSON: "{", codec.MessagePack: "\x81", codec.CBOR: "\xa1"}[f], "\x01"
			if f == codec.JSON {
				tail = ":1}"
			}
			key := codec.Raw{Format: f, Data: []byte(head + string(r.Data) + tail)}
			if codec.WellFormed(f, key.Data) == nil {
				t.Errorf("%s is well-formed as key", literal)
			}
			wantError(t, decode(key, "", func(d *codec.Decoder) {
				s := d.Map()
				d.Next(&s)
				d.Key()
			}), "want a string as key, got invalid Unicode")
		}
	})
}

// TestF9_TextToSend refuses text that a peer would read as something else. // R093.
func TestF9_TextToSend(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		for _, s := range []string{"\xff", "a\xc3", "\xed\xa0\x80"} {
			for name, put := range map[string]func(*codec.Encoder){
				"Text": func(e *codec.Encoder) { e.Text(s) },
				"Key":  func(e *codec.Encoder) { e.Map(1); e.Key(s) },
				"Any":  func(e *codec.Encoder) { e.Any(map[string]any{s: 1}) },
			} {
				var e codec.Encoder
				e.Reset(f, nil)
				put(&e)
				if e.Err() == nil {
					t.Errorf("%s writes %q", name, s)
				}
			}
		}
	})
	var e codec.Encoder
	e.Reset(codec.JSON, nil)
	e.Text("\x00secret")
	wantError(t, e.Err(), "args: want string, got a string that begins with NUL, which means binary in JSON")
}

// TestF9_NotAFloatInJSON has no spelling there; the other formats carry them.
func TestF9_NotAFloatInJSON(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		var e codec.Encoder
		e.Reset(codec.JSON, nil)
		e.List(1)
		e.Float64(v)
		wantError(t, e.Err(), "args[0]: want a finite float in JSON, got NaN or infinity")
		for _, f := range formats[1:] {
			r := encode(t, f, func(e *codec.Encoder) { e.List(2); e.Float64(v); e.Float32(float32(v)); e.EndList() })
			err := decode(r, "", func(d *codec.Decoder) {
				s := d.List()
				d.Next(&s)
				if got := d.Float64(); got != v && !math.IsNaN(v) {
					t.Errorf("%v became %v", v, got)
				}
				d.Next(&s)
				if got := d.Float32(); float64(got) != v && !math.IsNaN(v) {
					t.Errorf("%v became %v", v, got)
				}
				d.Next(&s)
			})
			if err != nil {
				t.Error(err)
			}
		}
	}
}

// TestF9_DuplicateKeys has the last one win everywhere.
func TestF9_DuplicateKeys(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		r := encode(t, f, func(e *codec.Encoder) {
			e.Map(3)
			for _, v := range []string{"first", "second", "last"} {
				e.Key("name")
				e.Text(v)
			}
			e.EndMap()
		})
		var v item
		if err := decode(r, "", v.read); err != nil || v.name != "last" {
			t.Errorf("typed: %q, %v", v.name, err)
		}
		if got, err := r.Any(); err != nil || !reflect.DeepEqual(got, map[string]any{"name": "last"}) {
			t.Errorf("Any: %v, %v", got, err)
		}
		if got, err := r.Lookup("name").Any(); err != nil || got != "last" {
			t.Errorf("Lookup: %v, %v", got, err)
		}
	})
}

// TestF9_Integers has the corners of every width: exact, or refused, never wrapped.
func TestF9_Integers(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		for _, bits := range []int{8, 16, 32, 64} {
			top := int64(1)<<(bits-1) - 1
			for v, ok := range map[int64]bool{top: true, ^top: true, top + 1: bits == 64, ^top - 1: bits == 64} {
				r := encode(t, f, func(e *codec.Encoder) { e.Int(v) })
				err := decode(r, "", func(d *codec.Decoder) {
					if got := d.Int(bits); got != v && d.Err() == nil {
						t.Errorf("int%d: %d became %d", bits, v, got)
					}
				})
				if (err == nil) != ok {
					t.Errorf("int%d of %d: %v", bits, v, err)
				}
			}
			highest := uint64(math.MaxUint64) >> (64 - bits)
			for v, ok := range map[uint64]bool{0: true, highest: true, highest + 1: bits == 64} { // 2^64 is 0
				r := encode(t, f, func(e *codec.Encoder) { e.Uint(v) })
				err := decode(r, "", func(d *codec.Decoder) {
					if got := d.Uint(bits); got != v && d.Err() == nil {
						t.Errorf("uint%d: %d became %d", bits, v, got)
					}
				})
				if (err == nil) != ok {
					t.Errorf("uint%d of %d: %v", bits, v, err)
				}
			}
		}
		negative := encode(t, f, func(e *codec.Encoder) { e.Int(-1) })
		wantError(t, decode(negative, "", func(d *codec.Decoder) { d.Uint(64) }), "want uint, got int out of range")
		big := encode(t, f, func(e *codec.Encoder) { e.Uint(math.MaxUint64) })
		wantError(t, decode(big, "", func(d *codec.Decoder) { d.Int(64) }), "want int, got int out of range")
		for _, v := range []float64{1.5, math.MaxFloat64, 1 << 63, -1 << 64} {
			r := encode(t, f, func(e *codec.Encoder) { e.Float64(v) })
			if decode(r, "", func(d *codec.Decoder) { d.Int(64) }) == nil {
				t.Errorf("%v is an int", v)
			}
		}
		for _, v := range []float64{1.5, -1, 1 << 64} {
			r := encode(t, f, func(e *codec.Encoder) { e.Float64(v) })
			if decode(r, "", func(d *codec.Decoder) { d.Uint(64) }) == nil {
				t.Errorf("%v is a uint", v)
			}
		}
		if f != codec.JSON {
			r := encode(t, f, func(e *codec.Encoder) { e.Float64(math.NaN()) })
			wantError(t, decode(r, "", func(d *codec.Decoder) { d.Int(64) }), "want int, got float")
		}
	})
}

// TestJSONBinary has base64 that is none. // R091 R093.
func TestJSONBinary(t *testing.T) {
	for _, literal := range []string{`"\u0000!"`, `"\u0000A"`, `"\u0000AA"`, `"\u0000AA=A"`, `"\u0000AAAA="`, `"\u0000\ud800"`} {
		r := doc(t, codec.JSON, literal)
		wantError(t, decode(r, "", func(d *codec.Decoder) { d.Binary() }), "want bytes, got invalid base64")
		_, err := r.Any()
		wantError(t, err, "want bytes, got invalid base64")
	}
	wantError(t, decode(doc(t, codec.JSON, `"\u0000AA=="`), "", func(d *codec.Decoder) { d.Text() }), "want string, got bytes")
	wantError(t, decode(doc(t, codec.JSON, `"AA=="`), "", func(d *codec.Decoder) { d.Binary() }), "want bytes, got string")
}

// TestKeysMustBeText refuses other keys where they are read. // R094.
func TestKeysMustBeText(t *testing.T) {
	for f, literal := range map[codec.Format]string{codec.MessagePack: "81 01 02", codec.CBOR: "a1 01 02"} {
		r := doc(t, f, literal)
		_, err := r.Any()
		wantError(t, err, "want a string as key, got int")
		wantError(t, decode(r, "kwargs", new(item).read), "kwargs: want a string as key, got int")
		if err := codec.WellFormed(f, r.Data); err != nil {
			t.Errorf("%v: a payload that someone else may want is refused: %v", f, err)
		}
	}
}

// A time may have an offset without a colon, as nexus and strftime write it.
func TestTime_OffsetWithoutColon(t *testing.T) {
	for text, want := range map[string]string{
		"2026-08-22T15:04:05+0545":     "2026-08-22T15:04:05+05:45",
		"2026-08-22T15:04:05.250-0800": "2026-08-22T15:04:05.25-08:00",
		"2026-08-22T15:04:05+0000":     "2026-08-22T15:04:05Z",
	} {
		each(t, func(t *testing.T, f codec.Format) {
			r := encode(t, f, func(e *codec.Encoder) { e.Text(text) })
			var got time.Time
			err := decode(r, "", func(d *codec.Decoder) { got = d.Time() })
			if err != nil || got.Format(time.RFC3339Nano) != want {
				t.Errorf("%s: got %v, %v", text, got, err)
			}
		})
	}
}

// TestInvalidTimes has text and numbers that are no time.
func TestInvalidTimes(t *testing.T) {
	for f, literals := range map[codec.Format][]string{
		codec.JSON:        {`""`, `"yesterday"`, `"2026-08-22"`, `"2026-13-01T00:00:00Z"`, `"2026-08-22T01:02:03"`, `"2026-08-22T01:02:03+05"`, `"2026-08-22T01:02:03+2545"`, `"+0545"`, `"\ud800"`, `1`, `null`},
		codec.MessagePack: {"d6fe00000000", "d4ff00", "d7ffffffffffffffffff", "c70cffffffffff0000000000000000", "c70cff000000007fffffffffffffff", "c70cff00000000ffff000000000000", "01", "a0"},
		codec.CBOR:        {"c1f97e00", "c1f97c00", "c1fb7fefffffffffffff", "c11bffffffffffffffff", "c13bffffffffffffffff", "c11b7fffffffffffffff", "c160", "c060", "c06161", "01", "c201"},
	} {
		for _, literal := range literals {
			err := decode(doc(t, f, literal), "", func(d *codec.Decoder) {
				if got := d.Time(); !got.IsZero() {
					t.Errorf("%v %s is %v", f, literal, got)
				}
			})
			if err == nil {
				t.Errorf("%v %s is a time", f, literal)
			}
			if r := doc(t, f, literal); f == codec.CBOR && literal[:2] == "c0" {
				_, err = r.Any()
				wantError(t, err, "want time, got invalid string")
			}
		}
	}
	each(t, func(t *testing.T, f codec.Format) {
		for _, v := range []time.Time{time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(-1, 12, 31, 0, 0, 0, 0, time.UTC)} {
			var e codec.Encoder
			e.Reset(f, nil)
			e.Time(v)
			wantError(t, e.Err(), "args: want time, got a year outside 0 to 9999")
		}
		r := encode(t, f, func(e *codec.Encoder) { e.Int(math.MaxInt64) })
		wantError(t, decode(r, "", func(d *codec.Decoder) { d.Duration() }), "want duration in milliseconds, got int out of range")
	})
}

// TestJSONBytes has every byte at every place of a string, since eight are
// judged at a time.
func TestJSONBytes(t *testing.T) {
	for c := range rune(0x80) {
		for at := range 17 {
			text := []byte("ABCDEFGHIJKLMNOPQ")
			text[at] = byte(c)
			raw := codec.Raw{Format: codec.JSON, Data: []byte(`"` + string(text) + `"`)}
			if special := c < ' ' || c == '"' || c == '\\'; special == (codec.WellFormed(codec.JSON, raw.Data) == nil) {
				t.Errorf("%q at %d: special is %v", c, at, special)
			}
			if c == 0 && at == 0 {
				continue
			}
			r := encode(t, codec.JSON, func(e *codec.Encoder) { e.Text(string(text)) })
			var got string
			if err := json.Unmarshal(r.Data, &got); err != nil || got != string(text) {
				t.Errorf("%q at %d: encoding/json reads %q, %v", c, at, got, err)
			}
			if got, err := r.Any(); err != nil || got != string(text) {
				t.Errorf("%q at %d: we read %q, %v", c, at, got, err)
			}
		}
	}
}

// TestJSONAgainstTheStandardLibrary writes text that encoding/json reads back.
func TestJSONAgainstTheStandardLibrary(t *testing.T) {
	var all bytes.Buffer
	for r := rune(1); r < 0x3000; r++ {
		all.WriteRune(r)
	}
	all.WriteString("\x00😀\u2028\ufffd")
	r := encode(t, codec.JSON, func(e *codec.Encoder) { e.Text(all.String()) })
	var got string
	if err := json.Unmarshal(r.Data, &got); err != nil || got != all.String() {
		t.Errorf("encoding/json reads another text, %v", err)
	}
	escaped, err := json.Marshal(all.String())
	if err != nil {
		t.Fatal(err)
	}
	err = decode(codec.Raw{Format: codec.JSON, Data: escaped}, "", func(d *codec.Decoder) {
		if d.Text() != all.String() {
			t.Error("we read another text than encoding/json wrote")
		}
	})
	if err != nil {
		t.Error(err)
	}
}

// TestJSONText_EveryCharacterEverywhere: a character that needs an escape, or is
// more than a byte, is found wherever it is in a string of any length.
func TestJSONText_EveryCharacterEverywhere(t *testing.T) {
	for n := 1; n < 20; n++ {
		for at := range n {
			for c := rune(1); c < 0x100; c++ {
				s := strings.Repeat("a", at) + string(c) + strings.Repeat("z", n-at-1)
				raw := encode(t, codec.JSON, func(e *codec.Encoder) { e.Text(s) })
				var theirs string
				if err := json.Unmarshal(raw.Data, &theirs); err != nil || theirs != s {
					t.Fatalf("%q is encoded as %s", s, raw.Data)
				}
				var d codec.Decoder
				d.Start(raw, "")
				if ours := d.Text(); ours != s || d.Err() != nil {
					t.Fatalf("%s is decoded as %q, %v", raw.Data, ours, d.Err())
				}
			}
		}
	}
}

// TestShortStringsStayWhatTheyAre decodes strings of every length around the
// pieces of memory that short ones share, several documents with one Decoder,
// and looks at them when all are there.
func TestShortStringsStayWhatTheyAre(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		var d codec.Decoder
		var want, got []string
		for doc := range 5 {
			var in []string
			for n := range 40 {
				in = append(in, strings.Repeat(string(rune('a'+(n+doc)%26)), n), strings.Repeat("ü", n/2))
			}
			r := encode(t, f, func(e *codec.Encoder) { codec.List(e.Coder(), &in, codec.String) })
			var out []string
			d.Start(r, "")
			codec.List(d.Coder(), &out, codec.String)
			want, got = append(want, in...), append(got, out...)
		}
		if d.Err() != nil || !slices.Equal(got, want) {
			t.Errorf("%v, %q, want %q", d.Err(), got, want)
		}
	})
}
