package codec_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

// TestNumberKeepsDigits reads numbers of any size as they are written.
func TestNumberKeepsDigits(t *testing.T) {
	for _, c := range []struct {
		f             codec.Format
		literal, want string
	}{
		{codec.JSON, "12345678901234567.89", "12345678901234567.89"},
		{codec.JSON, "0.1234567890123456789", "0.1234567890123456789"},
		{codec.JSON, "-123456789012345678901234567890", "-123456789012345678901234567890"},
		{codec.JSON, " 19.90 ", "19.90"}, {codec.JSON, "1E400", "1E400"}, {codec.JSON, "-0", "-0"}, {codec.JSON, "7", "7"},
		{codec.JSON, "18446744073709551617", "18446744073709551617"}, {codec.JSON, "-9223372036854775809", "-9223372036854775809"},
		{codec.MessagePack, "ca 3dcccccd", "0.1"}, {codec.MessagePack, "cb 3fb999999999999a", "0.1"},
		{codec.MessagePack, "ca 41400000", "12"}, {codec.MessagePack, "ca 7f7fffff", "3.4028235e+38"}, {codec.MessagePack, "ff", "-1"},
		{codec.CBOR, "fa 3dcccccd", "0.1"}, {codec.CBOR, "fb 3fb999999999999a", "0.1"}, {codec.CBOR, "f9 2e66", "0.1"}, {codec.CBOR, "f9 7bff", "65500"},
		{codec.CBOR, "f9 3c00", "1"}, {codec.CBOR, "f9 0001", "6e-08"}, {codec.CBOR, "3b ffffffffffffffff", "-18446744073709551616"},
		{codec.CBOR, "c2 49 010000000000000000", "18446744073709551616"}, {codec.CBOR, "c3 49 010000000000000000", "-18446744073709551617"},
		{codec.CBOR, "c2 41 05", "5"}, {codec.CBOR, "c3 41 05", "-6"}, {codec.CBOR, "c2 40", "0"}, {codec.CBOR, "c2 4a 00000000000000000007", "7"},
		{codec.CBOR, "c2 5f 41 01 48 0000000000000000 ff", "18446744073709551616"}, {codec.CBOR, "c3 48 ffffffffffffffff", "-18446744073709551616"},
		{codec.CBOR, "c4 82 21 19 04e2", "12.50"}, {codec.CBOR, "c4 82 21 c2 49 010000000000000000", "184467440737095516.16"},
		{codec.CBOR, "c4 82 21 c3 49 010000000000000000", "-184467440737095516.17"}, {codec.CBOR, "c4 9f 21 04 ff", "0.04"},
		{codec.CBOR, "c4 82 02 05", "5e2"}, {codec.CBOR, "c4 82 39 03e7 05", "5e-1000"}, {codec.CBOR, "c4 82 00 24", "-5"},
		{codec.CBOR, "c5 82 20 03", "1.5"}, {codec.CBOR, "c5 82 02 03", "12"}, {codec.CBOR, "d9d9f7 c4 82 21 19 04e2", "12.50"},
	} {
		r := doc(t, c.f, c.literal)
		var got string
		if err := decode(r, "", func(d *codec.Decoder) { got = d.Number() }); err != nil || got != c.want {
			t.Errorf("%v %s: got %q, %v, want %q", c.f, c.literal, got, err, c.want)
		}
	}
}

// TestNumberRefuses has what is no number, and what would cost too much.
func TestNumberRefuses(t *testing.T) {
	long := append([]byte{0xc2, 0x59, 0x20, 0x00}, make([]byte, 0x2000)...)
	long[4] = 1
	for what, r := range map[string]codec.Raw{
		"NaN": doc(t, codec.CBOR, "f97e00"), "infinity": doc(t, codec.MessagePack, "ca7f800000"), "text": doc(t, codec.JSON, `"1"`),
		"long bignum": {Format: codec.CBOR, Data: long}, "absent": {}, "bytes": doc(t, codec.CBOR, "4105"),
		"a fraction of one": doc(t, codec.CBOR, "c4 81 01"), "a fraction of texts": doc(t, codec.CBOR, "c4 82 6161 6161"),
		"a fraction in a fraction": doc(t, codec.CBOR, "c4 82 21 c4 82 21 01"), "a huge shift": doc(t, codec.CBOR, "c5 82 1a 7fffffff 01"),
	} {
		if err := decode(r, "", func(d *codec.Decoder) { _ = d.Number() }); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}

// TestBignumIsANumber takes a CBOR bignum and a decimal fraction for what they
// are, in typed and dynamic reading, and never for bytes or a list.
func TestBignumIsANumber(t *testing.T) {
	for literal, want := range map[string]any{
		"c2 41 05": int64(5), "c3 41 05": int64(-6), "c2 48 ffffffffffffffff": uint64(math.MaxUint64), "c3 48 7fffffffffffffff": int64(math.MinInt64),
		"c2 49 010000000000000000": 0x1p64, "c3 49 010000000000000000": -0x1p64, "c4 82 21 19 04e2": 12.5, "c4 82 21 19 04b0": 12.0, "c5 82 20 03": 1.5,
	} {
		r := doc(t, codec.CBOR, literal)
		if got, err := r.Any(); err != nil || got != want {
			t.Errorf("%s: Any gives %#v, %v, want %#v", literal, got, err, want)
		}
		if err := decode(r, "", func(d *codec.Decoder) { _ = d.Binary() }); err == nil {
			t.Errorf("%s was taken for bytes", literal)
		}
		if err := decode(r, "", func(d *codec.Decoder) { _ = d.List() }); err == nil {
			t.Errorf("%s was taken for a list", literal)
		}
		if err := codec.WellFormed(r.Format, r.Data); err != nil {
			t.Errorf("%s: %v", literal, err)
		}
		var f float64
		if err := decode(r, "", func(d *codec.Decoder) { f = d.Float64() }); err != nil || f == 0 {
			t.Errorf("%s: Float64 gives %v, %v", literal, f, err)
		}
	}
	// Lists and bytes behind a tag that does not fit them stay what they are.
	for literal, want := range map[string]codec.Kind{"c4 81 01": codec.KindList, "c2 80": codec.KindList, "d825 41 05": codec.KindBinary, "c5 41 05": codec.KindBinary} {
		var d codec.Decoder
		d.Start(doc(t, codec.CBOR, literal), "")
		if got := d.Kind(); got != want {
			t.Errorf("%s is %v, want %v", literal, got, want)
		}
	}
}

// TestIntegersKeepDigits reads whole numbers exactly, however they are written.
func TestIntegersKeepDigits(t *testing.T) {
	for _, c := range []struct {
		f       codec.Format
		literal string
		want    int64
		ok      bool
	}{
		{codec.JSON, "9007199254740993.0", 1<<53 + 1, true}, {codec.JSON, "9223372036854775807.00", math.MaxInt64, true}, {codec.JSON, "-9223372036854775808.0", math.MinInt64, true},
		{codec.JSON, "9223372036854775808.0", 0, false}, {codec.JSON, "9007199254740991.5", 0, false}, {codec.JSON, "1e3", 1000, true}, {codec.JSON, "1200e-2", 12, true},
		{codec.JSON, "1e400", 0, false}, {codec.JSON, "0e999999999999", 0, true}, {codec.JSON, "1e-999999999999", 0, false}, {codec.JSON, "-0.0", 0, true},
		{codec.CBOR, "c4 82 20 18 64", 10, true}, {codec.CBOR, "c4 82 20 18 65", 0, false}, {codec.CBOR, "c2 49 010000000000000000", 0, false},
	} {
		var got int64
		err := decode(doc(t, c.f, c.literal), "", func(d *codec.Decoder) { got = d.Int(64) })
		if (err == nil) != c.ok || got != c.want {
			t.Errorf("%v %s: got %d, %v", c.f, c.literal, got, err)
		}
	}
}

// TestTag shows the tag that a type may ask for.
func TestTag(t *testing.T) {
	for literal, want := range map[string]uint64{"d825 41 05": 37, "d9d9f7 d8 64 19 4d9d": 100, "c2 41 05": 2, "c4 82 21 05": 4} {
		var d codec.Decoder
		d.Start(doc(t, codec.CBOR, literal), "")
		if tag, ok := d.Tag(); !ok || tag != want || d.Err() != nil {
			t.Errorf("%s: tag %d, %v, want %d", literal, tag, ok, want)
		}
	}
	for f, literal := range map[codec.Format]string{codec.CBOR: "01", codec.JSON: "1", codec.MessagePack: "c2"} {
		var d codec.Decoder
		d.Start(doc(t, f, literal), "")
		if tag, ok := d.Tag(); ok {
			t.Errorf("%v %s has tag %d", f, literal, tag)
		}
	}
}

// TestJSONFloat_Shortest: floats are the digits that strconv finds, with a
// fraction, whichever way they are found.
func TestJSONFloat_Shortest(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	check := func(v float64) {
		t.Helper()
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return
		}
		want := strconv.FormatFloat(v, 'f', -1, 64)
		if size := math.Abs(v); size != 0 && (size < 1e-6 || size >= 1e21) {
			want = strconv.FormatFloat(v, 'e', -1, 64)
		} else if !strings.Contains(want, ".") {
			want += ".0"
		}
		if got := string(encode(t, codec.JSON, func(e *codec.Encoder) { e.Float64(v) }).Data); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for _, v := range []float64{0, math.Copysign(0, -1), 1, 0.1, 0.0001, 0.00005, 0.00015, 99.95, 1e11, 1e11 - 0.0001, 1e15, 1e21, 123456789.12345, math.MaxFloat64, math.SmallestNonzeroFloat64} {
		check(v)
		check(-v)
		check(math.Nextafter(v, 2*v+1))
		check(math.Nextafter(v, -1))
	}
	for range 20_000 {
		decimals := math.Pow(10, float64(r.IntN(7)))
		check(math.Round(r.NormFloat64()*math.Pow(10, float64(r.IntN(14)))*decimals) / decimals)
		check(math.Float64frombits(r.Uint64()))
	}
}

// L4: lengths and integers at the borders of 32 bits. An int is as wide as the
// platform's, and what does not fit is an error; an int64 is exact everywhere; no
// announced length becomes negative or small.
func TestL4_BordersOf32Bits(t *testing.T) {
	for _, v := range []int64{math.MaxInt32, math.MaxInt32 + 1, math.MinInt32, math.MinInt32 - 1, math.MaxUint32, math.MaxUint32 + 1, 1<<53 + 1} {
		each(t, func(t *testing.T, f codec.Format) {
			r := encode(t, f, func(e *codec.Encoder) { e.Int(v) })
			var wide int64
			if err := decode(r, "", func(d *codec.Decoder) { wide = d.Int(64) }); err != nil || wide != v {
				t.Errorf("%d becomes %d: %v", v, wide, err)
			}
			var n int
			err := decode(r, "", func(d *codec.Decoder) { codec.Int(&n, d.Coder()) })
			if fits := int64(int(v)) == v; fits && (err != nil || int64(n) != v) {
				t.Errorf("%d becomes the int %d: %v", v, n, err)
			} else if !fits && (err == nil || !strings.Contains(err.Error(), "want int, got")) {
				t.Errorf("%d becomes the int %d: %v", v, n, err)
			}
		})
	}
	for _, header := range []string{"dd 7fffffff", "dd 80000000", "dd ffffffff", "df ffffffff", "c6 ffffffff", "db 80000001", "c9 ffffffff 01"} {
		if err := codec.WellFormed(codec.MessagePack, doc(t, codec.MessagePack, header).Data); err == nil {
			t.Errorf("MessagePack %s is taken", header)
		}
	}
	for _, header := range []string{"9a ffffffff", "ba 80000000", "5a ffffffff", "7a 80000001", "9b 0000000100000000", "5b ffffffffffffffff", "7b 0000000100000001", "bb 8000000000000001"} {
		if err := codec.WellFormed(codec.CBOR, doc(t, codec.CBOR, header).Data); err == nil {
			t.Errorf("CBOR %s is taken", header)
		}
	}
}
