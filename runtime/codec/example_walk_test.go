package codec_test

import (
	"fmt"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
)

// cartItem is a type as wampgen generates it.
type cartItem struct {
	SKU      string
	Quantity int
	Note     *string
	Tags     []string
}

var cartItemTable = codec.Table{Fields: []string{"sku:string", "quantity:int", "note:", "tags:"}}

var cartItemDefaults = cartItem{Quantity: 1}

func (v *cartItem) CodeWAMP(c *codec.Coder) {
	if c.Decoding() {
		*v = cartItemDefaults
	}
	var s codec.Walk
	for c.Struct(&s, &cartItemTable) {
		s.String(0, &v.SKU)
		codec.Or(&s, 1, &v.Quantity, &cartItemDefaults.Quantity, codec.Int)
		codec.Optional(&s, 2, &v.Note, codec.String)
		codec.ListField(&s, 3, &v.Tags, codec.Absent, codeTags)
	}
}

func codeTags(p *[]string, c *codec.Coder) { codec.List(c, p, codec.String) }

// A type that codes itself: zero is sent as the default, and what is absent is
// left out.
func ExampleWalk() {
	b, err := codec.MarshalJSON(&cartItem{SKU: "4711"})
	fmt.Println(string(b), err)
	var v cartItem
	err = codec.UnmarshalJSON([]byte(`{"sku":"4712","tags":["new"],"quantity":"2"}`), &v)
	fmt.Println(v.SKU, v.Tags, err)
	fmt.Println(codec.Validate(&cartItem{SKU: "\xff"}))
	// Output:
	// {"sku":"4711","quantity":1} <nil>
	// 4712 [new] quantity: want int, got string
	// sku: want string, got invalid UTF-8
}

// What a service may hold of decoded payloads at once.
func ExampleNewBudget() {
	shared := codec.NewBudget(1 << 20)
	var d codec.Decoder
	d.Limit(4096, shared)
	d.Start(codec.Raw{Format: codec.JSON, Data: []byte(`[{},{},{}]`)}, "")
	d.Any()
	held := d.Held()
	fmt.Println(held, d.Err())
	shared.Give(held)
	// Output: 232 <nil>
}

// Each built-in type has a function for elements, and for what may be absent.
func Example_scalars() {
	for _, v := range []codec.Value{
		codec.Of(new([]byte("ab")), codec.Bytes), codec.Of(new(any("x")), codec.Any), codec.Of(new(true), codec.Bool),
		codec.Of(new(int8(-8)), codec.Int8), codec.Of(new(int16(-16)), codec.Int16), codec.Of(new(int32(-32)), codec.Int32),
		codec.Of(new(int64(-64)), codec.Int64), codec.Of(new(uint(1)), codec.Uint), codec.Of(new(uint8(8)), codec.Uint8),
		codec.Of(new(uint16(16)), codec.Uint16), codec.Of(new(uint32(32)), codec.Uint32), codec.Of(new(uint64(64)), codec.Uint64),
		codec.Of(new(float32(0.5)), codec.Float32), codec.Of(new(0.25), codec.Float64),
		codec.Of(new(time.Unix(0, 0).UTC()), codec.Time), codec.Of(new(time.Second), codec.Duration),
		codec.Of(new(map[string]*int), func(p *map[string]*int, c *codec.Coder) {
			codec.NullMap(p, c, func(p *map[string]*int, c *codec.Coder) {
				codec.Map(c, p, func(p **int, c *codec.Coder) { codec.Null(p, c, codec.Int) })
			})
		}),
		codec.OfNull(new(*int), codec.Int),
		codec.Of(new([]string), func(p *[]string, c *codec.Coder) { codec.NullList(p, c, codeTags) }),
	} {
		b, err := codec.MarshalJSON(v)
		fmt.Print(string(b), " ")
		if err != nil {
			fmt.Print(err)
		}
	}
	// Output: "\u0000YWI=" "x" true -8 -16 -32 -64 1 8 16 32 64 0.5 0.25 "1970-01-01T00:00:00Z" 1000 null null null
}

// account has fields of the other ways in which a value may be missing.
type account struct {
	Owner *string
	Limit *int
	Data  map[string]any
	Next  cartItem
}

var accountTable = codec.Table{Fields: []string{"owner:string", "limit:", "data:", "next:map"}}

var accountDefaults = account{Limit: new(10)}

func (v *account) CodeWAMP(c *codec.Coder) {
	var s codec.Walk
	for c.Struct(&s, &accountTable) {
		codec.Nullable(&s, 0, &v.Owner, codec.String)
		codec.OptionalOr(&s, 1, &v.Limit, accountDefaults.Limit, codec.Int)
		codec.MapField(&s, 2, &v.Data, codec.Absent, func(p *map[string]any, c *codec.Coder) { codec.Map(c, p, codec.Any) })
		codec.Field(&s, 3, &v.Next, (*cartItem).CodeWAMP)
	}
}

// Null, a default that can be told from zero, and a map.
func ExampleNullable() {
	b, err := codec.MarshalJSON(&account{})
	fmt.Println(string(b), err)
	// Output: {"owner":null,"limit":10,"next":{"sku":"","quantity":1}} <nil>
}

// priority is an integer enum as wampgen generates it.
type priority int64

func (v priority) String() string {
	if v == 9 {
		return "high"
	}
	return codec.EnumNumber(int64(v))
}

// The text of an integer enum is its name.
func ExampleUnmarshalEnum() {
	var v priority
	fmt.Println(codec.UnmarshalEnum(&v, []byte("high"), []priority{9}), int64(v), v, priority(5))
	fmt.Println(codec.UnmarshalEnum(&v, []byte("odd"), []priority{9}))
	// Output:
	// <nil> 9 high 5
	// codec: not a value of the enum
}
