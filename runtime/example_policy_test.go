package wamp_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
)

// listening returns a client that notes under name what it gets of a topic.
func listening(name string, heard chan<- string, opts ...wamp.ConnectOption) *wamp.Client {
	client := exampleClient(opts...)
	_, err := client.Subscribe(context.Background(), "com.example.chat", func(_ context.Context, ev wamp.Payload) error {
		heard <- fmt.Sprint(name, " heard ", ev.Args[0])
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	return client
}

// An event goes to everybody who has subscribed but those who are excluded, or
// to nobody but those who are eligible.
func ExampleWithExclude() {
	ctx := context.Background()
	heard := make(chan string)
	publisher, left, right := exampleClient(), listening("left", heard), listening("right", heard)
	for _, client := range []*wamp.Client{publisher, left, right} {
		defer client.Close(ctx)
	}

	say := func(text string, opts ...wamp.PublishOption) {
		if err := publisher.Publish(ctx, "com.example.chat", []any{text}, nil, opts...); err != nil {
			log.Fatal(err)
		}
		fmt.Println(<-heard)
	}
	say("one", wamp.WithExclude(left.SessionID()))
	say("two", wamp.WithEligible(left.SessionID()))
	// Output:
	// right heard one
	// left heard two
}

// Lists of authids and authroles hold for all sessions of a user.
func ExampleWithEligibleAuthID() {
	ctx := context.Background()
	heard := make(chan string)
	publisher, guest := exampleClient(), listening("guest", heard)
	defer publisher.Close(ctx)
	defer guest.Close(ctx)

	say := func(text string, opts ...wamp.PublishOption) {
		if err := publisher.Publish(ctx, "com.example.chat", []any{text}, nil, opts...); err != nil {
			log.Fatal(err)
		}
	}
	say("to staff", wamp.WithEligibleAuthRole("staff"))
	say("to ann", wamp.WithEligibleAuthID("ann"))
	say("not to guests", wamp.WithExcludeAuthID(guest.AuthID()))
	say("nor like this", wamp.WithExcludeAuthRole(guest.AuthRole()))
	say("to all")
	fmt.Println(<-heard)
	// Output: guest heard to all
}

// Options of a router or a peer that the specification does not know.
func ExampleWithOption() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	_, err := client.Register(ctx, "com.example.echo", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
		return in, nil
	}, wamp.WithOption("x_priority", 3))
	if err != nil {
		log.Fatal(err)
	}

	out, err := client.Call(ctx, "com.example.echo", []any{1}, nil, wamp.WithOption("_trace", "4711"))
	fmt.Println(out.Args, err)
	_, err = client.Call(ctx, "com.example.echo", nil, nil, wamp.WithOption("timeout", 1000))
	fmt.Println(err)
	// Output:
	// [1] <nil>
	// wamp: call com.example.echo: option "timeout" of CALL must be set with WithCallTimeout
}

// The callee keeps the timeouts of its callers.
func ExampleWithForwardTimeout() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	_, err := client.Register(ctx, "com.example.work", func(ctx context.Context, _ wamp.Payload) (wamp.Payload, error) {
		return wamp.Payload{Args: []any{wamp.CallInfoFrom(ctx).Timeout.String()}}, nil
	}, wamp.WithForwardTimeout())
	if err != nil {
		log.Fatal(err)
	}

	out, err := client.Call(ctx, "com.example.work", nil, nil, wamp.WithCallTimeout(time.Minute))
	fmt.Println(out.Args, err)
	// Output: [1m0s] <nil>
}

// A router that announces less than it has.
func ExampleWithAssumeFeatures() {
	ctx := context.Background()
	client := exampleClient(wamp.WithAssumeFeatures("dealer", "call_reroute"))
	defer client.Close(ctx)

	fmt.Println(client.HasFeature("dealer", "call_reroute"))
	// Output: true
}

// A router that announces more than it has: what needs the feature fails.
func ExampleWithDenyFeatures() {
	ctx := context.Background()
	client := exampleClient(wamp.WithDenyFeatures("broker", "subscriber_blackwhite_listing"))
	defer client.Close(ctx)

	err := client.Publish(ctx, "com.example.secret", nil, nil, wamp.WithEligibleAuthRole("staff"))
	fmt.Println(errors.Is(err, wamp.ErrUnsupported))
	// Output: true
}
