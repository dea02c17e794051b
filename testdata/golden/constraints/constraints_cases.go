package constraints

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

func good() Item {
	return Item{
		Sku: "AB-1", Quantity: 1, Old: new(OldSku("OLD-1")), Also: new(Alias("OLD-22")), Share: 0.5, Blob: []byte{1, 2}, Tags: []string{"a", "b"},
		Colors: []Color{ColorRed, ColorGreen}, Maybe: wamp.Some(uint16(1000)), Limit: 10, Page: new(2), Even: 98, Pause: Pause(1500 * time.Millisecond),
		Skus: Skus{"AB-1", "AB-2"}, Names: Names{"a": "abcd"}, Amount: 999, List: []Percent{0, 100},
		Price: "12.50", Rate: new(Rate("-0.999")), Least: new(Amount("0.1")), Zip: new("01234"),
	}
}

func TestValues(t *testing.T) {
	roundtrip.Values(t, good())
	least := Item{Sku: "AB-1", Quantity: 1, Share: 0.5, Colors: []Color{}, Limit: 50, Page: new(1), Pause: Pause(time.Second), Names: Names{}, Amount: 1, List: []Percent{}, Price: "0"}
	roundtrip.Values(t, least)
	roundtrip.Inputs(t, page, PageArgs{Skus: []Sku{"AB-1"}, Size: 100, After: new(Code("äöüß"))})
	roundtrip.Outputs(t, page, PageResult{Total: 7})
	roundtrip.Events(t, changed, Changed{Sku: "AB-1", Percent: 1})
	roundtrip.Errors(t, shortError, &ShortError{Message: "0123456789"})
}

// broken are changes after which an Item does not meet its constraints, by what
// the error says.
var broken = map[string]func(*Item){
	"zip: want a match of ^[0-9]{5}$, got another string":          func(v *Item) { v.Zip = new("1234") },
	"sku: want at least 3 characters, got fewer":                   func(v *Item) { v.Sku = "A" },
	"sku: want at most 12 characters, got more":                    func(v *Item) { v.Sku = "ABCDEFGHIJKL-1" },
	"sku: want a match of ^[A-Z]+-[0-9]+$, got another string":     func(v *Item) { v.Sku = "ab-1" },
	"quantity: want at least 1, got less":                          func(v *Item) { v.Quantity = 0 },
	"quantity: want at most 999, got more":                         func(v *Item) { v.Quantity = 1000 },
	"old: want a match of ^OLD-, got another string":               func(v *Item) { *v.Old = "NEW-1" },
	"also: want a match of ^[A-Z]+-[0-9]+$, got another string":    func(v *Item) { *v.Also = "OLD-" },
	"share: want more than 0, got no more":                         func(v *Item) { v.Share = 0 },
	"share: want less than 1, got no less":                         func(v *Item) { v.Share = 1 },
	"blob: want at most 4 bytes, got more":                         func(v *Item) { v.Blob = make([]byte, 5) },
	"tags: want at most 2 items, got more":                         func(v *Item) { v.Tags = []string{"a", "b", "c"} },
	"tags: want different items, got a duplicate":                  func(v *Item) { v.Tags = []string{"a", "a"} },
	"colors: want different items, got a duplicate":                func(v *Item) { v.Colors = []Color{ColorRed, ColorRed} },
	"colors[0]: want one of red, green":                            func(v *Item) { v.Colors = []Color{"blue"} },
	"maybe: want at most 1000, got more":                           func(v *Item) { v.Maybe = wamp.Some(uint16(1001)) },
	"limit: want at least 10, got less":                            func(v *Item) { v.Limit = 9 },
	"page: want at least 1, got less":                              func(v *Item) { v.Page = new(0) },
	"even: want a multiple of 2, got another number":               func(v *Item) { v.Even = 3 },
	"even: want less than 100, got no less":                        func(v *Item) { v.Even = 100 },
	"pause: want at least 1s, got less":                            func(v *Item) { v.Pause = 0 },
	"pause: want a multiple of 500ms, got another number":          func(v *Item) { v.Pause = Pause(1200 * time.Millisecond) },
	"skus: want at least 1 item, got fewer":                        func(v *Item) { v.Skus = Skus{} },
	"skus[1]: want at least 3 characters, got fewer":               func(v *Item) { v.Skus[1] = "" },
	"names: want at most 2 keys, got more":                         func(v *Item) { v.Names = Names{"a": "abcd", "b": "abcd", "c": "abcd"} },
	`names["a"]: want 4 characters, got fewer`:                     func(v *Item) { v.Names["a"] = "äöü" },
	"amount: want at most 999, got more":                           func(v *Item) { v.Amount = 1000 },
	"list[1]: want at most 100, got more":                          func(v *Item) { v.List[1] = 100.5 },
	"skus[0]: want a match of ^[A-Z]+-[0-9]+$, got another string": func(v *Item) { v.Skus[0] = "AB_1" },
	`names["b"]: want 4 characters, got more`:                      func(v *Item) { v.Names = Names{"b": "abcde"} },
	"also: want a match of ^OLD-, got another string":              func(v *Item) { *v.Also = "AB-1" },
	"price: want at least 0, got less":                             func(v *Item) { v.Price = "-0.05" },
	"price: want less than 1000000, got no less":                   func(v *Item) { v.Price = "1e999999999999" },
	"price: want a multiple of 0.05, got another number":           func(v *Item) { v.Price = "0.049999999999999999999999" },
	"price: want a decimal number, got another string":             func(v *Item) { v.Price = "" },
	"rate: want more than -1, got no more":                         func(v *Item) { v.Rate = new(Rate("-1.000")) },
	"rate: want at most 1, got more":                               func(v *Item) { v.Rate = new(Rate("1.00000000000000000001")) },
	"least: want at least 0.10, got less":                          func(v *Item) { v.Least = new(Amount("0.05")) },
	"least: want a multiple of 0.05, got another number":           func(v *Item) { v.Least = new(Amount("0.11")) },
	"old: want at most 12 characters, got more":                    func(v *Item) { *v.Old = "OLD-1234567890" },
}

// What does not meet its constraints is not sent. Validate says the same.
func TestNotSent(t *testing.T) {
	for want, spoil := range broken {
		v := good()
		spoil(&v)
		err := v.Validate()
		var e *wamp.ValueError
		if !errors.As(err, &e) || err.Error() != want {
			t.Errorf("Validate: got %v, want %s", err, want)
		}
		roundtrip.Fails(t, roundtrip.Put(roundtrip.In(itemProcedure), v), "item."+want)
		roundtrip.Fails(t, roundtrip.Put(roundtrip.Out(itemProcedure), v), "result."+want)
	}
	v := good()
	if err := v.Validate(); err != nil {
		t.Error(err)
	}
	roundtrip.Fails(t, roundtrip.Put(roundtrip.In(get), Sku("?")), "sku: want at least 3 characters, got fewer")
	roundtrip.Fails(t, roundtrip.Put(roundtrip.In(page), PageArgs{Skus: []Sku{"AB-1", "AB-1", "AB-1"}}), "skus: want at most 2 items, got more")
	roundtrip.Fails(t, roundtrip.Put(roundtrip.Event(changed), Changed{Sku: "AB-1", Percent: 0.5}), "percent: want at least 1, got less")
	roundtrip.Fails(t, roundtrip.Put(roundtrip.Event(changed), Changed{Sku: "AB-1", Percent: 101}), "percent: want at most 100, got more")
	roundtrip.Fails(t, roundtrip.Put(roundtrip.Out(page), PageResult{8}), "total: want at most 7, got more")
	long := &ShortError{Message: "01234567890"}
	if err := long.Validate(); err == nil || err.Error() != "message: want at most 10 characters, got more" {
		t.Errorf("got %v", err)
	}
}

// Of what is received, the input of a procedure is held against the constraints;
// results, events and errors arrive as they are.
func TestReceived(t *testing.T) {
	roundtrip.Refuses[Sku](t, roundtrip.In(get), []any{"ab"}, nil, "sku: want at least 3 characters, got fewer")
	roundtrip.Refuses[PageArgs](t, roundtrip.In(page), []any{[]any{"AB-1", "x"}}, nil, "skus[1]: want at least 3 characters, got fewer")
	roundtrip.Refuses[PageArgs](t, roundtrip.In(page), []any{[]any{}, 101}, nil, "size: want at most 100, got more")
	roundtrip.Refuses[PageArgs](t, roundtrip.In(page), nil, map[string]any{"skus": []any{}, "after": "abc"}, "after: want 4 characters, got fewer")
	roundtrip.Decodes(t, roundtrip.Out(page), []any{9}, nil, PageResult{9})
	roundtrip.Decodes(t, roundtrip.Event(changed), []any{"?"}, map[string]any{"percent": 0}, Changed{"?", 0})
}

// Encoding a value with constraints takes no memory.
func TestNoAllocs(t *testing.T) {
	roundtrip.NoAllocs(t, roundtrip.Put(roundtrip.In(page), PageArgs{Skus: []Sku{"AB-1"}, Size: 100, After: new(Code("abcd"))}))
	roundtrip.NoAllocs(t, roundtrip.Put(roundtrip.Event(changed), Changed{Sku: "AB-1", Percent: 1}))
}

type service struct{}

func (service) Count(_ context.Context, n int64) (int, error) { return int(n), nil }
func (service) Get(_ context.Context, sku Sku) (Percent, error) {
	if sku == "AB-2" {
		return 101, nil // not allowed
	}
	return 100, nil
}

func (service) Item(_ context.Context, item Item) (Item, error) {
	if item.Quantity == 2 {
		return item, &ShortError{Message: "more than ten", Left: 1} // not allowed
	}
	return item, nil
}

func (service) Page(context.Context, PageArgs) (PageResult, error) { return PageResult{7}, nil }

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, service{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		roundtrip.Echoes(ctx, t, c.Item, good())
		n, err := c.Get(ctx, "AB-1")
		roundtrip.Same(t, err, n, Percent(100))
		roundtrip.Wrong(ctx, t, caller, CountProcedure, []any{6}, nil, "n: want at most 5, got more")
		var refusal *wamp.Error
		if _, err := caller.Call(ctx, CountProcedure, []any{-6}, nil); !errors.As(err, &refusal) ||
			refusal.Kwargs["path"] != "n" || refusal.Kwargs["rule"] != "min" {
			t.Errorf("got %v with %v", err, refusal)
		}
		if _, err := c.Get(ctx, "x"); err == nil {
			t.Error("a Sku of one character was sent")
		}
		if _, err := c.Get(ctx, "AB-2"); !errors.Is(err, wamp.ErrRuntime) {
			t.Errorf("a result that is not allowed: got %v", err)
		}
		spoiled := good()
		spoiled.Quantity = 2
		if _, err := c.Item(ctx, spoiled); err == nil || !strings.Contains(err.Error(), "its payload does not fit") {
			t.Errorf("an error whose payload is not allowed: got %v", err)
		}
		if err := PublishChanged(ctx, caller, Changed{Sku: "AB-1", Percent: 200}); err == nil {
			t.Error("an event that is not allowed was sent")
		}
	})
}
