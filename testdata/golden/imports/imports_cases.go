package imports

import (
	"context"
	"errors"
	"iter"
	"net/netip"
	"reflect"
	"strconv"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
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

var _ = roundtrip.Know(func(p *common.Payment) codec.Value { return codec.Of(p, common.PaymentCodeWAMP) }) &&
	roundtrip.Know(func(p *common.Change) codec.Value { return codec.Of(p, codePaymentMakeResult) }) &&
	roundtrip.Know(func(p *common.Tree) codec.Value { return codec.Of(p, common.TreeCodeWAMP) }) &&
	roundtrip.Know(func(p *Means) codec.Value { return codec.Of(p, MeansCodeWAMP) })

// unions has unions of the other API, and unions of its types.
func unions() Unions {
	return Unions{
		Payment: &common.Card{Last4: "4242"}, Null: &common.Point{X: 1, Y: 2}, Both: wamp.Some[common.Tree](&common.TreeNodes{nil, new(common.TreeLeaf(1))}),
		List: []common.Payment{nil, &common.Transfer{Iban: "DE"}}, Trees: map[common.Code]common.Tree{"abc": new(common.TreeLeaf(5))},
		Pay: &common.UnknownPayment{Tag: "check", Value: map[string]any{"kind": "check"}}, Pays: []Pay{&common.Card{Last4: "1111"}},
		Means: &MeansCard{Last4: "0000"}, Keys: []Key{new(KeyLevel(9)), new(KeyText("x")), &KeyPoint{X: 3}, &KeyCard{Last4: "1234"}},
		Step: &StepChange{Amount: "1.50", Currency: common.CurrencyEUR},
	}
}

func TestUnions(t *testing.T) {
	roundtrip.Values(t, unions())
	for _, step := range []Step{new(StepAt(time.Unix(1, 0).UTC())), new(StepHost(netip.MustParseAddr("::1"))), new(Customer(ann)), nil} {
		v := unions()
		v.Step, v.Maybe, v.Null, v.Both, v.Pays = step, v.Payment, new(common.ChangeCount(7)), wamp.Null[common.Tree](), nil
		roundtrip.Values(t, v)
	}
	for _, means := range []Means{&MeansTransfer{Iban: "DE"}, new(Price(price)), new(MeansMoney(price))} {
		v := unions()
		v.Means, v.Null = means, nil
		roundtrip.Values(t, v)
	}
	roundtrip.Inputs[common.Payment](t, paymentMake, &common.Card{Last4: "4242"}, &common.Transfer{})
	roundtrip.Inputs(t, meansGet, MeansGetArgs{Key: new(KeyText("x"))}, MeansGetArgs{Key: &KeyPoint{}, Pay: &common.Transfer{}})
	roundtrip.Events(t, paid, Paid{Payment: &common.Card{Last4: "4242"}, Rest: []common.Change{new(common.ChangeCount(1)), &common.ChangeCards{}}})
	roundtrip.Events(t, paged, Paged{Limit: 50}, Paged{Limit: 7, Code: new(common.Code("abc"))})
	roundtrip.Errors(t, commonUnpaidError, &common.UnpaidError{Payment: &common.Transfer{Iban: "x"}})
	roundtrip.Wire(t, roundtrip.Put(roundtrip.In(meansGet), MeansGetArgs{Key: new(KeyLevel(1)), Pay: &common.Card{Last4: "4242"}}), `[1]`, `{"pay":{"kind":"card","last4":"4242"}}`)
	if keys := KeyExamples(); !reflect.DeepEqual(keys, []Key{&KeyPoint{X: 1, Y: 2}, &KeyCard{Last4: "4242"}}) {
		t.Errorf("%+v", keys)
	}
}

// What the variants of the other API demand holds in both kinds of unions.
func TestUnionConstraints(t *testing.T) {
	for path, change := range map[string]func(*Unions){
		"payment.last4: want 4 characters, got fewer":              func(v *Unions) { v.Payment = &common.Card{} },
		"pay.last4: want 4 characters, got fewer":                  func(v *Unions) { v.Pay = &common.Card{} },
		"means.last4: want 4 characters, got fewer":                func(v *Unions) { v.Means = &MeansCard{} },
		"keys[0]: want at most 5 characters, got more":             func(v *Unions) { v.Keys = []Key{new(KeyText("too long"))} },
		"step.data.currency: want one of EUR, USD":                 func(v *Unions) { v.Step = &StepChange{Amount: "1", Currency: "DM"} },
		"payment: want one of card, transfer, got nil":             func(v *Unions) { v.Payment = nil },
		"means: want one of card, transfer, price, money, got nil": func(v *Unions) { v.Means = (*MeansMoney)(nil) },
	} {
		v := unions()
		change(&v)
		if err := v.Validate(); err == nil || err.Error() != path {
			t.Errorf("got %v, want %s", err, path)
		}
	}
	roundtrip.Refuses[MeansGetArgs](t, roundtrip.In(meansGet), []any{"too long"}, map[string]any{"pay": nil}, "key: want at most 5 characters, got more")
	roundtrip.Refuses[common.Payment](t, roundtrip.In(paymentMake), []any{map[string]any{"kind": "card"}}, nil, "payment.last4: want string, missing")
}

// service implements all procedures.
type service struct{}

func (service) UnionsEcho(_ context.Context, v Unions) (Unions, error) { return v, nil }

func (service) MeansGet(_ context.Context, in MeansGetArgs) (Means, error) {
	switch key := in.Key.(type) {
	case *KeyCard:
		return (*MeansCard)(key), nil
	case *KeyLevel:
		return &MeansTransfer{Iban: strconv.Itoa(int(*key))}, nil
	case *KeyPoint, *KeyText:
	}
	return new(MeansMoney(price)), nil
}

func (service) PaymentMake(_ context.Context, p common.Payment, chunks iter.Seq2[common.Tree, error], out wamp.Sender[common.Payment]) (common.Change, error) {
	count := 0
	for tree, err := range chunks {
		if err != nil {
			return nil, err
		}
		if leaf, ok := tree.(*common.TreeLeaf); ok {
			count += int(*leaf)
		}
		if err := out.Send(p); err != nil {
			return nil, err
		}
	}
	if count == 0 {
		return nil, &common.UnpaidError{Payment: p}
	}
	return new(common.ChangeCount(count)), nil
}

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
		unionCalls(ctx, t, c, callee, caller)
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

// unionCalls are calls and events with the unions.
func unionCalls(ctx context.Context, t *testing.T, c Caller, callee, caller *wamp.Client) {
	t.Helper()
	roundtrip.Echoes(ctx, t, c.UnionsEcho, unions())
	means, err := c.MeansGet(ctx, MeansGetArgs{Key: &KeyCard{Last4: "4242"}})
	roundtrip.Same(t, err, means, Means(&MeansCard{Last4: "4242"}))
	card := &common.Card{Last4: "1234"}
	chat := c.PaymentMake(ctx, card)
	for _, tree := range []common.Tree{new(common.TreeLeaf(2)), &common.TreeNodes{}, new(common.TreeLeaf(3))} {
		if err := chat.Send(tree); err != nil {
			t.Fatal(err)
		}
	}
	if err := chat.CloseSend(); err != nil {
		t.Fatal(err)
	}
	for p, err := range chat.All() {
		roundtrip.Same(t, err, p, common.Payment(card))
	}
	change, err := chat.Result()
	roundtrip.Same(t, err, change, common.Change(new(common.ChangeCount(5))))
	empty := c.PaymentMake(ctx, card)
	if err := empty.CloseSend(); err != nil {
		t.Fatal(err)
	}
	_, err = empty.Result()
	var unpaid *common.UnpaidError
	if !errors.As(err, &unpaid) {
		t.Fatalf("got %v", err)
	}
	roundtrip.Same(t, "error", unpaid.Payment, common.Payment(card))
	events := make(chan Paid, 1)
	if _, err := SubscribePaid(ctx, callee, func(_ context.Context, ev Paid) error { events <- ev; return nil }); err != nil {
		t.Fatal(err)
	}
	want := Paid{Payment: card, Rest: []common.Change{&common.Point{X: 1}}}
	if err := PublishPaid(ctx, caller, want, wamp.WithAcknowledge()); err != nil {
		t.Fatal(err)
	}
	roundtrip.Same(t, "event", roundtrip.Receive(ctx, t, events), want)
}
