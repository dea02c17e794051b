// Quickstart shows the whole of wampgen in one process: a router, a callee, and
// callers over two transports and two serializations, all typed by
// shop/shop.wamp.yaml. At the end the router goes away and comes back.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/wampgen/wampgen/examples/quickstart/shop"
	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

//go:generate go run ../../cmd/wampgen generate shop/shop.wamp.yaml

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(w io.Writer) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	router, err := router.Start(router.Config{})
	if err != nil {
		return err
	}
	defer router.Stop()
	fmt.Fprintln(w, "A router listens on WebSocket and RawSocket.")

	callee, err := wamp.Connect(ctx, router.WebSocketURL(), "realm1")
	if err != nil {
		return err
	}
	defer callee.Close(ctx)
	if _, err := shop.Register(ctx, callee, newService(callee)); err != nil {
		return err
	}
	fmt.Fprintln(w, "The callee has registered every procedure of shop.wamp.yaml.")

	first, err := visit(ctx, w, "WebSocket and CBOR", router.WebSocketURL(), codec.CBOR)
	if err != nil {
		return err
	}
	defer first.client.Close(ctx)
	second, err := visit(ctx, w, "RawSocket and MessagePack", router.RawSocketURL(), codec.MessagePack)
	if err != nil {
		return err
	}
	defer second.client.Close(ctx)
	return outage(ctx, w, router, callee, second)
}

// customer is one caller, subscribed to the orders of everybody.
type customer struct {
	client *wamp.Client
	caller shop.Caller
	events chan shop.OrderPlaced
}

// visit connects a customer and lets it shop.
func visit(ctx context.Context, w io.Writer, over, url string, format codec.Format) (*customer, error) {
	fmt.Fprintf(w, "\nA caller over %s:\n", over)
	client, err := wamp.Connect(ctx, url, "realm1", wamp.WithSerializers(format))
	if err != nil {
		return nil, err
	}
	c := &customer{client, shop.NewCaller(client), make(chan shop.OrderPlaced, 8)}
	_, err = shop.SubscribeOrderPlaced(ctx, client, func(_ context.Context, ev shop.OrderPlaced) error {
		c.events <- ev
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c, c.shop(ctx, w)
}

// shop makes every kind of call and waits for the event.
func (c *customer) shop(ctx context.Context, w io.Writer) error {
	left, err := c.caller.StockCount(ctx, "tea")
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "  call   StockCount(tea) = %d\n", left)

	order, err := c.caller.OrderPlace(ctx, shop.OrderPlaceArgs{Sku: "tea", Quantity: 2, Note: new("as a gift")})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "  call   OrderPlace(tea, 2) = order %d, %q\n", order.ID, *order.Note)
	ev := <-c.events
	fmt.Fprintf(w, "  event  OrderPlaced: order %d of %d %s, %d left\n", ev.Order.ID, ev.Order.Quantity, ev.Order.Sku, ev.Left)

	_, err = c.caller.OrderPlace(ctx, shop.OrderPlaceArgs{Sku: "tea", Quantity: 1000})
	empty, ok := errors.AsType[*shop.OutOfStockError](err)
	if !ok {
		return fmt.Errorf("want an OutOfStockError, got %v", err)
	}
	fmt.Fprintf(w, "  error  OrderPlace(tea, 1000): OutOfStockError, %s: %d of %s available\n", empty.Message, empty.Available, empty.Sku)

	orders, err := c.caller.OrderList(ctx, shop.OrderListArgs{}) // the latest 2, says the schema
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "  call   OrderList() = %d orders, the latest is %d\n", len(orders), orders[len(orders)-1].ID)
	return nil
}

// outage stops the router and starts it again. Nobody has to do anything: the
// clients come back by themselves, with their registrations and subscriptions.
func outage(ctx context.Context, w io.Writer, router *router.Router, callee *wamp.Client, c *customer) error {
	fmt.Fprintln(w, "\nThe router stops, and starts again:")
	back := []func() error{comeback(ctx, callee), comeback(ctx, c.client)}
	router.Stop()
	if err := router.Start(); err != nil {
		return err
	}
	for _, wait := range back {
		if err := wait(); err != nil {
			return err
		}
	}
	order, err := c.caller.OrderPlace(ctx, shop.OrderPlaceArgs{Sku: "tea", Quantity: 1})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "  call   OrderPlace(tea, 1) = order %d, by the same caller, from the same callee\n", order.ID)
	ev := <-c.events
	fmt.Fprintf(w, "  event  OrderPlaced: order %d, on the same subscription\n", ev.Order.ID)
	return nil
}

// comeback returns a function that waits until client has another session and
// everything is in place on it.
func comeback(ctx context.Context, client *wamp.Client) func() error {
	before := client.SessionID()
	return func() error {
		for s := range client.Watch(ctx) {
			if s.State == wamp.Ready && s.Session != before {
				return nil
			}
		}
		return ctx.Err()
	}
}
