package guides

import (
	"testing"
	"testing/synctest"

	v1 "github.com/wampgen/wampgen/examples/guides/v1"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// The call of generated code, and the same without it.
func TestLeave_Untyped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		realm := wamptest.NewRealm(t)
		if _, err := v1.Register(t.Context(), realm.Client(t), oldShop{}); err != nil {
			t.Fatal(err)
		}
		client := realm.Client(t)

		typed, err := v1.NewCaller(client).PriceGet(t.Context(), v1.PriceGetArgs{Sku: "tea"})
		if err != nil {
			t.Fatal(err)
		}

		out, err := client.Call(t.Context(), "com.example.prices.price.get", []any{"tea"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		price, _ := out.Args[0].(map[string]any)

		if price["amount"] != string(typed.Amount) {
			t.Errorf("got %v, want %v", price, typed)
		}
	})
}
