package codec_test

import (
	"fmt"

	"github.com/wampgen/wampgen/runtime/codec"
)

// A type that encodes and decodes itself, in the shape that the generator writes.
type lineItem struct {
	SKU      string
	Quantity int
}

func (v *lineItem) MarshalWAMP(e *codec.Encoder) {
	e.Map(2)
	e.Key("sku")
	e.Text(v.SKU)
	e.Key("quantity")
	e.Int(int64(v.Quantity))
	e.EndMap()
}

func (v *lineItem) UnmarshalWAMP(d *codec.Decoder) {
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

func ExampleEncoder() {
	item := lineItem{SKU: "4711", Quantity: 2}
	for _, format := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
		var e codec.Encoder
		e.Reset(format, nil)
		item.MarshalWAMP(&e)
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
		item.UnmarshalWAMP(&d)
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

func ExampleRaw_Any() {
	r := codec.Raw{Format: codec.JSON, Data: []byte(`["text","\u0000AQI=",9007199254740993,1.0]`)}
	v, err := r.Any()
	fmt.Printf("%#v %v\n", v, err)
	// Output: []interface {}{"text", []uint8{0x1, 0x2}, 9007199254740993, 1} <nil>
}

func ExampleRaw_Lookup() {
	details := codec.Raw{Format: codec.JSON, Data: []byte(`{"progress":true,"callee":7}`)}
	v, err := details.Lookup("callee").Any()
	fmt.Println(v, err, details.Lookup("reason").Absent())
	// Output: 7 <nil> true
}

func ExampleWellFormed() {
	fmt.Println(codec.WellFormed(codec.MessagePack, []byte("\x91\xa2hi")))
	fmt.Println(codec.WellFormed(codec.MessagePack, []byte("\xdd\x7f\xff\xff\xff")))
	// Output:
	// <nil>
	// want well-formed msgpack, got a length beyond the end of the data
}
