package meta

import (
	"context"
	"errors"

	wamp "github.com/wampgen/wampgen/runtime"
)

// Count returns how many sessions a procedure that ends sessions has ended:
// some routers say which they were, others only how many.
func Count(k Killed) int {
	switch k := k.(type) {
	case *KilledSessions:
		return len(*k)
	case *KilledCount:
		return int(*k)
	}
	return 0
}

// CountSubscribers returns how many sessions share a subscription, on routers
// without wamp.subscription.count_subscribers too, such as nexus.
func CountSubscribers(ctx context.Context, c Caller, subscription wamp.ID) (int, error) {
	n, err := c.SubscriptionCountSubscribers(ctx, subscription)
	if !errors.Is(err, wamp.ErrNoSuchProcedure) {
		return n, err
	}
	sessions, err := c.SubscriptionListSubscribers(ctx, subscription)
	return len(sessions), err
}
