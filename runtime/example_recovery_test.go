package wamp_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// A router that goes away and comes back. The subscription is back without a
// line of code, and with WithPublishBuffer so is what was published meanwhile.
func Example_outage() {
	ctx := context.Background()
	router := startRouter()
	defer router.Stop()
	client, err := wamp.Connect(ctx, router.URL(), "realm1", wamp.WithPublishBuffer(64<<10), wamp.WithFailFast())
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)
	events := make(chan any)
	_, err = client.Subscribe(ctx, "com.example.news", func(_ context.Context, ev wamp.Payload) error {
		events <- ev.Args[0]
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}

	router.Stop()
	for status := range client.Watch(ctx) {
		if status.State == wamp.BackingOff {
			break
		}
	}
	_, err = client.Call(ctx, "com.example.anything", nil, nil) // would wait without WithFailFast
	fmt.Println("call:", err)
	err = client.Publish(ctx, "com.example.news", []any{"kept for later"}, nil, wamp.WithExcludeMe(false))
	fmt.Println("publish:", err)

	router.Start()
	fmt.Println("event:", <-events)
	// Output:
	// call: wamp: call com.example.anything: no session with a router
	// publish: <nil>
	// event: kept for later
}

// What was published while the subscriber was away comes from the event
// history of the router, before anything new.
func ExampleWithResume() {
	ctx := context.Background()
	router := startRouter()
	defer router.Stop()
	connect := func(opts ...wamp.ConnectOption) *wamp.Client {
		client, err := wamp.Connect(ctx, router.URL(), "realm1", opts...)
		if err != nil {
			log.Fatal(err)
		}
		return client
	}
	var network wamptest.Faults // of the subscriber
	publisher, subscriber := connect(), connect(wamp.WithNetDial(network.NetDial))
	defer publisher.Close(ctx)
	defer subscriber.Close(ctx)
	handled := make(chan bool)
	_, err := subscriber.Subscribe(ctx, "com.example.price", func(ctx context.Context, ev wamp.Payload) error {
		info := wamp.EventInfoFrom(ctx)
		fmt.Println("price", ev.Args[0], "resumed:", info.Resumed, "gap:", info.Gap)
		handled <- true
		return nil
	}, wamp.WithResume())
	if err != nil {
		log.Fatal(err)
	}
	publish := func(price int) {
		if err := publisher.Publish(ctx, "com.example.price", []any{price}, nil, wamp.WithAcknowledge()); err != nil {
			log.Fatal(err)
		}
	}

	publish(100)
	<-handled
	network.Set(wamptest.Fault{Refuse: true})
	network.Reset() // the subscriber loses its connection, and gets no other
	publish(101)
	publish(102)
	network.Set(wamptest.Fault{})
	<-handled
	<-handled
	// Output:
	// price 100 resumed: false gap: false
	// price 101 resumed: true gap: false
	// price 102 resumed: true gap: false
}

// The question after a failure: can it have had an effect?
func ExampleSafeToRetry() {
	ctx := context.Background()
	router := startRouter()
	client, err := wamp.Connect(ctx, router.URL(), "realm1")
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)
	_, err = client.Register(ctx, "com.example.pay", func(context.Context, wamp.Payload) (wamp.Payload, error) {
		router.Stop() // in the middle of the call
		return wamp.Payload{}, nil
	})
	if err != nil {
		log.Fatal(err)
	}

	_, err = client.Call(ctx, "com.example.pay", nil, nil)
	fmt.Println("lost:", errors.Is(err, wamp.ErrLost), "safe to retry:", wamp.SafeToRetry(err))

	_, err = client.Call(ctx, "com.example.pay", nil, nil, wamp.WithFailFast()) // there is no router any more
	fmt.Println("not ready:", errors.Is(err, wamp.ErrNotReady), "safe to retry:", wamp.SafeToRetry(err))
	// Output:
	// lost: true safe to retry: false
	// not ready: true safe to retry: true
}
