package main

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/examples/quickstart/shop"
	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// TestOrderPlace_SlowShop tests a caller against a fake callee. There is no
// socket, and the hour passes at once.
func TestOrderPlace_SlowShop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		realm := wamptest.NewRealm(t)
		callee, caller := realm.Client(t), shop.NewCaller(realm.Client(t))
		_, err := wamp.Register(t.Context(), callee, shop.HandleOrderPlace(
			func(_ context.Context, in shop.OrderPlaceArgs) (shop.Order, error) {
				time.Sleep(time.Hour)
				return shop.Order{}, &shop.OutOfStockError{Sku: in.Sku, Available: 3}
			}))
		if err != nil {
			t.Fatal(err)
		}
		_, err = caller.OrderPlace(t.Context(), shop.OrderPlaceArgs{Sku: "tea", Quantity: 5})
		if empty, ok := errors.AsType[*shop.OutOfStockError](err); !ok || empty.Available != 3 {
			t.Errorf("want an OutOfStockError with 3 available, got %v", err)
		}
	})
}
