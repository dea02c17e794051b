package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/wampgen/wampgen/examples/shop/common"
	"github.com/wampgen/wampgen/examples/shop/shop"
	wamp "github.com/wampgen/wampgen/runtime"
)

// customer calls the shop and prints what happens. After the first error it only
// returns it.
type customer struct {
	shop shop.Caller
	w    io.Writer

	updates chan shop.OrderUpdated
	prices  chan shop.PriceChanged
	audits  chan shop.Audit
}

// newCustomer subscribes to all topics, before there is a shop.
func newCustomer(ctx context.Context, client *wamp.Client, w io.Writer) (*customer, error) {
	c := &customer{shop.NewCaller(client), w, make(chan shop.OrderUpdated, 8), make(chan shop.PriceChanged, 8), make(chan shop.Audit, 8)}
	_, err := shop.SubscribeOrderUpdated(ctx, client, shop.OrderUpdatedMatch{}, into(c.updates)) // of every order
	if err != nil {
		return nil, err
	}
	if _, err = shop.SubscribePriceChanged(ctx, client, into(c.prices)); err != nil {
		return nil, err
	}
	_, err = shop.SubscribeAudit(ctx, client, shop.AuditMatch{}, into(c.audits)) // whatever the end of its topic is
	return c, err
}

// into returns a handler that hands events on.
func into[T any](events chan<- T) func(context.Context, T) error {
	return func(_ context.Context, ev T) error {
		events <- ev
		return nil
	}
}

func (c *customer) say(format string, args ...any) { fmt.Fprintf(c.w, format+"\n", args...) }

// visit does everything that the shop offers.
func (c *customer) visit(ctx context.Context) error {
	for _, do := range []func(context.Context) error{c.order, c.look, c.catalog, c.upload, c.chat, c.sensors, c.sum} {
		if err := do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// order places orders, of which one is too large and one is nonsense.
func (c *customer) order(ctx context.Context) error {
	ann := common.CustomerID{0x01, 0x8f, 0x2c, 0x7a, 0x9b, 0x3d, 0x70, 0x00, 0x80, 15: 0x01}
	item := shop.LineItem{Sku: "tea-01", Quantity: 9, UnitPrice: common.Money{Amount: "5.20", Currency: "EUR"}}
	in := shop.OrderPlaceArgs{Customer: ann, Items: []shop.LineItem{item}, Coupon: new("SPRING")}
	_, err := c.shop.OrderPlace(ctx, in)
	sold, ok := errors.AsType[*shop.OutOfStockError](err)
	if !ok {
		return fmt.Errorf("nine packets of tea: %w", err)
	}
	c.say("order.place: %s, %d of %s are left", sold.Message, sold.Available, sold.Sku)

	in.Items[0].Quantity = 1000
	_, err = c.shop.OrderPlace(ctx, in)
	bad, ok := errors.AsType[*wamp.ValueError](err)
	if !ok {
		return fmt.Errorf("a thousand packets of tea: %w", err)
	}
	c.say("order.place: not sent, %s: want %s", bad.Path, bad.Want)

	in.Items[0].Quantity = 2
	order, err := c.shop.OrderPlace(ctx, in)
	if err != nil {
		return err
	}
	card, _ := order.Payment.(*shop.Card)
	c.say("order.place: %s is %s, paid by %s, %s each, kept for %v, VAT %s, ships to %v", order.ID, order.State,
		card.Network, order.Items[0].UnitPrice.Amount, *order.KeepFor, order.VatRate, *order.ShipTo)
	c.say("order.place: not shipped: %v, cancelled for no reason: %v, label % x, %v", order.ShippedAt == nil, order.CancelReason.IsNull(), order.Label, order.Attributes)
	return nil
}

// look finds orders, and what was published of them.
func (c *customer) look(ctx context.Context) error {
	update, err := next(ctx, c.updates)
	if err != nil {
		return err
	}
	c.say("order.{order_id}.updated: %s was %s", update.OrderID, *update.Reason)
	audit, err := next(ctx, c.audits)
	if err != nil {
		return err
	}
	c.say("audit.{path...}: %s %v", audit.Path, audit.Entry)
	order, err := c.shop.OrderGet(ctx, update.OrderID)
	if err != nil {
		return err
	}
	c.say("order.get: %d of %s", order.Items[0].Quantity, order.Items[0].Sku)
	_, err = c.shop.OrderGet(ctx, "o_999999999999")
	unknown, ok := errors.AsType[*shop.OrderNotFoundError](err)
	if !ok {
		return fmt.Errorf("an unknown order: %w", err)
	}
	c.say("order.get: %s: %s", unknown.Message, unknown.ID)
	pending := shop.OrderStatePending
	list, err := c.shop.OrderList(ctx, shop.OrderFilter{State: &pending})
	if err != nil {
		return err
	}
	c.say("order.list: %d of %d, more behind a cursor: %v", len(list.Orders), list.Total, list.Cursor != nil)
	return nil
}

// catalog imports a catalog, with its progress.
func (c *customer) catalog(ctx context.Context) error {
	_, err := c.shop.CatalogImport(ctx, "busy")
	limited, ok := errors.AsType[*common.RateLimitedError](err)
	if !ok {
		return fmt.Errorf("a busy source: %w", err)
	}
	c.say("catalog.import: again in %v", limited.RetryAfter)
	stream := c.shop.CatalogImportStream(ctx, "s3://catalog/autumn")
	for p, err := range stream.All() {
		if err != nil {
			return err
		}
		c.say("catalog.import: %d of %d", p.Done, p.Total)
	}
	result, err := stream.Result()
	if err != nil {
		return err
	}
	c.say("catalog.import: %d imported, failed: %v", result.Imported, result.Failed)
	price, err := next(ctx, c.prices)
	if err != nil {
		return err
	}
	c.say("price.changed: %s costs %s %s", price.Sku, price.Price.Amount, price.Price.Currency)
	return nil
}

// upload sends a picture in chunks.
func (c *customer) upload(ctx context.Context) error {
	picture := bytes.Repeat([]byte("shop"), 40<<10)
	chunks := wamp.Chunks(slices.Chunk(picture, 64<<10))
	result, err := c.shop.MediaUpload(ctx, "tea.png", chunks)
	if err != nil {
		return err
	}
	c.say("media.upload: %d bytes, the same: %v", result.Size, sha256.Sum256(picture) == [32]byte(result.Sha256))
	return nil
}

// chat sends lines and reads the answers as they come.
func (c *customer) chat(ctx context.Context) error {
	chat := c.shop.SupportChat(ctx, "T-1")
	defer chat.Close()
	lines := []string{"where is my tea?", "thank you"}
	ask := func() error {
		if len(lines) == 0 {
			return chat.CloseSend()
		}
		line := shop.ChatLine{From: "ann", Text: lines[0]}
		lines = lines[1:]
		return chat.Send(line)
	}
	if err := ask(); err != nil {
		return err
	}
	for answer, err := range chat.All() {
		if err != nil {
			return err
		}
		c.say("support.chat: %s says %s", answer.From, answer.Text)
		if err := ask(); err != nil {
			return err
		}
	}
	_, err := chat.Result()
	return err
}

// sensors calibrates one sensor of many.
func (c *customer) sensors(ctx context.Context) error {
	if err := c.shop.SensorCalibrate(ctx, 7, shop.SensorCalibrateArgs{Offset: -0.5}); err != nil {
		return err
	}
	audit, err := next(ctx, c.audits)
	if err != nil {
		return err
	}
	c.say("sensor.{sensor_id}.calibrate: sensor %v by %v", audit.Entry["sensor"], audit.Entry["offset"])
	return nil
}

// sum calls what is there for old programs.
func (c *customer) sum(ctx context.Context) error {
	in := shop.LegacySumArgs{First: 1, Rest: []int{2, 3}, Opts: map[string]any{"negate": true}}
	sum, err := c.shop.LegacySum(ctx, in, shop.WithLegacySumTrace("visit-1")) //nolint:staticcheck // deprecated, as its schema says
	c.say("legacy.sum: %d", sum)
	return err
}

// next returns the next event.
func next[T any](ctx context.Context, events <-chan T) (ev T, err error) {
	select {
	case ev = <-events:
		return ev, nil
	case <-ctx.Done():
		return ev, ctx.Err()
	}
}
