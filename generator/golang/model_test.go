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
func fieldOf(name string, r *schema.Ref) *schema.Field {
	return &schema.Field{Name: name, Type: r}
}

func optional(f *schema.Field) *schema.Field { f.Optional = true; return f }

func defaulted(f *schema.Field, v schema.Value) *schema.Field { f.Default = &v; return f }

func documented(f *schema.Field, doc string) *schema.Field { f.Doc = doc; return f }

// shopModel is a small API that has each artefact.
func shopModel() *schema.Model {
	sku := &schema.Type{Name: "Sku", Kind: schema.Newtype, Base: scalar(schema.String), Doc: "Stock keeping unit."}
	tags := &schema.Type{Name: "Tags", Kind: schema.Newtype, Base: listOf(scalar(schema.String))}
	state := &schema.Type{Name: "OrderState", Kind: schema.Enum, Open: true, Values: []schema.EnumValue{
		{Name: "pending", Text: "pending"},
		{Name: "paid", Text: "paid"},
	}}
	priority := &schema.Type{Name: "Priority", Kind: schema.Enum, IntEnum: true, Values: []schema.EnumValue{
		{Name: "low", Int: 1},
		{Name: "normal", Int: 5},
	}}
	item := &schema.Type{Name: "LineItem", Go: &schema.GoHints{}, Kind: schema.Struct, Fields: []*schema.Field{
		fieldOf("sku", named(sku)),
		fieldOf("quantity", scalar(schema.Int)),
		optional(documented(fieldOf("note", scalar(schema.String)), "A greeting.")),
	}}
	order := &schema.Type{Name: "Order", Kind: schema.Struct, Doc: "An order as stored.", Fields: []*schema.Field{
		fieldOf("id", scalar(schema.UUID)),
		fieldOf("state", named(state)),
		fieldOf("items", listOf(named(item))),
		fieldOf("priority", named(priority)),
		fieldOf("placed_at", scalar(schema.Time)),
		fieldOf("shipped_at", orNull(scalar(schema.Time))),
		optional(fieldOf("reason", orNull(scalar(schema.String)))),
		optional(fieldOf("tags", named(tags))),
		fieldOf("attributes", mapOf(scalar(schema.Any))),
		optional(fieldOf("blob", scalar(schema.Bytes))),
		optional(fieldOf("parent", &schema.Ref{})),
	}}
	order.Fields[10].Type = named(order)
	filter := &schema.Type{Name: "OrderFilter", Kind: schema.Struct, Fields: []*schema.Field{
		optional(fieldOf("state", named(state))),
		defaulted(fieldOf("limit", scalar(schema.Int)), schema.Value{Int: 50}),
		defaulted(fieldOf("wait", scalar(schema.Duration)), schema.Value{Duration: 90 * time.Second}),
	}}
	outOfStock := &schema.Error{Name: "out_of_stock", URI: "com.acme.shop.error.out_of_stock",
		Doc: "Fewer items left than ordered.", Payload: &schema.Payload{
			Args:   []*schema.Field{fieldOf("message", scalar(schema.String))},
			Kwargs: []*schema.Field{fieldOf("sku", named(sku)), fieldOf("available", scalar(schema.Int))},
		}}
	none := func() *schema.Payload { return &schema.Payload{} }
	returns := func(r *schema.Ref) *schema.Payload {
		return &schema.Payload{Single: true, Args: []*schema.Field{fieldOf("result", r)}}
	}
	return &schema.Model{
		File: "shop.wamp.yaml", Name: "shop", Version: "1.4.0", URI: "com.acme.shop",
		Doc:    "Orders of the Acme shop.",
		Types:  []*schema.Type{item, order, filter, state, priority, sku, tags},
		Errors: []*schema.Error{outOfStock},
		Procedures: []*schema.Procedure{
			{Name: "order.get", URI: "com.acme.shop.order.get", Idempotent: true,
				In:  &schema.Payload{Args: []*schema.Field{fieldOf("id", scalar(schema.UUID))}},
				Out: returns(named(order))},
			{Name: "order.list", URI: "com.acme.shop.order.list",
				In: &schema.Payload{Kwargs: filter.Fields, Spread: filter},
				Out: &schema.Payload{
					Args:   []*schema.Field{fieldOf("orders", listOf(named(order)))},
					Kwargs: []*schema.Field{fieldOf("total", scalar(schema.Int)), optional(fieldOf("cursor", scalar(schema.String)))}}},
			{Name: "order.place", URI: "com.acme.shop.order.place",
				Doc: "Places an order and reserves its items.", Timeout: 10 * time.Second, Errors: []*schema.Error{outOfStock},
				In: &schema.Payload{
					Args: []*schema.Field{
						fieldOf("customer", scalar(schema.String)),
						fieldOf("items", listOf(named(item))),
						optional(fieldOf("gift", scalar(schema.Bool))),
						optional(fieldOf("gift_note", scalar(schema.String)))},
					Kwargs: []*schema.Field{
						optional(fieldOf("coupon", scalar(schema.String))),
						defaulted(fieldOf("priority", named(priority)), schema.Value{Enum: &priority.Values[1]})}},
				Out: returns(named(order))},
			{Name: "ping", URI: "com.acme.shop.ping", In: none(), Out: none()},
		},
		Topics: []*schema.Topic{
			{Name: "price.changed", URI: "com.acme.shop.price.changed", History: true,
				Payload: &schema.Payload{
					Args:   []*schema.Field{fieldOf("sku", named(sku))},
					Kwargs: []*schema.Field{optional(fieldOf("reason", scalar(schema.String)))}}},
		},
	}
}
