package include

import (
	"context"
	"errors"
	"net/netip"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

var (
	home  = netip.MustParseAddr("192.0.2.1")
	order = Order{ID: 1, Sku: "a", State: "lost", From: &home}
)

func TestValues(t *testing.T) {
	roundtrip.Values(t, order, Order{ID: 2, Sku: "b", State: StateOpen})
	roundtrip.Values(t, Stock{}, Stock{"a": 1, "b": 2})
	roundtrip.Events(t, orderPlaced, OrderPlaced{Order: order, Left: Stock{"a": 1}})
	roundtrip.Errors(t, goneError, &GoneError{ID: 1})
	roundtrip.Errors(t, busyError, &BusyError{Host: home})
	roundtrip.Fails(t, func(e *codec.Encoder) int { return e.Payload(&OrderPlaced{Left: Stock{"": 1}}, nil) }, "order.sku: want at least 1 character, got fewer")
}

// service implements the procedures of all files.
type service struct{}

func (service) Ping(context.Context) error { return &BusyError{Host: home} }
func (service) OrderGet(_ context.Context, id int) (Order, error) {
	if id != order.ID {
		return Order{}, &GoneError{ID: id}
	}
	return order, nil
}

func (service) StockTake(_ context.Context, orders []Order) (Stock, error) {
	left := Stock{}
	for _, o := range orders {
		left[o.Sku]++
	}
	return left, nil
}

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, service{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		got, err := c.OrderGet(ctx, 1)
		if err != nil {
			t.Fatal(err)
		}
		roundtrip.Same(t, "order", got, order)
		_, err = c.OrderGet(ctx, 2)
		if gone, ok := errors.AsType[*GoneError](err); !ok || gone.ID != 2 {
			t.Errorf("got %v", err)
		}
		if busy, ok := errors.AsType[*BusyError](c.Ping(ctx)); !ok || busy.Host != home {
			t.Errorf("got %v", busy)
		}
		left, err := c.StockTake(ctx, []Order{order, order, {Sku: "b"}})
		if err != nil {
			t.Fatal(err)
		}
		roundtrip.Same(t, "stock", left, Stock{"a": 2, "b": 1})
		events := make(chan OrderPlaced, 1)
		if _, err := SubscribeOrderPlaced(ctx, callee, func(_ context.Context, ev OrderPlaced) error { events <- ev; return nil }); err != nil {
			t.Fatal(err)
		}
		want := OrderPlaced{order, left}
		if err := PublishOrderPlaced(ctx, caller, want, wamp.WithAcknowledge()); err != nil {
			t.Fatal(err)
		}
		roundtrip.Same(t, "event", roundtrip.Receive(ctx, t, events), want)
	})
}
