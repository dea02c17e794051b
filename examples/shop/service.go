package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/wampgen/wampgen/examples/shop/common"
	"github.com/wampgen/wampgen/examples/shop/shop"
	wamp "github.com/wampgen/wampgen/runtime"
)

// runService is the process of the shop. It leaves when its input ends, after the
// calls that it has begun.
func runService(url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client, err := connect(ctx, url)
	if err != nil {
		return err
	}
	defer client.Close(ctx)
	s := &service{client: client, stock: map[shop.Sku]int{"tea-01": 5, "pot-02": 1}, orders: map[shop.OrderID]shop.Order{}}
	if _, err := shop.Register(ctx, client, s); err != nil {
		return err
	}
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
	return client.Drain(ctx)
}

// service is the shop. Its methods are called concurrently.
type service struct {
	client *wamp.Client

	mu     sync.Mutex
	stock  map[shop.Sku]int
	orders map[shop.OrderID]shop.Order
}

var _ shop.Callee = (*service)(nil)

// OrderPlace implements order.place. The arguments meet the constraints of the
// schema.
func (s *service) OrderPlace(ctx context.Context, in shop.OrderPlaceArgs) (shop.Order, error) {
	order, err := s.place(in)
	if err != nil {
		return order, err
	}
	ev := shop.OrderUpdated{OrderID: order.ID, Order: order, Reason: new("placed")}
	if err := shop.PublishOrderUpdated(ctx, s.client, ev); err != nil {
		return order, err
	}
	by := wamp.CallInfoFrom(ctx).Caller // the schema asks for it
	entry := map[string]any{"order": string(order.ID), "caller_known": by != 0}
	return order, shop.PublishAudit(ctx, s.client, shop.Audit{Path: "order.place", Entry: entry})
}

// place reserves the items of an order.
func (s *service) place(in shop.OrderPlaceArgs) (shop.Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, item := range in.Items {
		if left := s.stock[item.Sku]; left < item.Quantity {
			return shop.Order{}, &shop.OutOfStockError{Message: "sold out", Sku: item.Sku, Available: left}
		}
	}
	for _, item := range in.Items {
		s.stock[item.Sku] -= item.Quantity
	}
	keep := 30 * time.Minute
	order := shop.Order{
		ID:           shop.OrderID(fmt.Sprintf("o_%012d", len(s.orders)+1)),
		State:        shop.OrderStatePending,
		Items:        in.Items,
		Payment:      &shop.Card{Last4: "4242", Network: "visa"},
		PlacedAt:     time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC),
		CancelReason: wamp.Null[string](),
		KeepFor:      &keep,
		Label:        []byte{0x1f, 0x8b},
		ShipTo:       &shop.GeoPoint{Lat: 52.5, Lon: 13.4},
		Attributes:   map[string]any{"priority": int64(in.Priority)},
		VatRate:      decimal.RequireFromString("0.19"),
	}
	s.orders[order.ID] = order
	return order, nil
}

// OrderGet implements order.get.
func (s *service) OrderGet(_ context.Context, id shop.OrderID) (shop.Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	order, ok := s.orders[id]
	if !ok {
		return order, &shop.OrderNotFoundError{Message: "no such order", ID: id}
	}
	return order, nil
}

// OrderList implements order.list.
func (s *service) OrderList(_ context.Context, in shop.OrderFilter) (shop.OrderListResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []shop.Order
	for _, id := range slices.Sorted(maps.Keys(s.orders)) {
		if order := s.orders[id]; in.State == nil || *in.State == order.State {
			found = append(found, order)
		}
	}
	return shop.OrderListResult{Orders: found[:min(len(found), in.Limit)], Total: len(found)}, nil
}

// CatalogImport implements catalog.import. Send does nothing if the caller wants
// no progress.
func (s *service) CatalogImport(ctx context.Context, source string, out wamp.Sender[shop.CatalogImportProgress]) (shop.CatalogImportResult, error) {
	if source == "busy" {
		return shop.CatalogImportResult{}, &common.RateLimitedError{RetryAfter: 5 * time.Second}
	}
	const total = 3
	for done := range total {
		if err := out.Send(shop.CatalogImportProgress{Done: done + 1, Total: total}); err != nil {
			return shop.CatalogImportResult{}, err
		}
	}
	price := shop.PriceChanged{Sku: "tea-01", Price: common.Money{Amount: "4.90", Currency: "EUR"}}
	if err := shop.PublishPriceChanged(ctx, s.client, price); err != nil {
		return shop.CatalogImportResult{}, err
	}
	return shop.CatalogImportResult{Imported: total - 1, Failed: []string{"row 2"}}, nil
}

// MediaUpload implements media.upload. The chunks end when the caller has sent the
// last one.
func (*service) MediaUpload(_ context.Context, _ string, chunks iter.Seq2[[]byte, error]) (shop.MediaUploadResult, error) {
	hash, size := sha256.New(), 0
	for chunk, err := range chunks {
		if err != nil {
			return shop.MediaUploadResult{}, err
		}
		size += len(chunk)
		hash.Write(chunk)
	}
	return shop.MediaUploadResult{Size: size, Sha256: hash.Sum(nil)}, nil
}

// SupportChat implements support.chat: it answers every line until the caller has
// no more.
func (*service) SupportChat(_ context.Context, ticket string, chunks iter.Seq2[shop.ChatLine, error], out wamp.Sender[shop.ChatLine]) error {
	for line, err := range chunks {
		if err != nil {
			return err
		}
		answer := shop.ChatLine{From: "support", Text: ticket + ": " + strings.ToUpper(line.Text)}
		if err := out.Send(answer); err != nil {
			return err
		}
	}
	return nil
}

// SensorCalibrate implements sensor.{sensor_id}.calibrate, for every sensor.
func (s *service) SensorCalibrate(ctx context.Context, sensorID uint32, in shop.SensorCalibrateArgs) error {
	entry := map[string]any{"sensor": sensorID, "offset": in.Offset}
	return shop.PublishAudit(ctx, s.client, shop.Audit{Path: "sensor", Entry: entry})
}

// LegacySum implements legacy.sum.
func (*service) LegacySum(_ context.Context, in shop.LegacySumArgs) (int, error) {
	sum := in.First
	for _, n := range in.Rest {
		sum += n
	}
	if in.Opts["negate"] == true {
		sum = -sum
	}
	return sum, nil
}
