package wamp_test

import (
	"context"
	"fmt"
	"log"

	wamp "github.com/wampgen/wampgen/runtime"
)

// An interceptor sends what belongs to a request along with its calls, and one at
// the callee reads it. The schema says in which keyword argument it travels, as
// in  metadata: {kwarg: _meta}.
func ExampleOperation_SetMetadata() {
	ctx := context.Background()
	tag := func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
		op.SetMetadata("request", "r-17")
		return next(ctx)
	}
	show := func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
		if op.Kind == wamp.OperationInvocation {
			fmt.Println(op.URI, op.Metadata())
		}
		return next(ctx)
	}
	callee, caller := exampleClient(wamp.WithInterceptors(show)), exampleClient(wamp.WithInterceptors(tag))
	defer callee.Close(ctx)
	defer caller.Close(ctx)
	ping := &wamp.Procedure{URI: "com.example.ping", Metadata: "_meta"}
	_, err := wamp.Register(ctx, callee, wamp.Handle(ping, nil, func(_ context.Context, x *wamp.Exchange) error {
		return x.Out(nil, x.In(nil))
	}))
	if err != nil {
		log.Fatal(err)
	}

	err = wamp.Call(ctx, caller, ping, nil, nil)
	fmt.Println(err)
	// Output:
	// com.example.ping map[request:r-17]
	// <nil>
}
