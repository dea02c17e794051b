package main

import (
	"context"
	"sync"

	"github.com/wampgen/wampgen/examples/quickstart/shop"
	wamp "github.com/wampgen/wampgen/runtime"
)

// service implements the procedures. Remove a method, or change its
// signature, and the program does not compile.
type service struct {
	client *wamp.Client // to publish with

	mu     sync.Mutex
	stock  map[shop.Sku]int
	orders []shop.Order
}

var _ shop.Callee = (*service)(nil)

func newService(client *wamp.Client) *service {
	return &service{client: client, stock: map[shop.Sku]int{"tea": 10}}
}

// StockCount implements stock.count.
func (s *service) StockCount(_ context.Context, sku shop.Sku) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stock[sku], nil
}

// OrderPlace implements order.place: it answers with the order, or with the
// typed error that the schema declares.
func (s *service) OrderPlace(ctx context.Context, in shop.OrderPlaceArgs) (shop.Order, error) {
	order, left, err := s.store(in)
	if err != nil {
		return shop.Order{}, err
	}
	return order, shop.PublishOrderPlaced(ctx, s.client, shop.OrderPlaced{Order: order, Left: left})
}

func (s *service) store(in shop.OrderPlaceArgs) (shop.Order, int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if have := s.stock[in.Sku]; have < in.Quantity {
		return shop.Order{}, 0, &shop.OutOfStockError{Message: "sold out", Sku: in.Sku, Available: have}
	}
	s.stock[in.Sku] -= in.Quantity
	order := shop.Order{ID: len(s.orders) + 1, Sku: in.Sku, Quantity: in.Quantity, Note: in.Note}
	s.orders = append(s.orders, order)
	return order, s.stock[in.Sku], nil
}

// OrderList implements order.list.
func (s *service) OrderList(_ context.Context, in shop.OrderListArgs) ([]shop.Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []shop.Order
	for _, o := range s.orders {
		if in.Sku == nil || *in.Sku == o.Sku {
			found = append(found, o)
		}
	}
	return found[max(0, len(found)-in.Limit):], nil
}
