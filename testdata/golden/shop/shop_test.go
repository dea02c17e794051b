package shop

import (
	"context"
	"errors"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

var (
	items = []LineItem{{Sku: "tea", Quantity: 2, UnitPrice: Money{Amount: "1.50", Currency: "EUR"}, GiftNote: new("for you")}}
	order = Order{
		ID: OrderID{1}, State: OrderStatePaid, Items: items, PlacedAt: time.Date(2026, 8, 22, 10, 30, 0, 1, time.UTC),
		CancelReason: wamp.Null[string](), KeepFor: new(time.Hour), Label: []byte{1}, Attributes: map[string]any{"gift": true},
	}
	place = OrderPlaceArgs{Customer: "ann", Items: items, Coupon: new("SPRING"), Priority: PriorityHigh}
)

func TestValues(t *testing.T) {
	roundtrip.Values(t, order)
	roundtrip.Inputs[OrderPlaceArgs](t, orderPlace, place)
	roundtrip.Inputs[OrderFilter](t, orderList, OrderFilter{Limit: 10, State: new(OrderStatePaid)})
	roundtrip.Outputs[OrderListResult](t, orderList, OrderListResult{Orders: []Order{order}, Total: 1, Cursor: new("c")})
	roundtrip.Events(t, orderUpdated, OrderUpdated{Order: order}, OrderUpdated{order, new("paid")})
	roundtrip.Errors(t, outOfStockError, &OutOfStockError{Message: "m", Sku: "tea", Available: 1})
	roundtrip.Same(t, "timeout", []time.Duration{orderPlace.Timeout, orderCancel.Timeout}, []time.Duration{10 * time.Second, 30 * time.Second})
	roundtrip.Same(t, "idempotent", []bool{orderGet.Idempotent, orderPlace.Idempotent}, []bool{true, false})
}

// service is a shop with one order and three cups of tea.
type service struct{ updates *wamp.Client }

var _ Callee = service{}

func (s service) OrderCancel(ctx context.Context, in OrderCancelArgs) error {
	if in.ID != order.ID {
		return &OrderNotFoundError{Message: "no such order", ID: in.ID}
	}
	o := order
	o.State = OrderStateCancelled
	return PublishOrderUpdated(ctx, s.updates, OrderUpdated{Order: o, Reason: in.Reason})
}

func (service) OrderGet(_ context.Context, id OrderID) (Order, error) {
	if id != order.ID {
		return Order{}, &OrderNotFoundError{Message: "no such order", ID: id}
	}
	return order, nil
}

func (service) OrderList(_ context.Context, in OrderFilter) (OrderListResult, error) {
	return OrderListResult{Orders: []Order{order}, Total: in.Limit}, nil
}

func (service) OrderPlace(_ context.Context, in OrderPlaceArgs) (Order, error) {
	for _, item := range in.Items {
		if item.Quantity > 3 {
			return Order{}, &OutOfStockError{Message: "sold out", Sku: item.Sku, Available: 3}
		}
	}
	return order, nil
}

func (service) Ping(context.Context) error { return nil }

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		handle, err := Register(ctx, callee, service{updates: callee})
		if err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		got, err := c.OrderPlace(ctx, place)
		roundtrip.Same(t, err, got, order)
		got, err = c.OrderGet(ctx, order.ID)
		roundtrip.Same(t, err, got, order)
		list, err := c.OrderList(ctx, OrderFilter{})
		roundtrip.Same(t, err, list, OrderListResult{Orders: []Order{order}, Total: 50})
		roundtrip.Same(t, "ping", c.Ping(ctx), nil)

		many := place
		many.Items = []LineItem{{Sku: "tea", Quantity: 9, UnitPrice: Money{Amount: "1"}}}
		_, err = c.OrderPlace(ctx, many)
		sold, _ := errors.AsType[*OutOfStockError](err)
		roundtrip.Same(t, err, sold, &OutOfStockError{Message: "sold out", Sku: "tea", Available: 3})
		_, err = c.OrderGet(ctx, OrderID{2})
		missing, _ := errors.AsType[*OrderNotFoundError](err)
		roundtrip.Same(t, err, missing, &OrderNotFoundError{Message: "no such order", ID: OrderID{2}})

		updates := make(chan OrderUpdated, 1)
		_, err = SubscribeOrderUpdated(ctx, caller, func(_ context.Context, ev OrderUpdated) error { updates <- ev; return nil })
		if err != nil {
			t.Fatal(err)
		}
		roundtrip.Same(t, "cancel", c.OrderCancel(ctx, OrderCancelArgs{ID: order.ID, Reason: new("changed my mind")}), nil)
		ev := roundtrip.Receive(ctx, t, updates)
		roundtrip.Same(t, "state", ev.Order.State, OrderStateCancelled)

		roundtrip.Wrong(ctx, t, caller, "com.acme.shop.order.place", []any{"ann", []any{map[string]any{"sku": "tea", "quantity": "2"}}}, nil,
			"items[0].quantity: want int, got string")
		roundtrip.Wrong(ctx, t, caller, "com.acme.shop.order.place", []any{"ann", []any{}}, map[string]any{"priority": 3},
			"priority: want one of 1, 5, 9")
		if err := handle.Unregister(ctx); err != nil {
			t.Error(err)
		}
		if err := c.Ping(ctx); !errors.Is(err, wamp.ErrNoSuchProcedure) {
			t.Errorf("after Unregister: got %v, want no such procedure", err)
		}
	})
}

func TestEncodesWithoutAllocation(t *testing.T) {
	roundtrip.NoAllocs(t, roundtrip.Put[OrderPlaceArgs](roundtrip.In(orderPlace), place))
}
