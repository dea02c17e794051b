package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"

	"github.com/wampgen/wampgen/examples/outage/greeter"
	wamp "github.com/wampgen/wampgen/runtime"
)

// runRole is a child: it connects, does its work and says what happens to it,
// until its input ends.
func runRole(role, url string) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	client, err := wamp.Connect(ctx, url, "realm1")
	if err != nil {
		return err
	}
	begin, obey := beCallee, func(string) error { return nil }
	if role == "caller" {
		begin, obey = beCaller, func(name string) error { return greet(ctx, client, name) }
	}
	if err := begin(ctx, client); err != nil {
		return err
	}
	go report(ctx, client)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		if err := obey(strings.TrimPrefix(in.Text(), "greet ")); err != nil {
			return err
		}
	}
	if err := client.Close(ctx); err != nil {
		return err
	}
	os.Exit(0)
	return nil
}

// service implements the greeter.
type service struct {
	client *wamp.Client
	count  atomic.Int64
}

var _ greeter.Callee = (*service)(nil)

// Greet implements greet.
func (s *service) Greet(ctx context.Context, name string) (string, error) {
	n := int(s.count.Add(1))
	return "hello " + name, greeter.PublishGreeted(ctx, s.client, greeter.Greeted{Name: name, Count: n})
}

func beCallee(ctx context.Context, client *wamp.Client) error {
	_, err := greeter.Register(ctx, client, &service{client: client})
	return err
}

func beCaller(ctx context.Context, client *wamp.Client) error {
	_, err := greeter.SubscribeGreeted(ctx, client, func(_ context.Context, ev greeter.Greeted) error {
		fmt.Printf("event greeting %d was for %s\n", ev.Count, ev.Name)
		return nil
	})
	return err
}

// greet calls, however long the router is away. The callee may come back a
// moment after us; since greet is idempotent, the call waits for it.
func greet(ctx context.Context, client *wamp.Client, name string) error {
	answer, err := greeter.NewCaller(client).Greet(ctx, name)
	if err == nil {
		fmt.Printf("answer greet(%s) = %q\n", name, answer)
	}
	return err
}

// report says when the session is lost and when it is back. The first Ready is
// told too.
func report(ctx context.Context, client *wamp.Client) {
	for s := range client.Watch(ctx) {
		switch s.State {
		case wamp.Ready:
			fmt.Println("ready everything is in place")
		case wamp.BackingOff:
			if s.Attempt == 1 {
				fmt.Println("lost the session is gone, trying again")
			}
		}
	}
}
