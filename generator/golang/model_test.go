package golang

import (
	"time"

	"github.com/wampgen/wampgen/schema"
)

// Shorthands to build models by hand.

func scalar(s schema.Scalar) *schema.Ref { return &schema.Ref{Scalar: s} }
func named(t *schema.Type) *schema.Ref   { return &schema.Ref{Named: t} }
func listOf(r *schema.Ref) *schema.Ref   { return &schema.Ref{List: r} }
func mapOf(r *schema.Ref) *schema.Ref    { return &schema.Ref{Map: r} }
func orNull(r *schema.Ref) *schema.Ref   { c := *r; c.Nullable = true; return &c }
func fieldOf(name, goName string, r *schema.Ref) *schema.Field {
	return &schema.Field{Name: name, GoName: goName, Param: lowerFirst(goName), Type: r}
}

func optional(f *schema.Field) *schema.Field { f.Optional = true; return f }

func defaulted(f *schema.Field, v schema.Value) *schema.Field { f.Default = &v; return f }

func documented(f *schema.Field, doc string) *schema.Field { f.Doc = doc; return f }

// shopModel is a small API that has each artefact.
func shopModel() *schema.Model {
	sku := &schema.Type{Name: "Sku", GoName: "Sku", Kind: schema.Newtype, Base: scalar(schema.String), Doc: "Stock keeping unit."}
	tags := &schema.Type{Name: "Tags", GoName: "Tags", Kind: schema.Newtype, Base: listOf(scalar(schema.String))}
	state := &schema.Type{Name: "OrderState", GoName: "OrderState", Kind: schema.Enum, Open: true, Values: []schema.EnumValue{
		{Name: "pending", GoName: "OrderStatePending", Text: "pending"},
		{Name: "paid", GoName: "OrderStatePaid", Text: "paid"},
	}}
	priority := &schema.Type{Name: "Priority", GoName: "Priority", Kind: schema.Enum, IntEnum: true, Values: []schema.EnumValue{
		{Name: "low", GoName: "PriorityLow", Int: 1},
		{Name: "normal", GoName: "PriorityNormal", Int: 5},
	}}
	item := &schema.Type{Name: "LineItem", GoName: "LineItem", Kind: schema.Struct, Fields: []*schema.Field{
		fieldOf("sku", "Sku", named(sku)),
		fieldOf("quantity", "Quantity", scalar(schema.Int)),
		optional(documented(fieldOf("note", "Note", scalar(schema.String)), "A greeting.")),
	}}
	order := &schema.Type{Name: "Order", GoName: "Order", Kind: schema.Struct, Doc: "An order as stored.", Fields: []*schema.Field{
		fieldOf("id", "ID", scalar(schema.UUID)),
		fieldOf("state", "State", named(state)),
		fieldOf("items", "Items", listOf(named(item))),
		fieldOf("priority", "Priority", named(priority)),
		fieldOf("placed_at", "PlacedAt", scalar(schema.Time)),
		fieldOf("shipped_at", "ShippedAt", orNull(scalar(schema.Time))),
		optional(fieldOf("reason", "Reason", orNull(scalar(schema.String)))),
		optional(fieldOf("tags", "Tags", named(tags))),
		fieldOf("attributes", "Attributes", mapOf(scalar(schema.Any))),
		optional(fieldOf("blob", "Blob", scalar(schema.Bytes))),
		optional(fieldOf("parent", "Parent", &schema.Ref{})),
	}}
	order.Fields[10].Type = named(order)
	filter := &schema.Type{Name: "OrderFilter", GoName: "OrderFilter", Kind: schema.Struct, Fields: []*schema.Field{
		optional(fieldOf("state", "State", named(state))),
		defaulted(fieldOf("limit", "Limit", scalar(schema.Int)), schema.Value{Int: 50}),
		defaulted(fieldOf("wait", "Wait", scalar(schema.Duration)), schema.Value{Duration: 90 * time.Second}),
	}}
	outOfStock := &schema.Error{Name: "out_of_stock", GoName: "OutOfStockError", URI: "com.acme.shop.error.out_of_stock",
		Doc: "Fewer items left than ordered.", Payload: &schema.Payload{
			Args:   []*schema.Field{fieldOf("message", "Message", scalar(schema.String))},
			Kwargs: []*schema.Field{fieldOf("sku", "Sku", named(sku)), fieldOf("available", "Available", scalar(schema.Int))},
		}}
	none := func() *schema.Payload { return &schema.Payload{} }
	returns := func(r *schema.Ref) *schema.Payload {
		return &schema.Payload{Single: true, Args: []*schema.Field{fieldOf("result", "Result", r)}}
	}
	return &schema.Model{
		File: "shop.wamp.yaml", Name: "shop", Version: "1.4.0", URI: "com.acme.shop", Package: "shop",
		Doc:    "Orders of the Acme shop.",
		Types:  []*schema.Type{item, order, filter, state, priority, sku, tags},
		Errors: []*schema.Error{outOfStock},
		Procedures: []*schema.Procedure{
			{Name: "order.get", GoName: "OrderGet", Var: "orderGet", URI: "com.acme.shop.order.get", Idempotent: true,
				In:  &schema.Payload{Args: []*schema.Field{fieldOf("id", "ID", scalar(schema.UUID))}},
				Out: returns(named(order))},
			{Name: "order.list", GoName: "OrderList", Var: "orderList", URI: "com.acme.shop.order.list",
				In: &schema.Payload{Kwargs: filter.Fields, Spread: filter},
				Out: &schema.Payload{GoName: "OrderListResult",
					Args:   []*schema.Field{fieldOf("orders", "Orders", listOf(named(order)))},
					Kwargs: []*schema.Field{fieldOf("total", "Total", scalar(schema.Int)), optional(fieldOf("cursor", "Cursor", scalar(schema.String)))}}},
			{Name: "order.place", GoName: "OrderPlace", Var: "orderPlace", URI: "com.acme.shop.order.place",
				Doc: "Places an order and reserves its items.", Timeout: 10 * time.Second, Errors: []*schema.Error{outOfStock},
				In: &schema.Payload{GoName: "OrderPlaceArgs",
					Args: []*schema.Field{
						fieldOf("customer", "Customer", scalar(schema.String)),
						fieldOf("items", "Items", listOf(named(item))),
						optional(fieldOf("gift", "Gift", scalar(schema.Bool))),
						optional(fieldOf("gift_note", "GiftNote", scalar(schema.String)))},
					Kwargs: []*schema.Field{
						optional(fieldOf("coupon", "Coupon", scalar(schema.String))),
						defaulted(fieldOf("priority", "Priority", named(priority)), schema.Value{Enum: &priority.Values[1]})}},
				Out: returns(named(order))},
			{Name: "ping", GoName: "Ping", Var: "ping", URI: "com.acme.shop.ping", In: none(), Out: none()},
		},
		Topics: []*schema.Topic{
			{Name: "price.changed", GoName: "PriceChanged", Var: "priceChanged", URI: "com.acme.shop.price.changed", History: true,
				Payload: &schema.Payload{GoName: "PriceChanged",
					Args:   []*schema.Field{fieldOf("sku", "Sku", named(sku))},
					Kwargs: []*schema.Field{optional(fieldOf("reason", "Reason", scalar(schema.String)))}}},
		},
	}
}
