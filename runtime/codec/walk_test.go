package codec_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
)

// article is a struct as generated code codes it, with every way that a field may
// be absent, null or by default.
type article struct {
	SKU    string
	Count  int
	Ratio  float64
	Open   bool
	At     time.Time
	Note   *string
	Next   *article
	Tags   []string
	Blob   []byte
	Labels map[string]int
	Limit  int
	Top    *int
	Gone   *bool
}

var articleTable = codec.Table{Fields: []string{
	"sku:string", "count:int", "ratio:float64", "open:bool", "at:time", "note:", "next:", "tags:", "blob:",
	"labels:map", "limit:", "top:", "gone:bool",
}}

type listOfString []string

func (l *listOfString) CodeWAMP(c *codec.Coder) { codec.List(c, (*[]string)(l), codec.String) }

type mapOfInt map[string]int

func (m *mapOfInt) CodeWAMP(c *codec.Coder) { codec.Map(c, (*map[string]int)(m), codec.Int) }

var (
	articleDefaults = article{Limit: 50, Top: new(7)}
	requestDefaults request
)

func (v *article) CodeWAMP(c *codec.Coder) {
	if c.Decoding() {
		*v = article{Limit: 50, Top: new(7)}
	}
	var s codec.Walk
	for c.Struct(&s, &articleTable) {
		s.String(0, &v.SKU)
		s.Int(1, &v.Count)
		s.Float64(2, &v.Ratio)
		s.Bool(3, &v.Open)
		s.Time(4, &v.At)
		codec.Optional(&s, 5, &v.Note, codec.String)
		codec.Optional(&s, 6, &v.Next, (*article).CodeWAMP)
		codec.ListField(&s, 7, &v.Tags, codec.Absent, func(p *[]string, c *codec.Coder) { (*listOfString)(p).CodeWAMP(c) })
		codec.ListField(&s, 8, &v.Blob, codec.Absent, codec.Bytes)
		s.Value(9, (*mapOfInt)(&v.Labels))
		codec.Or(&s, 10, &v.Limit, &articleDefaults.Limit, codec.Int)
		codec.OptionalOr(&s, 11, &v.Top, articleDefaults.Top, codec.Int)
		codec.Nullable(&s, 12, &v.Gone, codec.Bool)
	}
}

// request is a payload with parameters of all sorts.
type request struct {
	Customer string
	Items    []article
	Hint     *string
	Page     *int
	Coupon   *string
	Urgent   bool
}

var requestTable = codec.Table{Args: 4, Fields: []string{"customer:string", "items:list", "hint:", "page:", "coupon:", "urgent:"}}

type listOfArticle []article

func (l *listOfArticle) CodeWAMP(c *codec.Coder) { codec.List(c, (*[]article)(l), (*article).CodeWAMP) }

func (v *request) CodeWAMP(c *codec.Coder) {
	if c.Decoding() {
		*v = request{}
	}
	var s codec.Walk
	for c.Payload(&s, &requestTable) {
		s.String(0, &v.Customer)
		s.Value(1, (*listOfArticle)(&v.Items))
		codec.Optional(&s, 2, &v.Hint, codec.String)
		codec.Optional(&s, 3, &v.Page, codec.Int)
		s.Kwargs()
		codec.Optional(&s, 4, &v.Coupon, codec.String)
		codec.Or(&s, 5, &v.Urgent, &requestDefaults.Urgent, codec.Bool)
	}
}

func fullArticle() article {
	return article{
		SKU: "a\"b", Count: -3, Ratio: 1.5, Open: true, At: time.Date(2026, 8, 22, 1, 2, 3, 4, time.UTC), Note: new("ä"),
		Next: &article{SKU: strings.Repeat("x", 300), Labels: map[string]int{}, At: time.Unix(0, 0).UTC(), Limit: 1, Top: new(7)},
		Tags: []string{}, Blob: []byte{1}, Labels: map[string]int{"one": 1, "big": math.MaxInt}, Limit: 9, Top: new(0), Gone: new(true),
	}
}

func encodeValue(t *testing.T, f codec.Format, v codec.Value) codec.Raw {
	t.Helper()
	return encode(t, f, func(e *codec.Encoder) { v.CodeWAMP(e.Coder()) })
}

func decodeValue(r codec.Raw, v codec.Value) error {
	return decode(r, "", func(d *codec.Decoder) { v.CodeWAMP(d.Coder()) })
}

// TestWalk_RoundTrip has values whose optional fields are there or not.
func TestWalk_RoundTrip(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		for _, v := range []article{fullArticle(), *fullArticle().Next} {
			var got article
			if err := decodeValue(encodeValue(t, f, &v), &got); err != nil || !reflect.DeepEqual(v, got) {
				t.Errorf("%v: got %+v, want %+v", err, got, v)
			}
		}
	})
}

// TestWalk_Defaults: a default replaces zero, absent and null.
func TestWalk_Defaults(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		v := article{Labels: map[string]int{}}
		m, err := encodeValue(t, f, &v).Any()
		if err != nil || m.(map[string]any)["limit"] != int64(50) || m.(map[string]any)["top"] != int64(7) {
			t.Error(m, err)
		}
		m.(map[string]any)["limit"] = nil
		delete(m.(map[string]any), "top")
		var got article
		if err := decodeValue(encode(t, f, func(e *codec.Encoder) { e.Any(m) }), &got); err != nil || got.Limit != 50 || *got.Top != 7 {
			t.Error(got, err)
		}
	})
}

// TestWalk_AnyOrder reads keys in any order, twice, and among unknown ones: the
// last of two equal keys wins, also where it is null.
func TestWalk_AnyOrder(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		want := fullArticle()
		m, err := encodeValue(t, f, &want).Any()
		if err != nil {
			t.Fatal(err)
		}
		keys := []string{"unknown", "note"}
		for k := range m.(map[string]any) {
			keys = append(keys, k)
		}
		m.(map[string]any)["unknown"] = []any{map[string]any{"a": nil}}
		for range 100 {
			rand.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
			r := encode(t, f, func(e *codec.Encoder) {
				e.Map(len(keys) + 2)
				e.Key("sku")
				e.Text("first")
				for _, k := range keys {
					e.Key(k)
					e.Any(m.(map[string]any)[k])
				}
				e.Key("next")
				e.Null()
				e.EndMap()
			})
			var got article
			err := decodeValue(r, &got)
			expected := want
			expected.Next = nil
			if err != nil || !reflect.DeepEqual(got, expected) {
				t.Fatalf("%v: %v: got %+v", keys, err, got)
			}
		}
	})
}

// payloadOf splits the encoded values of v.
func payloadOf(t *testing.T, f codec.Format, v codec.Value, table *codec.Table) codec.Payload {
	t.Helper()
	var e codec.Encoder
	e.Reset(f, nil)
	n := e.Payload(v, table)
	if err := e.Err(); err != nil {
		t.Fatal(err)
	}
	var p codec.Payload
	b := e.Bytes()
	if f == codec.JSON {
		b = append(append([]byte("["), b...), ']')
	} else {
		head := map[codec.Format]byte{codec.MessagePack: 0x90, codec.CBOR: 0x80}[f]
		b = append([]byte{head | byte(n)}, b...)
	}
	var d codec.Decoder
	d.Start(codec.Raw{Format: f, Data: b}, "")
	s := d.List()
	if d.Next(&s) {
		p.Args = d.Raw()
	}
	if d.Next(&s) {
		p.Kwargs = d.Raw()
	}
	if d.Next(&s) || d.Err() != nil {
		t.Fatalf("%x: %v", b, d.Err())
	}
	return p
}

// TestWalk_Payload: absent parameters at the end of the arguments are left out,
// one before a present one is null, and a part that is empty is not sent. // R100 R101 R102.
func TestWalk_Payload(t *testing.T) {
	items := []article{}
	each(t, func(t *testing.T, f codec.Format) {
		for _, c := range []struct {
			in           request
			args, kwargs string
		}{
			{request{Customer: "c", Items: items}, `["c",[]]`, `{"urgent":false}`},
			{request{Customer: "c", Items: items, Page: new(2)}, `["c",[],null,2]`, `{"urgent":false}`},
			{request{Customer: "c", Items: items, Hint: new("h"), Coupon: new("x")}, `["c",[],"h"]`, `{"coupon":"x","urgent":false}`},
		} {
			p := payloadOf(t, f, &c.in, nil)
			if got := plainJSON(t, p.Args); got != c.args {
				t.Errorf("args %s, want %s", got, c.args)
			}
			if got := plainJSON(t, p.Kwargs); got != c.kwargs {
				t.Errorf("kwargs %s, want %s", got, c.kwargs)
			}
			var got request
			var d codec.Decoder
			d.Payload(p, &got, nil, codec.Input)
			if d.Err() != nil || !reflect.DeepEqual(got, c.in) {
				t.Errorf("%v: %+v", d.Err(), got)
			}
		}
	})
}

func plainJSON(t *testing.T, r codec.Raw) string {
	t.Helper()
	v, err := r.Any()
	if err != nil {
		t.Fatal(err)
	}
	return string(encode(t, codec.JSON, func(e *codec.Encoder) { e.Any(v) }).Data)
}

// TestWalk_PayloadErrors has what is wrong with a payload as a whole.
func TestWalk_PayloadErrors(t *testing.T) {
	raw := func(f codec.Format, literal string) codec.Raw {
		if literal == "" {
			return codec.Raw{}
		}
		v, err := codec.Raw{Format: codec.JSON, Data: []byte(literal)}.Any()
		if err != nil {
			t.Fatal(literal, err)
		}
		return encode(t, f, func(e *codec.Encoder) { e.Any(v) })
	}
	each(t, func(t *testing.T, f codec.Format) {
		for _, c := range []struct{ args, kwargs, want string }{
			{`["c"]`, ``, "items: want list, missing"},
			{`[]`, `{"items":[]}`, "customer: want string, missing"},
			{`["c",[]]`, `{"customer":"d"}`, "customer: want one value, got one by position and one by name"},
			{`["c",[],"h",1,2]`, ``, "args: want at most 4 positional arguments, got more"},
			{`["c",[{"sku":1}]]`, ``, "items[0].sku: want string, got int"},
			{`["c"]`, `{"items":[{"sku":"s"}]}`, "items[0].count: want int, missing"},
			{`["c",[{"labels":{"a b":true}}]]`, ``, `items[0].labels["a b"]: want int, got bool`},
			{`["c",[{"labels":{"eu":"secret"}}]]`, ``, `items[0].labels["eu"]: want int, got string`},
			{`["c",[]]`, `{"coupon":5}`, "coupon: want string, got int"},
			{`["c",[],5]`, ``, "hint: want string, got int"},
			{`{}`, ``, "args: want list, got map"},
			{`["c",[]]`, `[]`, "kwargs: want map, got list"},
		} {
			var d codec.Decoder
			d.Payload(codec.Payload{Args: raw(f, c.args), Kwargs: raw(f, c.kwargs)}, &request{}, nil, codec.Input)
			wantError(t, d.Err(), c.want)
		}
		lenient := codec.Payload{Args: raw(f, `["c",[],"h",1,2]`), Kwargs: raw(f, `{"customer":"d","x":1}`)}
		var d codec.Decoder
		var got request
		d.Payload(lenient, &got, nil, codec.Lenient)
		if d.Err() != nil || got.Customer != "c" || *got.Page != 1 {
			t.Error(got, d.Err())
		}
	})
}

// TestWalk_EncodeErrors name the place as decoding does.
func TestWalk_EncodeErrors(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		for want, change := range map[string]func(*request){
			"items[1].sku: want string, got invalid UTF-8":              func(r *request) { r.Items[1].SKU = "\xff" },
			"items[1].next.at: want time, got a year outside 0 to 9999": func(r *request) { r.Items[1].Next.At = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
			`items[1].labels["\xff"]: want string, got invalid UTF-8`:   func(r *request) { r.Items[1].Labels["\xff"] = 1 },
			"customer: want string, got invalid UTF-8":                  func(r *request) { r.Customer = "\xff" },
			"coupon: want string, got invalid UTF-8":                    func(r *request) { r.Coupon = new("\xff") },
		} {
			r := request{Items: []article{fullArticle(), fullArticle()}}
			change(&r)
			var e codec.Encoder
			e.Reset(f, nil)
			e.Payload(&r, nil)
			if strings.Contains(want, `\xff`) {
				want = "items[1].labels: want string, got invalid UTF-8"
			}
			wantError(t, e.Err(), want)
		}
	})
}

// broad has more fields than are coded in one turn.
type broad [40]int64

var broadTable = func() *codec.Table {
	t := &codec.Table{}
	for i := range 40 {
		t.Fields = append(t.Fields, "f"+string(rune('a'+i%26))+strings.Repeat("x", i/26)+":int")
	}
	return t
}()

func (v *broad) CodeWAMP(c *codec.Coder) {
	var s codec.Walk
	for c.Struct(&s, broadTable) {
		for i := 4 * s.Group(); i < 4*s.Group()+4; i++ {
			s.Int64(i, &v[i])
		}
	}
}

// TestWalk_Groups has a struct with many fields, in order and shuffled.
func TestWalk_Groups(t *testing.T) {
	var want broad
	for i := range want {
		want[i] = int64(i)
	}
	each(t, func(t *testing.T, f codec.Format) {
		r := encodeValue(t, f, &want)
		m, err := r.Any()
		if err != nil || len(m.(map[string]any)) != len(want) {
			t.Fatal(m, err)
		}
		for _, r := range []codec.Raw{r, encode(t, f, func(e *codec.Encoder) { e.Any(m) })} {
			var got broad
			if err := decodeValue(r, &got); err != nil || got != want {
				t.Error(got, err)
			}
		}
		delete(m.(map[string]any), "fbx")
		wantError(t, decodeValue(encode(t, f, func(e *codec.Encoder) { e.Any(m) }), new(broad)), "fbx: want int, missing")
	})
}

// TestWalk_ShortestHead: a struct that announced more keys than it has is
// written as if it had been counted.
func TestWalk_ShortestHead(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		r := encodeValue(t, f, &hollow{A: new(int64(1))})
		want := encode(t, f, func(e *codec.Encoder) { e.Map(1); e.Key("a"); e.Int(1); e.EndMap() })
		if !bytes.Equal(r.Data, want.Data) {
			t.Errorf("%x, want %x", r.Data, want.Data)
		}
	})
}
