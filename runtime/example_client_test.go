package wamp_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
)

// A call without a schema: arguments by position and by keyword, and a result
// of both kinds.
func ExampleClient_Call() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	_, err := client.Register(ctx, "com.example.greet", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
		return wamp.Payload{Args: []any{fmt.Sprintf("Hello, %v %v", in.Kwargs["title"], in.Args[0])}}, nil
	})
	if err != nil {
		log.Fatal(err)
	}

	out, err := client.Call(ctx, "com.example.greet", []any{"Turing"}, map[string]any{"title": "Dr."})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(out.Args[0])
	// Output: Hello, Dr. Turing
}

// A procedure stays registered, also over lost sessions, until Unregister or
// Close.
func ExampleClient_Register() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)

	registration, err := client.Register(ctx, "com.example.ping", func(context.Context, wamp.Payload) (wamp.Payload, error) {
		return wamp.Payload{Args: []any{"pong"}}, nil
	})
	if err != nil {
		log.Fatal(err)
	}
	out, err := client.Call(ctx, "com.example.ping", nil, nil)
	fmt.Println(registration.Procedure(), out.Args, err)

	if err := registration.Unregister(ctx); err != nil {
		log.Fatal(err)
	}
	<-registration.Done()
	fmt.Println("ended by us:", errors.Is(registration.Err(), wamp.ErrClosed))
	_, err = client.Call(ctx, "com.example.ping", nil, nil)
	fmt.Println(err)
	// Output:
	// com.example.ping [pong] <nil>
	// ended by us: true
	// wamp: call com.example.ping: wamp.error.no_such_procedure
}

// An event goes to every other client that has subscribed to its topic.
func ExampleClient_Publish() {
	ctx := context.Background()
	publisher, subscriber := exampleClient(), exampleClient()
	defer publisher.Close(ctx)
	defer subscriber.Close(ctx)
	events := make(chan wamp.Payload)
	_, err := subscriber.Subscribe(ctx, "com.example.weather", func(_ context.Context, ev wamp.Payload) error {
		events <- ev
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}

	err = publisher.Publish(ctx, "com.example.weather", []any{"rain"}, map[string]any{"mm": 12})
	if err != nil {
		log.Fatal(err)
	}
	ev := <-events
	fmt.Println(ev.Args, ev.Kwargs)
	// Output: [rain] map[mm:12]
}

// Events come one at a time, in order. An error or a panic of the handler is
// logged and counted and ends nothing.
func ExampleClient_Subscribe() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	handled := make(chan bool)

	subscription, err := client.Subscribe(ctx, "com.example.numbers", func(_ context.Context, ev wamp.Payload) error {
		defer func() { handled <- true }()
		number, ok := ev.Args[0].(int64)
		if !ok {
			return errors.New("no number")
		}
		fmt.Println("got", number)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}

	for _, v := range []any{1, "two", 3} {
		if err := client.Publish(ctx, "com.example.numbers", []any{v}, nil, wamp.WithExcludeMe(false)); err != nil {
			log.Fatal(err)
		}
		<-handled
	}
	if err := subscription.Unsubscribe(ctx); err != nil {
		log.Fatal(err)
	}
	if err := subscription.Wait(ctx); err != nil { // until the handler has returned for the last time
		log.Fatal(err)
	}
	fmt.Println(subscription.Topic(), "failed:", subscription.Failed(), "dropped:", subscription.Dropped())
	// Output:
	// got 1
	// got 3
	// com.example.numbers failed: 1 dropped: 0
}

// A handler may unsubscribe itself, here after the first event.
func ExampleSubscription_Unsubscribe() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	subscribed := make(chan *wamp.Subscription, 1)
	subscription, err := client.Subscribe(ctx, "com.example.news", func(ctx context.Context, ev wamp.Payload) error {
		fmt.Println(ev.Args[0])
		return (<-subscribed).Unsubscribe(ctx)
	})
	if err != nil {
		log.Fatal(err)
	}
	subscribed <- subscription

	for _, news := range []string{"first", "second"} {
		if err := client.Publish(ctx, "com.example.news", []any{news}, nil, wamp.WithExcludeMe(false)); err != nil {
			log.Fatal(err)
		}
		<-subscription.Done()
	}
	fmt.Println("ended by us:", errors.Is(subscription.Err(), wamp.ErrClosed))
	// Output:
	// first
	// ended by us: true
}

// Close cancels what handlers are doing and waits for them. It is idempotent.
func ExampleClient_Close() {
	ctx := context.Background()
	client := exampleClient()
	started := make(chan bool)
	_, err := client.Register(ctx, "com.example.wait", func(ctx context.Context, _ wamp.Payload) (wamp.Payload, error) {
		close(started)
		<-ctx.Done()
		fmt.Println("handler:", context.Cause(ctx))
		return wamp.Payload{}, ctx.Err()
	})
	if err != nil {
		log.Fatal(err)
	}
	go client.Call(ctx, "com.example.wait", nil, nil)
	<-started

	fmt.Println("close:", client.Close(ctx))
	fmt.Println("again:", client.Close(ctx))
	fmt.Println("publish:", client.Publish(ctx, "com.example.topic", nil, nil))
	// Output:
	// handler: wamp: closed
	// close: <nil>
	// again: <nil>
	// publish: wamp: publish com.example.topic: closed
}

// Drain lets handlers finish what they have begun, and takes nothing new.
func ExampleClient_Drain() {
	ctx := context.Background()
	caller, service := exampleClient(), exampleClient()
	defer caller.Close(ctx)
	started, work := make(chan bool), make(chan string)
	_, err := service.Register(ctx, "com.example.work", func(context.Context, wamp.Payload) (wamp.Payload, error) {
		close(started)
		return wamp.Payload{Args: []any{<-work}}, nil
	})
	if err != nil {
		log.Fatal(err)
	}
	results := make(chan wamp.Payload)
	go func() {
		out, err := caller.Call(ctx, "com.example.work", nil, nil)
		if err != nil {
			log.Fatal(err)
		}
		results <- out
	}()
	<-started

	go func() { work <- "work done" }()
	fmt.Println(service.Drain(ctx), service.Status().State)
	fmt.Println((<-results).Args[0])
	// Output:
	// <nil> closed
	// work done
}

// A snapshot for a health check.
func ExampleClient_Status() {
	ctx := context.Background()
	client := exampleClient()
	status := client.Status()
	fmt.Println(status.State, status.Session == client.SessionID(), status.Attempt, status.Err)

	client.Close(ctx)
	fmt.Println(client.Status().State, client.SessionID())
	// Output:
	// ready true 0 <nil>
	// closed 0
}

// Every change of the status, in order, until the client is closed.
func ExampleClient_Watch() {
	ctx := context.Background()
	client := exampleClient()

	for status := range client.Watch(ctx) {
		fmt.Println(status.State)
		if status.State == wamp.Ready {
			go client.Close(ctx)
		}
	}
	// Output:
	// ready
	// closed
}

// The router gives each session an id, and a client a new one with every
// reconnect.
func ExampleClient_SessionID() {
	ctx := context.Background()
	one, two := exampleClient(), exampleClient()
	defer one.Close(ctx)
	defer two.Close(ctx)

	fmt.Println(one.SessionID().Valid(), one.SessionID() != two.SessionID(), one.Realm())
	// Output: true true realm1
}

// What the router announced. Options that need a feature fail with
// ErrUnsupported where it is not there.
func ExampleClient_HasFeature() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)

	fmt.Println(client.HasFeature("dealer", "call_canceling"))
	fmt.Println(client.HasFeature("dealer", "call_reroute"))
	// Output:
	// true
	// false
}

// Who the client is to the router.
func ExampleClient_AuthID() {
	ctx := context.Background()
	client := exampleClient(wamp.WithAuth(auth.Ticket("ann", auth.NewSecret("t1cket"))))
	defer client.Close(ctx)

	fmt.Println(client.AuthID(), client.AuthRole(), client.AuthMethod(), client.AuthProvider())
	fmt.Println(client.RouterAgent(), client.AuthExtra())
	// Output:
	// ann user ticket static
	// wampgen map[]
}
