package wamp_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	wamp "github.com/wampgen/wampgen/runtime"
)

// What a client has done so far, for the metrics of a program.
func ExampleClient_Stats() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	_, err := client.Register(ctx, "com.example.greet", func(context.Context, wamp.Payload) (wamp.Payload, error) {
		return wamp.Payload{Args: []any{"hello"}}, nil
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, procedure := range []string{"com.example.greet", "com.example.greet", "com.example.nobody"} {
		_, _ = client.Call(ctx, procedure, nil, nil) // the counters are the subject
	}

	s := client.Stats()
	fmt.Println(s.Calls, s.Results, s.CallErrors, s.Invocations, s.Reconnects)
	// Output: 3 2 map[wamp.error.no_such_procedure:1] 2 0
}

// The two probes of Kubernetes. A program serves them on a port of its own.
func ExampleReadyHandler() {
	ctx := context.Background()
	client := exampleClient()
	live, ready := wamp.LiveHandler(client), wamp.ReadyHandler(client)
	probe := func(name string, handler http.Handler) {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		fmt.Printf("%s: %d %s", name, w.Code, w.Body)
	}

	probe("live", live)
	probe("ready", ready)
	client.Close(ctx)
	probe("live", live)
	probe("ready", ready)
	// Output:
	// live: 200 ok
	// ready: 200 ok
	// live: 200 ok
	// ready: 503 realm1: closed
}
