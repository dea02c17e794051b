package wamp_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
)

// Who called? Routers tell when the caller wants it, with DiscloseMe, or when
// the callee does, with DiscloseCaller, as far as they allow it.
func ExampleCallInfoFrom() {
	ctx := context.Background()
	service := exampleClient()
	defer service.Close(ctx)
	ann := exampleClient(wamp.WithAuth(auth.Ticket("ann", auth.NewSecret("t1cket"))))
	defer ann.Close(ctx)

	_, err := service.Register(ctx, "com.example.delete", func(ctx context.Context, _ wamp.Payload) (wamp.Payload, error) {
		info := wamp.CallInfoFrom(ctx)
		if info.AuthRole != "user" {
			return wamp.Payload{}, wamp.ErrNotAuthorized
		}
		fmt.Println(info.AuthID, "calls", info.Procedure)
		fmt.Println(info.Caller == ann.SessionID(), info.Details()["caller_authrole"])
		return wamp.Payload{}, nil
	}, wamp.WithDiscloseCaller())
	if err != nil {
		log.Fatal(err)
	}

	_, err = ann.Call(ctx, "com.example.delete", nil, nil)
	fmt.Println(err)
	_, err = service.Call(ctx, "com.example.delete", nil, nil) // nobody in particular
	fmt.Println(errors.Is(err, wamp.ErrNotAuthorized))
	// Output:
	// ann calls com.example.delete
	// true user
	// <nil>
	// true
}

// Who published, and to what?
func ExampleEventInfoFrom() {
	ctx := context.Background()
	subscriber := exampleClient()
	defer subscriber.Close(ctx)
	ann := exampleClient(wamp.WithAuth(auth.Ticket("ann", auth.NewSecret("t1cket"))))
	defer ann.Close(ctx)

	done := make(chan bool)
	_, err := subscriber.Subscribe(ctx, "com.example.chat", func(ctx context.Context, _ wamp.Payload) error {
		info := wamp.EventInfoFrom(ctx)
		fmt.Println(info.AuthID, "publishes to", info.Topic)
		fmt.Println(info.Publisher == ann.SessionID(), info.Publication.Valid(), info.Details()["publisher_authrole"])
		close(done)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}

	if err := ann.Publish(ctx, "com.example.chat", []any{"hi"}, nil, wamp.WithDiscloseMe()); err != nil {
		log.Fatal(err)
	}
	<-done
	// Output:
	// ann publishes to com.example.chat
	// true true user
}

// An interceptor sees every operation of a client, on both sides of a call. It
// may measure, log, add to the ctx, or refuse.
func ExampleInterceptor() {
	ctx := context.Background()
	kinds := map[wamp.OperationKind]string{
		wamp.OperationCall: "call", wamp.OperationRegister: "register", wamp.OperationInvocation: "handler",
	}
	trace := func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
		fmt.Println(kinds[op.Kind], op.URI)
		err := next(ctx)
		fmt.Println(kinds[op.Kind], "ends:", err)
		return err
	}
	client := exampleClient(wamp.WithInterceptors(trace))
	defer client.Close(ctx)

	_, err := client.Register(ctx, "com.example.now", func(context.Context, wamp.Payload) (wamp.Payload, error) {
		return wamp.Payload{Args: []any{"noon"}}, nil
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := client.Call(ctx, "com.example.now", nil, nil); err != nil {
		log.Fatal(err)
	}
	// Output:
	// register com.example.now
	// register ends: <nil>
	// call com.example.now
	// handler com.example.now
	// handler ends: <nil>
	// call ends: <nil>
}

// An interceptor knows where an operation went, and may send keys along with it.
func ExampleOperation() {
	ctx := context.Background()
	trace := func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
		if op.Kind == wamp.OperationCall {
			if err := op.SetOption("_trace", "4711"); err != nil {
				return err
			}
		}
		err := next(ctx)
		fmt.Println(op.Kind, "attempts:", op.Attempt, "in:", op.BytesIn > 0, "disclosed:", op.Peer() != wamp.Peer{})
		return err
	}
	client := exampleClient(wamp.WithInterceptors(trace))
	defer client.Close(ctx)

	if _, err := client.Call(ctx, "wamp.session.count", nil, nil); err != nil {
		log.Fatal(err)
	}
	// Output: call attempts: 1 in: true disclosed: false
}
