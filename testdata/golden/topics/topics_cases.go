package topics

import (
	"context"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

var price = Price{Sku: "tea", Amount: "1.50"}

func TestValues(t *testing.T) {
	roundtrip.Events(t, tick, Tick{})
	roundtrip.Events(t, one, One{}, One{Count: 7})
	roundtrip.Events(t, priceChanged, PriceChanged{Price: price}, PriceChanged{price, new("")})
	roundtrip.Events(t, priceListed, PriceListed(price))
	roundtrip.Events(t, measured, Measured{Values: []float64{}, Unit: "mm"}, Measured{[]float64{1, 2.5}, "m"})
	roundtrip.Same(t, "history", priceListed.History, true)
	roundtrip.Same(t, "uri", measured.URI, "org.other.measured")
}

func TestWire(t *testing.T) {
	roundtrip.Wire(t, roundtrip.Put(roundtrip.Event(tick), Tick{}), "", "")
	roundtrip.Wire(t, roundtrip.Put(roundtrip.Event(priceListed), PriceListed(price)), "[]", `{"sku":"tea","amount":"1.50"}`)
	roundtrip.Wire(t, roundtrip.Put(roundtrip.Event(measured), Measured{}), `[[],"mm"]`, "")
}

// A subscriber ignores what a newer publisher adds.
func TestLenient(t *testing.T) {
	roundtrip.Decodes[One](t, roundtrip.Event(one), []any{1, 2}, map[string]any{"count": 3, "x": 1}, One{Count: 1})
	roundtrip.Decodes[Tick](t, roundtrip.Event(tick), []any{1}, map[string]any{"x": 1}, Tick{})
	roundtrip.Decodes[Measured](t, roundtrip.Event(measured), []any{[]any{1}}, nil, Measured{[]float64{1}, "mm"})
	roundtrip.Decodes[PriceListed](t, roundtrip.Event(priceListed), []any{1}, map[string]any{"sku": "tea", "amount": "1.50"}, PriceListed(price))
	roundtrip.Refuses[One](t, roundtrip.Event(one), nil, nil, "count: want int, missing")
}

// delivers subscribes, publishes and wants the event by a callback.
func delivers[T any](ctx context.Context, t *testing.T,
	subscribe func(func(context.Context, T) error) (*wamp.Subscription, error),
	publish func(context.Context, *wamp.Client, T, ...wamp.PublishOption) error, publisher *wamp.Client, events ...T,
) {
	t.Helper()
	got := make(chan T, len(events))
	if _, err := subscribe(func(_ context.Context, ev T) error { got <- ev; return nil }); err != nil {
		t.Fatal(err)
	}
	for _, ev := range events {
		if err := publish(ctx, publisher, ev, wamp.WithAcknowledge()); err != nil {
			t.Fatal(err)
		}
		roundtrip.Same(t, "event", roundtrip.Receive(ctx, t, got), ev)
	}
}

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, subscriber, publisher *wamp.Client) {
		delivers(ctx, t, func(f func(context.Context, Tick) error) (*wamp.Subscription, error) {
			return SubscribeTick(ctx, subscriber, f)
		}, PublishTick, publisher, Tick{}, Tick{})
		delivers(ctx, t, func(f func(context.Context, PriceChanged) error) (*wamp.Subscription, error) {
			return SubscribePriceChanged(ctx, subscriber, f)
		}, PublishPriceChanged, publisher, PriceChanged{price, nil}, PriceChanged{price, new("sale")})
		delivers(ctx, t, func(f func(context.Context, PriceListed) error) (*wamp.Subscription, error) {
			return SubscribePriceListed(ctx, subscriber, f)
		}, PublishPriceListed, publisher, PriceListed(price))
		delivers(ctx, t, func(f func(context.Context, Measured) error) (*wamp.Subscription, error) {
			return SubscribeMeasured(ctx, subscriber, f)
		}, PublishMeasured, publisher, Measured{[]float64{1}, "m"})
	})
}

// TestLiveEvents ranges over a topic. The subscription begins with the loop,
// so the publisher repeats itself until the loop has seen enough.
func TestLiveEvents(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, subscriber, publisher *wamp.Client) {
		stop, cancel := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { // ends with the loop below, joined by done
			var err error
			for i := 0; err == nil && stop.Err() == nil; i++ {
				err = PublishOne(stop, publisher, One{Count: i}, wamp.WithAcknowledge())
			}
			done <- err
		}()
		last := -1
		for ev, err := range OneEvents(ctx, subscriber) {
			if err != nil {
				t.Fatal(err)
			}
			if last >= 0 && ev.Data.Count != last+1 {
				t.Errorf("event %d behind event %d", ev.Data.Count, last)
			}
			if last = ev.Data.Count; last > 20 {
				break
			}
		}
		cancel()
		if err := <-done; err != nil && stop.Err() == nil {
			t.Error(err)
		}
	})
}
