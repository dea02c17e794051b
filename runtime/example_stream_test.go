package wamp_test

import (
	"context"
	"fmt"
	"log"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
)

// copyFiles copies as many files as it is told and reports each of them.
func copyFiles(_ context.Context, in wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
	n := in.Args[0].(int64)
	for i := range n {
		if err := out.Send(wamp.Payload{Args: []any{i + 1, n}}); err != nil {
			return wamp.Payload{}, err // the caller has cancelled, or is gone
		}
	}
	return wamp.Payload{Args: []any{"copied"}}, nil
}

// A stream without a schema: progressive results, and the result after them. Leaving
// the loop would cancel the call.
func ExampleClient_CallStream() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	if _, err := client.RegisterStream(ctx, "com.example.copy", copyFiles); err != nil {
		log.Fatal(err)
	}

	stream := client.CallStream(ctx, "com.example.copy", []any{3}, nil)
	for progress, err := range stream.All() {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(progress.Args[0], "of", progress.Args[1])
	}
	out, err := stream.Result()
	fmt.Println(out.Args, err)
	// Output:
	// 1 of 3
	// 2 of 3
	// 3 of 3
	// [copied] <nil>
}

// A procedure with progressive results may be called without asking for them:
// then Send does nothing.
func ExampleClient_RegisterStream() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	if _, err := client.RegisterStream(ctx, "com.example.copy", copyFiles); err != nil {
		log.Fatal(err)
	}

	out, err := client.Call(ctx, "com.example.copy", []any{1000}, nil)
	fmt.Println(out.Args, err)
	// Output: [copied] <nil>
}

// What generated code makes of a procedure that counts up to a number and reports
// each on the way.
func ExampleCallStream() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	number := &codec.Table{Args: 1, Fields: []string{"n:"}}
	count := &wamp.Procedure{URI: "com.example.count", Stream: true, In: number, Progress: number, Out: number}
	value := func(n *int64) codec.Value { return codec.Of(n, codec.Int64) }
	_, err := wamp.Register(ctx, client, wamp.Handle(count, nil, func(_ context.Context, x *wamp.Exchange) error {
		var n int64
		if err := x.In(value(&n)); err != nil {
			return err
		}
		out := wamp.NewSender(x, value)
		for i := range n {
			if err := out.Send(i); err != nil {
				return err
			}
		}
		return x.Out(value(&n), nil)
	}))
	if err != nil {
		log.Fatal(err)
	}

	n := int64(2)
	stream := wamp.CallStream(ctx, client, count, value(&n), value, value)
	defer stream.Close()
	for i, err := range stream.All() {
		fmt.Println(i, err)
	}
	fmt.Println(stream.Result())
	// Output:
	// 0 <nil>
	// 1 <nil>
	// 2 <nil>
}
