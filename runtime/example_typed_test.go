package wamp_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/internal/bench"
)

// The package bench stands for one that wampgen made of a schema with the
// procedures echo and store and the topic tick.

// mirror implements bench.Callee, the procedures of the schema. It would not
// compile if one was missing.
type mirror struct{}

func (mirror) Echo(_ context.Context, in bench.EchoArgs) (bench.EchoResult, error) {
	return bench.EchoResult(in), nil
}

func (mirror) Store(context.Context, bench.Record) error {
	return errors.New("the disk is full")
}

// A generated caller is one line around Call: typed input, typed result.
func ExampleCall() {
	ctx := context.Background()
	service, client := exampleClient(), exampleClient()
	defer service.Close(ctx)
	defer client.Close(ctx)
	if _, err := bench.Register(ctx, service, mirror{}); err != nil {
		log.Fatal(err)
	}

	caller := bench.NewCaller(client)
	out, err := caller.Echo(ctx, bench.EchoArgs{Number: 7, Text: "seven", Flag: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%+v\n", out)
	// Output: {Number:7 Text:seven Flag:true}
}

// Some procedures of a schema, all of them registered or, on an error, none.
func ExampleRegister() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)

	registrations, err := wamp.Register(ctx, client,
		bench.HandleEcho(mirror{}.Echo),
		bench.HandleStore(mirror{}.Store, wamp.WithConcurrency(1)))
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range registrations.All() {
		fmt.Println(r.Procedure())
	}

	_, err = wamp.Register(ctx, client, bench.HandleEcho(mirror{}.Echo)) // once more
	fmt.Println(errors.Is(err, wamp.ErrProcedureAlreadyExists))
	fmt.Println(registrations.Unregister(ctx), registrations.Err())
	// Output:
	// com.example.bench.echo
	// com.example.bench.store
	// true
	// <nil> wamp: closed
}

// Registrations may be taken back under a ctx of your own.
func ExampleRegistrations_Unregister() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	registrations, err := bench.Register(ctx, client, mirror{})
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(registrations.Unregister(ctx))
	_, err = bench.NewCaller(client).Echo(ctx, bench.EchoArgs{})
	fmt.Println(err)
	// Output:
	// <nil>
	// wamp: call com.example.bench.echo: wamp.error.no_such_procedure
}

// The handler of a generated Handle function gets input that fits. Anything
// else is answered with what was wrong, and the handler does not run.
func ExampleHandle() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	echo := bench.HandleEcho(func(_ context.Context, in bench.EchoArgs) (bench.EchoResult, error) {
		return bench.EchoResult{Number: -in.Number, Text: in.Text, Flag: in.Flag}, nil
	})
	if _, err := wamp.Register(ctx, client, echo); err != nil {
		log.Fatal(err)
	}

	for _, args := range [][]any{{1, "one", true}, {"one", "one", true}, {1, "one"}} {
		out, err := client.Call(ctx, "com.example.bench.echo", args, nil) // a caller without the schema
		fmt.Println(out.Args, err)
	}
	// Output:
	// [-1 one true] <nil>
	// [] wamp: call com.example.bench.echo: wamp.error.invalid_argument: number: want int, got string
	// [] wamp: call com.example.bench.echo: wamp.error.invalid_argument: flag: want bool, missing
}

// A generated publisher and subscriber: both know the type of the event.
func ExampleSubscribe() {
	ctx := context.Background()
	publisher, subscriber := exampleClient(), exampleClient()
	defer publisher.Close(ctx)
	defer subscriber.Close(ctx)
	ticks := make(chan bench.Tick)

	_, err := bench.SubscribeTick(ctx, subscriber, func(_ context.Context, tick bench.Tick) error {
		ticks <- tick
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := bench.PublishTick(ctx, publisher, bench.Tick{Number: 1, Text: "tick"}); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%+v\n", <-ticks)
	// Output: {Number:1 Text:tick Flag:false}
}

// A generated publisher checks what it sends: this text is no UTF-8, and
// nothing leaves.
func ExamplePublish() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)

	fmt.Println(bench.PublishTick(ctx, client, bench.Tick{Text: "tick"}))

	err := bench.PublishTick(ctx, client, bench.Tick{Text: "\xff"})
	fmt.Println(err)
	fmt.Println("safe to retry:", wamp.SafeToRetry(err))
	// Output:
	// <nil>
	// wamp: event of com.example.bench.tick: text: want string, got invalid UTF-8
	// safe to retry: true
}

// A loop over events has its subscription by an option: what was dropped is counted
// there.
func ExampleWithSubscriptionTo() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	publish := func(number int64) {
		err := bench.PublishTick(ctx, client, bench.Tick{Number: number}, wamp.WithExcludeMe(false), wamp.WithAcknowledge(), wamp.WithRetain())
		if err != nil {
			log.Fatal(err)
		}
	}

	publish(0)
	var subscription *wamp.Subscription
	for tick, err := range bench.TickEvents(ctx, client, wamp.WithGetRetained(), wamp.WithMailbox(2, 0), wamp.WithSubscriptionTo(&subscription)) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("tick", tick.Data.Number)
		if tick.Data.Number > 0 {
			break
		}
		for number := range int64(10) { // more than the loop takes meanwhile
			publish(number + 1)
		}
	}
	fmt.Println("some were dropped:", subscription.Dropped() > 0, "gaps:", subscription.Gaps())
	// Output:
	// tick 0
	// tick 1
	// some were dropped: true gaps: 0
}

// Events as a sequence: the subscription lasts as long as the loop.
func ExampleEvents() {
	ctx := context.Background()
	publisher, subscriber := exampleClient(), exampleClient()
	defer publisher.Close(ctx)
	defer subscriber.Close(ctx)
	publish := func(number int64) {
		if err := bench.PublishTick(ctx, publisher, bench.Tick{Number: number}, wamp.WithRetain(), wamp.WithAcknowledge()); err != nil {
			log.Fatal(err)
		}
	}

	publish(1) // the router has it now and retains it, so that the loop begins with it
	for tick, err := range bench.TickEvents(ctx, subscriber, wamp.WithGetRetained()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("tick", tick.Data.Number)
		if tick.Data.Number == 3 {
			break
		}
		publish(tick.Data.Number + 1)
	}
	// Output:
	// tick 1
	// tick 2
	// tick 3
}
