package guides

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	v1 "github.com/wampgen/wampgen/examples/guides/v1"
	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// basket is the code under test: it needs no more than a v1.Caller.
type basket struct{ prices v1.Caller }

func (b basket) total(ctx context.Context, skus ...string) (sum int, err error) {
	for _, sku := range skus {
		price, err := b.prices.PriceGet(ctx, v1.PriceGetArgs{Sku: sku})
		if err != nil {
			return 0, err
		}
		sum += map[wamp.Decimal]int{"2.50": 250, "4": 400}[price.Amount]
	}
	return sum, nil
}

// fixed is a Caller without a client.
type fixed struct{ v1.Caller }

func (fixed) PriceGet(context.Context, v1.PriceGetArgs, ...wamp.CallOption) (v1.Price, error) {
	return v1.Price{Sku: "tea", Amount: "4"}, nil
}

func TestBasket_Alone(t *testing.T) {
	if sum, err := (basket{fixed{}}).total(t.Context(), "tea", "tea"); err != nil || sum != 800 {
		t.Errorf("got %d, %v", sum, err)
	}
}

func TestBasket_Outage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		realm := wamptest.NewRealm(t)
		if _, err := v1.Register(t.Context(), realm.Client(t), oldShop{}); err != nil {
			t.Fatal(err)
		}
		b := basket{v1.NewCaller(realm.Client(t))}

		realm.Stop() // the router is gone: calls wait under their ctx, and this one is idempotent
		back := make(chan error, 1)
		go func() {
			_, err := b.total(t.Context(), "tea")
			back <- err
		}()
		synctest.Wait()
		realm.Start() // the clients come back and restore what they had
		if err := <-back; err != nil {
			t.Error(err)
		}
	})
}

func TestBasket_RouterAnswersNonsense(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		script := wamptest.NewPipeScript(t, wamptest.WebSocket, codec.JSON)
		script.Serve(func(peer *wamptest.Peer) { // the router, message by message
			peer.Join()
			call := peer.Expect(wamptest.Call)
			peer.Send(wamptest.Message{wamptest.Result, call.ID(1), map[string]any{}, []any{"no price"}})
			peer.Expect(wamptest.Goodbye)
			peer.Send(wamptest.Message{wamptest.Goodbye, map[string]any{}, "wamp.close.goodbye_and_out"})
		})
		client, err := wamp.Connect(t.Context(), script.URL(), "realm1",
			wamp.WithNetDial(script.NetDial), wamp.WithSerializers(codec.JSON))
		if err != nil {
			t.Fatal(err)
		}
		_, err = basket{v1.NewCaller(client)}.total(t.Context(), "tea")
		if _, ok := errors.AsType[*wamp.ValueError](err); !ok {
			t.Errorf("want a ValueError, got %v", err)
		}
		if err := client.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
