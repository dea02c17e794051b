package guides

import (
	"context"
	"errors"
	"testing"

	shop "github.com/wampgen/wampgen/examples/guides/readme"
	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// service sells three of everything.
type service struct{ client *wamp.Client }

func (s *service) OrderPlace(ctx context.Context, in shop.OrderPlaceArgs) (shop.Order, error) {
	if in.Quantity > 3 {
		return shop.Order{}, &shop.OutOfStockError{Sku: in.Sku, Available: 3}
	}
	order := shop.Order{ID: 1, Sku: in.Sku, Quantity: in.Quantity, Note: in.Note}
	return order, shop.PublishOrderPlaced(ctx, s.client, shop.OrderPlaced{Order: order, Left: 1})
}

// The snippet of the README works.
func TestReadme_Snippet(t *testing.T) {
	realm := wamptest.NewRealm(t)
	ctx, client, placed := t.Context(), realm.Client(t), make(chan shop.OrderPlaced, 1)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}

	// A callee. Remove a method of the service, and the compiler names it.
	_, err := shop.Register(ctx, client, &service{client: client})
	check(err)

	// A subscriber. shop.OrderPlacedEvents is the same as a loop.
	_, err = shop.SubscribeOrderPlaced(ctx, client, func(_ context.Context, ev shop.OrderPlaced) error {
		placed <- ev
		return nil
	})
	check(err)

	// A caller. Change a type in the schema, and the compiler names every use.
	order, err := shop.NewCaller(client).OrderPlace(ctx, shop.OrderPlaceArgs{Sku: "tea", Quantity: 2})
	check(err)

	if order.Quantity != 2 {
		t.Errorf("got %+v", order)
	}
	_, err = shop.NewCaller(client).OrderPlace(ctx, shop.OrderPlaceArgs{Sku: "tea", Quantity: 5})
	if empty, ok := errors.AsType[*shop.OutOfStockError](err); !ok || empty.Available != 3 {
		t.Errorf("want an OutOfStockError with 3 available, got %v", err)
	}
}
