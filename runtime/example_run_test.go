package wamp_test

import (
	"context"
	"fmt"
	"log"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
)

// A service runs until it is told to stop, and finishes its work before it
// leaves. In a program ctx comes from signal.NotifyContext.
func ExampleRun() {
	ctx, stop := context.WithCancel(context.Background())
	client := exampleClient()
	_, err := client.Register(ctx, "com.example.greet", func(context.Context, wamp.Payload) (wamp.Payload, error) {
		return wamp.Payload{Args: []any{"hello"}}, nil
	})
	if err != nil {
		log.Fatal(err)
	}
	time.AfterFunc(10*time.Millisecond, stop)

	err = wamp.Run(ctx, client, 20*time.Second)
	fmt.Println(err, client.Status().State)
	// Output: <nil> closed
}

// A client gives its session up and opens another one, such as after the network
// of the machine has changed.
func ExampleClient_Reconnect() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	before := client.SessionID()

	client.Reconnect()
	for status := range client.Watch(ctx) {
		if status.State == wamp.Ready && status.Session != before {
			fmt.Println("another session")
			break
		}
	}
	// Output: another session
}

// A client moves to another router when its configuration changes.
func ExampleClient_SetURLs() {
	ctx := context.Background()
	first, second := startRouter(), startRouter()
	client, err := wamp.Connect(ctx, first.URL(), "realm1")
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)

	if err := client.SetURLs(second.URL()); err != nil {
		log.Fatal(err)
	}
	for status := range client.Watch(ctx) {
		if status.State == wamp.Ready && status.URL == second.URL() {
			fmt.Println("moved")
			break
		}
	}
	fmt.Println(client.SetURLs("http://router.example"))
	// Output:
	// moved
	// wamp: scheme of the router URL must be ws, wss, tcp (or rs), tcps (or rss) or unix
}
