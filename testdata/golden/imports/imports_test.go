package imports

import (
	"context"
	"errors"
	"net/netip"
	"reflect"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/testdata/golden/imports/common"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

var (
	ann   = common.CustomerID{1, 15: 2}
	price = common.Money{Amount: "1.50", Currency: common.CurrencyUSD}
	order = Order{
		Customer: ann, Total: price, Parts: []common.Money{price}, Own: []Money{{Cents: 5}},
		ByCode: map[common.Code]*common.Money{"abc": nil, "xyz": &price}, Level: common.LevelLow,
		Currency: new(common.CurrencyEUR), Tip: &price, Price: Price(price),
	}
)

func TestValues(t *testing.T) {
	roundtrip.Values(t, order)
	roundtrip.Values(t, Price(price))
	roundtrip.Values(t, Customer(ann))
	roundtrip.Inputs(t, orderPage, OrderPageArgs{By: Customer(ann), Limit: 50}, OrderPageArgs{Customer(ann), 7, &ann, new(common.Code("abc"))})
	roundtrip.Inputs(t, orderFind, common.Paging{Limit: 50}, common.Paging{Limit: 3, After: &ann})
	roundtrip.Events(t, priceChanged, PriceChanged{Price: price})
	roundtrip.Errors(t, commonDeniedError, &common.DeniedError{Why: "x"})
}

// TestConstraints: what an imported type demands holds where it is used.
func TestConstraints(t *testing.T) {
	bad := order
	bad.Currency = new(common.Currency("DM"))
	if err := bad.Validate(); err == nil || err.Error() != "currency: want one of EUR, USD" {
		t.Errorf("got %v", err)
	}
	roundtrip.Refuses[OrderPageArgs](t, roundtrip.In(orderPage), []any{ann.String()}, map[string]any{"code": "toolong"}, "code: want 3 characters, got more")
}

// service implements all procedures.
// mixed has types of every other kind.
var mixed = Mixed{
	Points: []common.Point{{X: 1, Y: 2}}, Short: "abc", Shorts: []common.Short{"x"},
	Host: netip.MustParseAddr("::1"), Hosts: []common.Host{netip.MustParseAddr("::2")}, At: common.At(time.Unix(1, 0).UTC()),
}

// The constraints of another API hold here too.
func TestMixed(t *testing.T) {
	roundtrip.Values(t, mixed)
	bad := mixed
	bad.Shorts = []common.Short{"x", "too long"}
	if err := bad.Validate(); err == nil || err.Error() != "shorts[1]: want at most 5 characters, got more" {
		t.Errorf("got %v", err)
	}
}

type service struct{}

func (service) CustomerGet(_ context.Context, id common.CustomerID) (common.CustomerID, error) {
	return id, nil
}

func (service) MixedEcho(_ context.Context, m Mixed) (Mixed, error) { return m, nil }

func (service) MoneyEcho(_ context.Context, m common.Money, out wamp.Sender[common.Currency]) (*common.Money, error) {
	return &m, out.Send(m.Currency)
}

func (service) OrderFind(_ context.Context, in common.Paging) ([]common.Money, error) {
	return nil, &common.RateLimitedError{RetryAfter: time.Duration(in.Limit) * time.Second}
}

func (service) OrderPage(context.Context, OrderPageArgs) error { return nil }

func (service) OrderPlace(_ context.Context, o Order) (common.Money, error) {
	if o.Level == common.LevelHigh {
		return common.Money{}, &common.DeniedError{Why: "too high"}
	}
	return o.Total, nil
}

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, service{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		if got, err := c.OrderPlace(ctx, order); err != nil || got != price {
			t.Errorf("%+v, %v", got, err)
		}
		roundtrip.Echoes(ctx, t, c.MixedEcho, mixed)
		high := order
		high.Level = 0 // the default
		_, err := c.OrderPlace(ctx, high)
		var denied *common.DeniedError
		if !errors.As(err, &denied) || denied.Why != "too high" {
			t.Errorf("got %v", err)
		}
		_, err = c.OrderFind(ctx, common.Paging{})
		var limited *common.RateLimitedError
		if !errors.As(err, &limited) || limited.RetryAfter != 50*time.Second {
			t.Errorf("got %v", err)
		}
		if id, err := c.CustomerGet(ctx, ann); err != nil || id != ann {
			t.Errorf("%v, %v", id, err)
		}
		for currency, err := range c.MoneyEchoStream(ctx, price).All() {
			if err != nil || currency != common.CurrencyUSD {
				t.Errorf("%v, %v", currency, err)
			}
		}
		events := make(chan PriceChanged, 1)
		_, err = SubscribePriceChanged(ctx, callee, PriceChangedMatch{}, func(_ context.Context, ev PriceChanged) error { events <- ev; return nil })
		if err != nil {
			t.Fatal(err)
		}
		want := PriceChanged{Currency: common.CurrencyUSD, Price: price}
		if err := PublishPriceChanged(ctx, caller, want, wamp.WithAcknowledge()); err != nil {
			t.Fatal(err)
		}
		if got := roundtrip.Receive(ctx, t, events); !reflect.DeepEqual(got, want) {
			t.Errorf("%+v", got)
		}
	})
}
