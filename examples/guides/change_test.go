package guides

import (
	"context"
	"testing"
	"testing/synctest"

	v1 "github.com/wampgen/wampgen/examples/guides/v1"
	v2 "github.com/wampgen/wampgen/examples/guides/v2"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

type oldShop struct{}

func (oldShop) PriceGet(_ context.Context, in v1.PriceGetArgs) (v1.Price, error) {
	return v1.Price{Sku: in.Sku, Amount: "2.50"}, nil
}

type newShop struct{}

func (newShop) PriceGet(_ context.Context, in v2.PriceGetArgs) (v2.Price, error) {
	if in.Currency == "JPY" {
		return v2.Price{Sku: in.Sku, Amount: "400"}, nil
	}
	return v2.Price{Sku: in.Sku, Amount: "2.50"}, nil
}

func (newShop) PriceList(context.Context) ([]v2.Price, error) { return nil, nil }

// An old caller and a new callee work together, and a new caller and an old callee.
func TestChange_OldAndNewTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		realm := wamptest.NewRealm(t)
		registered, err := v2.Register(t.Context(), realm.Client(t), newShop{})
		if err != nil {
			t.Fatal(err)
		}
		old, err := v1.NewCaller(realm.Client(t)).PriceGet(t.Context(), v1.PriceGetArgs{Sku: "tea"})
		if err != nil || old.Amount != "2.50" {
			t.Errorf("an old caller gets %v, %v", old, err)
		}

		if err := registered.Unregister(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := v1.Register(t.Context(), realm.Client(t), oldShop{}); err != nil {
			t.Fatal(err)
		}
		price, err := v2.NewCaller(realm.Client(t)).PriceGet(t.Context(), v2.PriceGetArgs{Sku: "tea"})
		if err != nil || price.Amount != "2.50" || price.Since != nil {
			t.Errorf("a new caller gets %v, %v", price, err)
		}
	})
}

// An old subscriber reads the events of a new publisher.
func TestChange_Events(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		realm := wamptest.NewRealm(t)
		got := make(chan v1.PriceChanged, 1)
		_, err := v1.SubscribePriceChanged(t.Context(), realm.Client(t), func(_ context.Context, ev v1.PriceChanged) error {
			got <- ev
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		ev := v2.PriceChanged{Price: v2.Price{Sku: "tea", Amount: "3"}, Reason: new("harvest")}
		if err := v2.PublishPriceChanged(t.Context(), realm.Client(t), ev); err != nil {
			t.Fatal(err)
		}
		if old := <-got; old.Price.Amount != "3" {
			t.Errorf("got %v", old)
		}
	})
}
