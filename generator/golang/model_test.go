package golang

import (
	"testing"

	"github.com/wampgen/wampgen/schema"
)

// parse reads a schema that has nothing wrong with it.
func parse(tb testing.TB, src string) *schema.Model {
	tb.Helper()
	m, found := schema.Parse("shop.wamp.yaml", []byte(src), Check)
	if m == nil {
		tb.Fatal(found[0].Error())
	}
	return m
}

// shop is a small API that has each artefact.
const shop = `
wampgen: 1
api: {name: shop, version: 1.4.0, uri: com.acme.shop, doc: Orders of the Acme shop.}
types:
  Sku: {type: string, doc: Stock keeping unit.}
  Tags: list<string>
  OrderState: {enum: [pending, paid], open: true}
  Priority: {enum: {low: 1, normal: 5}}
  LineItem:
    go: {name: LineItem}
    fields:
      sku: Sku
      quantity: int
      note: {type: optional string, doc: A greeting.}
  Order:
    doc: An order as stored.
    fields:
      id: uuid
      state: OrderState
      items: list<LineItem>
      priority: Priority
      placed_at: time
      shipped_at: time|null
      reason: optional string|null
      tags: optional Tags
      attributes: map<any>
      blob: optional bytes
      parent: optional Order
  OrderFilter: {fields: {state: optional OrderState, limit: int = 50, wait: duration = 90s}}
errors:
  out_of_stock:
    doc: Fewer items left than ordered.
    args: [message: string]
    kwargs: {sku: Sku, available: int}
procedures:
  order.get: {args: [id: uuid], returns: Order, idempotent: true}
  order.list:
    kwargs: OrderFilter
    returns: {args: [orders: list<Order>], kwargs: {total: int, cursor: optional string}}
  order.place:
    doc: Places an order and reserves its items.
    timeout: 10s
    errors: [out_of_stock]
    args: [customer: string, items: list<LineItem>, gift: optional bool, gift_note: optional string]
    kwargs: {coupon: optional string, priority: Priority = normal}
    returns: Order
  ping: {}
topics:
  price.changed: {args: [sku: Sku], kwargs: {reason: optional string}, history: true}
`

func shopModel(tb testing.TB) *schema.Model { return parse(tb, shop) }
