package wamp_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"sync"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
)

// A call that may take 10 ms. The callee is told as well: its ctx ends.
func ExampleWithCallTimeout() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	_, err := client.Register(ctx, "com.example.slow", func(ctx context.Context, _ wamp.Payload) (wamp.Payload, error) {
		<-ctx.Done()
		return wamp.Payload{}, ctx.Err()
	})
	if err != nil {
		log.Fatal(err)
	}

	_, err = client.Call(ctx, "com.example.slow", nil, nil, wamp.WithCallTimeout(10*time.Millisecond))
	fmt.Println(errors.Is(err, context.DeadlineExceeded)) // whoever noticed it first
	// Output: true
}

// With Kill the caller waits for what the callee says to being cancelled.
func ExampleWithCancelMode() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	impatient, loseIt := context.WithCancel(ctx)
	_, err := client.Register(ctx, "com.example.copy", func(ctx context.Context, _ wamp.Payload) (wamp.Payload, error) {
		loseIt() // the caller does not want to wait any longer
		<-ctx.Done()
		return wamp.Payload{}, wamp.NewError("com.example.error.half_done", 512)
	})
	if err != nil {
		log.Fatal(err)
	}

	_, err = client.Call(impatient, "com.example.copy", nil, nil, wamp.WithCancelMode(wamp.Kill))
	if answer, ok := errors.AsType[*wamp.Error](err); ok {
		fmt.Println(answer.URI, answer.Args)
	}
	// Output: com.example.error.half_done [512]
}

// A call made without a session waits for one under its ctx; with FailFast it
// fails instead.
func ExampleWithFailFast() {
	ctx := context.Background()
	router := startRouter()
	client, err := wamp.Connect(ctx, router.URL(), "realm1")
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)
	router.Stop()
	for status := range client.Watch(ctx) {
		if status.State == wamp.BackingOff {
			break
		}
	}

	_, err = client.Call(ctx, "com.example.anything", nil, nil, wamp.WithFailFast())
	fmt.Println(errors.Is(err, wamp.ErrNotReady))
	// Output: true
}

// A publish that waits until the broker has the event. PublicationTo does the
// same and tells the event's id, which every subscriber sees too.
func ExampleWithAcknowledge() {
	ctx := context.Background()
	publisher, subscriber := exampleClient(), exampleClient()
	defer publisher.Close(ctx)
	defer subscriber.Close(ctx)
	seen := make(chan wamp.ID, 2)
	_, err := subscriber.Subscribe(ctx, "com.example.orders", func(ctx context.Context, _ wamp.Payload) error {
		seen <- wamp.EventInfoFrom(ctx).Publication
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}

	err = publisher.Publish(ctx, "com.example.orders", []any{1}, nil, wamp.WithAcknowledge())
	fmt.Println(err, (<-seen).Valid())

	var id wamp.ID
	err = publisher.Publish(ctx, "com.example.orders", []any{2}, nil, wamp.WithPublicationTo(&id))
	fmt.Println(err, <-seen == id)
	// Output:
	// <nil> true
	// <nil> true
}

// A client does not get its own events, unless it wants to.
func ExampleWithExcludeMe() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	events := make(chan any)
	_, err := client.Subscribe(ctx, "com.example.chat", func(_ context.Context, ev wamp.Payload) error {
		events <- ev.Args[0]
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}

	if err := client.Publish(ctx, "com.example.chat", []any{"for others"}, nil); err != nil {
		log.Fatal(err)
	}
	if err := client.Publish(ctx, "com.example.chat", []any{"for all"}, nil, wamp.WithExcludeMe(false)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(<-events)
	// Output: for all
}

// The router keeps the last event of a topic for those who come later.
func ExampleWithRetain() {
	ctx := context.Background()
	publisher, latecomer := exampleClient(), exampleClient()
	defer publisher.Close(ctx)
	defer latecomer.Close(ctx)
	err := publisher.Publish(ctx, "com.example.temperature", []any{21.5}, nil, wamp.WithRetain(), wamp.WithAcknowledge())
	if err != nil {
		log.Fatal(err)
	}

	done := make(chan bool)
	_, err = latecomer.Subscribe(ctx, "com.example.temperature", func(ctx context.Context, ev wamp.Payload) error {
		fmt.Println(ev.Args[0], "retained:", wamp.EventInfoFrom(ctx).Retained)
		close(done)
		return nil
	}, wamp.WithGetRetained())
	if err != nil {
		log.Fatal(err)
	}
	<-done
	// Output: 21.5 retained: true
}

// One subscription for a tree of topics; the handler asks which it was.
func ExampleWithPrefix() {
	ctx := context.Background()
	publisher, subscriber := exampleClient(), exampleClient()
	defer publisher.Close(ctx)
	defer subscriber.Close(ctx)
	topics := make(chan string)
	_, err := subscriber.Subscribe(ctx, "com.example.sensor.", func(ctx context.Context, _ wamp.Payload) error {
		topics <- wamp.EventInfoFrom(ctx).Topic
		return nil
	}, wamp.WithPrefix())
	if err != nil {
		log.Fatal(err)
	}

	for _, topic := range []string{"com.example.sensor.roof", "com.example.motor", "com.example.sensor.cellar.left"} {
		if err := publisher.Publish(ctx, topic, nil, nil); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(<-topics)
	fmt.Println(<-topics)
	// Output:
	// com.example.sensor.roof
	// com.example.sensor.cellar.left
}

// One procedure for many URIs: an empty component matches anything.
func ExampleWithWildcard() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	_, err := client.Register(ctx, "com.example.room..light", func(ctx context.Context, _ wamp.Payload) (wamp.Payload, error) {
		return wamp.Payload{Args: []any{wamp.CallInfoFrom(ctx).Procedure}}, nil
	}, wamp.WithWildcard())
	if err != nil {
		log.Fatal(err)
	}

	out, err := client.Call(ctx, "com.example.room.kitchen.light", nil, nil)
	fmt.Println(out.Args, err)
	_, err = client.Call(ctx, "com.example.room.kitchen.door", nil, nil)
	fmt.Println(err)
	// Output:
	// [com.example.room.kitchen.light] <nil>
	// wamp: call com.example.room.kitchen.door: wamp.error.no_such_procedure
}

// Several callees share one procedure, and the router spreads the calls.
func ExampleWithInvokePolicy() {
	ctx := context.Background()
	caller := exampleClient()
	defer caller.Close(ctx)
	for _, name := range []string{"left", "right"} {
		worker := exampleClient()
		defer worker.Close(ctx)
		_, err := worker.Register(ctx, "com.example.who", func(context.Context, wamp.Payload) (wamp.Payload, error) {
			return wamp.Payload{Args: []any{name}}, nil
		}, wamp.WithInvokePolicy(wamp.InvokeRoundRobin))
		if err != nil {
			log.Fatal(err)
		}
	}

	for range 3 {
		out, err := caller.Call(ctx, "com.example.who", nil, nil)
		fmt.Println(out.Args, err)
	}
	// Output:
	// [left] <nil>
	// [right] <nil>
	// [left] <nil>
}

// A new version of a service takes its procedure over, on routers that know
// how; the old one learns of it.
func ExampleWithForceReregister() {
	ctx := context.Background()
	first, second := exampleClient(), exampleClient()
	defer first.Close(ctx)
	defer second.Close(ctx)
	version := func(v int) func(context.Context, wamp.Payload) (wamp.Payload, error) {
		return func(context.Context, wamp.Payload) (wamp.Payload, error) { return wamp.Payload{Args: []any{v}}, nil }
	}
	registration, err := first.Register(ctx, "com.example.version", version(1))
	if err != nil {
		log.Fatal(err)
	}

	_, err = second.Register(ctx, "com.example.version", version(2))
	fmt.Println("refused:", errors.Is(err, wamp.ErrProcedureAlreadyExists))
	_, err = second.Register(ctx, "com.example.version", version(2), wamp.WithForceReregister())
	fmt.Println("forced:", err)
	<-registration.Done()
	fmt.Println("the first:", registration.Err())
	// Output:
	// refused: true
	// forced: <nil>
	// the first: wamp: revoked by the router
}

// With Concurrency(1) invocations run one after the other, so the handler needs
// no lock.
func ExampleWithConcurrency() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	count := 0
	_, err := client.Register(ctx, "com.example.count", func(context.Context, wamp.Payload) (wamp.Payload, error) {
		count++
		return wamp.Payload{Args: []any{count}}, nil
	}, wamp.WithConcurrency(1))
	if err != nil {
		log.Fatal(err)
	}

	var callers sync.WaitGroup
	for range 99 {
		callers.Go(func() {
			if _, err := client.Call(ctx, "com.example.count", nil, nil); err != nil {
				log.Fatal(err)
			}
		})
	}
	callers.Wait()
	out, err := client.Call(ctx, "com.example.count", nil, nil)
	fmt.Println(out.Args, err)
	// Output: [100] <nil>
}

// A slow handler hurts only itself: of the events that it does not keep up
// with, this subscription keeps the last two.
func ExampleWithOverflow() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	busy, goOn, done := make(chan bool), make(chan bool), make(chan bool)
	subscription, err := client.Subscribe(ctx, "com.example.fast", func(_ context.Context, ev wamp.Payload) error {
		switch ev.Args[0] {
		case int64(0):
			close(busy)
			<-goOn // slow
		case int64(4):
			defer close(done)
		}
		fmt.Println("event", ev.Args[0])
		return nil
	}, wamp.WithMailbox(2, 0), wamp.WithOverflow(wamp.DropOldest))
	if err != nil {
		log.Fatal(err)
	}
	publish := func(n int) {
		err := client.Publish(ctx, "com.example.fast", []any{n}, nil, wamp.WithExcludeMe(false), wamp.WithAcknowledge())
		if err != nil {
			log.Fatal(err)
		}
	}

	publish(0)
	<-busy
	for n := 1; n <= 4; n++ {
		publish(n)
	}
	close(goOn)
	<-done
	fmt.Println("dropped", subscription.Dropped())
	// Output:
	// event 0
	// event 3
	// event 4
	// dropped 2
}
