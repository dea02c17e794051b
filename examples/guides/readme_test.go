package guides

import (
	"context"
	"errors"
	"testing"

	shop "github.com/wampgen/wampgen/examples/guides/readme"
	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// service sells three of everything.
type service struct{ client *wamp.Client }

func (s *service) OrderPlace(ctx context.Context, in shop.OrderPlaceArgs) (shop.Order, error) {
	if in.Quantity > 3 {
		return shop.Order{}, &shop.OutOfStockError{Sku: in.Sku, Available: 3}
	}
	order := shop.Order{ID: 1, Sku: in.Sku, Quantity: in.Quantity, Note: in.Note}
	return order, shop.PublishOrderPlaced(ctx, s.client, shop.OrderPlaced{Order: order, Left: 1})
}

// The snippets of the README work together.
func TestReadme_Snippets(t *testing.T) {
	realm := wamptest.NewRealm(t, wamptest.WithTicketUser("ann", "user", "secret"))
	ctx, ticket := t.Context(), "secret"
	order, left, err := snippets(ctx, ticket, wamp.WithDialer(realm.Dialer()))
	if err != nil || order.Quantity != 2 || left != 3 {
		t.Errorf("got %+v, %d, %v", order, left, err)
	}
}

func snippets(ctx context.Context, ticket string, dial wamp.ConnectOption) (bought shop.Order, left int, err error) {
	login := wamp.WithAuth(auth.Ticket("ann", auth.NewSecret(ticket)))
	client, err := wamp.Connect(ctx, "wss://router.example/ws", "realm1", login, dial)
	if err != nil {
		return bought, left, err
	}
	defer client.Close(ctx)

	// A callee. Remove a method of the service, and the compiler names it.
	_, err = shop.Register(ctx, client, &service{client: client})
	if err != nil {
		return bought, left, err
	}

	placed := make(chan shop.OrderPlaced, 1)
	// A subscriber. shop.OrderPlacedEvents is the same as a loop.
	_, err = shop.SubscribeOrderPlaced(ctx, client, func(_ context.Context, ev shop.OrderPlaced) error {
		placed <- ev
		return nil
	})
	if err != nil {
		return bought, left, err
	}

	// A caller. Change a type in the schema, and the compiler names every use.
	order, err := shop.NewCaller(client).OrderPlace(ctx, shop.OrderPlaceArgs{Sku: "tea", Quantity: 2})
	if err != nil {
		return bought, left, err
	}
	_, err = shop.NewCaller(client).OrderPlace(ctx, shop.OrderPlaceArgs{Sku: "tea", Quantity: 5})
	if empty, ok := errors.AsType[*shop.OutOfStockError](err); ok {
		left = empty.Available
	}
	return order, left, nil
}
