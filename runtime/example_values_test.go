package wamp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"math/big"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
)

// Three ways to say something about a field `optional string|null`.
func ExampleOpt() {
	for _, reason := range []wamp.Opt[string]{
		{},                        // nothing is known: the key is not sent
		wamp.Null[string](),       // there is none: null is sent
		wamp.Some("out of stock"), // there is one
	} {
		text, ok := reason.Get()
		fmt.Printf("%q %t: absent %t, null %t, set %t\n", text, ok, reason.IsAbsent(), reason.IsNull(), reason.IsSet())
	}
	// Output:
	// "" false: absent true, null false, set false
	// "" false: absent false, null true, set false
	// "out of stock" true: absent false, null false, set true
}

// A day has no time zone, until it is asked for in one.
func ExampleDate() {
	day, err := wamp.ParseDate("2026-08-22")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(day, day.Valid(), day.In(time.UTC))
	fmt.Println(wamp.DateOf(time.Date(2026, time.August, 22, 23, 59, 0, 0, time.UTC)) == day)
	fmt.Println(wamp.Date{Year: 2026, Month: time.February, Day: 30}.Valid())

	_, err = wamp.ParseDate("22.8.2026")
	fmt.Println(err)
	// Output:
	// 2026-08-22 true 2026-08-22 00:00:00 +0000 UTC
	// true
	// false
	// wamp: not a date: want the form 2026-08-22
}

// A UUID is sixteen bytes here and its canonical text on the wire.
func ExampleUUID() {
	id, err := wamp.ParseUUID("018F2C7A-9B3D-7C44-8F3E-0123456789AB")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(id, len(id))

	_, err = wamp.ParseUUID("018f2c7a")
	fmt.Println(err)
	// Output:
	// 018f2c7a-9b3d-7c44-8f3e-0123456789ab 16
	// wamp: not a UUID: want the form 018f2c7a-9b3d-7c44-8f3e-0123456789ab
}

// A random UUID, and the text forms of the types of values.
func ExampleNewUUID() {
	id := wamp.NewUUID()
	text, err := id.MarshalText()
	var same wamp.UUID
	fmt.Println(same.UnmarshalText(text) == nil && same == id, err)

	var day wamp.Date
	var price wamp.Decimal
	fmt.Println(day.UnmarshalText([]byte("2026-08-22")), price.UnmarshalText([]byte("12.50")), price.UnmarshalText([]byte("twelve")))
	b, err := json.Marshal(map[string]any{"day": day, "price": price})
	fmt.Println(string(b), err)
	// Output:
	// true <nil>
	// <nil> <nil> wamp: not a decimal number: want a form such as 12.50
	// {"day":"2026-08-22","price":"12.50"} <nil>
}

// A decimal keeps every digit; Rat gives the exact value to reckon with.
func ExampleDecimal() {
	price := wamp.Decimal("12.50")
	value, ok := price.Rat()
	if !ok {
		log.Fatal("no number")
	}
	total := new(big.Rat).Mul(value, big.NewRat(3, 1))
	fmt.Println(price, value, total.FloatString(2))
	fmt.Println(wamp.Decimal("twelve").Valid())
	// Output:
	// 12.50 25/2 37.50
	// false
}

// URIs and ids as values of a payload.
func ExampleURI() {
	fmt.Println(wamp.URI("com.example.topic").Valid(), wamp.URI("com..topic").Valid())
	fmt.Println(wamp.ID(1).Valid(), wamp.ID(0).Valid(), wamp.ID(1<<53+1).Valid())
	// Output:
	// true false
	// true false false
}

// Color is a closed enum in the shape that wampgen writes.
type Color string

// Valid reports whether c is one of the values of Color.
func (c Color) Valid() bool { return c == "red" || c == "green" }

// CodeWAMP encodes or decodes c. For the runtime.
func (c *Color) CodeWAMP(coder *codec.Coder) {
	coder.Encodes(c.Valid(), "one of red, green")
	codec.String((*string)(c), coder)
	coder.Decoded(c.Valid(), "one of red, green")
}

var paint = &wamp.Procedure{
	URI: "com.example.paint",
	Out: &codec.Table{Args: 1, Result: true, Fields: []string{"result:string"}},
}

// A service that is newer than its caller knows a third color.
func ExampleWithValidateResults() {
	ctx := context.Background()
	service, lenient, strict := exampleClient(), exampleClient(), exampleClient(wamp.WithValidateResults())
	_, err := service.Register(ctx, paint.URI, func(context.Context, wamp.Payload) (wamp.Payload, error) {
		return wamp.Payload{Args: []any{"blue"}}, nil
	})
	if err != nil {
		log.Fatal(err)
	}
	var color Color
	err = wamp.Call(ctx, lenient, paint, nil, &color)
	fmt.Println(color, err)
	fmt.Println(wamp.Call(ctx, strict, paint, nil, &color))
	for _, c := range []*wamp.Client{strict, lenient, service} {
		_ = c.Close(ctx)
	}
	// Output:
	// blue <nil>
	// wamp: result of com.example.paint: result: want one of red, green
}
