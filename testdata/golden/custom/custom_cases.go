package custom

import (
	"context"
	"net/netip"
	"net/url"
	"reflect"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/testdata/golden/custom/odd"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

var _ = roundtrip.Know(func(p *Host) codec.Value { return codec.Of(p, codec.Text[netip.Addr]) })

var (
	home = netip.MustParseAddr("::1")

	full = All{
		Host: home, Old: OldHost(home), Backup: &home, Nil: &home, Both: wamp.Some(home), Hosts: []Host{home},
		ByName: map[string]*Host{"home": &home, "none": nil}, Link: url.URL{Scheme: "https", Host: "example.com"}, Number: odd.Number{Half: -3},
		Numbers: []Number{{Half: 1 << 50}}, Either: new(EitherHost(home)),
		Price: 1250, Prices: []odd.Cents{1, 200}, Discounts: map[string]*odd.Cents{"none": nil, "ten": new(odd.Cents(1000))}, Least: new(odd.Cents(5)),
		Tip: new(odd.Cents(75)), Fee: 1, Fees: []SmallFee{0, 999},
	}
	bare = All{Host: home, Old: OldHost(home), Hosts: []Host{}, ByName: map[string]*Host{}, Numbers: []Number{}, Either: &EitherNumber{Half: 1},
		Prices: []odd.Cents{}, Discounts: map[string]*odd.Cents{}, Fees: []SmallFee{}}
)

func TestValues(t *testing.T) {
	roundtrip.Values(t, full, bare)
	roundtrip.Inputs(t, host, home)
	roundtrip.Inputs(t, number, NumberArgs{N: odd.Number{Half: 2}, URL: &url.URL{Path: "/x"}}, NumberArgs{})
	roundtrip.Wire(t, roundtrip.Put(roundtrip.In(host), home), `["::1"]`, "")
	roundtrip.Wire(t, roundtrip.Put(roundtrip.In(number), NumberArgs{N: odd.Number{Half: 2}, URL: &url.URL{Path: "/x"}}), `[5]`, `{"url":"\u0000L3g="}`)
}

// What a type cannot read is refused, without the text of its error.
func TestRefuses(t *testing.T) {
	roundtrip.Refuses[Host](t, roundtrip.In(host), []any{"localhost"}, nil, "netip: want string that its type can read, got invalid string")
	roundtrip.Refuses[Host](t, roundtrip.In(host), []any{5}, nil, "netip: want string, got int")
	roundtrip.Refuses[NumberArgs](t, roundtrip.In(number), []any{4}, nil, "n: want odd number, got invalid int")
	roundtrip.Refuses[NumberArgs](t, roundtrip.In(number), []any{5}, map[string]any{"url": []byte(":")}, "url: want bytes that its type can read, got invalid bytes")
}

// The bounds of a decimal are those of its text, whatever its Go type.
func TestBounds(t *testing.T) {
	for want, spoil := range map[string]func(*All){
		"tip: want at least 0.50, got less":                func(v *All) { *v.Tip = 25 },
		"tip: want a multiple of 0.25, got another number": func(v *All) { *v.Tip = 80 },
		"fee: want at least 0, got less":                   func(v *All) { v.Fee = -1 },
		"fees[1]: want less than 10, got no less":          func(v *All) { v.Fees = []SmallFee{1, 1000} },
		"fees[0]: want at least 0, got less":               func(v *All) { v.Fees = []SmallFee{-1} },
	} {
		v := full
		v.Tip = new(*full.Tip)
		spoil(&v)
		roundtrip.Fails(t, roundtrip.Put(roundtrip.In(allProcedure), v), "all."+want)
	}
}

// TestTags: a field has the tags that the schema asks for.
func TestTags(t *testing.T) {
	f, _ := reflect.TypeFor[All]().FieldByName("Price")
	roundtrip.Same(t, "tags", string(f.Tag), `db:"price_cents" json:"price" yaml:"price,omitempty"`)
}

type echo struct{}

func (echo) All(_ context.Context, v All) (All, error)     { return v, nil }
func (echo) Host(_ context.Context, h Host) (*Host, error) { return &h, nil }
func (echo) Cost(_ context.Context, prices []odd.Cents) (sum odd.Cents, err error) {
	for _, p := range prices {
		sum += p
	}
	return sum, nil
}
func (echo) Number(_ context.Context, in NumberArgs) (Number, error) { return in.N, nil }

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, echo{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		roundtrip.Echoes(ctx, t, c.All, full, bare)
		h, err := c.Host(ctx, home)
		roundtrip.Same(t, err, h, &home)
		cost, err := c.Cost(ctx, []odd.Cents{1250, 250})
		roundtrip.Same(t, err, cost, odd.Cents(1500))
		n, err := c.Number(ctx, NumberArgs{N: odd.Number{Half: 7}})
		roundtrip.Same(t, err, n, odd.Number{Half: 7})
	})
}
