package codec_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
)

// parse decodes a JSON text into v after bringing it into a format.
func parse(t *testing.T, f codec.Format, text string, v codec.Value, s codec.Strictness) error {
	t.Helper()
	var d codec.Decoder
	d.Start(codec.Raw{Format: codec.JSON, Data: []byte("[" + text + "]")}, "")
	args := d.Any()
	if d.Err() != nil {
		t.Fatal(d.Err())
	}
	r := encode(t, f, func(e *codec.Encoder) { e.Any(args) })
	var in codec.Decoder
	in.Payload(codec.Payload{Args: r}, v, &codec.Table{Args: 1, Fields: []string{"v:value"}}, s)
	return in.Err()
}

// wants decodes in all formats and wants an error, "" for none.
func wants(t *testing.T, text string, fresh func() codec.Value, s codec.Strictness, want string) {
	t.Helper()
	for _, f := range formats {
		got := ""
		if err := parse(t, f, text, fresh(), s); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%v: %s: got %q, want %q", f, text, got, want)
		}
	}
}

// becomes decodes in all formats and wants a value, which encodes to the same.
func becomes[T any, P interface {
	*T
	codec.Value
}](t *testing.T, text string, want T) {
	t.Helper()
	for _, f := range formats {
		var got T
		if err := parse(t, f, text, P(&got), codec.Input); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%v: %s: got %#v %v, want %#v", f, text, got, err, want)
			continue
		}
		var again T
		if err := decodeValue(encodeValue(t, f, P(&got)), P(&again)); err != nil || !reflect.DeepEqual(again, want) {
			t.Errorf("%v: %s: encoded again: %#v %v", f, text, again, err)
		}
	}
}

// Constraints hold for the input of a procedure, with the path and the rule, and
// for what else is received only on request.
func TestChecked(t *testing.T) {
	const good = `"quantity":1,"share":0.3,"step":5,"tags":["a"],"blob":"","stock":{}`
	for text, want := range map[string]string{
		good:                                  "",
		strings.Replace(good, "1", "1000", 1): "v.quantity: want at most 999, got more",
		strings.Replace(good, "0.3", "-1", 1): "v.share: want more than 0, got no more",
		strings.Replace(good, `["a"]`, `["a","b","c","d"]`, 1):        "v.tags: want at most 3 items, got more",
		strings.Replace(good, `["a"]`, `["a","b","a"]`, 1):            "v.tags: want different items, got a duplicate",
		strings.Replace(good, "{}", `{"AB-12":1,"AB-3":2}`, 1):        "v.stock: want at most 1 key, got more",
		strings.Replace(good, "{}", `{"AB12":1}`, 1):                  `v.stock["AB12"]: want a key: a match of ^[A-Z]+-[0-9]+$, got another string`,
		strings.Replace(good, "{}", `{"ABCDEFGH-12":1}`, 1):           `v.stock["ABCDEFGH-12"]: want a key: at most 8 characters, got more`,
		strings.Replace(good, `"step":5`, `"step":6, "step":"no"`, 1): "v.step: want a multiple of 5, got another number",
	} {
		text = "{" + strings.Replace(text, `"blob":""`, `"blob":"\u0000AQ=="`, 1) + "}"
		if strings.Contains(want, "v.step") {
			text = strings.Replace(text, `, "step":"no"`, "", 1)
		}
		fresh := func() codec.Value { return new(limits) }
		wants(t, text, fresh, codec.Input, want)
		wants(t, text, fresh, codec.Closed, want)
		wants(t, text, fresh, codec.Lenient, "")
	}
	err := codec.Validate(new(sku("AB-123456")))
	var v *codec.ValueError
	if !errors.As(err, &v) || v.Rule != codec.RuleMax || v.Found != "more" {
		t.Errorf("got %#v", err)
	}
	if codec.Validate(codec.Of(new(math.NaN()), func(p *float64, c *codec.Coder) {
		codec.Checked(c, p, codec.Float64, []codec.Check[float64]{codec.Max(1.0)})
	})) == nil {
		t.Error("NaN is at most 1")
	}
	if err := codec.Validate(codec.Of(new("é"), func(p *string, c *codec.Coder) {
		codec.Checked(c, p, codec.String, []codec.Check[string]{codec.Chars(2, 2)})
	})); err == nil || err.Error() != "want 2 characters, got fewer" {
		t.Errorf("code points: %v", err)
	}
}

// A tuple is a list; what is absent at its end is left out, and what follows it is
// ignored.
func TestTuple(t *testing.T) {
	fresh := func() codec.Value { return new(point) }
	becomes(t, `[1.5,2]`, point{Lat: 1.5, Lon: 2})
	becomes(t, `[1.5,2,null]`, point{Lat: 1.5, Lon: 2})
	becomes(t, `[1.5,2,"x"]`, point{Lat: 1.5, Lon: 2, Name: new("x")})
	becomes(t, `[1.5,2,"x",{"more":[1]},5]`, point{Lat: 1.5, Lon: 2, Name: new("x")})
	wants(t, `[1.5]`, fresh, codec.Lenient, "v[1]: want float64, missing")
	wants(t, `[]`, fresh, codec.Lenient, "v[0]: want float64, missing")
	wants(t, `[1.5,"x"]`, fresh, codec.Lenient, "v[1]: want float64, got string")
	wants(t, `[1.5,null]`, fresh, codec.Lenient, "v[1]: want float64, got null")
	wants(t, `{"lat":1}`, fresh, codec.Lenient, "v: want list, got map")
	wantBytes(t, doc(t, codec.JSON, "[1.0,2.0]"), encodeValue(t, codec.JSON, &point{Lat: 1, Lon: 2}))
	wantBytes(t, doc(t, codec.CBOR, "82 fb3ff0000000000000 fb4000000000000000"), encodeValue(t, codec.CBOR, &point{Lat: 1, Lon: 2}))
	wantBytes(t, doc(t, codec.MessagePack, "92 cb3ff0000000000000 cb4000000000000000"), encodeValue(t, codec.MessagePack, &point{Lat: 1, Lon: 2}))
}

// long is a tuple of optional elements that is coded in groups.
type long [20]*int

var longTable = codec.Table{Args: 20, Fields: strings.Split(strings.Repeat("x: ", 19)+"x:", " ")}

func (v *long) CodeWAMP(c *codec.Coder) {
	var s codec.Walk
	for c.Tuple(&s, &longTable) {
		for i := 4 * s.Group(); i < 4*s.Group()+4; i++ {
			codec.Optional(&s, i, &v[i], codec.Int)
			if c.Decoding() {
				break // one group may follow another in one turn
			}
		}
	}
}

// Where fewer elements make another head of the list, it is written anew.
func TestTuple_Long(t *testing.T) {
	for _, n := range []int{0, 1, 15, 16, 20} {
		var v long
		if n > 0 {
			v[n-1] = new(7)
		}
		for _, f := range formats {
			r := encodeValue(t, f, &v)
			var d codec.Decoder
			d.Start(r, "")
			list, _ := d.Any().([]any)
			d.End()
			if d.Err() != nil || len(list) != n || n > 0 && list[n-1] != int64(7) {
				t.Errorf("%v, %d elements: got %v %v", f, n, list, d.Err())
			}
		}
	}
}

// Keep keeps the keys that the type does not have, at any place, and writes them
// again; the head of the dict grows with them.
func TestUnknown_Keep(t *testing.T) {
	becomes(t, `{"id":1}`, open{ID: 1})
	becomes(t, `{"a":null,"id":1,"b":{"c":[1]}}`, open{ID: 1, Extra: map[string]any{"a": nil, "b": map[string]any{"c": []any{int64(1)}}}})
	for _, n := range []int{13, 14, 15, 16, 23, 24, 300} {
		v := open{ID: 1, Extra: map[string]any{}}
		for i := range n {
			v.Extra[fmt.Sprint("k", i)] = int64(i)
		}
		for _, f := range formats {
			var got open
			if err := decodeValue(encodeValue(t, f, &v), &got); err != nil || !reflect.DeepEqual(got, v) {
				t.Errorf("%v, %d keys: %v", f, n, err)
			}
		}
	}
	wantError(t, codec.Validate(&open{Extra: map[string]any{"id": 2}}), "id: want a key beside those of the type, got a key of the type")
	wantError(t, codec.Validate(&open{Extra: map[string]any{"x": make(chan int)}}), "x: a value of type chan int cannot be encoded")
}

// Reject refuses them as a constraint does.
func TestUnknown_Reject(t *testing.T) {
	fresh := func() codec.Value { return new(shut) }
	wants(t, `{"id":1,"Id":2}`, fresh, codec.Input, "v.Id: unknown key")
	wants(t, `{"idle":null,"id":1}`, fresh, codec.Closed, "v.idle: unknown key")
	wants(t, `{"idle":null,"id":1}`, fresh, codec.Lenient, "")
}

// The tag of a union may stand anywhere; of a duplicate the last counts. Nothing
// of it is an unknown key of the variant.
func TestUnion(t *testing.T) {
	one := func(v shape) drawing { return drawing{First: v, Others: []shape{}} }
	in := func(text string) string { return `{"others":[],"first":` + text + `}` }
	becomes(t, in(`{"kind":"open","id":1}`), one(&open{ID: 1}))
	becomes(t, in(`{"id":1,"x":[{"kind":"no"}],"kind":"open"}`), one(&open{ID: 1, Extra: map[string]any{"x": []any{map[string]any{"kind": "no"}}}}))
	becomes(t, in(`{"id":1,"kind":"shut"}`), one(&shut{ID: 1}))
	twice := codec.Raw{Format: codec.JSON, Data: []byte(`{"others":[],"first":{"kind":"open","id":1,"kind":"shut"}}`)}
	var v drawing
	if err := decodeValue(twice, &v); err != nil || !reflect.DeepEqual(v, one(&shut{1})) {
		t.Errorf("duplicate tag: %#v %v", v, err)
	}
	fresh := func() codec.Value { return new(drawing) }
	wants(t, in(`{"kind":"shut","id":1,"odd":1}`), fresh, codec.Input, "v.first.odd: unknown key")
	wants(t, in(`{"kind":"round"}`), fresh, codec.Lenient, "v.first.kind: want one of open, shut")
	wants(t, in(`{"kind":1}`), fresh, codec.Lenient, "v.first.kind: want string, got int")
	wants(t, in(`{"id":1}`), fresh, codec.Lenient, "v.first.kind: want one of open, shut, missing")
	wants(t, in(`[]`), fresh, codec.Lenient, "v.first: want map, got list")
	wants(t, in(`null`), fresh, codec.Lenient, "v.first: want map, got null")
	wants(t, in(`{"kind":"shut","id":"x"}`), fresh, codec.Lenient, "v.first.id: want int, got string")
	wantError(t, codec.Validate(&drawing{First: (*shut)(nil)}), "first: want one of open, shut, got nil")
}

// Beside a key of its own, a variant may come before or after the tag.
func TestUnion_Adjacent(t *testing.T) {
	in := func(text string) string { return `{"others":[],"first":{"kind":"shut","id":1},"second":` + text + `}` }
	want := drawing{First: &shut{1}, Second: &open{ID: 2, Extra: map[string]any{"kind": "x"}}, Others: []shape{}}
	becomes(t, in(`{"kind":"open","of":{"id":2,"kind":"x"}}`), want)
	becomes(t, in(`{"of":{"id":2,"kind":"x"},"more":1,"kind":"open"}`), want)
	fresh := func() codec.Value { return new(drawing) }
	wants(t, in(`{"kind":"open"}`), fresh, codec.Lenient, "v.second.of: want a value, missing")
	wants(t, in(`{"of":{"id":2}}`), fresh, codec.Lenient, "v.second.kind: want one of open, shut, missing")
	wants(t, in(`{"of":{"id":""},"kind":"open"}`), fresh, codec.Lenient, "v.second.of.id: want int, got string")
	wants(t, in(`{"of":{"id":2},"kind":"round"}`), fresh, codec.Lenient, "v.second.kind: want one of open, shut")
}

// An open union keeps what it does not know, with its tag.
func TestUnion_Unknown(t *testing.T) {
	in := func(text string) string { return `{"first":{"kind":"shut","id":1},"others":[` + text + `,null]}` }
	want := func(v shape) drawing { return drawing{First: &shut{1}, Others: []shape{v, nil}} }
	becomes(t, in(`{"kind":"round","r":[1,null]}`), want(&unknownShape{"round", map[string]any{"kind": "round", "r": []any{int64(1), nil}}}))
	wantError(t, codec.Validate(&drawing{First: &shut{}, Others: []shape{&unknownShape{"round", 5}}}),
		"others[0]: want map, got another value of an unknown variant")
	renamed := drawing{First: &shut{}, Others: []shape{&unknownShape{"oval", map[string]any{"kind": "round"}}}}
	wantBytes(t, doc(t, codec.JSON, `{"first":{"kind":"shut","id":0},"others":[{"kind":"oval"}]}`), encodeValue(t, codec.JSON, &renamed))
}

// word, number and so on are the variants of a union by kind.
type (
	text   string
	number float64
	truth  bool
	items  []string
)

func (v *text) CodeWAMP(c *codec.Coder)   { codec.String((*string)(v), c) }
func (v *number) CodeWAMP(c *codec.Coder) { codec.Float64((*float64)(v), c) }
func (v *truth) CodeWAMP(c *codec.Coder)  { codec.Bool((*bool)(v), c) }
func (v *items) CodeWAMP(c *codec.Coder)  { codec.List(c, (*[]string)(v), codec.String) }

type anything struct{ codec.Value }

var kindUnion = codec.Union[codec.Value]{
	Variants: []codec.Variant[codec.Value]{
		codec.VariantOf("", codec.KindText, func(v *text) codec.Value { return v }),
		codec.VariantOf("", codec.KindInt, func(v *number) codec.Value { return v }),
		codec.VariantOf("", codec.KindBool, func(v *truth) codec.Value { return v }),
		codec.VariantOf("", codec.KindList, func(v *items) codec.Value { return v }),
		codec.VariantOf("", codec.KindMap, func(v *shut) codec.Value { return v }),
	},
	Which: func(v codec.Value) (int, bool) {
		switch v.(type) {
		case *text:
			return 0, true
		case *number:
			return 1, true
		case *truth:
			return 2, true
		case *items:
			return 3, true
		}
		return 4, true
	},
}

func (v *anything) CodeWAMP(c *codec.Coder) { kindUnion.Code(&v.Value, c) }

// Without a tag, the kind of the value decides.
func TestUnion_Kind(t *testing.T) {
	becomes(t, `"x"`, anything{new(text("x"))})
	becomes(t, `5`, anything{new(number(5))})
	becomes(t, `5.5`, anything{new(number(5.5))})
	becomes(t, `true`, anything{new(truth(true))})
	becomes(t, `["a"]`, anything{&items{"a"}})
	becomes(t, `{"id":3}`, anything{&shut{3}})
	fresh := func() codec.Value { return new(anything) }
	wants(t, `null`, fresh, codec.Lenient, "v: want string or number or bool or list or map, got null")
	wants(t, `[5]`, fresh, codec.Lenient, "v[0]: want string, got int")
	wants(t, `"\u0000AA=="`, fresh, codec.Lenient, "v: want string or number or bool or list or map, got bytes")
}

// A union costs what its variants cost before they are made.
func TestUnion_Budget(t *testing.T) {
	doc := `{"first":{"kind":"open","id":1},"others":[` + strings.Repeat(`{"kind":"shut","id":1},`, 2000) + `null]}`
	var d codec.Decoder
	d.Limit(16<<10, nil)
	d.Start(codec.Raw{Format: codec.JSON, Data: []byte(doc)}, "")
	d.Limit(16<<10, nil)
	var v drawing
	v.CodeWAMP(d.Coder())
	if d.Err() == nil {
		t.Error("2000 variants fit into 16 KiB")
	}
}

// Every encoding reads what it writes, in all formats.
func TestEncodings(t *testing.T) {
	type codes struct {
		at   []time.Time
		code func(*time.Time, *codec.Coder)
	}
	whole := []time.Time{time.Unix(0, 0), time.Unix(-1, 0), time.Unix(1787394600, 0), time.Unix(-62135596800, 0), time.Unix(253402300799, 0)}
	exact := append(whole, time.Unix(1787394600, 123456789), time.Unix(-1, 999999999), time.Unix(1787394600, 500_000_000))
	for _, c := range []codes{
		{whole, codec.UnixSeconds}, {append(whole, time.UnixMilli(-1), time.UnixMilli(1787394600123)), codec.UnixMillis},
		{append(whole, time.UnixMicro(-1), time.UnixMicro(1787394600123456)), codec.UnixMicros},
		{[]time.Time{time.Unix(0, 1), time.Unix(0, -1), time.Unix(9e9, 1)}, codec.UnixNanos}, {exact, codec.NativeTime},
	} {
		for _, at := range c.at {
			for _, f := range formats {
				var got time.Time
				at = at.UTC() // in the zone of the machine the last second is of another year
				r := encodeValue(t, f, codec.Of(&at, c.code))
				if err := decodeValue(r, codec.Of(&got, c.code)); err != nil || !got.Equal(at) || got.Location() != time.UTC {
					t.Errorf("%v: %v as %q: %v %v", f, at.UTC(), r.Data, got, err)
				}
			}
		}
	}
	for _, code := range []func(*time.Duration, *codec.Coder){codec.Nanos, codec.GoDuration, codec.ISODuration} {
		for _, d := range []time.Duration{0, 1, -1, time.Minute, -90*time.Minute - 5, math.MaxInt64, math.MinInt64, 36 * time.Hour} {
			for _, f := range formats {
				got := time.Hour
				r := encodeValue(t, f, codec.Of(&d, code))
				if err := decodeValue(r, codec.Of(&got, code)); err != nil || got != d {
					t.Errorf("%v: %v as %q: %v %v", f, d, r.Data, got, err)
				}
			}
		}
	}
	for _, code := range []func(*[]byte, *codec.Coder){codec.Base64, codec.Hex} {
		for _, b := range [][]byte{{}, {0}, {1, 2, 3, 255}} {
			for _, f := range formats {
				var got []byte
				if err := decodeValue(encodeValue(t, f, codec.Of(&b, code)), codec.Of(&got, code)); err != nil || !reflect.DeepEqual(got, b) {
					t.Errorf("%v: %v became %v %v", f, b, got, err)
				}
			}
		}
	}
}

// What a peer may write otherwise is read, and what makes no sense refused.
func TestEncodings_Read(t *testing.T) {
	wait := func(code func(*time.Duration, *codec.Coder)) func() codec.Value {
		return func() codec.Value { return codec.Of(new(time.Duration), code) }
	}
	at := func(code func(*time.Time, *codec.Coder)) func() codec.Value {
		return func() codec.Value { return codec.Of(new(time.Time), code) }
	}
	for _, text := range []string{`"PT1H"`, `"P1DT2H"`, `"P2W"`, `"PT0.5S"`, `"PT0,5S"`, `"-PT5M"`, `"P1D"`} {
		wants(t, text, wait(codec.ISODuration), codec.Input, "")
	}
	for _, text := range []string{`""`, `"P"`, `"PT"`, `"P1Y"`, `"P1M"`, `"PT1"`, `"1H"`, `"PT1S1H"`, `"PT1H1H"`, `"PT9999999999999H"`, `"P1DT"`, `"PT.5S"`, `"PT2562047H9999M"`, `"PT2562047H47M16.854775808S"`} {
		wants(t, text, wait(codec.ISODuration), codec.Input, "v: want duration such as PT1H30M, got invalid string")
	}
	wants(t, `"soon"`, wait(codec.GoDuration), codec.Input, "v: want duration such as 1h30m, got invalid string")
	wants(t, `5`, wait(codec.GoDuration), codec.Input, "v: want string, got int")
	wants(t, `1.5`, wait(codec.Seconds), codec.Input, "")
	wants(t, `1e300`, wait(codec.Seconds), codec.Input, "v: want duration, got float out of range")
	wants(t, `9223372037`, wait(codec.Seconds), codec.Input, "v: want duration, got int out of range")
	wants(t, `1787394600.25`, at(codec.UnixSeconds), codec.Input, "")
	wants(t, `1e18`, at(codec.UnixSeconds), codec.Input, "v: want time, got float out of range")
	wants(t, `999999999999`, at(codec.UnixSeconds), codec.Input, "v: want time, got int out of range")
	wants(t, `"now"`, at(codec.UnixSeconds), codec.Input, "v: want int, got string")
	wants(t, `"zz"`, func() codec.Value { return codec.Of(new([]byte), codec.Hex) }, codec.Input, "v: want hexadecimal digits, got invalid string")
	wants(t, `"?"`, func() codec.Value { return codec.Of(new([]byte), codec.Base64) }, codec.Input, "v: want base64, got invalid string")
	wants(t, `"\u0000AA=="`, func() codec.Value { return codec.Of(new([16]byte), codec.Bytes16) }, codec.Input, "v: want 16 bytes, got invalid bytes")
	var got time.Time
	if err := decodeValue(doc(t, codec.JSON, "1787394600.25"), codec.Of(&got, codec.UnixSeconds)); err != nil || got.Nanosecond() != 250_000_000 {
		t.Errorf("fraction: %v %v", got, err)
	}
	wantError(t, codec.Validate(codec.Of(new(time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC)), codec.UnixNanos)), "want time, got a time out of range")
}
