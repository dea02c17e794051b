package data_test

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wampgen/wampgen/schema/data"
)

// A document keeps its keys, its digits and its places.
func TestParse(t *testing.T) {
	src := "{\"b\": 1.50,\n  \"a\": [12345678901234567890123, \"ä\\u0000\", true, null, {}]}"
	v, err := data.Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(v.AppendJSON(nil)); got != `{"b":1.50,"a":[12345678901234567890123,"ä\u0000",true,null,{}]}` {
		t.Error(got)
	}
	for what, at := range map[string][3]int{
		"map":  {v.Place.Line, v.Place.Col, 1001},
		"1.50": {v.Map[0].Value.Place.Line, v.Map[0].Value.Place.Col, 1007},
		"key":  {v.Map[1].Place.Line, v.Map[1].Place.Col, 2003},
		"true": {v.Map[1].Value.List[2].Place.Line, v.Map[1].Value.List[2].Place.Col, 2045},
	} {
		if at[0]*1000+at[1] != at[2] {
			t.Errorf("%s is at %d:%d", what, at[0], at[1])
		}
	}
	if v.Get("c") != nil || v.Get("b").Text != "1.50" {
		t.Error("Get finds another value")
	}
}

func TestParse_Errors(t *testing.T) {
	for src, want := range map[string]string{
		``:                                "line 1, column 1: the JSON ends too early",
		`{"a": 1`:                         "line 1, column 8: the JSON ends too early",
		"[1,\n 2 3]":                      "line 2, column 4: not JSON: ",
		"1 2":                             "line 1, column 3: something follows the value",
		`{"a": 1, "a": 2}`:                `line 1, column 13: duplicate key "a"`,
		"\xff":                            "the JSON is not valid UTF-8",
		strings.Repeat("[", 65):           "line 1, column 66: more than 64 levels of lists and maps",
		strings.Repeat(" ", 16<<20) + "1": "the JSON has 16777217 bytes; at most 16777216 are read",
	} {
		if _, err := data.Parse([]byte(src)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.20q: %v, want %s", src, err, want)
		}
	}
}

// A dynamic value survives the way into a tree and back.
func TestOf(t *testing.T) {
	at := time.Date(2026, 8, 22, 15, 4, 5, 6, time.UTC)
	for _, v := range []any{
		nil, true, int64(-5), int64(math.MinInt64), uint64(math.MaxUint64), 1.5, 2.0, -1e300, 1e-9, "text", "", []byte{}, []byte{0, 255}, at,
		[]any{}, []any{nil, "x"}, map[string]any{}, map[string]any{"b": []any{1.0}, "a": nil}, json.Number("123456789012345678901"),
	} {
		if got := data.Of(v).Any(); !reflect.DeepEqual(got, v) {
			t.Errorf("%#v becomes %#v", v, got)
		}
	}
	for v, want := range map[any]string{
		float32(0.1): "0.1", 7: "7", uint8(7): "7", math.Inf(-1): `"-Infinity"`, math.Inf(1): `"Infinity"`, 1e21: "1e+21",
	} {
		if got := string(data.Of(v).AppendJSON(nil)); got != want {
			t.Errorf("%v is %s, want %s", v, got, want)
		}
	}
}

// A scalar without quotes is what it looks like where nothing else is wanted.
func TestResolved(t *testing.T) {
	for text, want := range map[string]string{
		"": "null", "~": "null", "null": "null", "true": "true", "no": `"no"`, "5": "5", "-0.5e+7": "-0.5e+7", "0x10": `"0x10"`, "007": `"007"`,
		"1e": `"1e"`, "1.": `"1."`, "-": `"-"`, "1e5": "1e5", "12a": `"12a"`, "<b>": `"<b>"`,
	} {
		v := &data.Value{Kind: data.Plain, Text: text}
		if got := string(v.AppendJSON(nil)); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

// Whatever Parse accepts, its JSON is read as the same value.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"a": [1.50, "\u0000AQI=", null], "b": {"c": true}}`))
	f.Add([]byte(`"\ud800"`))
	f.Fuzz(func(t *testing.T, src []byte) {
		v, err := data.Parse(src)
		if err != nil {
			return
		}
		text := v.AppendJSON(nil)
		again, err := data.Parse(text)
		if err != nil {
			t.Fatalf("%q becomes %q: %v", src, text, err)
		}
		if got := again.AppendJSON(nil); string(got) != string(text) {
			t.Fatalf("%q becomes %q", text, got)
		}
		v.Any()
	})
}
