package wamp_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	wamp "github.com/wampgen/wampgen/runtime"
)

// What the router or a callee says is an *Error, and the errors of the
// specification are values for errors.Is.
func ExampleError() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)

	_, err := client.Call(ctx, "com.example.nobody.has.it", nil, nil)
	fmt.Println(errors.Is(err, wamp.ErrNoSuchProcedure))

	if peers, ok := errors.AsType[*wamp.Error](err); ok {
		fmt.Println(peers.URI, peers.Args, peers.Details())
	}
	// Output:
	// true
	// wamp.error.no_such_procedure [] map[]
}

// A handler answers with an error of its own URI, and the caller finds it by
// that URI.
func ExampleNewError() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	_, err := client.Register(ctx, "com.example.order", func(context.Context, wamp.Payload) (wamp.Payload, error) {
		return wamp.Payload{}, wamp.NewError("com.example.error.sold_out", "tea", 3)
	})
	if err != nil {
		log.Fatal(err)
	}

	soldOut := wamp.NewError("com.example.error.sold_out")
	_, err = client.Call(ctx, "com.example.order", []any{"tea", 5}, nil)
	fmt.Println(errors.Is(err, soldOut))
	if errors.As(err, &soldOut) {
		fmt.Println("left of", soldOut.Args[0], "are", soldOut.Args[1])
	}
	// Output:
	// true
	// left of tea are 3
}

// A gateway passes on what the callee behind it answers. Without Relay its own
// caller would get ErrRuntime.
func ExampleRelay() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	_, err := client.Register(ctx, "com.example.stock.take", func(context.Context, wamp.Payload) (wamp.Payload, error) {
		return wamp.Payload{}, wamp.NewError("com.example.error.sold_out", "tea")
	})
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Register(ctx, "com.example.shop.order", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
		out, err := client.Call(ctx, "com.example.stock.take", in.Args, in.Kwargs)
		return out, wamp.Relay(err)
	})
	if err != nil {
		log.Fatal(err)
	}

	_, err = client.Call(ctx, "com.example.shop.order", []any{"tea"}, nil)
	fmt.Println(err)
	// Output: wamp: call com.example.shop.order: com.example.error.sold_out
}

// Did somebody say no, or did it not get through?
func ExampleIsPeer() {
	ctx := context.Background()
	client := exampleClient()
	_, err := client.Call(ctx, "com.example.nobody.has.it", nil, nil)
	fmt.Println(err, wamp.IsPeer(err))

	client.Close(ctx)
	_, err = client.Call(ctx, "com.example.nobody.has.it", nil, nil)
	fmt.Println(err, wamp.IsPeer(err))
	// Output:
	// wamp: call com.example.nobody.has.it: wamp.error.no_such_procedure true
	// wamp: call com.example.nobody.has.it: closed false
}

// The text of an undeclared error may tell what it should not, so it stays in
// the log of the service. WithErrorText sends it to the caller.
func ExampleWithErrorText() {
	ctx := context.Background()
	caller, discreet, talkative := exampleClient(), exampleClient(), exampleClient(wamp.WithErrorText())
	for _, service := range []*wamp.Client{discreet, talkative} {
		_, err := service.Register(ctx, "com.example.login", func(context.Context, wamp.Payload) (wamp.Payload, error) {
			return wamp.Payload{}, errors.New("user ann is in table users_2019")
		})
		if err != nil {
			log.Fatal(err)
		}

		var answer *wamp.Error
		_, err = caller.Call(ctx, "com.example.login", nil, nil)
		fmt.Println(errors.As(err, &answer), answer.URI, answer.Args)
		service.Close(ctx)
	}
	caller.Close(ctx)
	// Output:
	// true wamp.error.runtime_error []
	// true wamp.error.runtime_error [user ann is in table users_2019]
}
