// Shop shows one schema with all that the language has, and a second one that it
// imports: a shop in a process of its own, and a customer who calls each procedure
// and hears of each topic once. A router runs beside them.
//
//	go run . [-url ws://router.example.com/ws]
//
// Without -url it starts a router.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"io"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

//go:generate go run ../../cmd/wampgen generate common/common.wamp.yaml shop/shop.wamp.yaml

func main() {
	if router.ServeFromEnv() {
		return // this process was started to be the router
	}
	if len(os.Args) == 3 && os.Args[1] == "service" {
		if err := runService(os.Args[2]); err != nil {
			log.Fatal(err)
		}
		return
	}
	url := flag.String("url", "", "the `URL` of a router with the realm realm1")
	flag.Parse()
	if err := run(os.Stdout, *url); err != nil {
		log.Fatal(err)
	}
}

// run starts the shop as a process and is its customer.
func run(w io.Writer, url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if url == "" {
		r, err := router.StartProcess(router.Config{})
		if err != nil {
			return err
		}
		defer r.Stop()
		url = r.WebSocketURL()
	}
	client, err := connect(ctx, url)
	if err != nil {
		return err
	}
	defer client.Close(ctx)
	c, err := newCustomer(ctx, client, w)
	if err != nil {
		return err
	}
	stop, err := startService(ctx, url)
	if err != nil {
		return err
	}
	return errors.Join(c.visit(ctx), stop())
}

// startService starts this program again as the shop. When it returns, all
// procedures are registered. The shop leaves when stop is called.
func startService(ctx context.Context, url string) (stop func() error, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "service", url)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	stop = func() error { return errors.Join(in.Close(), cmd.Wait()) }
	if !bufio.NewScanner(out).Scan() {
		return nil, errors.Join(errors.New("the shop does not open"), stop())
	}
	return stop, nil
}

// connect joins the router. The log would hide the rest.
func connect(ctx context.Context, url string) (*wamp.Client, error) {
	return wamp.Connect(ctx, url, "realm1", wamp.WithLogger(slog.New(slog.DiscardHandler)))
}
