package codec_test

import (
	"bytes"
	"encoding/hex"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
)

// TestShortestForms has the exact bytes of every method in every format. // R088 R089 R090 R092 R097 R099 R105.
func TestShortestForms(t *testing.T) {
	text := func(n int) string { return strings.Repeat("a", n) }
	hexText := func(n int) string { return strings.Repeat("61", n) }
	type encoder = codec.Encoder
	for _, c := range []struct {
		name                string
		f                   func(*encoder)
		json, msgpack, cbor string
	}{
		{"null", (*encoder).Null, `null`, "c0", "f6"},
		{"true", func(e *encoder) { e.Bool(true) }, `true`, "c3", "f5"},
		{"false", func(e *encoder) { e.Bool(false) }, `false`, "c2", "f4"},
		{"0", func(e *encoder) { e.Int(0) }, `0`, "00", "00"},
		{"23", func(e *encoder) { e.Int(23) }, `23`, "17", "17"},
		{"24", func(e *encoder) { e.Int(24) }, `24`, "18", "1818"},
		{"127", func(e *encoder) { e.Int(127) }, `127`, "7f", "187f"},
		{"128", func(e *encoder) { e.Int(128) }, `128`, "cc80", "1880"},
		{"255", func(e *encoder) { e.Uint(255) }, `255`, "ccff", "18ff"},
		{"256", func(e *encoder) { e.Uint(256) }, `256`, "cd0100", "190100"},
		{"65535", func(e *encoder) { e.Uint(65535) }, `65535`, "cdffff", "19ffff"},
		{"65536", func(e *encoder) { e.Uint(65536) }, `65536`, "ce00010000", "1a00010000"},
		{"2^32-1", func(e *encoder) { e.Uint(math.MaxUint32) }, `4294967295`, "ceffffffff", "1affffffff"},
		{"2^32", func(e *encoder) { e.Uint(1 << 32) }, `4294967296`, "cf0000000100000000", "1b0000000100000000"},
		{"2^53+1", func(e *encoder) { e.Int(1<<53 + 1) }, `9007199254740993`, "cf0020000000000001", "1b0020000000000001"},
		{"max int64", func(e *encoder) { e.Int(math.MaxInt64) }, `9223372036854775807`, "cf7fffffffffffffff", "1b7fffffffffffffff"},
		{"max uint64", func(e *encoder) { e.Uint(math.MaxUint64) }, `18446744073709551615`, "cfffffffffffffffff", "1bffffffffffffffff"},
		{"-1", func(e *encoder) { e.Int(-1) }, `-1`, "ff", "20"},
		{"-24", func(e *encoder) { e.Int(-24) }, `-24`, "e8", "37"},
		{"-25", func(e *encoder) { e.Int(-25) }, `-25`, "e7", "3818"},
		{"-32", func(e *encoder) { e.Int(-32) }, `-32`, "e0", "381f"},
		{"-33", func(e *encoder) { e.Int(-33) }, `-33`, "d0df", "3820"},
		{"-128", func(e *encoder) { e.Int(-128) }, `-128`, "d080", "387f"},
		{"-129", func(e *encoder) { e.Int(-129) }, `-129`, "d1ff7f", "3880"},
		{"-32768", func(e *encoder) { e.Int(-32768) }, `-32768`, "d18000", "397fff"},
		{"-32769", func(e *encoder) { e.Int(-32769) }, `-32769`, "d2ffff7fff", "398000"},
		{"min int32", func(e *encoder) { e.Int(math.MinInt32) }, `-2147483648`, "d280000000", "3a7fffffff"},
		{"below int32", func(e *encoder) { e.Int(math.MinInt32 - 1) }, `-2147483649`, "d3ffffffff7fffffff", "3a80000000"},
		{"min int64", func(e *encoder) { e.Int(math.MinInt64) }, `-9223372036854775808`, "d38000000000000000", "3b7fffffffffffffff"},
		{"float 1", func(e *encoder) { e.Float64(1) }, `1.0`, "cb3ff0000000000000", "fb3ff0000000000000"},
		{"float -0", func(e *encoder) { e.Float64(math.Copysign(0, -1)) }, `-0.0`, "cb8000000000000000", "fb8000000000000000"},
		{"float 0.1", func(e *encoder) { e.Float64(0.1) }, `0.1`, "cb3fb999999999999a", "fb3fb999999999999a"},
		{"float 1e300", func(e *encoder) { e.Float64(1e300) }, `1e+300`, "cb7e37e43c8800759c", "fb7e37e43c8800759c"},
		{"float 1e-7", func(e *encoder) { e.Float64(1e-7) }, `1e-07`, "cb3e7ad7f29abcaf48", "fb3e7ad7f29abcaf48"},
		{"float 1e20", func(e *encoder) { e.Float64(1e20) }, `100000000000000000000.0`, "cb4415af1d78b58c40", "fb4415af1d78b58c40"},
		{"float32 0.1", func(e *encoder) { e.Float32(0.1) }, `0.1`, "ca3dcccccd", "fa3dcccccd"},
		{"empty text", func(e *encoder) { e.Text("") }, `""`, "a0", "60"},
		{"text", func(e *encoder) { e.Text("<ä&\u2028>") }, "\"<ä&\u2028>\"", "a8 3cc3a426e280a83e", "68 3cc3a426e280a83e"},
		{"escapes", func(e *encoder) { e.Text("\"\\/\b\f\n\r\t\x1f\x7f") }, `"\"\\/\u0008\u000c\n\r\t\u001f` + "\x7f\"", "aa 225c2f080c0a0d091f7f", "6a 225c2f080c0a0d091f7f"},
		{"text 23", func(e *encoder) { e.Text(text(23)) }, `"` + text(23) + `"`, "b7" + hexText(23), "77" + hexText(23)},
		{"text 31", func(e *encoder) { e.Text(text(31)) }, `"` + text(31) + `"`, "bf" + hexText(31), "781f" + hexText(31)},
		{"text 32", func(e *encoder) { e.Text(text(32)) }, `"` + text(32) + `"`, "d920" + hexText(32), "7820" + hexText(32)},
		{"text 255", func(e *encoder) { e.Text(text(255)) }, `"` + text(255) + `"`, "d9ff" + hexText(255), "78ff" + hexText(255)},
		{"text 256", func(e *encoder) { e.Text(text(256)) }, `"` + text(256) + `"`, "da0100" + hexText(256), "790100" + hexText(256)},
		{"text 65536", func(e *encoder) { e.Text(text(65536)) }, `"` + text(65536) + `"`, "db00010000" + hexText(65536), "7a00010000" + hexText(65536)},
		{"nil bytes", func(e *encoder) { e.Binary(nil) }, `"\u0000"`, "c400", "40"},
		{"bytes", func(e *encoder) { e.Binary(unhex("10e3ff9053075c526f5fc06d4fe37cdb")) }, `"\u0000EOP/kFMHXFJvX8BtT+N82w=="`, "c41010e3ff9053075c526f5fc06d4fe37cdb", "5010e3ff9053075c526f5fc06d4fe37cdb"},
		{"empty list", func(e *encoder) { e.List(0); e.EndList() }, `[]`, "90", "80"},
		{"list", func(e *encoder) { e.List(2); e.Int(1); e.Text("a"); e.EndList() }, `[1,"a"]`, "9201a161", "820161 61"},
		{"list 15", func(e *encoder) { ints(e, 15) }, `[` + strings.Repeat("1,", 14) + `1]`, "9f" + strings.Repeat("01", 15), "8f" + strings.Repeat("01", 15)},
		{"list 16", func(e *encoder) { ints(e, 16) }, `[` + strings.Repeat("1,", 15) + `1]`, "dc0010" + strings.Repeat("01", 16), "90" + strings.Repeat("01", 16)},
		{"list 65536", func(e *encoder) { ints(e, 65536) }, `[` + strings.Repeat("1,", 65535) + `1]`, "dd00010000" + strings.Repeat("01", 65536), "9a00010000" + strings.Repeat("01", 65536)},
		{"empty map", func(e *encoder) { e.Map(0); e.EndMap() }, `{}`, "80", "a0"},
		{"map", func(e *encoder) {
			e.Map(2)
			e.Key("a")
			e.List(0)
			e.EndList()
			e.Key("\x00b")
			e.Map(0)
			e.EndMap()
			e.EndMap()
		}, `{"a":[],"\u0000b":{}}`, "82 a161 90 a20062 80", "a2 6161 80 620062 a0"},
		{"map 16", func(e *encoder) { nulls(e, 16) }, `{` + strings.Repeat(`"":null,`, 15) + `"":null}`, "de0010" + strings.Repeat("a0c0", 16), "b0" + strings.Repeat("60f6", 16)},
		{"map 65536", func(e *encoder) { nulls(e, 65536) }, `{` + strings.Repeat(`"":null,`, 65535) + `"":null}`, "df00010000" + strings.Repeat("a0c0", 65536), "ba00010000" + strings.Repeat("60f6", 65536)},
		{"duration", func(e *encoder) { e.Duration(1500*time.Millisecond + 999*time.Microsecond) }, `1500`, "cd05dc", "1905dc"},
		{"negative duration", func(e *encoder) { e.Duration(-time.Second) }, `-1000`, "d1fc18", "3903e7"},
		{"time", func(e *encoder) { e.Time(time.Date(2026, 8, 22, 1, 2, 3, 4, time.UTC)) }, `"2026-08-22T01:02:03.000000004Z"`, "be" + hex.EncodeToString([]byte("2026-08-22T01:02:03.000000004Z")), "781e" + hex.EncodeToString([]byte("2026-08-22T01:02:03.000000004Z"))},
	} {
		t.Run(c.name, func(t *testing.T) {
			for format, literal := range map[codec.Format]string{codec.JSON: c.json, codec.MessagePack: c.msgpack, codec.CBOR: c.cbor} {
				got := encode(t, format, c.f)
				wantBytes(t, doc(t, format, literal), got)
				if err := codec.WellFormed(format, got.Data); err != nil {
					t.Errorf("%v: own output: %v", format, err)
				}
			}
		})
	}
}

func unhex(s string) []byte {
	b, _ := hex.DecodeString(s)
	return b
}

func nulls(e *codec.Encoder, n int) {
	e.Map(n)
	for range n {
		e.Key("")
		e.Null()
	}
	e.EndMap()
}

func ints(e *codec.Encoder, n int) {
	e.List(n)
	for range n {
		e.Int(1)
	}
	e.EndList()
}

// TestRoundTrip sends values through a typed method and back. // R095 R096, F9: int64 and uint64 are exact.
func TestRoundTrip(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		for _, v := range []int64{0, 1, -1, 1<<53 + 1, -1<<53 - 1, math.MaxInt64, math.MinInt64, math.MaxInt64 - 1, 10, 100, -10} {
			check(t, f, v, (*codec.Encoder).Int, func(d *codec.Decoder) int64 { return d.Int(64) })
		}
		for _, v := range []uint64{0, 1<<53 + 1, math.MaxInt64 + 1, math.MaxUint64, math.MaxUint64 - 1} {
			check(t, f, v, (*codec.Encoder).Uint, func(d *codec.Decoder) uint64 { return d.Uint(64) })
		}
		for _, v := range []float64{0, 1, -1, 0.1, 1e21, 1e-7, 1e20, math.MaxFloat64, math.SmallestNonzeroFloat64, 1 << 53} {
			check(t, f, v, (*codec.Encoder).Float64, (*codec.Decoder).Float64)
		}
		for _, v := range []float32{0, 1, 0.1, 16777216, math.MaxFloat32, math.SmallestNonzeroFloat32} {
			check(t, f, v, (*codec.Encoder).Float32, (*codec.Decoder).Float32)
		}
		for _, v := range []string{"", "a", "ä€😀", "a\x00b", "\"\\/\n", strings.Repeat("x", 70000), "\u2028", "\ufffd"} {
			check(t, f, v, (*codec.Encoder).Text, (*codec.Decoder).Text)
		}
		for _, v := range [][]byte{{}, {0}, {1, 2, 3}, bytes.Repeat([]byte{0xff}, 70000)} {
			check(t, f, v, (*codec.Encoder).Binary, (*codec.Decoder).Binary)
		}
		for _, v := range []bool{true, false} {
			check(t, f, v, (*codec.Encoder).Bool, (*codec.Decoder).Bool)
		}
		for _, v := range []time.Duration{0, time.Second, -time.Hour, math.MaxInt64 / 1000000 * 1000000} {
			check(t, f, v, (*codec.Encoder).Duration, (*codec.Decoder).Duration)
		}
		for _, v := range []time.Time{{}, time.Date(2026, 8, 22, 1, 2, 3, 4, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)} {
			check(t, f, v, (*codec.Encoder).Time, (*codec.Decoder).Time)
		}
	})
}

func check[T any](t *testing.T, f codec.Format, v T, put func(*codec.Encoder, T), get func(*codec.Decoder) T) {
	t.Helper()
	r := encode(t, f, func(e *codec.Encoder) { put(e, v) })
	err := decode(r, "", func(d *codec.Decoder) {
		if got := get(d); !reflect.DeepEqual(got, v) {
			t.Errorf("%v of % x is %v", v, r.Data, got)
		}
	})
	if err != nil {
		t.Errorf("%v: %v", v, err)
	}
}

// TestTimeZones keeps the instant whatever the zone is.
func TestTimeZones(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		for _, offset := range []int{3600, -5 * 3600, 19800, 3208, 24 * 3600, -30 * 3600} {
			want := time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("", offset))
			r := encode(t, f, func(e *codec.Encoder) { e.Time(want) })
			err := decode(r, "", func(d *codec.Decoder) {
				if got := d.Time(); !got.Equal(want) {
					t.Errorf("offset %d: %v became %v", offset, want, got)
				}
			})
			if err != nil {
				t.Errorf("offset %d: %v", offset, err)
			}
		}
	})
}

// TestForeignForms reads what others write and we never do. // R097 R098.
func TestForeignForms(t *testing.T) {
	epoch := time.Unix(1787361483, 0).UTC()
	for _, c := range []struct {
		format  codec.Format
		literal string
		get     func(*codec.Decoder) any
		want    any
	}{
		{codec.MessagePack, "d3 0000000000000005", intOf, int64(5)},
		{codec.MessagePack, "d0 05", intOf, int64(5)},
		{codec.MessagePack, "cd 0005", intOf, int64(5)},
		{codec.MessagePack, "ca 40a00000", intOf, int64(5)},
		{codec.MessagePack, "cb 4014000000000000", uintOf, uint64(5)},
		{codec.MessagePack, "05", floatOf, float64(5)},
		{codec.MessagePack, "d3 ffdfffffffffffff", floatOf, float64(-1<<53 - 1)},
		{codec.MessagePack, "d3 ffbffffffffffffd", floatOf, float64(-1<<54 - 3)}, // rounded once
		{codec.MessagePack, "db 00000001 61", textOf, "a"},
		{codec.MessagePack, "d6 ff 6a88f8cb", timeOf, epoch},
		{codec.MessagePack, "d7 ff 00000004 6a88f8cb", timeOf, epoch.Add(1)},
		{codec.MessagePack, "c7 0c ff 00000001 000000006a88f8cb", timeOf, epoch.Add(1)},
		{codec.CBOR, "1b 0000000000000005", intOf, int64(5)},
		{codec.CBOR, "f9 4500", intOf, int64(5)},
		{codec.CBOR, "fa 40a00000", intOf, int64(5)},
		{codec.CBOR, "f9 3c00", floatOf, float64(1)},
		{codec.CBOR, "f9 0001", floatOf, 5.960464477539063e-8},
		{codec.CBOR, "f9 c400", floatOf, float64(-4)},
		{codec.CBOR, "f9 7bff", floatOf, float64(65504)},
		{codec.CBOR, "f9 fc00", floatOf, math.Inf(-1)},
		{codec.CBOR, "3b ffffffffffffffff", floatOf, float64(-1 << 64)},
		{codec.CBOR, "7f 61 61 60 62 6263 ff", textOf, "abc"},
		{codec.CBOR, "5f 41 01 42 0203 ff", anyOf, []byte{1, 2, 3}},
		{codec.CBOR, "5f ff", anyOf, []byte{}},
		{codec.CBOR, "9f 01 9f ff bf 61 61 80 ff ff", anyOf, []any{int64(1), []any{}, map[string]any{"a": []any{}}}},
		{codec.CBOR, "f7", anyOf, nil},
		{codec.CBOR, "d9d9f7 83 01 c2 41 05 d8 20 61 61", anyOf, []any{int64(1), int64(5), "a"}},
		{codec.CBOR, "c1 1a 6a88f8cb", timeOf, epoch},
		{codec.CBOR, "c1 fb 41daa23e32e00000", timeOf, epoch.Add(500 * time.Millisecond)},
		{codec.CBOR, "c1 20", timeOf, time.Unix(-1, 0).UTC()},
		{codec.CBOR, "c0 74 323032362d30382d32325430313a30323a30335a", timeOf, time.Date(2026, 8, 22, 1, 2, 3, 0, time.UTC)},
		{codec.CBOR, "c0 74 323032362d30382d32325430313a30323a30335a", anyOf, time.Date(2026, 8, 22, 1, 2, 3, 0, time.UTC)},
		{codec.CBOR, "c0 74 323032362d30382d32325430313a30323a30335a", textOf, "2026-08-22T01:02:03Z"},
		{codec.CBOR, "c1 1a 6a88f8cb", anyOf, epoch},
		{codec.JSON, " [ 1 , { \"a\" : \"\\u0062\" } ]\r\n", anyOf, []any{int64(1), map[string]any{"a": "b"}}},
		{codec.JSON, "5.0", intOf, int64(5)},
		{codec.JSON, "5e3", uintOf, uint64(5000)},
		{codec.JSON, "-0", intOf, int64(0)},
		{codec.JSON, "-0", uintOf, uint64(0)},
		{codec.JSON, "1e2", anyOf, float64(100)},
		{codec.JSON, "7", floatOf, float64(7)},
		{codec.JSON, "18446744073709551615", anyOf, uint64(math.MaxUint64)},
		{codec.JSON, "18446744073709551616", anyOf, float64(1 << 64)},
		{codec.JSON, "-9223372036854775808", anyOf, int64(math.MinInt64)},
		{codec.JSON, "-9223372036854775809", anyOf, float64(math.MinInt64)},
		{codec.JSON, `"\ud83d\ude00\/\b\f\n\r\t\"\\"`, textOf, "😀/\b\f\n\r\t\"\\"},
		{codec.JSON, `"\u0000AQI\/"`, anyOf, []byte{1, 2, 63}},
		{codec.JSON, `"\u00E4\u00e4"`, textOf, "ää"},
		{codec.JSON, `"a\u0000"`, anyOf, "a\x00"},
		{codec.JSON, `{"\u0000a":1}`, anyOf, map[string]any{"\x00a": int64(1)}},
	} {
		var got any
		err := decode(doc(t, c.format, c.literal), "", func(d *codec.Decoder) { got = c.get(d) })
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v %s: got %#v, %v, want %#v", c.format, c.literal, got, err, c.want)
		}
	}
}

func intOf(d *codec.Decoder) any   { return d.Int(64) }
func uintOf(d *codec.Decoder) any  { return d.Uint(64) }
func floatOf(d *codec.Decoder) any { return d.Float64() }
func textOf(d *codec.Decoder) any  { return d.Text() }
func timeOf(d *codec.Decoder) any  { return d.Time() }
func anyOf(d *codec.Decoder) any   { return d.Any() }
