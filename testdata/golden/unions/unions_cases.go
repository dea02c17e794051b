package unions

import (
	"context"
	"errors"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

var _ = roundtrip.Know(func(p *Payment) codec.Value { return codec.Of(p, PaymentCodeWAMP) }) &&
	roundtrip.Know(func(p *ID) codec.Value { return codec.Of(p, IDCodeWAMP) }) &&
	roundtrip.Know(func(p *Event) codec.Value { return codec.Of(p, codeFindResult) })

func good() All {
	return All{
		Payment: &Card{Last4: "4242", Network: new("visa")}, Open: &Transfer{Iban: "DE"}, Event: new(EventCount(3)), OpenEvent: &Card{Last4: "1111"},
		JSON: &JSONMap{"a": new(JSONText("x")), "b": nil, "c": &JSONList{new(JSONNumber(1.5)), new(JSONBool(true)), &JSONList{}, &JSONBlob{1}}},
		ID:   new(Name("x")), OpenID: new(OpenIDSerial(7)), Paint: new(ColorRed), Expr: &Sum{Left: &Value{1}, Right: &Sum{&Value{2}, &Value{3}}},
		Pay: &Cash{}, Own: &Cash{}, OwnNull: &Coins{}, List: []Payment{&Coins{}, &Card{Last4: "0000"}}, Maybe: &Cash{}, Null: &Point{1, 2}, Both: wamp.Some[ID](new(IDSerial(1 << 60))),
		Nulls: []Payment{nil, &Cash{}}, Map: map[string]ID{"a": new(Name("n"))},
	}
}

func bare() All {
	return All{
		Payment: &Cash{}, Open: &UnknownOpenPayment{"check", map[string]any{"kind": "check", "number": int64(5), "none": nil}}, Event: &EventCards{},
		OpenEvent: &UnknownOpenEvent{"odd", []any{"x", nil}}, JSON: new(JSONText("")), ID: new(IDSerial(0)), OpenID: &UnknownOpenID{Value: "text"},
		Paint: &PaintMix{ColorRed, ColorGreen}, Expr: &Value{}, Own: &Card{Last4: "4242"}, List: []Payment{}, Nulls: []Payment{}, Map: map[string]ID{},
	}
}

func TestValues(t *testing.T) {
	roundtrip.Values(t, good(), bare())
	for _, e := range []Event{&Point{1, 2}, new(EventCount(-1)), new(EventLabel("x")), &EventCards{{Last4: "1234"}}, &EventStock{"a": 1}} {
		v := good()
		v.Event = e
		roundtrip.Values(t, v)
	}
	roundtrip.Inputs[Payment](t, pay, &Card{Last4: "4242"}, &Coins{})
	roundtrip.Inputs[ID](t, find, new(Name("x")), new(IDSerial(1)))
	roundtrip.Errors(t, unpaidError, &UnpaidError{Payment: &Cash{}})
	roundtrip.Events(t, paid, Paid{Payment: &Cash{}}, Paid{Payment: &Cash{}, ID: new(Name("x"))})
	roundtrip.Inputs(t, parse, ParseArgs{JSON: new(JSONNumber(1))}, ParseArgs{JSON: &JSONList{nil}, Hint: new(JSONBool(false))})
}

// The three forms on the wire.
func TestWire(t *testing.T) {
	in := roundtrip.In(pay)
	roundtrip.Wire(t, roundtrip.Put[Payment](in, &Card{Last4: "4242"}), `[{"kind":"card","last4":"4242"}]`, "")
	roundtrip.Wire(t, roundtrip.Put[Payment](in, &Coins{}), `[{"kind":"small change"}]`, "")
	roundtrip.Wire(t, roundtrip.Put[Event](roundtrip.Out(find), &Point{1, 2}), `[{"type":"moved","data":[1,2]}]`, "")
	roundtrip.Wire(t, roundtrip.Put[Event](roundtrip.Out(find), nil), "", "")
	roundtrip.Wire(t, roundtrip.Put[ID](roundtrip.In(find), new(IDSerial(5))), `[5]`, "")
	roundtrip.Wire(t, roundtrip.Put(roundtrip.In(parse), ParseArgs{JSON: &JSONList{nil, new(JSONText("x"))}}), `[[null,"x"]]`, `{"hint":null}`)
}

// A nil union, or a nil pointer in one, is not sent, nor is a variant that does
// not meet its constraints.
func TestNotSent(t *testing.T) {
	in := roundtrip.In(pay)
	const want = "payment: want one of card, transfer, cash, small change, got nil"
	roundtrip.Fails(t, roundtrip.Put[Payment](in, nil), want)
	roundtrip.Fails(t, roundtrip.Put[Payment](in, (*Card)(nil)), want)
	roundtrip.Fails(t, roundtrip.Put[Payment](in, &Card{}), "payment.last4: want 4 characters, got fewer")
	roundtrip.Fails(t, roundtrip.Put[ID](roundtrip.In(find), new(Name(""))), "id: want at least 1 character, got fewer")
	v := good()
	v.List[1] = nil
	roundtrip.Same(t, "Validate", (&v).Validate().Error(), "list[1]: want one of card, transfer, cash, small change, got nil")
	v = bare()
	v.Open = &UnknownOpenPayment{"check", 5}
	roundtrip.Same(t, "Validate", (&v).Validate().Error(), "open: want map, got another value of an unknown variant")
}

// A tag may stand anywhere; a variant that a closed union does not have is
// refused, whoever sends it.
func TestReceived(t *testing.T) {
	in, out := roundtrip.In(pay), roundtrip.Out(pay)
	roundtrip.Decodes[Payment](t, in, []any{map[string]any{"last4": "4242", "network": "x", "kind": "card", "new": 1}}, nil, &Card{"4242", new("x")})
	roundtrip.Refuses[Payment](t, in, []any{map[string]any{"kind": "check"}}, nil, "payment.kind: want one of card, transfer, cash, small change")
	roundtrip.Refuses[Payment](t, out, []any{map[string]any{"kind": "check"}}, nil, "result.kind: want one of card, transfer, cash, small change")
	roundtrip.Refuses[Payment](t, in, []any{map[string]any{"last4": "4242"}}, nil, "payment.kind: want one of card, transfer, cash, small change, missing")
	roundtrip.Refuses[Payment](t, in, []any{"card"}, nil, "payment: want map, got string")
	roundtrip.Refuses[Payment](t, in, []any{nil}, nil, "payment: want map, got null")
	roundtrip.Refuses[Payment](t, in, []any{map[string]any{"kind": "card", "last4": "424"}}, nil, "payment.last4: want 4 characters, got fewer")
	roundtrip.Decodes[Payment](t, out, []any{map[string]any{"kind": "card", "last4": "424"}}, nil, &Card{Last4: "424"})
	roundtrip.Refuses[ID](t, roundtrip.In(find), []any{true}, nil, "id: want string or number, got bool")
	roundtrip.Refuses[ID](t, roundtrip.In(find), []any{-1}, nil, "id: want uint, got int out of range")
	roundtrip.Refuses[Event](t, roundtrip.Out(find), []any{map[string]any{"type": "count", "data": "x"}}, nil, "result.data: want int, got string")
	roundtrip.Decodes[Event](t, roundtrip.Out(find), []any{nil}, nil, nil)
}

func TestNoAllocs(t *testing.T) {
	roundtrip.NoAllocs(t, roundtrip.Put[Payment](roundtrip.In(pay), &Card{Last4: "4242"}))
	roundtrip.NoAllocs(t, roundtrip.Put[Event](roundtrip.Out(find), &Point{1, 2}))
	roundtrip.NoAllocs(t, roundtrip.Put(roundtrip.In(parse), ParseArgs{JSON: &JSONList{new(JSONNumber(1)), nil}}))
}

type echo struct{}

func (echo) All(_ context.Context, v All) (All, error) { return v, nil }

func (echo) Pay(_ context.Context, p Payment) (Payment, error) {
	if _, ok := p.(*Coins); ok {
		return nil, &UnpaidError{Payment: p}
	}
	return p, nil
}

func (echo) Find(_ context.Context, id ID) (Event, error) {
	switch id := id.(type) {
	case *Name:
		return new(EventLabel(*id)), nil
	case *IDSerial:
		return new(EventCount(*id)), nil
	}
	return nil, errors.New("no such id")
}

func (echo) Parse(context.Context, ParseArgs) (ParseResult, error) {
	return ParseResult{&Value{1}}, nil
}

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, echo{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		roundtrip.Echoes(ctx, t, c.All, good(), bare())
		roundtrip.Echoes[Payment](ctx, t, c.Pay, &Card{Last4: "4242"}, &Cash{})
		e, err := c.Find(ctx, new(IDSerial(5)))
		roundtrip.Same(t, err, e, Event(new(EventCount(5))))
		_, err = c.Pay(ctx, &Coins{})
		var unpaid *UnpaidError
		if !errors.As(err, &unpaid) {
			t.Fatalf("got %v", err)
		}
		roundtrip.Same(t, "error", unpaid.Payment, Payment(&Coins{}))
		roundtrip.Wrong(ctx, t, caller, PayProcedure, []any{map[string]any{}}, nil, "payment.kind: want one of card, transfer, cash, small change, missing")
	})
}
