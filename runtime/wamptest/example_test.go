package wamptest_test

import (
	"context"
	"fmt"
	"log"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// A program that brings its own router, stops it and starts it again: the
// client comes back by itself.
func ExampleStartRouter() {
	router, err := wamptest.StartRouter(wamptest.Config{Tickets: map[string]string{"ann": "t1cket"}})
	if err != nil {
		log.Fatal(err)
	}
	defer router.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	client, err := wamp.Connect(ctx, router.WebSocketURL(), "realm1",
		wamp.WithAuth(auth.Ticket("ann", auth.NewSecret("t1cket"))))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)

	session := client.Session()
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
// program must begin with ServeRouterFromEnv.
func ExampleStartProcess() {
	process, err := wamptest.StartProcess(wamptest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer process.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	client, err := wamp.Connect(ctx, process.RawSocketURL(), "realm1")
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)

	session := client.Session()
	process.Kill() // SIGKILL
	if err := process.Start(); err != nil {
		log.Fatal(err)
	}
	healed(ctx, client, session)
	_, err = client.Call(ctx, "wamp.session.count", nil, nil)
	fmt.Println("called the new process:", err)
	// Output: called the new process: <nil>
}

// A network in which every byte travels alone.
func ExampleFaults() {
	router, err := wamptest.StartRouter(wamptest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer router.Stop()
	var network wamptest.Faults
	network.Set(wamptest.Fault{Piece: 1})
	ctx := context.Background()
	client, err := wamp.Connect(ctx, router.RawSocketURL(), "realm1", wamp.WithNetDial(network.NetDial))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)
	fmt.Println(client.Status().State, "over", network.Connections(), "connection")
	// Output: ready over 1 connection
}

// A server certificate for loopback, and a client that trusts it.
func ExampleNewTLS() {
	server, client, err := wamptest.NewTLS(wamptest.Certificate{})
	if err != nil {
		log.Fatal(err)
	}
	router, err := wamptest.StartRouter(wamptest.Config{TLS: server})
	if err != nil {
		log.Fatal(err)
	}
	defer router.Stop()
	ctx := context.Background()
	c, err := wamp.Connect(ctx, router.WebSocketURL(), "realm1", wamp.WithTLS(client))
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close(ctx)
	fmt.Println(router.WebSocketURL()[:6], c.Status().State)
	// Output: wss:// ready
}

// What an agreeable router would say.
func ExampleAnswer() {
	fmt.Println(wamptest.Answer(wamptest.Message{wamptest.Subscribe, int64(7), map[string]any{}, "com.example.topic"}))
	fmt.Println(wamptest.Answer(wamptest.Message{wamptest.Call, int64(8), map[string]any{}, "com.example.add", []any{2, 3}}))
	// Output:
	// [33 7 7]
	// [50 8 map[] [2 3]]
}

// Bytes for SendBytes: half a message in one frame, half in the next.
func ExampleWebSocketFrame() {
	frame, _ := wamptest.Message{wamptest.Goodbye, map[string]any{}, "wamp.close.normal"}.Encode(codec.JSON)
	fmt.Printf("%q\n", wamptest.WebSocketFrame(0x01, frame[:9]))
	fmt.Printf("%q\n", wamptest.WebSocketFrame(0x80, frame[9:]))
	// Output:
	// "\x01\t[6,{},\"wa"
	// "\x80\x11mp.close.normal\"]"
}

// A frame of a reserved type.
func ExampleRawSocketFrame() {
	fmt.Printf("% x\n", wamptest.RawSocketFrame(3, []byte("hi")))
	// Output: 03 00 00 02 68 69
}
