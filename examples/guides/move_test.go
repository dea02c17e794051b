package guides

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/gammazero/nexus/v3/client"
	nexus "github.com/gammazero/nexus/v3/wamp"

	"github.com/wampgen/wampgen/examples/quickstart/shop"
	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// placeBefore is a call by the client of nexus.
func placeBefore(ctx context.Context, c *client.Client) (int64, error) {
	result, err := c.Call(ctx, "com.example.shop.order.place", nil,
		nexus.List{"tea", 2}, nexus.Dict{"note": "as a gift"}, nil)
	if err != nil {
		var rpc client.RPCError
		if errors.As(err, &rpc) && rpc.Err.Error == "com.example.shop.error.out_of_stock" {
			available, _ := nexus.AsInt64(rpc.Err.ArgumentsKw["available"])
			return 0, fmt.Errorf("only %d left", available)
		}
		return 0, err
	}
	order, ok := nexus.AsDict(result.Arguments[0])
	if !ok {
		return 0, errors.New("this is no order")
	}
	id, ok := nexus.AsInt64(order["id"])
	if !ok {
		return 0, errors.New("the order has no id")
	}
	return id, nil
}

// placeAfter is the same call by generated code.
func placeAfter(ctx context.Context, c shop.Caller) (int, error) {
	order, err := c.OrderPlace(ctx, shop.OrderPlaceArgs{Sku: "tea", Quantity: 2, Note: new("as a gift")})
	if empty, ok := errors.AsType[*shop.OutOfStockError](err); ok {
		return 0, fmt.Errorf("only %d left", empty.Available)
	}
	return order.ID, err
}

// countBefore registers a procedure by the client of nexus.
func countBefore(c *client.Client, stock map[string]int) error {
	return c.Register("com.example.shop.stock.count", func(_ context.Context, inv *nexus.Invocation) client.InvokeResult {
		if len(inv.Arguments) != 1 {
			return client.InvokeResult{Err: nexus.ErrInvalidArgument}
		}
		sku, ok := nexus.AsString(inv.Arguments[0])
		if !ok {
			return client.InvokeResult{Err: nexus.ErrInvalidArgument}
		}
		return client.InvokeResult{Args: nexus.List{stock[sku]}}
	}, nil)
}

// countAfter registers one procedure of an API; shop.Register registers all.
func countAfter(ctx context.Context, c *wamp.Client, stock map[shop.Sku]int) error {
	_, err := wamp.Register(ctx, c, shop.HandleStockCount(func(_ context.Context, sku shop.Sku) (int, error) {
		return stock[sku], nil
	}))
	return err
}

// Both halves of the move meet on one router, each with the other's old half.
func TestMove_BeforeAndAfterMeet(t *testing.T) {
	r := router.New(t, router.Config{})
	before, err := client.ConnectNet(t.Context(), r.WebSocketURL(), client.Config{Realm: "realm1"})
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close()
	after, err := wamp.Connect(t.Context(), r.WebSocketURL(), "realm1")
	if err != nil {
		t.Fatal(err)
	}
	defer after.Close(context.Background())
	left := 4
	_, err = wamp.Register(t.Context(), after, shop.HandleOrderPlace(
		func(_ context.Context, in shop.OrderPlaceArgs) (shop.Order, error) {
			if left -= in.Quantity; left < 0 {
				return shop.Order{}, &shop.OutOfStockError{Message: "sold out", Sku: in.Sku}
			}
			return shop.Order{ID: 7, Sku: in.Sku, Quantity: in.Quantity, Note: in.Note}, nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	caller := shop.NewCaller(after)
	if id, err := placeBefore(t.Context(), before); err != nil || id != 7 {
		t.Errorf("before: %d, %v", id, err)
	}
	if id, err := placeAfter(t.Context(), caller); err != nil || id != 7 {
		t.Errorf("after: %d, %v", id, err)
	}
	if _, err := placeBefore(t.Context(), before); err == nil || err.Error() != "only 0 left" {
		t.Errorf("before: %v", err)
	}
	if _, err := placeAfter(t.Context(), caller); err == nil || err.Error() != "only 0 left" {
		t.Errorf("after: %v", err)
	}

	if err := countBefore(before, map[string]int{"tea": 3}); err != nil {
		t.Fatal(err)
	}
	if n, err := caller.StockCount(t.Context(), "tea"); err != nil || n != 3 {
		t.Errorf("got %d, %v", n, err)
	}
	if err := before.Unregister("com.example.shop.stock.count"); err != nil {
		t.Fatal(err)
	}
	if err := countAfter(t.Context(), after, map[shop.Sku]int{"tea": 4}); err != nil {
		t.Fatal(err)
	}
	if n, err := caller.StockCount(t.Context(), "tea"); err != nil || n != 4 {
		t.Errorf("got %d, %v", n, err)
	}
}
