package codec_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/wampgen/wampgen/runtime/codec"
)

// A type that encodes and decodes itself, in the shape that the generator writes.
type lineItem struct {
	SKU      string
	Quantity int
}

func (v *lineItem) CodeWAMP(c *codec.Coder) {
	if c.Decoding() {
		v.read(c.Decoder())
	} else {
		v.append(c.Encoder())
	}
}

func (v *lineItem) append(e *codec.Encoder) {
	e.Map(2)
	e.Key("sku")
	e.Text(v.SKU)
	e.Key("quantity")
	e.Int(int64(v.Quantity))
	e.EndMap()
}

func (v *lineItem) read(d *codec.Decoder) {
	var seen uint64
	s := d.Map()
	for d.Next(&s) {
		switch string(d.Key()) {
		case "sku":
			v.SKU = d.Text()
			seen |= 1
		case "quantity":
			v.Quantity = int(d.Int(64))
			seen |= 2
		default:
			d.Skip()
		}
	}
	if seen&1 == 0 {
		d.Missing(s, "sku", "string")
	}
	if seen&2 == 0 {
		d.Missing(s, "quantity", "int")
	}
}

// The same value in the three formats. One buffer may be used again and again.
func ExampleEncoder() {
	item := lineItem{SKU: "4711", Quantity: 2}
	for _, format := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
		var e codec.Encoder
		e.Reset(format, nil)
		item.append(&e)
		if err := e.Err(); err != nil {
			fmt.Println(err)
		}
		fmt.Printf("%-7v %q\n", format, e.Bytes())
	}
	// Output:
	// json    "{\"sku\":\"4711\",\"quantity\":2}"
	// msgpack "\x82\xa3sku\xa44711\xa8quantity\x02"
	// cbor    "\xa2cskud4711hquantity\x02"
}

// Values whose type is not known before; a Value among them encodes itself.
func ExampleEncoder_Any() {
	var e codec.Encoder
	e.Reset(codec.JSON, nil)
	e.Any(map[string]any{"item": &lineItem{SKU: "4711", Quantity: 2}, "photo": []byte{1, 2}, "tags": []string{"new"}})
	fmt.Printf("%s %v\n", e.Bytes(), e.Err())
	// Output: {"item":{"sku":"4711","quantity":2},"photo":"\u0000AQI=","tags":["new"]} <nil>
}

// The first error stays, with the path of the value; what follows does nothing.
func ExampleEncoder_Err() {
	var e codec.Encoder
	e.Reset(codec.CBOR, nil)
	e.List(2)
	(&lineItem{SKU: "4711", Quantity: 2}).append(&e)
	(&lineItem{SKU: "\xff", Quantity: 2}).append(&e)
	e.EndList()
	fmt.Println(e.Err())
	// Output: args[1].sku: want string, got invalid UTF-8
}

// A type may refuse values that it cannot stand for on the wire.
func ExampleEncoder_Fail() {
	var e codec.Encoder
	e.Reset(codec.CBOR, nil)
	e.List(1)
	e.Fail("want a price, got a negative one")
	e.EndList()
	fmt.Println(e.Err())
	// Output: args[0]: want a price, got a negative one
}

// A value that fits, and three that do not: the error says where and what.
func ExampleDecoder() {
	for _, text := range []string{
		`{"quantity":2,"sku":"4711","new":[1,2,3]}`,
		`{"quantity":"two","sku":"4711"}`,
		`{"quantity":2}`,
		`{"quantity":2,"sku":"47`,
	} {
		var item lineItem
		var d codec.Decoder
		d.Start(codec.Raw{Format: codec.JSON, Data: []byte(text)}, "args[0]")
		item.read(&d)
		d.End()
		if err := d.Err(); err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%+v\n", item)
	}
	// Output:
	// {SKU:4711 Quantity:2}
	// args[0].quantity: want int, got string
	// args[0].sku: want string, missing
	// args[0].sku: want well-formed json, got the end of the data
}

// A list of any length: Next ends the loop at the end, and at the first error.
func ExampleDecoder_List() {
	var d codec.Decoder
	d.Start(codec.Raw{Format: codec.JSON, Data: []byte(`[1,2,300,4]`)}, "args")
	var octets []uint8
	for s := d.List(); d.Next(&s); {
		octets = append(octets, uint8(d.Uint(8)))
	}
	fmt.Println(len(octets), "read:", d.Err())
	// Output: 3 read: args[2]: want uint8, got int out of range
}

// A value may be kept undecoded and read where it is needed.
func ExampleDecoder_Raw() {
	var d codec.Decoder
	d.Start(codec.Raw{Format: codec.JSON, Data: []byte(`{"id":7,"body":{"text":["a","b"]}}`)}, "")
	var body codec.Raw
	for s := d.Map(); d.Next(&s); {
		if string(d.Key()) == "body" {
			body = d.Raw()
		} else {
			d.Skip()
		}
	}
	fmt.Printf("%s %v\n", body.Data, d.Err())
	fmt.Println(body.Lookup("text").Any())
	// Output:
	// {"text":["a","b"]} <nil>
	// [a b] <nil>
}

// Every error is a *ValueError, which has the parts.
func ExampleValueError() {
	var d codec.Decoder
	d.Start(codec.Raw{Format: codec.JSON, Data: []byte(`["text"]`)}, "args")
	s := d.List()
	d.Next(&s)
	d.Bool()

	if failure, ok := errors.AsType[*codec.ValueError](d.Err()); ok {
		fmt.Printf("%s at %s: %s instead of %s\n", failure.Rule, failure.Path, failure.Found, failure.Want)
	}
	// Output: type at args[0]: string instead of bool
}

// Dynamic values: binary stays binary in JSON, and integers keep 64 bits.
func ExampleRaw_Any() {
	r := codec.Raw{Format: codec.JSON, Data: []byte(`["text","\u0000AQI=",9007199254740993,1.0]`)}
	v, err := r.Any()
	fmt.Printf("%#v %v\n", v, err)
	// Output: []interface {}{"text", []uint8{0x1, 0x2}, 9007199254740993, 1} <nil>
}

// One value of a dict, without reading the rest.
func ExampleRaw_Lookup() {
	details := codec.Raw{Format: codec.JSON, Data: []byte(`{"progress":true,"callee":7}`)}
	v, err := details.Lookup("callee").Any()
	fmt.Println(v, err, details.Lookup("reason").Absent())
	// Output: 7 <nil> true
}

// A value of one format in a document of another.
func ExampleEncoder_Raw() {
	var e codec.Encoder
	e.Reset(codec.JSON, nil)
	e.Raw(codec.Raw{Format: codec.CBOR, Data: []byte("\xa1ditem\xa2cskud4711hquantity\x02")})
	fmt.Printf("%s %v\n", e.Bytes(), e.Err())
	// Output: {"item":{"quantity":2,"sku":"4711"}} <nil>
}

// Bytes of a stranger: the second document announces two billion elements.
func ExampleWellFormed() {
	fmt.Println(codec.WellFormed(codec.MessagePack, []byte("\x91\xa2hi")))
	fmt.Println(codec.WellFormed(codec.MessagePack, []byte("\xdd\x7f\xff\xff\xff")))
	// Output:
	// <nil>
	// want well-formed msgpack, got a length beyond the end of the data
}

// An example of a schema. What is none is an error of that schema.
func ExampleExample() {
	var item lineItem
	codec.Example(`{"sku":"4711","quantity":2}`, &item)
	fmt.Printf("%+v\n", item)

	var log strings.Builder
	defer slog.SetDefault(slog.Default())
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	codec.Example(`{"sku":"4711","quantity":"two"}`, &item)
	_, text, _ := strings.Cut(log.String(), "msg=")
	fmt.Print(text)
	// Output:
	// {SKU:4711 Quantity:2}
	// "wamp: example of the schema does not fit" type=*codec_test.lineItem reason="quantity: want int, got string"
}
