package wamp_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
)

// A call that finds no callee waits for one. Without WithGrace only calls of
// idempotent procedures do; a caller that has something else to fall back on turns
// it off.
func ExampleWithGrace() {
	ctx := context.Background()
	callee, caller := exampleClient(), exampleClient()
	defer callee.Close(ctx)
	defer caller.Close(ctx)

	_, err := caller.Call(ctx, "com.example.v2.greet", nil, nil, wamp.WithGrace(0))
	fmt.Println(errors.Is(err, wamp.ErrNoSuchProcedure))

	time.AfterFunc(50*time.Millisecond, func() {
		_, err := callee.Register(ctx, "com.example.greet", func(context.Context, wamp.Payload) (wamp.Payload, error) {
			return wamp.Payload{Args: []any{"hello"}}, nil
		})
		if err != nil {
			log.Fatal(err)
		}
	})
	out, err := caller.Call(ctx, "com.example.greet", nil, nil, wamp.WithGrace(10*time.Second))
	fmt.Println(out.Args, err)
	// Output:
	// true
	// [hello] <nil>
}
