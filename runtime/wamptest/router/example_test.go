package router_test

import (
	"context"
	"fmt"
	"log"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// A program that brings its own router, stops it and starts it again: the
// client comes back by itself.
func ExampleStart() {
	router, err := router.Start(router.Config{Tickets: map[string]string{"ann": "t1cket"}})
	if err != nil {
		log.Fatal(err)
	}
	defer router.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client, err := wamp.Connect(ctx, router.WebSocketURL(), "realm1",
		wamp.WithAuth(auth.Ticket("ann", auth.NewSecret("t1cket"))))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)

	session := client.SessionID()
	router.Stop()
	if err := router.Start(); err != nil {
		log.Fatal(err)
	}
	healed(ctx, client, session)
	_, err = client.Call(ctx, "wamp.session.count", nil, nil)
	fmt.Println("called the new router:", err)
	// Output: called the new router: <nil>
}

// healed waits until the client is ready with another session.
func healed(ctx context.Context, client *wamp.Client, old wamp.ID) {
	for s := range client.Watch(ctx) {
		if s.State == wamp.Ready && s.Session != old {
			return
		}
	}
}

// The router in a process of its own survives no kill, but its ports do. The
// program must begin with ServeFromEnv.
func ExampleStartProcess() {
	process, err := router.StartProcess(router.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer process.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client, err := wamp.Connect(ctx, process.RawSocketURL(), "realm1")
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)

	session := client.SessionID()
	process.Kill() // SIGKILL
	if err := process.Start(); err != nil {
		log.Fatal(err)
	}
	healed(ctx, client, session)
	_, err = client.Call(ctx, "wamp.session.count", nil, nil)
	fmt.Println("called the new process:", err)
	// Output: called the new process: <nil>
}
