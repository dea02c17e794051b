package roundtrip

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wampgen/wampgen/generator/jsonschema"
	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/schema"
)

// modelT is the Model of a type T.
func modelT(t *testing.T, definition string) *schema.Model {
	t.Helper()
	m, found := schema.Parse("forms.wamp.yaml", []byte("wampgen: 1\napi: {name: forms, uri: com.example.forms}\ntypes: {T: "+definition+"}\n"))
	if found.HasErrors() {
		t.Fatal(found)
	}
	return m
}

// typeT compiles the JSON Schema of a type.
func typeT(t *testing.T, definition string) *validator.Schema {
	t.Helper()
	m := modelT(t, definition)
	data, err := jsonschema.Generate(m)
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	if err := c.AddResource("api.json", parse(t, data)); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("api.json#/$defs/T")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The JSON Schema and package value accept the spellings of a value that the
// decoder accepts.
func TestForms(t *testing.T) {
	for definition, form := range map[string]struct {
		into   codec.Value
		values string
	}{
		"{type: duration, encoding: iso8601}": {codec.Of(new(time.Duration), codec.ISODuration),
			`"PT1H30M" "P1D" "-P1W2DT0.5S" "P" "PT" "P1DT" "-P" "" "1H" "PT1S1H" "PT1,5S" "P1H" "P1Y" "PT.5S" "pt1s" 5`},
		"{type: duration, encoding: go}": {codec.Of(new(time.Duration), codec.GoDuration),
			`"1h30m" "0" "-1.5s" "+.5ms" "1." "1" "" "-" "1h 2m" "3us" "3µs" "1d" "." ".s" "1.s" 5`},
		"{type: duration, encoding: s}": {codec.Of(new(time.Duration), codec.Seconds),
			`1 1.5 -1 9223372036 9223372037 -9223372037 "1"`},
		"{type: duration}": {codec.Of(new(time.Duration), codec.Duration),
			`1 1.0 1.5 9223372036854 9223372036855 -9223372036854 -9223372036855`},
		"{type: time}": {codec.Of(new(time.Time), codec.Time),
			`"2026-08-22T10:30:00Z" "2026-08-22T10:30:00.123456789+02:00" "2026-08-22t10:30:00Z" "2026-08-22 10:30:00Z" "2026-08-22T10:30:00"
			"2026-08-22T24:00:00Z" "2026-04-31T00:00:00Z" "2026-13-01T00:00:00Z" "2026-08-22T10:30:60Z" "2026-08-22T10:30:00.Z" "2026-08-22" "26-08-22T10:30:00Z" 7`},
		"{type: time, encoding: unix}": {codec.Of(new(time.Time), codec.UnixSeconds),
			`0 1.5 253402300799 253402300800 -62167219200 -62167219201 "0"`},
		"{type: time, encoding: unix_ms}": {codec.Of(new(time.Time), codec.UnixMillis), `0 253402300799999 253402300800000 -62167219200000`},
		"{type: date}":                    {new(wamp.Date), `"2026-08-22" "2026-02-30" "2026-8-22" "2026-08-22T" "" "2026-11-31" "0001-01-01"`},
		"{type: uuid}": {new(wamp.UUID), `"018f2c7a-9b3d-7000-8000-000000000001" "018F2C7A-9B3D-7000-8000-00000000000A" "018f2c7a9b3d70008000000000000001"
			"018f2c7a-9b3d-7000-8000-00000000000g" "{018f2c7a-9b3d-7000-8000-000000000001}" ""`},
		"{type: decimal}": {new(wamp.Decimal), `"12.50" "-1" "+1" "1e5" "1E-5" "1e+5" ".5" "1." "" "e5" "1e" "--1" "0x1" "1,5" 1 1.5 -1e30 "1e+-5" "1e-+5"`},
		"{type: uri}":     {new(wamp.URI), `"com.example" "a" "" "a..b" ".a" "a." "a b" "a#b" "com.Example-1" "a\tb" "a\u00a0b" "a\u2003b" "日本.x"`},
		"{type: id}":      {new(wamp.ID), `0 1 9007199254740992 9007199254740993 1.0 -1`},
		"{type: int}":     {codec.Of(new(int), codec.Int), `9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 1e3 1.50 15e-1 -0.0`},
		"{type: uint64}":  {codec.Of(new(uint64), codec.Uint64), `18446744073709551615 18446744073709551616 -1 -0`},
		"{type: float32}": {codec.Of(new(float32), codec.Float32), `1 3.4028234663852886e38 3.5e38 -3.5e38`},
		"{type: bytes, encoding: base64}": {codec.Of(new([]byte), codec.Base64),
			`"" "AQI=" "AQ==" "AQID" "AQ=" "AQ" "A" "A===" "AQI-" "\u0000AQI="`},
		"{type: bytes}":                {codec.Of(new([]byte), codec.Bytes), `"\u0000" "\u0000AQI=" "\u0000AQI" "AQI=" "" "\u0000\u0000"`},
		"{type: bytes, encoding: hex}": {codec.Of(new([]byte), codec.Hex), `"" "00fF" "0" "0g"`},
		"{type: uuid, encoding: bytes}": {codec.Of(new([16]byte), codec.Bytes16),
			`"\u0000AQIDAAAAAAAAAAAAAAAA/w==" "\u0000AQIDAAAAAAAAAAAAAAAA/w8=" "\u0000AQIDAAAAAAAAAAAAAAAA" "AQIDAAAAAAAAAAAAAAAA/w=="`},
	} {
		if strconv.IntSize == 32 && definition == "{type: int}" {
			continue // its borders are others there, and a schema does not know them
		}
		s, by := typeT(t, definition), judges(modelT(t, definition))["T"]
		for d := json.NewDecoder(strings.NewReader(form.values)); d.More(); {
			var data json.RawMessage
			if err := d.Decode(&data); err != nil {
				t.Fatal(definition, err)
			}
			decoded := codec.UnmarshalJSON(data, form.into)
			same(t, definition, data, decoded, s.Validate(parse(t, data)))
			judged(t, definition, by, data, decoded)
		}
	}
}

// The bounds of the length of bytes hold for the text that they are in JSON.
func TestForms_LengthOfBytes(t *testing.T) {
	encodings := map[string]func([]byte) string{
		"":                   func(b []byte) string { return "\x00" + base64.StdEncoding.EncodeToString(b) },
		", encoding: base64": base64.StdEncoding.EncodeToString,
		", encoding: hex":    hex.EncodeToString,
	}
	for encoding, encode := range encodings {
		for bound := range 8 {
			least := typeT(t, fmt.Sprintf("{type: bytes%s, min: %d}", encoding, bound))
			most := typeT(t, fmt.Sprintf("{type: bytes%s, max: %d}", encoding, bound))
			exact := typeT(t, fmt.Sprintf("{type: bytes%s, len: %d}", encoding, bound))
			for n := range 12 {
				text := encode(make([]byte, n))
				for holds, s := range map[string]*validator.Schema{"min": least, "max": most, "len": exact} {
					want := map[string]bool{"min": n >= bound, "max": n <= bound, "len": n == bound}[holds]
					if err := s.Validate(text); (err == nil) != want {
						t.Errorf("%s %d%s: %d bytes: %v", holds, bound, encoding, n, err)
					}
				}
			}
		}
	}
}
