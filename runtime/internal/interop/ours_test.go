package interop

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/wampgen/wampgen/examples/quickstart/shop"
	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/interop/tour"
	"github.com/wampgen/wampgen/runtime/transport"
	nexus "github.com/wampgen/wampgen/runtime/wamptest/router"
)

// The one file that uses the client: a renamed option is renamed here.

var formats = map[string]codec.Format{"json": codec.JSON, "msgpack": codec.MessagePack, "cbor": codec.CBOR}

var key = strings.Repeat("07", ed25519.SeedSize) // of joe, as in crossbar/mkconfig.py

// logins are how we log in, by name. All of the routers know these users.
var logins = map[string]auth.Method{
	"anonymous":       auth.Anonymous(),
	"ticket":          auth.Ticket("joe", auth.NewSecret("tkt-123")),
	"CRA":             auth.CRA("joe", auth.NewSecret("secret")),
	"salted CRA":      auth.CRA("salty", auth.NewSecret("secret")),
	"SCRAM":           auth.SCRAM("argon", auth.NewSecret("secret"), auth.SCRAMNames{"wamp-scram"}),
	"SCRAM (dialect)": auth.SCRAM("argon", auth.NewSecret("secret"), auth.SCRAMNames{"scram"}),
	"TLS certificate": auth.TLSCertificate(),
	"cryptosign":      auth.Cryptosign("joe", auth.NewSecret(key)),
}

// users are the same for nexus.
func users() []nexus.User {
	seed, _ := hex.DecodeString(key)
	return []nexus.User{
		{ID: "joe", Ticket: "tkt-123", Secret: "secret", PublicKey: ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)},
		{ID: "salty", Secret: "secret", Salt: "salt123"},
		{ID: "argon", SCRAM: &nexus.SCRAM{Password: "secret"}},
	}
}

// ours is our client.
type ours struct{ client *wamp.Client }

// connect joins as the cell says.
func connect(ctx context.Context, r *running, c cell, g *gate) (*ours, error) {
	opts := []wamp.ConnectOption{wamp.WithSerializers(formats[c.format]), wamp.WithAuth(logins[c.login]),
		wamp.WithDialer(gated{g}), wamp.WithLogger(slog.New(slog.DiscardHandler))}
	if r.tls != nil {
		opts = append(opts, wamp.WithTLS(r.tls))
	}
	if c.transport == batchedWS {
		opts = append(opts, wamp.WithBatchedJSON(transport.EndCancel))
	}
	client, err := wamp.Connect(ctx, r.url(c.transport, c.login), realm, opts...)
	if err == nil && c.transport == batchedWS && !g.batched() {
		return nil, errors.Join(errors.New("the router did not take the batched form"), client.Close(ctx))
	}
	return &ours{client}, err
}

func (o *ours) close(ctx context.Context) error { return o.client.Close(ctx) }

// status says in which state it is, and what it has counted.
func (o *ours) status() string { return fmt.Sprintf("%+v %+v", o.client.Status(), o.client.Stats()) }

// stop takes back a registration or a subscription.
type stop = func(context.Context) error

// serveShop serves the typed procedure order.place with a stock of ten.
func (o *ours) serveShop(ctx context.Context) (stop, error) {
	place := func(_ context.Context, in shop.OrderPlaceArgs) (shop.Order, error) {
		if in.Quantity > 10 {
			return shop.Order{}, &shop.OutOfStockError{Message: "sold out", Sku: in.Sku, Available: 10}
		}
		return shop.Order{ID: 1, Sku: in.Sku, Quantity: in.Quantity, Note: in.Note}, nil
	}
	regs, err := wamp.Register(ctx, o.client, shop.HandleOrderPlace(place))
	if err != nil {
		return nil, err
	}
	return regs.Unregister, nil
}

// place calls order.place. available is that of the declared error, if it came.
func (o *ours) place(ctx context.Context, sku string, quantity int) (id int, note string, available int, err error) {
	order, err := shop.NewCaller(o.client).OrderPlace(ctx, shop.OrderPlaceArgs{Sku: shop.Sku(sku), Quantity: quantity})
	if sold, ok := errors.AsType[*shop.OutOfStockError](err); ok {
		return 0, "", sold.Available, nil
	}
	if order.Note != nil {
		note = *order.Note
	}
	return order.ID, note, 0, err
}

// publishOrder publishes the typed event order.placed.
func (o *ours) publishOrder(ctx context.Context, id, left int) error {
	ev := shop.OrderPlaced{Order: shop.Order{ID: id, Sku: "tea", Quantity: 1}, Left: left}
	return shop.PublishOrderPlaced(ctx, o.client, ev, wamp.WithAcknowledge())
}

// subscribeOrders subscribes to it; seen gets id and left of each.
func (o *ours) subscribeOrders(ctx context.Context, seen func(id, left int)) (stop, error) {
	sub, err := shop.SubscribeOrderPlaced(ctx, o.client, func(_ context.Context, ev shop.OrderPlaced) error {
		seen(ev.Order.ID, ev.Left)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return sub.Unsubscribe, nil
}

// guide serves the tour.
func (o *ours) guide(ctx context.Context) (stop, error) {
	regs, err := tour.Register(ctx, o.client, guide{o.client})
	if err != nil {
		return nil, err
	}
	return regs.Unregister, nil
}

func (o *ours) plan(ctx context.Context, from, to string) (tour.StagePlanResult, error) {
	return tour.NewCaller(o.client).StagePlan(ctx, tour.StagePlanArgs{From: from, To: to})
}

// walk calls stage.walk and returns its progressive results and its result.
func (o *ours) walk(ctx context.Context, kilometres int) (seen []tour.StageWalkProgress, result int, err error) {
	s := tour.NewCaller(o.client).StageWalkStream(ctx, kilometres)
	for p, err := range s.All() {
		if err != nil {
			return seen, 0, err
		}
		seen = append(seen, p)
	}
	result, err = s.Result()
	return seen, result, err
}

// resume subscribes so that missed events come later.
func (o *ours) resume(ctx context.Context, uri string, seen func(event)) error {
	_, err := o.client.Subscribe(ctx, uri, func(_ context.Context, p wamp.Payload) error {
		seen(event{payload: payload{p.Args, p.Kwargs}})
		return nil
	}, wamp.WithResume())
	return err
}

// pattern returns the options of a match.
func pattern(match string) []wamp.PatternOption {
	switch match {
	case "prefix":
		return []wamp.PatternOption{wamp.WithPrefix()}
	case "wildcard":
		return []wamp.PatternOption{wamp.WithWildcard()}
	}
	return nil
}

// echo registers a procedure that returns what it gets. seen gets the called URI.
func (o *ours) echo(ctx context.Context, uri, match string, seen func(uri string)) (stop, error) {
	var opts []wamp.RegisterOption
	for _, p := range pattern(match) {
		opts = append(opts, p)
	}
	reg, err := o.client.Register(ctx, uri, func(ctx context.Context, p wamp.Payload) (wamp.Payload, error) {
		if seen != nil {
			seen(wamp.CallInfoFrom(ctx).Procedure)
		}
		return p, nil
	}, opts...)
	if err != nil {
		return nil, err
	}
	return reg.Unregister, nil
}

// hang registers a procedure that waits for the end of its ctx and reports both.
func (o *ours) hang(ctx context.Context, uri string, begun func(), ended func(cause error)) (stop, error) {
	reg, err := o.client.Register(ctx, uri, func(ctx context.Context, p wamp.Payload) (wamp.Payload, error) {
		begun()
		<-ctx.Done()
		ended(context.Cause(ctx))
		return wamp.Payload{}, context.Cause(ctx)
	})
	if err != nil {
		return nil, err
	}
	return reg.Unregister, nil
}

func (o *ours) call(ctx context.Context, uri string, p payload) (payload, error) {
	out, err := o.client.Call(ctx, uri, p.args, p.kwargs, wamp.WithCancelMode(wamp.Kill))
	return payload{out.Args, out.Kwargs}, err
}

// event is an event as our subscriber sees it.
type event struct {
	topic    string
	retained bool
	payload  payload
}

func (o *ours) subscribe(ctx context.Context, uri, match string, retained bool, seen func(event)) (stop, error) {
	var opts []wamp.SubscribeOption
	for _, p := range pattern(match) {
		opts = append(opts, p)
	}
	if retained {
		opts = append(opts, wamp.WithGetRetained())
	}
	sub, err := o.client.Subscribe(ctx, uri, func(ctx context.Context, p wamp.Payload) error {
		info := wamp.EventInfoFrom(ctx)
		seen(event{info.Topic, info.Retained, payload{p.Args, p.Kwargs}})
		return nil
	}, opts...)
	if err != nil {
		return nil, err
	}
	return sub.Unsubscribe, nil
}

func (o *ours) publish(ctx context.Context, uri string, p payload, retain bool) error {
	opts := []wamp.PublishOption{wamp.WithAcknowledge()}
	if retain {
		opts = append(opts, wamp.WithRetain())
	}
	return o.client.Publish(ctx, uri, p.args, p.kwargs, opts...)
}

// answered reports whether err is an ERROR of the other side.
func answered(err error) bool {
	var e *wamp.Error
	return errors.As(err, &e)
}
