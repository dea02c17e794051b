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
	out, err := caller.Call(ctx, "com.example.greet", nil, nil, wamp.WithGrace(time.Minute))
	fmt.Println(out.Args, err)
	// Output:
	// true
	// [hello] <nil>
}

// A procedure of high priority is served although all workers are busy.
func ExampleWithPriority() {
	ctx := context.Background()
	callee, caller := exampleClient(wamp.WithLimits(wamp.Limits{Workers: 1, Waiting: 1})), exampleClient()
	defer callee.Close(ctx)
	defer caller.Close(ctx)
	begun, stop := make(chan struct{}), make(chan struct{})
	work := func(context.Context, wamp.Payload) (wamp.Payload, error) {
		close(begun)
		<-stop
		return wamp.Payload{Args: []any{"stopped"}}, nil
	}
	cancel := func(context.Context, wamp.Payload) (wamp.Payload, error) {
		close(stop)
		return wamp.Payload{}, nil
	}
	if _, err := callee.Register(ctx, "com.example.work", work); err != nil {
		log.Fatal(err)
	}
	if _, err := callee.Register(ctx, "com.example.cancel", cancel, wamp.WithPriority(wamp.PriorityHigh)); err != nil {
		log.Fatal(err)
	}

	done := make(chan wamp.Payload)
	go func() {
		out, err := caller.Call(ctx, "com.example.work", nil, nil)
		if err != nil {
			log.Fatal(err)
		}
		done <- out
	}()
	<-begun
	_, err := caller.Call(ctx, "com.example.cancel", nil, nil)
	fmt.Println((<-done).Args, err)
	// Output: [stopped] <nil>
}
