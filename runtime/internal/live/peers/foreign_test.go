package peers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	"github.com/gammazero/nexus/v3/client"
	"github.com/gammazero/nexus/v3/transport/serialize"
	nexus "github.com/gammazero/nexus/v3/wamp"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
	"github.com/wampgen/wampgen/testdata/golden/shop"
)

// foreignAll runs a test with a generated side of every transport and format and
// a foreign client, nexus's own, of another.
func foreignAll(t *testing.T, f func(t *testing.T, ours *wamp.Client, theirs *client.Client)) {
	r := router.New(t, router.Config{})
	formats := []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR}
	foreign := []serialize.Serialization{serialize.CBOR, serialize.JSON, serialize.MSGPACK}
	urls := []string{r.WebSocketURL(), r.RawSocketURL()}
	for i, url := range urls {
		for j, format := range formats {
			t.Run(url[:3]+"/"+format.String(), func(t *testing.T) {
				ours := stage.Connect(t, url, wamp.WithSerializers(format))
				theirs := foreignClient(t, urls[1-i], foreign[j])
				f(t, ours, theirs)
			})
		}
	}
}

// foreignClient connects the client of nexus, which knows no schema.
func foreignClient(t *testing.T, url string, s serialize.Serialization) *client.Client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c, err := client.ConnectNet(ctx, url, client.Config{
		Realm: "realm1", Serialization: s, ResponseTimeout: time.Minute, Logger: log.New(io.Discard, "", 0),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// foreignShop is our callee, typed and generated.
type foreignShop struct {
	t      *testing.T
	client *wamp.Client

	mu     sync.Mutex
	placed []shop.OrderPlaceArgs
}

// orders returns what was placed so far.
func (s *foreignShop) orders() []shop.OrderPlaceArgs {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.placed)
}

// last returns what was placed last.
func (s *foreignShop) last() shop.OrderPlaceArgs {
	all := s.orders()
	return all[len(all)-1]
}

var foreignID = shop.OrderID{0xd2, 0x8b, 0x6d, 0x2c, 0x5e, 0x1f, 0x4e, 0x6a, 0x9b, 0x1f, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55}

func (s *foreignShop) OrderPlace(_ context.Context, in shop.OrderPlaceArgs) (shop.Order, error) {
	s.mu.Lock()
	s.placed = append(s.placed, in)
	s.mu.Unlock()
	for _, item := range in.Items {
		if item.Quantity > 3 {
			return shop.Order{}, &shop.OutOfStockError{Message: "sold out", Sku: item.Sku, Available: 3}
		}
	}
	return shop.Order{
		ID: foreignID, State: shop.OrderStatePending, Items: in.Items, PlacedAt: time.Date(2026, 8, 22, 10, 30, 0, 0, time.UTC),
		KeepFor: new(90 * time.Second), Label: []byte{0, 1, 0xff}, Attributes: map[string]any{"gift": true, "n": int64(1)<<53 - 1},
	}, nil
}

func (s *foreignShop) OrderGet(_ context.Context, id shop.OrderID) (shop.Order, error) {
	return shop.Order{}, &shop.OrderNotFoundError{Message: "no such order", ID: id}
}

func (s *foreignShop) OrderList(_ context.Context, in shop.OrderFilter) (shop.OrderListResult, error) {
	return shop.OrderListResult{Total: in.Limit}, nil
}

func (s *foreignShop) OrderCancel(ctx context.Context, in shop.OrderCancelArgs) error {
	ev := shop.OrderUpdated{Order: shop.Order{ID: in.ID, State: shop.OrderStateCancelled}, Reason: in.Reason}
	return shop.PublishOrderUpdated(ctx, s.client, ev, wamp.WithAcknowledge())
}

func (s *foreignShop) Ping(context.Context) error { return nil }

// foreignNormal makes what nexus decoded comparable: it keeps the integer types
// of the wire.
func foreignNormal(v any) any {
	switch v := v.(type) {
	case nexus.List:
		return foreignNormal([]any(v))
	case nexus.Dict:
		return foreignNormal(map[string]any(v))
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = foreignNormal(v[i])
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k := range v {
			out[k] = foreignNormal(v[k])
		}
		return out
	}
	if n, ok := nexus.AsInt64(v); ok {
		return n
	}
	return v
}

func foreignSame(t *testing.T, what string, got, want any) {
	t.Helper()
	if got := foreignNormal(got); !reflect.DeepEqual(got, want) {
		t.Errorf("%s: want %#v, got %#v", what, want, got)
	}
}

// Acceptance 4: a foreign client, without types, calls our callee by position
// and by name, and gets results, our error's URI and payload, and our events.
func TestForeign_CallsOurCallee(t *testing.T) {
	foreignAll(t, func(t *testing.T, ours *wamp.Client, theirs *client.Client) {
		ctx := t.Context()
		impl := &foreignShop{t: t, client: ours}
		regs, err := shop.Register(ctx, ours, impl)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = regs.Unregister(context.Background()) }()
		item := func(n int) map[string]any {
			return map[string]any{"sku": "tea", "quantity": n, "unit_price": map[string]any{"amount": "1.50"}}
		}
		want := shop.OrderPlaceArgs{Customer: "ann", Items: []shop.LineItem{{Sku: "tea", Quantity: 2, UnitPrice: shop.Money{Amount: "1.50", Currency: "EUR"}}}}
		for name, call := range map[string]struct {
			args   nexus.List
			kwargs nexus.Dict
		}{
			"by position":   {nexus.List{"ann", []any{item(2)}}, nexus.Dict{"priority": 9}},
			"by name":       {nil, nexus.Dict{"customer": "ann", "items": []any{item(2)}, "priority": 9, "unknown": "ignored"}},
			"half and half": {nexus.List{"ann"}, nexus.Dict{"items": []any{item(2)}, "priority": 9}},
		} {
			got, err := theirs.Call(ctx, "com.acme.shop.order.place", nil, call.args, call.kwargs, nil)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			want.Priority = shop.PriorityHigh
			if in := impl.last(); !reflect.DeepEqual(in, want) {
				t.Errorf("%s: the callee got %+v", name, in)
			}
			foreignOrder(t, name, got.Arguments)
		}
		if _, err := theirs.Call(ctx, "com.acme.shop.order.place", nil, nexus.List{"ann", []any{}}, nil, nil); err != nil {
			t.Error(err)
		} else if in := impl.last(); in.Priority != shop.PriorityNormal || in.Coupon != nil || len(in.Items) != 0 {
			t.Errorf("defaults: the callee got %+v", in)
		}
		if got, err := theirs.Call(ctx, "com.acme.shop.ping", nil, nil, nil, nil); err != nil || len(got.Arguments)+len(got.ArgumentsKw) != 0 {
			t.Errorf("ping: %v, %v", got, err)
		}
		if got, err := theirs.Call(ctx, "com.acme.shop.order.list", nil, nil, nexus.Dict{"limit": 7}, nil); err != nil {
			t.Error(err)
		} else {
			foreignSame(t, "list", got.Arguments, []any{[]any{}})
			foreignSame(t, "list", got.ArgumentsKw, map[string]any{"total": int64(7)})
		}
		foreignErrors(t, theirs, item, len(impl.orders()), impl)
		foreignEvents(t, theirs)
	})
}

// foreignOrder checks an Order as a client without types sees it.
func foreignOrder(t *testing.T, what string, args nexus.List) {
	t.Helper()
	order, _ := foreignNormal(args).([]any)
	if len(order) != 1 {
		t.Fatalf("%s: got %v", what, args)
	}
	fields, _ := order[0].(map[string]any)
	label := fields["label"]
	if label == "\x00AAH/" || label == "AAH/" { // JSON: passed on by nexus as it is; made by nexus of a binary, without the NUL
		label = []byte{0, 1, 0xff}
	}
	if !reflect.DeepEqual(label, []byte{0, 1, 0xff}) {
		t.Errorf("%s: label %#v", what, fields["label"])
	}
	delete(fields, "label")
	foreignSame(t, what, fields, map[string]any{
		"id": "d28b6d2c-5e1f-4e6a-9b1f-001122334455", "state": "pending", "placed_at": "2026-08-22T10:30:00Z", "shipped_at": nil,
		"items":    []any{map[string]any{"sku": "tea", "quantity": int64(2), "unit_price": map[string]any{"amount": "1.50", "currency": "EUR"}}},
		"keep_for": int64(90_000), "attributes": map[string]any{"gift": true, "n": int64(1)<<53 - 1},
	})
}

// foreignErrors checks what the foreign caller gets when things go wrong.
func foreignErrors(t *testing.T, theirs *client.Client, item func(int) map[string]any, placed int, impl *foreignShop) {
	t.Helper()
	for _, bad := range []struct {
		procedure string
		args      nexus.List
		kwargs    nexus.Dict
		uri       string
		text      string
		want      map[string]any
	}{
		{"order.place", nexus.List{"ann", []any{item(9)}}, nil, "com.acme.shop.error.out_of_stock", "sold out", map[string]any{"sku": "tea", "available": int64(3)}},
		{"order.get", nil, nexus.Dict{"id": "d28b6d2c-5e1f-4e6a-9b1f-001122334455"}, "com.acme.shop.error.order_not_found", "no such order", map[string]any{"id": "d28b6d2c-5e1f-4e6a-9b1f-001122334455"}},
		{"order.place", nexus.List{"ann", []any{map[string]any{"sku": "tea", "quantity": "2"}}}, nil, "wamp.error.invalid_argument", "items[0].quantity: want int, got string", nil},
		{"order.place", nexus.List{"ann"}, nil, "wamp.error.invalid_argument", "items: want", nil},
		{"order.place", nexus.List{"ann", []any{}, 1}, nil, "wamp.error.invalid_argument", "args: want at most 2 positional arguments, got more", nil},
		{"order.place", nexus.List{"ann", []any{}}, nexus.Dict{"customer": "bob"}, "wamp.error.invalid_argument", "customer", nil},
		{"order.get", nexus.List{"no uuid"}, nil, "wamp.error.invalid_argument", "id: want", nil},
	} {
		_, err := theirs.Call(t.Context(), "com.acme.shop."+bad.procedure, nil, bad.args, bad.kwargs, nil)
		var e client.RPCError
		if !errors.As(err, &e) || string(e.Err.Error) != bad.uri || len(e.Err.Arguments) != 1 {
			t.Errorf("%s %v %v: want %s, got %v", bad.procedure, bad.args, bad.kwargs, bad.uri, err)
			continue
		}
		if text, _ := nexus.AsString(e.Err.Arguments[0]); !strings.Contains(text, bad.text) {
			t.Errorf("%s: want %q in %q", bad.uri, bad.text, text)
		}
		if bad.want != nil {
			foreignSame(t, bad.uri, e.Err.ArgumentsKw, bad.want)
		}
	}
	if len(impl.orders()) != placed+1 { // only the one that was sold out
		t.Errorf("the handler ran for wrong input: %+v", impl.orders()[placed:])
	}
}

// foreignEvents subscribes without types and makes our callee publish.
func foreignEvents(t *testing.T, theirs *client.Client) {
	t.Helper()
	const topic = "com.acme.shop.order.updated"
	events := make(chan *nexus.Event, 1)
	if err := theirs.Subscribe(topic, func(ev *nexus.Event) { events <- ev }, nil); err != nil {
		t.Fatal(err)
	}
	id := "00000000-0000-4000-8000-000000000001"
	_, err := theirs.Call(t.Context(), "com.acme.shop.order.cancel", nil, nexus.List{id, "changed my mind"}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	ev := <-events
	if len(ev.Arguments) != 1 {
		t.Fatalf("event %v", ev)
	}
	order, _ := nexus.AsDict(ev.Arguments[0])
	foreignSame(t, "event", ev.ArgumentsKw, map[string]any{"reason": "changed my mind"})
	foreignSame(t, "event", []any{order["id"], order["state"], order["items"]}, []any{id, "cancelled", []any{}})
	if err := theirs.Unsubscribe(topic); err != nil {
		t.Error(err)
	}
}

// Acceptance 4, the other way round: our generated caller and subscriber with a
// foreign callee and publisher.
func TestForeign_CallsFromOurs(t *testing.T) {
	foreignAll(t, func(t *testing.T, ours *wamp.Client, theirs *client.Client) {
		ctx := t.Context()
		seen := make(chan *nexus.Invocation, 1)
		register := func(name string, answer func(*nexus.Invocation) client.InvokeResult) {
			err := theirs.Register("com.acme.shop."+name, func(_ context.Context, inv *nexus.Invocation) client.InvokeResult {
				seen <- inv
				return answer(inv)
			}, nil)
			if err != nil {
				t.Fatal(err)
			}
		}
		id := "d28b6d2c-5e1f-4e6a-9b1f-001122334455"
		foreign := nexus.Dict{
			"id": id, "state": "teleported", "items": nexus.List{}, "placed_at": "2026-08-22T10:30:00Z", "shipped_at": nil,
			"attributes": nexus.Dict{}, "new_in_v2": nexus.List{1, "x", nexus.Dict{}},
		}
		register("order.place", func(*nexus.Invocation) client.InvokeResult {
			return client.InvokeResult{Args: nexus.List{foreign, "surplus"}, Kwargs: nexus.Dict{"surplus": 1}}
		})
		register("order.get", func(*nexus.Invocation) client.InvokeResult {
			return client.InvokeResult{Err: "com.acme.shop.error.order_not_found", Args: nexus.List{"gone"}, Kwargs: nexus.Dict{"id": id}}
		})
		register("order.cancel", func(*nexus.Invocation) client.InvokeResult {
			return client.InvokeResult{Err: "com.example.error.other", Args: nexus.List{1, "x"}}
		})
		register("order.list", func(*nexus.Invocation) client.InvokeResult {
			return client.InvokeResult{Args: nexus.List{nexus.List{nexus.Dict{"id": id}}}, Kwargs: nexus.Dict{"total": 1}}
		})
		caller := shop.NewCaller(ours)
		order, err := caller.OrderPlace(ctx, shop.OrderPlaceArgs{Customer: "ann", Priority: shop.PriorityHigh})
		if err != nil || order.ID != foreignID || order.State != "teleported" || order.PlacedAt.Year() != 2026 || order.ShippedAt != nil {
			t.Errorf("got %+v, %v", order, err)
		}
		inv := <-seen
		foreignSame(t, "args", inv.Arguments, []any{"ann", []any{}})
		foreignSame(t, "kwargs", inv.ArgumentsKw, map[string]any{"priority": int64(9)})

		_, err = caller.OrderGet(ctx, foreignID)
		var missing *shop.OrderNotFoundError
		if !errors.As(err, &missing) || missing.Message != "gone" || missing.ID != foreignID {
			t.Errorf("got %v", err)
		}
		foreignSame(t, "args", (<-seen).Arguments, []any{id})

		err = caller.OrderCancel(ctx, shop.OrderCancelArgs{ID: foreignID, Reason: new("why not")})
		var other *wamp.Error
		if !errors.As(err, &other) || other.URI != "com.example.error.other" || !slices.Equal(other.Args, []any{int64(1), "x"}) {
			t.Errorf("got %v", err)
		}
		foreignSame(t, "args", (<-seen).Arguments, []any{id, "why not"})

		_, err = caller.OrderList(ctx, shop.OrderFilter{})
		if err == nil || wamp.IsPeer(err) || !strings.HasPrefix(err.Error(), "wamp: result of com.acme.shop.order.list: orders[0].state: want") {
			t.Errorf("want an error that names URI and path, got %v", err)
		}
		<-seen
		if err := caller.Ping(ctx); !errors.Is(err, wamp.ErrNoSuchProcedure) {
			t.Errorf("got %v", err)
		}
		foreignPublishes(t, ours, theirs)
	})
}

// foreignPublishes has the foreign client publish what our subscriber decodes.
func foreignPublishes(t *testing.T, ours *wamp.Client, theirs *client.Client) {
	t.Helper()
	const topic = "com.acme.shop.price.changed"
	events := make(chan shop.PriceChanged, 1)
	sub, err := shop.SubscribePriceChanged(t.Context(), ours, func(_ context.Context, ev shop.PriceChanged) error {
		events <- ev
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	acked := nexus.Dict{"acknowledge": true}
	price := nexus.Dict{"amount": "9.99", "currency": "CHF"}
	for i, publish := range []struct {
		args   nexus.List
		kwargs nexus.Dict
	}{{nexus.List{"tea", price}, nil}, {nil, nexus.Dict{"sku": "tea", "price": price}}, {nexus.List{7}, nil}, {nexus.List{"tea", price, "surplus"}, nexus.Dict{"more": 1}}} {
		if err := theirs.Publish(topic, acked, publish.args, publish.kwargs); err != nil {
			t.Fatal(err)
		}
		if i == 2 {
			continue // does not decode
		}
		want := shop.PriceChanged{Sku: "tea", Price: shop.Money{Amount: "9.99", Currency: "CHF"}}
		if ev := <-events; ev != want {
			t.Errorf("event %d: got %+v", i, ev)
		}
	}
	if n := sub.Failed(); n != 1 {
		t.Errorf("want 1 event that did not decode, got %d", n)
	}
	if err := sub.Unsubscribe(t.Context()); err != nil {
		t.Error(err)
	}
	if got := fmt.Sprint(sub.Err()); got != fmt.Sprint(wamp.ErrClosed) {
		t.Errorf("Err %s", got)
	}
}
