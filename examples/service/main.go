// Service is what the main function of a service looks like: it connects,
// registers, answers the probes of an orchestrator, and leaves in good order.
package main

import (
	"context"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/wampgen/wampgen/examples/rollout/work"
	wamp "github.com/wampgen/wampgen/runtime"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	probes, err := net.Listen("tcp", os.Getenv("PROBES"))
	if err != nil {
		log.Fatal(err)
	}
	if err := run(ctx, os.Getenv("WAMP_URL"), probes); err != nil {
		log.Fatal(err)
	}
}

// run serves until ctx ends, or until the client has given up.
func run(ctx context.Context, url string, probes net.Listener) error {
	client, err := wamp.Connect(ctx, url, "realm1")
	if err != nil {
		return err
	}
	if _, err := work.Register(ctx, client, service{}, wamp.WithInvokePolicy(wamp.InvokeRoundRobin)); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/live", wamp.LiveHandler(client))
	mux.Handle("/ready", wamp.ReadyHandler(client))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Second}
	defer func() { _ = server.Close() }()
	go func() { _ = server.Serve(probes) }() // until Close
	return wamp.Run(ctx, client, 20*time.Second)
}

// service implements the API.
type service struct{}

// Double implements double.
func (service) Double(_ context.Context, number int) (int, error) { return 2 * number, nil }

// Count implements count.
func (service) Count(_ context.Context, number int) (int, error) { return number, nil }
