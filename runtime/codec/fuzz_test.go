package codec_test

import (
	"encoding/json"
	"errors"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wampgen/wampgen/runtime/codec"
)

// seeds adds documents of every shape, whole, cut and with one byte changed.
func seeds(f *testing.F, format codec.Format) {
	for _, put := range []func(*codec.Encoder){
		sample().append,
		func(e *codec.Encoder) { order(e, (*codec.Encoder).Null) },
		func(e *codec.Encoder) {
			e.Any([]any{nil, -1, int64(1) << 40, 0.5, "ä\"\x01", []byte{1, 2}, map[string]any{"a": []any{}}})
		},
		func(e *codec.Encoder) { e.Any([]any{48, 1, map[string]any{}, "com.acme.add", []any{1, 2}}) },
	} {
		r := encode(f, format, put)
		f.Add(r.Data)
		f.Add(r.Data[:len(r.Data)/2])
		changed := r.Clone().Data
		changed[len(changed)/2] ^= 0x55
		f.Add(changed)
	}
	for _, literal := range map[codec.Format][]string{
		codec.JSON:        {`"\ud83d\ude00"`, `"\ud800"`, `"\u0000AQI="`, `[1e999,-0,1E+2]`, ` { "a" : 1 , "a" : 2 } `, strings.Repeat("[", 70)},
		codec.MessagePack: {"ddffffffff", "d7ff0000000400000001", "c70201ffff", "ca7fc00000", "8101c0", "d9ff"},
		codec.CBOR:        {"9bffffffffffffffff", "9f01ff", "bf616101ff", "7f6161ff", "c11a6a88f8cb", "c074323032362d30382d32325430313a30323a30335a", "f97e00", "f8ff", "d9d9f780"},
	}[format] {
		f.Add(doc(f, format, literal).Data)
	}
}

func FuzzSplitJSON(f *testing.F) {
	seeds(f, codec.JSON)
	f.Fuzz(func(t *testing.T, data []byte) {
		split(t, codec.JSON, data)
		againstStandardLibrary(t, data)
	})
}

func FuzzSplitMsgpack(f *testing.F) {
	seeds(f, codec.MessagePack)
	f.Fuzz(func(t *testing.T, data []byte) { split(t, codec.MessagePack, data) })
}

func FuzzSplitCBOR(f *testing.F) {
	seeds(f, codec.CBOR)
	f.Fuzz(func(t *testing.T, data []byte) { split(t, codec.CBOR, data) })
}

// split reads data in every way: they agree on what a document is, none takes
// more memory than the bytes justify, and what was read can be written again.
func split(t *testing.T, f codec.Format, data []byte) {
	r := codec.Raw{Format: f, Data: data}
	var wellFormed, skip, raw error
	bounded(t, data, 16, func() {
		wellFormed = codec.WellFormed(f, data)
		skip = decode(r, "args", (*codec.Decoder).Skip)
		raw = decode(r, "args", func(d *codec.Decoder) { d.Raw() })
		r.Lookup("a")
	})
	if (skip == nil) != (raw == nil) {
		t.Fatalf("Skip: %v, Raw: %v", skip, raw)
	}
	// WellFormed judges text and Skip does not: that is all the difference.
	if (wellFormed == nil || isUnicodeOnly(wellFormed)) != (skip == nil) && (wellFormed == nil || skip == nil) {
		t.Fatalf("WellFormed: %v, Skip: %v", wellFormed, skip)
	}
	var v any
	var err error
	// An empty map is one byte here and 48 there, one with a key three and 400.
	bounded(t, data, 160, func() { v, err = r.Any() })
	switch {
	case wellFormed != nil && err == nil && len(data) > 0:
		t.Fatalf("Any reads %v where WellFormed says %v", v, wellFormed)
	case wellFormed == nil && err != nil:
		semantic(t, err)
	case err == nil:
		rewrite(t, v)
	}
}

// bounded fails if f allocates more than factor times the data and 64 KiB.
func bounded(t *testing.T, data []byte, factor int, f func()) {
	t.Helper()
	limit := uint64(factor*len(data) + 64<<10)
	before := heapAllocs()
	f()
	if heapAllocs()-before <= limit {
		return
	}
	// That counts in steps of 8 KiB, and what others allocate: now exactly.
	if n := min(allocated(f), allocated(f), allocated(f)); n > limit {
		t.Fatalf("%d bytes allocated for %d", n, len(data))
	}
}

// heapAllocs tells what was allocated so far. It is less exact than allocated
// and does not stop the world, which would halve what a fuzzer gets done.
func heapAllocs() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

func isUnicodeOnly(err error) bool {
	var e *codec.ValueError
	return errors.As(err, &e) && e.Found == "invalid Unicode"
}

// semantic passes the errors that a well-formed document may have.
func semantic(t *testing.T, err error) {
	var e *codec.ValueError
	if !errors.As(err, &e) {
		t.Fatalf("not an *Error: %v", err)
	}
	if slices.Contains([]string{"a string as key", "bytes", "float64", "time", "a value of WAMP's types"}, e.Want) {
		return
	}
	t.Fatalf("well-formed, and yet Any says %v", err)
}

// rewrite writes v in every format and reads it back: the same, but for what
// a format has no form for.
func rewrite(t *testing.T, v any) {
	for _, f := range formats {
		var e codec.Encoder
		e.Reset(f, nil)
		e.Any(v)
		if e.Err() != nil {
			continue // NaN in JSON, NUL text in JSON, a year beyond 9999 in a zone
		}
		if err := codec.WellFormed(f, e.Bytes()); err != nil {
			t.Fatalf("own %v: %v", f, err)
		}
		again, err := codec.Raw{Format: f, Data: e.Bytes()}.Any()
		if err != nil {
			t.Fatalf("own %v: %v", f, err)
		}
		var second codec.Encoder
		second.Reset(f, nil)
		second.Any(again)
		if second.Err() != nil || string(second.Bytes()) != string(e.Bytes()) {
			t.Fatalf("%v: %q became %q, %v", f, e.Bytes(), second.Bytes(), second.Err())
		}
	}
}

// againstStandardLibrary compares with an independent reader of JSON.
func againstStandardLibrary(t *testing.T, data []byte) {
	err := codec.WellFormed(codec.JSON, data)
	if err == nil && !json.Valid(data) {
		t.Fatalf("encoding/json refuses %q", data)
	}
	var e *codec.ValueError
	if errors.As(err, &e) && !isUnicodeOnly(err) && e.Found != "more" && json.Valid(data) {
		t.Fatalf("encoding/json accepts %q: %v", data, err)
	}
	var want string
	if err != nil || !utf8.Valid(data) || json.Unmarshal(data, &want) != nil {
		return
	}
	value, err := (codec.Raw{Format: codec.JSON, Data: data}).Any()
	if got, ok := value.(string); err == nil && ok && got != want {
		t.Fatalf("%q is %q for us and %q for encoding/json", data, got, want)
	}
}

// FuzzDecodeTyped reads any bytes as generated types do, in every format.
func FuzzDecodeTyped(f *testing.F) {
	for _, format := range formats {
		f.Add(byte(format), encode(f, format, sample().append).Data)
		f.Add(byte(format), encode(f, format, func(e *codec.Encoder) { order(e, (*codec.Encoder).Null) }).Data)
	}
	f.Fuzz(func(t *testing.T, format byte, data []byte) {
		r := codec.Raw{Format: codec.Format(format), Data: data}
		var v record
		var err error
		bounded(t, data, 64, func() {
			v = record{}
			err = decodeRecord(r, &v)
			_ = decode(r, "args", func(d *codec.Decoder) { readOrder(d, quantity(func(d *codec.Decoder) { d.Uint(8) })) })
			_ = decode(r, "args", new(item).read)
		})
		if err != nil {
			return
		}
		var again record
		r = encode(t, r.Format, v.append)
		if err := decodeRecord(r, &again); err != nil || v.At.Equal(again.At) == false || v.Name != again.Name || v.ID != again.ID {
			t.Fatalf("%+v became %+v, %v", v, again, err)
		}
	})
}
