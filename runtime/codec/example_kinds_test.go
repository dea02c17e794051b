package codec_test

import (
	"fmt"
	"net/netip"
	"net/url"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
)

// sku is a string with constraints as wampgen generates it.
type sku string

var skuChecks = []codec.Check[string]{codec.Chars(3, 8), codec.Pattern("^[A-Z]+-[0-9]+$")}

func (v *sku) CodeWAMP(c *codec.Coder) { codec.Checked(c, (*string)(v), codec.String, skuChecks) }

// limits are numbers and collections with constraints.
type limits struct {
	Quantity int
	Share    float64
	Step     int8
	Tags     []string
	Blob     []byte
	Stock    map[sku]int
}

var (
	limitsTable = codec.Table{Fields: []string{"quantity:int", "share:float64", "step:int8", "tags:list", "blob:bytes", "stock:map"}}

	quantityChecks = []codec.Check[int]{codec.Min[int](1), codec.Max[int](999)}
	shareChecks    = []codec.Check[float64]{codec.Above[float64](0), codec.Below[float64](1), codec.MultipleOf[float64](0.1)}
	stepChecks     = []codec.Check[int8]{codec.MultipleOf[int8](5)}
	tagsChecks     = []codec.Check[[]string]{codec.Items[string](1, 3), codec.Unique[string]()}
	blobChecks     = []codec.Check[[]byte]{codec.Octets(0, 2)}
	stockChecks    = []codec.Check[map[sku]int]{codec.Keys[sku, int](0, 1)}
)

func (v *limits) CodeWAMP(c *codec.Coder) {
	var s codec.Walk
	for c.Struct(&s, &limitsTable) {
		codec.Field(&s, 0, &v.Quantity, func(p *int, c *codec.Coder) { codec.Checked(c, p, codec.Int, quantityChecks) })
		codec.Field(&s, 1, &v.Share, func(p *float64, c *codec.Coder) { codec.Checked(c, p, codec.Float64, shareChecks) })
		codec.Field(&s, 2, &v.Step, func(p *int8, c *codec.Coder) { codec.Checked(c, p, codec.Int8, stepChecks) })
		codec.Field(&s, 3, &v.Tags, func(p *[]string, c *codec.Coder) { codec.Checked(c, p, codeTags, tagsChecks) })
		codec.Field(&s, 4, &v.Blob, func(p *[]byte, c *codec.Coder) { codec.Checked(c, p, codec.Bytes, blobChecks) })
		codec.Field(&s, 5, &v.Stock, func(p *map[sku]int, c *codec.Coder) { codec.Checked(c, p, codeStock, stockChecks) })
	}
}

func codeStock(p *map[sku]int, c *codec.Coder) { codec.MapBy(c, p, skuChecks, codec.Int) }

// A value that does not meet its constraints is not sent; the error names its
// place and the constraint.
func ExampleChecked() {
	good := limits{Quantity: 1, Share: 0.3, Step: 10, Tags: []string{"new"}, Blob: []byte{1}, Stock: map[sku]int{"AB-1": 2}}
	fmt.Println(codec.Validate(&good))
	for _, spoil := range []func(*limits){
		func(v *limits) { v.Quantity = 0 },
		func(v *limits) { v.Share = 1 },
		func(v *limits) { v.Share = 0.25 },
		func(v *limits) { v.Step = 7 },
		func(v *limits) { v.Tags = nil },
		func(v *limits) { v.Tags = []string{"a", "a"} },
		func(v *limits) { v.Blob = []byte{1, 2, 3} },
		func(v *limits) { v.Stock = map[sku]int{"AB": 1} },
	} {
		bad := good
		spoil(&bad)
		fmt.Println(codec.Validate(&bad))
	}
	// Output:
	// <nil>
	// quantity: want at least 1, got less
	// share: want less than 1, got no less
	// share: want a multiple of 0.1, got another number
	// step: want a multiple of 5, got another number
	// tags: want at least 1 item, got fewer
	// tags: want different items, got a duplicate
	// blob: want at most 2 bytes, got more
	// stock["AB"]: want a key: at least 3 characters, got fewer
}

// The keys of a map can be the values of a closed enum.
func ExampleOneOf() {
	colors := []codec.Check[string]{codec.OneOf("one of red, green", func(s string) bool { return s == "red" || s == "green" })}
	v := map[string]int{"blue": 1}
	fmt.Println(codec.Validate(codec.Of(&v, func(p *map[string]int, c *codec.Coder) { codec.MapBy(c, p, colors, codec.Int) })))
	// Output: ["blue"]: want a key: one of red, green
}

// filter has defaults that are a list and a map.
type filter struct {
	Tags   []string
	Limits map[string]int
}

var filterTable = codec.Table{Fields: []string{"tags:", "limits:"}}

var filterDefaults = filter{Tags: []string{"new"}, Limits: map[string]int{"all": 9}}

func (v *filter) CodeWAMP(c *codec.Coder) {
	if c.Decoding() {
		*v = filter{Tags: []string{"new"}, Limits: map[string]int{"all": 9}}
	}
	var s codec.Walk
	for c.Struct(&s, &filterTable) {
		codec.ListOr(&s, 0, &v.Tags, &filterDefaults.Tags, codeTags)
		codec.MapOr(&s, 1, &v.Limits, &filterDefaults.Limits, func(p *map[string]int, c *codec.Coder) { codec.Map(c, p, codec.Int) })
	}
}

// A nil list is sent as the default, an empty one as it is.
func ExampleListOr() {
	for _, v := range []filter{{}, {Tags: []string{}, Limits: map[string]int{}}} {
		b, err := codec.MarshalJSON(&v)
		fmt.Println(string(b), err)
	}
	var v filter
	fmt.Println(codec.UnmarshalJSON([]byte(`{"tags":null}`), &v), v)
	// Output:
	// {"tags":["new"],"limits":{"all":9}} <nil>
	// {"tags":[],"limits":{}} <nil>
	// <nil> {[new] map[all:9]}
}

// point is a tuple: a list on the wire. It ends with an element that may be
// absent.
type point struct {
	Lat, Lon float64
	Name     *string
}

var pointTable = codec.Table{Args: 3, Fields: []string{"lat:float64", "lon:float64", "name:"}}

func (v *point) CodeWAMP(c *codec.Coder) {
	if c.Decoding() {
		*v = point{}
	}
	var s codec.Walk
	for c.Tuple(&s, &pointTable) {
		s.Float64(0, &v.Lat)
		s.Float64(1, &v.Lon)
		codec.Optional(&s, 2, &v.Name, codec.String)
	}
}

// open is a struct that keeps the keys that it does not have.
type open struct {
	ID    int
	Extra map[string]any
}

var openTable = codec.Table{Fields: []string{"id:int"}, Unknown: codec.Keep}

func (v *open) CodeWAMP(c *codec.Coder) {
	if c.Decoding() {
		*v = open{}
	}
	var s codec.Walk
	for c.Struct(&s, &openTable) {
		s.Int(0, &v.ID)
		s.Extra(&v.Extra)
	}
}

// shut is a struct that refuses keys that it does not have.
type shut struct{ ID int }

var shutTable = codec.Table{Fields: []string{"id:int"}, Unknown: codec.Reject}

func (v *shut) CodeWAMP(c *codec.Coder) {
	var s codec.Walk
	for c.Struct(&s, &shutTable) {
		s.Int(0, &v.ID)
	}
}

// shape is a union whose tag is beside the fields of the variant.
type shape interface {
	codec.Value
	isShape() (int, bool)
}

func (v *open) isShape() (int, bool)         { return 0, v != nil }
func (v *shut) isShape() (int, bool)         { return 1, v != nil }
func (v *unknownShape) isShape() (int, bool) { return 2, v != nil }

type unknownShape struct {
	Tag   string
	Value any
}

func (v *unknownShape) UnknownVariant() (string, any) { return v.Tag, v.Value }
func (v *unknownShape) CodeWAMP(c *codec.Coder)       { codec.Any(&v.Value, c) }

var (
	shapeVariants = []codec.Variant[shape]{
		codec.VariantOf("open", codec.KindMap, func(v *open) shape { return v }),
		codec.VariantOf("shut", codec.KindMap, func(v *shut) shape { return v }),
	}
	shapeUnion  = codec.Union[shape]{Tag: "kind", Variants: shapeVariants, Which: shape.isShape}
	aroundUnion = codec.Union[shape]{Tag: "kind", Content: "of", Variants: shapeVariants, Which: shape.isShape}
	openUnion   = codec.Union[shape]{
		Tag: "kind", Variants: shapeVariants, Which: shape.isShape,
		Unknown: func(tag string, v any) shape { return &unknownShape{tag, v} },
	}
)

// drawing holds unions.
type drawing struct {
	First  shape
	Second shape // optional
	Others []shape
}

var drawingTable = codec.Table{Fields: []string{"first:map", "second:", "others:list"}}

func (v *drawing) CodeWAMP(c *codec.Coder) {
	if c.Decoding() {
		*v = drawing{}
	}
	var s codec.Walk
	for c.Struct(&s, &drawingTable) {
		codec.Field(&s, 0, &v.First, shapeUnion.Code)
		codec.NilField(&s, 1, &v.Second, codec.Absent, aroundUnion.Code)
		codec.Field(&s, 2, &v.Others, func(p *[]shape, c *codec.Coder) {
			codec.List(c, p, func(p *shape, c *codec.Coder) { codec.NullNil(p, c, openUnion.Code) })
		})
	}
}

// A union is an interface whose values are pointers to the variants.
func ExampleUnion() {
	b, err := codec.MarshalJSON(&drawing{First: &shut{1}, Second: &open{ID: 2}, Others: []shape{nil, &open{Extra: map[string]any{"x": 1}}}})
	fmt.Println(string(b), err)
	var v drawing
	fmt.Println(codec.UnmarshalJSON([]byte(`{"first":{"kind":"round"},"others":[]}`), &v))
	fmt.Println(codec.Validate(&v))
	// Output:
	// {"first":{"kind":"shut","id":1},"second":{"kind":"open","of":{"id":2}},"others":[null,{"kind":"open","id":0,"x":1}]} <nil>
	// first.kind: want one of open, shut
	// first: want one of open, shut, got nil
}

// Built-in types have other forms, and types of other packages their own.
func ExampleBase64() {
	at := time.Date(2026, 8, 22, 10, 30, 0, 0, time.UTC)
	wait := 90*time.Minute + time.Second/4
	link, _ := url.Parse("https://example.com")
	for _, v := range []codec.Value{
		codec.Of(new([]byte("ab")), codec.Base64), codec.Of(new([]byte("ab")), codec.Hex), codec.Of(new([16]byte), codec.Bytes16),
		codec.Of(&at, codec.UnixSeconds), codec.Of(&at, codec.UnixMillis), codec.Of(&at, codec.UnixMicros), codec.Of(&at, codec.UnixNanos),
		codec.Of(&at, codec.NativeTime), codec.Of(&wait, codec.Seconds), codec.Of(&wait, codec.Micros), codec.Of(&wait, codec.Nanos),
		codec.Of(&wait, codec.GoDuration), codec.Of(&wait, codec.ISODuration),
		codec.Of(new(netip.MustParseAddr("::1")), codec.Text), codec.Of(link, codec.Binary),
	} {
		b, err := codec.MarshalJSON(v)
		fmt.Println(string(b), err)
	}
	// Output:
	// "YWI=" <nil>
	// "6162" <nil>
	// "\u0000AAAAAAAAAAAAAAAAAAAAAA==" <nil>
	// 1787394600 <nil>
	// 1787394600000 <nil>
	// 1787394600000000 <nil>
	// 1787394600000000000 <nil>
	// "2026-08-22T10:30:00Z" <nil>
	// 5400 <nil>
	// 5400250000 <nil>
	// 5400250000000 <nil>
	// "1h30m0.25s" <nil>
	// "PT1H30M0.25S" <nil>
	// "::1" <nil>
	// "\u0000aHR0cHM6Ly9leGFtcGxlLmNvbQ==" <nil>
}
