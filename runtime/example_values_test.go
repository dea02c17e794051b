package wamp_test

import (
	"context"
	"errors"
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

// Validate returns an error unless c is one of the values of Color.
func (c Color) Validate() error {
	if c != "red" && c != "green" {
		return errors.New("want one of red, green")
	}
	return nil
}

var paint = &wamp.Procedure[wamp.None, Color]{
	URI:      "com.example.paint",
	EncodeIn: func(*codec.Encoder, wamp.None) int { return 0 },
	DecodeOut: func(p codec.Payload) (c Color, err error) {
		var d codec.Decoder
		d.Start(p.Args, "args")
		if s := d.List(); d.Next(&s) {
			c = Color(d.Text())
		}
		return c, d.Err()
	},
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
	fmt.Println(wamp.Call(ctx, lenient, paint, wamp.None{}))
	_, err = wamp.Call(ctx, strict, paint, wamp.None{})
	fmt.Println(err)
	for _, c := range []*wamp.Client{strict, lenient, service} {
		_ = c.Close(ctx)
	}
	// Output:
	// blue <nil>
	// wamp: result of com.example.paint: want one of red, green
}
